"""What ``/readyz`` tells of what works beside the server, and the log with it.

Who has something to tell adds a function for it; ``salesos`` knows none of what is built on it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

logger = logging.getLogger(__name__)

# A problem that stays is logged again after so long, by each process that is asked.
LOG_AGAIN_SECONDS = 600


@dataclass(frozen=True)
class Report:
    """When something last worked (None: never), and a sentence that says what is wrong, where something is."""

    worked_at: datetime | None
    message: str = ""

    def shown(self) -> dict[str, Any]:
        """The report as an answer has it."""
        found: dict[str, Any] = {"status": "stopped" if self.message else "working", "workedAt": self.worked_at}
        return {**found, "message": self.message} if self.message else found


_sources: dict[str, Callable[[], Report]] = {}
# What is wrong, and when that was logged.
_logged: dict[str, float] = {}


def add_report(name: str, source: Callable[[], Report]) -> None:
    """Have ``/readyz`` tell, under that name, what ``source`` reports. It may raise Django's database errors."""
    _sources[name] = source


def reports() -> dict[str, Report]:
    """All reports, by their names. What is wrong is logged, and that it is right again."""
    found = {name: source() for name, source in _sources.items()}
    for name, report in found.items():
        if not report.message:
            if _logged.pop(name, None) is not None:
                logger.warning("%s works again", name)
        elif time.monotonic() - _logged.get(name, float("-inf")) > LOG_AGAIN_SECONDS:
            _logged[name] = time.monotonic()
            logger.warning("%s", report.message)
    return found
