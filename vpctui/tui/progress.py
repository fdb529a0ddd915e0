"""How far a person is: in a walkthrough, and in predicting; and what was asked."""

from typing import Literal

from msgspec import Struct

from vpctui.exploration import Exploration
from vpctui.lesson import Lesson

Mode = Literal["walking", "aside", "left"]


class Score(Struct, frozen=True):
    """Predictions that were right, of those that were asked."""

    right: int = 0
    asked: int = 0


class Puzzle(Struct, frozen=True):
    """A question, the answers by their shown text, which of them is right, and what a hint says under each.

    `told` is the right answer as a sentence names it, where that differs from how it is listed; `about` is what the question had no room for.
    """

    question: str
    answers: tuple[str, ...]
    right: int
    hints: tuple[tuple[str, ...], ...]
    told: str = ""
    about: tuple[str, ...] = ()


class Walkthrough:
    """A lesson in progress, and what a person does beside it."""

    def __init__(self, lesson: Lesson, own: Exploration) -> None:
        self.lesson = lesson
        self.whole = lesson.jump(len(lesson.steps))
        """The lesson at its end: how much every step has to say is known before it is shown."""
        self.mode: Mode = "walking"
        self.own = own
        """What was on the screen before."""
        self.excursion: tuple[int, Exploration] | None = None
        """What a person made of a step on their own, kept when they came back to it."""

    @property
    def shows(self) -> bool:
        """Whether the band stands on the screen."""
        return self.mode != "left"

    def strayed(self, exploration: Exploration) -> bool:
        """Whether a person moved or changed something since the step was played."""
        return exploration is not self.lesson.now.shown

    def put_aside(self, exploration: Exploration) -> bool:
        """Keep an excursion; False where there was nothing to keep: walking about can be done again."""
        if not self.strayed(exploration) or exploration.changes == self.lesson.now.exploration.changes:
            return False
        self.excursion = (self.lesson.number, exploration)
        return True
