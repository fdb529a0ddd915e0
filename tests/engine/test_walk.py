"""The walk: hops in order, memory carried along, loops found, limits reported."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from tests.aws.tracing import scenario, visit
from vpctui.address import parse_address
from vpctui.engine.connections import Connections
from vpctui.engine.network import Network, Record
from vpctui.engine.registry import FORWARDERS, Assumptions, Evaluation, Situation, forwards
from vpctui.engine.walk import HOP_LIMIT, walk
from vpctui.packet import Packet
from vpctui.trace import Arrival, Deliver, Drop, Forward, Hop, Memo, Step, Verdict

PACKET = Packet(src=parse_address("10.0.0.1"), dst=parse_address("10.0.0.2"), src_port=50000, dst_port=80, tcp_flags="S")
ASSUME = Assumptions()


class Relay(Record, frozen=True, kw_only=True):
    """Sends everything to `to`; `spends` TTL, and turns ports by `shift`."""

    to: str = ""
    spends: int = 0
    shift: int = 0


class Counter(Record, frozen=True, kw_only=True):
    """Delivers a packet when it has seen `until` of them."""

    until: int


@pytest.fixture(autouse=True)
def nodes() -> Iterator[None]:
    """Two kinds of node, known for the length of a test."""

    @forwards(Relay, named="relay")
    def relay(node: Relay, packet: Packet, here: Situation) -> Evaluation:
        sent = replace(packet, ttl=packet.ttl - node.spends, src_port=packet.src_port + node.shift)
        yield Step(rule="relay", packet=sent)
        if sent.ttl <= 0:
            return Drop(packet=sent, reason="TTL_EXPIRED")
        return Forward(packet=sent, to=Arrival(node=node.to)) if node.to else Deliver(packet=sent)

    @forwards(Counter, named=lambda node: f"counter-{node.until}")
    def count(node: Counter, packet: Packet, here: Situation) -> Evaluation:
        seen = (here.connections.recall(node.id, "seen") or 0) + 1
        yield Step(rule="count", packet=packet, facts={"seen": seen, "path": len(here.path)}, remembers=(Memo(node.id, "seen", seen),))
        return Deliver(packet=packet) if seen >= node.until else Drop(packet=packet, reason="NO_LISTENER")

    yield
    del FORWARDERS[Relay], FORWARDERS[Counter]


def hops(*records: Record, packet: Packet = PACKET, start: str = "a", assume: Assumptions = ASSUME) -> tuple[Hop, ...]:
    return walk(Network(records), Arrival(node=start), packet, Connections(), assume)[0]


def test_every_component_is_a_hop_with_the_packet_as_it_came_in() -> None:
    found = hops(Relay(id="a", to="b", spends=1), Relay(id="b", to="c", spends=1), Relay(id="c"))
    assert [(hop.node, hop.kind, hop.verdict) for hop in found] == [
        ("a", "relay", Verdict.FORWARDED),
        ("b", "relay", Verdict.FORWARDED),
        ("c", "relay", Verdict.DELIVERED),
    ]
    assert [hop.arrived.ttl if hop.arrived else None for hop in found] == [None, 63, 62]
    assert [hop.packet.ttl for hop in found] == [63, 62, 62]


def test_what_a_step_remembers_is_there_on_the_next_walk() -> None:
    network, start = Network([Counter(id="a", until=2)]), Arrival(node="a")
    first, memory = walk(network, start, PACKET, Connections(), ASSUME)
    second, again = walk(network, start, PACKET, memory, ASSUME)
    assert (first[0].verdict, second[0].verdict) == (Verdict.DROPPED, Verdict.DELIVERED)
    assert (memory.recall("a", "seen"), again.recall("a", "seen")) == (1, 2)
    assert first[0].kind == "counter-2"


def test_the_path_so_far_is_known() -> None:
    found = hops(Relay(id="a", to="b"), Relay(id="b", to="c"), Counter(id="c", until=1))
    assert found[-1].steps[0].facts["path"] == 3


def test_the_same_packet_at_the_same_place_is_a_loop_though_its_ttl_fell() -> None:
    """R-147: TTL is left out of the comparison."""
    found = hops(Relay(id="a", to="b"), Relay(id="b", to="c", spends=1), Relay(id="c", to="b", spends=1))
    assert [hop.node for hop in found] == ["a", "b", "c", "b"]
    assert found[-1].looped
    assert found[-1].verdict is Verdict.LOOPED
    assert found[-1].reason == "ROUTING_LOOP"
    assert found[-1].left is None
    assert [hop.reason for hop in found[:-1]] == [None, None, None]


def test_a_packet_that_comes_back_changed_is_no_loop() -> None:
    found = hops(Relay(id="a", to="b", shift=1), Relay(id="b", to="a"), packet=replace(PACKET, ttl=255))
    assert len(found) == HOP_LIMIT == 256


def test_another_table_at_the_same_node_is_no_loop() -> None:
    network = Network([Relay(id="a", to="b"), Relay(id="b")])
    assert [hop.node for hop in walk(network, Arrival(node="a", table="rtb"), PACKET, Connections(), ASSUME)[0]] == ["a", "b"]


def test_a_walk_that_never_ends_is_a_limit_of_the_model() -> None:
    found = hops(Relay(id="a", to="b", shift=1), Relay(id="b", to="a"))
    last = found[-1]
    assert len(found) == HOP_LIMIT
    assert (last.reason, last.verdict) == ("HOP_LIMIT", Verdict.STOPPED)


def test_with_textbook_ttl_ends_a_loop() -> None:
    """RFC 1812: every router counts, and nobody looks for loops."""
    found = hops(Relay(id="a", to="b", spends=1), Relay(id="b", to="a", spends=1), packet=replace(PACKET, ttl=7), assume=Assumptions(ttl="textbook"))
    assert [hop.node for hop in found] == ["a", "b", "a", "b", "a", "b", "a"]
    assert (found[-1].reason, found[-1].packet.ttl) == ("TTL_EXPIRED", 0)
    assert not any(hop.looped for hop in found)
    assert [hop.circled for hop in found] == [False] * 6 + [True]


def test_a_ttl_that_runs_out_on_a_straight_way_was_no_circle() -> None:
    found = hops(
        Relay(id="a", to="b", spends=1), Relay(id="b", to="c", spends=1), Relay(id="c"), packet=replace(PACKET, ttl=2), assume=Assumptions(ttl="textbook")
    )
    assert (found[-1].node, found[-1].reason, found[-1].circled) == ("b", "TTL_EXPIRED", False)


def test_an_unknown_component_is_named_and_never_guessed() -> None:
    class Strange(Record, frozen=True, kw_only=True):
        pass

    for last in (hops(Relay(id="a", to="nowhere"))[-1], hops(Relay(id="a", to="nowhere"), Strange(id="nowhere"))[-1]):
        assert (last.node, last.kind, last.reason, last.verdict) == ("nowhere", "unsupported", "UNSUPPORTED_COMPONENT", Verdict.STOPPED)
        assert last.steps[0].facts == {"node": "nowhere"}
    assert hops(Strange(id="a"))[0].arrived is None


def test_choices_reach_the_component() -> None:
    seen: list[dict[str, str]] = []

    @forwards(Relay, named="relay")
    def look(node: Relay, packet: Packet, here: Situation) -> Evaluation:
        seen.append(here.choices)
        yield Step(rule="look", packet=packet)
        return Deliver(packet=packet)

    walk(Network([Relay(id="a")]), Arrival(node="a"), PACKET, Connections(), ASSUME, {"lb": "i-2"})
    assert seen == [{"lb": "i-2"}]


def test_what_nobody_knows_to_forward_is_said_by_name() -> None:
    """A record of a kind without a forwarding function, and an id of nothing: never guessed."""
    packet = Packet(src=parse_address("10.0.0.1"), dst=parse_address("10.0.0.2"))
    arrival = Arrival(node="nothing")
    found = visit(packet, Situation(scenario("hosts: {a: {ip: 192.0.2.1}}\n").network, arrival, Connections(), Assumptions(), {}, (arrival,)))
    assert (found.reason, found.kind, [(step.rule, step.passed) for step in found.steps]) == ("UNSUPPORTED_COMPONENT", "unsupported", [("not-modelled", False)])
