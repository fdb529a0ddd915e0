"""A walkthrough as a value: which step a person is at, what each step did, what was expected of it and what happened.

Steps play actions on an exploration.  Every step played keeps the exploration that it led to, so going back is dropping the last one, and
leaving for an excursion of one's own loses nothing.  Files and screens are unknown here.
"""

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from vpctui.engine.alter import State
from vpctui.exploration import Exploration, Refusal


class Told(Struct, frozen=True):
    """One expectation after a step: the flow, what was expected, what happened, and whether that is the same."""

    flow: str
    expected: str
    found: str
    holds: bool


Judge = Callable[[State, "Refusal | None"], tuple[Told, ...]]
"""Holds a step's expectations against the state that it led to, or against the refusal of its last change."""


class LessonStep(Struct, frozen=True):
    """A narration in both languages, the actions, and the judge of what they bring."""

    en: str
    ja: str
    do: tuple[str, ...]
    judge: Judge
    predict: str = ""


class Played(Struct, frozen=True):
    """What a step led to: the exploration, the direction that is looked at, the resource that is selected, the refusal, the judgement.

    `shown` is where a person looks: the exploration, or the hop at which the packet now ends.  The next step goes on from `exploration`.
    """

    exploration: Exploration
    shown: Exploration
    direction: str
    selected: str
    refusal: Refusal | None
    told: tuple[Told, ...]


class Lesson(Struct, frozen=True, kw_only=True):
    """A walkthrough in progress.  `played` holds one entry for every step that was played, the current one last."""

    steps: tuple[LessonStep, ...]
    changes: dict[str, tuple[str, ...]]
    """The named changes of the file, for the action `change NAME`."""
    start: Exploration
    played: tuple[Played, ...] = ()

    @property
    def number(self) -> int:
        """The step that is shown, from 1; 0 before the first."""
        return len(self.played)

    @property
    def step(self) -> LessonStep | None:
        """The step that is shown."""
        return self.steps[self.number - 1] if self.played else None

    @property
    def now(self) -> Played:
        """What the shown step led to."""
        return self.played[-1] if self.played else Played(self.start, self.start, "forward", "", None, ())

    @property
    def next_step(self) -> LessonStep | None:
        """The step that `next` would play."""
        return self.steps[self.number] if self.number < len(self.steps) else None

    def next(self) -> "Lesson":
        """Play the next step; the very same lesson at the end."""
        step = self.next_step
        if step is None:
            return self
        after = self.steps[self.number + 1] if self.number + 1 < len(self.steps) else None
        return replace(self, played=(*self.played, _play(step, self.now, self.changes, after)))

    def back(self) -> "Lesson":
        """Take the shown step back; the very same lesson before the first."""
        return replace(self, played=self.played[:-1]) if self.played else self

    def jump(self, number: int) -> "Lesson":
        """Show a step: every step before it is played, as the lesson has them."""
        lesson = self
        number = max(0, min(number, len(self.steps)))
        while lesson.number > number:
            lesson = lesson.back()
        while lesson.number < number:
            lesson = lesson.next()
        return lesson

    @property
    def held(self) -> int:
        """How many of the steps that were played brought what was expected."""
        return sum(all(told.holds for told in played.told) for played in self.played)


class _Stage:
    """Plays the actions of one step."""

    def __init__(self, before: Played, changes: dict[str, tuple[str, ...]]) -> None:
        self.exploration, self.direction, self.selected = before.exploration, before.direction, ""
        self.refusal: Refusal | None = None
        self._changes = changes

    def act(self, action: str) -> None:
        """Do one action.  What cannot be done (an unknown flow) changes nothing: the reader of the file has said so."""
        word, _, rest = action.strip().partition(" ")
        rest = rest.strip()
        match word:
            case "next" | "back" | "first" | "last":
                self._move(word)
            case "flow" if rest in self.exploration.questions:
                self.exploration, self.direction = self.exploration.ask(rest).first(), "forward"
            case "direction" if rest in ("forward", "return"):
                self.direction = rest
                self.exploration = self.exploration.jump(self._before())
            case "select":
                self.selected = rest
            case "set":
                self._set((rest,))
            case "change":
                self._set(self._changes.get(rest, ()))
            case "undo" | "redo" | "reset":
                self.exploration = getattr(self.exploration, word)()
            case _:
                pass

    def _move(self, word: str) -> None:
        exploration = self.exploration
        legs = {"next": lambda: exploration.jump(exploration.cursor.hop + 1), "back": lambda: exploration.jump(exploration.cursor.hop - 1)}
        ends = {"first": lambda: exploration.jump(self._before()), "last": lambda: exploration.jump(self._before() + self._length())}
        self.exploration = (legs | ends)[word]()

    def _set(self, texts: tuple[str, ...]) -> None:
        for text in texts:
            after = self.exploration.apply(text)
            if isinstance(after, Refusal):
                self.refusal = after
            else:
                self.exploration, self.refusal = after, None

    def _before(self) -> int:
        """The number of the hop before the first one of the direction that is looked at."""
        before = 0
        for leg in self.exploration.conversation.legs:
            if leg.direction == self.direction:
                return before
            before += len(leg.hops)
        return 0

    def _length(self) -> int:
        return next((len(leg.hops) for leg in self.exploration.conversation.legs if leg.direction == self.direction), 0)


def _play(step: LessonStep, before: Played, changes: dict[str, tuple[str, ...]], after: LessonStep | None) -> Played:
    stage = _Stage(before, changes)
    for action in step.do:
        stage.act(action)
    told = step.judge(stage.exploration.state, stage.refusal)
    by_hand = _walks(step.do[-1:], "") or (after is not None and _walks(after.do, stage.exploration.flow_name))
    shown = stage.exploration if by_hand else _at_the_end(stage.exploration, before)
    return Played(stage.exploration, shown, stage.direction, stage.selected, stage.refusal, told)


def _walks(actions: tuple[str, ...], flow: str) -> bool:
    """Whether these actions follow the packet of that flow by hand before they do anything else: then it stands where they say."""
    for action in actions:
        word, _, rest = action.strip().partition(" ")
        if word in ("next", "back", "first", "last", "direction"):
            return True
        if word != "select" and (word != "flow" or rest.strip() != flow):
            return False
    return False


def _at_the_end(exploration: Exploration, before: Played) -> Exploration:
    """At the hop where the packet ends, where a change or another flow made it end: that is what the narration speaks of."""
    if exploration.changes == before.exploration.changes and exploration.flow_name == before.exploration.flow_name:
        return exploration
    ends = [number for number, hop in enumerate(exploration.hops, 1) if hop.reason is not None]
    return exploration.jump(ends[-1]) if ends else exploration
