"""Mends are tried: each one that is shown gets the packet past the place where it ended."""

from pathlib import Path

import pytest

from tests.aws.lab import Lab
from vpctui.aws.mends import nobody_there
from vpctui.describe.sentences import ending
from vpctui.describe.voice import Voice
from vpctui.engine.alter import State, alter
from vpctui.engine.change import Refusal
from vpctui.engine.mends import WORKS, Obstacle, hurdles, traced
from vpctui.engine.network import Network
from vpctui.scenario.changing import changed, state_of
from vpctui.scenario.reading import read_scenario
from vpctui.trace import Conversation, Drop

SCENARIOS = sorted((Path(__file__).parent.parent.parent / "scenarios").glob("*.yaml"))
NO_MEND = {
    "NATGW_NO_STATE",  # a NAT gateway takes no connection from outside, whatever is set
    "GWRT_NO_ROUTE",  # only somebody who knows which interface serves the pool can say
    "TTL_EXPIRED",  # two routers that point at each other: no single setting of ours
    "ENI_SRC_DST_CHECK_IN",  # at a load balancer's interface, which is not the customer's
}


def states(path: Path) -> list[tuple[str, State]]:
    """A scenario as the file has it, and after each of its changes."""
    scenario, problems = read_scenario(path.read_bytes(), path.name)
    assert scenario is not None, problems
    found: list[tuple[str, State]] = [("the file", state_of(scenario))]
    for change in scenario.changes:
        state = changed(scenario, change.set)
        if isinstance(state, State):
            found.append((change.name, state))
    return found


def ended(conversation: Conversation) -> tuple[int, str, str | None]:
    """Which leg ended where and why."""
    last = conversation.legs[-1].last
    return len(conversation.legs), last.node, last.reason


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_drop_of_every_scenario_has_mends_that_help(path: Path) -> None:
    for name, state in states(path):
        for flow in state.questions:
            conversation = traced(state, flow)
            last = conversation.legs[-1].last
            if last.looped or not isinstance(last.action, Drop):
                continue
            assert last.action.mends or last.reason in NO_MEND, (name, flow, last.reason)
            for mend in last.action.mends:
                made = alter(state, mend)
                assert not isinstance(made, Refusal), mend
                assert ended(traced(made, flow)) != ended(conversation), (name, flow, mend)


def test_a_mend_that_makes_all_work_hides_those_that_only_help() -> None:
    scenario, _ = read_scenario(next(path for path in SCENARIOS if path.stem == "appliance").read_bytes(), "appliance")
    assert scenario is not None
    state = changed(scenario, ("eni-fw.source_dest_check=on",))
    assert isinstance(state, State)
    action = traced(state, "web").legs[-1].last.action
    assert isinstance(action, Drop)
    outcomes = [traced(made, "web").outcome for mend in action.mends if isinstance(made := alter(state, mend), State)]
    assert action.mends[0] == "eni-fw.source_dest_check=off"
    assert set(outcomes) <= set(WORKS)


def test_nothing_is_mended_where_nothing_stops() -> None:
    scenario, _ = read_scenario(next(path for path in SCENARIOS if path.stem == "appliance").read_bytes(), "appliance")
    assert scenario is not None
    assert traced(state_of(scenario), "web").outcome == "ok"


def test_every_obstacle_is_counted_with_the_ones_before_it_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario, _ = read_scenario(next(path for path in SCENARIOS if path.stem == "appliance").read_bytes(), "appliance")
    assert scenario is not None
    faults = ("eni-fw.source_dest_check=on", "i-fw.ip_forward=off", "sg-app.ingress-=tcp 80 0.0.0.0/0", "rtb-fw[0.0.0.0/0]=none")
    state = changed(scenario, faults)
    assert isinstance(state, State)
    found = hurdles(state, "web")
    reasons = [hurdle.conversation.legs[-1].last.reason for hurdle in found]
    assert reasons == ["ENI_SRC_DST_CHECK_IN", "IP_FORWARDING_OFF", "SG_INGRESS_DENY", "NO_ROUTE"]
    assert hurdles(state_of(scenario), "web") == ()
    monkeypatch.setattr("vpctui.engine.mends.AT_MOST", 3)
    assert len(hurdles(state, "web")) == 3


def test_neither_a_walk_nor_its_mends_look_through_the_whole_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what they cost does not depend on how large the network is."""

    def refuse(*_: object) -> None:
        raise AssertionError("somebody looks at every record of the network")

    for path in SCENARIOS:
        prepared = states(path)
        with monkeypatch.context() as patch:
            patch.setattr(Network, "all", refuse)
            patch.setattr(Network, "__iter__", refuse)
            for _, state in prepared:
                for flow in state.questions:
                    traced(state, flow)


def first_mends(scenario_name: str, flow: str, *changes: str) -> tuple[str, ...]:
    """The mends of a flow's drop after some changes."""
    scenario, _ = read_scenario(next(path for path in SCENARIOS if path.stem == scenario_name).read_bytes(), scenario_name)
    assert scenario is not None
    state = changed(scenario, changes)
    assert isinstance(state, State)
    action = traced(state, flow).legs[-1].last.action
    assert isinstance(action, Drop)
    return action.mends


def test_what_sends_the_packet_into_a_circle_mends_nothing() -> None:
    assert "tgwrt[0.0.0.0/0]=att-a" not in first_mends("mtu", "small", "rtb-a[0.0.0.0/0]=tgw"), "back to the VPC that it came from"
    assert first_mends("before-tunnel", "web", "i-fw.routes[192.168.50.0/24]=none") == ("i-fw.routes[192.168.50.0/24]=tun-br",)


def test_what_brings_a_packet_back_to_its_sender_mends_nothing() -> None:
    assert first_mends("forward-proxy", "direct", "eni-priv.source_dest_check=off") == ("rtb-priv[0.0.0.0/0]=igw",)


def test_a_target_that_is_not_available_is_brought_back_before_it_is_routed_around() -> None:
    assert first_mends("gwlb-edge", "dc", "vpce-fw.state=pending_acceptance")[0] == "vpce-fw.state=available"


def test_a_packet_that_its_sender_gets_back_is_a_martian_and_no_circle() -> None:
    """R-149, RFC 1812: the kernel drops it where it comes in, so it never goes round; the route that brought it back is to mend."""
    scenario, _ = read_scenario(next(path for path in SCENARIOS if path.stem == "src-dst-check").read_bytes(), "src-dst-check")
    assert scenario is not None
    state = changed(scenario, ("rtb-node[10.0.0.0/16]=eni-node",))
    assert isinstance(state, State)
    conversation = traced(state, "mgmt")
    assert conversation.outcome == "return:RP_FILTER_DROP"
    last = conversation.legs[-1].last.action
    assert isinstance(last, Drop)
    assert last.mends == ("rtb-node[10.0.0.0/16]=local",)


CIRCLE = """
vpctui: 1
assume: {ttl: textbook}
networks: {lan: {cidr: 10.0.0.0/24}, wan: {cidr: 10.1.0.0/24}}
hosts: {pc: {interfaces: {lan: 10.0.0.10}, routes: {0.0.0.0/0: 10.0.0.1}}}
routers:
  r1: {interfaces: {lan: 10.0.0.1, wan: 10.1.0.1}, routes: {0.0.0.0/0: 10.1.0.2}}
  r2: {interfaces: {wan: 10.1.0.2}, routes: {0.0.0.0/0: 10.1.0.1}}
flows: {away: {from: pc, to: "192.0.2.80:80", ttl: TTL}}
"""


@pytest.mark.parametrize("ttl", [5, 64])
def test_two_routers_that_point_at_each_other_are_no_matter_of_ttl(ttl: int) -> None:
    """A larger TTL was advised, and offered as a mend since it comes further."""
    scenario, problems = read_scenario(CIRCLE.replace("TTL", str(ttl)).encode(), "circle.yaml")
    assert scenario is not None, problems
    conversation = traced(state_of(scenario), "away")
    assert conversation.outcome == "forward:TTL_EXPIRED"
    hop = conversation.legs[-1].last
    assert isinstance(hop.action, Drop)
    assert hop.action.mends == ()
    told = ending(hop, Voice())
    assert told is not None
    assert told.advice.startswith("Break the circle")


def test_what_is_tried_does_not_grow_with_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty VPCs, twenty subnets of each, twenty interfaces of each are looked at; twenty-four changes are tried."""
    vpcs = "".join(f"  vpc-{n}: {{cidr: 10.{n}.0.0/16}}\n" for n in range(21))
    subnets = "".join(f"  sn-{n}: {{vpc: vpc-{n}, cidr: 10.{n}.0.0/24, route_table: rtb-{n}}}\n" for n in range(21)) + "".join(
        f"  sn-0-{n}: {{vpc: vpc-0, cidr: 10.0.{n}.0/24, route_table: rtb-0}}\n" for n in range(1, 21)
    )
    tables = "".join(f"  rtb-{n}: {{vpc: vpc-{n}, routes: {{}}}}\n" for n in range(21))
    interfaces = "".join(f"  eni-{n}: {{subnet: sn-{n}}}\n" for n in range(21))
    interfaces += "".join(f"  eni-0-{n}: {{subnet: sn-0-{n}}}\n" for n in range(1, 21))
    interfaces += "".join(f"  eni-1-{n}: {{subnet: sn-1}}\n" for n in range(1, 21))
    text = f"vpcs:\n{vpcs}subnets:\n{subnets}route_tables:\n{tables}network_interfaces:\n{interfaces}hosts: {{client: {{ip: 192.0.2.1}}}}\n"
    lab = Lab(text + "internet_gateways: {igw: {vpc: vpc-0}}\nflows: {in: {from: client, to: '203.0.113.1:80'}}\n")
    conversation = lab.ask("in")
    obstacle = Obstacle(conversation, lab.scenario.world.network)
    offered = [change.partition(".")[0] for change in nobody_there(obstacle)]
    every = [f"eni-0{'' if n == 0 else f'-{n}'}" for n in range(20)] + ["eni-1", *(f"eni-1-{n}" for n in range(1, 20))] + [f"eni-{n}" for n in range(2, 20)]
    assert sorted(offered) == sorted(every)
    tried: list[str] = []

    def counted(state: State, change: str) -> State | Refusal:
        tried.append(change)
        return alter(state, change)

    monkeypatch.setattr("vpctui.engine.mends.alter.alter", counted)
    traced(state_of(lab.scenario), "in")
    assert len(tried) == 24
