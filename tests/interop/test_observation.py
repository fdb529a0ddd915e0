"""Where packets are seen: once in and once out at every interface that they pass, and nowhere else."""

import pytest

from vpctui.cli.files import bundled, load
from vpctui.engine.conversation import converse
from vpctui.interop.observation import Sighting, sightings
from vpctui.trace import Verdict


def seen(name: str, flow: str = "") -> list[Sighting]:
    scenario = load(name)
    question = scenario.questions[flow or next(iter(scenario.questions))]
    return list(sightings(converse(scenario.world, question, scenario.questions), scenario.network))


def points(found: list[Sighting]) -> list[tuple[str, str]]:
    return [(each.point, each.side) for each in found if each.leg is found[0].leg]


@pytest.mark.parametrize("name", list(bundled()))
def test_an_instance_that_forwards_is_seen_on_both_sides(name: str) -> None:
    scenario = load(name)
    for flow, question in scenario.questions.items():
        found = sightings(converse(scenario.world, question, scenario.questions), scenario.network)
        for each in found:
            if each.hop.kind == "instance" and each.hop.verdict is Verdict.FORWARDED and each.node == each.hop.node and each.interface:
                sides = [other.side for other in found if other.hop is each.hop and other.node == each.node]
                inside = [step for step in each.hop.steps if step.rule == "link"]
                assert (
                    sides == ["in", "out"] or each.hop.arrived is None or inside or each.hop.arrival.by not in scenario.network.ids(("attached", each.node))
                ), flow


def test_a_network_inside_an_instance_is_not_its_interface() -> None:
    """R-130: a packet to a container leaves by no interface of the instance."""
    assert points(seen("src-dst-check", "to-pod")) == [("eni-a", "out"), ("eni-node", "in")]
    assert points(seen("src-dst-check", "from-pod")) == [("eni-node", "out"), ("eni-a", "in")]


def test_an_inspected_packet_comes_out_where_it_went_in() -> None:
    """R-210, R-219: GENEVE between balancer and appliance, the endpoint on both sides of it."""
    assert points(seen("gwlb-edge")) == [
        ("igw", "in"),
        ("igw", "out"),
        ("eni-vpce-fw", "in"),
        ("gwlb", "out"),
        ("eni-sec-1", "in"),
        ("eni-sec-1", "out"),
        ("gwlb", "in"),
        ("eni-vpce-fw", "out"),
        ("eni-app", "in"),
    ]


def test_a_firewall_endpoint_is_seen_on_both_sides_and_the_firewall_is_not() -> None:
    assert points(seen("network-firewall"))[2:4] == [("eni-vpce-a", "in"), ("eni-vpce-a", "out")]


def test_sides_of_gateways() -> None:
    assert [(each.socket, each.side) for each in seen("tgw-inspection") if each.point == "tgw"][:4] == [
        ("att-a", "in"),
        ("att-sec", "out"),
        ("att-sec", "in"),
        ("att-b", "out"),
    ]
    assert [(each.socket, each.side) for each in seen("vgw-ingress") if each.point == "vgw"][:2] == [("vgw outside", "in"), ("vgw inside", "out")]


def test_an_icmp_error_is_seen_on_its_way_back() -> None:
    scenario = load("mtu")
    for question in scenario.questions.values():
        conversation = converse(scenario.world, question, scenario.questions)
        if conversation.icmp is not None and conversation.icmp.leg.hops:
            found = sightings(conversation, scenario.network)
            assert any(each.packet.about is not None for each in found)
            return
    pytest.fail("no flow of the scenario causes an error")
