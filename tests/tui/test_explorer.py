"""The explorer under a person's keys: text frames, effects, what is said."""

from pathlib import Path

import pytest

from tests.tui.person import Person, Sit
from vpctui.tui.desk import Settings
from vpctui.tui.effects import Copy, Quit, Repaint, Suspend, Write
from vpctui.tui.painting import paint


@pytest.fixture
def sit(root: Path) -> Sit:
    def at(scenario: str = "appliance", size: tuple[int, int] = (80, 24), **settings: object) -> Person:
        return Person(root / "scenarios" / f"{scenario}.yaml", Settings(**settings), size)  # type: ignore[arg-type]

    return at


# walking


def test_forward_and_back(sit: Sit) -> None:
    person = sit()
    first = person.text
    assert person.press("nnn").hop == 3
    assert person.press("ppp").hop == 0
    assert person.text == first
    assert person.press("p").last == "already at the start"
    assert person.press("G").hop == len(person.explorer.desk.exploration.hops)
    assert person.press("n").last == "already at the end"
    assert person.press("g").hop == 0


def test_check_by_check_and_back_is_where_one_was(sit: Sit) -> None:
    person = sit()
    seen = [person.text]
    for _ in range(20):
        seen.append(person.press(".").text)
    for before in reversed(seen[:-1]):
        assert person.press(",").text == before


def test_counts_and_jumps(sit: Sit) -> None:
    person = sit()
    assert person.press("12n").hop == 12
    assert person.press("3p").hop == 9
    assert person.press("7g").hop == 7
    assert person.press(":2<enter>").hop == 2
    assert person.press(":99<enter>").last == "no hop 99: there are 16"
    assert person.hop == 2


def test_a_digit_chooses_a_pane_at_once_and_a_count_takes_that_back(sit: Sit) -> None:
    person = sit().press("3")
    assert person.active == "lookup"
    assert person.press("n").hop == 3
    assert person.active == "path"
    person.press("4<escape>n")
    assert person.active == "header"
    assert person.hop == 4


def test_events_and_the_other_direction(sit: Sit) -> None:
    person = sit().press("]")
    assert person.hop > 0
    person.press("3g")
    assert "forward" in person.explorer.desk.exploration.leg.direction  # type: ignore[union-attr]
    person.press("r")
    assert person.explorer.desk.exploration.leg.direction == "return"  # type: ignore[union-attr]
    assert person.explorer.desk.exploration.hop.node == "i-fw"  # type: ignore[union-attr]
    assert sit().press("r").last == "this component is not on the way in the other direction"


# changing


def test_space_flips_the_check_under_the_cursor_and_undo_takes_it_back(sit: Sit) -> None:
    person = sit().press("nnn.")
    before = person.text
    person.press(" ")
    assert person.outcome == "forward:ENI_SRC_DST_CHECK_IN"
    assert "~> i-fw" in person.text
    assert person.last == "eni-fw.source_dest_check=on (u undoes)"
    assert "~> i-fw" not in person.press("f<escape>").text
    assert person.press(" ").outcome == "ok"
    assert person.press("u").outcome == "forward:ENI_SRC_DST_CHECK_IN"
    person.press("u")
    assert person.outcome == "ok"
    person.press("<ctrl+r>")
    assert person.outcome == "forward:ENI_SRC_DST_CHECK_IN"
    person.press("=")
    assert person.outcome == "ok"
    assert person.last == "back to the file; 1 changes dropped"
    person.press("g3n.")
    assert person.text == before


def test_what_if_says_which_other_flows_a_change_mends_or_breaks(sit: Sit) -> None:
    person = sit().press(":i-fw.ip_forward=off<enter>3gf")
    assert "also mends: ssh, out" in person.text
    assert "breaks: ssh, out" in sit().press("3gf").text


def test_what_if_shows_outcomes_before_anything_is_chosen(sit: Sit) -> None:
    person = sit().press("nnn.  ").press("f")
    assert person.outcome == "ok"
    row = next(line for line in person.lines if "eni-fw.source_dest_check=on" in line)
    assert "forward:ENI_SRC_DST_CHECK_IN" in row
    person.press(row.strip()[0])
    assert person.outcome == "forward:ENI_SRC_DST_CHECK_IN"
    assert not person.explorer.desk.overlays


def test_a_choice_lists_its_values_with_outcomes(sit: Sit) -> None:
    person = sit().press("nn1").to_row("setting:igw.route_table").press(" ")
    assert any("rtb-edge" in line and "(now)" in line for line in person.lines)
    row = next(line for line in person.lines if line.lstrip()[1:].strip().startswith("none"))
    assert "return:APPLIANCE_STATE_MISS" in row
    person.press(row.strip()[0])
    assert person.outcome == "return:APPLIANCE_STATE_MISS"


def test_a_refusal_says_rule_reason_setting_and_mend_and_changes_nothing(sit: Sit) -> None:
    person = sit().press(":igw.route_table=rtb-fw<enter>")
    for said in ("refused: nothing was changed", "InvalidParameterValue", "R-056", "ASSOC_REFUSED_TARGET", "rtb-fw[0.0.0.0/0]=none"):
        assert said in person.text
    assert person.explorer.desk.exploration.changes == ()
    assert "refused" not in person.press("q").text


def test_read_only_changes_nothing(sit: Sit) -> None:
    person = sit(read_only=True).press("nnn. ")
    assert person.last == "read-only: changes are off"
    assert person.press(":eni-fw.source_dest_check=on<enter>").last == "read-only: changes are off"
    assert person.press("f1").last == "read-only: changes are off"
    assert person.explorer.desk.exploration.changes == ()


def test_nothing_to_undo_redo_reset(sit: Sit) -> None:
    assert sit().press("u").last == "nothing to undo"
    assert sit().press("U").last == "nothing to redo"
    assert sit().press("=").last == "the network is as in the file"


# asking


def test_explain_a_check_a_route_and_a_resource(sit: Sit) -> None:
    person = sit()
    assert "R-128" in person.press("nnn.<enter>").text
    assert "10.0.1.0/24" in person.press("q3<enter>").text
    person.press("q1<enter>")
    assert "where" in person.text
    assert not person.press("q").explorer.desk.overlays


def test_rows_of_a_sheet_lead_on(sit: Sit) -> None:
    person = sit().press("nnn1<enter>")
    assert person.explorer.desk.overlays[-1].has_links
    person.press("j<enter>")
    assert len(person.explorer.desk.overlays) == 2
    person.press("qq")
    assert not person.explorer.desk.overlays


def test_flows(sit: Sit) -> None:
    person = sit().press("nnt")
    assert all(name in person.text for name in ("web", "ssh", "out", "type another flow"))
    person.press("2")
    assert person.explorer.desk.exploration.flow_name == "ssh"
    assert person.hop == 0
    assert person.press(":out<enter>").explorer.desk.exploration.flow_name == "out"
    assert person.press(":flow web<enter>").explorer.desk.exploration.flow_name == "web"


def test_what_was_found_is_what_enter_explains(sit: Sit) -> None:
    person = sit().press("/sg-app<enter><enter>")
    assert "where sg-app is used" in person.text


def test_find_narrows_while_it_is_typed_and_escape_shows_all(sit: Sit) -> None:
    person = sit()
    rows = len(person.explorer.desk.panes["tree"].pane.rows)
    person.press("/sg-app")
    assert len(person.explorer.desk.panes["tree"].pane.rows) < rows
    assert "sg-app" in person.text
    person.press("<enter>")
    assert "(Esc shows all)" in person.last
    person.press("<escape>")
    assert len(person.explorer.desk.panes["tree"].pane.rows) == rows


def test_the_command_line_completes_settings_and_values(sit: Sit) -> None:
    person = sit().press("nnn:eni-fw.source")
    assert any("eni-fw.source_dest_check=" in line for line in person.lines[:-1])
    person.press("<tab>")
    assert person.last.startswith(":eni-fw.source_dest_check=")
    person.press("on<enter>")
    assert person.outcome == "forward:ENI_SRC_DST_CHECK_IN"
    assert person.press(":nonsense<enter>").last == "not a change, hop, flow or action: nonsense"
    assert isinstance(person.press(":q<enter>").effect, Quit)


def test_help_lists_every_key_and_the_signs(sit: Sit) -> None:
    person = sit(size=(120, 90)).press("?")
    for said in ("next hop", "flip the setting", "this help", "quit and leave the trace"):
        assert said in person.text
    assert not person.press("?").explorer.desk.overlays


# panes


def test_zoom_and_back(sit: Sit) -> None:
    person = sit().press("nn")
    before = person.text
    person.press("4z")
    assert list(person.explorer.desk.geometry.boxes) == ["header"]
    person.press("z2<escape>")
    assert person.text == before


def test_fold_and_unfold(sit: Sit) -> None:
    person = sit().press("1").to_row("resource:sn-fw")
    desk = person.explorer.desk
    rows = len(desk.panes["tree"].pane.rows)
    person.press("h")
    assert len(desk.panes["tree"].pane.rows) < rows
    assert desk.row is not None
    assert desk.row.key == "resource:sn-fw"
    person.press("l")
    assert len(desk.panes["tree"].pane.rows) >= rows


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (69, 24), (60, 16), (40, 10), (100, 18), (160, 20)])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_frame_fills_the_screen_exactly(sit: Sit, size: tuple[int, int], language: str) -> None:
    from vpctui.describe.width import cells

    person = sit(size=size, language=language)
    for keys in ("nn", "..", "f", "q", "?", "q", "1", "<enter>", "q", ":eni", "<escape>", "3z", "z", ":igw.route_table=rtb-fw<enter>", "q", "t", "q"):
        person.press(keys)
        frame = paint(person.explorer.desk)
        assert len(frame.lines) == size[1]
        assert {sum(cells(run.text) for run in line) for line in frame.lines} == {size[0]}, keys


def test_too_small_says_the_size_and_takes_no_key_that_changes_anything(sit: Sit) -> None:
    person = sit(size=(30, 8))
    assert "40x10" in person.text.replace("\n", " ")
    person.press("n f :u<enter>")
    person.explorer.resize((80, 24))
    assert person.hop == 0
    assert person.explorer.desk.exploration.changes == ()
    person.explorer.resize((30, 8))
    assert isinstance(person.press("q").effect, Quit)


def test_ascii_draws_only_ascii(sit: Sit) -> None:
    person = sit(ascii=True)
    for keys in ("nn", "..", "f", "q?", "q1<enter>", "q:e", "<escape>3z"):
        assert person.press(keys).text.isascii(), keys


STRANGE = """\
vpctui: 1
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets: {"sn[a] [/x]": {cidr: 10.0.1.0/24, route_table: "rtb[spoke] [/x]"}}
route_tables: {"rtb[spoke] [/x]": {0.0.0.0/0: igw}}
internet_gateways: {igw: {}}
instances: {"i[bold]": {subnet: "sn[a] [/x]", private_ip: 10.0.1.10, public_ip: 203.0.113.10}}
hosts: {client: {ip: 198.51.100.10}}
flows: {"web[1]": {from: client, to: "203.0.113.10:80"}}
"""


def test_any_text_of_a_file_is_shown_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "strange.yaml"
    path.write_text(STRANGE, encoding="utf-8")
    person = Person(path, Settings(), (120, 40))
    for said in ("web[1]", "i[bold]", "sn[a] [/x]", "rtb[spoke] [/x]"):
        assert said in person.text
    for keys in ("G", "f", "q", "1<enter>", "q", "t", "q", ":rtb[spoke] [/x][0.0.0.0/0]=none<enter>"):
        person.press(keys)
    assert person.outcome.startswith("return:")


# leaving


def test_leaving(sit: Sit) -> None:
    assert sit().press("q").effect == Quit()
    assert sit().press("<ctrl+c>").effect == Quit(entirely=True)
    assert isinstance(sit().press("<ctrl+z>").effect, Suspend)
    assert isinstance(sit().press("<ctrl+l>").effect, Repaint)
    printed = sit().press("Q").effect
    assert isinstance(printed, Quit)
    assert "i-fw" in printed.text


def test_copying_promises_nothing_and_shows_the_text_inside_a_multiplexer(sit: Sit) -> None:
    person = sit().press("nnny")
    assert isinstance(person.effect, Copy)
    assert "i-fw" in person.effect.text
    assert "sent to the terminal" in person.last
    assert not person.explorer.desk.overlays
    inside = sit(multiplexed=True).press("nnnY")
    assert isinstance(inside.effect, Copy)
    assert inside.explorer.desk.overlays


def test_own_keys(sit: Sit) -> None:
    person = sit(keymap={"hop.next": ("x",)})
    assert person.press("x").hop == 1
    assert person.press("n").last == "no action for n (? lists the keys)"
    assert "x next" in person.press("x").last


def test_the_mouse_goes_to_rows_and_panes(sit: Sit) -> None:
    person = sit()
    box = person.explorer.desk.geometry.boxes["path"]
    keys = [row.key for row in person.explorer.desk.panes["path"].pane.rows]
    person.explorer.click(box.x + 5, box.y + 1 + keys.index("hop:3"))
    assert person.hop == 3
    person.explorer.click(1, 5)
    assert person.active == "tree"


# sights


@pytest.mark.parametrize(("key", "said"), [("m", "[ i-fw ]"), ("|", "igw"), ("i", "10.0.2.10")])
def test_a_scene_takes_the_place_of_the_panes_while_the_packet_walks_on(sit: Sit, key: str, said: str) -> None:
    person = sit().press("nn")
    panes = person.text
    person.press(key)
    assert said in person.text
    assert person.explorer.desk.scene is not None
    before = person.text
    assert person.press("n").hop == 3
    assert person.text != before
    person.press("p")
    assert person.text == before
    assert person.press(key).text == panes
    assert person.press(key + "q").text == panes
    assert person.press(key + "<escape>").text == panes


def test_the_difference_names_every_flow_that_a_change_touches(sit: Sit) -> None:
    person = sit()
    assert person.press("d").last == "no change was made yet"
    person.press("nnn. d")
    for flow in ("web", "ssh", "out"):
        assert any(flow in line and "forward:ENI_SRC_DST_CHECK_IN" in line for line in person.lines), flow


def test_the_language_switches_at_any_time(sit: Sit) -> None:
    person = sit().press("nn")
    english = person.text
    assert "経路" in person.press("L").text
    assert person.press("L").text == english


def test_exports_offer_files_named_after_scenario_and_flow(sit: Sit) -> None:
    person = sit().press("nnn. e2<enter>")
    assert isinstance(person.effect, Write)
    assert person.effect.name == "appliance-web.md"
    assert "i-fw" in person.effect.text
    json = person.press("e3<enter>").effect
    assert isinstance(json, Write)
    assert '"vpctui.trace/1"' in json.text
    script = person.press("e6<enter>").effect
    assert isinstance(script, Write)
    assert "aws ec2 modify-network-interface-attribute" in script.text
    assert "# eni-fw.source_dest_check=off" in script.text


def test_command_lines_are_shown_to_their_ends_however_long_an_option_is(sit: Sit) -> None:
    """The permissions of a security group are one option, longer than the screen is wide."""
    person = sit("sg-stateful").press(":sg-app.ingress+=tcp 8080-8090 198.51.100.128/25<enter>c")
    effect = person.effect
    assert isinstance(effect, Copy)
    command = next(line for line in effect.text.splitlines() if line.startswith("aws "))
    assert len(command.split(" --")[-1]) > 76
    assert command.split(" --")[-1][-40:] in "".join(line.strip() for line in person.lines)


def test_command_lines_of_the_changes(sit: Sit) -> None:
    assert sit().press("c").last == "no change was made yet"
    person = sit().press("nnn. c")
    assert isinstance(person.effect, Copy)
    assert "modify-network-interface-attribute" in person.text
