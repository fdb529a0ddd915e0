"""Where a packet can be seen: at every interface and gateway of a conversation, on its way in and on its way out.

A sighting is one packet at one point.  Captures, `tcpdump` lines and flow log records are all told from the same sightings.
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from vpctui.aws.network_interface import NetworkInterface, attached
from vpctui.engine.network import Network
from vpctui.packet import Packet
from vpctui.trace import Conversation, Drop, Exit, Forward, Hop, Leg, Step

GATEWAYS = (
    "internet_gateway",
    "egress_only_internet_gateway",
    "vpn_gateway",
    "nat_gateway",
    "transit_gateway",
    "vpc_peering_connection",
    "vpc_endpoint",
    "endpoint_service",
)
"""Kinds of component that are points of their own where no interface stands for them."""

ADMIT = ("network-acl-ingress", "source-dest-check-in", "source-dest-check-off", "security-group-")
"""Rules that look at a packet before its receiver does (R-002), in the packet's own outermost header."""

FILTERS = ("network-acl-ingress", "network-acl-egress", "security-group-in", "security-group-out", "security-group-reference-lost")
"""Rules whose refusal a flow log records (R-282)."""

REFUSES_IN = (*FILTERS[:1], FILTERS[2], FILTERS[4], "source-dest-check-in", "instance-state")
REFUSES_OUT = (*FILTERS[1:2], FILTERS[3], "source-dest-check-out")
WRAPS = ("geneve-wrap", "geneve-return")
"""Rules after which the packet on the wire is not the one that the hop hands on: GENEVE is around it."""

PRIVATELINK = ("vpc_endpoint", "endpoint_service", "network_load_balancer")
"""Between these kinds a packet moves inside AWS: no interface of anybody shows it."""

Side = Literal["in", "out"]
Fate = Literal["passed", "rejected", "lost"]
"""Let through; refused by a security group or network ACL; gone for another reason, of which a flow log knows nothing."""


class Sighting(Struct, frozen=True, kw_only=True):
    """One packet at one point.

    `point` is an interface's id, or a gateway's; `socket` names the side of a gateway.  `number` counts the hops of all legs from 1.
    """

    point: str
    node: str
    side: Side
    packet: Packet
    leg: Leg
    at: int
    """Index of the hop in its leg."""
    number: int
    interface: bool
    socket: str
    fate: Fate = "passed"
    rule: str = ""
    """The rule that refused it."""

    @property
    def hop(self) -> Hop:
        """The hop that it belongs to."""
        return self.leg.hops[self.at]

    @property
    def after(self) -> tuple[Hop, ...]:
        """The hops that follow in the leg."""
        return self.leg.hops[self.at + 1 :]

    @property
    def visible(self) -> bool:
        """Whether a capture at the point shows it: filters stand between an interface and the network (R-002)."""
        return self.side == "out" or self.fate == "passed"


def legs_of(conversation: Conversation) -> tuple[Leg, ...]:
    """All legs, the ICMP error that a dropped packet caused as the last one."""
    report = conversation.icmp.leg if conversation.icmp is not None else None
    return (*conversation.legs, *((report,) if report is not None and report.hops else ()))


def sightings(conversation: Conversation, network: Network) -> tuple[Sighting, ...]:
    """Every sighting in the order in which packets fly."""
    found: list[Sighting] = []
    number = 0
    for leg in legs_of(conversation):
        for at in range(len(leg.hops)):
            number += 1
            found.extend(_Visit(leg, at, number, network).sightings())
    return tuple(found)


class _Visit:
    """One hop, looked at from its interfaces."""

    def __init__(self, leg: Leg, at: int, number: int, network: Network) -> None:
        self.leg, self.at, self.number, self.network = leg, at, number, network
        self.hop = leg.hops[at]

    def sightings(self) -> Iterator[Sighting]:
        yield from self._in()
        yield from self._out()
        yield from self._beyond()

    def _in(self) -> Iterator[Sighting]:
        hop = self.hop
        # The first hop of an ICMP error is told without what arrived; that it came in by something tells it from an origin.
        arrived = hop.arrived or (hop.steps[0].packet if hop.arrival.by and hop.steps else None)
        if arrived is None:
            return
        by = self.network.find(NetworkInterface, hop.arrival.by) or self._endpoint()
        if hop.kind in PRIVATELINK and (hop.kind == "endpoint_service" or self._next_to(-1) in PRIVATELINK):
            return
        first = hop.steps[0] if hop.steps else None
        packet = first.packet if first is not None and first.rule.startswith(ADMIT) else arrived
        fate, rule = self._fate(REFUSES_IN)
        if by is not None:
            yield self._seen(by.id, "in", packet, fate=fate, rule=rule, interface=True)
        elif hop.kind in GATEWAYS:
            yield self._seen(hop.node, "in", packet, socket=self._came_by())

    def _out(self) -> Iterator[Sighting]:
        hop = self.hop
        fate, rule = self._fate(REFUSES_OUT)
        refusing = failed(hop)
        if isinstance(hop.action, Forward | Exit) and not hop.looped:
            packet = self._sent() or hop.action.packet
            fate, rule = self._beyond_border()
        elif rule and refusing is not None:
            packet = refusing.packet
        else:
            return
        if hop.kind in PRIVATELINK and (hop.kind == "endpoint_service" or self._next_to(1) in PRIVATELINK) and self._sent() is None:
            return
        if hop.kind == "instance" and not self._by_interface():
            return
        interface = self._leaves_by(packet)
        if interface is not None:
            yield self._seen(interface.id, "out", packet, fate=fate, rule=rule, interface=True)
        elif hop.kind in GATEWAYS:
            yield self._seen(hop.node, "out", packet, socket=self._goes_by())

    def _beyond(self) -> Iterator[Sighting]:
        """An inspected packet passes its service again, and comes out at the endpoint that it went into (R-219)."""
        hop, action = self.hop, self.hop.action
        if not isinstance(action, Forward) or action.to.came_from in ("", hop.node):
            return
        outer = next((step.packet for step in hop.steps if step.rule == "geneve-return"), None)
        if outer is not None:
            node = next((each for each in attached(hop.arrival.came_from, self.network) if each.owns(outer.dst)), None)
            yield self._seen(node.id if node else hop.arrival.came_from, "in", outer, node=hop.arrival.came_from, interface=node is not None)
        for interface in attached(action.to.came_from, self.network)[:1]:
            yield self._seen(interface.id, "out", action.packet, node=action.to.came_from, interface=True)

    def _seen(
        self,
        point: str,
        side: Side,
        packet: Packet,
        *,
        interface: bool = False,
        socket: str = "",
        node: str = "",
        fate: Fate = "passed",
        rule: str = "",
    ) -> Sighting:
        return Sighting(
            point=point,
            node=node or self.hop.node,
            side=side,
            packet=packet,
            leg=self.leg,
            at=self.at,
            number=self.number,
            interface=interface,
            socket=socket or point,
            fate=fate,
            rule=rule,
        )

    def _fate(self, refusing: tuple[str, ...]) -> tuple[Fate, str]:
        step = failed(self.hop)
        if step is None or step.rule not in refusing:
            return "passed", ""
        return ("rejected" if step.rule in FILTERS else "lost"), step.rule

    def _beyond_border(self) -> tuple[Fate, str]:
        """What the VPC's router, which sits between an interface and everything else, makes of what the interface sends."""
        following = next(iter(self.leg.hops[self.at + 1 :]), None)
        if following is None or following.kind != "vpc_router" or not isinstance(following.action, Drop):
            return "passed", ""
        step = failed(following)
        rule = step.rule if step is not None else ""
        return ("rejected" if rule == "network-acl-egress" else "lost"), rule

    def _sent(self) -> Packet | None:
        return next((step.packet for step in reversed(self.hop.steps) if step.rule in WRAPS), None)

    def _endpoint(self) -> NetworkInterface | None:
        """An endpoint is entered by its only interface."""
        return next(iter(attached(self.hop.node, self.network)), None) if self.hop.kind == "vpc_endpoint" else None

    def _next_to(self, step: int) -> str:
        """The kind of the hop before or after this one."""
        at = self.at + step
        return self.leg.hops[at].kind if 0 <= at < len(self.leg.hops) else ""

    def _by_interface(self) -> bool:
        """Whether an instance sends by an interface, and not into a network of its own: then that interface's check is asked (R-130)."""
        checks = sum(step.rule.startswith("source-dest-check") for step in self.hop.steps)
        came_by = self.network.find(NetworkInterface, self.hop.arrival.by) is not None
        return self._sent() is not None or checks > int(came_by)

    def _leaves_by(self, packet: Packet) -> NetworkInterface | None:
        """The interface by which the hop sends: its only one, the one that the last check names, the one with the source address."""
        held = {interface.id: interface for interface in attached(self.hop.node, self.network)}
        if self.hop.kind == "endpoint_service":
            return next((interface for interface in held.values() if interface.owns(packet.src)), None)
        named = [str(step.facts["eni"]) for step in self.hop.steps if "eni" in step.facts]
        for identifier in reversed(named):
            if identifier in held:
                return held[identifier]
        own = next((interface for interface in held.values() if interface.owns(packet.src)), None)
        return own or held.get(self.hop.arrival.by) or next(iter(held.values()), None)

    def _came_by(self) -> str:
        hop = self.hop
        if hop.kind == "transit_gateway":
            return hop.arrival.by or hop.node
        if hop.kind == "vpc_peering_connection":
            return hop.arrival.came_from or hop.node
        return self._socket(-1)

    def _goes_by(self) -> str:
        hop = self.hop
        if hop.kind in ("transit_gateway", "vpc_peering_connection"):
            return hop.target or hop.node
        return self._socket(1)

    def _socket(self, step: int) -> str:
        """Gateways of a VPC have an outside, where hosts are, and an inside."""
        if self.hop.kind in PRIVATELINK:
            return self.hop.node
        return f"{self.hop.node} outside" if self._next_to(step) in ("", "host", "router") else f"{self.hop.node} inside"


def failed(hop: Hop) -> Step | None:
    """The check that ended the packet; None where none did."""
    return next((step for step in reversed(hop.steps) if not step.passed), None) if isinstance(hop.action, Drop) else None
