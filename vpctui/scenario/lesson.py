"""The story of a file: title, readings, expectations, named changes, walkthrough."""

from typing import Any

from vpctui.document import Entry, Mapping, Mark, Node, Scalar, Sequence
from vpctui.engine.conversation import Question
from vpctui.engine.network import Network
from vpctui.engine.registry import Assumptions
from vpctui.reasons import reasons
from vpctui.scenario.scenario import Expectation, HopExpectation, IcmpExpectation, NamedChange, WalkthroughStep, Words
from vpctui.schema import Choice, Field, Integer, ListOf, OnOff, Reader, Text, attempt, nearest, quoted, read_fields, unique

ASSUME = (
    Field("asymmetric_return", Choice(("deliver", "drop")), "a reply that leaves a redirected subnet directly (C-01)", "deliver"),
    Field("tgw_ttl", Integer(0, 1), "what a transit gateway takes from the TTL (C-11)", 1),
    Field("stopped_is_blackhole", OnOff(), "a route to a stopped instance's interface is a blackhole (C-09)", True),
    Field("ttl", Choice(("aws", "textbook")), "`aws`: routers that AWS hides do not count; `textbook`: every router does", "aws"),
    Field("nlb_return", Choice(("load_balancer", "route_table")), "`route_table` is slide 16's belief, kept as a counterfactual", "load_balancer"),
)
EXPECTATION = (
    Field("result", Text(), "the outcome", ""),
    Field("seen", Text(), "source address and port that the receiver sees", ""),
    Field("ttl", Integer(0, 255), "TTL on arrival"),
    Field("via", ListOf(Text()), "nodes that the forward leg passes, in this order", ()),
    Field("not_via", ListOf(Text()), "nodes that it does not pass", ()),
    Field("return_via", ListOf(Text()), "the same for the return leg", ()),
    Field("return_not_via", ListOf(Text()), "the same for the return leg", ()),
    Field("warning", Text(), "a warning that is given", ""),
)
HOP_FIELDS = ("direction", "node", "src", "dst", "ttl", "table", "route", "target", "rule", "verdict")
ICMP_FIELDS = ("from", "mtu", "arrives")
OUTCOMES = ("ok", "asymmetric", "half-open")


def read_story(entries: dict[str, Entry], asked: dict[str, Question], network: Network, reader: Reader) -> dict[str, Any]:
    """All fields of a scenario that are not its network."""
    context = Story(asked, network, reader)
    story: dict[str, Any] = {
        "title": context.words(entries.get("title")),
        "teaches": context.words(entries.get("teaches")),
        "slides": _read(entries, "slides", ListOf(Integer(0, 999)), (), reader),
        "order": _read(entries, "order", Integer(0, 9999), 0, reader),
        "predict": _read(entries, "predict", OnOff(), False, reader),
        "assume": context.assume(entries.get("assume")),
        "expect": context.expectations(entries["expect"].value) if "expect" in entries else (),
        "changes": context.changes(entries.get("changes")),
        "walkthrough": context.walkthrough(entries.get("walkthrough")),
    }
    return story


def _read(entries: dict[str, Entry], name: str, kind: Any, default: Any, reader: Reader) -> Any:
    if name not in entries:
        return default
    value = attempt(kind, entries[name].value, reader, name)
    return default if value is None else value


class Story:
    """Reads the parts of a story; knows the flows and nodes that they may name."""

    def __init__(self, asked: dict[str, Question], network: Network, reader: Reader) -> None:
        self._asked, self._network, self._reader = asked, network, reader

    def words(self, entry: Entry | None) -> Words:
        """A text, or `{en, ja}`."""
        if entry is None:
            return Words()
        if isinstance(entry.value, Scalar):
            return Words(entry.value.text, entry.value.text)
        fields = (Field("en", Text(), "English", ""), Field("ja", Text(), "Japanese", ""))
        values = read_fields(fields, entry.value, self._reader, entry.key.text, "text")
        self._both(values["en"], values["ja"], entry.value, entry.key.text)
        return Words(values["en"], values["ja"])

    def _both(self, en: str, ja: str, at: Node, what: str) -> None:
        if bool(en) != bool(ja):
            there, missing = ("en", "ja") if en else ("ja", "en")
            self._reader.problem("W308", f"{what} has {there} but no {missing}: shown in the other language", at, f"add {missing}", warning=True)

    def assume(self, entry: Entry | None) -> Assumptions:
        """The readings."""
        if entry is None:
            return Assumptions()
        return Assumptions(**read_fields(ASSUME, entry.value, self._reader, "assume", "readings"))

    def expectations(self, node: Node) -> tuple[Expectation, ...]:
        """`{flow: outcome or mapping}`."""
        if not isinstance(node, Mapping):
            self._reader.problem("E123", "expect maps flows to outcomes", node, "{web: ok}")
            return ()
        found = []
        for entry in unique(node, self._reader):
            flow = entry.key.text
            if flow not in self._asked:
                right = nearest(flow, self._asked)
                self._reader.problem(
                    "E306",
                    f"an expectation for a flow that does not exist: {quoted(flow)}",
                    entry.key,
                    f"did you mean {quoted(right)}?" if right else ", ".join(self._asked),
                )
                continue
            found.append(self._expectation(flow, entry))
        return tuple(found)

    def _expectation(self, flow: str, entry: Entry) -> Expectation:
        node = entry.value
        if not isinstance(node, Mapping):
            written = attempt(Text(), node, self._reader, flow) or ""
            self.outcome(written, node)
            return Expectation(flow, entry.key.mark, written, marks={"result": node.mark})
        rest = Mapping(tuple(item for item in node if item.key.text not in ("hop", "icmp")), node.mark)
        values = read_fields(EXPECTATION, rest, self._reader, f"expect.{flow}", "expectation")
        marks = {item.key.text: item.value.mark for item in node}
        if values["result"]:
            self.outcome(values["result"], marks["result"])
        for name in ("via", "not_via", "return_via", "return_not_via"):
            for identifier in values[name]:
                self._node(identifier, marks[name])
        icmp, hop = node.get("icmp"), node.get("hop")
        hops = hop.items if isinstance(hop, Sequence) else (hop,) if hop else ()
        return Expectation(
            flow=flow,
            mark=entry.key.mark,
            marks=marks,
            icmp=IcmpExpectation(icmp.mark, self._words_of(icmp, ICMP_FIELDS, "icmp")) if icmp else None,
            hops=tuple(HopExpectation(item.mark, self._hop(item)) for item in hops),
            **values,
        )

    def _hop(self, node: Node) -> dict[str, str]:
        fields = self._words_of(node, HOP_FIELDS, "hop")
        if "node" in fields:
            self._node(fields["node"], node)
        return fields

    def _words_of(self, node: Node, known: tuple[str, ...], what: str) -> dict[str, str]:
        values = read_fields(tuple(Field(name, Text(), "") for name in known), node, self._reader, f"expect.{what}", what)
        return {name: value for name, value in values.items() if value is not None}

    def _node(self, identifier: str, at: Node | Mark) -> None:
        if self._network.get(identifier) is None:
            right = nearest(identifier, [record.id for record in self._network])
            self._reader.problem(
                "E306", f"an expectation names {quoted(identifier)}, which does not exist", at, f"did you mean {quoted(right)}?" if right else ""
            )

    def outcome(self, text: str, at: Node | Mark) -> None:
        """E305 for an outcome that cannot happen."""
        direction, colon, reason = text.partition(":")
        known = reasons()
        if text in OUTCOMES or (colon and direction in ("forward", "return") and reason in known):
            return
        candidates = [*OUTCOMES, *(f"{way}:{code}" for way in ("forward", "return") for code, row in known.items() if row.kind == "drop")]
        by_peer = next((code for code, row in known.items() if reason and reason in row.reachability_codes), "")
        right = f"{direction}:{by_peer}" if by_peer and direction in ("forward", "return") else nearest(text, candidates)
        self._reader.problem(
            "E305",
            f"unknown outcome or reason {quoted(text)}",
            at,
            f"did you mean {right}?" if right else "ok, asymmetric, half-open, forward:REASON, return:REASON",
        )

    def changes(self, entry: Entry | None) -> tuple[NamedChange, ...]:
        """Named sets of changes."""
        if entry is None:
            return ()
        if not isinstance(entry.value, Mapping):
            self._reader.problem("E123", "changes maps names to sets of changes", entry.value, "sdc-on: {set: [eni-fw.source_dest_check=on]}")
            return ()
        return tuple(self._change(item) for item in unique(entry.value, self._reader))

    def _change(self, item: Entry) -> NamedChange:
        fields = (
            Field("set", ListOf(Text()), "changes", (), required=True),
            Field("en", Text(), "English", ""),
            Field("ja", Text(), "Japanese", ""),
            Field("error", Text(), "the refusal", ""),
        )
        node = item.value
        rest = Mapping(tuple(part for part in node if part.key.text != "expect"), node.mark) if isinstance(node, Mapping) else node
        values = read_fields(fields, rest, self._reader, f"changes.{item.key.text}", "change")
        self._both(values["en"], values["ja"], item.key, f"change {item.key.text}")
        expected = node.get("expect") if isinstance(node, Mapping) else None
        written = node.get("set") if isinstance(node, Mapping) else None
        marks = tuple(part.mark for part in (written.items if isinstance(written, Sequence) else (written,) if written else ()))
        self._refusal(values["error"], self._reader.places.get((f"changes.{item.key.text}", "error")))
        return NamedChange(
            name=item.key.text,
            mark=item.key.mark,
            set=values["set"],
            words=Words(values["en"], values["ja"]),
            expect=self.expectations(expected) if expected else (),
            error=values["error"],
            set_marks=marks,
        )

    def _refusal(self, code: str, mark: Mark | None) -> None:
        known = {name for name, row in reasons().items() if row.kind == "refusal"}
        if code and mark and code not in known:
            right = nearest(code, known)
            self._reader.problem("E305", f"unknown refusal {quoted(code)}", mark, f"did you mean {right}?" if right else "")

    def walkthrough(self, entry: Entry | None) -> tuple[WalkthroughStep, ...]:
        """The steps of the lesson."""
        if entry is None:
            return ()
        if not isinstance(entry.value, Sequence):
            self._reader.problem("E123", "walkthrough is a list of steps", entry.value, '- {en: "…", ja: "…", do: [next]}')
            return ()
        return tuple(self._step(number, item) for number, item in enumerate(entry.value.items, 1))

    def _step(self, number: int, node: Node) -> WalkthroughStep:
        fields = (
            Field("en", Text(), "English", ""),
            Field("ja", Text(), "Japanese", ""),
            Field("do", ListOf(Text()), "actions", ()),
            Field("error", Text(), "the refusal of the last `set`", ""),
            Field("predict", Text(), "a question to ask first: route, hop, delivered", ""),
        )
        owner = f"walkthrough step {number}"
        rest = Mapping(tuple(part for part in node if part.key.text != "expect"), node.mark) if isinstance(node, Mapping) else node
        values = read_fields(fields, rest, self._reader, owner, "step")
        self._both(values["en"], values["ja"], node, owner)
        if not values["do"]:
            self._reader.problem("W308", f"{owner} has no `do`: nothing happens", node, "do: [next]", warning=True)
        self._refusal(values["error"], self._reader.places.get((owner, "error")))
        expected = node.get("expect") if isinstance(node, Mapping) else None
        return WalkthroughStep(
            mark=node.mark,
            words=Words(values["en"], values["ja"]),
            do=values["do"],
            expect=self.expectations(expected) if expected else (),
            error=values["error"],
            predict=values["predict"],
        )
