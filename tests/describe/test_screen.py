"""The whole screen from a real exploration: every pane at every place, explanations, texts to copy."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from msgspec.structs import replace

from vpctui.describe import screen
from vpctui.describe.lines import Layout, Pane, Row, View
from vpctui.describe.sentences import sentence, warning_text
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells
from vpctui.engine.registry import RULES
from vpctui.exploration import Exploration
from vpctui.trace import Conversation


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


journeys = _load("journey")
WIDE = Layout(tree_width=50, side_width=98, lookup_width=60, status_width=210)


def start(*changes: str) -> Exploration:
    found = journeys.journey(*changes)
    assert isinstance(found, Exploration)
    return found


def drawn(pane: Pane) -> str:
    return "\n".join(("*" if at == pane.at else " ") + row.text.rstrip() for at, row in enumerate(pane.rows))


def panes(shown: View) -> list[tuple[Pane, int]]:
    return [(shown.tree, 0), (shown.path, 1), (shown.lookup, 2), (shown.header, 2)]


def test_the_screen_at_the_appliance() -> None:
    shown = screen.view(start().jump(3), Layout(status_width=80))
    assert shown.status.text == " appliance  web  tcp 198.51.100.10:50000 → 203.0.113.20:80         hop 3/16  ok "
    assert drawn(shown.path).splitlines()[:9] == [
        " ── forward SYN ──────────────────────────────────────",
        "  . client   sends to 203.0.113.20:80           ttl 64",
        "  . igw      dst becomes 10.0.2.10:80           ttl 64",
        "             rtb-edge: 10.0.2.0/24 → eni-fw",
        "* > i-fw     forwards                           ttl 63",
        "      + the source/destination check of eni-fw is off…",
        "      + sg-fw lets it in: all 0.0.0.0/0",
        "      + 10.0.2.10 is somebody else's address: ip_forw…",
        "      + i-fw opens a session for it",
    ]
    assert shown.lookup.title == "lookup ── guest table of i-fw, for 10.0.2.10"
    assert drawn(shown.lookup) == "*> 0.0.0.0/0   eni-fw  won with /0\n   10.0.1.0/24 eni-fw  differs at bit 23"
    assert "ttl 63 (was 64)" in drawn(shown.header)
    assert shown.tree.rows[shown.tree.at].key == "resource:i-fw"


def test_a_check_brings_its_setting_into_view() -> None:
    shown = screen.view(start().jump(3, 1), Layout())
    assert shown.tree.rows[shown.tree.at].setting == "eni-fw.source_dest_check"
    assert shown.path.rows[shown.path.at].key == "step:3:1"


def test_after_a_change_the_path_marks_what_it_did() -> None:
    before = start().jump(3)
    after = before.apply("eni-fw.source_dest_check=on")
    assert isinstance(after, Exploration)
    text = drawn(screen.view(after, Layout(), before).path)
    assert "*~> i-fw     DROP ENI_SRC_DST_CHECK_IN          ttl 64" in text
    assert "mend     eni-fw.source_dest_check=off" in text
    assert " -  vpc-main rtb-fw: 10.0.0.0/16 → local        ttl 63" in text
    assert "~" not in drawn(screen.view(after, Layout()).path)


def row_of(pane: Pane, key: str) -> Row:
    return next(row for row in pane.rows if row.key.startswith(key))


def explained(exploration: Exploration, row: Row, layout: Layout | None = None) -> str:
    pane = screen.explain(exploration, row, layout or Layout())
    assert pane is not None
    return pane.title + "\n" + "\n".join(found.text.rstrip() for found in pane.rows)


def test_why_not_this_route_down_to_the_bit_and_what_other_tables_say() -> None:
    at = start().jump(2)
    text = explained(at, row_of(screen.view(at, Layout()).lookup, "route:rtb-edge:10.0.0.0/16"))
    assert text.startswith("why not 10.0.0.0/16 → local?\n  rtb-edge was asked for 10.0.2.10. This row: shorter than /24\n")
    assert "  10.0.0.0/16  00001010 00000000 ........ ........\n  10.0.2.10    00001010 00000000 00000010 00001010\n" in text
    assert " other tables would say\n  rtb-fw   10.0.0.0/16 → local  (sn-fw)\n  rtb-app  10.0.0.0/16 → local  (sn-app)" in text
    guest = at.jump(3)
    text = explained(guest, row_of(screen.view(guest, Layout()).lookup, "route:i-fw:10.0.1.0/24"))
    assert "                                       ^ differs at bit 23" in text


def test_a_route_in_the_tree_is_explained_while_its_table_is_asked() -> None:
    at = start().jump(2)
    assert explained(at, row_of(screen.view(at, Layout()).tree, "setting:rtb-edge[10.0.2.0/24]")).startswith("why 10.0.2.0/24 → eni-fw?")


def test_where_a_resource_is_used() -> None:
    at = start()
    text = explained(at, row_of(screen.view(at, Layout()).tree, "resource:eni-fw"))
    assert "  rtb-edge[10.0.2.0/24] = eni-fw\n  rtb-app[0.0.0.0/0] = eni-fw\n" in text
    assert "  eni-fw.source_dest_check = off" in text
    assert "on this path" in text
    assert "web, ssh" in explained(at, row_of(screen.view(at, Layout()).tree, "resource:client"))


def test_a_machine_is_used_where_its_interfaces_are() -> None:
    """In a failover the routes to edit name the interface, and a person points at the machine."""
    at = start()
    text = explained(at, row_of(screen.view(at, Layout()).tree, "resource:i-fw"))
    assert "where eni-fw is used\n  rtb-edge[10.0.2.0/24] = eni-fw\n  rtb-app[0.0.0.0/0] = eni-fw\n" in text


def test_a_check_is_explained_with_rule_and_source() -> None:
    at = start("eni-fw.source_dest_check=on").jump(3, 1)
    shown = screen.view(at, Layout()).path
    text = explained(at, shown.rows[shown.at])
    assert "source-dest-check-in (did not pass)" in text
    assert "R-129" in text
    assert explained(at, row_of(shown, "end:")).startswith("ENI_SRC_DST_CHECK_IN ── i-fw")


def test_nothing_to_say_about_nothing() -> None:
    assert screen.explain(start(), Row(), Layout()) is None
    assert screen.explain(start(), Row(resource="no-such"), Layout()) is None


def test_texts_to_copy() -> None:
    at = start("eni-fw.source_dest_check=on").jump(3)
    assert screen.step_text(at, "en", False).splitlines()[:2] == [
        "3 i-fw: DROP ENI_SRC_DST_CHECK_IN (ttl 64)",
        "  x destination 10.0.2.10 is not an address of eni-fw (10.0.1.10), and its source/destination check is on",
    ]
    text = screen.trace_text(at, "en", False)
    assert "changes   eni-fw.source_dest_check=on\n" in text
    assert "  cli       aws ec2 modify-network-interface-attribute \\\n" in text
    assert screen.step_text(at.first(), "en", False) == text


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def judge(exploration: Exploration) -> None:
    """No sentence lacks a fact or a rule, and no row is wider than its pane, in either language."""
    conversation: Conversation = exploration.conversation
    for voice in (Voice(), Voice("ja")):
        for hop in conversation.hops:
            for step in hop.steps:
                assert step.rule in RULES
                text = sentence(step, voice)
                assert "?>" not in text, (step.rule, step.facts, text)
                assert text
        for warning in conversation.warnings:
            assert "?>" not in warning_text(warning, conversation, voice)
        for layout, widths in ((Layout(), (26, 53, 53)), (WIDE, (50, 98, 60))):
            for hop_number in {0, 1, len(conversation.hops)}:
                shown = screen.view(exploration.jump(hop_number, 1), replace(layout, language=voice.language))
                for pane, which in panes(shown):
                    for row in pane.rows:
                        assert cells(row.text) <= max(widths[which], 58 if pane is shown.header else 0), (exploration.name, row.text)
        lines = screen.trace_text(exploration, voice.language, False).splitlines()
        # An option of a command that is longer than a line cannot be broken and still be pasted.
        assert all(cells(line) <= 80 or line.strip().startswith(("--", "CLI", "cli")) for line in lines), max(lines, key=cells)


def test_every_sentence_of_every_bundled_scenario_is_complete(root: Path) -> None:
    found = files(root / "scenarios")
    if not found:
        pytest.skip("no bundled scenarios yet")
    for path in found:
        for exploration in journeys.everything(path.read_bytes(), path.stem):
            judge(exploration)


def test_every_sentence_of_the_appliance_under_its_flips_is_complete() -> None:
    flips = ["igw.route_table=none", "rtb-app[0.0.0.0/0]=igw", "i-fw.ip_forward=off", "i-fw.state=stopped", "eni-fw.public_ip=none", "eni-app.public_ip=none"]
    for change in flips:
        judge(start(change))
