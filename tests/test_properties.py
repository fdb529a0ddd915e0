"""Laws that hold for any network: the same input gives the same bytes, what is taken back never was, and names mean nothing."""

from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings, strategies as st

from tests.aws.tracing import scenario
from vpctui.address import Address, Prefix, parse_prefix, prefix_of
from vpctui.aws import route_table
from vpctui.aws.route_table import ORIGIN_RANK, Row
from vpctui.describe.json import trace_json
from vpctui.engine import change as changes
from vpctui.engine.alter import State, alter, alter_all
from vpctui.engine.change import Change, Refusal
from vpctui.engine.conversation import converse
from vpctui.scenario.changing import state_of
from vpctui.scenario.reading import read_scenario
from vpctui.trace import Conversation

FILES = sorted((Path(__file__).parent.parent / "scenarios").glob("*.yaml"))
LAW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Build(NamedTuple):
    """A small network with everything that forwards, as drawn."""

    check: str
    forward: str
    nat: str
    inspect: str
    rp_filter: str
    state: str
    edge: str
    back: str
    ingress: str
    acl: str
    listens: str
    flow: str
    routes: tuple[str, ...]


BUILDS = st.builds(
    Build,
    check=st.sampled_from(["on", "off", "off"]),
    forward=st.sampled_from(["on", "on", "off"]),
    nat=st.sampled_from(["none", "none", "masquerade"]),
    inspect=st.sampled_from(["none", "loose", "strict"]),
    rp_filter=st.sampled_from(["off", "loose", "strict"]),
    state=st.sampled_from(["running", "running", "running", "stopped"]),
    edge=st.sampled_from(["", "10.0.2.0/24: {fw}", "10.0.0.0/16: {fw}", "10.0.3.0/24: {fw}"]),
    back=st.sampled_from(["", "0.0.0.0/0: {fw}", "0.0.0.0/0: {igw}", "198.51.100.0/24: {fw}, 0.0.0.0/0: {igw}", "0.0.0.0/0: {vgw}", "10.0.1.0/24: {fw}"]),
    ingress=st.sampled_from(["all 0.0.0.0/0", "tcp 80 0.0.0.0/0", "tcp 22 198.51.100.0/24", "all {sg_fw}"]),
    acl=st.sampled_from(["allow all 0.0.0.0/0", "allow tcp 80 0.0.0.0/0", "allow tcp 1024-65535 0.0.0.0/0"]),
    listens=st.sampled_from(["[80]", "[22, 80]", "[]"]),
    flow=st.sampled_from(
        [
            'from: {client}, to: "203.0.113.20:80"',
            'from: {client}, to: "203.0.113.20:22", source_port: 40000',
            'from: {app}, to: "{client}:443"',
            'from: {db}, to: "{app}:80"',
            "from: {client}, to: 203.0.113.20, protocol: icmp",
            'from: {app}, to: "192.168.9.9:80", protocol: udp',
        ]
    ),
    routes=st.lists(st.sampled_from(["172.16.0.0/12: {vgw}", "192.168.0.0/16: {vgw}", "198.51.100.0/25: {igw}", "198.51.100.10/32: {fw}"]), unique=True).map(
        tuple
    ),
)
NAMES = {"vpc": "vpc", "fw": "eni-fw", "i_fw": "i-fw", "app": "i-app", "db": "i-db", "igw": "igw", "vgw": "vgw", "client": "client", "sg_fw": "sg-fw"} | {
    name: name.replace("_", "-") for name in ("sn_fw", "sn_app", "sn_db", "rtb_edge", "rtb_fw", "rtb_app", "rtb_db", "acl", "sg_app")
}


def text_of(build: Build, names: dict[str, str] = NAMES, more_routes: str = "") -> str:
    """The network as a file, under any names."""
    back = ", ".join(part for part in (build.back, *build.routes, more_routes) if part)
    back = ", ".join(dict.fromkeys(back.split(", ")))
    text = f"""
vpcs: {{<vpc>: {{cidr: 10.0.0.0/16}}}}
subnets:
  <sn_fw>:  {{cidr: 10.0.1.0/24, route_table: <rtb_fw>}}
  <sn_app>: {{cidr: 10.0.2.0/24, route_table: <rtb_app>, network_acl: <acl>}}
  <sn_db>:  {{cidr: 10.0.3.0/24, route_table: <rtb_db>}}
internet_gateways: {{<igw>: {{{"route_table: <rtb_edge>" if build.edge else ""}}}}}
vpn_gateways: {{<vgw>: {{routes: [192.168.0.0/16]}}}}
route_tables:
  <rtb_edge>: {{{build.edge}}}
  <rtb_fw>: {{0.0.0.0/0: <igw>}}
  <rtb_app>: {{{back}}}
  <rtb_db>: {{}}
network_acls: {{<acl>: {{ingress: {{100: "{build.acl}"}}, egress: {{100: "{build.acl}"}}}}}}
security_groups: {{<sg_app>: {{ingress: ["{build.ingress}"]}}, <sg_fw>: {{ingress: ["all 0.0.0.0/0"]}}}}
instances:
  <i_fw>: {{network_interfaces: {{<fw>: {{subnet: <sn_fw>, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: {build.check},
    security_groups: [<sg_fw>]}}}}, ip_forward: {build.forward}, nat: {build.nat},
    inspect: {build.inspect}, rp_filter: {build.rp_filter}, state: {build.state}}}
  <app>: {{subnet: <sn_app>, private_ip: 10.0.2.10, public_ip: 203.0.113.20, listens: {build.listens}, security_groups: [<sg_app>]}}
  <db>: {{subnet: <sn_db>, private_ip: 10.0.3.10, security_groups: [<sg_fw>]}}
hosts: {{<client>: {{ip: 198.51.100.10}}}}
flows:
  flow: {{{build.flow}}}
"""
    for key, name in names.items():
        text = text.replace(f"<{key}>", name).replace(f"{{{key}}}", name)
    return text


def conversation(text: str) -> Conversation:
    read = scenario(text)
    return converse(read.world, read.questions["flow"], read.questions)


def path(found: Conversation) -> list[tuple[str, str, str | None, str, str, int]]:
    """Where the packet was and what it looked like; which route said so is left out."""
    return [(hop.node, str(hop.verdict), hop.reason, hop.packet.socket("src"), hop.packet.socket("dst"), hop.packet.ttl) for hop in found.hops]


def told(state: State) -> list[object]:
    """What every flow does in a state."""
    return [(name, found.outcome, path(found)) for name, question in state.questions.items() for found in [converse(state.world, question, state.questions)]]


@LAW
@given(BUILDS)
def test_the_same_input_gives_the_same_bytes(build: Build) -> None:
    text = text_of(build)
    first, second = conversation(text), conversation(text)
    assert first == second
    assert trace_json(first, "drawn.yaml") == trace_json(second, "drawn.yaml")


@LAW
@given(BUILDS)
def test_renaming_changes_no_outcome(build: Build) -> None:
    """Ids mean nothing; not even their order in the alphabet."""
    names = {key: f"x{number}" for number, key in enumerate(sorted(NAMES, reverse=True))}
    before, after = conversation(text_of(build)), conversation(text_of(build, names))
    new = {old: names[key] for key, old in NAMES.items()} | {old: old for old in ("internet", "on-premises")}
    assert after.outcome == before.outcome
    assert path(after) == [(new[node], *rest) for node, *rest in path(before)]


@LAW
@given(BUILDS, st.sampled_from(["198.18.0.0/15", "100.64.0.0/10", "203.0.113.0/24", "192.168.9.8/32", "198.51.100.11/32"]))
def test_a_route_that_matches_nothing_changes_no_path(build: Build, destination: str) -> None:
    before, after = conversation(text_of(build)), conversation(text_of(build, more_routes=f"{destination}: {{vgw}}"))
    assert path(after) == path(before)
    assert after.outcome == before.outcome


@LAW
@given(BUILDS)
def test_a_route_split_into_its_halves_changes_no_path(build: Build) -> None:
    """Longest prefix match asks what covers an address, not how many rows say so (R-014)."""
    assume("0.0.0.0/0" in build.back)
    target = build.back.rpartition("0.0.0.0/0: ")[2]
    halves = build._replace(back=build.back.replace(f"0.0.0.0/0: {target}", f"0.0.0.0/1: {target}, 128.0.0.0/1: {target}"))
    assert path(conversation(text_of(halves))) == path(conversation(text_of(build)))


PREFIXES = st.builds(lambda value, length: prefix_of(Address(4, value), length), st.integers(0, 2**32 - 1), st.integers(0, 32))
NEAR = st.builds(lambda value, length: prefix_of(Address(4, 0x0A000000 + value), length), st.integers(0, 2**16), st.integers(8, 32))
ROWS = st.lists(st.tuples(NEAR | PREFIXES, st.sampled_from(["eni-a", "igw", "vgw", "tgw"]), st.sampled_from(list(ORIGIN_RANK))), max_size=8)


def rows(drawn: list[tuple[Prefix, str, str]]) -> tuple[Row, ...]:
    return tuple(Row(prefix, str(prefix), target, origin, "active", "") for prefix, target, origin in drawn)


@LAW
@given(ROWS, st.integers(0, 2**16))
def test_one_row_wins_and_every_other_one_says_why_it_lost(drawn: list[tuple[Prefix, str, str]], value: int) -> None:
    """R-014, R-015, R-017: the winner covers the address, nothing longer that may win covers it, and each note is true."""
    address, blocks = Address(4, 0x0A000000 + value), (parse_prefix("10.0.0.0/16"),)
    found = rows(drawn)
    notes = route_table.choose(found, address, blocks)
    assert [note.destination for note in notes] == [row.shown for row in found]
    won = [row for row, note in zip(found, notes, strict=True) if note.note == "ROUTE_WON"]
    assert len(won) <= 1
    for row, note in zip(found, notes, strict=True):
        assert (note.note == "ROUTE_NO_MATCH") == (address not in row.prefix)
        assert (note.bit > 0) == (address not in row.prefix)
        if note.note == "ROUTE_LOST_LPM":
            assert won[0].prefix.length > row.prefix.length
        if note.note == "ROUTE_LOST_PRIORITY" and won and won[0].prefix.length == row.prefix.length:
            shadowed = ORIGIN_RANK[row.origin] >= ORIGIN_RANK["dx"] and blocks[0].covers(row.prefix)
            assert shadowed or ORIGIN_RANK[won[0].origin] <= ORIGIN_RANK[row.origin]


@LAW
@given(ROWS, st.integers(0, 2**16), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_winner(drawn: list[tuple[Prefix, str, str]], value: int, chance: object) -> None:
    address = Address(4, 0x0A000000 + value)
    one_target = [(prefix, f"{origin}-{prefix}", origin) for prefix, _, origin in drawn]  # equal destinations of one class have one target
    shuffled = list(one_target)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    winners = {next((note.target for note in route_table.choose(rows(some), address) if note.note == "ROUTE_WON"), "") for some in (one_target, shuffled)}
    assert len(winners) == 1


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_change_and_its_inverse_are_nothing(file: Path) -> None:
    """Every switch of every resource of every scenario, flipped and flipped back."""
    read = read_scenario(file.read_bytes(), file.name)[0]
    assert read is not None
    state = state_of(read)
    before, flipped = told(state), 0
    for record in read.network:
        for setting in changes.settings(record.id, read.network):
            for value in [choice for choice in setting.choices if choice != setting.value][:2]:
                flipped += flip(state, f"{setting.place}={value}", before)
    assert flipped > 10


def flip(state: State, text: str, before: list[object]) -> bool:
    """Make a change, take it back, compare; False for one that is refused."""
    change = changes.parse(text)
    assert isinstance(change, Change)
    made = alter(state, text)
    if isinstance(made, Refusal):
        return False
    undone = alter(made, changes.inverse(change, state.world.network).text)
    assert isinstance(undone, State), (text, undone)
    assert told(undone) == before, text
    return True


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_named_changes_leave_the_state_that_they_are_made_in(file: Path) -> None:
    read = read_scenario(file.read_bytes(), file.name)[0]
    assert read is not None
    state = state_of(read)
    before = told(state)
    for named in read.changes:
        alter_all(state, named.set)
        assert told(state) == before
