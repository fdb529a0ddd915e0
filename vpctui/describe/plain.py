"""`--plain`: the same exploration as a dialogue in lines, for screen readers and recordings.

One command a line, sentences back.  No cursor movement, no columns, no signs that carry meaning alone.
"""

from collections.abc import Callable

from msgspec import Struct

from vpctui.describe import refusals
from vpctui.describe.header import items, moment
from vpctui.describe.hops import hop_words
from vpctui.describe.lines import Layout, Row
from vpctui.describe.lookup import lookup_shown, note, target, title
from vpctui.describe.plain_words import COMMANDS, PLAIN, Command
from vpctui.describe.question import question_line
from vpctui.describe.screen import explain, trace_text
from vpctui.describe.sentences import ending, outcome_sentence, outcome_words, sentence, warning_text
from vpctui.describe.uses import values
from vpctui.describe.voice import Voice
from vpctui.exploration import Exploration, Option, Refusal
from vpctui.trace import Hop

UNBOUND = 100_000
"""Cells of a line that nobody wraps: a screen reader does."""


class Reply(Struct, frozen=True):
    """The exploration after a command, what is said, and whether the dialogue is over."""

    exploration: Exploration
    text: str
    over: bool = False


def greeting(exploration: Exploration, voice: Voice) -> str:
    """What is said first."""
    return "\n".join((where(exploration, voice), place(exploration, voice), _say(voice, "help-hint")))


def answer(exploration: Exploration, line: str, voice: Voice, *, read_only: bool = False) -> Reply:
    """Do what a line says.  An unknown command is answered with the known ones; nothing is thrown."""
    name, _, rest = line.strip().partition(" ")
    rest = rest.strip()
    if not name:
        return Reply(exploration, place(exploration, voice))
    command = next((row for row in COMMANDS if name in row.names), None)
    if command is None and "=" in line:
        command, rest = next(row for row in COMMANDS if "set" in row.names), line.strip()
    if command is None and name.isdecimal():
        command, rest = next(row for row in COMMANDS if "hop" in row.names), name
    if command is None:
        return Reply(exploration, _say(voice, "unknown", text=voice.show(line.strip()), known=", ".join(row.names[0] for row in COMMANDS)))
    if command.names[0] == "quit":
        return Reply(exploration, "", True)
    if read_only and command.changes:
        return Reply(exploration, _say(voice, "read-only"))
    return _DEEDS[command.names[0]](exploration, rest, voice)


def where(exploration: Exploration, voice: Voice) -> str:
    """The question, the outcome, and the place."""
    conversation = exploration.conversation
    asked = voice.end(question_line(conversation, voice))
    outcome = f"{voice.end(outcome_words(conversation, voice))}\n{outcome_sentence(conversation, voice)}"
    changes = _say(voice, "changed", changes=", ".join(voice.show(change) for change in exploration.changes)) if exploration.changes else ""
    warnings = [f"{warning.code}{voice.colon}{warning_text(warning, conversation, voice)}" for warning in conversation.warnings]
    return "\n".join(filter(None, (asked, outcome, changes, *warnings)))


def trace(exploration: Exploration, voice: Voice) -> str:
    """The whole conversation in sentences: every hop with its checks, and how it ended."""
    at, number, lines = exploration.first(), 0, [where(exploration, voice)]
    for leg in exploration.conversation.legs:
        for hop in leg.hops:
            number += 1
            lines.append(place(at.jump(number), voice))
            lines += _judged(hop, voice)
    return "\n".join(lines)


def place(exploration: Exploration, voice: Voice) -> str:
    """The hop or check where a person stands, in sentences."""
    hop, leg, step = exploration.hop, exploration.leg, exploration.step
    count = len(exploration.conversation.hops)
    if hop is None or leg is None:
        return _say(voice, "before-first", count=count)
    if step is not None:
        verdict = voice.word("passed" if step.passed else "failed")
        said = _say(voice, "at-check", step=exploration.cursor.step, count=len(hop.steps), node=voice.show(hop.node), verdict=verdict)
        return _joined(said, voice.end(sentence(step, voice)))
    words = hop_words(hop, leg, voice)
    way = {"direction": voice.word(leg.direction), "carries": voice.carried(leg.carries)}
    said = _say(voice, "at-hop", hop=exploration.cursor.hop, count=count, node=voice.show(hop.node), **way)
    did = _joined(said, voice.end(_semicolon(voice).join((*words.lines, f"TTL {words.ttl}"))))
    parts = [did, _say(voice, "checks", count=len(hop.steps))]
    end = ending(hop, voice)
    if end is not None:
        parts += [voice.end(f"{voice.word('evidence')}{voice.colon}{end.evidence}"), end.explanation]
        parts += [f"{voice.word('mend')}{voice.colon}{voice.show(mend)}" for mend in end.mends] or [end.advice]
    return "\n".join(parts)


def _judged(hop: Hop, voice: Voice) -> list[str]:
    """The checks of a hop, numbered, each with how it came out."""
    verdicts = [voice.word("passed" if step.passed else "failed") for step in hop.steps]
    pairs = zip(verdicts, hop.steps, strict=True)
    return [voice.end(f"{at} {verdict}{voice.colon}{sentence(step, voice)}") for at, (verdict, step) in enumerate(pairs, 1)]


def _joined(before: str, after: str) -> str:
    """Two parts of a line; after a full-width colon there is no blank."""
    return before + after if before.endswith("：") else f"{before} {after}"


def _semicolon(voice: Voice) -> str:
    return "、" if voice.language == "ja" else "; "


def _say(voice: Voice, key: str, **facts: object) -> str:
    return voice.show(PLAIN[key][voice.language == "ja"].format_map(facts))


Deed = Callable[[Exploration, str, Voice], Reply]


def _count(text: str) -> int:
    return int(text) if text.isdecimal() and 0 < int(text) < 10_000 else 1


def _went(before: Exploration, after: Exploration, end: str, voice: Voice) -> Reply:
    if after is before or after.cursor == before.cursor:
        return Reply(before, _say(voice, end))
    return Reply(after, place(after, voice))


def _hop(exploration: Exploration, rest: str, voice: Voice) -> Reply:
    count = len(exploration.conversation.hops)
    if not rest.isdecimal() or int(rest) > count:
        return Reply(exploration, _say(voice, "no-hop", text=voice.show(rest), count=count))
    after = exploration.jump(int(rest))
    return Reply(after, place(after, voice))


def _path(exploration: Exploration, rest: str, voice: Voice) -> Reply:
    lines = []
    number = 0
    for leg in exploration.conversation.legs:
        lines.append(f"{voice.word(leg.direction)} {voice.carried(leg.carries)}:")
        for hop in leg.hops:
            number += 1
            words = hop_words(hop, leg, voice)
            did = _semicolon(voice).join((*words.lines, f"TTL {words.ttl}"))
            lines.append(voice.end(f"{number} {voice.show(hop.node)}{voice.colon}{did}"))
    return Reply(exploration, "\n".join(lines))


def _checks(exploration: Exploration, rest: str, voice: Voice) -> Reply:
    hop = exploration.hop
    if hop is None or not hop.steps:
        return Reply(exploration, _say(voice, "no-checks"))
    return Reply(exploration, "\n".join(_judged(hop, voice)))


def _lookup(exploration: Exploration, rest: str, voice: Voice) -> Reply:
    lookup = lookup_shown(exploration.hop, exploration.step)
    if lookup is None:
        return Reply(exploration, voice.end(voice.word("lookup-none")))
    rows = [voice.end(f"{voice.show(row.destination)} {voice.arrow} {target(row, voice)}{voice.colon}{note(row, lookup, voice)}") for row in lookup.candidates]
    return Reply(exploration, "\n".join((title(lookup, voice) + voice.colon.rstrip(), *rows)))


def _header(exploration: Exploration, rest: str, voice: Voice) -> Reply:
    shown = moment(exploration.hop, exploration.cursor.step, voice)
    if shown.after is None:
        return Reply(exploration, voice.end(shown.title))
    before = shown.before if shown.before is not None and shown.before.family == shown.after.family else None
    return Reply(exploration, "\n".join((shown.title + voice.colon.rstrip(), *(item.text(voice) for item in items(shown.after, before, voice)))))


def _settings(exploration: Exploration, rest: str, voice: Voice) -> Reply:
    identifier = rest or (exploration.hop.node if exploration.hop else "")
    found = [f"{voice.show(at)} = {voice.show(value)}" for at, value in values(identifier, exploration.network)]
    return Reply(exploration, "\n".join(found) or _say(voice, "no-settings", node=voice.show(identifier)))


def _explain(exploration: Exploration, rest: str, voice: Voice) -> Reply:
    cursor = exploration.cursor
    key = f"step:{cursor.hop}:{cursor.step}" if cursor.step else f"resource:{exploration.hop.node}" if exploration.hop else ""
    row = Row(key="resource", resource=rest) if rest else Row(key=key, resource=exploration.hop.node if exploration.hop else "")
    pane = explain(exploration, row, Layout(tree_width=0, side_width=UNBOUND, language=voice.language, ascii=voice.ascii))
    if pane is None:
        return Reply(exploration, _say(voice, "nothing-known", node=voice.show(rest)))
    return Reply(exploration, "\n".join((voice.end(pane.title), *(found.text.strip() for found in pane.rows))))


def _set(exploration: Exploration, rest: str, voice: Voice) -> Reply:
    if not rest:
        return Reply(exploration, _say(voice, "set-what"))
    after = exploration.apply(rest)
    if isinstance(after, Refusal):
        return Reply(exploration, _refused(after, voice))
    if after is exploration:
        return Reply(exploration, _say(voice, "same", change=voice.show(rest)))
    return Reply(after, _changed(exploration, after, voice.show(rest), voice))


def _changed(before: Exploration, after: Exploration, said: str, voice: Voice) -> str:
    """What a change did to the outcome, and where a person stands now."""
    was, now = outcome_words(before.conversation, voice), outcome_words(after.conversation, voice)
    outcome = _say(voice, "outcome-same", now=now) if was == now else _say(voice, "outcome-changed", was=was, now=now)
    return "\n".join((voice.end(said), outcome, outcome_sentence(after.conversation, voice), place(after, voice)))


def _refused(refusal: Refusal, voice: Voice) -> str:
    meaning, hint = refusals.meaning(refusal, voice), refusals.hint(refusal, voice)
    parts = [_say(voice, "refused"), f"{refusal.error} {refusals.message(refusal, voice)}".strip(), meaning, f"{refusal.reason} {refusal.rule}".strip()]
    return "\n".join(part for part in (*parts, _say(voice, "try", hint=hint) if hint else "") if part)


def _options(options: tuple[Option, ...], voice: Voice) -> str:
    lines = []
    for at, option in enumerate(options, 1):
        outcome = f"{_say(voice, 'refused')} {option.refusal.reason}" if option.refusal else option.outcome or _say(voice, "untried")
        also = f" ({_say(voice, 'alters', flows=', '.join(option.alters))})" if option.alters else ""
        lines.append(f"{at} {voice.show(option.change)}: {voice.show(outcome)}{also}")
    return "\n".join(lines)


def _what_if(exploration: Exploration, rest: str, voice: Voice) -> Reply:
    options = tuple(exploration.options(rest) if rest else exploration.what_if())
    return Reply(exploration, _options(options, voice) if options else _say(voice, "no-options"))


def _back_to(exploration: Exploration, after: Exploration, said: str, nothing: str, voice: Voice) -> Reply:
    if after is exploration:
        return Reply(exploration, _say(voice, nothing))
    return Reply(after, _changed(exploration, after, _say(voice, said), voice))


def _flow(exploration: Exploration, rest: str, voice: Voice) -> Reply:
    if not rest:
        return Reply(exploration, "\n".join(voice.show(name) for name in exploration.flows))
    asked = exploration.ask(rest) if rest in exploration.flows else exploration.ask_adhoc(rest)
    return Reply(exploration, voice.show(asked)) if isinstance(asked, str) else Reply(asked, "\n".join((where(asked, voice), place(asked, voice))))


def _help(exploration: Exploration, rest: str, voice: Voice) -> Reply:
    return Reply(exploration, "\n".join(_told(command, voice) for command in COMMANDS))


def _told(command: Command, voice: Voice) -> str:
    return f"{', '.join(command.names)}{f' {command.takes}' if command.takes else ''}: {voice.show(command.help[voice.language == 'ja'])}"


_DEEDS: dict[str, Deed] = {
    "next": lambda at, rest, voice: _went(at, at.next_hop(_count(rest)), "at-last", voice),
    "back": lambda at, rest, voice: _went(at, at.previous_hop(_count(rest)), "at-first", voice),
    "check": lambda at, rest, voice: _went(at, at.next_step(_count(rest)), "at-last", voice),
    "uncheck": lambda at, rest, voice: _went(at, at.previous_step(_count(rest)), "at-first", voice),
    "first": lambda at, rest, voice: _went(at, at.first(), "at-first", voice),
    "last": lambda at, rest, voice: _went(at, at.last(), "at-last", voice),
    "return": lambda at, rest, voice: _went(at, at.other_direction(), "no-other", voice),
    "hop": _hop,
    "where": lambda at, rest, voice: Reply(at, "\n".join((where(at, voice), place(at, voice)))),
    "trace": lambda at, rest, voice: Reply(at, trace(at, voice)),
    "path": _path,
    "checks": _checks,
    "lookup": _lookup,
    "header": _header,
    "settings": _settings,
    "explain": _explain,
    "set": _set,
    "what": _what_if,
    "undo": lambda at, rest, voice: _back_to(at, at.undo(), "undone", "nothing-to-undo", voice),
    "redo": lambda at, rest, voice: _back_to(at, at.redo(), "redone", "nothing-to-redo", voice),
    "reset": lambda at, rest, voice: _back_to(at, at.reset(), "was-reset", "nothing-to-undo", voice),
    "flow": _flow,
    "report": lambda at, rest, voice: Reply(at, trace_text(at, voice.language, voice.ascii).rstrip("\n")),
    "help": _help,
}
