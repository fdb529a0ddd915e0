"""A person's journey through a scenario: the flow that is asked, the changes made, the place of the cursor, undo and redo.

A frozen value: every movement and every change makes another one, and returns the very same object where nothing moved.  The network now
is the network of the file plus the changes; stepping is an index into a finished conversation.  Files, text and screens are unknown here.
"""

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from vpctui.engine import alter, change, cursor, what_if
from vpctui.engine.alter import State
from vpctui.engine.change import Refusal, Setting
from vpctui.engine.conversation import Question
from vpctui.engine.cursor import Cursor
from vpctui.engine.mends import Hurdle, hurdles, traced
from vpctui.engine.network import Network
from vpctui.engine.registry import Assumptions
from vpctui.engine.what_if import Option
from vpctui.trace import Conversation, Hop, Leg, Step

__all__ = ["Asker", "Cursor", "Exploration", "Made", "Option", "Question", "Refusal", "Setting", "begin"]

Asker = Callable[[str, Network], Question | str]
"""Reads a flow that somebody typed; a string says what is wrong with it."""


class Made(Struct, frozen=True):
    """A change that was made, where the cursor stood then, and whether stepping back across that place took it back."""

    text: str
    at: Cursor
    crossed: bool = False


class Exploration(Struct, frozen=True, kw_only=True):
    """One moment of a journey."""

    name: str
    file: State
    """What the file describes."""
    state: State
    """The same with the changes."""
    flow_name: str
    conversation: Conversation
    cursor: Cursor = Cursor()
    made: tuple[Made, ...] = ()
    taken_back: tuple[Made, ...] = ()
    asker: Asker | None = None

    @property
    def base(self) -> Network:
        """The network of the file."""
        return self.file.world.network

    @property
    def network(self) -> Network:
        """The network with the changes."""
        return self.state.world.network

    @property
    def assume(self) -> Assumptions:
        """The readings in force."""
        return self.state.world.assume

    @property
    def questions(self) -> dict[str, Question]:
        """The flows by name, as changes left them."""
        return self.state.questions

    @property
    def flows(self) -> tuple[str, ...]:
        """Names of the flows, in the order of the file."""
        return tuple(self.state.questions)

    @property
    def question(self) -> Question:
        """The flow that is asked."""
        return self.state.questions[self.flow_name]

    @property
    def changes(self) -> tuple[str, ...]:
        """The changes in force, oldest first."""
        return tuple(made.text for made in self.made)

    @property
    def undone(self) -> tuple[str, ...]:
        """The changes that redo would make again, the next one last."""
        return tuple(made.text for made in self.taken_back)

    @property
    def hops(self) -> tuple[Hop, ...]:
        """All hops of the conversation."""
        return self.conversation.hops

    @property
    def hop(self) -> Hop | None:
        """The hop of the cursor; None before the first."""
        return cursor.hop_at(self.conversation, self.cursor)

    @property
    def step(self) -> Step | None:
        """The check of the cursor; None on the whole hop."""
        return cursor.step_at(self.conversation, self.cursor)

    @property
    def leg(self) -> Leg | None:
        """The leg of the cursor; the first one before the first hop."""
        return cursor.leg_at(self.conversation, self.cursor)

    # Movement

    def jump(self, hop: int, step: int = 0) -> "Exploration":
        """Go to a hop (and a check of it), as near as the conversation has one."""
        return self._at(cursor.clamped(self.conversation, hop, step))

    def _at(self, place: Cursor) -> "Exploration":
        return self if place == self.cursor else replace(self, cursor=place)

    def next_hop(self, count: int = 1) -> "Exploration":
        """Forward by hops; a change that stepping back took away is made again where it was made."""
        return self._crossing_forward(self.jump(self.cursor.hop + count))

    def previous_hop(self, count: int = 1) -> "Exploration":
        """Back by hops; from a check, back to the head of its hop first.  Past the place of a change the change is taken back."""
        return self._crossing_back(self._at(cursor.previous_hop(self.conversation, self.cursor, count)))

    def next_step(self, count: int = 1) -> "Exploration":
        """Forward check by check, over the heads of hops."""
        place = self.cursor
        for _ in range(count):
            place = cursor.next_step(self.conversation, place)
        return self._crossing_forward(self._at(place))

    def previous_step(self, count: int = 1) -> "Exploration":
        """Back check by check, over the heads of hops."""
        place = self.cursor
        for _ in range(count):
            place = cursor.previous_step(self.conversation, place)
        return self._crossing_back(self._at(place))

    def first(self) -> "Exploration":
        """Before the first hop; changes stay."""
        return self.jump(0)

    def last(self) -> "Exploration":
        """The last hop."""
        return self.jump(len(self.hops))

    def next_event(self) -> "Exploration":
        """The next drop, rewrite, table or change."""
        return self._at_event(hop for hop in self._events() if hop > self.cursor.hop)

    def previous_event(self) -> "Exploration":
        """The one before."""
        return self._at_event(reversed([hop for hop in self._events() if hop < self.cursor.hop]))

    def _events(self) -> list[int]:
        return sorted({*cursor.events(self.conversation), *(made.at.hop for made in self.made)})

    def _at_event(self, hops: Iterator[int]) -> "Exploration":
        found = next(hops, None)
        return self if found is None else self.jump(found)

    def other_direction(self) -> "Exploration":
        """The same component in the other direction, where the packet meets it there."""
        return self._at(cursor.other_direction(self.conversation, self.cursor))

    # Changes

    def apply(self, text: str) -> "Exploration | Refusal":
        """Make a change.  The cursor stays on the same component and rule, or moves to the first difference."""
        state = alter.alter(self.state, text)
        if isinstance(state, Refusal):
            return state
        if state == self.state:
            return self
        after = self._with(state)
        return replace(after, made=(*self.made, Made(text, after.cursor)), taken_back=())

    def undo(self) -> "Exploration":
        """Take back the last change."""
        if not self.made:
            return self
        *kept, last = self.made
        return replace(self._replayed(tuple(kept)), taken_back=(*self.taken_back, replace(last, crossed=False)))

    def redo(self) -> "Exploration":
        """Make the change again that was taken back last."""
        if not self.taken_back:
            return self
        *left, again = self.taken_back
        return replace(self._replayed((*self.made, replace(again, crossed=False))), taken_back=tuple(left))

    def reset(self) -> "Exploration":
        """Back to the file: no changes."""
        return replace(self._replayed(()), taken_back=()) if self.made or self.taken_back else self

    def _replayed(self, made: tuple[Made, ...]) -> "Exploration":
        state = alter.alter_all(self.file, tuple(each.text for each in made))
        assert not isinstance(state, Refusal), "changes that were made once can be made again"
        return replace(self._with(alter.with_typed(state, self.state)), made=made)

    def _with(self, state: State) -> "Exploration":
        conversation = traced(state, self.flow_name)
        after = replace(self, state=state, conversation=conversation)
        place = cursor.located(self.conversation, self.cursor, conversation)
        return after.jump(place.hop, place.step)

    def _crossing_back(self, target: "Exploration") -> "Exploration":
        """Going back past the place where the last change was made takes it back."""
        if not self.made or self.cursor < self.made[-1].at or target.cursor >= self.made[-1].at:
            return target
        *kept, last = self.made
        before = replace(self._replayed(tuple(kept)), taken_back=(*self.taken_back, replace(last, crossed=True)))
        return before.jump(target.cursor.hop, target.cursor.step)

    def _crossing_forward(self, target: "Exploration") -> "Exploration":
        """Going forward over the place of a change that stepping back took away makes it again."""
        if not self.taken_back or not self.taken_back[-1].crossed or target.cursor < self.taken_back[-1].at:
            return target
        again = self.taken_back[-1]
        return self.redo().jump(again.at.hop, again.at.step)

    # Questions

    def ask(self, flow: str) -> "Exploration":
        """Ask another flow of the file; the cursor goes before its first hop.  Raises KeyError for an unknown one."""
        if flow == self.flow_name and self.cursor == Cursor():
            return self
        return replace(self, flow_name=flow, conversation=traced(self.state, flow), cursor=Cursor())

    def ask_adhoc(self, text: str) -> "Exploration | str":
        """Ask a flow that somebody typed; the answer is a sentence where it cannot be read."""
        asked = self.asker(text, self.network) if self.asker else "flows cannot be typed here"
        if isinstance(asked, str):
            return asked
        file, state = (State(each.world, {**each.questions, asked.name: asked}) for each in (self.file, self.state))
        return replace(self, file=file, state=state).ask(asked.name)

    def setting(self, place: str) -> Setting | None:
        """The setting at a place of the change grammar."""
        return alter.setting_at(self.state, place)

    def settings(self, resource: str) -> tuple[Setting, ...]:
        """Everything that can be changed on a resource."""
        return change.settings(resource, self.network)

    def readings(self) -> tuple[Setting, ...]:
        """The disputed readings, as settings."""
        return alter.readings(self.state)

    def options(self, place: str) -> tuple[Option, ...]:
        """The values that a setting could have, each with the outcome that it would bring."""
        return what_if.with_others(what_if.options(self.state, self.question, place), self.state, self.flow_name)

    def what_if(self) -> tuple[Option, ...]:
        """The changes that matter for this hop (before the first hop: for the whole conversation), the most useful first."""
        hops = (self.hop,) if self.hop else self.hops
        return what_if.mattering(self.state, self.question, self.conversation, tuple(hop for hop in hops if hop is not None))

    def hurdles(self) -> tuple[Hurdle, ...]:
        """Every obstacle of the flow that is asked, each with the ones before it mended."""
        return hurdles(self.state, self.flow_name)

    def commands(self, text: str) -> tuple[str, ...]:
        """The command lines that make a change, in the network before it was made."""
        parsed = change.parse(text)
        if isinstance(parsed, Refusal):
            return ()
        return change.commands(parsed, self._before(text).world.network)

    def inverse(self, text: str) -> str:
        """The change that takes one back."""
        return alter.inverse(self._before(text), text)

    def _before(self, text: str) -> State:
        """What a change was made in, or would be."""
        texts = self.changes
        earlier = texts[: texts.index(text)] if text in texts else texts
        state = alter.alter_all(self.file, earlier)
        return self.state if isinstance(state, Refusal) else state


def begin(name: str, file: State, flow: str = "", *, changes: tuple[str, ...] = (), asker: Asker | None = None) -> "Exploration | Refusal":
    """The start of a journey: a flow of the file (the first by default), with changes already made."""
    chosen = flow or next(iter(file.questions))
    start = Exploration(name=name, file=file, state=file, flow_name=chosen, conversation=traced(file, chosen), asker=asker)
    for text in changes:
        after = start.apply(text)
        if isinstance(after, Refusal):
            return after
        start = after
    return start
