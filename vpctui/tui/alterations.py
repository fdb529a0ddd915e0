"""Changing the network: flip, choose a value, what if, undo, redo, back to the file."""

from collections.abc import Sequence
from functools import partial

from vpctui.describe import refusals
from vpctui.describe.lines import Role, Row, Span
from vpctui.describe.sentences import result_words
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells, wrap
from vpctui.exploration import Option, Refusal
from vpctui.tui.desk import Desk, does
from vpctui.tui.overlay import Choice, Overlay
from vpctui.tui.prompt import Prompt

ON_OFF = frozenset({"on", "off"})


def apply(desk: Desk, change: str) -> None:
    """Make a change and mark what it did, or show why AWS refuses it."""
    if desk.settings.read_only:
        desk.tell("read-only")
        return
    before = desk.exploration
    result = before.apply(change)
    if isinstance(result, Refusal):
        desk.open(Overlay(desk.say("refused"), refusal_rows(desk, change, result)))
    elif result is before:
        desk.tell("same", change=change)
    else:
        desk.go(result, before)
        desk.tell("done", change=change, undo=desk.keymap.key("change.undo"))


def refusal_rows(desk: Desk, change: str, refusal: Refusal) -> list[Row]:
    """Which rule, why, what breaks it, and what would make it legal."""
    voice = _voice(desk)
    said: list[tuple[str, str, Role]] = [
        ("refused-change", change, "plain"),
        ("refused-error", refusal.error, "refused"),
        ("refused-reason", refusals.meaning(refusal, voice), "plain"),
        ("refused-message", refusals.message(refusal, voice), "plain"),
        ("refused-rule", f"{refusal.rule} {refusal.reason}".strip(), "plain"),
        ("refused-hint", refusals.hint(refusal, voice), "pass"),
    ]
    said = [row for row in said if row[1]]
    labels = max(cells(desk.say(label)) for label, _, _ in said)
    rows: list[Row] = []
    for label, text, role in said:
        name = desk.say(label)
        for at, part in enumerate(wrap(text, desk.size[0] - labels - 4)):
            filled = (name if at == 0 else "") + " " * (labels - (cells(name) if at == 0 else 0))
            rows.append(Row((Span(f" {filled}  ", "dim"), Span(part, role))))
    return rows


def _voice(desk: Desk) -> Voice:
    return Voice(desk.settings.language, desk.settings.ascii)


def _outcome_role(option: Option) -> Role:
    if option.refusal is not None:
        return "refused"
    return "dim" if option.current else outcome_role(option.outcome)


def outcome_role(outcome: str) -> Role:
    """How an outcome looks."""
    if outcome == "ok":
        return "pass"
    return "warn" if outcome in ("asymmetric", "half-open") else "drop"


def _choices(desk: Desk, options: Sequence[Option]) -> list[Choice]:
    """One row per option: its label, then the outcome that it would have; its change, or the refusal, below the list."""
    columns = desk.size[0]
    labels = min(max(cells(option.label) for option in options), columns // 2 + 4)
    choices = []
    for number, option in enumerate(options, 1):
        key = f" {number} " if number < 10 else "   "
        label = option.label + " " * (labels - cells(option.label))
        outcome = _outcome(desk, option)
        row = Row((Span(key, "key"), Span(label), Span("  " + outcome, _outcome_role(option))), key=option.change)
        choices.append(Choice(row, partial(_take, desk, option), _detail(desk, option)))
    return choices


def _outcome(desk: Desk, option: Option) -> str:
    if option.refusal:
        return f"{desk.say('refused-word')}: {option.refusal.reason}"
    outcome = result_words(option.outcome, _voice(desk)) if option.outcome else desk.say("untried")
    if option.current:
        return f"{outcome}  {desk.say('as-now')}"
    return outcome + (f"  {desk.say('alters-count', count=len(option.alters))}" if option.alters else "")


def _detail(desk: Desk, option: Option) -> tuple[Row, ...]:
    if option.refusal is None:
        said = [desk.say("further")] if option.further else []
        told = {"also-mends": option.mends, "also-breaks": option.breaks}
        otherwise = tuple(name for name in option.alters or () if name not in option.mends + option.breaks)
        said += [desk.say(key, flows=", ".join(names)) for key, names in {**told, "alters": otherwise}.items() if names]
        return (Row((Span(f" {option.change}", "dim"),)), Row((Span(f" {'; '.join(said)}", "warn"),)))
    voice = _voice(desk)
    said = [refusals.meaning(option.refusal, voice) or refusals.message(option.refusal, voice), refusals.hint(option.refusal, voice)]
    return tuple(Row((Span(f" {text}", "plain"),)) for text in said)


def _take(desk: Desk, option: Option) -> None:
    desk.close()
    apply(desk, option.change)


@does("setting.flip")
def flip(desk: Desk, count: int) -> None:
    """Flip an on/off setting at once; offer the values of any other; without a setting, offer what matters here."""
    if desk.row is not None and desk.row.setting:
        flip_place(desk, desk.row.setting)
    else:
        what_if(desk, count)


def flip_place(desk: Desk, place: str) -> None:
    """Flip a switch at once; offer the values of any other setting, each with its outcome; ask for a value where none can be offered."""
    options = desk.exploration.options(place)
    if len(options) < 2:
        type_value(desk, place)
    elif len(options) == 2 and all(_value(option) in ON_OFF for option in options):
        apply(desk, next(option.change for option in options if not option.current))
    else:
        at = next((at for at, option in enumerate(options) if not option.current), 0)
        other = Choice(Row((Span("   "), Span(desk.say("type-value"), "dim"))), partial(_type_value, desk, place))
        desk.open(Overlay(desk.say("options", place=place), (), [*_choices(desk, options), other], at=at))


def _type_value(desk: Desk, place: str) -> None:
    desk.close()
    type_value(desk, place)


def type_value(desk: Desk, place: str) -> None:
    """Let the value be typed, starting from the present one."""
    setting = desk.exploration.setting(place)
    if setting is None:
        desk.tell("no-options", place=place)
    elif desk.settings.read_only:
        desk.tell("read-only")
    else:
        value = "" if setting.value == "none" else setting.value
        desk.ask(Prompt("command", desk.say("command-label"), lambda text: (), f"{setting.place}={value}"))


def _value(option: Option) -> str:
    return option.change.rpartition("=")[2]


@does("what-if")
def what_if(desk: Desk, count: int) -> None:
    """All changes that matter for this hop, each with the outcome that it would have."""
    options = desk.exploration.what_if()
    if not options:
        desk.tell("no-what-if")
        return
    desk.open(Overlay(desk.say("what-if", outcome=result_words(desk.exploration.conversation.outcome, _voice(desk))), (), _choices(desk, options)))


@does("change.undo")
def undo(desk: Desk, count: int) -> None:
    """Take back the last change, or so many."""
    before = after = desk.exploration
    for _ in range(max(1, count)):
        after = after.undo()
    if after is before:
        desk.tell("nothing-to-undo")
        return
    desk.go(after, before)
    desk.tell("undone", change=before.changes[-1], redo=desk.keymap.key("change.redo"))


@does("change.redo")
def redo(desk: Desk, count: int) -> None:
    """Make again what was taken back."""
    before = after = desk.exploration
    for _ in range(max(1, count)):
        after = after.redo()
    if after is before:
        desk.tell("nothing-to-redo")
        return
    desk.go(after, before)
    desk.tell("redone", change=after.changes[-1], undo=desk.keymap.key("change.undo"))


@does("change.reset")
def reset(desk: Desk, count: int) -> None:
    """Back to the network of the file."""
    before = desk.exploration
    after = before.reset()
    if after is before:
        desk.tell("nothing-to-reset")
        return
    desk.go(after, before)
    desk.tell("reset", count=len(before.changes))
