"""All tables of the corpus: 2,000 rows of each at most."""

from __future__ import annotations

from collections.abc import Iterator

from tests.services.table_corpus import (
    from_bokeh,
    from_catalogues,
    from_r,
    from_registers,
    generated,
    generated_abroad,
)
from tests.services.table_corpus.table import Table


def tables() -> Iterator[Table]:
    """Each table with the types that its columns have. The packages are downloaded when they are not there yet."""
    for module in (from_bokeh, from_r, from_registers, from_catalogues, generated, generated_abroad):
        for source in module.TABLES:
            yield source.load()
