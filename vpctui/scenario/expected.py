"""What a file expects of its flows, read: outcomes (E305), nodes, tables and flows that must exist (E306)."""

from collections.abc import Collection, Iterator

from vpctui.document import Entry, Mapping, Mark, Node, Scalar, Sequence
from vpctui.engine.conversation import Question
from vpctui.engine.network import Network
from vpctui.reasons import reasons
from vpctui.scenario.actions import scalars
from vpctui.scenario.scenario import Expectation, HopExpectation, IcmpExpectation
from vpctui.schema import Choice, Field, Integer, ListOf, OnOff, Reader, Text, attempt, quoted, read_fields, unique
from vpctui.trace import Verdict

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
HOP = (
    Field("direction", Choice(("forward", "return")), "which leg"),
    Field("node", Text(), "the component"),
    Field("src", Text(), "source address and port with which the hop ends"),
    Field("dst", Text(), "destination address and port with which the hop ends"),
    Field("ttl", Integer(0, 255), "TTL with which the hop ends"),
    Field("table", Text(), "the table that was asked, or `none`"),
    Field("route", Text(), "the destination of the route that won"),
    Field("target", Text(), "its target"),
    Field("rule", Text(), "what decided, as in `acl-app.ingress[100]`"),
    Field("verdict", Choice(tuple(Verdict)), "how the hop ended"),
)
ICMP = (
    Field("from", Text(), "who sends the error"),
    Field("mtu", Integer(0, 65535), "the MTU that it reports"),
    Field("arrives", OnOff(), "whether it reaches the sender of the packet"),
)
OUTCOMES = ("ok", "asymmetric", "half-open")
NO_ID = ("none", "local", "blackhole")


class Expected:
    """Reads expectations; knows the flows and nodes that they may name."""

    def __init__(self, asked: dict[str, Question], network: Network, reader: Reader, flows: Collection[str]) -> None:
        self._asked, self._network, self._reader, self._flows = asked, network, reader, flows

    def read(self, node: Node | None) -> tuple[Expectation, ...]:
        """`{flow: outcome or mapping}`; a flow that is there but could not be read is passed over."""
        if node is None:
            return ()
        if not isinstance(node, Mapping):
            self._reader.problem("E123", "expect maps flows to outcomes", node, "{web: ok}")
            return ()
        return tuple(self._expectation(entry) for entry in unique(node, self._reader) if self._known_flow(entry.key))

    def _known_flow(self, key: Scalar) -> bool:
        if key.text not in self._flows:
            mend = self._reader.nearest(key.text, self._flows) or ", ".join(list(self._flows)[:6])
            self._reader.problem("E306", f"an expectation for flow {quoted(key.text)}, which does not exist", key, mend)
        return key.text in self._asked

    def _expectation(self, entry: Entry) -> Expectation:
        flow, node = entry.key.text, entry.value
        if not isinstance(node, Mapping):
            written = attempt(Text(), node, self._reader, flow) or ""
            if written:
                self.outcome(written, node)
            return Expectation(flow, entry.key.mark, written, marks={"result": node.mark})
        rest = Mapping(tuple(item for item in node if item.key.text not in ("hop", "icmp")), node.mark)
        values = read_fields(EXPECTATION, rest, self._reader, f"expect.{flow}", "expectation")
        marks = {item.key.text: item.value.mark for item in node}
        if values["result"]:
            self.outcome(values["result"], marks["result"])
        if values["warning"]:
            self._code(values["warning"], "warning", marks["warning"])
        for name in ("via", "not_via", "return_via", "return_not_via"):
            for named in scalars(node.get(name)):
                self._node(named)
        icmp, hop = node.get("icmp"), node.get("hop")
        return Expectation(
            flow=flow,
            mark=entry.key.mark,
            marks=marks,
            icmp=IcmpExpectation(icmp.mark, self._texts(icmp, ICMP, "icmp")) if icmp else None,
            hops=tuple(self._hops(hop)),
            **values,
        )

    def _hops(self, node: Node | None) -> Iterator[HopExpectation]:
        for item in node.items if isinstance(node, Sequence) else (node,) if node is not None else ():
            yield HopExpectation(item.mark, self._texts(item, HOP, "hop"))

    def _texts(self, node: Node, fields: tuple[Field, ...], what: str) -> dict[str, str]:
        """The fields as they are written; each is read too, so that what cannot be true is found."""
        values = read_fields(fields, node, self._reader, f"expect.{what}", what)
        written = {entry.key.text: entry.value for entry in node} if isinstance(node, Mapping) else {}
        texts = {name: node for name, node in written.items() if isinstance(node, Scalar) and values.get(name) is not None}
        for name in ("node", "table", "target", "from"):
            if name in texts:
                self._node(texts[name])
        return {name: node.text for name, node in texts.items()}

    def _node(self, named: Scalar) -> None:
        """E306 for an id that does not exist: `not_via` with a typing error would always hold."""
        if named.text in NO_ID or self._reader.doubts(named.text) or self._network.get(named.text) is not None or not _is_id(named.text):
            return
        right = self._reader.nearest(named.text, [record.id for record in self._network])
        self._reader.problem("E306", f"an expectation names {quoted(named.text)}, which does not exist", named, right)

    def outcome(self, text: str, at: Node | Mark) -> None:
        """E305 for an outcome that cannot happen."""
        direction, colon, reason = text.partition(":")
        known = {code: row for code, row in reasons().items() if row.kind == "drop"}
        ways = ("forward", "return")
        if text in OUTCOMES or (colon and direction in ways and reason in known):
            return
        by_peer = next((code for code, row in known.items() if reason and reason in row.reachability_codes), "")
        way = (
            direction
            if direction in ways
            else self._reader.nearest(direction, ways) or {"fwd": "forward", "ret": "return", "back": "return"}.get(direction, "")
        )
        code = reason if reason in known else by_peer or self._reader.nearest(reason or text, list(known))
        right = f"{way or 'forward'}:{code}" if code and (colon or text.isupper()) else self._reader.nearest(text, OUTCOMES)
        self._reader.problem("E305", f"unknown outcome or reason {quoted(text)}", at, right or "ok, asymmetric, half-open, forward:REASON, return:REASON")

    def refusal(self, code: str, mark: Mark | None) -> None:
        """E305 for a refusal that no change can meet."""
        if code and mark:
            self._code(code, "refusal", mark)

    def _code(self, code: str, kind: str, mark: Mark) -> None:
        known = [name for name, row in reasons().items() if row.kind == kind]
        if code not in known:
            self._reader.problem("E305", f"unknown {kind} {quoted(code)}", mark, self._reader.nearest(code, known))


def _is_id(text: str) -> bool:
    """Whether a target is an id: what a router outside names may be the address of a next hop."""
    return not text[:1].isdigit() and ":" not in text
