"""Expectations held against what happened: every field that is written, each failure at its place with the hop where it differs."""

from collections.abc import Iterator

from msgspec import Struct

from vpctui.document import Mark
from vpctui.scenario.scenario import Expectation, HopExpectation
from vpctui.trace import Conversation, Hop, Leg


class Failure(Struct, frozen=True):
    """One thing that should have been and was not: where it is written, what was wanted, what was found, at which hop."""

    mark: Mark
    flow: str
    wanted: str
    found: str
    hop: str = ""


def failures(expectation: Expectation, conversation: Conversation) -> Iterator[Failure]:
    """Everything in which a conversation differs from what is expected of it."""
    flow = expectation.flow
    forward = conversation.legs[0]
    back = next((leg for leg in conversation.legs if leg.direction == "return"), None)

    def fail(field: str, wanted: object, found: object, hop: str = "") -> Failure:
        return Failure(expectation.marks.get(field, expectation.mark), flow, f"{field} {wanted}" if field != "result" else str(wanted), str(found), hop)

    if expectation.result and expectation.result != conversation.outcome:
        yield fail("result", expectation.result, conversation.outcome, ended_at(conversation))
    packet = forward.last.packet
    if expectation.seen and (not forward.arrives or packet.socket("src") != expectation.seen):
        yield fail("seen", expectation.seen, packet.socket("src") if forward.arrives else "nothing arrives", place(forward, forward.last))
    if expectation.ttl is not None and (not forward.arrives or packet.ttl != expectation.ttl):
        yield fail("ttl", expectation.ttl, packet.ttl if forward.arrives else "nothing arrives", place(forward, forward.last))
    for field, leg, nodes in (("via", forward, expectation.via), ("return_via", back, expectation.return_via)):
        missing = not_in_order(nodes, leg)
        if missing:
            yield fail(field, f"[{', '.join(nodes)}]", f"{nodes_of(leg)}: {missing} is not there in this order")
    for field, leg, nodes in (("not_via", forward, expectation.not_via), ("return_not_via", back, expectation.return_not_via)):
        for node in nodes:
            hop = next((hop for hop in leg.hops if hop.node == node), None) if leg else None
            if leg is not None and hop is not None:
                yield fail(field, f"[{', '.join(nodes)}]", f"{node} is on the path", place(leg, hop))
    if expectation.warning and expectation.warning not in {warning.code for warning in conversation.warnings}:
        yield fail("warning", expectation.warning, ", ".join(warning.code for warning in conversation.warnings) or "no warning")
    yield from _icmp(expectation, conversation)
    for wanted in expectation.hops:
        yield from _hop(wanted, conversation, flow)


def _icmp(expectation: Expectation, conversation: Conversation) -> Iterator[Failure]:
    wanted, report = expectation.icmp, conversation.icmp
    if wanted is None:
        return
    if report is None:
        yield Failure(wanted.mark, expectation.flow, f"an ICMP error {wanted.fields}", "none is sent", ended_at(conversation))
        return
    found = {"from": report.sender, "mtu": str(report.mtu), "arrives": "on" if report.arrives else "off"}
    aliases = {"true": "on", "yes": "on", "false": "off", "no": "off"}
    for field, value in wanted.fields.items():
        if aliases.get(value, value) != found[field]:
            yield Failure(wanted.mark, expectation.flow, f"icmp {field} {value}", f"{field} {found[field]}", ended_at(conversation))


def _hop(wanted: HopExpectation, conversation: Conversation, flow: str) -> Iterator[Failure]:
    """One of the hops of that direction must have all fields; the nearest one tells what differs."""
    direction = wanted.fields.get("direction", "forward")
    candidates = [(leg, hop) for leg in conversation.legs[:2] if leg.direction == direction for hop in leg.hops]
    named = [pair for pair in candidates if pair[1].node == wanted.fields.get("node", pair[1].node)]
    if not named:
        path = " > ".join(hop.node for _, hop in candidates) or "no such leg"
        yield Failure(wanted.mark, flow, f"a hop at {wanted.fields.get('node')} ({direction})", path)
        return
    differing = [(leg, hop, differences(hop, wanted.fields)) for leg, hop in named]
    leg, hop, differs = min(differing, key=lambda item: len(item[2]))
    for field, found in differs:
        yield Failure(wanted.mark, flow, f"hop {field} {wanted.fields[field]}", f"{field} {found}", place(leg, hop))


def differences(hop: Hop, wanted: dict[str, str]) -> list[tuple[str, str]]:
    """Fields of an expectation that a hop does not have, with what it has."""
    packet = hop.packet
    found = {
        "node": hop.node,
        "src": packet.socket("src"),
        "dst": packet.socket("dst"),
        "ttl": str(packet.ttl),
        "table": hop.table or "none",
        "route": hop.route or "none",
        "target": hop.target or "none",
        "verdict": str(hop.verdict),
    }
    differing = [(field, found[field]) for field, value in wanted.items() if field in found and value != found[field]]
    deciders = [step.decider for step in hop.steps if step.decider]
    if "rule" in wanted and wanted["rule"] not in deciders:
        differing.append(("rule", ", ".join(deciders) or "no rule decided"))
    return differing


def not_in_order(nodes: tuple[str, ...], leg: Leg | None) -> str:
    """The first of the nodes that a leg does not pass in this order; empty when it passes them all."""
    path = iter([hop.node for hop in leg.hops] if leg else [])
    return next((node for node in nodes if node not in path), "")


def nodes_of(leg: Leg | None) -> str:
    """The path of a leg in one line."""
    return " > ".join(hop.node for hop in leg.hops) if leg else "there is no such leg"


def place(leg: Leg, hop: Hop) -> str:
    """`forward hop 3, i-fw`."""
    return f"{leg.direction} hop {leg.hops.index(hop) + 1}, {hop.node}"


def ended_at(conversation: Conversation) -> str:
    """Where a conversation ended."""
    leg = conversation.legs[-1]
    return place(leg, leg.last)
