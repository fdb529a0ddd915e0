"""The scanner inside brackets and quotes: where they were opened, what in them must be quoted, and where they should have ended."""

import re
from typing import NamedTuple

from vpctui.document import Mark, Problem
from vpctui.scenario.mending import Edit, Finding, in_quotes, quoting
from vpctui.schema import FULL_WIDTH, ascii_form

CLOSES = {"{": "}", "[": "]"}
LONGEST = 4000
"""Characters of the longest line that is looked at; nobody typed a longer one."""
LONGEST_MEND = 60
DEEPEST = 50
FURTHEST = 200
"""Lines in which the end of a quote is looked for."""
KEY_LINE = re.compile(r"""[ \t]*(- +)*("[^"]*"|'[^']*'|[^\s#{}\[\]"',&*!|>%@`](?:[^{}\[\]"',#:\s]|:(?=\S)|\s+(?=[^\s:]))*+)\s*:(\s|$)|[ \t]*- """)
IPV6 = re.compile(r"[0-9A-Fa-f:.]{0,45}?::[0-9A-Fa-f:.]{0,45}+(?:/[0-9]{1,3})?(?=[\s,\]}:]|$)")
SOCKET = re.compile(r"\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]:[0-9]+")
TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
CHANGE = re.compile(r"[^,\[\]{}\"'#]*(?:\[[^\[\]{}\"']*\][^,\[\]{}\"'#]*)+")
PLAIN = re.compile(r"(?:[^,\[\]{}:#]|:(?=[^\s,\[\]{}])|(?<=\S)#)+")
STRUCTURE = re.compile("[：，]")
TECHNICAL = re.compile("[ぁ-ヿ一-鿿]")
ENDS = {'"': re.compile(r'(?:[^"\\]|\\.|\\$)*"'), "'": re.compile(r"(?:[^']|'')*'(?!')")}
ESCAPE = re.compile(r"\\(?:(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[0abt\tnvfre \"/\\N_LP]|$)|.)")
RESERVED = {
    "*": "`*` starts an alias in YAML",
    "&": "`&` starts an anchor in YAML",
    "@": "`@` cannot start a value in YAML",
    "%": "`%` cannot start a value in YAML",
    "`": "a backquote cannot start a value in YAML",
}
"""What a plain value cannot start with, and why."""


def key_line(text: str, indent: int) -> bool:
    """Whether a line starts a key or list item of its own, no deeper than `indent`."""
    return len(text) - len(text.lstrip(" \t")) <= indent and KEY_LINE.match(text) is not None


def unsplit(text: str, start: int, number: int) -> Finding | None:
    """`[2001:db8::1]:80` (E105) or a template (E108) where brackets start a value."""
    socket, template = SOCKET.match(text, start), TEMPLATE.match(text, start)
    if socket:
        place = Mark(number + 1, start + 1, len(socket[0]))
        return Finding(Problem("E105", "IPv6 host with port is not quoted", place, f'"{socket[0]}"'), quoting(text, number, start, socket.end()))
    if template:
        place = Mark(number + 1, start + 1, len(template[0]))
        problem = Problem("E108", f"tags and templates are not supported, found {template[0]}", place, "write the value")
        statement = template[0].startswith("{%") and not text[:start].strip()
        edits = (Edit(number, start, start, "# "),) if statement else quoting(text, number, start, template.end())
        return Finding(problem, edits)
    return None


class Bracket(NamedTuple):
    """A bracket that is open, and where."""

    char: str
    line: int
    column: int


class Flow:
    """Reads one value in brackets or quotes; mistakes go to `findings`."""

    def __init__(self, lines: list[str], line: int, column: int, findings: list[Finding]) -> None:
        self.lines, self.line, self.column, self.findings = lines, line, column, findings
        self.started = line
        self.broken = False
        """Whether it was given up at the line that the scanner now stands on."""
        self._indent = len(lines[line]) - len(lines[line].lstrip(" \t"))
        self._stack: list[Bracket] = []
        self._values: list[int] = []
        """For every open bracket the column where the value behind the last `:` starts; -1 before one."""
        self._last = (line, column)

    @property
    def _text(self) -> str:
        return self.lines[self.line]

    def read(self) -> None:
        """Read to the end of the value."""
        if self._text[self.column] in ENDS:
            self._quote()
            return
        while not self.broken:
            if self.column >= len(self._text):
                self._next_line()
                continue
            if self._text[self.column] in " \t":
                self.column += 1
            elif self._is_comment():
                self.column = len(self._text)
            else:
                self._token()
                self._last = (self.line, self.column)
            if not self._stack:
                return

    def _is_comment(self) -> bool:
        return self._text[self.column] == "#" and (self.column == 0 or self._text[self.column - 1] in " \t")

    def _next_line(self) -> None:
        self.line += 1
        self.column = 0
        if self._values:
            self._values[-1] = -1 if self._values[-1] < 0 else -2
        if self.line >= len(self.lines) or key_line(self._text, self._indent):
            self._unclosed()
        elif len(self._text) > LONGEST:
            self._give_up()

    def _give_up(self) -> None:
        """Leave what no person typed to the parser."""
        self.line, self.broken = self.line + 1, True

    def _unclosed(self) -> None:
        """E115 at every bracket that is still open; they are closed behind the last thing that stands in them."""
        line, column = self._last
        closing = "".join(CLOSES[bracket.char] for bracket in reversed(self._stack))
        hidden = "#" in self.lines[line][column:] and any(char in self.lines[line][column:] for char in closing)
        what = "is never closed: its end stands in a comment" if hidden else "is never closed"
        for number, bracket in enumerate(self._stack):
            edits = (Edit(line, column, column, closing),) if number == 0 else ()
            self._open_bracket(bracket, what, closing[: len(closing) - number], edits)
        self.broken = True

    def _open_bracket(self, bracket: Bracket, what: str, closing: str, edits: tuple[Edit, ...]) -> None:
        """E115 at a bracket; the mend is what stands in it, closed, where that is on one line."""
        line, column = self._last
        whole = self.lines[line][bracket.column : column] + closing if bracket.line == line else ""
        message = f"`{bracket.char}` opened at line {bracket.line + 1} column {bracket.column + 1} {what}"
        place = Mark(bracket.line + 1, bracket.column + 1, 1)
        mend = whole if 0 < len(whole) <= LONGEST_MEND else f"`{closing}` at the end of line {line + 1}"
        self.findings.append(Finding(Problem("E115", message, place, mend), edits))

    def _found(self, code: str, message: str, end: int, mend: str, edits: tuple[Edit, ...], start: int | None = None) -> None:
        begin = self.column if start is None else start
        self.findings.append(Finding(Problem(code, message, Mark(self.line + 1, begin + 1, end - begin), mend), edits))

    def _token(self) -> None:
        text, column = self._text, self.column
        char = text[column]
        if char in CLOSES:
            self._open(char)
        elif char in "}]":
            self._close(char)
        elif char == ",":
            self._values[-1] = -1
            self.column += 1
        elif char in ENDS:
            self._quote()
        elif not self._ipv6():
            if char == ":" and text[column + 1 : column + 2] in ("", " ", "\t", *",[]{}\"'"):
                self._colon()
            else:
                self._plain(char)

    def _open(self, char: str) -> None:
        whole = unsplit(self._text, self.column, self.line)
        if whole is not None:
            self.findings.append(whole)
            self.column += whole.problem.mark.length
            return
        self._stack.append(Bracket(char, self.line, self.column))
        self._values.append(-1)
        self.column += 1
        if len(self._stack) > DEEPEST:
            self._give_up()

    def _close(self, char: str) -> None:
        """A closing bracket; one of the other kind tells that the bracket inside was never closed, or was closed by it."""
        bracket = self._stack[-1]
        if CLOSES[bracket.char] != char:
            right = CLOSES[bracket.char]
            if any(CLOSES[outer.char] == char for outer in self._stack):
                at = len(self._text[: self.column].rstrip())
                self._open_bracket(bracket, "is never closed", right, (Edit(self.line, at, at, right),))
                self._pop()
                return
            self._open_bracket(bracket, f"is closed by `{char}`", right, (Edit(self.line, self.column, self.column + 1, right),))
        self._pop()
        self.column += 1

    def _pop(self) -> None:
        self._stack.pop()
        self._values.pop()

    def _colon(self) -> None:
        """A `:` between key and value; a second one means that the value is a text which should be quoted (E105)."""
        start = self._values[-1]
        if start < 0:
            rest = self._text[self.column + 1 :]
            self._values[-1] = self.column + 1 + len(rest) - len(rest.lstrip())
            self.column += 1
            return
        end = len(re.compile(r"[^,\[\]{}]*").match(self._text, self.column)[0].rstrip()) + self.column  # type: ignore[index]
        written = self._text[start:end]
        self._found("E105", "text contains `: ` and is not quoted", end, in_quotes(written), quoting(self._text, self.line, start, end), start)
        self.column = end

    def _ipv6(self) -> bool:
        """E104 for an address that starts or ends with `::`, where the colon would be taken for that of a key."""
        found = IPV6.match(self._text, self.column)
        if not found or not (found[0].startswith(":") or found[0].endswith(":")):
            return False
        end = found.end()
        self._found("E104", f"`{found[0]}` must be quoted inside `{{ }}` or `[ ]`", end, f'"{found[0]}"', quoting(self._text, self.line, self.column, end))
        self.column = end
        return True

    def _plain(self, char: str) -> None:
        """A word or a text without quotes."""
        text, start = self._text, self.column
        found = PLAIN.match(text, start)
        end = start + len(found[0].rstrip(" \t")) if found else start + 1
        written = text[start:end]
        change = CHANGE.match(text, start)
        if text[end : end + 1] == "[" and change:
            end = start + len(change[0].rstrip(" \t"))
            noun = "a change" if "=" in change[0] else "a text"
            self._found("E112", f"quote {noun} that contains `[` or `,`", end, in_quotes(text[start:end]), quoting(text, self.line, start, end))
        elif char in RESERVED and not re.match(r"[*&]\w", written):
            self._found("E109", RESERVED[char], start + 1, self._instead(char, end), quoting(text, self.line, start, end))
        elif FULL_WIDTH.search(written) and not TECHNICAL.search(written):
            end = self._full_width(start, end)
        self.column = end

    def _instead(self, char: str, end: int) -> str:
        rest = self._text[end:]
        if char == "*" and re.match(r"\s*:\s*[\"']?deny", rest):
            return "leave it out (the last deny is implicit), or quote it"
        return in_quotes(self._text[self.column : end])

    def _full_width(self, start: int, end: int) -> int:
        """E111 for characters that only look like ASCII, in a text that is no Japanese, up to a sign that would part it; the place behind."""
        text = self._text
        sign = STRUCTURE.search(text, start, end)
        at = FULL_WIDTH.search(text, start, end).start()  # type: ignore[union-attr]
        stop = sign.end() if sign else end
        edits = tuple(Edit(self.line, n, n + 1, _narrow(text, n)) for n in range(at, stop) if FULL_WIDTH.match(text[n]))
        colon = text[at] == "："
        message = "full-width `：` where a key needs `:`" if colon else f'full-width character "{text[at]}" at column {at + 1}'
        shown = text[start : end if colon else stop]
        mend = "".join(_narrow(shown, n) for n in range(len(shown)))
        self._found("E111", message, at + 1, mend.strip().rstrip(",") if not colon else mend.strip(), edits, at)
        if sign and sign[0] == "：" and self._values[-1] < 0:
            self._values[-1] = stop
        elif sign and sign[0] == "，":
            self._values[-1] = -1
        return stop

    def _quote(self) -> None:
        """A text in quotes, over several lines perhaps; E115 where it never ends."""
        quote, first, start = self._text[self.column], self.line, self.column
        end = ENDS[quote].match(self._text, start + 1)
        while end is None:
            self.line += 1
            if self.line >= len(self.lines) or self.line - first > FURTHEST or key_line(self._text, self._indent):
                self._unclosed_quote(quote, first, start)
                return
            end = ENDS[quote].match(self._text)
        if quote == '"' and first == self.line:
            self._escapes(start, end.end())
        self.column = end.end()

    def _escapes(self, start: int, end: int) -> None:
        for found in ESCAPE.finditer(self._text, start + 1, end - 1):
            if found[1] is None:
                at = found.start()
                self._found("E105", f"`{found[0]}` means nothing inside double quotes", at + 2, "\\" + found[0], (Edit(self.line, at, at, "\\"),), at)

    def _unclosed_quote(self, quote: str, line: int, column: int) -> None:
        """Close it at the end of its line, before the brackets that end there too."""
        text = self.lines[line].rstrip()
        end = len(re.sub(r"[\]},]+$", "", text)) if self._stack else len(text)
        message = f"`{quote}` opened at line {line + 1} column {column + 1} is never closed"
        mend = text[column:end] + quote if end - column < LONGEST_MEND else f"`{quote}` at column {end + 1}"
        problem = Problem("E115", message, Mark(line + 1, column + 1, 1), mend)
        self.findings.append(Finding(problem, (Edit(line, end, end, quote),)))
        self.line, self.column = line, end
        self._last = (line, end)
        if not self._stack:
            self.line, self.broken = line + 1, True


def _narrow(text: str, at: int) -> str:
    """One character in ASCII; a colon or comma with the space that it needs."""
    char = ascii_form(text[at])
    return char + " " if text[at] in "：，" and not text[at + 1 : at + 2].isspace() else char
