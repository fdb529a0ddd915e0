"""The walkthrough and the predictions as a person meets them."""

from pathlib import Path

import pytest

from tests.tui.conftest import Start
from tests.tui.person import Sit
from vpctui.describe.width import cells
from vpctui.tui.band import results

SCENARIOS = sorted(path.stem for path in (Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


def test_title_and_what_it_teaches_come_first(sit: Sit) -> None:
    person = sit().press("w")
    assert "Ingress routing: inspect both directions with one appliance" in person.text
    assert "only the path does." in person.text
    assert "9 steps" in person.text
    assert "Ingress Routing：アプライアンスで往復を検査する" in person.press("L").text
    assert "るのは経路だけ。" in person.text


def test_steps_play_forward_and_back(sit: Sit) -> None:
    person = sit().press("w")
    start = person.text
    seen = [start, *(person.press("n").text for _ in range(9))]
    assert "walkthrough 6/9" in seen[6]
    assert "The forward packet dies on eni-fw." in seen[6]
    assert "+ web: forward:ENI_SRC_DST_CHECK_IN, as expected" in seen[6]
    assert "9 of 9 as told" in person.press("n").last
    for number in reversed(range(9)):
        text = person.press("p").text
        place = "walkthrough, 9 steps" if number == 0 else f"walkthrough {number}/9"
        assert place in text
    assert person.press("p").last == "this is the start of the walkthrough"


def test_panes_follow_the_story(sit: Sit) -> None:
    person = sit().press("w3n")
    assert person.hop == 3
    person.press("3n")
    assert person.outcome == "forward:ENI_SRC_DST_CHECK_IN"
    assert person.explorer.desk.exploration.changes == ("eni-fw.source_dest_check=on",)


def test_a_selected_resource_is_under_the_cursor_of_the_network(sit: Sit) -> None:
    person = sit().press("wn")
    row = person.explorer.desk.panes["tree"].row
    assert row is not None
    assert row.key == "resource:igw"


def test_the_drop_that_a_step_tells_of_is_on_the_screen(sit: Sit) -> None:
    person = sit().press("w7n")
    assert "~x i-fw" in person.text or "> i-fw     DROP APPLIANCE_STATE_MISS" in person.text
    assert "APPLIANCE_STATE_MISS" in "\n".join(person.lines[1:-6])
    assert person.explorer.desk.walkthrough is not None
    assert not person.explorer.desk.walkthrough.strayed(person.explorer.desk.exploration)


def test_a_step_is_marked_against_what_both_have_in_common(sit: Sit) -> None:
    """Step 7 takes back the change of step 6: its drop is not shown as gone, and the marks are those of the new change."""
    person = sit(size=(80, 50)).press("w7n")
    assert "ENI_SRC_DST_CHECK_IN" not in person.text
    marked = [line.partition("│")[2][:2] for line in person.lines if "│" in line]
    assert any(mark.startswith("-") for mark in marked), marked
    assert not any(line.partition("│")[2].startswith(("-", "+", "~")) for line in person.press("9g").lines if "│" in line)


def test_a_step_puts_the_changed_setting_under_the_cursor_of_the_network(sit: Sit) -> None:
    """Even of a resource that no packet touches."""
    person = sit("internet-direct").press("w4n")
    row = person.explorer.desk.panes["tree"].row
    assert row is not None
    assert row.key == "setting:i-fw.state"
    assert "state: stopped" in person.text


def test_who_tells_the_sender_of_a_drop_stands_with_the_drop(sit: Sit) -> None:
    """Steps 3 and 4 differ in nothing else."""
    person = sit("mtu").press("w3n")
    third = " ".join(" ".join(line.partition("│")[2] for line in person.lines).split())
    fourth = " ".join(" ".join(line.partition("│")[2] for line in person.press("n").lines).split())
    assert "ICMP igw reports it by ICMP (MTU 1500), and the report reaches the sender." in third
    assert "ICMP igw reports it by ICMP (MTU 1500), but the report does not reach the sender." in fourth


def test_jumping_to_a_step(sit: Sit) -> None:
    person = sit()
    assert "walkthrough 3/9" in person.press(":step 3<enter>").text
    assert "walkthrough 7/9" in person.press("7g").text
    assert "walkthrough 9/9" in person.press("G").text
    assert person.press(":step 12<enter>").last == "no step 12: there are 9"
    assert "walkthrough 2/9" in person.press("Wk" + "k" * 8 + "j<enter>").text


def test_an_excursion_loses_nothing(sit: Sit) -> None:
    person = sit().press("w5n")
    step = person.text
    person.press("..")
    assert "moved on your own" in person.text
    assert person.press("p").text == step
    person.press(":igw.route_table=none<enter>")
    assert person.outcome == "return:APPLIANCE_STATE_MISS"
    assert "your own changes are kept" in person.press("p").text
    assert person.outcome == "ok"
    assert person.press("w").outcome == "return:APPLIANCE_STATE_MISS"
    person.press("np")
    assert "on your own; w goes back to step 5" in person.text
    person.press("w.")
    assert "walkthrough 5/9" in person.press("p").text


def test_the_keys_of_a_step_are_named_where_the_path_begins(sit: Sit) -> None:
    person = sit(language="ja").press("w")
    assert "n 解説の次の手順、p 前の手順" in person.text
    assert "nで開始、qで離れる" in person.text
    assert "n 次のホップ、p 戻る" in person.press("w").text


def test_q_is_named_for_what_it_does_in_a_scene(sit: Sit) -> None:
    """It closes the scene first, in the walkthrough and outside it."""
    person = sit(language="ja").press("m")
    assert "q 閉じる" in person.last
    person.press("qwm")
    assert "q 閉じる" in person.last
    assert "q 離れる" in person.press("q").last


def test_outcomes_are_said_in_the_language_of_the_screen(sit: Sit) -> None:
    person = sit(language="ja").press("w6n")
    assert "+ web：往路でENI_SRC_DST_CHECK_IN（期待どおり）" in person.text
    assert "+ web：正常（期待どおり）" in person.press("3g").text


def test_leaving_and_coming_back(sit: Sit) -> None:
    person = sit().press("nn:sg-app.ingress-=tcp 80 0.0.0.0/0<enter>.")
    before = person.press(",.").text
    person.press("w4n")
    step = person.text
    left = person.press("q")
    assert "left the walkthrough at step 4" in left.last
    assert person.press(",.").text == before
    assert person.press("w").text == step
    assert "left the walkthrough at step 4" in person.press("<escape>").last


def test_refusals_are_shown_with_their_rule(sit: Sit) -> None:
    person = sit("gateway-rtb-rules").press("w")
    refused = [text for text in (person.press("n").text for _ in range(len(person.steps))) if "refused as expected" in text]
    assert refused
    assert all("R-" in text for text in refused)


def test_a_step_that_does_not_bring_what_is_told_says_so(sit: Sit, tmp_path: Path, root: Path) -> None:
    text = (root / "scenarios" / "appliance.yaml").read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text.replace("expect: {web: half-open}\n  - en", "expect: {web: ok}\n  - en"), encoding="utf-8")
    person = sit(wrong).press("w8n")
    assert "x web: expected ok, found half-open" in person.text
    assert "7/8 as told" in person.text


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_step_can_be_read_whole_at_eighty_columns(sit: Sit, scenario: str, language: str) -> None:
    person = sit(scenario, language=language).press("w")
    height = person.explorer.desk.band
    for _ in person.steps:
        lines = person.press("n").lines
        band = lines[-1 - height : -1]
        assert person.explorer.desk.band == height
        assert not any("…" in line for line in band), band
        assert not any(line.startswith((" x", "、", "。")) for line in band), band
        assert all(cells(line) <= 80 for line in lines)
        held = person.explorer.desk.walkthrough
        assert held is not None
        whole = "".join("".join(band).split())
        for text, _ in results(person.explorer.desk, held):
            assert "".join(text.split()) in whole


@pytest.mark.parametrize("size", [(40, 10), (60, 16), (120, 40), (200, 60)])
def test_the_band_leaves_room_at_every_size(sit: Sit, size: tuple[int, int]) -> None:
    person = sit(size=size).press("w5n")
    assert len(person.lines) == size[1]
    assert "5/9" in person.text
    assert person.explorer.desk.body >= 3


def test_a_file_without_a_walkthrough_says_so(sit: Sit, tmp_path: Path, root: Path) -> None:
    text = (root / "scenarios" / "appliance.yaml").read_text(encoding="utf-8")
    bare = tmp_path / "bare.yaml"
    bare.write_text(text[: text.index("walkthrough:")], encoding="utf-8")
    assert sit(bare).press("w").last == "this file has no walkthrough"


# predictions


def test_a_route_is_asked_with_hints_in_bits(sit: Sit) -> None:
    person = sit().press("wnP")
    assert "which route of rtb-edge wins for 10.0.2.10?" in person.text
    person.press("3")
    assert "00001010 00000000 00000010 00001010  10.0.2.10" in person.text
    assert "+" in person.press("2").text
    assert person.last == "right: 10.0.2.0/24 → eni-fw  (1/1)"
    assert "1/1 predicted" in person.text
    assert person.hop == 2


def test_a_wrong_answer_says_what_is_right(sit: Sit) -> None:
    person = sit().press("wnP1")
    assert person.last == "no, it is: 10.0.2.0/24 → eni-fw  (0/1)"
    assert "walkthrough 2/9" in person.text


def test_everything_asks_when_predictions_are_on(sit: Sit) -> None:
    person = sit(predict=True).press("n")
    assert "how does web come out?" in person.text
    assert "right: delivered" in person.press("1").last
    assert person.hop == 1
    assert "(2/2)" in person.press("n2").last or "(1/2)" in person.last
    person.press("w")
    for _ in person.steps:
        person.press("n")
        assert "predict:" in person.text
        while person.explorer.desk.overlays:
            person.press("1")
    assert "predicted" in person.press("n").last


def test_the_screen_does_not_give_the_answer_away(sit: Sit) -> None:
    """Where predictions are on, and while something is asked, nothing ahead of the packet is told; the network stays in view."""
    person = sit(predict=True)
    assert "hop 0/?" in person.text
    assert "i-app: delivered" not in person.text
    assert "on the path" not in person.text
    assert "table: rtb-edge" in person.text
    person.press("16n")
    assert "hop 16/16  ok" in person.text
    person = sit().press("2n")
    assert "forwards" in person.text
    assert "forwards" not in person.press("P").text
    assert "forwards" in person.press("<escape>").text


def test_a_change_asks_for_the_outcome(sit: Sit) -> None:
    person = sit().press("w5nP")
    assert "how does web come out?" in person.text
    assert person.press("2").last.startswith("right: dropped on the way there")
    assert person.outcome == "forward:ENI_SRC_DST_CHECK_IN"


def test_the_question_names_the_change(sit: Sit) -> None:
    person = sit().press("w5nP")
    assert "with eni-fw.source_dest_check=on, how does web come out?" in person.text
    assert "the last packet comes as far as i-fw" in person.press("6").text
    japanese = sit(language="ja").press("w5nP")
    assert "予想：eni-fw.source_dest_check=onとすると、webの結果は？" in japanese.text


def test_many_changes_stand_below_the_question(sit: Sit) -> None:
    """A change that is cut in its middle is no question."""
    person = sit("failover-route-replace", predict=True).press("w:step 3<enter>n")
    assert "with these 2 changes, how does web come out?" in person.text
    assert "rtb-app[0.0.0.0/0]=eni-fw-c" in person.text
    assert "rtb-db[0.0.0.0/0]=eni-fw-c" in person.press("j").text
    assert "rtb-db[0.0.0.0/0]=eni-fw-c" in person.press("6").text


def test_what_is_taken_back_is_named_too(sit: Sit) -> None:
    person = sit("internet-direct", predict=True).press("w:step 5<enter>n")
    assert "predict: without" in person.text
    assert "AWS refuses" not in person.text


def test_a_change_may_be_predicted_to_be_refused(sit: Sit) -> None:
    person = sit("elb-in-front", predict=True).press("w:step 1<enter>n")
    assert "AWS refuses the change" in person.text
    assert "with rtb-edge[10.0.2.0/24]=eni-nlb" in person.text
    assert "think of rule R-083" in person.press("6").text
    assert person.press("5").last == "right: AWS refuses the change  (1/1)"


def test_nothing_is_asked_that_is_on_the_screen_already(sit: Sit) -> None:
    """Step 4 goes to the end of a flow whose outcome step 1 told: it asks where the packet goes, not how it comes out."""
    person = sit(predict=True).press("w:step 3<enter>n")
    assert "how does web come out?" not in person.text
    assert "where does the SYN packet end on the forward way?" in person.text
    unmoved = sit("ip-forward", predict=True).press("w:step 2<enter>n")
    assert "predict:" not in unmoved.text
    assert "walkthrough 3/6" in unmoved.text


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_question_is_read_whole_and_has_one_right_answer(sit: Sit, scenario: str, language: str) -> None:
    person = sit(scenario, language=language, predict=True).press("w")
    asked = 0
    for _ in person.steps:
        overlays = person.press("n").explorer.desk.overlays
        if overlays:
            asked += 1
            assert cells(overlays[-1].title) <= 76, overlays[-1].title
            answers = [choice.row.text[3:] for choice in overlays[-1].choices]
            assert len(set(answers)) == len(answers)
            person.press("1")
            assert not person.explorer.desk.overlays
    assert person.explorer.desk.score.asked == asked > 0


def test_a_question_can_be_passed_over(sit: Sit) -> None:
    person = sit().press("wnP4")
    assert "walkthrough 2/9" in person.text
    assert "predicted" not in person.text
    assert "walkthrough 2/9" in person.press("P<escape>").text


def test_the_file_can_ask(sit: Sit, tmp_path: Path, root: Path) -> None:
    text = (root / "scenarios" / "appliance.yaml").read_text(encoding="utf-8")
    asking = tmp_path / "asking.yaml"
    asking.write_text(text.replace("    do: [flow web, next, next]\n", "    do: [flow web, next, next]\n    predict: hop\n"), encoding="utf-8")
    person = sit(asking).press("wn")
    assert "predict:" not in person.text
    assert "predict: where does the packet go from" in person.press("n").text


def test_on_a_real_terminal(start: Start) -> None:
    with start("--lang", "ja", "--predict", ready="q 終了") as terminal:
        terminal.press("w")
        assert "解説（全9手順）" in terminal.text
        terminal.press("n")
        assert "予想" in terminal.text
        terminal.press("1")
        assert "正解" in terminal.text
        assert "解説 1/9" in terminal.text
        terminal.press("qq")
        assert terminal.finish() == (0, "")
