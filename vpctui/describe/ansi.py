"""Rows as plain text, or with the sixteen colours of any terminal."""

from collections.abc import Iterable

from vpctui.describe.lines import Role, Row

SGR: dict[Role, str] = {
    "title": "1",
    "dim": "2",
    "id": "1",
    "pass": "32",
    "drop": "1;31",
    "warn": "33",
    "changed": "36",
    "added": "32",
    "gone": "2",
    "setting": "36",
    "key": "1",
    "refused": "31",
}


def render(rows: Iterable[Row], *, colour: bool = False) -> str:
    """Lines that end in newlines, without blanks at their ends; `colour` only for a terminal that wants it."""
    return "".join(line(row, colour=colour) + "\n" for row in rows)


def line(row: Row, *, colour: bool = False) -> str:
    """One row."""
    if not colour:
        return row.text.rstrip()
    spans = [span for span in row.spans if span.text]
    return "".join(f"\x1b[{SGR[span.role]}m{span.text}\x1b[0m" if span.role in SGR and span.text.strip() else span.text for span in spans).rstrip()
