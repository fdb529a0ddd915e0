"""Document nodes from YAML events: text and places, nothing resolved; tags, templates and runaway aliases refused.

Events instead of composed nodes: the depth is counted before anything recurses, and an alias costs nothing until it is counted.
"""

import re
from typing import Any

import yaml
from msgspec import Struct
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from vpctui.document import Entry, Mapping, Mark, Node, Problem, Scalar, Sequence
from vpctui.scenario.suspects import hash_in_value, joined_change, split_key

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line in YAML 1.1; `str.splitlines` knows more."""
DEEPEST = 40
MOST_VALUES = 3_000_000
MOST_PROBLEMS = 200
MOST_ALIASED = 100_000
"""How many values aliases may stand for, all together."""


def lines_of(text: str) -> list[str]:
    """The lines of a text as YAML counts them, without their ends."""
    return LINE_BREAK.split(text)


SURROGATE = re.compile(r"\\[uU](?:0000)?[dD][89a-fA-F]")


class TooMuch(yaml.YAMLError):
    """More than a scenario can mean: too many levels, too many values."""

    def __init__(self, code: str, message: str, mark: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.problem_mark = code, message, mark


class Built(Struct):
    """What the events of a text made: the root (None for an empty text, or with an error), problems, and the error that ended it."""

    root: Node | None = None
    problems: list[Problem] = []
    error: yaml.YAMLError | None = None


def build(text: str) -> Built:
    """Parse a text.  Never raises for anything that a text can hold."""
    builder = Builder(text)
    try:
        builder.run()
    except yaml.YAMLError as error:
        return Built(None, builder.problems, error)
    return Built(builder.root, builder.problems)


class Frame:
    """A collection that is still open."""

    __slots__ = ("anchor", "count", "entries", "event", "items", "key", "mapping", "name", "template")

    def __init__(self, event: Any, mapping: bool, name: str, count: int) -> None:
        self.event, self.mapping, self.name, self.count = event, mapping, name, count
        self.entries: list[Entry] = []
        self.items: list[Node] = []
        self.key: Scalar | None = None
        self.template = False


class Builder:
    """Turns the events of one text into nodes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._stack: list[Frame] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._count = self._aliased = self._documents = 0
        self._lines: list[str] | None = None
        self._surrogates = SURROGATE.search(text) is not None if "\\" in text else False
        self._hashes = {number for number, line in enumerate(self.lines) if "#" in line} if "#" in text else set()

    @property
    def lines(self) -> list[str]:
        """The lines of the text, split when they are first asked for."""
        if self._lines is None:
            self._lines = lines_of(self.text)
        return self._lines

    def run(self) -> None:
        """Read all events.  Raises YAMLError."""
        for event in yaml.parse(self.text, LOADER):
            kind = type(event)
            if kind is ScalarEvent:
                self._scalar(event)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._open(event, kind is MappingStartEvent)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._close(event)
            elif kind is AliasEvent:
                self._alias(event)
            elif kind is DocumentStartEvent and self._second_document(event):
                return

    def _note(self, problem: Problem) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)

    def _scalar(self, event: Any) -> None:
        start, end = event.start_mark, event.end_mark
        mark = Mark(start.line + 1, start.column + 1, end.column - start.column if end.line == start.line else 0)
        node = Scalar(event.value, mark, bool(event.style))
        if self._surrogates and event.style == '"':
            node = self._whole_characters(node)
        if event.tag or event.anchor:
            node = self._property(event, node)
        if end.line in self._hashes and not event.style:
            self._hash(node, end)
        self._add(node, event.anchor, self._count)
        if self._count > MOST_VALUES:
            raise TooMuch("E117", f"more than {MOST_VALUES} values", start)

    def _whole_characters(self, node: Scalar) -> Scalar:
        """Half a character, which the C parser refuses and Python's lets through, could not be printed later."""
        text = node.text.encode("utf-8", "replace").decode()
        if text != node.text:
            self._note(Problem("E105", "an escape in this text stands for half a character", node.mark, "the character itself"))
        return Scalar(text, node.mark, True)

    def _property(self, event: Any, node: Scalar) -> Scalar:
        """Refuse a tag; take anchor and tag out of the place of a plain value."""
        self._tag(event)
        if event.style or not event.value or node.mark.length <= len(event.value):
            return node
        shift = node.mark.length - len(event.value)
        return Scalar(node.text, Mark(node.mark.line, node.mark.column + shift, len(event.value)), node.quoted)

    def _tag(self, event: Any) -> None:
        if event.tag and event.tag != "!":
            line, column = event.start_mark.line, event.start_mark.column
            written = re.compile(r"(?:&\S+\s+)?(!\S*)").match(self.lines[line], column)
            tag = written[1].rstrip(",]}") if written else str(event.tag)
            place = Mark(line + 1, (written.start(1) if written else column) + 1, len(tag))
            self._note(Problem("E108", f"tags and templates are not supported, found {tag}", place, "write the value"))

    def _hash(self, node: Scalar, end: yaml.Mark) -> None:
        """W112: a `#` glued to a value, or a value that a `#` cut short."""
        found = hash_in_value(node, self.lines[end.line], end.column, self._stack[-1].name if self._stack else "", self._place_key())
        if found is not None:
            self._note(found)

    def _place_key(self) -> str:
        key = self._stack[-1].key if self._stack else None
        return key.text if key is not None else ""

    def _add(self, node: Node, anchor: str | None, count: int) -> None:
        """Put a finished node where it belongs."""
        self._count += 1
        if anchor:
            self._anchors[anchor] = (node, self._count - count)
        if not self._stack:
            self.root = node
            return
        frame = self._stack[-1]
        if not frame.mapping:
            frame.items.append(node)
        elif frame.key is None:
            frame.key = node if isinstance(node, Scalar) else self._complex_key(node, frame)
        else:
            self._entry(frame, frame.key, node)
            frame.key = None

    def _entry(self, frame: Frame, key: Scalar, value: Node) -> None:
        if isinstance(value, Scalar) and not value.text and not value.quoted and not key.quoted and (apart := split_key(key)):
            problem, key, value = apart
            self._note(problem)
        if key.text == "<<" and not key.quoted:
            self._note(Problem("E108", "merge keys (`<<`) are not supported", key.mark, "write the settings out"))
            return
        frame.entries.append(Entry(key, value))

    def _complex_key(self, node: Node, frame: Frame) -> Scalar:
        """A mapping or list where a key belongs: `{{ name }}`, or something that nobody meant."""
        start = frame.event.start_mark
        line = self.lines[start.line] if start.line < len(self.lines) else ""
        template = re.compile(r"\{\{.{0,200}?\}\}").match(line, start.column)
        mark = Mark(start.line + 1, start.column + 1, len(template[0])) if template else node.mark
        if template:
            frame.template = True
            self._note(Problem("E108", f"tags and templates are not supported, found {template[0]}", mark, "write the value"))
        else:
            found = "a mapping" if isinstance(node, Mapping) else "a list"
            self._note(Problem("E123", f"a key is text, found {found}", mark))
        return Scalar(template[0] if template else "?", mark, True)

    def _open(self, event: Any, mapping: bool) -> None:
        if len(self._stack) >= DEEPEST:
            raise TooMuch("E118", f"more than {DEEPEST} levels of nesting", event.start_mark)
        if event.tag:
            self._tag(event)
        self._stack.append(Frame(event, mapping, self._place_key(), self._count))

    def _close(self, event: Any) -> None:
        frame = self._stack.pop()
        start, end = frame.event.start_mark, event.end_mark
        flow = frame.event.flow_style
        mark = Mark(start.line + 1, start.column + 1, end.column - start.column if flow and end.line == start.line else 1 if flow else 0)
        if frame.template:
            node: Node = Scalar(frame.entries[0].key.text if frame.entries else "", frame.entries[0].key.mark if frame.entries else mark, True)
        elif frame.mapping:
            node = Mapping(tuple(frame.entries), mark)
        else:
            node = Sequence(self._items(frame), mark)
        self._add(node, frame.event.anchor, frame.count)

    def _items(self, frame: Frame) -> tuple[Node, ...]:
        """The items of a list; a change that an unquoted comma cut in two is put together again (E112)."""
        if not frame.event.flow_style or frame.name not in ("set", "do"):
            return tuple(frame.items)
        items: list[Node] = []
        for item in frame.items:
            joined = joined_change(items[-1], item, self.lines, frame.name) if items else None
            if joined is None:
                items.append(item)
                continue
            problem, items[-1] = joined
            if self.problems and self.problems[-1].code == "E112" and self.problems[-1].mark.column == problem.mark.column:
                self.problems.pop()  # the same change in three pieces
            self._note(problem)
        return tuple(items)

    def _alias(self, event: Any) -> None:
        """An alias is the node it names; what all of them stand for is counted, so that a few lines cannot become millions of values."""
        place = Mark(event.start_mark.line + 1, event.start_mark.column + 1, len(event.anchor) + 1)
        held = self._anchors.get(event.anchor)
        node: Node = Scalar("*" + event.anchor, place, True)
        if held is None:
            message = f"`*` starts an alias in YAML, and no `&{event.anchor}` stands before it"
            self._note(Problem("E109", message, place, f'"*{event.anchor}"'))
        elif self._aliased + held[1] > MOST_ALIASED:
            self._note(Problem("E108", f"aliases stand for more than {MOST_ALIASED} values", place, "write the value"))
        else:
            node = held[0]
            self._aliased += held[1]
            self._count += held[1]
        self._add(node, None, 0)

    def _second_document(self, event: Any) -> bool:
        """E107 at the second `---`; what follows is not read."""
        self._documents += 1
        if self._documents == 1:
            return False
        self._note(Problem("E107", "one scenario per file, and a second one starts here", Mark(event.start_mark.line + 1, 1, 3), "split the file"))
        return True
