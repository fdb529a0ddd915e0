"""What every bundled scenario does, as text: `tests/recorded/*.txt`.  A change of behaviour shows there as a difference that a person reads.

First every conversation of the file and of its named changes, check by check (after changes: of the last hop of each leg); then every setting
that can be changed, each with every outcome or the refusal, and the command lines that would do it in AWS.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.aws.tracing import lawful_hop
from vpctui.engine import change as changes
from vpctui.engine.alter import State, alter
from vpctui.engine.change import Refusal, Setting
from vpctui.engine.mends import traced
from vpctui.packet import Packet
from vpctui.scenario.changing import changed, state_of
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.scenario import Scenario
from vpctui.trace import Conversation, Hop, Step

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "tests/recorded"


def pages() -> Mapping[str, Callable[[], str]]:
    """A page for every bundled scenario, by its path."""
    return {f"{FOLDER}/{file.stem}.txt": lambda file=file: page(file) for file in sorted((ROOT / "scenarios").glob("*.yaml"))}  # type: ignore[misc]


def page(file: Path) -> str:
    """All that is recorded of one scenario.  Raises ValueError when the file has errors."""
    scenario, problems = read_scenario(file.read_bytes(), file.name)
    if scenario is None:
        raise ValueError(f"{file.name}: {problems[0].message}")
    return "\n".join((f"Written by python -m tools.generate from scenarios/{file.name}.", "", *_lines(scenario))) + "\n"


def _lines(scenario: Scenario) -> Iterator[str]:
    state = state_of(scenario)
    yield from _flows(state)
    for named in scenario.changes:
        made = changed(scenario, named.set)
        yield f"== after {', '.join(named.set)}"
        yield from [f"refused {made.reason}: {made.message}"] if isinstance(made, Refusal) else _flows(made, brief=True)
    yield "== settings"
    for record in scenario.network:
        for setting in changes.settings(record.id, scenario.network):
            yield from setting_lines(setting, state)


def _flows(state: State, *, brief: bool = False) -> Iterator[str]:
    for name in state.questions:
        yield from conversation_lines(name, traced(state, name), brief=brief)


def conversation_lines(name: str, found: Conversation, *, brief: bool = False) -> Iterator[str]:
    """One conversation: legs, hops, checks (where it is brief: of the last hop of each leg), warnings."""
    yield f"-- {name}: {found.outcome}"
    if found.icmp is not None:
        yield f"reported by {found.icmp.sender} mtu={found.icmp.mtu} arrives={found.icmp.arrives}"
    for leg in (*found.legs, *([found.icmp.leg] if found.icmp is not None else [])):
        yield f"{leg.direction} {leg.carries}: {leg.verdict.value} {leg.reason or ''}".rstrip()
        for hop in leg.hops:
            yield from _hop(lawful_hop(hop), checks=not brief or hop is leg.last)
    for warning in found.warnings:
        yield f"warning {warning.code} {_facts(warning.facts)}"


def _hop(hop: Hop, *, checks: bool) -> Iterator[str]:
    way = f"table={hop.table} route={hop.route} target={hop.target}" if hop.table or hop.route or hop.target else ""
    yield f" {hop.node} {hop.verdict.value} {hop.reason or ''} {_packet(hop.packet)} {way}".replace("  ", " ").rstrip()
    yield from (f"    {_step(step)}" for step in hop.steps if checks)
    mends = getattr(hop.action, "mends", ())
    if mends:
        yield f"    mends: {', '.join(mends)}"


def _packet(packet: Packet) -> str:
    flags = packet.tcp_flags or (f"{packet.icmp_type}/{packet.icmp_code}" if packet.is_icmp else "-")
    inside = f" [{packet.tunnel} {packet.virtual_network} {packet.dscp} {_packet(packet.inside)}]" if packet.inside else ""
    return f"{packet.socket('src')} > {packet.socket('dst')} {packet.protocol} {flags} ttl={packet.ttl} size={packet.size}{inside}"


def _step(step: Step) -> str:
    parts = [step.rule + ("" if step.passed else " FAILED"), _facts(step.facts)]
    parts += [f"{name}={value}" for name, value in (("decider", step.decider), ("setting", step.setting), ("warning", step.warning)) if value]
    parts += [f"remembers={','.join(sorted({memo.owner for memo in step.remembers}))}"] if step.remembers else []
    parts += [f"choices={','.join(step.choices)}"] if step.choices else []
    if step.lookup:
        rows = "; ".join(f"{row.destination} {row.target} {row.state} {row.note}" for row in step.lookup.candidates)
        parts.append(f"{step.lookup.kind} {step.lookup.table} of {step.lookup.owner}: {rows}")
    return " ".join(filter(None, parts))


def _facts(facts: Mapping[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in facts.items())


def setting_lines(setting: Setting, state: State) -> Iterator[str]:
    """One setting: each value that it offers, with every outcome or the refusal, and the command lines."""
    yield f"{setting.place}: {setting.value}"
    for value in setting.choices:
        if value == setting.value:
            continue
        text = f"{setting.place}={value}"
        yield f"  ={value} {_tried(text, state)}"
        parsed = changes.parse(text)
        if not isinstance(parsed, Refusal):
            yield from (f"    {command}" for command in changes.commands(parsed, state.world.network))


def _tried(text: str, state: State) -> str:
    made = alter(state, text)
    if isinstance(made, Refusal):
        return f"refused {made.reason} {made.error} {made.message} ({made.hint})"
    return "; ".join(dict.fromkeys(_outcome(traced(made, name)) for name in made.questions))


def _outcome(found: Conversation) -> str:
    """How a flow comes out, where it ended, and what would mend it."""
    mends = getattr(found.legs[-1].last.action, "mends", ())
    mended = f" (mends: {', '.join(mends)})" if mends else ""
    return f"{found.outcome} {found.legs[-1].reason or ''} at {found.legs[-1].last.node}{mended}".replace("  ", " ")
