"""Moving about in a conversation: every place is reached forward and back, and nothing lies outside."""

from pathlib import Path

import pytest

from tests.aws.lab import Lab
from vpctui.engine.compare import identities, is_event
from vpctui.engine.cursor import (
    Cursor,
    clamped,
    events,
    hop_at,
    leg_at,
    located,
    next_step,
    other_direction,
    previous_hop,
    previous_step,
    step_at,
    travelled,
)
from vpctui.engine.mends import traced
from vpctui.scenario.changing import state_of
from vpctui.scenario.reading import read_scenario
from vpctui.trace import Conversation, Verdict

SCENARIOS = ("appliance", "nat-gateway", "mtu", "gwlb-edge")


@pytest.fixture(params=SCENARIOS)
def conversation(request: pytest.FixtureRequest, root: Path) -> Conversation:
    name: str = request.param
    scenario, _ = read_scenario((root / f"scenarios/{name}.yaml").read_bytes(), name)
    assert scenario is not None
    state = state_of(scenario)
    return traced(state, next(iter(state.questions)))


def every(conversation: Conversation) -> list[Cursor]:
    """Every place in order, the one before the first hop included."""
    return [Cursor(), *(Cursor(number, step) for number, hop in enumerate(conversation.hops, 1) for step in range(len(hop.steps) + 1))]


def test_steps_forward_and_back_visit_every_place_once(conversation: Conversation) -> None:
    places = every(conversation)
    walked, back = [places[0]], [places[-1]]
    while (after := next_step(conversation, walked[-1])) != walked[-1]:
        walked.append(after)
    while (before := previous_step(conversation, back[-1])) != back[-1]:
        back.append(before)
    assert walked == places
    assert back == places[::-1]


def test_nothing_lies_outside(conversation: Conversation) -> None:
    last = len(conversation.hops)
    assert clamped(conversation, -3, 9) == Cursor()
    assert clamped(conversation, 0, 1) == Cursor()
    assert clamped(conversation, last + 5, 999) == Cursor(last, len(conversation.hops[-1].steps))
    assert clamped(conversation, 1, -1) == Cursor(1)


def test_a_place_has_its_hop_its_check_and_its_leg(conversation: Conversation) -> None:
    numbers = [(leg, hop) for leg in conversation.legs for hop in leg.hops]
    assert hop_at(conversation, Cursor()) is None
    assert step_at(conversation, Cursor(1)) is None
    assert leg_at(conversation, Cursor()) is conversation.legs[0]
    assert leg_at(conversation, Cursor(len(numbers) + 1)) is None
    for cursor in every(conversation)[1:]:
        leg, hop = numbers[cursor.hop - 1]
        assert hop_at(conversation, cursor) is hop
        assert leg_at(conversation, cursor) is leg
        assert step_at(conversation, cursor) is (hop.steps[cursor.step - 1] if cursor.step else None)


def test_what_was_travelled_ends_at_the_cursor(conversation: Conversation) -> None:
    for number in range(len(conversation.hops) + 1):
        assert travelled(conversation, Cursor(number)).hops == conversation.hops[:number]
        assert all(leg.hops for leg in travelled(conversation, Cursor(number)).legs)


def test_back_by_hops_stops_at_the_head_of_a_hop(conversation: Conversation) -> None:
    assert previous_hop(conversation, Cursor(3, 2), 1) == Cursor(3)
    assert previous_hop(conversation, Cursor(3), 1) == Cursor(2)
    assert previous_hop(conversation, Cursor(3, 2), 2) == Cursor(1)
    assert previous_hop(conversation, Cursor(1), 9) == Cursor()


def test_the_other_direction_is_the_same_component(conversation: Conversation) -> None:
    for number, hop in enumerate(conversation.hops, 1):
        other = other_direction(conversation, Cursor(number, 1))
        if other == Cursor(number, 1):
            direction = leg_at(conversation, Cursor(number))
            assert direction is not None
            assert not any(each.node == hop.node for leg in conversation.legs if leg.direction != direction.direction for each in leg.hops)
            continue
        there, here, left = hop_at(conversation, other), leg_at(conversation, other), leg_at(conversation, Cursor(number))
        assert there is not None
        assert here is not None
        assert left is not None
        assert there.node == hop.node
        assert here.direction != left.direction
    assert other_direction(conversation, Cursor()) == Cursor()


def test_a_direction_of_one_hop_is_the_first_and_the_last_there_is() -> None:
    """A host without a route to anything: the packet ends where it began."""
    found = Lab('hosts: {lone: {listens: [80]}}\nflows: {out: {from: lone, source_ip: 192.0.2.9, to: "198.51.100.9:80"}}\n').ask("out")
    assert len(found.hops) == 1
    assert [leg_at(found, Cursor(hop)) for hop in (0, 1, 2)] == [found.legs[0], found.legs[0], None]


def test_events_are_ends_rewrites_and_route_tables(conversation: Conversation) -> None:
    for number, hop in enumerate(conversation.hops, 1):
        changed = hop.arrived is not None and (hop.arrived.flow, hop.arrived.tunnel) != (hop.packet.flow, hop.packet.tunnel)
        bad = hop.verdict not in (Verdict.FORWARDED, Verdict.DELIVERED, Verdict.EXITED)
        assert is_event(hop) == (changed or bad or hop.table is not None)
        assert (number in events(conversation)) == is_event(hop)


def test_every_hop_is_told_from_every_other(conversation: Conversation) -> None:
    """A component that the packet visits twice in one direction has two identities."""
    names = identities(conversation)
    assert len(set(names)) == len(conversation.hops)
    assert {visit for _, _, visit in names} <= set(range(1, 9))
    assert 1 in {visit for _, _, visit in names}


def test_a_cursor_stays_where_nothing_changed(conversation: Conversation) -> None:
    assert [located(conversation, cursor, conversation) for cursor in every(conversation)] == every(conversation)
