"""Laws of every trace of every bundled scenario: the same bytes under any hash seed, headers that are what they say, translation that is undone."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from vpctui.address import Prefix
from vpctui.aws.route_table import RouteTable
from vpctui.engine.alter import State
from vpctui.engine.change import Refusal
from vpctui.engine.conversation import converse
from vpctui.engine.walk import HOP_LIMIT
from vpctui.packet import Packet
from vpctui.scenario.changing import changed, state_of
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.scenario import Scenario
from vpctui.trace import Conversation
from vpctui.wire import to_bytes

FILES = sorted((Path(__file__).parent.parent / "scenarios").glob("*.yaml"))
EVERY_TRACE = """
import hashlib, sys
from pathlib import Path
from vpctui.describe.json import trace_json
from vpctui.engine.conversation import converse
from vpctui.scenario.changing import changed, state_of
from vpctui.scenario.reading import read_scenario
digest = hashlib.sha256()
for file in sorted(Path(sys.argv[1]).glob("*.yaml")):
    scenario, _ = read_scenario(file.read_bytes(), file.name)
    for state in (state_of(scenario), *(changed(scenario, named.set) for named in scenario.changes)):
        for name, question in getattr(state, "questions", {}).items():
            digest.update(trace_json(converse(state.world, question, state.questions), file.name).encode())
print(digest.hexdigest())
"""


def test_the_hash_seed_changes_no_byte_of_any_trace(root: Path) -> None:
    """Three interpreters with other hash seeds, so other orders of every set."""
    digests = {
        subprocess.run(
            [sys.executable, "-c", EVERY_TRACE, str(root / "scenarios")],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(digests) == 1
    assert re.fullmatch(r"[0-9a-f]{64}\n", digests.pop())


def scenario_of(file: Path) -> Scenario:
    found, problems = read_scenario(file.read_bytes(), file.name)
    assert found is not None, problems
    return found


def states(scenario: Scenario) -> Iterator[State]:
    """The file, and the file after each of its named changes."""
    yield state_of(scenario)
    for named in scenario.changes:
        made = changed(scenario, named.set)
        if not isinstance(made, Refusal):
            yield made


def conversations(scenario: Scenario) -> Iterator[Conversation]:
    for state in states(scenario):
        for question in state.questions.values():
            yield converse(state.world, question, state.questions)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_trace_is_longer_than_its_limit(file: Path) -> None:
    for found in conversations(scenario_of(file)):
        assert all(0 < len(leg.hops) <= HOP_LIMIT for leg in found.legs)
        assert all(hop.packet.ttl >= 0 and hop.packet.size >= 20 for hop in found.hops)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_packet_says_of_itself_what_its_bytes_say(file: Path) -> None:
    """TTL, length, addresses and every checksum, as scapy dissects them; scapy computes the checksums anew."""
    inet = pytest.importorskip("scapy.layers.inet", reason="scapy is not installed")
    inet6 = pytest.importorskip("scapy.layers.inet6")
    packets = {packet for found in conversations(scenario_of(file)) for hop in found.hops for packet in (hop.arrived, hop.left) if packet is not None}
    assert packets
    for packet in packets:
        judged(packet, inet.IP if packet.family == 4 else inet6.IPv6)


def judged(packet: Packet, layer: Any) -> None:
    data = to_bytes(packet)
    read = layer(data)
    assert (read.src, read.dst) == (str(packet.src), str(packet.dst))
    assert (read.ttl if packet.family == 4 else read.hlim) == packet.ttl
    assert len(data) == (read.len if packet.family == 4 else read.plen + 40)
    assert len(data) >= min(packet.size, 20)
    if packet.has_ports and packet.fragment_offset == 0:
        assert (read.sport, read.dport) == (packet.src_port, packet.dst_port)
    again = layer(data)
    part = again
    while part:
        if "chksum" in part.fields:
            del part.chksum
        part = part.payload
    if not packet.more_fragments and packet.fragment_offset == 0:
        assert bytes(again) == data


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_translation_on_the_way_back_undoes_the_way_there(file: Path) -> None:
    """Who began a conversation is answered by the address that it wrote to, at the port that it wrote from (R-157)."""
    for state in states(scenario_of(file)):
        for question in state.questions.values():
            found = converse(state.world, question, state.questions)
            there = next((leg for leg in found.legs if leg.direction == "forward"), None)
            back = next((leg for leg in found.legs if leg.direction == "return"), None)
            if there is None or back is None or found.outcome not in ("ok", "asymmetric"):
                continue
            asked, answered = there.hops[0].packet, back.last.packet
            if found.outcome == "ok" and not asked.is_icmp:
                assert answered.flow == asked.reverse_flow, (file.stem, question.name)
            for hop in there.hops:
                if hop.arrived is None or hop.left is None or hop.arrived.flow == hop.left.flow or hop.left.tunnel != hop.arrived.tunnel:
                    continue
                undone = [
                    other for other in back.hops if other.node == hop.node and other.left and other.arrived and other.arrived.flow == hop.left.reverse_flow
                ]
                assert all(other.left.flow == hop.arrived.reverse_flow for other in undone if other.left and other.left.flow != other.arrived.flow), hop.node  # type: ignore[union-attr]


def ways(state: State) -> list[object]:
    """What every flow does: nodes, verdicts, headers; which row of a table said so is left out."""
    return [
        [(hop.node, hop.verdict, hop.reason, hop.packet) for hop in converse(state.world, question, state.questions).hops]
        for question in state.questions.values()
    ]


def test_splitting_any_route_into_its_halves_changes_no_path() -> None:
    """R-014: longest prefix match asks what covers an address.  Local routes are not split: their halves would be another kind of route."""
    split = 0
    for file in FILES:
        state = state_of(scenario_of(file))
        before = ways(state)
        for table in state.world.network.all(RouteTable):
            for halved in split_tables(table):
                network = state.world.network.put(halved)
                assert ways(State(replace(state.world, network=network), state.questions)) == before, (file.stem, table.id, halved.routes)
                split += 1
    assert split > 20


def split_tables(table: RouteTable) -> Iterator[RouteTable]:
    """The table with each of its routes as two, where that is possible."""
    for route in table.routes:
        prefix = route.destination
        if not isinstance(prefix, Prefix) or route.target == "local" or prefix.length >= 24 or prefix.family != 4:
            continue
        halves = (replace(prefix, length=prefix.length + 1), replace(prefix, length=prefix.length + 1, value=prefix.value + prefix.size // 2))
        others = [other for other in table.routes if other is not route]
        if not any(other.destination in halves for other in others):
            yield replace(table, routes=(*others, *(replace(route, destination=half) for half in halves)))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_renaming_every_id_changes_no_outcome(file: Path) -> None:
    """Every id of the file becomes another word; conversations are the same up to those words."""
    text = file.read_text(encoding="utf-8")
    before = scenario_of(file)
    kept = {"internet", "on-premises", "aws-service"}
    ids = [
        record.id
        for record in before.network
        if record.id not in kept and not record.id.isalpha() and re.search(rf"(?<![\w-]){re.escape(record.id)}(?![\w-])", text)
    ]
    names = {old: f"{old}z" for old in ids}
    pattern = re.compile("|".join(rf"(?<![\w-]){re.escape(old)}(?![\w-])" for old in sorted(ids, key=len, reverse=True)))
    after, problems = read_scenario(pattern.sub(lambda match: names[match[0]], text).encode(), file.name)
    assert after is not None, problems[0]
    assert [found.outcome for found in conversations(after)] == [found.outcome for found in conversations(before)]
