"""Text measured in terminal cells: escape what a terminal would obey, cut, pad and wrap, with Japanese as wide as it is."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from rich.cells import cell_len

NO_START = "、。，．・：；？！）」』】〉》〕］｝ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々〜…,.)]}:;!?%"
"""Characters that must not begin a line (JIS X 4051, the common part)."""
NO_END = "（「『【〈《〔［｛([{"
"""Characters that must not end a line."""


@lru_cache(maxsize=16384)
def cells(text: str) -> int:
    """How many cells a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def visible(text: str) -> str:
    """The text with control characters, bidirectional marks and lone surrogates written as escapes, so that no terminal obeys them."""
    return text if text.isprintable() else "".join(_escaped(character) for character in text)


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def pad(text: str, width: int) -> str:
    """The text filled with blanks to that many cells; a longer one stays as it is."""
    return text + " " * (width - cells(text))


def pad_left(text: str, width: int) -> str:
    """The same with the blanks before the text, for numbers."""
    return " " * (width - cells(text)) + text


def cut(text: str, width: int, ellipsis: str = "…") -> str:
    """The text, or as much of its beginning as fits before an ellipsis."""
    if cells(text) <= width:
        return text
    return _head(text, width - cells(ellipsis)) + ellipsis if width >= cells(ellipsis) else _head(text, width)


def cut_middle(text: str, width: int, ellipsis: str = "…") -> str:
    """The text, or its beginning and its end around an ellipsis: ids differ at their ends (`eni-0a1…9f2`)."""
    if cells(text) <= width:
        return text
    room = width - cells(ellipsis)
    if room < 2:
        return cut(text, width, ellipsis)
    tail = _head(text[::-1], room // 2)[::-1]
    return _head(text, room - cells(tail)) + ellipsis + tail


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """Exactly that many cells: cut or filled."""
    return pad(cut(text, width, ellipsis), width)


def _head(text: str, width: int) -> str:
    """As many characters from the beginning as fit into that many cells."""
    if text.isascii():
        return text[: max(width, 0)]
    used = 0
    for at, character in enumerate(text):
        used += cells(character)
        if used > width:
            return text[:at]
    return text


def wrap(text: str, width: int, indent: str = "") -> list[str]:
    """Lines of at most that many cells; every line but the first begins with `indent`.

    Latin words stay whole unless one is longer than a line; Japanese breaks between any two characters except where a line may not begin
    or end with one, and where one character would be left alone on the last line.  Always at least one line.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if cells(line + piece.rstrip()) <= width:
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = indent if lines else ""
        for part in _hard(piece.lstrip(), max(width - cells(indent), 1)):
            if cells(line + part.rstrip()) > width and line.strip():
                lines.append(line.rstrip())
                line = indent
            line += part
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return _accompanied(lines, width, indent) if len(lines) > 1 and not text.isascii() else lines


def _accompanied(lines: list[str], width: int, indent: str) -> list[str]:
    """No wide character alone on the last line: the beginning of its word comes along, so that 「無い」 is not torn."""
    *first, before, last = lines
    alone = last.removeprefix(indent)
    if cells(alone.rstrip(NO_START)) > 2 or cells(alone[:1]) != 2:
        return lines
    pieces = list(_pieces(before))
    for taken in range(1, min(4, len(pieces) - 1) + 1):
        piece = pieces[-taken]
        if cells(piece[0]) != 2:
            break
        if not "ぁ" <= piece[0] <= "ん":
            together = indent + "".join(pieces[-taken:]) + alone
            return [*first, "".join(pieces[:-taken]).rstrip(), together] if cells(together) <= width else lines
    return lines


def _pieces(text: str) -> Iterator[str]:
    """The smallest parts that stay on one line: a word with its blanks, or one wide character with what must not leave it."""
    piece = ""
    for character in text:
        if piece and _may_break(piece[-1], character):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if after in NO_START or before in NO_END:
        return False
    if before == " ":
        return after != " "
    return after != " " and (cells(before) == 2 or cells(after) == 2)


def _hard(piece: str, width: int) -> Iterable[str]:
    """A piece that is longer than a line, in parts."""
    while cells(piece) > width:
        head = _head(piece, width) or piece[:1]
        yield head
        piece = piece[len(head) :]
    yield piece
