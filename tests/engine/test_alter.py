"""Changes over the whole state: the network, the readings, the flows."""

import pytest

from tests.aws.tracing import scenario
from vpctui.engine.alter import State, alter, alter_all, inverse, readings, setting_at, with_typed
from vpctui.engine.change import Refusal
from vpctui.scenario.changing import state_of

NET = """
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets: {sn: {cidr: 10.0.1.0/24, route_table: rtb}}
internet_gateways: {igw: {}}
route_tables: {rtb: {0.0.0.0/0: igw}}
instances: {i: {subnet: sn, private_ip: 10.0.1.10}}
flows: {web: {from: i, to: "192.0.2.1:80"}}
"""
START = state_of(scenario(NET))


def made(*texts: str) -> State:
    state = alter_all(START, texts)
    assert isinstance(state, State), state
    return state


def refused(*texts: str) -> Refusal:
    refusal = alter_all(START, texts)
    assert isinstance(refusal, Refusal)
    return refusal


def test_the_network_changes_and_the_base_does_not() -> None:
    state = made("i.ip_forward=on", "rtb[0.0.0.0/0]=none")
    assert state.world.network.get("i") != START.world.network.get("i")
    assert state.world.base is START.world.base
    assert state.questions is START.questions


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("assume.asymmetric_return=drop", "asymmetric_return", "drop"),
        ("assume.tgw_ttl=0", "tgw_ttl", 0),
        ("assume.stopped_is_blackhole=off", "stopped_is_blackhole", False),
        ("assume.ttl=textbook", "ttl", "textbook"),
        ("assume.nlb_return=route_table", "nlb_return", "route_table"),
    ],
)
def test_readings(text: str, field: str, value: object) -> None:
    state = made(text)
    assert getattr(state.world.assume, field) == value
    assert state.world.network is START.world.network


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("flows.web.size=1500", "size", 1500),
        ("flows.web.ttl=3", "ttl", 3),
        ("flows.web.dont_fragment=off", "dont_fragment", False),
        ("flows.web.source_port=40000", "source_port", 40000),
        ("flows.web.to_port=443", "to_port", 443),
        ("flows.web.reply=off", "reply", False),
        ("flows.web.midstream=on", "midstream", True),
    ],
)
def test_flows(text: str, field: str, value: object) -> None:
    state = made(text)
    assert getattr(state.questions["web"], field) == value
    assert getattr(START.questions["web"], field) != value


@pytest.mark.parametrize(
    ("text", "reason", "said", "hint"),
    [
        ("assume.asymmetric=drop", "QUERY_INVALID", 'unknown setting "asymmetric" of assume', "assume.asymmetric_return=drop"),
        ("assume.ttl=wrong", "QUERY_INVALID", "expected aws or textbook", ""),
        ("assume.ttl+=aws", "QUERY_INVALID", "unknown setting", ""),
        ("flows.wbe.size=1", "UNKNOWN_RESOURCE", 'unknown flow "wbe"', "flows.web"),
        ("flows.web.sizes=1500", "QUERY_INVALID", 'unknown setting "sizes" of flows.web', "flows.web.size=1500"),
        ("flows.web.size=19", "QUERY_INVALID", "19 is not between 20 and 65535", "20"),
        ("flows.web.to_port=0", "QUERY_INVALID", "is not a port", ""),
        ("nonsense", "QUERY_INVALID", "is not a change", ""),
    ],
)
def test_what_cannot_be_meant(text: str, reason: str, said: str, hint: str) -> None:
    refusal = refused(text)
    assert refusal.reason == reason
    assert said in refusal.message
    assert hint in refusal.hint


def test_the_first_refusal_ends_a_sequence() -> None:
    assert refused("i.ip_forward=on", "i.nonsense=1", "also.nonsense=1").place == "i.nonsense"


def test_no_changes_are_the_same_state() -> None:
    assert alter_all(START, ()) is START


@pytest.mark.parametrize("place", ["flows.web.unknown", "flows.nobody.size", "i.size", "assume.unknown", "nobody.ip_forward", "web.size"])
def test_what_is_no_setting_has_none(place: str) -> None:
    assert setting_at(START, place) is None


def test_settings_by_place() -> None:
    reading = setting_at(START, "assume.stopped_is_blackhole")
    assert reading is not None
    assert (reading.value, reading.choices) == ("on", ("on", "off"))
    flow = setting_at(START, "flows.web.size")
    assert flow is not None
    assert (flow.value, flow.choices) == ("60", ())
    network = setting_at(START, "i.ip_forward")
    assert network is not None
    assert network.value == "off"
    assert setting_at(START, "flows.nobody.size") is None
    assert setting_at(START, "assume.nonsense") is None
    assert isinstance(alter(START, "assume.nonsense=1"), Refusal)


def test_all_readings_are_settings() -> None:
    assert [setting.place for setting in readings(START)] == [
        "assume.asymmetric_return",
        "assume.tgw_ttl",
        "assume.stopped_is_blackhole",
        "assume.ttl",
        "assume.nlb_return",
    ]


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ("i.ip_forward=on", "i.ip_forward=off"),
        ("rtb[0.0.0.0/0]=none", "rtb[0.0.0.0/0]=igw"),
        ("i.listens+=80", "i.listens-=80"),
        ("i.listens-=80", "i.listens+=80"),
        ("flows.web.ttl=3", "flows.web.ttl=64"),
        ("assume.asymmetric_return=drop", "assume.asymmetric_return=deliver"),
        ("no change", ""),
    ],
)
def test_every_change_has_one_that_takes_it_back(change: str, back: str) -> None:
    """What is put in a list is taken out of it, not everything set anew: others may have been put there since."""
    assert inverse(START, change) == back


def test_typed_flows_stay_when_changes_are_replayed_from_the_file() -> None:
    """What the file asks is asked as the file has it; what somebody typed is kept."""
    before = alter(START, "flows.web.size=100")
    assert isinstance(before, State)
    typed = State(before.world, {**before.questions, "typed": before.questions["web"]})
    after = with_typed(START, typed)
    assert (set(after.questions) - set(START.questions), after.questions["web"]) == ({"typed"}, START.questions["web"])
    assert with_typed(START, before) is START
