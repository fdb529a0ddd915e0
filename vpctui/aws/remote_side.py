"""The remote side of a gateway: whom a packet meets there, and where one from there comes in.  Rules R-117, R-126.

A host stands `behind` a gateway, an attachment, a VPN connection or a virtual interface; a router there carries to the networks behind it.
"""

from collections.abc import Callable, Generator
from typing import Any, TypeVar

from vpctui.address import Address, Prefix
from vpctui.engine.network import Network
from vpctui.engine.registry import Rule, Sentence, Situation
from vpctui.packet import Packet
from vpctui.trace import Arrival, Step

R = TypeVar("R")
ON_PREMISES = "on-premises"
ComingIn = Callable[[Any, Network], Arrival]
_COMING_IN: dict[type, ComingIn] = {}


def coming_in(kind: type[R]) -> Callable[[Callable[[R, Network], Arrival]], ComingIn]:
    """Register where a packet from the remote side of such a record comes in."""

    def register(function: Callable[[R, Network], Arrival]) -> ComingIn:
        _COMING_IN[kind] = function
        return function

    return register


def entry(identifier: str, network: Network) -> Arrival | None:
    """Where a packet comes in that is sent to a gateway, an attachment, a connection or a virtual interface from its remote side."""
    record = network.get(identifier)
    function = _COMING_IN.get(type(record))
    return function(record, network) if function else None


def hand_out(packet: Packet, here: Situation, *, behind: tuple[str, ...]) -> Generator[Step, None, Arrival]:
    """Whom the packet meets outside: a host `behind` one of these, a router there that knows the network, or the end that is assumed."""
    node, by = neighbour(packet.dst, behind, here.network) or (ON_PREMISES, behind[0])
    yield Step(rule="remote-side", packet=packet, facts={"dst": str(packet.dst), "to": node, "by": by})
    return Arrival(node=node, by=by, came_from=here.arrival.node)


def neighbour(address: Address, behind: tuple[str, ...], network: Network) -> tuple[str, str] | None:
    """The host behind one of these that has an address, or the router there that knows its network; and what it is behind."""
    for by in behind:
        found = network.ids(("behind", by, address))
        if found:
            return found[0], by
    for by in behind:
        for router in network.ids(("router-behind", by)):
            links = getattr(getattr(network.get(router), "guest", None), "links", ())
            blocks = (getattr(network.get(link), "cidr", None) for link, _ in links)
            if any(isinstance(block, Prefix) and address in block for block in blocks):
                return router, by
    return None


RULES = {
    "remote-side": Rule(
        "R-117 R-126",
        Sentence("the remote side of {by} takes it to {to}; nothing is translated", "{by}の対向側で{to}に届く。変換は無い"),
    ),
}
