"""What happened to a packet: `Conversation` > `Leg` > `Hop` > `Step`, the actions that end a hop, and lookups with every candidate.

Plain values that explain themselves with data: a rule's key and facts.  Sentences are phrased elsewhere, networks are unknown here.
"""

from enum import StrEnum
from typing import Any, Literal

from msgspec import Struct

from vpctui.packet import Packet

Fact = str | int
Facts = dict[str, Fact]
Direction = Literal["forward", "return"]


class Verdict(StrEnum):
    """How a hop, and with its last hop a leg, ended."""

    FORWARDED = "FORWARDED"
    DELIVERED = "DELIVERED"
    DROPPED = "DROPPED"
    LOOPED = "LOOPED"
    EXITED = "EXITED"
    STOPPED = "STOPPED"


class Candidate(Struct, frozen=True):
    """One route of a table that was looked up, with the reason why it won or lost.

    `note` is one of the ROUTE_* notes of the reasons; `bit` is the first bit in which the destination leaves the prefix (0: it does not).
    """

    destination: str
    target: str
    origin: str
    state: str
    note: str
    bit: int = 0
    place: str = ""
    """The change grammar's name of this row (`rtb-app[0.0.0.0/0]`), empty where it cannot be changed."""


class Lookup(Struct, frozen=True):
    """One question to one table: which address was asked for, every row with its note."""

    table: str
    """Id of the route table; empty for the implicit `local` of a gateway without one."""
    asked: str
    candidates: tuple[Candidate, ...]
    kind: Literal["route_table", "edge", "guest", "transit_gateway", "remote", "implicit"] = "route_table"
    owner: str = ""
    """Whose table it is: the subnet, the gateway, the instance, the attachment."""

    @property
    def winner(self) -> Candidate | None:
        """The row that decided, if one did."""
        return next((row for row in self.candidates if row.note == "ROUTE_WON"), None)


class Memo(Struct, frozen=True):
    """Something that a stateful component remembers from here on: whose memory, under which key, and what."""

    owner: str
    key: Any
    value: Any = True


class Step(Struct, frozen=True, kw_only=True):
    """One check or rewrite inside a hop.

    `rule` is a stable key with sentences in both languages; `facts` fill them.  `decider` names the single entry that decided, as in
    `acl-app.ingress[100]`; `setting` is the place (change grammar) that the step looked at.  `packet` is the packet after the step.
    """

    rule: str
    packet: Packet
    passed: bool = True
    facts: Facts = {}
    lookup: Lookup | None = None
    decider: str = ""
    setting: str = ""
    warning: str = ""
    remembers: tuple[Memo, ...] = ()
    choices: tuple[str, ...] = ()
    """Where one of several equal things was chosen by hash: all of them, the chosen one first."""
    chooser: str = ""
    """The component that chose: `choose.CHOOSER=OPTION` prefers another."""


class Arrival(Struct, frozen=True, kw_only=True):
    """Where a packet is: the component that holds it, and how it came in."""

    node: str
    by: str = ""
    """The interface, subnet, attachment, network or tunnel by which it came in; empty when it starts here."""
    table: str = ""
    """For a router: the route table that will be asked; for a service behind an endpoint: that endpoint.  Part of what makes two visits the same."""
    zone: str = ""
    crosses_border: bool = False
    """It came from another subnet or a gateway, so the receiving subnet's network ACL is asked."""
    came_from: str = ""
    """The component that sent it: tells a NAT gateway its inside, a peering connection its source VPC."""
    groups: tuple[str, ...] | None = None
    """Security groups of the sending interface while a reference to them can still match; None once a middlebox hid them (R-269)."""
    tags: tuple[str, ...] = ()
    """Facts that a later hop asks for, such as `gwlb` once a Gateway Load Balancer inspected the packet (R-102)."""


class Forward(Struct, frozen=True, kw_only=True):
    """The packet goes on to another component."""

    packet: Packet
    to: Arrival
    table: str | None = None
    route: str | None = None
    target: str | None = None


class Deliver(Struct, frozen=True, kw_only=True):
    """The packet has reached what it was addressed to."""

    packet: Packet


class Exit(Struct, frozen=True, kw_only=True):
    """The packet leaves the modelled network towards an end that answers by assumption."""

    packet: Packet
    end: str


class Drop(Struct, frozen=True, kw_only=True):
    """The packet ends here.

    `reason` is a code of the reasons table; `mends` are changes (change grammar) that would remove this very obstacle, the smallest
    first; `icmp` is the error that its component sends back to the source, if it sends one.
    """

    packet: Packet
    reason: str
    table: str | None = None
    route: str | None = None
    target: str | None = None
    mends: tuple[str, ...] = ()
    icmp: Packet | None = None
    icmp_to: Arrival | None = None
    """Where that error is handed on its way back."""


Action = Forward | Deliver | Exit | Drop
UNMODELLED = ("UNSUPPORTED_COMPONENT", "INSUFFICIENT_INFO", "HOP_LIMIT")
"""Reasons that say something about the model, never about the network: the leg ends STOPPED."""


class Hop(Struct, frozen=True, kw_only=True):
    """One visit of a packet to a component."""

    node: str
    kind: str
    arrival: Arrival
    arrived: Packet | None
    """None at the origin."""
    steps: tuple[Step, ...]
    action: Action
    looped: bool = False
    circled: bool = False
    """The packet was back where it had been, and ended there for another reason: its TTL ran out, or its sender took it for a martian."""

    @property
    def verdict(self) -> Verdict:
        """What the hop did with the packet."""
        if self.looped:
            return Verdict.LOOPED
        match self.action:
            case Forward():
                return Verdict.FORWARDED
            case Deliver():
                return Verdict.DELIVERED
            case Exit():
                return Verdict.EXITED
            case Drop(reason=reason):
                return Verdict.STOPPED if reason in UNMODELLED else Verdict.DROPPED

    @property
    def reason(self) -> str | None:
        """The code of the reasons table, for a hop that ended the packet badly."""
        if self.looped:
            return "ROUTING_LOOP"
        return self.action.reason if isinstance(self.action, Drop) else None

    @property
    def left(self) -> Packet | None:
        """The packet as it was sent on; None where it ends."""
        return self.action.packet if isinstance(self.action, Forward) and not self.looped else None

    @property
    def packet(self) -> Packet:
        """The packet as it stood when the hop ended."""
        return self.action.packet

    @property
    def table(self) -> str | None:
        """The route table that decided, where one was asked."""
        return self.action.table if isinstance(self.action, Forward | Drop) else None

    @property
    def route(self) -> str | None:
        """The destination of the winning route."""
        return self.action.route if isinstance(self.action, Forward | Drop) and not (self.looped and not self.table) else None

    @property
    def target(self) -> str | None:
        """The target of the winning route, or what the component chose."""
        return self.action.target if isinstance(self.action, Forward | Drop) and not (self.looped and not self.table) else None

    @property
    def lookup(self) -> Lookup | None:
        """The last table that was asked in this hop."""
        return next((step.lookup for step in reversed(self.steps) if step.lookup is not None), None)


class Leg(Struct, frozen=True, kw_only=True):
    """One packet's way from its sender to where it ended."""

    direction: Direction
    carries: str
    """`SYN`, `SYN/ACK`, `ACK`, or the protocol's own words (`UDP`, `ICMP echo`)."""
    hops: tuple[Hop, ...]

    @property
    def last(self) -> Hop:
        """Where it ended."""
        return self.hops[-1]

    @property
    def verdict(self) -> Verdict:
        """The last hop's."""
        return self.last.verdict

    @property
    def reason(self) -> str | None:
        """The last hop's."""
        return self.last.reason

    @property
    def arrives(self) -> bool:
        """Whether the packet got where it was going."""
        return self.verdict in (Verdict.DELIVERED, Verdict.EXITED)


class Warning(Struct, frozen=True):
    """Something to know about a conversation that works."""

    code: str
    at: str
    facts: Facts = {}


class IcmpReport(Struct, frozen=True):
    """An ICMP error that a dropped packet caused: who sends it, the MTU it reports, and whether it reaches the sender."""

    sender: str
    mtu: int
    arrives: bool
    leg: Leg


class Conversation(Struct, frozen=True, kw_only=True):
    """All that happened to a flow: its legs in the order in which packets fly, the outcome, warnings."""

    flow: str
    outcome: str
    legs: tuple[Leg, ...]
    warnings: tuple[Warning, ...] = ()
    icmp: IcmpReport | None = None

    @property
    def hops(self) -> tuple[Hop, ...]:
        """The hops of all legs in order."""
        return tuple(hop for leg in self.legs for hop in leg.hops)
