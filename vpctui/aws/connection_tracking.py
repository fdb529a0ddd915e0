"""Which connections a security group tracks, and which it does not: what becomes of them when a rule goes.  Rules R-264, R-265.

An untracked connection is asked of the rules packet by packet, so it ends with its rule; a tracked one goes on.
"""

from collections.abc import Callable, Iterable
from typing import Any

from vpctui.address import Prefix
from vpctui.aws import route_table
from vpctui.aws.delivery import owner_of
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.subnet import Subnet, table_of
from vpctui.engine.network import Network
from vpctui.engine.registry import Situation
from vpctui.filter_rules import RuleText
from vpctui.packet import Packet

UNTRACKED = "untracked"
"""What an interface remembers of a connection that no rule has to remember."""
_ALWAYS: dict[type, Callable[[Any, Network], bool]] = {}


def always_tracked(kind: type, when: Callable[[Any, Network], bool] = lambda record, network: True) -> None:
    """Register that what passes a record of this kind is tracked, whatever the rules say (R-265)."""
    _ALWAYS[kind] = when


def memory(interface: NetworkInterface, rule: RuleText, opposite: Iterable[RuleText], packet: Packet, here: Situation, side: str) -> bool | str:
    """What is remembered of a packet that this rule lets pass: that it is tracked, or `UNTRACKED` (R-264).

    `opposite` are the rules of the other direction.  Untracked is TCP or UDP from anywhere where any answer to anywhere may pass, unless
    the path leads through something whose connections are always tracked.
    """
    if packet.protocol not in ("tcp", "udp") or not _anywhere(rule, packet) or interface.type != "interface":
        return True
    if not any(_anywhere(other, packet) and _any_port(other, packet) for other in opposite):
        return True
    return True if _passes_one(interface, packet, here, side) else UNTRACKED


def _anywhere(rule: RuleText, packet: Packet) -> bool:
    return isinstance(rule.source, Prefix) and rule.source.length == 0 and rule.source.family == packet.family


def _any_port(rule: RuleText, packet: Packet) -> bool:
    return rule.covers(packet.protocol, 0) and rule.covers(packet.protocol, 65535)


def _passes_one(interface: NetworkInterface, packet: Packet, here: Situation, side: str) -> bool:
    """Whether the packet came through such a record, or goes to one next."""
    network = here.network
    passed = [arrival.node for arrival in here.path]
    if side == "out":
        passed += _next(interface, packet, here)
    return any(_is_always(identifier, network) for identifier in passed)


def _is_always(identifier: str, network: Network) -> bool:
    record = network.get(identifier)
    when = _ALWAYS.get(type(record))
    return when is not None and when(record, network)


def _next(interface: NetworkInterface, packet: Packet, here: Situation) -> list[str]:
    """Who holds the destination, or the target of the route to it."""
    holder = owner_of(interface.vpc, packet.dst, here.network)
    if holder is not None:
        return [holder.owner]
    subnet = here.network.find(Subnet, interface.subnet)
    table = table_of(subnet, here.network) if subnet else ""
    won = route_table.lookup(here.network, table, packet.dst, (), here.assume).winner if table else None
    return [won.target] if won else []
