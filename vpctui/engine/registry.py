"""Where resources register what they do: filled when `vpctui.aws` is imported, never after.

`@forwards(Kind)` names the function that handles a packet at a record of that kind.  It is a generator of steps that returns an action:
each `yield` is a check that a person can see; `return Forward | Deliver | Exit | Drop` ends the hop.
"""

from collections.abc import Callable, Generator
from typing import Any, TypeVar

from msgspec import Struct

from vpctui.address import Address
from vpctui.engine.connections import Connections
from vpctui.engine.network import Network
from vpctui.packet import Packet
from vpctui.trace import Action, Arrival, Step

R = TypeVar("R")


class Assumptions(Struct, frozen=True):
    """Readings of AWS that are disputed or unpublished; the scenario's `assume` (aws-rules, conflicts C-01, C-09, C-11)."""

    asymmetric_return: str = "deliver"
    tgw_ttl: int = 1
    stopped_is_blackhole: bool = True
    ttl: str = "aws"
    nlb_return: str = "load_balancer"


class Situation(Struct, frozen=True):
    """All that a component may know about a packet besides itself and the packet."""

    network: Network
    arrival: Arrival
    connections: Connections
    assume: Assumptions
    choices: dict[str, str] = {}
    """For components that choose among equals: the choice that a person made, by component id."""
    path: tuple[Arrival, ...] = ()
    """The arrivals of this leg so far, the current one last."""


Evaluation = Generator[Step, None, Action]
Checks = Generator[Step, None, Action | None]
"""A part of an evaluation: steps, then an action if it ended the packet."""
Forwarder = Callable[[Any, Packet, Situation], Evaluation]

FORWARDERS: dict[type, Forwarder] = {}
KINDS: dict[type, Callable[[Any], str]] = {}


def forwards(
    kind: type[R], *, named: str | Callable[[R], str]
) -> Callable[[Callable[[R, Packet, Situation], Evaluation]], Callable[[R, Packet, Situation], Evaluation]]:
    """Register the forwarding function of a kind of record; `named` is its `kind` in the trace document."""

    def register(function: Callable[[R, Packet, Situation], Evaluation]) -> Callable[[R, Packet, Situation], Evaluation]:
        FORWARDERS[kind] = function
        KINDS[kind] = (lambda _: named) if isinstance(named, str) else named
        return function

    return register


Addressed = Callable[[Any, Network, int, bool], Address | None]
"""(record, network, family, from outside) → the address by which others call this record."""
Sender = Callable[[Any, Address, Network], Address | None]
"""(record, destination, network) → the source address that the record puts into a packet to that destination."""
ADDRESSED: dict[type, Addressed] = {}
SENDERS: dict[type, Sender] = {}


def addressed(kind: type) -> Callable[[Addressed], Addressed]:
    """Register how records of a kind are called: `to: "i-app:80"`."""

    def register(function: Addressed) -> Addressed:
        ADDRESSED[kind] = function
        return function

    return register


def sends(kind: type) -> Callable[[Sender], Sender]:
    """Register which source address records of a kind send from."""

    def register(function: Sender) -> Sender:
        SENDERS[kind] = function
        return function

    return register


class Sentence(Struct, frozen=True):
    """One sentence in both languages; `{name}` stands for a fact."""

    en: str
    ja: str


class Rule(Struct, frozen=True):
    """What a step evaluates: where the rule comes from, and its sentences when it passed and when it did not."""

    source: str
    """`R-061 R-091`: rules of the catalogue, or the RFC."""
    passed: Sentence
    failed: Sentence | None = None


RULES: dict[str, Rule] = {}


def register_rules(rules: dict[str, Rule]) -> None:
    """Add a resource's sentences.  Raises ValueError when a key exists already: keys are stable names."""
    for key, rule in rules.items():
        if key in RULES and RULES[key] != rule:
            raise ValueError(f"rule {key} is registered twice")
        RULES[key] = rule
