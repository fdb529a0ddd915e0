"""Tracing: an explained conversation beside one bare longest-prefix lookup."""

from collections.abc import Iterator

from benchmarks.clock import seconds, side_by_side
from benchmarks.result import Result, time_text
from benchmarks.samples import bundled
from vpctui.address import PrefixMap, parse_address, parse_prefix
from vpctui.engine.conversation import converse

ROUTES = 50


def measure(runs: int) -> Iterator[Result]:
    """One line of the table."""
    scenario = bundled()
    world, question = scenario.world, scenario.questions["web"]
    table = PrefixMap((parse_prefix(f"10.{number}.0.0/16"), number) for number in range(ROUTES))
    address = parse_address("10.25.3.4")
    hops = len(converse(world, question).hops)
    ours, beside = side_by_side(
        lambda: seconds(lambda: converse(world, question), 200),
        lambda: seconds(lambda: table.longest(address), 20_000),
        runs,
    )
    what = f"a conversation of {hops} hops with every step and candidate, beside one lookup among {ROUTES} routes"
    yield Result(what, f"{time_text(ours)}, {1 / ours:,.0f}/s", time_text(beside), ours / beside)
