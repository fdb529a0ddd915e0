"""A conversation as Markdown for a ticket: question, verdict, path as a table, the lookup that decided, the mend with its command lines,
what was assumed.

Text from a file is escaped, so that no id becomes markup, a link or a mention.
"""

import re
from collections.abc import Iterator

from vpctui.describe.hops import hop_words
from vpctui.describe.lookup import note, target, title
from vpctui.describe.map import Places, map_pane
from vpctui.describe.question import question_line
from vpctui.describe.sentences import Ending, bad_end, ending, outcome_sentence, sentence, warning_text
from vpctui.describe.text import Report, deciding, same_way, verdict_words
from vpctui.describe.voice import Voice
from vpctui.reasons import reason
from vpctui.trace import Conversation, Hop, Leg, Lookup

MAP_WIDTH = 78
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~@!$&])")


def escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", text)


def code(text: str) -> str:
    """Text as code, whatever backquotes it holds; a table's bar stays a bar."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    blank = " " if longest else ""
    return f"{fence}{blank}{text}{blank}{fence}".replace("|", "\\|")


def markdown(conversation: Conversation, report: Report, voice: Voice) -> str:
    """The whole document."""
    return "\n".join(_lines(conversation, report, voice)).rstrip("\n") + "\n"


def _lines(conversation: Conversation, report: Report, voice: Voice) -> Iterator[str]:
    yield f"## {escaped(voice.show(report.scenario or conversation.flow))}{voice.colon}{escaped(verdict_words(conversation, voice))}"
    yield ""
    yield f"{escaped(report.question or question_line(conversation, voice))}"
    yield ""
    yield f"**{escaped(outcome_sentence(conversation, voice))}**"
    yield ""
    if report.changes:
        yield f"{voice.word('changes')}{voice.colon}{', '.join(code(voice.show(change)) for change in report.changes)}"
        yield ""
    if report.places is not None:
        yield from _map(conversation, report.places, voice)
    yield from _legs(conversation, voice)
    lookup = deciding(conversation)
    if lookup is not None:
        yield from _lookup(lookup, voice)
    leg = bad_end(conversation)
    end = ending(leg.last, voice) if leg is not None else None
    if end is not None:
        yield from _ending(end, report, voice)
    if len(report.obstacles) > 1:
        yield from _obstacles(report, voice)
    for warning in conversation.warnings:
        known, said = reason(warning.code), warning_text(warning, conversation, voice)
        told = " ".join(voice.end(text) for text in dict.fromkeys((said, voice.show(known.explanation(voice.language)))))
        yield f"> {escaped(f'{warning.code} {voice.show(warning.at)}')}{voice.colon}{escaped(told)} {escaped(known.fix(voice.language))}"
        yield ""
    if report.assumptions:
        yield f"### {voice.word('assumptions')}"
        yield ""
        yield from (f"- {escaped(told)}" for told in report.assumptions)
        yield ""


def _map(conversation: Conversation, places: Places, voice: Voice) -> Iterator[str]:
    """The picture, in a fence that no id can close."""
    lines = [row.text.rstrip() for row in map_pane(conversation, places, 0, MAP_WIDTH, voice).rows]
    longest = max((len(run) for line in lines for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}text", *lines, fence, "")


def _legs(conversation: Conversation, voice: Voice) -> Iterator[str]:
    number = 0
    told: list[Leg] = []
    for leg in conversation.legs:
        yield f"### {voice.word(leg.direction)} {escaped(voice.carried(leg.carries))}"
        yield ""
        if leg.arrives and any(same_way(leg, earlier) for earlier in told):
            yield voice.word("same-way", count=len(leg.hops))
            yield ""
            number += len(leg.hops)
            continue
        told.append(leg)
        yield f"| # | {voice.word('hop')} | | ttl |"
        yield "|--:|---|---|--:|"
        for hop in leg.hops:
            number += 1
            yield _row(number, hop, leg, voice)
        yield ""


def _row(number: int, hop: Hop, leg: Leg, voice: Voice) -> str:
    words = hop_words(hop, leg, voice)
    failed = [sentence(step, voice) for step in hop.steps if not step.passed]
    did = "<br>".join(escaped(text) for text in (*words.lines, *failed))
    return f"| {number} | {code(voice.show(hop.node))} | {f'**{did}**' if hop.reason else did} | {words.ttl} |"


def _lookup(lookup: Lookup, voice: Voice) -> Iterator[str]:
    yield f"### {voice.word('lookup')}{voice.colon}{escaped(title(lookup, voice))}"
    yield ""
    yield f"| {voice.word('to')} | {voice.word('target')} | |"
    yield "|---|---|---|"
    for row in lookup.candidates:
        won = row.note == "ROUTE_WON"
        said = escaped(note(row, lookup, voice))
        yield f"| {code(voice.show(row.destination))} | {code(target(row, voice))} | {f'**{said}**' if won else said} |"
    yield ""


def _ending(end: Ending, report: Report, voice: Voice) -> Iterator[str]:
    yield f"### {end.code} ({escaped(end.node)})"
    yield ""
    if end.evidence:
        yield f"- {voice.word('evidence')}{voice.colon}{escaped(end.evidence)}"
    yield f"- {voice.word('why')}{voice.colon}{escaped(end.explanation)}"
    for mend in end.mends:
        yield f"- {voice.word('mend')}{voice.colon}{code(voice.show(mend))}"
    if not end.mends and end.advice:
        yield f"- {voice.word('advice')}{voice.colon}{escaped(end.advice)}"
    if end.analyzer:
        yield f"- Reachability Analyzer{voice.colon}{code(end.analyzer)}"
    yield ""
    commands = [voice.show(command) for mend in end.mends if (command := report.command(mend))]
    if commands:
        yield "```sh"
        yield from commands
        yield "```"
        yield ""


def _obstacles(report: Report, voice: Voice) -> Iterator[str]:
    """What comes after the first one: whoever mends that alone opens the ticket again."""
    yield f"### {voice.word('all-obstacles')}"
    yield ""
    yield f"| # | {voice.word('hop')} | {voice.word('obstacle')} | {voice.word('mend')} |"
    yield "|--:|---|---|---|"
    for number, each in enumerate(report.obstacles, 1):
        yield f"| {number} | {code(voice.show(each.node))} | {each.code} | {code(voice.show(each.mend)) if each.mend else ''} |"
    yield ""
    commands = [voice.show(command) for each in report.obstacles for command in each.commands]
    if commands:
        yield from ("```sh", *commands, "```", "")
