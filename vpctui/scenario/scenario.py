"""A scenario as values: the network, the flows, what is expected, named changes, the walkthrough, the words around them."""

from typing import Any

from msgspec import Struct

from vpctui.document import Mark
from vpctui.engine.conversation import Question, World
from vpctui.engine.network import Network
from vpctui.engine.registry import Assumptions


class Words(Struct, frozen=True):
    """A text in both languages; either may be empty."""

    en: str = ""
    ja: str = ""

    def __bool__(self) -> bool:
        return bool(self.en or self.ja)


class HopExpectation(Struct, frozen=True):
    """What one hop should look like; None means not asked."""

    mark: Mark
    fields: dict[str, Any]
    """direction, node, src, dst, ttl, table, route, target, rule, verdict: those that are written, as text."""


class IcmpExpectation(Struct, frozen=True):
    """The error that should come back."""

    mark: Mark
    fields: dict[str, Any]


class Expectation(Struct, frozen=True):
    """What a flow should do; empty fields are not asked."""

    flow: str
    mark: Mark
    result: str = ""
    seen: str = ""
    ttl: int | None = None
    via: tuple[str, ...] = ()
    not_via: tuple[str, ...] = ()
    return_via: tuple[str, ...] = ()
    return_not_via: tuple[str, ...] = ()
    warning: str = ""
    icmp: IcmpExpectation | None = None
    hops: tuple[HopExpectation, ...] = ()
    marks: dict[str, Mark] = {}
    """Place of every field that is written."""


class NamedChange(Struct, frozen=True):
    """A named set of changes, and what it brings: outcomes by flow, or a refusal."""

    name: str
    mark: Mark
    set: tuple[str, ...]
    words: Words = Words()
    expect: tuple[Expectation, ...] = ()
    error: str = ""
    set_marks: tuple[Mark, ...] = ()


class WalkthroughStep(Struct, frozen=True):
    """One step of the lesson: a narration, actions, and what they bring."""

    mark: Mark
    words: Words
    do: tuple[str, ...] = ()
    expect: tuple[Expectation, ...] = ()
    error: str = ""
    predict: str = ""


class Scenario(Struct, frozen=True):
    """Everything that one file describes."""

    name: str
    network: Network
    questions: dict[str, Question]
    assume: Assumptions = Assumptions()
    title: Words = Words()
    teaches: Words = Words()
    slides: tuple[int, ...] = ()
    order: int = 0
    expect: tuple[Expectation, ...] = ()
    changes: tuple[NamedChange, ...] = ()
    walkthrough: tuple[WalkthroughStep, ...] = ()
    predict: bool = False
    hidden: tuple[str, ...] = ()
    """Changes that hide faults: made before anybody looks."""
    places: dict[tuple[str, str], Mark] = {}
    """Where every setting stands in the file."""

    @property
    def world(self) -> World:
        """The world as the file describes it."""
        return World(self.network, self.network, self.assume)
