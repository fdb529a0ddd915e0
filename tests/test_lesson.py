"""Walkthroughs played step by step, forward and back."""

from pathlib import Path

import pytest

from vpctui.cli.lecture import lesson_of
from vpctui.exploration import Exploration, begin
from vpctui.lesson import Lesson
from vpctui.scenario.changing import state_of
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.scenario import Scenario

SCENARIOS = sorted((Path(__file__).parent.parent / "scenarios").glob("*.yaml"))


def lesson(path: Path) -> tuple[Scenario, Lesson]:
    """A scenario and its lesson."""
    scenario, problems = read_scenario(path.read_bytes(), path.name)
    assert scenario is not None, problems
    start = begin(path.stem, state_of(scenario))
    assert isinstance(start, Exploration)
    return scenario, lesson_of(scenario, start)


def named(name: str) -> tuple[Scenario, Lesson]:
    """A bundled scenario by name."""
    return lesson(next(path for path in SCENARIOS if path.stem == name))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_step_of_every_walkthrough_brings_what_it_says(path: Path) -> None:
    scenario, course = lesson(path)
    for number in range(1, len(scenario.walkthrough) + 1):
        course = course.next()
        assert course.number == number
        assert [told for told in course.now.told if not told.holds] == [], number
    assert course.held == len(scenario.walkthrough)
    assert course.next() is course


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_cursor_stands_on_the_hop_that_the_narration_speaks_of(path: Path) -> None:
    scenario, course = lesson(path)
    for step in scenario.walkthrough:
        course = course.next()
        hops = [hop.fields["node"] for expectation in step.expect for hop in expectation.hops if "node" in hop.fields]
        if "next" in step.do and hops:
            assert course.now.exploration.hop is not None
            assert course.now.exploration.hop.node in hops, step.words.en


def test_back_is_what_was_there_before() -> None:
    _, course = named("appliance")
    third = course.jump(3)
    assert third.next().back() == third
    assert third.jump(0).number == 0
    assert third.jump(0).back() is not None
    assert course.back() is course
    assert third.jump(99).number == len(course.steps)


def test_last_is_the_end_of_the_direction_that_is_looked_at() -> None:
    _, course = named("appliance")
    exploration = course.jump(5).now.exploration
    assert exploration.hop is not None
    assert exploration.leg is not None
    assert (exploration.hop.node, exploration.leg.direction) == ("client", "return")


def test_a_refused_step_tells_the_refusal() -> None:
    _, course = named("gateway-rtb-rules")
    played = course.jump(2).now
    assert played.refusal is not None
    assert played.told[0].found == "ROUTE_REFUSED_EDGE_DEST_OUTSIDE_VPC"
    assert played.told[0].holds


def test_select_names_the_resource() -> None:
    _, course = named("appliance")
    assert course.next().now.selected == "igw"


def test_a_change_that_ends_the_packet_is_shown_where_it_ends() -> None:
    """The narration speaks of the drop; the next step still goes on from where the packet stood."""
    _, course = named("appliance")
    seventh = course.jump(7).now
    assert seventh.shown.hop is not None
    assert (seventh.shown.hop.node, seventh.shown.hop.reason) == ("i-fw", "APPLIANCE_STATE_MISS")
    assert seventh.exploration.cursor.hop == 2
    assert course.jump(8).now.exploration.cursor.hop == 2


def test_a_step_that_walks_is_shown_where_it_walked_to() -> None:
    _, course = named("appliance")
    for number in range(1, 6):
        now = course.jump(number).now
        assert now.shown is now.exploration


def test_a_drop_that_the_next_step_walks_to_is_not_shown_before() -> None:
    _, course = named("elb-in-front")
    third, fourth = course.jump(3).now, course.jump(4).now
    assert third.shown is third.exploration
    assert third.shown.hop is None
    assert fourth.shown.hop is not None
    assert fourth.shown.hop.reason == "ENI_SRC_DST_CHECK_IN"
