"""Every obstacle of a flow, each met with the ones before it mended, and the command lines that mend it there."""

from msgspec import Struct

from vpctui.describe.sentences import bad_end
from vpctui.exploration import Exploration, Refusal


class Obstacle(Struct, frozen=True):
    """Where and why the packet ends, the change that gets past it, and its command lines; both empty where none is known."""

    node: str
    code: str
    mend: str
    commands: tuple[str, ...]


def obstacles(exploration: Exploration) -> tuple[Obstacle, ...]:
    """All of them, in the order in which the packets meet them."""
    found = []
    here = exploration
    for hurdle in exploration.hurdles():
        leg = bad_end(hurdle.conversation)
        if leg is not None:
            found.append(Obstacle(leg.last.node, leg.reason or "", hurdle.mend, here.commands(hurdle.mend) if hurdle.mend else ()))
        after = here.apply(hurdle.mend) if hurdle.mend else here
        if isinstance(after, Refusal):
            break
        here = after
    return tuple(found)
