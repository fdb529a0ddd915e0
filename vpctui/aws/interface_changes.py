"""What may be changed on a network interface: check, addresses, groups, attachment.  Rules R-104, R-128 … R-133, R-313, R-339 … R-344."""

from collections.abc import Hashable, Iterator

from msgspec.structs import replace

from vpctui.address import Address, is_private, parse_address
from vpctui.aws.altering import ec2, field, members, read_value
from vpctui.aws.instance import Instance
from vpctui.aws.network_interface import MANAGED, NetworkInterface, attached
from vpctui.aws.security_group import SecurityGroup
from vpctui.engine.change import Alteration, Applied, Change, Refusal, alterations, stands_for
from vpctui.engine.network import Network
from vpctui.schema import IpAddress, OnOff, Reference

EXAMPLE = parse_address("203.0.113.100")
"""RFC 5737: an address to show where the account's own Elastic IP address is not known."""


def _managed(interface: NetworkInterface, setting: str) -> Refusal | None:
    """A service's interface is not the customer's to change (R-133)."""
    if interface.type not in MANAGED:
        return None
    message = f"You do not have permission to modify the requester-managed interface {interface.id}."
    return Refusal(
        "ENI_REFUSED_REQUESTER_MANAGED",
        message,
        "OperationNotPermitted",
        f"it belongs to {interface.owner or interface.type}",
        "R-133",
        f"{interface.id}.{setting}",
    )


def _check(interface: NetworkInterface, value: bool, network: Network) -> Refusal | None:
    return _managed(interface, "source_dest_check")


def _check_command(interface: NetworkInterface, value: bool, network: Network) -> tuple[str, ...]:
    return (ec2("modify-network-interface-attribute", network_interface_id=interface.id, source_dest_check=value, no_source_dest_check=not value),)


def _public(interface: NetworkInterface, value: Address | None, network: Network) -> Refusal | None:
    """AssociateAddress: needs an internet gateway (R-104); an address moves from its old owner (R-343)."""
    refusal = _managed(interface, "public_ip")
    if refusal is not None or value is None:
        return refusal
    if not network.ids(("gateway", interface.vpc)):
        return Refusal(
            "QUERY_INVALID",
            f"{interface.vpc} has no internet gateway",
            "Gateway.NotAttached",
            f"attach an internet gateway to {interface.vpc}",
            "R-104",
            f"{interface.id}.public_ip",
        )
    if is_private(value):
        return Refusal(
            "QUERY_INVALID", f"{value} is private; public_ip must be public", "InvalidParameterValue", "a public address", "R-087", f"{interface.id}.public_ip"
        )
    return None


def offered_addresses(interface: NetworkInterface, network: Network) -> tuple[str, ...]:
    """Its public address or none; where it has none, the next free one beside those that its VPC's interfaces have."""
    if interface.public_ip is not None:
        return (str(interface.public_ip), "none")
    used = [other.public_ip for identifier in _siblings(interface, network) if (other := network.the(NetworkInterface, identifier)).public_ip]
    free = (address for taken in (*used, EXAMPLE) for step in range(1, 9) if _is_free(address := taken + step, network))
    return (str(next(free, EXAMPLE)), "none")


def _is_free(address: Address, network: Network) -> bool:
    return not network.ids(("public", address)) and not network.ids(("internet", address))


def _siblings(interface: NetworkInterface, network: Network) -> Iterator[str]:
    """Interfaces of the same VPC, a bounded number of them."""
    for subnet in network.ids(("in", interface.vpc))[:50]:
        yield from (identifier for identifier in network.ids(("in", subnet))[:50] if network.find(NetworkInterface, identifier))


def _public_command(interface: NetworkInterface, value: Address | None, network: Network) -> tuple[str, ...]:
    """In a VPC an address is named by its allocation and its association; `--public-ip` was for EC2-Classic."""
    if value is None:
        return (ec2("disassociate-address", association_id=f"ASSOCIATION-OF-{interface.public_ip}"),)
    moved = bool(network.ids(("public", value)))
    return (ec2("associate-address", allocation_id=f"ALLOCATION-OF-{value}", network_interface_id=interface.id, allow_reassociation=moved),)


def _groups(interface: NetworkInterface, value: str, network: Network) -> Refusal | None:
    group = network.find(SecurityGroup, value)
    if group is not None and group.vpc and group.vpc != interface.vpc:
        message = f"Security group {value} and subnet {interface.subnet} belong to different networks."
        return Refusal("QUERY_INVALID", message, "InvalidParameter", f"a group of {interface.vpc}", "R-260", f"{interface.id}.security_groups")
    return _managed(interface, "security_groups") if interface.type == "nat_gateway" else None


def _groups_command(interface: NetworkInterface, operator: str, value: str) -> tuple[str, ...]:
    return (ec2("modify-network-interface-attribute", network_interface_id=interface.id) + " --groups " + " ".join(value.split(",")),)


def attach(interface: NetworkInterface, change: Change, network: Network) -> Applied:
    """Move an interface to another instance of its zone, or detach it; in between its routes are blackholes (R-339, R-340)."""
    place = change.place
    refusal = _managed(interface, "instance")
    if refusal is not None:
        return refusal
    if interface.owner and interface.primary:
        message = "The network interface at device index 0 and networkCard index 0 cannot be detached."
        return Refusal("QUERY_INVALID", message, "OperationNotPermitted", "move a secondary interface", "R-339", place)
    if change.value == "none":
        return (replace(interface, owner=""),)
    instance = network.find(Instance, change.value)
    if instance is None:
        return Refusal("UNKNOWN_RESOURCE", f"The instance ID '{change.value}' does not exist", "InvalidInstanceID.NotFound", place=place)
    if instance.zone != interface.zone:
        message = f"{interface.id} is in Availability Zone {interface.zone}, {instance.id} in {instance.zone}"
        return Refusal(
            "ENI_REFUSED_OTHER_AZ", message, "InvalidParameterValue", "an instance of the same zone; to cross zones replace the routes", "R-339", place
        )
    return (replace(interface, owner=instance.id),)


def _instances(interface: NetworkInterface, place: str, network: Network) -> tuple[str, ...]:
    """Running instances of the interface's zone and VPC, nearest first."""
    return (*dict.fromkeys(_near(interface, network)), "none")


def _near(interface: NetworkInterface, network: Network) -> Iterator[str]:
    for subnet in network.ids(("in", interface.vpc)):
        for identifier in network.ids(("in", subnet))[:50]:
            other = network.find(NetworkInterface, identifier)
            if other is not None and other.owner and other.zone == interface.zone and network.find(Instance, other.owner) is not None:
                yield other.owner


def _attach_commands(interface: NetworkInterface, change: Change, network: Network) -> tuple[str, ...]:
    lines: tuple[str, ...] = ()
    if interface.owner:
        lines = (ec2("detach-network-interface", attachment_id=f"ATTACHMENT-OF-{interface.id}"),)
    if change.value == "none":
        return lines
    return (*lines, ec2("attach-network-interface", network_interface_id=interface.id, instance_id=change.value, device_index="1"))


def _secondary(interface: NetworkInterface, value: Address, network: Network) -> Refusal | None:
    """AssignPrivateIpAddresses: inside the subnet; the address leaves its old interface (R-313, R-344)."""
    cidr = getattr(network.get(interface.subnet), "cidr", None)
    if cidr is not None and value not in cidr:
        return Refusal(
            "QUERY_INVALID",
            f"{value} is not in {interface.subnet} ({cidr})",
            "InvalidParameterValue",
            f"an address of {cidr}",
            "R-313",
            f"{interface.id}.secondary_private_ips",
        )
    holder = next(
        (found for found in (network.the(NetworkInterface, i) for i in network.ids(("address", interface.vpc, value))) if found.private_ip == value), None
    )
    if holder is None:
        return None
    message = f"Address {value} is in use: it is the primary address of {holder.id}"
    return Refusal("QUERY_INVALID", message, "InvalidIPAddress.InUse", "another address", "R-313", f"{interface.id}.secondary_private_ips")


def _secondary_command(interface: NetworkInterface, operator: str, value: str) -> tuple[str, ...]:
    if operator == "-=":
        return (ec2("unassign-private-ip-addresses", network_interface_id=interface.id, private_ip_addresses=value),)
    return (ec2("assign-private-ip-addresses", network_interface_id=interface.id, private_ip_addresses=value, allow_reassignment=True),)


def _current_instance(interface: NetworkInterface, network: Network) -> tuple[tuple[str, str], ...]:
    return () if interface.type in MANAGED or interface.primary else ((f"{interface.id}.instance", interface.owner or "none"),)


def _moving(row: Alteration) -> Alteration:
    """An alteration that also takes the address from the interface that held it (R-313, R-343, R-344)."""

    def apply(interface: NetworkInterface, change: Change, network: Network) -> Applied:
        made = row.apply(interface, change, network)
        if isinstance(made, Refusal):
            return made
        changed = made[0]
        assert isinstance(changed, NetworkInterface)
        return _settled(interface, changed, network)

    return Alteration(row.setting, apply, row.current, row.choices, row.commands)


def _settled(before: NetworkInterface, after: NetworkInterface, network: Network) -> tuple[NetworkInterface, ...]:
    """The interface with what moved to it, and those that lost it; a private address takes its public one along (R-313)."""
    others: dict[str, NetworkInterface] = {}
    pairs = [pair for pair in after.secondary_public_ips if pair[0] in after.secondary_private_ips]
    for address in after.secondary_private_ips:
        for holder in _holders(("address", after.vpc, address), after, others, network):
            pairs += [pair for pair in holder.secondary_public_ips if pair[0] == address]
            privates = tuple(ip for ip in holder.secondary_private_ips if ip != address)
            others[holder.id] = replace(holder, secondary_private_ips=privates, secondary_public_ips=_without(holder, address))
    if after.public_ip != before.public_ip:
        pairs = [pair for pair in pairs if pair[1] != after.public_ip]
    for public in {after.public_ip, *(public for _, public in pairs)} - {None}:
        for holder in _holders(("public", public), after, others, network):
            primary = None if holder.public_ip == public else holder.public_ip
            others[holder.id] = replace(holder, public_ip=primary, secondary_public_ips=_without(holder, public))
    return (replace(after, secondary_public_ips=tuple(pairs)), *others.values())


def _holders(key: Hashable, but: NetworkInterface, changed: dict[str, NetworkInterface], network: Network) -> Iterator[NetworkInterface]:
    """The other interfaces under an index key, as they are by now."""
    for identifier in network.ids(key):
        if identifier != but.id:
            yield changed.get(identifier) or network.the(NetworkInterface, identifier)


def _without(holder: NetworkInterface, address: Address | None) -> tuple[tuple[Address, Address], ...]:
    return tuple(pair for pair in holder.secondary_public_ips if address not in pair)


def secondary_public(interface: NetworkInterface, change: Change, network: Network) -> Applied:
    """`eni.secondary_public_ips[PRIVATE]=PUBLIC`, `none` takes it away: AssociateAddress with a private address (R-097)."""
    private = next((address for address in interface.secondary_private_ips if str(address) == change.key), None)
    if change.operator != "=" or private is None:
        held = ", ".join(str(address) for address in interface.secondary_private_ips) or "none"
        message = f"{change.place} is no secondary private address of {interface.id}"
        return Refusal(
            "QUERY_INVALID",
            message,
            "InvalidParameterValue",
            f"{interface.id}.secondary_public_ips[PRIVATE]=PUBLIC, PRIVATE one of {held}",
            "R-097",
            change.place,
        )
    public = None if change.value == "none" else read_value(IpAddress(4), change, network)
    refusal = public if isinstance(public, Refusal) else _public(interface, public, network)
    if isinstance(refusal, Refusal):
        return replace(refusal, place=change.place)
    rest = tuple(pair for pair in _without(interface, private) if pair[1] != public)
    primary = None if public is not None and public == interface.public_ip else interface.public_ip
    changed = replace(interface, public_ip=primary, secondary_public_ips=(*rest, (private, public)) if public else rest)
    return _settled(replace(interface, public_ip=primary), changed, network)


def _current_secondary_public(interface: NetworkInterface, network: Network) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"{interface.id}.secondary_public_ips[{address}]", str(interface.public_of(address) or "none")) for address in interface.secondary_private_ips
    )


def _secondary_public_commands(interface: NetworkInterface, change: Change, network: Network) -> tuple[str, ...]:
    if change.value == "none":
        held = next((public for private, public in interface.secondary_public_ips if str(private) == change.key), None)
        return (ec2("disassociate-address", association_id=f"ASSOCIATION-OF-{held}"),) if held else ()
    allocation = f"ALLOCATION-OF-{change.value}"
    return (ec2("associate-address", allocation_id=allocation, network_interface_id=interface.id, private_ip_address=change.key, allow_reassociation=True),)


alterations(
    NetworkInterface,
    field("source_dest_check", OnOff(), check=_check, command=_check_command),
    _moving(field("public_ip", IpAddress(4), check=_public, command=_public_command, offer=offered_addresses)),
    members("security_groups", Reference(("security_groups",)), check=_groups, command=_groups_command),
    _moving(members("secondary_private_ips", IpAddress(4), check=_secondary, command=_secondary_command)),
    Alteration("secondary_public_ips", secondary_public, _current_secondary_public, lambda interface, place, network: (), _secondary_public_commands),
    Alteration("instance", attach, _current_instance, _instances, _attach_commands),
)
stands_for(Instance, lambda instance, network: tuple(interface.id for interface in attached(instance.id, network)))
