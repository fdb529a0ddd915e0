"""Which address a machine sends from, and by which address others call it.  Rules R-096, R-146, R-305."""

from vpctui.address import Address, is_link_local, parse_address
from vpctui.aws import guest, route_table
from vpctui.aws.guest import Machine
from vpctui.aws.host import Host
from vpctui.aws.instance import Instance
from vpctui.aws.internet import End
from vpctui.aws.network_interface import NetworkInterface, attached
from vpctui.engine.network import Network
from vpctui.engine.registry import addressed, sends

LINK_LOCAL = parse_address("169.254.1.1")
"""Some address of RFC 3927: which one a guest takes is its own business."""


@sends(Instance)
@sends(Host)
def source(machine: Machine, destination: Address, network: Network) -> Address | None:
    """The address of the interface by which the guest's table sends; its first address where there is no route."""
    won = next((row for row in route_table.choose(tuple(guest.table(machine, network)), destination) if row.note == "ROUTE_WON"), None)
    out = guest.way(machine, won, network) if won else None
    found = guest.source_for(machine, out, destination.family) if out else None
    return found or _own(machine, network, destination.family) or _link_local(machine, destination, network)


def _link_local(machine: Machine, destination: Address, network: Network) -> Address | None:
    """An instance without IPv4 speaks to the host's IPv4 services from a link-local address of its own (R-309)."""
    return LINK_LOCAL if destination.family == 4 and is_link_local(destination) and attached(machine.id, network) else None


def _own(machine: Machine, network: Network, family: int) -> Address | None:
    own = [address for interface in attached(machine.id, network) for address in interface.addresses]
    own += [address for address in (getattr(machine, "ip", None), getattr(machine, "ipv6", None)) if address]
    own += [address for _, address in machine.guest.links]
    return next((address for address in own if address.family == family), None)


@addressed(Instance)
def instance_address(instance: Instance, network: Network, family: int, outside: bool) -> Address | None:
    """The public address for a caller on the internet (IPv4), else the primary private one (R-096)."""
    interfaces = attached(instance.id, network)
    if outside and family == 4:
        return next((interface.public_ip for interface in interfaces if interface.public_ip), None)
    return next((address for interface in interfaces if (address := interface.source(family))), None)


@addressed(NetworkInterface)
def interface_address(interface: NetworkInterface, network: Network, family: int, outside: bool) -> Address | None:
    """Like an instance with this one interface."""
    return interface.public_ip if outside and family == 4 else interface.source(family)


@sends(NetworkInterface)
def interface_source(interface: NetworkInterface, destination: Address, network: Network) -> Address | None:
    """Its own primary address."""
    return interface.source(destination.family)


@addressed(Host)
def host_address(host: Host, network: Network, family: int, outside: bool) -> Address | None:
    """Its address on the internet or behind its gateway, else the first of its links."""
    own = host.ip if family == 4 else host.ipv6
    return own or next((address for _, address in host.guest.links if address.family == family), None)


@sends(End)
def end_source(end: End, destination: Address, network: Network) -> Address | None:
    """The three ends have no address of their own: the flow says `source_ip`."""
    return None
