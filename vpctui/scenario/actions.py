"""Changes and actions of a walkthrough, checked when the file is read: their grammar, what they name, the values they give (E301, E306)."""

from collections.abc import Collection, Sequence

from vpctui.document import Node, Scalar, Sequence as Listed
from vpctui.engine import change as changes, choosing
from vpctui.engine.alter import ASSUME_KINDS, FLOW_KINDS, State, alter
from vpctui.engine.change import Change, Refusal
from vpctui.schema import Reader, part, quoted

ALONE = ("next", "back", "first", "last", "undo", "redo", "reset")
NAMING = ("flow", "direction", "select", "set", "change")
WRITING = ("QUERY_INVALID", "UNKNOWN_RESOURCE")
"""Refusals that say that a change is not written as it was meant; all others say that AWS would not make it, which a lesson may show."""


def scalars(node: Node | None) -> tuple[Scalar, ...]:
    """The texts of a list, or the one that stands for a list."""
    items = node.items if isinstance(node, Listed) else (node,) if node is not None else ()
    return tuple(item for item in items if isinstance(item, Scalar))


class Changes:
    """Makes changes one after the other in the network of the file, as far as they can be made.

    In a file with mistakes nothing is made: only whether there is such a place to change is looked at.
    """

    def __init__(self, state: State, reader: Reader) -> None:
        self._start, self._reader = state, reader
        self._sound = all(problem.severity != "error" for problem in reader.problems)
        self._states = [state]
        self._undone: list[State] = []

    def make(self, text: Scalar, error: str = "", *, silent: bool = False) -> None:
        """Make a change.  E301 where it is not written as it was meant, unless `error` says that this is the point."""
        made = self._made(text.text)
        if isinstance(made, State):
            self._states.append(made)
            self._undone = []
        elif not silent and made.reason in WRITING and made.reason != error:
            self._wrong(text, made)

    def _made(self, text: str) -> State | Refusal:
        state = self._states[-1]
        if self._sound:
            return alter(state, text)
        parsed = changes.parse(text)
        if isinstance(parsed, Refusal):
            return parsed
        return missing(parsed, state) or state

    def _wrong(self, text: Scalar, refusal: Refusal) -> None:
        parsed = changes.parse(text.text)
        if isinstance(parsed, Change) and self._reader.doubts(parsed.resource):
            return
        at = text if isinstance(parsed, Refusal) else _wrong_part(text, parsed, self._states[-1])
        self._reader.problem("E301", refusal.message, at, refusal.hint.removeprefix("did you mean ").removesuffix("?"))

    def undo(self) -> None:
        """Take one back."""
        if len(self._states) > 1:
            self._undone.append(self._states.pop())

    def redo(self) -> None:
        """Make it again."""
        if self._undone:
            self._states.append(self._undone.pop())

    def reset(self) -> None:
        """Back to the file."""
        self._states, self._undone = [self._start], []


def missing(change: Change, state: State) -> Refusal | None:
    """Why there is no such place to change, whatever the value."""
    if change.resource == choosing.RESOURCE and state.world.network.get(change.setting):
        return None
    if change.resource not in ("assume", choosing.RESOURCE) and not change.resource.startswith("flows."):
        found = changes.find(change, state.world.network)
        return found if isinstance(found, Refusal) else None
    if change.setting in (ASSUME_KINDS if change.resource == "assume" else FLOW_KINDS) and change.resource.removeprefix("flows.") in (
        "assume",
        *state.questions,
    ):
        return None
    refused = alter(state, change.text)
    return refused if isinstance(refused, Refusal) else None


def _wrong_part(text: Scalar, change: Change, state: State) -> Scalar:
    """The piece of a change that is wrong: its resource, its setting, or its value."""
    refusal = missing(change, state)
    if refusal is None:
        return part(text, len(change.place) + len(change.operator), len(change.value))
    if refusal.reason == "UNKNOWN_RESOURCE" or not change.setting:
        return part(text, 0, len(change.resource))
    return part(text, len(change.resource) + 1, len(change.setting))


class Actions:
    """Checks the `do` lists of a walkthrough, in the order of its steps."""

    def __init__(self, state: State, flows: Collection[str], named: dict[str, tuple[Scalar, ...]], reader: Reader) -> None:
        self._state, self._flows, self._named, self._reader = state, flows, named, reader
        self._changes = Changes(state, reader)

    def step(self, actions: Sequence[Scalar], error: str) -> None:
        """The actions of one step; `error` is the refusal that its last `set` is for."""
        refused = next((action for action in reversed(actions) if action.text.startswith("set ")), None)
        for action in actions:
            self._act(action, error if action is refused else "")

    def _act(self, action: Scalar, error: str) -> None:
        word, _, rest = action.text.partition(" ")
        start = len(word) + 1 + len(rest) - len(rest.lstrip())
        named = part(action, start, len(rest.strip()))
        if word in ALONE:
            if named.text:
                self._reader.problem("E301", f"{word} takes nothing, found {quoted(named.text)}", named, word)
            turn = {"undo": self._changes.undo, "redo": self._changes.redo, "reset": self._changes.reset}.get(word)
            if turn is not None:
                turn()
        elif word not in NAMING:
            mend = self._reader.nearest(word, (*ALONE, *NAMING)) or ", ".join((*ALONE, *NAMING))
            self._reader.problem("E301", f"unknown action {quoted(word)}", part(action, 0, len(word)), mend)
        elif not named.text:
            self._reader.problem("E301", f"{word} needs {_object(word)}", action, f"{word} {_example(word)}")
        elif word == "set":
            self._changes.make(named, error)
        else:
            self._name(word, named)

    def _name(self, word: str, named: Scalar) -> None:
        if word == "flow":
            self._known(named, "E306", "flow", self._flows)
        elif word == "select":
            network = self._state.world.network
            if network.get(named.text) is None and not self._reader.doubts(named.text):
                self._known(named, "E306", "id", [record.id for record in network])
        elif word == "direction":
            self._known(named, "E301", "direction", ("forward", "return"))
        elif self._known(named, "E301", "change", self._named):
            for text in self._named[named.text]:
                self._changes.make(text, silent=True)

    def _known(self, named: Scalar, code: str, what: str, known: Collection[str]) -> bool:
        if named.text in known:
            return True
        right = self._reader.nearest(named.text, known) or ", ".join(list(known)[:6])
        self._reader.problem(code, f"unknown {what} {quoted(named.text)}", named, right)
        return False


def _object(word: str) -> str:
    return {"flow": "the name of a flow", "direction": "forward or return", "select": "an id", "set": "a change", "change": "the name of a change"}[word]


def _example(word: str) -> str:
    return {"flow": "web", "direction": "return", "select": "i-app", "set": "eni-fw.source_dest_check=on", "change": "sdc-on"}[word]
