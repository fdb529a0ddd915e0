"""Text that YAML accepts and nobody meant: a key glued to its value, a change cut at its comma, a comment inside a value."""

import re

from vpctui.document import Mark, Node, Problem, Scalar
from vpctui.schema import ascii_form, glued, part

PROSE = ("en", "ja", "title", "teaches")
ACTIONS = ("flow", "next", "back", "first", "last", "direction", "select", "set", "change", "undo", "redo", "reset")
PLACE = re.compile(r"[^\s=/]+\.[a-z_]+")
COMMENT = re.compile(r"(\s+)#(?=(\S?))")
LONGEST_CHANGE = 500
SUSPICIOUS = re.compile(r"^[ \t]*+(?:- +)*+(?:　|[!-9;-~]{1,200}：|[^\s:]{1,200}:[ ]*　)|[{,\[:] ?　|[{,\[] ?[!-9;-~]{1,50}[：，]", re.MULTILINE)


def is_suspicious(text: str) -> bool:
    """Whether a text that may well be YAML holds full-width characters where only ASCII has a meaning."""
    return not text.isascii() and SUSPICIOUS.search(text) is not None


def split_key(key: Scalar) -> tuple[Problem, Scalar, Scalar] | None:
    """`to:203.0.113.20` (E102) and `0.0.0.0/0：igw` (E111) as the key and the value that they were meant to be."""
    at = key.text.find("：")
    if at > 0:
        problem = Problem("E111", "full-width `：` where a key needs `:`", part(key, at, 1).mark, f"{key.text[:at].strip()}: {key.text[at + 1 :].strip()}")
    else:
        at = glued(key.text)
        if at <= 0:
            return None
        problem = Problem("E102", "missing space after `:`", key.mark, f"{key.text[:at]}: {key.text[at + 1 :]}")
    rest = ascii_form(key.text[at + 1 :])
    start = at + 1 + len(rest) - len(rest.lstrip())
    return problem, part(key, 0, at), part(key, start, len(rest.rstrip()) - (start - at - 1))


def joined_change(before: Node, after: Node, lines: list[str], name: str) -> tuple[Problem, Scalar] | None:
    """`[sg.ingress+=tcp 80, 443 0.0.0.0/0]`: both pieces as the one change that was meant (E112), or None when they are two."""
    if not (isinstance(before, Scalar) and isinstance(after, Scalar)) or after.quoted or (before.quoted and not _was_joined(before)):
        return None
    if "=" not in before.text or "=" in after.text or before.mark.line != after.mark.line or PLACE.fullmatch(after.text):
        return None
    if name == "do" and (not before.text.startswith("set ") or after.text.split(" ")[0] in ACTIONS):
        return None
    start, end = before.mark.column, after.mark.column + after.mark.length
    if end - start > LONGEST_CHANGE:
        return None
    text = lines[before.mark.line - 1][start - 1 : end - 1]
    if name == "do" and text[len(before.text) : len(before.text) + 2].endswith(" ") and not re.match(r"[0-9]", after.text):
        return None
    mark = Mark(before.mark.line, start, end - start)
    return Problem("E112", "quote a change that contains `[` or `,`", mark, f'"{text}"'), Scalar(text, mark, True)


def _was_joined(node: Scalar) -> bool:
    return node.mark.length == len(node.text)


def hash_in_value(node: Scalar, line: str, end: int, name: str, key: str) -> Problem | None:
    """W112 for a plain value with `#` in it, or one that a comment cuts short though it does not look like a comment."""
    at = node.text.find("#")
    if at > 0:
        return Problem("W112", "`#` inside a value: without a space before it, it is no comment", part(node, at, 1).mark, _quote(node.text), "warning")
    comment = COMMENT.match(line, end)
    if not node.text or comment is None or not (comment[2].isalnum() or key in PROSE or name in PROSE):
        return None
    written = line[end:].strip()
    place = Mark(node.mark.line, node.mark.column + node.mark.length + len(comment[1]), len(written)) if node.mark.length else node.mark
    return Problem("W112", f"`#` inside a value: the rest, {written[:40]}, is a comment", place, _quote(f"{node.text} {written}"), "warning")


def _quote(text: str) -> str:
    return "'" + text + "'" if '"' in text else '"' + text + '"'
