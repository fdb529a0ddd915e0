"""The course: the bundled scenarios in their order, and the ways through them."""

import os
import sys

from vpctui.cli.files import bundled, read_bytes
from vpctui.cli.handing import both_words
from vpctui.cli.outcome import Failed
from vpctui.handout import BothWords, CourseEntry, CoursePath
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.scenario import Scenario

PATHS: tuple[tuple[BothWords, tuple[str, ...]], ...] = (
    (("first hour", "最初の1時間"), ("plain-routing", "ip-forward", "src-dst-check", "nat-instance", "ingress-only", "appliance")),
    (("operator drill", "運用ドリル"), ("drill-ssh", "sg-stateful", "nacl-ephemeral", "mtu", "multi-az")),
    (
        ("architect update", "設計者向け最新事情"),
        ("gwlb-edge", "msr-east-west", "network-firewall", "tgw-appliance-mode", "ipv6-ingress", "failover-route-replace"),
    ),
)
"""Ways through the course; a scenario that is not bundled is left out."""
DECK = ("the deck as given", "スライドの順"), 26
"""The path of the talk: the scenarios up to this place in the course."""


def ordered() -> dict[str, Scenario]:
    """The bundled scenarios that can be read, in the order of the course."""
    found = {name: read_scenario(read_bytes(name), f"{name}.yaml")[0] for name in bundled()}
    known = {name: scenario for name, scenario in found.items() if scenario is not None}
    return dict(sorted(known.items(), key=lambda item: (item[1].order or 10**4, item[0])))


def listing() -> str:
    """The course as numbered lines."""
    return "".join(f"{number:>3}  {name:<24} {scenario.title.en}\n" for number, (name, scenario) in enumerate(ordered().items(), 1))


def at_terminal() -> bool:
    """Whether there is somebody to choose."""
    return os.isatty(0) and os.isatty(2)


def chosen_by_number() -> str:
    """The scenario that a person names or numbers in a dialogue of lines; empty for none.  Raises Failed for an unknown one."""
    names = list(ordered())
    sys.stderr.write(listing() + "which one? ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip()
    if answer.isdigit() and 1 <= int(answer) <= len(names):
        return names[int(answer) - 1]
    if answer and answer not in names:
        raise Failed(f"no bundled scenario {answer!r}")
    return answer


def entries(scenarios: dict[str, Scenario]) -> tuple[CourseEntry, ...]:
    """What the list shows of each."""
    return tuple(
        CourseEntry(name, both_words(scenario.title), both_words(scenario.teaches), scenario.slides, len(scenario.walkthrough))
        for name, scenario in scenarios.items()
    )


def paths(scenarios: dict[str, Scenario]) -> tuple[CoursePath, ...]:
    """The ways through these scenarios."""
    title, last = DECK
    deck = CoursePath(title, tuple(name for name, scenario in scenarios.items() if 0 < scenario.order <= last))
    return (deck, *(CoursePath(title, names) for title, names in PATHS))
