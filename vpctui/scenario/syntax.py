"""What a YAML parser's error means, where no known mistake explains it: one plain sentence at the place to look at."""

import re

import yaml

from vpctui.document import Mark, Problem
from vpctui.scenario.nodes import DEEPEST, TooMuch
from vpctui.schema import quoted

CAUSES: tuple[tuple[str, str, str], ...] = (
    # what the C parser or the Python one says, our code, our sentence
    ("could not find expected ':'", "E100", "this line is neither `key: value` nor a list item"),
    ("mapping values are not allowed", "E105", "`: ` stands in a text that is not quoted, or this line is indented too far"),
    ("sequence entries are not allowed", "E116", "a list item cannot stand here: put it on a line of its own"),
    ("did not find expected key|expected <block end>", "E116", "this does not continue what stands above: check indentation, quotes and brackets"),
    ("expected '-' indicator", "E116", "a list goes on with `- `; this line does not"),
    ("expected ',' or", "E115", "a `,` or the closing bracket is missing in what is opened here"),
    ("unknown escape character|expected escape sequence", "E105", "a `\\` inside double quotes starts an escape; use single quotes for a plain `\\`"),
    ("Unicode character escape", "E105", "an escape in this text stands for no character"),
    ("unexpected end of stream", "E115", "a quote that is opened here is never closed"),
    ("cannot start any token", "E109", "this character cannot start a value"),
    ("expected alphabetic or numeric", "E109", "`*` and `&` start aliases and anchors in YAML"),
    ("duplicate anchor", "E108", "this anchor is defined twice"),
    ("undefined alias", "E109", "no anchor of this name stands before it"),
    ("undefined tag handle", "E108", "tags and templates are not supported"),
    ("directive", "E108", "YAML directives are not supported"),
    ("expected .*document start", "E107", "the document ended above; nothing can follow it"),
    ("unexpected ':'", "E104", "a value that ends in `:` must be quoted inside `{ }` or `[ ]`"),
    ("maximum nesting depth", "E118", f"more than {DEEPEST} levels of nesting"),  # PyYAML's own limit, since 6.0.4
    ("block scalar", "E100", "`|` or `>` starts a block of text, which must stand indented on the lines below"),
)


LONGEST_MEND = 60
BEGAN = re.compile("stream|character escape|expected ':'|expected ',' or|directive")
"""Errors whose cause is where the thing began, not where the parser gave up."""


def cause_of(error: yaml.YAMLError, lines: list[str]) -> Problem:
    """The error as a problem; its place is inside the lines."""
    at = getattr(error, "problem_mark", None)
    if isinstance(error, TooMuch):
        return Problem(error.code, error.message, _mark(at, lines))
    said = str(getattr(error, "problem", None) or "not readable")
    mark = _mark(getattr(error, "context_mark", None) if BEGAN.search(said) else at, lines)
    if lines[mark.line - 1][mark.column - 1 : mark.column] == "\t":
        return Problem("E101", "tab used for indentation", mark, "two spaces")
    typed = _typed(said, lines[mark.line - 1][mark.column - 1 :], mark)
    if typed is not None:
        return typed
    for pattern, code, message in CAUSES:
        if re.search(pattern, said):
            return Problem(code, message, mark)
    return Problem("E100", f"not YAML: {quoted(said)}", mark)


def _typed(said: str, text: str, mark: Mark) -> Problem | None:
    """A line that lacks one character, as far as it can be told from its first word."""
    word = re.match(r"""-?["']?[\w.-]+["']?""", text)
    if word and "expected ':'" in said:
        rest = text[len(word[0]) :].strip()
        return Problem("E100", "this line is neither `key: value` nor a list item", mark, f"{word[0]}: {rest}"[:LONGEST_MEND].strip())
    if "node content" in said and text:
        return Problem("E109", f"`{text[0]}` cannot start a value", mark, "a value before it, or quotes around it")
    return None


def _mark(mark: yaml.Mark | None, lines: list[str]) -> Mark:
    """A parser's place; one behind the last line moves to the end of the text."""
    number = min(mark.line if mark is not None else 0, len(lines) - 1)
    line = lines[number]
    column = min(mark.column, len(line)) if mark is not None and mark.line == number else len(line)
    word = re.compile(r"[^\s,\[\]{}]*").match(line, column)
    return Mark(number + 1, column + 1, max(1, len(word[0])) if word else 1)
