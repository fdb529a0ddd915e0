"""The text of a scenario file as document nodes, and every mistake in the way it was written.

YAML is read as events, so values stay the text that was written: `no`, `22:22` and `010` are never resolved.  When the text cannot be
parsed, `lexical` looks for what a person did wrong, all of it at once; what can only have been meant one way is mended, and reading goes
on with the mended text, so that one run finds the mistakes behind the first one too.

An alias (`*x`) is the node that its anchor (`&x`) names; what all aliases stand for is bounded.  Merge keys are refused: a setting stands in
one place, where it can be changed.

Codes given here: E100 other syntax, E101 tab, E102 no space after a colon, E104 unquoted `::`, E105 unquoted text, E107 second document,
E108 tags, templates, anchors that grow, E109 reserved first characters, E110 empty, E111 full-width characters, E112 unquoted change, E113
control characters, E114 encoding, E115 unclosed brackets and quotes, E116 indentation, E117 size, E118 depth; W112 `#` in or behind a value.
"""

import re
from bisect import bisect_right

from yaml import YAMLError

from vpctui.document import Mapping, Mark, Node, Problem, Scalar
from vpctui.scenario.mending import Mended, mend
from vpctui.scenario.nodes import LINE_BREAK, Built, TooMuch, build, lines_of
from vpctui.scenario.suspects import is_suspicious
from vpctui.scenario.syntax import cause_of

MOST_BYTES = 32 * 1024 * 1024
ROUNDS, PATIENCE = 20, 1024 * 1024
"""How often a text with mistakes is parsed again, and up to which size."""
ENOUGH = 100
"""Mistakes after which nothing more is looked for."""
CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
"""What YAML 1.1 does not count as printable, and the byte order mark; named one by one, since their complement takes ten times as long to compile."""
SECTION = re.compile(r"[^\s#\-\[\]{}.%,]")


def read_document(data: bytes, name: str) -> tuple[Mapping | None, list[Problem]]:
    """The document of a file, and what is wrong with its text, in the order of the file.

    None when it cannot be read on.  A document may stand beside errors: it is what was meant, good for finding more mistakes, not for use.
    """
    if len(data) > MOST_BYTES:
        size = f"{len(data) // (1024 * 1024)} MiB"
        return None, [Problem("E117", f"{name} has {size}; a scenario has at most {MOST_BYTES // (1024 * 1024)} MiB", Mark(), "split it by account or Region")]
    problem = _bad_encoding(data)
    if problem is not None:
        return None, [problem]
    return Text(source_text(data), name).read()


def source_text(data: bytes) -> str:
    """The bytes of a file as text for showing its lines; bytes that are not UTF-8 stand as replacement characters."""
    return data.decode("utf-8", "replace").removeprefix("\ufeff")


class Text:
    """A text while it is being read: parsed, mended where it can be, parsed again."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name
        self.problems: list[Problem] = []

    def read(self) -> tuple[Mapping | None, list[Problem]]:
        """The document, or None, and the problems by place."""
        built = build(self.text)
        if built.error is None and not is_suspicious(self.text):
            self.problems += built.problems
            root = built.root
        else:
            root = self._read_mended(built)
        return self._mapping(root), sorted(self.problems, key=lambda problem: problem.mark)

    def _mapping(self, root: Node | None) -> Mapping | None:
        """The root where it is a mapping; E110 for nothing, E123 for something else."""
        if isinstance(root, Mapping) and root.entries:
            return root
        if not any(problem.severity == "error" for problem in self.problems):
            if root is None or isinstance(root, Mapping) or (isinstance(root, Scalar) and not root.text):
                self.problems.append(Problem("E110", f"no scenario in {self.name}", Mark(), "vpctui: 1"))
            else:
                self.problems.append(Problem("E123", "a scenario is a mapping of sections", root.mark, "vpctui: 1"))
        return None

    def _read_mended(self, built: Built) -> Node | None:
        """Find all mistakes, read the mended text; None when something is left that nobody can guess."""
        if built.error is not None and self._control_characters():
            built = build(self.text)
        if isinstance(built.error, TooMuch):
            self.problems.append(cause_of(built.error, lines_of(self.text)))
            return None
        # The scanner for mistakes is large, and most files have none.
        from vpctui.scenario.lexical import find_mistakes

        first = self._first_line(built.error)
        found = find_mistakes(lines_of(self.text), first, ENOUGH)
        if built.error is None:
            found = [finding for finding in found if finding.problem.code == "E111"]
        mended = mend(self.text, found)
        self.problems += [finding.problem for finding in found]
        return self._read_rest(mended, [finding.problem.mark.line - 1 for finding in found if not finding.sure])

    def _first_line(self, error: YAMLError | None) -> int:
        """Where to start looking: the top, or in a very large file the section of the error."""
        mark = getattr(error, "context_mark", None) or getattr(error, "problem_mark", None)
        if mark is None or len(self.text) <= PATIENCE:
            return 0
        starts = [number for number, line in enumerate(lines_of(self.text)[: mark.line + 1]) if SECTION.match(line)]
        return starts[-1] if starts else 0

    def _read_rest(self, mended: Mended, beyond: list[int]) -> Node | None:
        """Parse what was mended, without the sections of the lines `beyond` mending; where that fails still, name the cause and leave its section out too."""
        lines, whole = lines_of(mended.text), not beyond
        starts = [number for number, line in enumerate(lines) if SECTION.match(line)]
        for line in beyond:
            _leave_out(lines, starts, line)
        for _ in range(ROUNDS if len(mended.text) <= PATIENCE else 2):
            built = build("\n".join(lines))
            if built.error is None or len(self.problems) >= ENOUGH:
                break
            whole = False
            cause = cause_of(built.error, lines)
            self._add([mended.original(cause)])
            if isinstance(built.error, TooMuch) or not _leave_out(lines, starts, cause.mark.line - 1):
                break
        self._add([mended.original(problem) for problem in built.problems])
        return mended.original_node(built.root) if whole and built.root is not None else None

    def _add(self, problems: list[Problem]) -> None:
        """Problems on lines that have none yet: what else such a line has is most often the same mistake seen twice."""
        taken = {problem.mark.line for problem in self.problems if problem.severity == "error"}
        self.problems += [problem for problem in problems if problem.mark.line not in taken or problem.severity == "warning"]

    def _control_characters(self) -> bool:
        """Note characters that no YAML file may hold, and put replacement characters in their places."""
        found = [match.start() for match in CONTROL.finditer(self.text)][:ENOUGH]
        if not found:
            return False
        breaks = [match.end() for match in LINE_BREAK.finditer(self.text)]
        for offset in found:
            line = bisect_right(breaks, offset)
            column = offset - (breaks[line - 1] if line else 0)
            message = f"control character \\x{ord(self.text[offset]):02x} in the text"
            self.problems.append(Problem("E113", message, Mark(line + 1, column + 1, 1), "delete it"))
        self.text = CONTROL.sub("\ufffd", self.text)
        return True


def _leave_out(lines: list[str], starts: list[int], line: int) -> bool:
    """Empty the section that holds a line; whether there was anything to empty."""
    at = bisect_right(starts, line) - 1
    if at < 0 or line >= len(lines):
        return False
    last = starts[at + 1] if at + 1 < len(starts) else len(lines)
    held = any(lines[starts[at] : last])
    lines[starts[at] : last] = [""] * (last - starts[at])
    return held


ENCODINGS = ("cp932", "euc_jp")
NAMES = {"cp932": "Shift_JIS", "euc_jp": "EUC-JP"}


def _bad_encoding(data: bytes) -> Problem | None:
    """E114 with the first byte that is not UTF-8, and what the file seems to be instead."""
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    if not wide and b"\0" in data[:4]:  # UTF-16 or UTF-32 without a byte order mark: every ASCII character has a zero beside it
        return Problem("E114", f"file is not UTF-8 (byte 0x00 at offset {data.index(0)}); it looks like UTF-16", Mark(), "save as UTF-8")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        start = max((match.end() for match in LINE_BREAK.finditer(before)), default=0)
        seems = "UTF-16" if wide else next((NAMES[encoding] for encoding in ENCODINGS if _decodes(data, encoding)), "")
        message = f"file is not UTF-8 (byte 0x{data[error.start]:02x} at offset {error.start})" + (f"; it looks like {seems}" if seems else "")
        return Problem("E114", message, Mark(len(LINE_BREAK.findall(before)) + 1, len(before) - start + 1, 1), "save as UTF-8")
    return None


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return len(re.findall("[ぁ-んァ-ヶ]", text)) > 1  # by chance other bytes make a kanji, but no kana: Japanese has them in every line
