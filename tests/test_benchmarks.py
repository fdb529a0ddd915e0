"""What the benchmarks stand on: networks that are what they say, results that know their bound, a pty that waits for a text."""

import sys
from pathlib import Path

import pytest

from benchmarks import keys
from benchmarks.networks import scenario
from benchmarks.result import Result, time_text
from benchmarks.run import as_markdown, as_text
from benchmarks.samples import read
from benchmarks.terminal import seconds_until
from benchmarks.views import VIEWS
from vpctui.aws.network_interface import NetworkInterface
from vpctui.engine.conversation import converse
from vpctui.tui.spelling import spelled


@pytest.mark.parametrize("interfaces", [2, 100, 1003])
def test_a_generated_network_has_as_many_interfaces_as_asked_for(interfaces: int) -> None:
    found = read(scenario(interfaces).encode(), "generated.yaml")
    assert sum(1 for _ in found.network.all(NetworkInterface)) == interfaces


def test_the_packets_way_does_not_depend_on_the_size() -> None:
    ways = []
    for interfaces in (2, 1003):
        found = read(scenario(interfaces).encode(), "generated.yaml")
        conversation = converse(found.world, found.questions["web"])
        ways.append((conversation.outcome, [hop.node for hop in conversation.hops]))
    assert ways[0] == ways[1]
    assert ways[0][0] == "ok"


def test_a_result_knows_whether_its_bound_holds() -> None:
    assert Result("a", "1 s", "1 s", 1.3, bound=1.3).holds
    assert not Result("a", "1 s", "1 s", 1.31, bound=1.3).holds
    assert Result("a", "1 s", "1 s", 99.0).holds


def test_tables_say_what_was_measured() -> None:
    results = [Result("start", "300 ms", "200 ms", 1.5, bound=1.6), Result("lookups", "1 ms", "1 µs", 1234.0)]
    assert as_markdown(results).splitlines()[2:] == ["| start | 300 ms | 200 ms | 1.50 | 1.6 |", "| lookups | 1 ms | 1 µs | 1,234 |  |"]
    assert [line.split() for line in as_text(results).splitlines()[1:]] == [
        ["start", "300", "ms", "200", "ms", "1.50", "1.6"],
        ["lookups", "1", "ms", "1", "µs", "1,234"],
    ]


@pytest.mark.parametrize(("seconds", "text"), [(1.5, "1.5 s"), (0.0123, "12.3 ms"), (4.5e-6, "4.5 µs"), (7.1e-7, "710 ns")])
def test_times_have_a_unit_that_suits_them(seconds: float, text: str) -> None:
    assert time_text(seconds) == text


def test_a_program_is_timed_until_its_text_stands_there() -> None:
    program = "import time; time.sleep(0.2); print('\\x1b[1mre\\x1b[0mady', flush=True); time.sleep(60)"
    assert 0.2 <= seconds_until([sys.executable, "-c", program], "ready") < 5


def test_a_program_that_ends_without_its_text_is_an_error() -> None:
    with pytest.raises(TimeoutError, match="ended before it showed"):
        seconds_until([sys.executable, "-c", "print('something else')"], "ready")


@pytest.fixture(scope="module")
def hall() -> keys.Hall:
    return keys.Hall(keys.FEW)


@pytest.mark.parametrize("name", VIEWS)
def test_every_measured_key_does_something_and_keeps_to_its_bytes(hall: keys.Hall, name: str) -> None:
    assert 0 < keys.cost(hall, VIEWS[name]).written <= VIEWS[name].most


@pytest.mark.parametrize(
    ("name", "shows"),
    [
        ("walkthrough: a step with a change", "walkthrough 4/4"),
        ("walkthrough: back", "walkthrough 3/4"),
        ("walkthrough: jump to a step", "walkthrough 4/4"),
        ("walkthrough: leave", "hop 0/16"),
        ("predict: next, and be asked", "predict: how does web come out?"),
        ("predict: a hint", "the last packet comes as far as i-app"),
        ("predict: answer", "right: delivered, and answered"),
        ("break: mend the fault", "ok"),
        ("course: another path", "first hour"),
        ("course: language", "コース"),
    ],
)
def test_keys_lead_where_their_name_says(hall: keys.Hall, name: str, shows: str) -> None:
    view = VIEWS[name]
    player = hall.player(view.where)
    for key in spelled(view.before + view.key):
        player.press(key, " " if key == "space" else key if len(key) == 1 else None)
    assert shows in player.frame().text


def test_the_page_names_the_bytes_that_are_held(root: Path) -> None:
    page = (root / "benchmarks/README.md").read_text(encoding="utf-8")
    for most in {view.most for view in VIEWS.values()}:
        assert f"| {most:,} |" in page
