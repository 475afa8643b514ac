"""The cells of spreadsheet programs' files (XLSX, XLS, ODS), read in a process of its own.

A small file may have a cell in the first and one in the last of a million rows, and the library that reads it makes
room for all between them; where it gets none, its process ends at once. So that is not the server's: it has its own
bounds of memory and time, and runs this file as a script.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import threading
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

# A packed file of some megabytes may hold a thousand times as much.
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
# What the process that reads one may take.
MAX_MEMORY_BYTES = 1536 * 1024 * 1024
MAX_SECONDS = 60
MAX_CELLS = 8_000_000

# One at a time, so that many of them do not take the machine's memory.
_one = threading.Lock()


def read_cells(content: bytes) -> list[list[str]] | None:
    """The cells of the first sheet that holds any, as texts; None where the file cannot be read within the bounds."""
    # -P: the files beside this one are no modules of its own.
    command = [sys.executable, "-P", __file__]
    with _one:
        done = subprocess.run(command, input=content, capture_output=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else None


def _cells(content: bytes) -> list[list[str]]:
    """Raises whatever the libraries do."""
    from python_calamine import CalamineWorkbook

    file = io.BytesIO(content)
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as packed:
            if sum(member.file_size for member in packed.infolist()) > MAX_UNPACKED_BYTES:
                raise ValueError("is too large when it is unpacked")
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in workbook.sheet_names:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.height * sheet.width > MAX_CELLS:
            raise ValueError("has too many cells")
        cells = sheet.to_python(skip_empty_area=True)
        if rows := [texts for texts in ([_text(cell).strip() for cell in row] for row in cells) if any(texts)]:
            return rows
    return []


def _text(cell: Any) -> str:
    """A spreadsheet's cell as a text."""
    match cell:
        case bool():
            return "true" if cell else "false"
        case float():
            # Spreadsheets know 15 digits, and whole numbers by their looks only.
            return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
        case datetime():
            return cell.isoformat(sep=" ") if cell.time() != time.min else cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
    # PostgreSQL has no text with NUL.
    return str(cell).replace("\0", "")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(_cells(sys.stdin.buffer.read()), sys.stdout)
