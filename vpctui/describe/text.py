"""A conversation as text for a ticket: question, verdict, path with every check, the lookup that decided, the mend.

80 columns, aligned, readable without colour.  The lines are rows, so that a terminal may colour them.
"""

from collections.abc import Callable, Iterator

from msgspec import Struct

from vpctui.describe.beside import one_sided
from vpctui.describe.hops import hop_words
from vpctui.describe.lines import Role, Row, Span
from vpctui.describe.lookup import lookup_pane, title
from vpctui.describe.map import Places
from vpctui.describe.obstacles import Obstacle
from vpctui.describe.question import question_line
from vpctui.describe.sentences import OUTCOMES, Ending, bad_end, ending, icmp_sentence, outcome_sentence, sentence, warning_text
from vpctui.describe.status import outcome_role
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells, pad, pad_left, wrap
from vpctui.reasons import reason
from vpctui.trace import Conversation, Hop, Leg, Lookup, Verdict

WIDTH = 80


class Report(Struct, frozen=True):
    """What is told besides the conversation itself.

    `scenario` is the file's name; `changes` were made to it, in the change grammar; `command` gives the AWS CLI line of a change, or "".
    `question` is what was asked, for a conversation of which only one direction is told.
    """

    scenario: str = ""
    question: str = ""
    changes: tuple[str, ...] = ()
    command: Callable[[str], str] = lambda change: ""
    places: Places | None = None
    """What holds what, where a map shall be drawn."""
    assumptions: tuple[str, ...] = ()
    """What the conversation rests on that nobody stated."""
    obstacles: tuple[Obstacle, ...] = ()
    """What stands in the way one behind the other, where that shall be told."""


def text_rows(conversation: Conversation, report: Report, voice: Voice, width: int = WIDTH) -> tuple[Row, ...]:
    """All lines of the report."""
    return tuple(_Sheet(conversation, report, voice, width).rows())


class _Sheet:
    """One report at one width."""

    def __init__(self, conversation: Conversation, report: Report, voice: Voice, width: int) -> None:
        self.conversation, self.report, self.voice, self.width = conversation, report, voice, width
        names = ("scenario", "question", "changes", "verdict")
        self.label = max(cells(voice.word(name)) for name in names) + 2
        nodes = [cells(voice.show(hop.node)) for hop in conversation.hops]
        self.node = min(max(nodes, default=4), 24)
        self.number = len(str(len(conversation.hops))) + 1

    def rows(self) -> Iterator[Row]:
        """Top to bottom."""
        yield from self._top()
        number, told = 0, list[Leg]()
        for leg in self.conversation.legs:
            yield Row()
            title = f"{self.voice.word(leg.direction)} {self.voice.carried(leg.carries)}"
            if leg.arrives and any(same_way(leg, earlier) for earlier in told):
                yield Row((Span(f"{title}: ", "title"), Span(self.voice.word("same-way", count=len(leg.hops)))))
                number += len(leg.hops)
                continue
            told.append(leg)
            yield Row((Span(title, "title"),))
            for hop in leg.hops:
                number += 1
                yield from self._hop(hop, leg, number)
        yield from self._decided()
        yield from self._bottom()

    def _top(self) -> Iterator[Row]:
        voice, conversation = self.voice, self.conversation
        if self.report.scenario:
            yield from self._labelled("scenario", voice.show(self.report.scenario))
        yield from self._labelled("question", self.report.question or question_line(conversation, voice))
        for change in self.report.changes:
            yield from self._labelled("changes", voice.show(change), "changed")
        yield from self._labelled("verdict", verdict_words(conversation, voice), outcome_role(conversation))
        yield from self._labelled("", outcome_sentence(conversation, voice))
        if conversation.outcome in ("asymmetric", "half-open"):
            for text in one_sided(conversation, voice):
                yield from self._labelled("", text)

    def _labelled(self, name: str, text: str, role: Role = "plain") -> Iterator[Row]:
        label = self.voice.word(name) if name else ""
        for at, line in enumerate(wrap(text, self.width - self.label)):
            yield Row((Span(pad(label if at == 0 else "", self.label), "dim"), Span(line, role)))

    def _hop(self, hop: Hop, leg: Leg, number: int) -> Iterator[Row]:
        voice = self.voice
        words = hop_words(hop, leg, voice)
        bad = hop.reason is not None
        ttl = pad_left(f"ttl {words.ttl}", 7)
        indent = self.number + 1 + self.node + 2
        room = self.width - indent - cells(ttl) - 1
        role: Role = "drop" if bad else "pass" if hop.verdict in (Verdict.DELIVERED, Verdict.EXITED) else "plain"
        lead = f"{pad_left(str(number), self.number)} {pad(voice.cut_middle(voice.show(hop.node), self.node), self.node)}  "
        yield Row((Span(lead, "id"), Span(pad(voice.cut(words.did, room), room), role), Span(" " + ttl, "dim")))
        if words.route and not any(step.lookup for step in hop.steps):
            yield Row((Span(" " * indent), Span(voice.cut(words.route, self.width - indent))))
        for step in hop.steps:
            glyph = "!" if step.warning else "+" if step.passed else "x"
            for at, line in enumerate(wrap(sentence(step, voice), self.width - indent - 2)):
                shown: Role = "drop" if not step.passed else "dim"
                yield Row((Span(" " * indent), Span(f"{glyph} " if at == 0 else "  ", shown), Span(line, shown)))

    def _decided(self) -> Iterator[Row]:
        """The lookup that decided, for a conversation that went wrong."""
        lookup = deciding(self.conversation)
        if lookup is None:
            return
        yield Row()
        yield Row((Span(f"{self.voice.word('lookup')}  {title(lookup, self.voice)}", "title"),))
        for row in lookup_pane(lookup, self.width - 2, self.voice).rows:
            yield Row((Span("  "), *row.spans))

    def _bottom(self) -> Iterator[Row]:
        voice, conversation = self.voice, self.conversation
        leg = bad_end(conversation)
        end = ending(leg.last, voice) if leg is not None else None
        if leg is not None and end is not None:
            yield Row()
            yield Row((Span(f"{voice.word(leg.verdict)} {end.node}: {end.code}", "drop"),))
            yield from self._ending(end)
        if told := icmp_sentence(conversation, voice):
            yield from self._item("", told)
        for warning in conversation.warnings:
            yield Row()
            yield Row((Span(f"{warning.code} {voice.show(warning.at)}", "warn"),))
            known, said = reason(warning.code), warning_text(warning, conversation, voice)
            meaning = voice.show(known.explanation(voice.language))
            yield from self._item("evidence", said if said != meaning else "")
            yield from self._item("why", meaning)
            yield from self._item("advice", voice.show(known.fix(voice.language)))

    def _ending(self, end: Ending) -> Iterator[Row]:
        voice = self.voice
        yield from self._item("evidence", end.evidence)
        yield from self._item("why", end.explanation)
        for mend in end.mends:
            yield from self._item("mend", voice.show(mend), "setting")
            yield from self._item("cli", voice.show(self.report.command(mend)), shell=True)
        if not end.mends:
            yield from self._item("advice", end.advice)
        yield from self._item("analyzer", end.analyzer)

    def _item(self, name: str, text: str, role: Role = "plain", *, shell: bool = False) -> Iterator[Row]:
        if not text:
            return
        label = max(cells(self.voice.word(word)) for word in ("evidence", "why", "mend", "cli", "advice", "analyzer")) + 2
        first = pad(self.voice.word(name) if name else "", label)
        room = self.width - label - 2
        for at, line in enumerate(shell_lines(text, room) if shell else wrap(text, room)):
            yield Row((Span("  "), Span(first if at == 0 else " " * label, "dim"), Span(line, role)))


def same_way(leg: Leg, other: Leg) -> bool:
    """Whether two packets took the same way: the ACK of a handshake mostly repeats its SYN."""
    return [(hop.node, hop.table, hop.route, hop.verdict) for hop in leg.hops] == [(hop.node, hop.table, hop.route, hop.verdict) for hop in other.hops]


def shell_lines(command: str, width: int) -> list[str]:
    """A shell command broken before its options, so that it can be pasted as it stands."""
    lines: list[str] = []
    for part in command.replace(" --", "\n--").split("\n"):
        if lines and cells(lines[-1]) + 1 + cells(part) + 2 <= width:
            lines[-1] += f" {part}"
        else:
            lines.append(f"  {part}" if lines else part)
    return [f"{line} \\" for line in lines[:-1]] + lines[-1:]


def verdict_words(conversation: Conversation, voice: Voice) -> str:
    """The outcome as scripts know it, with its word where that says more in the language of the reader."""
    outcome = conversation.outcome
    if outcome in OUTCOMES and voice.word(outcome) != outcome:
        return f"{voice.word(outcome)} ({outcome})"
    return voice.show(outcome)


def deciding(conversation: Conversation) -> Lookup | None:
    """The last table that was asked before a packet went wrong: on the leg that ended badly, else on the return of an asymmetric flow."""
    leg = bad_end(conversation)
    if leg is None and conversation.outcome in ("asymmetric", "half-open"):
        leg = next((leg for leg in conversation.legs if leg.direction == "return"), None)
    lookups = [hop.lookup for hop in leg.hops if hop.lookup is not None] if leg is not None else []
    named = [lookup for lookup in lookups if lookup.kind != "guest"]
    return next(reversed(named or lookups), None)
