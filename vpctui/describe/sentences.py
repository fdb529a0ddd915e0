"""Facts into sentences: what a check found, why a packet ended and what would mend it, how a conversation came out."""

from msgspec import Struct

from vpctui.describe.voice import Voice
from vpctui.engine.registry import RULES
from vpctui.reasons import reason, reasons
from vpctui.trace import Conversation, Drop, Facts, Hop, Leg, Step, Verdict, Warning

OUTCOMES = ("ok", "asymmetric", "half-open")


class _Filled(dict[str, object]):
    """Facts of a step; one that a sentence asks for and nobody gave is shown as a question, not as a traceback."""

    def __missing__(self, name: str) -> str:
        return f"<{name}?>"


def fill(text: str, facts: Facts) -> str:
    """A sentence with its places filled in."""
    return text.format_map(_Filled(facts))


def sentence(step: Step, voice: Voice) -> str:
    """What a step found, in one sentence without a full stop."""
    rule = RULES.get(step.rule)
    if rule is None:
        facts = ", ".join(f"{name} {value}" for name, value in step.facts.items())
        return voice.show(f"{step.rule}: {facts}" if facts else step.rule)
    said = rule.passed if step.passed or rule.failed is None else rule.failed
    return voice.show(_tidy(fill(said.ja if voice.language == "ja" else said.en, step.facts)))


def _tidy(text: str) -> str:
    """Without the gap that an empty fact leaves (a protocol without ports)."""
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip()


def warning_sentence(step: Step, voice: Voice) -> str:
    """What a step warns of; empty when it does not."""
    if not step.warning:
        return ""
    known = reasons().get(step.warning)
    return voice.show(known.explanation(voice.language) if known else step.warning)


class Ending(Struct, frozen=True):
    """Why a packet ended: the check that ended it as a sentence (the evidence: what was compared with what), the reason and its mend.

    `mends` are changes in the change grammar, the smallest first.  `analyzer` is the code of Reachability Analyzer, or empty.
    """

    node: str
    code: str
    evidence: str
    explanation: str
    advice: str
    mends: tuple[str, ...] = ()
    analyzer: str = ""
    step: int = -1
    """Index of the step that is the evidence; -1 where no step tells more than the reason."""


def ending(hop: Hop, voice: Voice) -> Ending | None:
    """How a hop ended its packet badly; None where it did not."""
    if hop.reason is None:
        return None
    why = reason(hop.reason)
    step = _evidence(hop)
    return Ending(
        node=voice.show(hop.node),
        code=hop.reason,
        evidence=sentence(hop.steps[step], voice) if step >= 0 else "",
        explanation=voice.show(why.explanation(voice.language)),
        advice=voice.show((reason("ROUTING_LOOP") if hop.circled else why).fix(voice.language)),
        mends=hop.action.mends if isinstance(hop.action, Drop) and not hop.looped else (),
        analyzer=why.reachability_code or "",
        step=step,
    )


def _evidence(hop: Hop) -> int:
    """The step that failed; in a loop the table that sends the packet round; else the last step, which said where it was about to go."""
    last_first = range(len(hop.steps) - 1, -1, -1)
    failed = next((at for at in last_first if not hop.steps[at].passed), -1)
    asked = next((at for at in last_first if hop.steps[at].lookup is not None), -1) if hop.looped and failed < 0 else -1
    return max(failed, asked) if max(failed, asked) >= 0 else len(hop.steps) - 1


def bad_end(conversation: Conversation) -> Leg | None:
    """The first leg whose packet did not arrive."""
    return next((leg for leg in conversation.legs if not leg.arrives), None)


def outcome_words(conversation: Conversation, voice: Voice) -> str:
    """The verdict in a few words, for a status line: `ok`, `DROP ENI_SRC_DST_CHECK_IN i-fw`, `half-open APPLIANCE_STATE_MISS i-fw`."""
    leg = bad_end(conversation)
    known = conversation.outcome in OUTCOMES
    said = voice.word(conversation.outcome) if known else voice.word(leg.verdict) if leg else voice.show(conversation.outcome)
    return f"{said} {leg.reason} {voice.show(leg.last.node)}" if leg is not None else said


def result_words(outcome: str, voice: Voice) -> str:
    """An outcome as a file expects it, in words: `ok`, `forward:NO_ROUTE`; text that is none of them stays as it is."""
    if outcome in OUTCOMES:
        return voice.word(outcome)
    direction, colon, code = outcome.partition(":")
    return voice.word(f"{direction}-ended", reason=code) if colon and direction in ("forward", "return") else voice.show(outcome)


def icmp_sentence(conversation: Conversation, voice: Voice) -> str:
    """Who reports the drop by ICMP, and whether the sender hears of it; empty where nobody does."""
    report = conversation.icmp
    if report is None:
        return ""
    about_size = ("icmp-lost", "icmp-arrives") if report.mtu else ("icmp-untold", "icmp-told")
    return voice.word(about_size[report.arrives], sender=report.sender, mtu=report.mtu)


def outcome_sentence(conversation: Conversation, voice: Voice) -> str:
    """The verdict as a sentence."""
    if conversation.outcome == "ok" and len(conversation.legs) == 1:
        return voice.word("outcome-one-way")
    leg = bad_end(conversation)
    if conversation.outcome in OUTCOMES or leg is None:
        key = f"outcome-{conversation.outcome}"
        return voice.word(key) if conversation.outcome in OUTCOMES else voice.show(conversation.outcome)
    key = {Verdict.LOOPED: "outcome-loop", Verdict.STOPPED: "outcome-stop"}.get(leg.verdict, "outcome-drop")
    return voice.word(key, carries=voice.carried(leg.carries), node=leg.last.node, direction=voice.word(leg.direction))


def warning_text(warning: Warning, conversation: Conversation, voice: Voice) -> str:
    """A warning of a conversation: what the check that raised it found there, else what the warning means."""
    for hop in conversation.hops:
        for step in hop.steps:
            if step.warning == warning.code and hop.node == warning.at:
                return sentence(step, voice)
    known = reasons().get(warning.code)
    return voice.show(known.explanation(voice.language) if known else warning.code)
