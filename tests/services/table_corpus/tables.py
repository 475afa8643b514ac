"""All tables of the corpus: 2,000 rows of each at most."""

from __future__ import annotations

from collections.abc import Iterator

from tests.services.table_corpus import from_bokeh, from_catalogues, from_r, from_registers
from tests.services.table_corpus.table import Table


def tables() -> Iterator[Table]:
    """Each table with the types that its columns have. The packages are downloaded when they are not there yet."""
    for source in [*from_bokeh.TABLES, *from_r.TABLES, *from_registers.TABLES, *from_catalogues.TABLES]:
        yield source.load()
