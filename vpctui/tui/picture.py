"""The screen as SVG.

Textual's picture gives every text the length of its characters; Japanese ones take two cells each, and would be drawn over each other.  Such
texts are cut where the width changes, and each part gets its place and the length of its cells.
"""

import re
from collections.abc import Iterator
from html import escape, unescape
from itertools import groupby
from typing import Any

from textual.app import App

from vpctui.describe.width import cells

TEXT = re.compile(r'(<text [^>]*?x=")([\d.]+)(" [^>]*?textLength=")([\d.]+)("[^>]*>)([^<]*)(</text>)')


def picture(app: App[Any], title: str) -> str:
    """What is on the screen now, in a window of that title."""
    return TEXT.sub(_placed, app.export_screenshot(title=title))


def _placed(found: re.Match[str]) -> str:
    before, x, between, length, after, content, end = found.groups()
    text = unescape(content)
    if text.isascii() or cells(text) == len(text):
        return found[0]
    cell = float(length) / len(text)
    return "".join(
        f"{before}{_number(float(x) + at * cell)}{between}{_number(cells(part) * cell)}{after}{_escaped(part)}{end}"
        for at, part in _parts(text)
        if part.strip("\xa0 ")
    )


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Stretches of characters of one width, each with the cell where it starts; a mark that joins the character before it stays with it."""
    at, width = 0, 1

    def width_of(character: str) -> int:
        nonlocal width
        width = cells(character) or width
        return width

    for _, group in groupby(text, width_of):
        part = "".join(group)
        yield at, part
        at += cells(part)


def _number(value: float) -> str:
    """As the rest of the picture writes numbers."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _escaped(text: str) -> str:
    return escape(text).replace(" ", "&#160;").replace("\xa0", "&#160;")
