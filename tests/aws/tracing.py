"""Small networks as text, traced: what tests of resources ask for."""

from string import Formatter
from textwrap import dedent

from msgspec.structs import replace

from vpctui.engine import walk as walking
from vpctui.engine.change import Refusal
from vpctui.engine.connections import Connections
from vpctui.engine.conversation import converse
from vpctui.engine.network import Network
from vpctui.engine.registry import RULES, Assumptions, Situation
from vpctui.packet import Packet
from vpctui.scenario.changing import changed
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.scenario import Scenario
from vpctui.trace import Arrival, Conversation, Hop, Step, Verdict


def scenario(text: str) -> Scenario:
    """The scenario of a text without errors; `vpctui: 1` is put in front."""
    read, problems = read_scenario(("vpctui: 1\n" + dedent(text)).encode(), "test.yaml")
    errors = [f"{problem.code} {problem.message}" for problem in problems if problem.severity == "error"]
    assert read is not None, errors
    return read


def problems(text: str) -> list[str]:
    """The codes of what is wrong with a text, warnings left out."""
    found = read_scenario(("vpctui: 1\n" + dedent(text)).encode(), "test.yaml")[1]
    return [problem.code for problem in found if problem.severity == "error"]


def trace(text: str, flow: str, *changes: str, choices: dict[str, str] | None = None) -> Conversation:
    """The conversation of a flow after changes that AWS takes."""
    state = changed(scenario(text), changes)
    assert not isinstance(state, Refusal), state
    world = replace(state.world, choices={**state.world.choices, **(choices or {})})
    return lawful(converse(world, state.questions[flow], state.questions))


def _other(hop: Hop) -> bool:
    """Whether what left is another packet than what arrived: a tunnel begins or ends, a proxy or balancer speaks for itself."""
    return hop.left is not None and hop.arrived is not None and (hop.left.tunnel, hop.left.flow) != (hop.arrived.tunnel, hop.arrived.flow)


DEAREST = {"transit_gateway": 3}
"""The most TTL that a hop of a kind takes; any other takes one at most."""
SILENT = {("NEXT_HOP_UNREACHABLE", "guest-route"), ("ENI_DETACHED", "same-subnet"), ("GUEST_NO_ROUTE", "")}
"""Drops without a failed check: nothing was asked that could fail."""


FILTERS = {"security-group": ("in", "out"), "network-acl": ("ingress", "egress")}
NOTHING_TO_TELL = {(f"{filter_}-{way}", "port") for filter_, ways in FILTERS.items() for way in ways}
"""Facts that may be empty in a sentence: a protocol may have no ports."""


def _asked(step: Step) -> set[str]:
    """The facts that the sentences of a step tell, in both languages."""
    rule = RULES[step.rule]
    said = rule.passed if step.passed or rule.failed is None else rule.failed
    return {name for text in (said.en, said.ja) for _, name, _, _ in Formatter().parse(text) if name}


def lawful(conversation: Conversation) -> Conversation:
    """The conversation, held to what is true of any."""
    for hop in conversation.hops:
        lawful_hop(hop)
    return conversation


def lawful_hop(hop: Hop) -> Hop:
    """The hop, held to what is true of any: a drop ends in a failed check, nothing goes on after one, every check tells all its sentence says."""
    last = hop.steps[-1] if hop.steps else None
    if hop.verdict in (Verdict.DROPPED, Verdict.STOPPED) and (hop.reason, last.rule if last else "") not in SILENT:
        assert last is not None, hop
        assert not last.passed, (hop.node, hop.reason, last.rule)
    elif hop.verdict in (Verdict.FORWARDED, Verdict.DELIVERED, Verdict.EXITED):
        assert all(step.passed for step in hop.steps), (hop.node, [step.rule for step in hop.steps if not step.passed])
    for step in hop.steps:
        for told in _asked(step):
            assert step.facts.get(told, "") != "" or (step.rule, told) in NOTHING_TO_TELL, (step.rule, told)
    assert hop.left is None or hop.arrived is None or _other(hop) or hop.arrived.ttl - DEAREST.get(hop.kind, 1) <= hop.left.ttl <= hop.arrived.ttl, hop
    return hop


def visit(packet: Packet, here: Situation) -> Hop:
    """One hop of a packet that has come this far."""
    return lawful_hop(walking.visit(packet, here, starts=False))


def walk(network: Network, start: Arrival, packet: Packet, connections: Connections, assume: Assumptions) -> tuple[tuple[Hop, ...], Connections]:
    """All hops of a packet that a node sends, and what is remembered afterwards."""
    hops, after = walking.walk(network, start, packet, connections, assume)
    for hop in hops:
        lawful_hop(hop)
    return hops, after


def refusal(text: str, *changes: str) -> Refusal:
    """The refusal that ends these changes."""
    state = changed(scenario(text), changes)
    assert isinstance(state, Refusal), "the changes are made"
    return state


def hop(conversation: Conversation, node: str, leg: int = 0) -> Hop:
    """The first hop of a leg at a node."""
    return next(hop for hop in conversation.legs[leg].hops if hop.node == node)


def nodes(conversation: Conversation, leg: int = 0) -> list[str]:
    """The nodes of a leg in order."""
    return [hop.node for hop in conversation.legs[leg].hops]


def step(conversation: Conversation, rule: str) -> Step | None:
    """The first step that applied a rule."""
    return next((step for hop in conversation.hops for step in hop.steps if step.rule == rule), None)


def seen(conversation: Conversation, leg: int = 0) -> str:
    """Who the receiver of a leg sees."""
    return conversation.legs[leg].last.packet.socket("src")


def mends(conversation: Conversation) -> tuple[str, ...]:
    """The changes that are offered for the drop that ended it."""
    found: tuple[str, ...] = getattr(conversation.legs[-1].last.action, "mends", ())
    return found
