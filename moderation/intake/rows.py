"""Read the rows of an import: CSV with a header, or one JSON object a line."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from foundation import parsers
from foundation.problems import Problem

FORMS = ("csv", "jsonl")
COLUMNS = ("url", "external_id", "author_id", "metadata", "priority")
MOST = 100_000
Row = dict[str, Any] | Problem


def read(data: bytes, form: str) -> list[Row]:
    """Return the rows in order; one that cannot be read is the problem that it has.

    Raises:
        Problem: ``invalid`` when the file as a whole cannot be read: no UTF-8, no rows, more than 100,000 of them, a
            CSV without the column ``url`` or with one that is unknown.
    """
    try:
        text = data.decode("utf-8-sig")
        rows = list(_limited(_csv(text) if form == "csv" else _lines(text)))
    except UnicodeDecodeError as error:
        raise unreadable("The file is not UTF-8.") from error
    except csv.Error as error:
        raise unreadable(f"The file is no CSV that can be read: {error}.") from error
    if not rows:
        raise unreadable("The file has no rows.")
    return rows


def unreadable(detail: str) -> Problem:
    return Problem("invalid", "The file cannot be imported.", errors=[{"pointer": "#/file", "detail": detail}])


def _limited(rows: Iterator[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        if number > MOST:
            raise unreadable(f"The file has more than {MOST:,} rows.")
        yield row


def _csv(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = [name.strip() for name in next(reader, [])]
    unknown = sorted(set(header) - set(COLUMNS))
    if "url" not in header or unknown or len(set(header)) < len(header):
        raise unreadable(f"The first line must name the columns: url, and of {', '.join(COLUMNS[1:])} what you like.")
    return (_of_cells(header, cells) for cells in reader if any(cells))


def _of_cells(header: list[str], cells: list[str]) -> Row:
    """Return a row; an empty cell is as good as none."""
    if len(cells) != len(header):
        return Problem("invalid", f"The row has {len(cells)} cells where the header has {len(header)}.")
    row: dict[str, Any] = {name: cell for name, cell in zip(header, cells, strict=True) if cell}
    if "metadata" in row:
        metadata = _loaded(row["metadata"])
        if isinstance(metadata, Problem):
            return metadata
        row["metadata"] = metadata
    return {"url": "", **row}


def _lines(text: str) -> Iterator[Row]:
    return (_of_line(line) for line in text.split("\n") if line.strip())


def _of_line(line: str) -> Row:
    value = _loaded(line)
    if isinstance(value, dict | Problem):
        return value
    return Problem("invalid", "The line is not a JSON object.")


def _loaded(text: str) -> Any:
    try:
        return parsers.loads(text)
    except (ValueError, RecursionError) as error:
        return Problem("malformed", f"This is not JSON that can be read: {parsers.reason(error)}.")
