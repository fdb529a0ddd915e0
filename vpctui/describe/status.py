"""The status line: which question, where in it, how it came out.  Position and verdict stay at the right edge."""

from vpctui.describe.lines import Role, Row, Span
from vpctui.describe.question import destination, endpoints
from vpctui.describe.sentences import bad_end, outcome_words
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells, pad
from vpctui.trace import Conversation, Verdict


def outcome_role(conversation: Conversation) -> Role:
    """How the outcome looks."""
    leg = bad_end(conversation)
    if leg is not None and leg.verdict is Verdict.STOPPED:
        return "warn"
    if conversation.outcome == "ok":
        return "pass"
    return "warn" if conversation.outcome == "asymmetric" else "drop"


def status_row(name: str, conversation: Conversation, hop: int, changes: int, width: int, voice: Voice, *, covered: bool = False) -> Row:
    """The line in exactly so many cells; what does not fit goes from the left part, the scenario's name first.

    `covered`: neither how it comes out nor how long it takes.
    """
    verdict = "?" if covered else outcome_words(conversation, voice)
    position = voice.word("hop-of", hop=hop, count="?" if covered else len(conversation.hops))
    free = width - cells(position) - 2 - cells(verdict) - 1
    left, count = _left(name, conversation, changes, max(0, free - 1), voice)
    room = free - cells(count)
    return Row(
        (
            Span(pad(left, room), "title"),
            Span(count, "changed"),
            Span(position + "  "),
            Span(voice.cut(verdict, max(1, width - 1 - cells(count) - cells(position) - 2)), "plain" if covered else outcome_role(conversation)),
            Span(" "),
        ),
        key="status",
    )


def _left(name: str, conversation: Conversation, changes: int, room: int, voice: Voice) -> tuple[str, str]:
    """What was asked, and the count of changes, in so many cells: no address is cut as long as leaving something else out helps."""
    flow, ends = voice.show(conversation.flow), endpoints(conversation, voice)
    short, shortest = destination(conversation, voice, protocol=True), destination(conversation, voice, protocol=False)
    tried = (
        ((voice.show(name), flow, ends), ""),
        ((flow, ends), ""),
        ((flow, ends), "-short"),
        ((flow, short), ""),
        ((flow, short), "-short"),
        ((flow, shortest), "-short"),
        ((flow, shortest), "-bare"),
        ((shortest,), "-bare"),
    )
    for parts, form in tried:
        text, count = " " + "  ".join(part for part in parts if part), _count(changes, form, voice)
        if cells(text) + cells(count) <= room:
            return text, count
    rest = room - cells(count)
    return (voice.cut(f" {flow}  {shortest}", rest) if rest > 0 else ""), count


def _count(changes: int, form: str, voice: Voice) -> str:
    return "" if not changes else voice.word(("changes-one" if changes == 1 else "changes-many") + form, count=changes, undo="u") + "  "
