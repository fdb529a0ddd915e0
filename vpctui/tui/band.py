"""The narration of a walkthrough: a band above the key bar, as high in every step, so that nothing moves from one step to the next."""

from typing import TYPE_CHECKING

from vpctui.describe import refusals
from vpctui.describe.sentences import result_words
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells, wrap
from vpctui.exploration import Refusal
from vpctui.lesson import Lesson, Played, Told
from vpctui.tui.frame import Line, Run, fit
from vpctui.tui.progress import Walkthrough

if TYPE_CHECKING:
    from vpctui.tui.desk import Desk

LEAST_BODY = 7
"""Rows that the panes keep however long the narration is."""


def band_height(desk: "Desk") -> int:
    """Rows that the band takes from the panes."""
    held = desk.walkthrough
    if held is None or not held.shows:
        return 0
    if held.mode == "aside":
        return 1
    room = desk.size[0] - 2
    taught = len(wrap(_narration(desk, held.lesson, 0), room)) + 1
    steps = [len(wrap(_narration(desk, held.whole, number), room)) + _lines(desk, played, room) for number, played in enumerate(held.whole.played, 1)]
    return max(2, min(1 + max(taught, *steps), desk.size[1] - 2 - LEAST_BODY))


def _lines(desk: "Desk", played: Played, room: int) -> int:
    """How many lines say what a step brought."""
    return sum(len(wrap(text, room)) for text, _ in _brought(desk, played))


def _narration(desk: "Desk", lesson: Lesson, number: int) -> str:
    """The words of a step; before the first one, what the file teaches."""
    japanese = desk.settings.language == "ja"
    if number == 0:
        return desk.handout.teaches[japanese]
    step = lesson.steps[number - 1]
    return step.ja if japanese else step.en


def band_lines(desk: "Desk") -> list[Line]:
    """The lines of the band, each exactly as wide as the screen."""
    held, height, columns = desk.walkthrough, band_height(desk), desk.size[0]
    if held is None or not height:
        return []
    lines = [_title(desk, held, columns)]
    if height > 1:
        voice = Voice(desk.settings.language, desk.settings.ascii)
        narration = voice.show(_narration(desk, held.lesson, held.lesson.number))
        said = [Run(f" {part}") for part in wrap(narration, columns - 2)]
        happened = [Run(f" {part}", role) for text, role in results(desk, held) for part in wrap(text, columns - 2)]
        lines += [fit((run,), columns) for run in _within(said, happened, height - 1)]
    return lines


def _within(said: list[Run], happened: list[Run], rows: int) -> list[Run]:
    """Narration above, what happened below it; where there is no room for all, the narration is cut, and an ellipsis says so."""
    shown = _cut(happened, max(0, rows - 1))
    said = _cut(said, rows - len(shown))
    room = rows - len(shown)
    return [*said, *shown, *([Run("")] * (room - len(said)))]


def _cut(lines: list[Run], rows: int) -> list[Run]:
    """As many lines as there are rows, the last one ending in an ellipsis where some are left out."""
    if len(lines) <= rows or rows == 0:
        return lines[:rows]
    last = lines[rows - 1]
    return [*lines[: rows - 1], Run(last.text.rstrip()[:-1] + "…", last.role)]


def _title(desk: "Desk", held: Walkthrough, columns: int) -> Line:
    lesson, rule = held.lesson, "-" if desk.settings.ascii else "─"
    name = f" {_place(desk, held)} "
    marks = [desk.say("walk-held", held=lesson.held, count=lesson.number)] if lesson.number else []
    if desk.score.asked:
        marks.append(desk.say("walk-score", right=desk.score.right, asked=desk.score.asked))
    if held.mode == "walking" and held.strayed(desk.exploration):
        marks = [desk.say("walk-astray", back=desk.keymap.key("hop.previous"))]
    place = f" {', '.join(marks)} " if marks else ""
    fill = max(0, columns - 3 - cells(name) - cells(place))
    return fit((Run(rule * 2, "dim"), Run(name, "title"), Run(rule * fill, "dim"), Run(place, "plain"), Run(rule, "dim")), columns)


def _place(desk: "Desk", held: Walkthrough) -> str:
    count, number = len(held.lesson.steps), held.lesson.number
    if held.mode == "aside":
        return desk.say("walk-aside", key=desk.keymap.key("walkthrough"), number=number)
    if number == 0:
        return desk.handout.title[desk.settings.language == "ja"] or desk.say("walk-start", count=count)
    return desk.say("walk-title", number=number, count=count)


def results(desk: "Desk", held: Walkthrough) -> list[tuple[str, str]]:
    """What happened against what was expected, each with its look: `+` held, `x` did not."""
    lesson = held.lesson
    if lesson.number == 0:
        begins = desk.say("walk-begins", next=desk.keymap.key("hop.next"), leave=desk.keymap.key("close"))
        return [(f"{desk.say('walk-start', count=len(lesson.steps))}  {begins}", "dim")]
    return _brought(desk, lesson.now)


def _brought(desk: "Desk", now: Played) -> list[tuple[str, str]]:
    """What a step brought."""
    if now.refusal is not None:
        return [_refused(desk, now, now.refusal)]
    told = [_told(desk, each) for each in now.told]
    return _joined(told) or [(desk.say("walk-silent"), "dim")]


def _refused(desk: "Desk", now: Played, refusal: Refusal) -> tuple[str, str]:
    holds = all(told.holds for told in now.told)
    voice = Voice(desk.settings.language, desk.settings.ascii)
    message = refusals.meaning(refusal, voice) or refusals.message(refusal, voice)
    sentence = desk.say("walk-refused" if holds else "walk-refused-not", reason=refusal.reason, rule=refusal.rule, message=message)
    return (f"{'+' if holds else 'x'} {sentence}", "refused" if holds else "drop")


def _told(desk: "Desk", told: Told) -> tuple[str, str]:
    voice = Voice(desk.settings.language, desk.settings.ascii)
    expected, found = result_words(told.expected, voice), result_words(told.found, voice)
    if told.holds:
        return "+ " + desk.say("walk-holds", flow=told.flow, found=found), "pass"
    if not told.flow:
        return "x " + desk.say("walk-accepted", expected=expected), "drop"
    return "x " + desk.say("walk-differs", flow=told.flow, expected=expected, found=found), "drop"


def _joined(told: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What held on one line, what did not on lines of their own."""
    held = [text for text, role in told if role == "pass"]
    return [*((text, role) for text, role in told if role != "pass"), *([("  ".join(held), "pass")] if held else [])]
