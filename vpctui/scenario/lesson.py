"""The story of a file: title, readings, expectations, named changes, walkthrough."""

from collections.abc import Collection
from typing import Any

from vpctui.document import Entry, Mapping, Mark, Node, Scalar, Sequence
from vpctui.engine.alter import State, alter_all
from vpctui.engine.conversation import Question, World
from vpctui.engine.network import Network
from vpctui.engine.registry import Assumptions
from vpctui.scenario.actions import Actions, Changes, scalars
from vpctui.scenario.expected import Expected
from vpctui.scenario.hiding import hidden_changes
from vpctui.scenario.scenario import NamedChange, WalkthroughStep, Words
from vpctui.schema import Choice, Field, Integer, ListOf, OnOff, Reader, Text, attempt, read_fields, unique

ASSUME = (
    Field("asymmetric_return", Choice(("deliver", "drop")), "a reply that leaves a redirected subnet directly (C-01)", "deliver"),
    Field("tgw_ttl", Integer(0, 1), "what a transit gateway takes from the TTL (C-11)", 1),
    Field("stopped_is_blackhole", OnOff(), "a route to a stopped instance's interface is a blackhole (C-09)", True),
    Field("ttl", Choice(("aws", "textbook")), "`aws`: routers that AWS hides do not count; `textbook`: every router does", "aws"),
    Field("nlb_return", Choice(("load_balancer", "route_table")), "`route_table` is slide 16's belief, kept as a counterfactual", "load_balancer"),
)
CHANGE = (
    Field("set", ListOf(Text()), "changes", (), required=True),
    Field("en", Text(), "English", ""),
    Field("ja", Text(), "Japanese", ""),
    Field("error", Text(), "the refusal", ""),
)
STEP = (
    Field("en", Text(), "English", ""),
    Field("ja", Text(), "Japanese", ""),
    Field("do", ListOf(Text()), "actions", ()),
    Field("error", Text(), "the refusal of the last `set`", ""),
    Field("predict", Choice(("route", "hop", "delivered")), "a question to ask first", ""),
)


def read_story(entries: dict[str, Entry], asked: dict[str, Question], network: Network, reader: Reader) -> dict[str, Any]:
    """All fields of a scenario that are not its network."""
    assume = _assume(entries.get("assume"), reader)
    flows = entries["flows"].value if "flows" in entries else None
    names = dict.fromkeys(entry.key.text for entry in flows) if isinstance(flows, Mapping) else {}
    expected = Expected(asked, network, reader, names)
    story = Story(State(World(network, network, assume), asked), names, expected, reader)
    return {
        "title": story.words(entries.get("title")),
        "teaches": story.words(entries.get("teaches")),
        "slides": _read(entries, "slides", ListOf(Integer(0, 999)), (), reader),
        "order": _read(entries, "order", Integer(0, 9999), 0, reader),
        "predict": _read(entries, "predict", OnOff(), False, reader),
        "hidden": _hidden(entries.get("hidden"), State(World(network, network, assume), asked), reader),
        "assume": assume,
        "expect": expected.read(entries["expect"].value if "expect" in entries else None),
        "changes": story.changes(entries.get("changes")),
        "walkthrough": story.walkthrough(entries.get("walkthrough")),
    }


def _assume(entry: Entry | None, reader: Reader) -> Assumptions:
    """The readings."""
    return Assumptions(**read_fields(ASSUME, entry.value, reader, "assume", "readings")) if entry is not None else Assumptions()


def _hidden(entry: Entry | None, state: State, reader: Reader) -> tuple[str, ...]:
    """E125 for a text that hides nothing, or faults that this network does not have."""
    if entry is None:
        return ()
    text = attempt(Text(), entry.value, reader, "hidden")
    if not text:
        return ()
    try:
        changes = hidden_changes(text)
    except ValueError:
        changes = ()
    if not changes or not isinstance(alter_all(state, changes), State):
        reader.problem("E125", "hidden is written by vpctui break, for the very network above it", entry.value, "vpctui break SCENARIO --output FILE")
        return ()
    return changes


def _read(entries: dict[str, Entry], name: str, kind: Any, default: Any, reader: Reader) -> Any:
    if name not in entries:
        return default
    reader.places[("", name)] = entries[name].value.mark
    value = attempt(kind, entries[name].value, reader, name)
    return default if value is None else value


class Story:
    """Reads the parts of a story that tell something."""

    def __init__(self, state: State, flows: Collection[str], expected: Expected, reader: Reader) -> None:
        self._state, self._flows, self._expected, self._reader = state, flows, expected, reader
        self._named: dict[str, tuple[Scalar, ...]] = {}

    def words(self, entry: Entry | None) -> Words:
        """A text, or `{en, ja}`."""
        if entry is None:
            return Words()
        if isinstance(entry.value, Scalar):
            return Words(entry.value.text, entry.value.text)
        fields = (Field("en", Text(), "English", ""), Field("ja", Text(), "Japanese", ""))
        values = read_fields(fields, entry.value, self._reader, entry.key.text, "text")
        return self._both(values, entry.key, entry.key.text)

    def _both(self, values: dict[str, Any], at: Node | Mark, what: str) -> Words:
        """W308: a text in one language stands in for the other one."""
        en, ja = values["en"], values["ja"]
        if bool(en) != bool(ja):
            there, missing = ("en", "ja") if en else ("ja", "en")
            self._reader.problem("W308", f"{what} has {there} but no {missing}: shown in the other language", at, f"add {missing}", warning=True)
        return Words(en, ja)

    def changes(self, entry: Entry | None) -> tuple[NamedChange, ...]:
        """Named sets of changes."""
        if entry is None:
            return ()
        if not isinstance(entry.value, Mapping):
            self._reader.problem("E123", "changes maps names to sets of changes", entry.value, "sdc-on: {set: [eni-fw.source_dest_check=on]}")
            return ()
        return tuple(self._change(item) for item in unique(entry.value, self._reader))

    def _change(self, item: Entry) -> NamedChange:
        name, node = item.key.text, item.value
        values, expected = self._split(node, CHANGE, f"changes.{name}", "change", item.key)
        written = scalars(node.get("set")) if isinstance(node, Mapping) else ()
        self._named[name] = written
        made = Changes(self._state, self._reader)
        for number, text in enumerate(written, 1):
            made.make(text, values["error"] if number == len(written) else "")
        return NamedChange(
            name=name,
            mark=item.key.mark,
            set=values["set"],
            words=self._both(values, item.key, f"change {name}"),
            expect=self._expected.read(expected),
            error=values["error"],
            set_marks=tuple(text.mark for text in written),
        )

    def _split(self, node: Node, fields: tuple[Field, ...], owner: str, noun: str, key: Node) -> tuple[dict[str, Any], Node | None]:
        """The fields of a change or a step, and its `expect`, which is read by itself."""
        rest, expected = node, None
        if isinstance(node, Mapping):
            rest, expected = Mapping(tuple(part for part in node if part.key.text != "expect"), node.mark), node.get("expect")
        self._reader.places.setdefault((owner, ""), key.mark)
        values = read_fields(fields, rest, self._reader, owner, noun)
        self._expected.refusal(values["error"], self._reader.places.get((owner, "error")))
        return values, expected

    def walkthrough(self, entry: Entry | None) -> tuple[WalkthroughStep, ...]:
        """The steps of the lesson."""
        if entry is None:
            return ()
        if not isinstance(entry.value, Sequence):
            self._reader.problem("E123", "walkthrough is a list of steps", entry.value, '- {en: "…", ja: "…", do: [next]}')
            return ()
        actions = Actions(self._state, self._flows, self._named, self._reader)
        return tuple(self._step(number, item, actions) for number, item in enumerate(entry.value.items, 1))

    def _step(self, number: int, node: Node, actions: Actions) -> WalkthroughStep:
        owner = f"walkthrough step {number}"
        start = node.entries[0].key if isinstance(node, Mapping) and node.entries else node
        values, expected = self._split(node, STEP, owner, "step", start)
        words = self._both(values, start, owner)
        written = scalars(node.get("do")) if isinstance(node, Mapping) else ()
        actions.step(written, values["error"])
        if not values["do"]:
            self._reader.problem("W308", f"{owner} has no do: nothing happens", start, "do: [next]", warning=True)
        return WalkthroughStep(node.mark, words, values["do"], self._expected.read(expected), values["error"], values["predict"])
