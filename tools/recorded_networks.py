"""What the small networks of the tests do, as digests: `tests/recorded/networks/*.txt`.

The bundled scenarios are few and mean to teach; the networks in the tests of resources have everything that the engine knows.  Of each network every
flow is asked as it stands and as another packet (a TTL that ends on the way, too large, another protocol), and every setting is tried with what it
offers and with some of what it does not.  That is megabytes of text, so a line holds its outcome and a digest of the rest:

    python -m tools.recorded_networks aws.test_nat_gateway     the text behind the digests, to compare before and after a change
"""

import functools
import hashlib
import importlib
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import dedent

from tests.fuzz.editing import edited, words_of
from tools.recorded import conversation_lines, setting_lines
from vpctui.address import parse_prefix, prefix_of
from vpctui.engine import change as changes
from vpctui.engine.alter import State, alter
from vpctui.engine.change import Refusal, Setting
from vpctui.engine.compare import first_difference, identities, is_event
from vpctui.engine.cursor import Cursor, located
from vpctui.engine.faults import hidden_faults
from vpctui.engine.mends import traced
from vpctui.engine.outline import outline
from vpctui.engine.rivals import rival_lookups
from vpctui.engine.what_if import mattering
from vpctui.scenario.changing import state_of
from vpctui.scenario.reading import read_scenario

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "tests/recorded/networks"
FOLDERS = ("aws", "engine", "scenario")
OTHER_PACKETS = ("ttl=1", "ttl=2", "ttl=3", "size=9000", "size=9000 dont_fragment=off", "midstream=on", "to_port=81", "source_port=1023", "protocol=udp")
EDITS = 16
ASKED = 3
"""Flows that are asked after a change, others after each; all of them would take minutes."""
LITERALS = (
    "none",
    "on",
    "off",
    "0",
    "7",
    "-1",
    "65536",
    "10.0.0.0/8",
    "10.0.0.9",
    "203.0.113.99",
    "2001:db8::/32",
    "::/0",
    "tcp 80 0.0.0.0/0",
    "deny 90 all 0.0.0.0/0",
    "a",
)


def pages() -> Mapping[str, Callable[[], str]]:
    """A page for every test module that has networks, by its path."""
    modules = [f"{folder}.{file.stem}" for folder in FOLDERS for file in sorted((ROOT / "tests" / folder).glob("test_*.py"))]
    return {f"{FOLDER}/{module.removeprefix('aws.')}.txt": lambda module=module: page(module) for module in modules if networks(module)}  # type: ignore[misc]


def page(module: str) -> str:
    """A line for each flow and each setting of each network of a module."""
    title = f"Written by python -m tools.generate; python -m tools.recorded_networks {module} prints what is behind the digests."
    lines = [f"{head} {_digest(text)}" if text else f"\n{head}" for name in networks(module) for head, text in entries(name, networks(module)[name])]
    return "\n".join((title, *lines)) + "\n"


def _digest(text: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(text).encode()).hexdigest()[:10]


@functools.cache
def networks(module: str) -> Mapping[str, str]:
    """The texts of a test module that read as scenarios, by their names."""
    constants = vars(importlib.import_module(f"tests.{module}")).items()
    texts = {name: value if "vpctui:" in value else f"vpctui: 1\n{dedent(value)}" for name, value in constants if name.isupper() and isinstance(value, str)}
    return {name: text for name, text in texts.items() if read_scenario(text.encode(), "test.yaml")[0] is not None}


def entries(name: str, text: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Head and text of each flow and each setting of a network."""
    scenario, _ = read_scenario(text.encode(), "test.yaml")
    assert scenario is not None
    state = state_of(scenario)
    yield f"== {name}", ()
    yield "edited", tuple(_edited(text))
    yield "tree", tuple(f"{record.id} {outline(record, state.world.network)}" for record in state.world.network)
    for flow in list(state.questions)[:1]:
        yield f"told of {flow}", tuple(_told(state, flow))
    for flow in state.questions:
        yield f"flow {flow}: {traced(state, flow).outcome}", tuple(_packets(flow, state))
    places = [setting for record in scenario.network for setting in changes.settings(record.id, scenario.network)]
    for number, setting in enumerate(places):
        yield setting.place, tuple(_setting(setting, state, number))


def _edited(text: str) -> Iterator[str]:
    """What is said of the text with mistakes in it."""
    words, chance = words_of(text), random.Random(text)
    for _ in range(EDITS):
        _, problems = read_scenario(edited(text, chance, words).encode("utf-8", "surrogatepass"), "test.yaml")
        yield "; ".join(f"{each.code} {each.mark.line}:{each.mark.column} {each.message} ({each.mend})" for each in problems)


def _packets(flow: str, state: State) -> Iterator[str]:
    yield from conversation_lines(flow, traced(state, flow))
    for other in OTHER_PACKETS:
        made: State | Refusal = state
        for change in other.split():
            made = made if isinstance(made, Refusal) else alter(made, f"flows.{flow}.{change}")
        if isinstance(made, State):
            yield from conversation_lines(f"{flow} {other}", traced(made, flow))


def _told(state: State, flow: str) -> Iterator[str]:
    """What is told about a conversation beside it: its events, the tables that are confused with those asked, changes that matter, faults to hide."""
    found, network = traced(state, flow), state.world.network
    for hop, identity in zip(found.hops, identities(found), strict=True):
        yield f"{identity} {is_event(hop)}"
        for lookup in rival_lookups(hop.table or "", hop.packet.dst, network, state.world.assume) if hop.table else ():
            yield f"  {lookup.kind} {lookup.table} of {lookup.owner}: {lookup.winner}"
    for option in mattering(state, state.questions[flow], found, found.hops):
        refused = f"{option.refusal.reason} {option.refusal.message}" if option.refusal else ""
        made = alter(state, option.change)
        after = traced(made, flow) if isinstance(made, State) else found
        places = [located(found, Cursor(number, step), after) for number, hop in enumerate(found.hops, 1) for step in range(len(hop.steps) + 1)]
        first = f"{first_difference(found, after)} cursors={' '.join(f'{place.hop}.{place.step}' for place in places)}"
        yield f"{option.change} {option.outcome} {refused} alters={option.alters} further={option.further} same={option.same} first={first}"
    yield from hidden_faults(state, flow, 2, 1)


def _setting(setting: Setting, state: State, number: int) -> Iterator[str]:
    names = list(state.questions)
    some = {name: state.questions[name] for name in (names[(number + each) % len(names)] for each in range(min(ASKED, len(names))))}
    yield from setting_lines(setting, State(state.world, some))
    ids = [record.id for record in state.world.network]
    chance = random.Random(setting.place)
    for value in (*chance.sample(ids, min(3, len(ids))), *chance.sample(LITERALS, 3), setting.value):
        yield from _stray(f"{setting.place}{chance.choice(('=', '=', '+=', '-='))}{value}", state)
    yield from _stray(f"{setting.place}=none", state)
    for place in _beside(setting.place):
        yield from _stray(f"{place}={setting.value}", state)
        yield from _stray(f"{place}={chance.choice(ids)}", state)


def _beside(place: str) -> Iterator[str]:
    """Rows that could stand beside that of a table: the block around its destination, a half of it, and the smallest part."""
    head, _, key = place.removesuffix("]").partition("[")
    try:
        block = parse_prefix(key)
    except ValueError:
        return
    longest = 32 if block.family == 4 else 128
    for length in dict.fromkeys((block.length - 1, block.length + 1, longest)):
        if 0 <= length <= longest:
            yield f"{head}[{prefix_of(block.first, length)}]"


def _stray(text: str, state: State) -> Iterator[str]:
    """A change that nobody offered: what AWS answers, or the command lines and the way back."""
    made, parsed = alter(state, text), changes.parse(text)
    if isinstance(made, Refusal):
        yield f"  {text} refused {made.reason} {made.error} {made.message} ({made.hint})"
    elif not isinstance(parsed, Refusal):
        yield f"  {text} taken; back by {changes.inverse(parsed, state.world.network).text}"
        now = changes.setting_at(parsed.place, made.world.network)
        yield f"    now {now.value if now else 'nothing'}"
        yield from (f"    {command}" for command in changes.commands(parsed, state.world.network))


if __name__ == "__main__":
    for asked in sys.argv[1:]:
        for name, text in networks(asked).items():
            sys.stdout.writelines(f"{line}\n" for head, lines in entries(name, text) for line in (head, *lines))
