"""A person's journey: moving about, making changes, taking them back, stepping across them."""

from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from vpctui.engine.alter import State
from vpctui.exploration import Cursor, Exploration, Refusal, begin
from vpctui.scenario.changing import state_of
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.typed import typed_flow

ROOT = Path(__file__).parent.parent
FILE = ROOT / "scenarios" / "appliance.yaml"
CHANGES = (
    "eni-fw.source_dest_check=on",
    "i-fw.ip_forward=off",
    "igw.route_table=none",
    "rtb-app[0.0.0.0/0]=igw",
    "eni-fw.public_ip=none",
    "i-fw.state=stopped",
)


def file_state() -> State:
    """What the flagship scenario describes."""
    scenario, problems = read_scenario(FILE.read_bytes(), FILE.name)
    assert scenario is not None, problems
    return state_of(scenario)


STATE = file_state()


def start(flow: str = "web") -> Exploration:
    """A journey at its beginning."""
    found = begin("appliance", STATE, flow, asker=typed_flow)
    assert isinstance(found, Exploration)
    return found


def made(journey: Exploration, change: str) -> Exploration:
    """The journey after a change that is legal."""
    after = journey.apply(change)
    assert isinstance(after, Exploration), after
    return after


MOVES = ("next_hop", "previous_hop", "next_step", "previous_step", "next_event", "previous_event", "first", "last", "other_direction")


@given(st.lists(st.sampled_from(MOVES), max_size=30))
@settings(max_examples=60, deadline=None)
def test_movement_never_leaves_the_conversation_and_never_changes_it(moves: list[str]) -> None:
    journey = start()
    for move in moves:
        journey = getattr(journey, move)()
        assert 0 <= journey.cursor.hop <= len(journey.hops)
        assert journey.hop is None or 0 <= journey.cursor.step <= len(journey.hop.steps)
        assert journey.changes == ()


@pytest.mark.parametrize(("there", "back"), [("next_hop", "previous_hop"), ("next_step", "previous_step")])
def test_back_after_next_is_where_you_were(there: str, back: str) -> None:
    journey = start()
    while True:
        after = getattr(journey, there)()
        if after is journey:
            break
        assert getattr(after, back)().cursor == journey.cursor
        journey = after
    assert journey.cursor.hop == len(journey.hops)


def test_at_the_ends_nothing_moves_and_the_very_same_value_comes_back() -> None:
    journey = start()
    assert journey.previous_hop() is journey
    assert journey.previous_step() is journey
    end = journey.last()
    assert end.next_hop() is end
    assert end.last() is end


def test_a_check_back_is_the_head_of_its_hop_first() -> None:
    journey = start().next_hop(3).next_step().next_step()
    assert journey.cursor == Cursor(3, 2)
    assert journey.previous_hop().cursor == Cursor(3, 0)


@given(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=5), st.integers(0, 16))
@settings(max_examples=60, deadline=None)
def test_undo_after_a_change_is_what_you_had(changes: list[str], hop: int) -> None:
    journey = start().jump(hop)
    for change in changes:
        after = journey.apply(change)
        if isinstance(after, Refusal) or after is journey:
            continue
        assert after.undo().conversation == journey.conversation
        assert after.undo().redo().conversation == after.conversation
        assert after.reset().conversation == start().conversation
        journey = after


def test_the_cursor_stays_with_the_packet_or_goes_to_the_first_difference() -> None:
    at_firewall = start().next_hop(3)
    flipped = made(at_firewall, "eni-fw.source_dest_check=on")
    assert flipped.hop is not None
    assert (flipped.hop.node, flipped.cursor) == ("i-fw", Cursor(3, 0))
    at_app = start().next_hop(5)
    assert made(at_app, "eni-fw.source_dest_check=on").cursor == Cursor(3, 0)


def test_the_cursor_stays_on_the_same_rule() -> None:
    step = start().jump(3, 3)
    assert step.step is not None
    flipped = made(step, "i-fw.ip_forward=off")
    assert flipped.step is not None
    assert flipped.step.rule == step.step.rule == "ip-forward"


def test_stepping_back_past_a_change_takes_it_back_and_forward_makes_it_again() -> None:
    flipped = made(start().next_hop(3), "i-fw.ip_forward=off")
    before = flipped.previous_hop()
    assert (before.changes, before.undone, before.cursor) == ((), ("i-fw.ip_forward=off",), Cursor(2, 0))
    again = before.next_hop()
    assert (again.changes, again.cursor, again.conversation) == (flipped.changes, flipped.cursor, flipped.conversation)


def test_a_change_that_was_undone_by_hand_is_not_made_again_by_walking() -> None:
    undone = made(start().next_hop(3), "i-fw.ip_forward=off").undo()
    assert undone.previous_hop().next_hop().next_hop().changes == ()


def test_going_to_the_first_hop_keeps_changes() -> None:
    assert made(start().next_hop(3), "i-fw.ip_forward=off").first().changes == ("i-fw.ip_forward=off",)


def test_a_refused_change_changes_nothing() -> None:
    journey = start()
    refusal = journey.apply("rtb-edge[0.0.0.0/0]=eni-fw")
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "ROUTE_REFUSED_EDGE_DEST_OUTSIDE_VPC"
    assert journey.changes == ()


def test_a_change_to_what_is_already_so_is_no_change() -> None:
    journey = start()
    assert journey.apply("eni-fw.source_dest_check=off") is journey


def test_options_tell_the_outcome_before_the_change_is_made() -> None:
    options = {option.label: option.outcome for option in start().options("igw.route_table")}
    assert options == {"rtb-edge": "ok", "none": "return:APPLIANCE_STATE_MISS"}


def test_what_if_ranks_what_mends_first() -> None:
    broken = made(start().next_hop(3), "eni-fw.source_dest_check=on")
    first = broken.what_if()[0]
    assert (first.change, first.outcome) == ("eni-fw.source_dest_check=off", "ok")


def test_what_if_offers_the_mend_of_the_drop_at_every_hop_before_it() -> None:
    """Whoever asks at the gateway learns what mends the appliance behind it, before any change that makes matters worse."""
    broken = made(start(), "eni-fw.source_dest_check=on")
    for hop in range(len(broken.conversation.hops)):
        options = broken.jump(hop).what_if()
        assert (options[0].change, options[0].outcome) == ("eni-fw.source_dest_check=off", "ok"), hop


def test_what_if_says_what_gets_further_and_offers_it_before_what_does_not() -> None:
    broken = made(made(start(), "eni-fw.source_dest_check=on"), "i-app.listens=nothing").jump(2)
    options = broken.what_if()
    assert (options[0].change, options[0].further) == ("eni-fw.source_dest_check=off", True)
    assert options[0].outcome != "ok"
    assert not any(option.further for option in options if option.outcome == "forward:DEST_IP_UNASSIGNED")


def test_what_if_at_a_host_on_the_internet_leaves_out_its_settings_that_alter_nothing() -> None:
    at_client = made(start(), "i-app.listens=nothing").jump(1)
    changes = [option.change for option in at_client.what_if()]
    assert changes
    assert not [change for change in changes if change.startswith(("client.inspect", "client.rp_filter", "client.ip_forward"))]


def test_every_offered_change_has_the_outcome_that_was_promised() -> None:
    journey = start().next_hop(3)
    for option in journey.what_if():
        after = journey.apply(option.change)
        if option.refusal is not None:
            assert isinstance(after, Refusal)
        else:
            assert isinstance(after, Exploration)
            assert after.conversation.outcome == option.outcome, option.change
            others = {name: (journey.ask(name).conversation, after.ask(name).conversation) for name in ("ssh", "out")}
            otherwise = [
                name
                for name, (was, now) in others.items()
                if was.outcome != now.outcome or [hop.packet for hop in was.hops] != [hop.packet for hop in now.hops]
            ]
            assert option.alters is not None
            assert set(otherwise) <= set(option.alters), option.change
            assert set(option.alters) <= {"ssh", "out"}


def test_the_flows_that_a_change_would_alter_are_told_before_it_is_made() -> None:
    by_change = {option.change: option.alters for option in start().next_hop(2).what_if()}
    assert by_change["igw.route_table=none"] == ("ssh", "out")
    assert by_change["igw.vpc=none"] is None, "it is refused"
    ports = {option.change: option.alters for option in start().next_hop(5).what_if()}
    assert ports["i-app.nat=masquerade"] == ()


def test_what_if_in_a_circle_offers_another_way_for_each_route_that_sends_the_packet_round() -> None:
    circling = made(start(), "rtb-fw[10.0.0.0/16]=eni-fw").last()
    assert circling.conversation.outcome == "forward:ROUTING_LOOP"
    first = circling.what_if()[0]
    assert (first.change, first.outcome) == ("rtb-fw[10.0.0.0/16]=local", "ok")


def test_what_mends_other_flows_too_is_offered_before_what_only_alters_them() -> None:
    """A way round the appliance gets this flow through as well, but leaves the others where they are."""
    broken = made(start(), "i-fw.ip_forward=off").jump(3)
    first = broken.what_if()[0]
    assert (first.change, first.outcome, first.mends, first.breaks) == ("i-fw.ip_forward=on", "ok", ("ssh", "out"), ())


def test_what_breaks_other_flows_is_told_before_it_is_made() -> None:
    stopped = {option.change: option for option in start().next_hop(3).what_if()}["i-fw.state=stopped"]
    assert (stopped.mends, stopped.breaks) == ((), ("ssh", "out"))


def test_commands_and_inverse_of_a_change() -> None:
    journey = made(start(), "rtb-app[0.0.0.0/0]=igw")
    assert journey.commands("rtb-app[0.0.0.0/0]=igw") == ("aws ec2 replace-route --route-table-id rtb-app --destination-cidr-block 0.0.0.0/0 --gateway-id igw",)
    assert journey.inverse("rtb-app[0.0.0.0/0]=igw") == "rtb-app[0.0.0.0/0]=eni-fw"


def test_the_other_direction_is_the_same_component() -> None:
    journey = start().next_hop(3).other_direction()
    assert journey.hop is not None
    assert journey.leg is not None
    assert (journey.hop.node, journey.leg.direction) == ("i-fw", "return")
    assert journey.other_direction().cursor == Cursor(3, 0)


def test_another_flow_begins_before_its_first_hop_and_keeps_changes() -> None:
    journey = made(start().next_hop(3), "i-fw.ip_forward=off").ask("out")
    assert (journey.flow_name, journey.cursor, journey.changes) == ("out", Cursor(), ("i-fw.ip_forward=off",))
    assert journey.conversation.outcome == "forward:IP_FORWARDING_OFF"


def test_a_typed_flow_is_asked_and_survives_undo() -> None:
    journey = start().ask_adhoc("client 203.0.113.20:23")
    assert isinstance(journey, Exploration)
    assert journey.conversation.outcome == "forward:SG_INGRESS_DENY"
    assert made(journey, "i-fw.ip_forward=off").undo().conversation.outcome == "forward:SG_INGRESS_DENY"


def test_a_flow_that_cannot_be_read_is_answered_with_a_sentence() -> None:
    answer = start().ask_adhoc("nobody 203.0.113.20:23")
    assert isinstance(answer, str)
    assert "nobody" in answer


def test_changes_on_the_line_are_made_in_order_and_a_refusal_ends_them() -> None:
    journey = begin("appliance", STATE, changes=("igw.route_table=none", "eni-fw.source_dest_check=on"))
    assert isinstance(journey, Exploration)
    assert len(journey.changes) == 2
    assert isinstance(begin("appliance", STATE, changes=("nat.x=1",)), Refusal)


def test_events_are_drops_rewrites_tables_and_changes() -> None:
    journey, seen = start(), []
    while (after := journey.next_event()) is not journey:
        journey = after
        seen.append(journey.hop.node if journey.hop else "")
    assert seen[:2] == ["igw", "vpc-main"]
    assert "i-app" not in seen
