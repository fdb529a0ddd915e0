"""Faults to be found: legal changes that break a flow, chosen by a number, so that the same number hides the same faults everywhere."""

from hashlib import sha256

from vpctui.engine import alter
from vpctui.engine.alter import State
from vpctui.engine.mends import hurdles, traced
from vpctui.engine.what_if import WORKS, for_hops

NO_FAULTS = ("vpc", "assume", "flows")
"""Settings of these resources are not hidden: a reading is no fault, and a whole VPC or zone that is down teaches nothing about the way."""


def hidden_faults(state: State, flow: str, count: int, seed: int) -> tuple[str, ...]:
    """So many changes that together stop a flow that works; fewer where no more go together, none where the flow does not work.

    Every fault is an obstacle of its own: whoever mends the first one meets the next.  All of them can be mended by one change each.
    Raises KeyError for an unknown flow.
    """
    conversation = traced(state, flow)
    if conversation.outcome not in WORKS:
        return ()
    tried = for_hops(state, state.questions[flow], conversation, conversation.hops)
    breaking = [option.change for option in tried if option.refusal is None and option.outcome not in WORKS and _meant(option.change, state)]
    return _together(state, flow, sorted(breaking, key=lambda change: _order(seed, change)), count)


def _meant(change: str, state: State) -> bool:
    resource = _resource(change)
    record = state.world.network.get(resource)
    return resource not in NO_FAULTS and record is not None and type(record).__name__ != "Vpc"


def _order(seed: int, change: str) -> bytes:
    """A shuffle without chance: every seed sorts the changes in another way, on every machine the same."""
    return sha256(f"{seed} {change}".encode()).digest()


def _together(state: State, flow: str, ordered: list[str], count: int) -> tuple[str, ...]:
    """The first changes that each add an obstacle, at most one on a resource."""
    found: list[str] = []
    broken = state
    for change in ordered:
        if len(found) == count:
            break
        made = alter.alter(broken, change)
        if not isinstance(made, State) or _resource(change) in [_resource(other) for other in found]:
            continue
        met = hurdles(made, flow)
        if len(met) == len(found) + 1 and all(hurdle.mend for hurdle in met):
            found.append(change)
            broken = made
    return tuple(found)


def _resource(change: str) -> str:
    """The resource that a change is made on."""
    place = change.partition("=")[0]
    return place.partition("[")[0].partition(".")[0]
