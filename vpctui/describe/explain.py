"""`enter`: why not this route, where this resource is used, what this check means."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from vpctui.address import Prefix, bits, parse_address, parse_prefix
from vpctui.describe.lines import Pane, Role, Row, Span
from vpctui.describe.lookup import lookup_pane, note, target
from vpctui.describe.sentences import ending, sentence
from vpctui.describe.tree import touched
from vpctui.describe.uses import Uses, uses, values
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells, pad, wrap
from vpctui.engine.network import Network
from vpctui.engine.registry import RULES
from vpctui.reasons import reasons
from vpctui.trace import Candidate, Conversation, Hop, Lookup, Step

RIVALS_SHOWN = 8
"""Other tables that are asked: a VPC may have hundreds, and each costs a lookup."""
INTERFACES = 8
"""Interfaces of a machine whose uses are listed with its own: routes name the interface, not the machine."""


class Page(Struct, frozen=True):
    """Rows that are written one below the other, at one width."""

    width: int
    voice: Voice

    def title(self, text: str) -> Row:
        """A heading."""
        return Row((Span(self.voice.cut(f" {text}", self.width), "title"),))

    def text(self, text: str, role: Role = "plain", indent: int = 2) -> Iterator[Row]:
        """A sentence."""
        for line in wrap(text, max(10, self.width - indent - 1)):
            yield Row((Span(" " * indent), Span(line, role)))

    def item(self, label: str, text: str, label_width: int, role: Role = "plain", setting: str = "", resource: str = "") -> Iterator[Row]:
        """A label and what belongs to it."""
        for at, line in enumerate(wrap(text, max(10, self.width - label_width - 5))):
            lead = (Span("  "), Span(pad(label if at == 0 else "", label_width), "dim"), Span("  "))
            yield Row((*lead, Span(line, role)), setting=setting, resource=resource)


def explain_route(row: Candidate, lookup: Lookup, rivals: tuple[Lookup, ...], page: Page) -> Pane:
    """Why a route won or lost: bit by bit, beside all rows of its table, and beside what other tables would say."""
    voice = page.voice
    route = f"{voice.show(row.destination)} {voice.arrow} {target(row, voice)}"
    rows: list[Row] = []
    asked = voice.word("asked-for", table=lookup.table or lookup.owner, asked=lookup.asked, note=note(row, lookup, voice))
    rows += page.text(asked, "pass" if row.note == "ROUTE_WON" else "plain")
    rows += _bits(row, lookup, page)
    known = reasons().get(row.note)
    if known is not None and row.note != "ROUTE_WON":
        rows += page.text(voice.show(known.explanation(voice.language)))
        rows += page.text(voice.show(known.fix(voice.language)), "dim")
    rows.append(page.title(voice.word("whole-table", table=lookup.table or lookup.owner)))
    rows += [Row((Span(" "), *found.spans), setting=found.setting, resource=found.resource) for found in lookup_pane(lookup, page.width - 2, voice).rows]
    if rivals:
        rows.append(page.title(voice.word("rivals")))
        rows += _rivals(rivals[:RIVALS_SHOWN], page)
        if len(rivals) > RIVALS_SHOWN:
            rows += page.text(voice.word("rivals-more"), "dim")
    return Pane(voice.word("why-won" if row.note == "ROUTE_WON" else "why-not", route=route), tuple(rows))


def _rivals(rivals: tuple[Lookup, ...], page: Page) -> Iterator[Row]:
    voice = page.voice
    names = [voice.show(rival.table) for rival in rivals]
    wide = min(max(cells(name) for name in names), page.width // 3)
    for rival, name in zip(rivals, names, strict=True):
        won = rival.winner
        said = f"{voice.show(won.destination)} {voice.arrow} {target(won, voice)}" if won else voice.word("rival-none")
        user = voice.show(rival.owner) or voice.word("used-by-nobody")
        yield from page.item(voice.cut_middle(name, wide), f"{said}  ({user})", wide, setting=won.place if won else "", resource=rival.table)


def _bits(row: Candidate, lookup: Lookup, page: Page) -> Iterator[Row]:
    """The prefix above the address, bit by bit, and where they part; IPv6 only in as many groups as are needed."""
    try:
        prefix, asked = parse_prefix(row.destination), parse_address(lookup.asked)
    except ValueError:
        return
    if prefix.family != asked.family or (row.note == "ROUTE_NO_MATCH" and not row.bit):
        return
    shown = bits(prefix.family) if prefix.family == 4 else min(128, -(-max(prefix.length, 16) // 16) * 16)
    group = 8 if prefix.family == 4 else 16
    if shown + shown // group + 20 > page.width:
        shown = min(shown, (page.width - 20) * group // (group + 1) // group * group)
    label = max(len(str(prefix)), len(str(asked)))
    yield Row((Span("  "), Span(f"{prefix!s:{label}}  ", "id"), Span(_binary(prefix, shown, group))))
    yield Row((Span("  "), Span(f"{asked!s:{label}}  ", "id"), Span(_binary(Prefix(asked.family, asked.value, bits(asked.family)), shown, group))))
    if row.bit and row.bit <= shown:
        at = row.bit - 1
        yield Row((Span(" " * (label + 4 + at + at // group)), Span("^", "drop"), Span(f" {page.voice.word('differs', bit=row.bit)}", "drop")))


def _binary(prefix: Prefix, shown: int, group: int) -> str:
    """The first bits of a prefix, those that it does not fix as dots."""
    width = bits(prefix.family)
    text = f"{prefix.value:0{width}b}"[:shown]
    text = "".join(bit if at < prefix.length else "." for at, bit in enumerate(text))
    return " ".join(text[at : at + group] for at in range(0, shown, group))


def explain_step(step: Step, page: Page) -> Pane:
    """What a check means: its sentence, the rule and where it comes from, the values it compared, the setting behind it."""
    voice = page.voice
    rule = RULES.get(step.rule)
    facts = ", ".join(f"{name} {value}" for name, value in step.facts.items() if value != "")
    items = [
        ("found", sentence(step, voice), "plain" if step.passed else "drop", ""),
        ("rule", f"{step.rule} ({voice.word('passed' if step.passed else 'failed')})", "plain", ""),
        ("sources", rule.source if rule else "", "plain", ""),
        ("decided-by", step.decider, "plain", ""),
        ("looked-at", step.setting, "setting", step.setting),
        ("facts", facts, "dim", ""),
        ("chosen-from", ", ".join(step.choices), "plain", ""),
        ("remembered", ", ".join(dict.fromkeys(memo.owner for memo in step.remembers)), "plain", ""),
    ]
    label = max(cells(voice.word(name)) for name, _, _, _ in items)
    rows: list[Row] = []
    for name, text, role, setting in items:
        if text:
            rows += page.item(voice.word(name), voice.show(text), label, _role(role), setting)
    return Pane(voice.word("check"), tuple(rows))


def _role(name: str) -> Role:
    roles: Mapping[str, Role] = {"drop": "drop", "setting": "setting", "dim": "dim"}
    return roles.get(name, "plain")


def explain_end(hop: Hop, page: Page) -> Pane | None:
    """Why a packet ended: reason, evidence, mends, advice."""
    voice = page.voice
    end = ending(hop, voice)
    if end is None:
        return None
    items = [("evidence", end.evidence), ("why", end.explanation), *(("mend", voice.show(mend)) for mend in end.mends)]
    items += [("advice", end.advice), ("analyzer", end.analyzer)]
    label = max(cells(voice.word(name)) for name, _ in items)
    rows: list[Row] = []
    for name, text in items:
        if text:
            rows += page.item(voice.word(name), text, label, "setting" if name == "mend" else "plain")
    return Pane(f"{end.code} {voice.rule * 2} {end.node}", tuple(rows))


def explain_resource(
    identifier: str, base: Network, network: Network, changed: tuple[str, ...], conversation: Conversation, flows: Mapping[str, tuple[str, ...]], page: Page
) -> Pane | None:
    """Where a resource is used: settings and tables that name it, flows, hops of this conversation; and its own settings."""
    voice = page.voice
    if network.get(identifier) is None:
        return None
    rows: list[Row] = []
    own = list(values(identifier, network))
    if own:
        rows.append(page.title(voice.word("its-settings")))
        rows += [Row((Span(f"  {voice.show(place)} = "), Span(voice.show(value), "setting")), setting=place, resource=identifier) for place, value in own]
    for named_thing in (identifier, *network.ids(("attached", identifier))[:INTERFACES]):
        rows += _used(named_thing, uses(named_thing, base, network, changed), page)
    named = [name for name, ids in flows.items() if identifier in ids]
    if named:
        rows.append(page.title(voice.word("flows")))
        rows += page.text(", ".join(voice.show(name) for name in named))
    rows += _appearances(identifier, conversation, page)
    return Pane(voice.show(identifier), tuple(rows))


def _used(identifier: str, found: Uses, page: Page) -> Iterator[Row]:
    """The places that name it, to be opened or flipped."""
    voice = page.voice
    yield page.title(voice.word("used-in", node=voice.show(identifier)))
    for use in found.shown:
        text = f"{voice.show(use.place)} = {voice.show(use.value)}" if use.setting else f"{voice.show(use.place)} ({use.value})"
        yield Row((Span(voice.cut(f"  {text}", page.width)),), setting=use.place if use.setting else "", resource=use.record)
    if found.more:
        yield from page.text(voice.word("uses-more", count=f"{found.more:,}"), "dim")
    if not found.shown:
        yield from page.text(voice.word("not-used"), "dim")


def _appearances(identifier: str, conversation: Conversation, page: Page) -> Iterator[Row]:
    """The hops that touch it."""
    if identifier not in touched(conversation):
        return
    voice = page.voice
    yield page.title(voice.word("on-this-path"))
    pairs = [(leg, hop) for leg in conversation.legs for hop in leg.hops]
    for number, (leg, hop) in enumerate(pairs, 1):
        said = _said_at(identifier, hop, voice)
        if said:
            yield from page.text(f"{number} {voice.word(leg.direction)} {voice.carried(leg.carries)} {voice.show(hop.node)}: {said}")


def _said_at(identifier: str, hop: Hop, voice: Voice) -> str:
    """The first check of a hop that speaks of it."""
    for step in hop.steps:
        if identifier in step.facts.values() or step.setting.startswith((f"{identifier}.", f"{identifier}[")):
            return sentence(step, voice)
    return voice.word(hop.verdict) if hop.node == identifier else ""
