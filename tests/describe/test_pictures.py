"""The map, both directions side by side, and the header ledger, as text."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from vpctui.describe import pictures
from vpctui.describe.beside import beside_pane, pairs
from vpctui.describe.ledger import ledger_pane
from vpctui.describe.lines import Layout, Pane
from vpctui.describe.map import Places, map_pane
from vpctui.describe.markdown import markdown
from vpctui.describe.text import Report
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells
from vpctui.engine.mends import traced
from vpctui.engine.outline import Tree
from vpctui.exploration import Exploration
from vpctui.scenario.changing import state_of
from vpctui.scenario.reading import read_scenario
from vpctui.trace import Conversation

EN, JA, ASCII = Voice(), Voice("ja"), Voice(ascii=True)


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def start(*changes: str) -> Exploration:
    found = _load("journey").journey(*changes)
    assert isinstance(found, Exploration)
    return found


def places(exploration: Exploration) -> Places:
    tree = Tree(exploration.network)
    return Places(tree.parent, tree.beside)


def drawn(pane: Pane) -> str:
    return "\n".join(row.text.rstrip() for row in pane.rows)


def test_map_of_the_appliance() -> None:
    at = start()
    pane = map_pane(at.conversation, places(at), 3, 66, EN)
    assert (
        drawn(pane)
        == """\
 [ client ] 198.51.100.10
  ▼ sends to 203.0.113.20:80     ▲ src becomes 203.0.113.20:80
┌─ vpc-main 10.0.0.0/16 ─────────────────────────────────────────┐
│  [ igw ]                                                       │
│   ▼ dst becomes 10.0.2.10:80   ▲                               │
│   ▼ rtb-edge: 10.0.2.0/24 → e… ▲                               │
│   ▼                            ▲ rtb-fw: 0.0.0.0/0 → igw       │
│   ▼                            ▲ ttl 63                        │
│ ┌─ sn-fw 10.0.1.0/24 az a ───────────────────────────────────┐ │
│ │ >[ i-fw ]                                                  │ │
│ └────────────────────────────────────────────────────────────┘ │
│   ▼ ttl 63                     ▲                               │
│   ▼ rtb-fw: 10.0.0.0/16 → loc… ▲ rtb-app: 0.0.0.0/0 → eni-fw   │
│   ▼                            ▲ replies to 198.51.100.10:500… │
│ ┌─ sn-app 10.0.2.0/24 az a ──────────────────────────────────┐ │
│ │  [ i-app ]                                                 │ │
│ └────────────────────────────────────────────────────────────┘ │
└────────────────────────────────────────────────────────────────┘"""
    )
    assert "[ i-fw ]" in pane.rows[pane.at].text


def test_a_drop_ends_its_lane() -> None:
    at = start("igw.route_table=none")
    text = drawn(map_pane(at.conversation, places(at), 0, 78, EN))
    assert "[ i-fw ] x DROP APPLIANCE_STATE_MISS" in text
    assert "▲ src becomes" not in text
    assert drawn(map_pane(start("eni-fw.source_dest_check=on").conversation, places(at), 0, 78, EN)).count("▲") == 0


def test_both_directions_side_by_side() -> None:
    at = start()
    pane = beside_pane(at.conversation, 3, 80, EN)
    assert (
        drawn(pane)
        == """\
  forward SYN                                  return SYN/ACK
  sends to 203.0.113.20:80         client   =  delivered to port 50000
  dst becomes 10.0.2.10:80         igw      =  src becomes 203.0.113.20:80
                                   vpc-main    rtb-fw: 0.0.0.0/0 → igw
> forwards                         i-fw     =  forwards
  rtb-fw: 10.0.0.0/16 → local      vpc-main    rtb-app: 0.0.0.0/0 → eni-fw
  delivered to port 80             i-app    =  replies to 198.51.100.10:50000"""
    )
    assert pane.at == 4


def test_a_stateful_component_that_sees_one_direction_is_named_with_its_mend() -> None:
    text = drawn(beside_pane(start("rtb-app[0.0.0.0/0]=igw").conversation, 0, 80, EN))
    assert "i-fw     !" in text
    assert "i-fw sees only the forward direction" in text
    assert "rtb-app[0.0.0.0/0]=eni-fw would send the other one through it" in text
    dropped = drawn(beside_pane(start("igw.route_table=none").conversation, 0, 80, EN))
    assert "i-fw sees only the return direction" in dropped
    assert "igw keeps state" not in dropped


def test_the_mend_mends() -> None:
    broken = start("rtb-app[0.0.0.0/0]=igw")
    row = next(row for row in beside_pane(broken.conversation, 0, 80, EN).rows if row.setting)
    mended = broken.apply(row.text.strip().split(" ")[0])
    assert isinstance(mended, Exploration)
    assert mended.conversation.outcome == "ok"


def test_pairs_hold_every_hop_once() -> None:
    conversation = start().conversation
    found = pairs(conversation.legs[0], conversation.legs[1])
    numbers = [number for pair in found for number in (pair.forward_number, pair.back_number) if number]
    assert sorted(numbers) == list(range(1, 12))
    assert len(pairs(conversation.legs[0], None)) == 5


def test_ledger_stars_what_changed_and_ends_with_whose_address_is_logged(baseline: Conversation) -> None:
    pane = ledger_pane(baseline, 2, 80, EN)
    lines = drawn(pane).splitlines()
    assert lines[0] == "forward SYN   client        > igw             i-fw +2"
    assert "dst           203.0.113.20  * 10.0.2.10       10.0.2.10" in lines
    assert "ttl           64              64            * 63" in lines
    assert lines[-1] == "i-app logs 198.51.100.10:50000"


def test_a_narrow_ledger_shows_the_columns_around_the_current_hop(baseline: Conversation) -> None:
    first = drawn(ledger_pane(baseline, 1, 50, EN)).splitlines()[0]
    last = drawn(ledger_pane(baseline, 5, 50, EN)).splitlines()[0]
    assert "client" in first
    assert "i-fw" not in first
    assert "client" not in last
    assert "i-fw" in last


@pytest.mark.parametrize("voice", [EN, JA, ASCII], ids=["en", "ja", "ascii"])
def test_no_picture_is_wider_than_its_pane(voice: Voice) -> None:
    for change in ((), ("igw.route_table=none",), ("rtb-app[0.0.0.0/0]=igw",), ("eni-fw.source_dest_check=on",)):
        at = start(*change)
        for width in range(50, 201, 15):
            shown = (
                map_pane(at.conversation, places(at), 2, width, voice),
                beside_pane(at.conversation, 2, width, voice),
                ledger_pane(at.conversation, 2, width, voice),
            )
            for pane in shown:
                assert all(cells(row.text) <= width for row in pane.rows), (width, pane.title, max(pane.rows, key=lambda row: cells(row.text)).text)
                assert not voice.ascii or drawn(pane).isascii()
                assert len({row.key for row in pane.rows}) == len(pane.rows) or pane.title == voice.word("ledger")


def test_every_bundled_scenario_fits_eighty_columns(root: Path) -> None:
    for path in sorted((root / "scenarios").glob("*.yaml")):
        for at in _load("journey").everything(path.read_bytes(), path.stem):
            for pane in (map_pane(at.conversation, places(at), 1, 80, EN), beside_pane(at.conversation, 1, 80, EN)):
                assert all(cells(row.text) <= 80 for row in pane.rows), path


def test_views_of_an_exploration_follow_its_changes() -> None:
    at = start().jump(3)
    layout = Layout()
    assert ">[ i-fw ]" in drawn(pictures.map_view(at, layout, 78))
    assert pictures.beside_view(at, layout, 78).at == 4
    assert pictures.ledger_view(at, layout, 78).at == 0
    text = markdown(at.conversation, Report("appliance.yaml", places=pictures.places(at)), EN)
    assert "```text\n [ client ] 198.51.100.10\n" in text


def bundled(name: str, root: Path) -> Conversation:
    """The first flow of a bundled scenario."""
    scenario, _ = read_scenario((root / f"scenarios/{name}.yaml").read_bytes(), name)
    assert scenario is not None
    state = state_of(scenario)
    return traced(state, next(iter(state.questions)))


def test_the_components_of_a_detour_share_their_rows(root: Path) -> None:
    """Endpoint, balancer and appliance are walked in the same order both ways: each stands once, and sees both directions."""
    conversation = bundled("gwlb-edge", root)
    rows = [row.text for row in beside_pane(conversation, 0, 80, EN).rows]
    assert [row.split(" = ")[0].split()[-1] for row in rows if " = " in row] == ["client", "igw", "gwlb", "i-sec-1", "i-app"]
    assert [pair.node for pair in pairs(conversation.legs[0], conversation.legs[1], detours=True)].count("vpce-fw") == 1
