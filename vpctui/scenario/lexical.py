"""A person's mistakes in a text that is no YAML, or not the YAML that was meant: found line by line, all of them in one pass.

A parser stops at the first thing it cannot read, often lines after the cause.  This scanner expects mistakes: it knows the indentation,
the quotes and the brackets of the text so far, and what people write where.  Only texts that failed to parse, or that look suspicious, are
scanned.
"""

import re

from vpctui.document import Mark, Problem
from vpctui.scenario.flow import LONGEST, LONGEST_MEND, RESERVED, Flow, unsplit
from vpctui.scenario.mending import Edit, Finding, in_quotes, quoting
from vpctui.schema import ascii_form, glued

MOST_LINES = 50_000
KEY = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?:[^\s#\[\]{},"'&*!|>%@`?:-]|[?:-](?=\S))(?:[^:#\s]|:(?=\S)|(?<=\S)#|\s+(?=[^\s:#]))*+)\s*:(?=\s|$)""")
FULL_WIDTH_KEY = re.compile(r"([!-9;-~]+)：\s*(.*)")
FULL_WIDTH_GAP = re.compile(r"([^\s:]{1,200}):([ ]*　\s*)")
DASHES = re.compile(r"(?:-(?:\s+|$))*")
GLUED_DASH = re.compile(r"-(?:[A-Za-z][\w.-]*(?=:(?:\s|$))|(?=[\"'{\[]))")
RESERVED_KEY = re.compile(r"([*&@%`][^\s:]*)(\s*:)(?=\s|$)")
BLOCK_SCALAR = re.compile(r"[|>][0-9+-]{0,2}\s*(#.*)?$")
PROPERTY = re.compile(r"(&[\w-]+|!\S*)\s*")
ALIAS = re.compile(r"\*[\w-]+\s*(#.*)?$")
COMMENT = re.compile(r"(^|\s)#")
FAR = 3
"""A quoted text over more lines, with something behind it, is a quote that was not meant to be there."""


def find_mistakes(lines: list[str], first: int, limit: int) -> list[Finding]:
    """The mistakes of the lines from `first` on, at most `limit`."""
    scan = Block(lines, first)
    while scan.line < min(len(lines), first + MOST_LINES) and len(scan.findings) < limit and len(lines[scan.line]) <= LONGEST:
        scan.step()
    return scan.findings[:limit]


class Block:
    """The scanner between brackets: indentation, keys, plain texts."""

    def __init__(self, lines: list[str], first: int) -> None:
        self.lines, self.line = lines, first
        self.findings: list[Finding] = []
        self._columns: list[int] = []
        self._opens = True
        """Whether something may be indented below: the last key has no value yet."""
        self._bare: tuple[int, int, str] | None = None
        """The last line, if it was a text without a key: its number, its column, the text."""
        self._section = 0
        """How many findings stood when this section began; indentation is judged only where nothing else is wrong."""

    def step(self) -> None:
        """Scan one line, and those that its value takes in."""
        text = self.lines[self.line]
        body = text.lstrip(" \t　")
        column = len(text) - len(body)
        if not body or body.startswith("#"):
            self.line += 1
        elif re.match(r"(---|\.\.\.)(\s|$)", text) or text.startswith("%"):
            self._columns, self._opens = [], True
            self.line += 1
        else:
            if column == 0:
                self._section = len(self.findings)
            self._indentation(text[:column])
            self._content(self._dashes(column))

    def _found(self, code: str, message: str, start: int, length: int, mend: str = "", edits: tuple[Edit, ...] = (), *, sure: bool = True) -> None:
        self.findings.append(Finding(Problem(code, message, Mark(self.line + 1, start + 1, length), mend), edits, sure))

    def _indentation(self, space: str) -> None:
        """E101 and E111 for what is no space before the first character."""
        tabs = len(space) - len(space.replace("\t", ""))
        if tabs:
            at = space.index("\t")
            edits = tuple(Edit(self.line, n, n + 1, "  ") for n, char in enumerate(space) if char == "\t")
            self._found("E101", "tab used for indentation", at, tabs, "two spaces", edits)
        if "　" in space:
            at = space.index("　")
            edits = tuple(Edit(self.line, n, n + 1, "  ") for n, char in enumerate(space) if char == "　")
            self._found("E111", f"full-width space at column {at + 1}", at, space.count("　"), "two spaces", edits)

    def _dashes(self, column: int) -> int:
        """Pass the `- ` of list items; the column of what they hold."""
        text = self.lines[self.line]
        width = column + text[:column].count("\t") + text[:column].count("　")  # as the mended line has it
        dashes = DASHES.match(text, column)
        start = dashes.end() if dashes else column
        glued = self._glued_dash(start)
        start += glued
        keyed = KEY.match(text, start) is not None
        self._level(width, column, start > column or keyed)
        if start > column:
            self._opens = True
            if keyed:
                self._columns.append(width + glued + start - column)
        return start

    def _glued_dash(self, start: int) -> int:
        """E102 for `-en: …`; one for the dash that is passed, none without it."""
        text = self.lines[self.line]
        found = GLUED_DASH.match(text, start)
        if found is None:
            return 0
        edit = Edit(self.line, start + 1, start + 1, " ")
        self._found("E102", "missing space after `-`", start, len(found[0]), f"- {text[start + 1 : start + LONGEST_MEND].rstrip()}", (edit,))
        return 1

    def _level(self, column: int, start: int, structure: bool) -> None:
        """E116 for an indentation that belongs to nothing above, the first of a section: what follows is mostly off by it."""
        deepest = self._columns[-1] if self._columns else -1
        while self._columns and self._columns[-1] > column:
            self._columns.pop()
        top = self._columns[-1] if self._columns else -1
        if column > top:
            fits = ", ".join(str(level) for level in self._columns)
            sound = structure and len(self.findings) == self._section
            if sound and deepest > column and self._columns:
                message = f"indented by {column}, but the lines above by {fits} or {deepest}"
                self._found("E116", message, start, 1, f"indent by {top} or {deepest}", sure=False)
            elif sound and not self._opens and not self._below_text(column, start):
                mend = f"indent by {max(top, 0)}, or take the value above away"
                self._found("E116", "indented below a line that already has a value", start, 1, mend, sure=False)
            if structure:
                self._columns.append(column)

    def _below_text(self, column: int, start: int) -> bool:
        """A key at the column of the text above: that text lacks its colon (E100), or this line belongs to it (E105)."""
        if self._bare is None or self._bare[1] != column:
            return False
        number, _, above = self._bare
        line = _without_comment(self.lines[self.line], start)
        if above.count(" ") < 2:
            mend = re.sub(r"\s+|$", ": ", above, count=1).strip()
            problem = Problem("E100", "this line is neither `key: value` nor a list item", Mark(number + 1, column + 1, len(above)), mend)
            self.findings.append(Finding(problem, (), False))
        else:
            self._found("E105", "text contains `: ` and is not quoted", start, len(line), "quote the whole text", sure=False)
        return True

    def _content(self, start: int) -> None:
        """A key and its value, or a value alone."""
        text = self.lines[self.line]
        bare, self._bare = (self.line, start, _without_comment(text, start)), None
        gap = FULL_WIDTH_GAP.match(text, start)
        key = None if gap else KEY.match(text, start)
        if gap:
            at = text.index("　", gap.start(2))
            edit = Edit(self.line, gap.start(2), gap.end(2), " ")
            self._found("E111", f"full-width space at column {at + 1}", at, 1, "an ASCII space", (edit,))
            self._value(gap.end())
        elif key:
            self._value(key.end())
        elif text[start : start + 1] in ("", "#"):
            self.line += 1
        elif reserved := RESERVED_KEY.match(text, start):
            edits = quoting(text, self.line, start, reserved.end(1))
            self._found("E109", RESERVED[text[start]], start, 1, in_quotes(reserved[1]), edits)
            self._value(reserved.end(2))
        elif not self._keyless(start):
            self._bare = bare
            self._value(start)

    def _keyless(self, start: int) -> bool:
        """A line without a key that was meant to have one: a full-width colon (E111), no space after the colon (E102)."""
        text = self.lines[self.line]
        line = _without_comment(text, start)
        wide = FULL_WIDTH_KEY.fullmatch(line)
        at = glued(line)
        if wide:
            after = start + wide.start(2)
            colon = start + wide.end(1)
            self._found("E111", "full-width `：` where a key needs `:`", colon, 1, f"{wide[1]}: {ascii_form(wide[2])}", (Edit(self.line, colon, after, ": "),))
        elif at > 0 and not text[start : start + 1].isupper():
            after = start + at + 1
            self._found("E102", "missing space after `:`", start, len(line), f"{line[:at]}: {line[at + 1 :]}", (Edit(self.line, after, after, " "),))
        else:
            return False
        if start not in self._columns:
            self._columns.append(start)
        self._value(after)
        return True

    def _value(self, start: int) -> None:
        """What stands behind a key or a dash."""
        text = self.lines[self.line]
        start += len(text) - start - len(text[start:].lstrip())
        while (skipped := PROPERTY.match(text, start)) and skipped.end() > start:
            start = skipped.end()
        first = text[start : start + 1]
        self._opens = first in ("", "#")
        if self._opens or ALIAS.match(text, start):
            self.line += 1
        elif BLOCK_SCALAR.match(text, start):
            self._skip_block_scalar()
        elif first in "{[\"'":
            self._bracketed(start)
        else:
            self._plain(start, first)
            self.line += 1

    def _skip_block_scalar(self) -> None:
        parent = self._columns[-1] if self._columns else 0
        self.line += 1
        while self.line < len(self.lines):
            text = self.lines[self.line]
            if text.strip() and len(text) - len(text.lstrip(" ")) <= parent:
                return
            self.line += 1

    def _plain(self, start: int, first: str) -> None:
        """A text without quotes: E109 for its first character, E105 for a colon in it."""
        text = self.lines[self.line]
        line = _without_comment(text, start)
        end = start + len(line)
        if first in "*&@%`":
            self._found("E109", RESERVED[first], start, 1, in_quotes(line), quoting(text, self.line, start, end))
        elif re.search(r":(\s|$)", line):
            self._found("E105", "text contains `: ` and is not quoted", start, len(line), in_quotes(line), quoting(text, self.line, start, end))
        elif line.startswith("- ") and text[:start].strip("- ") != "":
            self._found("E116", "a list item cannot stand on the line of its key", start, len(line), "put it on a line of its own", sure=False)

    def _bracketed(self, start: int) -> None:
        """A value in brackets or quotes, over as many lines as it takes; then what wrongly follows it."""
        text = self.lines[self.line]
        whole = unsplit(text, start, self.line)
        if whole is not None:
            self.findings.append(whole)
            self._opens = whole.edits[0].text.startswith("#")
            self.line += 1
            return
        flow = Flow(self.lines, self.line, start, self.findings)
        flow.read()
        self.line = flow.line
        if flow.broken:  # a bracket or quote was never closed: the next line starts afresh
            return
        rest = _without_comment(self.lines[self.line], flow.column) if flow.line < len(self.lines) else ""
        if rest and not (rest.startswith(":") and text[start] in "{["):
            self._left_over(start, flow, rest)
        self.line += 1

    def _left_over(self, start: int, flow: Flow, rest: str) -> None:
        """Something behind a closing bracket or quote."""
        text = self.lines[self.line]
        begin = len(text) - len(text[flow.column :].lstrip()) if text[flow.column :].strip() else flow.column
        end = flow.column + len(rest)
        trailing = rest.strip()
        if trailing[0] in "}],":
            edit = Edit(self.line, begin, end, "")
            message = "`,` behind the value" if trailing[0] == "," else f"`{trailing[0]}` closes nothing"
            self._found("E115", message, begin, len(trailing), "delete it", (edit,), sure=trailing.strip("}],") == "")
        elif flow.started == self.line and text[start] in "\"'":
            written = text[start:end]
            inner = written[1:-1] if written[-1] == written[0] else written
            edits = (Edit(self.line, start, end, in_quotes(inner)),)
            self._found("E105", "the text goes on behind its closing quote", start, len(written), in_quotes(inner), edits)
        elif self.line - flow.started > FAR and self.lines[flow.started][start] in "\"'":
            quote = self.lines[flow.started][start]
            message = f"`{quote}` opened here meets its end in the middle of line {self.line + 1}"
            self.findings.append(Finding(Problem("E115", message, Mark(flow.started + 1, start + 1, 1), "close it where it belongs, or delete it"), ()))
        else:
            self._found(
                "E115", f"something follows the closing `{text[flow.column - 1 : flow.column]}`", begin, len(trailing), "quote the whole value", sure=False
            )


def _without_comment(text: str, start: int) -> str:
    """The rest of a line from `start`, its comment and the space before that cut off."""
    rest = text[start:]
    comment = COMMENT.search(rest)
    return (rest[: comment.start()] if comment else rest).rstrip()
