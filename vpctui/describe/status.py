"""The status line: which question, where in it, how it came out.  Position and verdict stay at the right edge."""

from vpctui.describe.lines import Role, Row, Span
from vpctui.describe.question import endpoints
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
    count = "" if not changes else voice.word("changes-one" if changes == 1 else "changes-many", count=changes, undo="u") + "  "
    position = voice.word("hop-of", hop=hop, count="?" if covered else len(conversation.hops))
    right = cells(count) + cells(position) + 2 + cells(verdict) + 1
    left = _left(name, conversation, max(0, width - right - 1), voice)
    room = width - right
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


def _left(name: str, conversation: Conversation, room: int, voice: Voice) -> str:
    flow, ends = voice.show(conversation.flow), endpoints(conversation, voice)
    for parts in ((voice.show(name), flow, ends), (flow, ends), (ends,)):
        text = " " + "  ".join(part for part in parts if part)
        if cells(text) <= room:
            return text
    return voice.cut(f" {flow}  {ends}", room) if room > 0 else ""
