"""Going on past the drop."""

from pathlib import Path

import pytest

from tests.tui.person import Sit

BROKEN = (":igw.route_table=none<enter>", ":sg-app.ingress-=tcp 80 0.0.0.0/0<enter>", ":rtb-app[0.0.0.0/0]=none<enter>")
SCENARIOS = sorted(path.stem for path in (Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


def test_every_obstacle_is_counted_with_its_mend(sit: Sit) -> None:
    person = sit().press("".join(BROKEN) + "o")
    assert "past the drop" in person.text
    assert "2 things to mend, then: ok" in person.text
    numbered = [line.split() for line in person.lines if line.startswith("  1 ") or line.startswith("  2 ")]
    assert [line[-2:] for line in numbered] == [["SG_INGRESS_DENY", "i-app"], ["NO_ROUTE", "vpc-main"]]
    assert "sg-app.ingress+=tcp 80" in person.text
    assert "rtb-app[0.0.0.0/0]=igw" in person.text


def test_the_way_goes_on_dimmed(sit: Sit) -> None:
    person = sit().press("".join(BROKEN) + "o")
    rows = person.explorer.desk.overlays[-1].pane.pane.rows
    delivered = next(row for row in rows if "delivered to port 80" in row.text)
    assert {span.role for span in delivered.spans} == {"dim"}
    order = [row.text for row in rows]
    drop = next(at for at, text in enumerate(order) if "SG_INGRESS_DENY" in text)
    assert drop < order.index(delivered.text) < next(at for at, text in enumerate(order) if "NO_ROUTE" in text)


def test_all_mends_are_made_and_undone_one_by_one(sit: Sit) -> None:
    person = sit().press("".join(BROKEN) + "oO")
    assert person.outcome == "ok"
    assert "changes made: 2, now ok" in person.last
    person.press("u")
    assert person.outcome == "return:NO_ROUTE"
    person.press("u")
    assert person.outcome == "forward:SG_INGRESS_DENY"


def test_a_flow_that_works_has_none(sit: Sit) -> None:
    person = sit().press("o")
    assert person.last == "web works: there is no obstacle to go past"
    assert person.press("O").last == "web works: there is no obstacle to go past"


def test_read_only_makes_no_mends(sit: Sit) -> None:
    person = sit(arguments=("--set", "i-fw.ip_forward=off"), read_only=True).press("O")
    assert "read-only" in person.last
    assert "one thing to mend" in person.press("o").text


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_named_change_of_every_scenario_can_be_looked_past(sit: Sit, scenario: str, language: str) -> None:
    person = sit(scenario, language=language)
    lesson = person.explorer.desk.handout.lesson
    assert lesson is not None
    start = person.explorer.desk.exploration
    for changes in lesson.changes.values():
        person.explorer.desk.go(start)
        for change in changes:
            person.press(f":{change}<enter><escape>")
        person.press("o")
        if person.outcome not in ("ok", "asymmetric"):
            sheet = "\n".join(row.text for row in person.explorer.desk.overlays[-1].pane.pane.rows)
            assert ("to mend" if language == "en" else "直すべき点") in sheet
            assert str(person.explorer.desk.exploration.conversation.legs[-1].reason) in sheet
        person.press("<escape>")
