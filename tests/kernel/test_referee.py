"""The referee sees what is wrong: told of another network than the kernel has, it disagrees; and what it adapts is narrow."""

import pytest

from tests.kernel.comparing import Ports, disagreement, inexpressible
from tests.kernel.referee import Judgement, Leg, Referee, Sent
from tests.kernel.test_scenarios import scenario, states
from tests.kernel.wire import checksum, packet, parse
from vpctui.engine.conversation import converse
from vpctui.trace import Hop


@pytest.mark.parametrize("name", ["appliance", "nat-instance", "nacl-ephemeral", "tgw-inspection", "egress-only-ipv6"])
def test_a_change_that_only_the_engine_knows_is_seen(name: str, kernel: None) -> None:
    """Each change that alters what happens to a flow makes them disagree, since the kernel goes by the file as it stands."""
    found = scenario(name)
    (_, base), *changed = states(found)
    told = {flow: converse(base.world, question, base.questions) for flow, question in base.questions.items()}
    altered = 0
    with Referee(base.world) as referee:
        for flow, question in base.questions.items():
            judgement = referee.ask(question, base.questions)
            assert disagreement(told[flow], judgement) == ""
            for _, state in changed:
                other = converse(state.world, state.questions[flow], state.questions)
                differs = [[(hop.node, hop.packet, hop.verdict) for hop in leg.hops] for leg in other.legs] != [
                    [(hop.node, hop.packet, hop.verdict) for hop in leg.hops] for leg in told[flow].legs
                ]
                if differs and state.questions[flow] == question and not inexpressible(state.world, question, other):
                    altered += 1
                    assert disagreement(other, judgement) != "", (flow, state)
    assert altered >= 3


def test_every_part_of_a_leg_counts() -> None:
    """A path that is one TTL, one port, one address or one node away is no agreement, nor is a packet that somebody else takes."""
    (_, base), *_ = states(scenario("internet-direct"))
    told = converse(base.world, base.questions["web"], base.questions)
    legs = [Leg(sent=_sends(leg.hops), taken=_sent(leg.last)) for leg in told.legs]
    assert disagreement(told, Judgement(legs)) == ""
    for number, leg in enumerate(legs):
        for spoiled in _spoiled(leg):
            assert disagreement(told, Judgement([*legs[:number], spoiled, *legs[number + 1 :]])) != "", (number, spoiled)
    assert disagreement(told, Judgement(legs[:-1])) != ""
    assert disagreement(told, Judgement([Leg(legs[0].sent, legs[0].taken, open=False), *legs[1:]])) != ""
    assert disagreement(told, Judgement([Leg(legs[0].sent, legs[0].taken, True, (("client", 11, 0, 0),)), *legs[1:]])) != ""


def _sent(hop: Hop) -> Sent:
    left = hop.packet
    return (hop.node, str(left.src), left.src_port, str(left.dst), left.dst_port, left.ttl)


def _sends(hops: tuple[Hop, ...]) -> tuple[Sent, ...]:
    return tuple(_sent(hop) for hop in hops if hop.left is not None)


def _spoiled(leg: Leg) -> list[Leg]:
    assert leg.taken is not None
    wrong = [leg.sent[:-1], (*leg.sent, leg.sent[-1]), tuple(reversed(leg.sent))] if len(leg.sent) > 1 else [leg.sent[:-1]]
    for place, value in ((0, "nobody"), (1, "192.0.2.1"), (2, 1), (3, "192.0.2.1"), (4, 1), (5, 9)):
        last = list(leg.sent[-1])
        last[place] = value
        wrong.append((*leg.sent[:-1], tuple(last)))  # type: ignore[arg-type]
    return [Leg(sent, leg.taken) for sent in wrong] + [Leg(leg.sent, None), Leg(leg.sent, ("nobody", *leg.taken[1:]))]


def test_ports_are_read_one_to_one_and_only_where_a_node_chose_them() -> None:
    """Two connections on one port would be one too few."""
    (_, base), *_ = states(scenario("nat-gateway"))
    hops = converse(base.world, base.questions["out"], base.questions).legs[0].hops
    ours = _sends(hops)
    theirs = tuple((*sent[:2], 61777 if sent[2] == 61001 else sent[2], *sent[3:]) for sent in ours)
    ports = Ports()
    ports.learn(hops, ours, theirs)
    assert tuple(ports.read(sent) for sent in theirs) == ours
    ports.learn(hops, ours, tuple((*sent[:2], 61888, *sent[3:]) for sent in theirs))
    assert ports.read((*ours[-1][:2], 61888, *ours[-1][3:])) != ours[-1]
    untouched = Ports()
    untouched.learn(hops, ours[:1], ((*ours[0][:2], 50099, *ours[0][3:]),))
    assert untouched.read((*ours[0][:2], 50099, *ours[0][3:])) != ours[0]


@pytest.mark.parametrize(("src", "dst"), [("10.0.0.1", "10.0.0.2"), ("2001:db8::1", "2001:db8::2")])
@pytest.mark.parametrize(("protocol", "flags"), [("tcp", "S"), ("tcp", "A"), ("udp", ""), ("icmp", "")])
def test_packets_are_written_and_read(protocol: str, flags: str, src: str, dst: str) -> None:
    """Addresses, ports, size, tag; the checksums are right."""
    data = packet(protocol, src, 50000, dst, 0 if protocol == "icmp" else 80, tag=0x70000, flags=flags, size=1500, ttl=9)
    found = parse(data)
    assert found is not None
    assert found.header == (src, 50000, dst, 0 if protocol == "icmp" else 80, 9)
    assert (found.tag, found.size, len(data)) == (0x70000, 1500, 1500)
    if ":" in src:
        pseudo, body = data[8:40] + len(data[40:]).to_bytes(4) + bytes((0, 0, 0, data[6])), data[40:]
    else:
        pseudo, body = b"" if protocol == "icmp" else data[12:20] + bytes((0, data[9])) + len(data[20:]).to_bytes(2), data[20:]
    assert checksum(pseudo + body) == 0
