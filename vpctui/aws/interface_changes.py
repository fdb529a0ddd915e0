"""What may be changed on a network interface: check, addresses, groups, attachment.  Rules R-104, R-128 … R-133, R-313, R-339 … R-344."""

from collections.abc import Iterator

from msgspec.structs import replace

from vpctui.address import Address, is_private
from vpctui.aws.altering import ec2, field, members
from vpctui.aws.instance import Instance
from vpctui.aws.network_interface import MANAGED, NetworkInterface, attached
from vpctui.aws.security_group import SecurityGroup
from vpctui.engine.change import Alteration, Applied, Change, Refusal, alterations, stands_for
from vpctui.engine.network import Network
from vpctui.schema import IpAddress, OnOff, Reference


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


def _offered(interface: NetworkInterface, network: Network) -> tuple[str, ...]:
    """Its public address or none; where it has none, the next free one beside those that its VPC's interfaces have."""
    if interface.public_ip is not None:
        return (str(interface.public_ip), "none")
    used = [other.public_ip for identifier in _siblings(interface, network) if (other := network.the(NetworkInterface, identifier)).public_ip]
    free = next(
        (address for taken in used for step in range(1, 9) if not network.ids(("public", address := taken + step)) and not network.ids(("internet", address))),
        None,
    )
    return (str(free), "none") if free else ("none",)


def _siblings(interface: NetworkInterface, network: Network) -> Iterator[str]:
    """Interfaces of the same VPC, a bounded number of them."""
    for subnet in network.ids(("in", interface.vpc))[:50]:
        yield from (identifier for identifier in network.ids(("in", subnet))[:50] if network.find(NetworkInterface, identifier))


def _public_command(interface: NetworkInterface, value: Address | None, network: Network) -> tuple[str, ...]:
    if value is None:
        return (ec2("disassociate-address", public_ip=str(interface.public_ip)),)
    return (ec2("associate-address", public_ip=str(value), network_interface_id=interface.id, allow_reassociation=bool(network.ids(("public", value)))),)


def _groups(interface: NetworkInterface, value: str, network: Network) -> Refusal | None:
    group = network.find(SecurityGroup, value)
    if group is not None and group.vpc and group.vpc != interface.vpc:
        message = f"Security group {value} and subnet {interface.subnet} belong to different networks."
        return Refusal("QUERY_INVALID", message, "InvalidParameter", f"a group of {interface.vpc}", "R-260", f"{interface.id}.security_groups")
    return _managed(interface, "security_groups") if interface.type == "nat_gateway" else None


def _groups_command(interface: NetworkInterface, operator: str, value: str) -> tuple[str, ...]:
    return (ec2("modify-network-interface-attribute", network_interface_id=interface.id) + " --groups " + " ".join(value.split(",")),)


def attach(interface: NetworkInterface, change: Change, network: Network) -> Applied:
    """Move an interface to another instance of its zone, or detach it (R-339)."""
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
    return None


def _secondary_command(interface: NetworkInterface, operator: str, value: str) -> tuple[str, ...]:
    if operator == "-=":
        return (ec2("unassign-private-ip-addresses", network_interface_id=interface.id, private_ip_addresses=value),)
    return (ec2("assign-private-ip-addresses", network_interface_id=interface.id, private_ip_addresses=value, allow_reassignment=True),)


def _current_instance(interface: NetworkInterface, network: Network) -> tuple[tuple[str, str], ...]:
    return () if interface.type in MANAGED or interface.primary else ((f"{interface.id}.instance", interface.owner or "none"),)


def _moving(row: Alteration) -> Alteration:
    """An alteration that also takes the address from the interface that held it (R-343, R-344)."""

    def apply(interface: NetworkInterface, change: Change, network: Network) -> Applied:
        made = row.apply(interface, change, network)
        if isinstance(made, Refusal):
            return made
        changed = made[0]
        assert isinstance(changed, NetworkInterface)
        return (changed, *_robbed(interface, changed, network))

    return Alteration(row.setting, apply, row.current, row.choices, row.commands)


def _robbed(before: NetworkInterface, after: NetworkInterface, network: Network) -> Iterator[NetworkInterface]:
    """Interfaces that lose an address because it moved here."""
    if after.public_ip and after.public_ip != before.public_ip:
        for identifier in network.ids(("public", after.public_ip)):
            holder = network.the(NetworkInterface, identifier)
            if identifier != after.id and holder.public_ip == after.public_ip:
                yield replace(holder, public_ip=None)
    for address in set(after.secondary_private_ips) - set(before.secondary_private_ips):
        for identifier in network.ids(("address", after.vpc, address)):
            holder = network.the(NetworkInterface, identifier)
            if identifier != after.id:
                yield replace(holder, secondary_private_ips=tuple(ip for ip in holder.secondary_private_ips if ip != address))


alterations(
    NetworkInterface,
    field("source_dest_check", OnOff(), check=_check, command=_check_command),
    _moving(field("public_ip", IpAddress(4), check=_public, command=_public_command, offer=_offered)),
    members("security_groups", Reference(("security_groups",)), check=_groups, command=_groups_command),
    _moving(members("secondary_private_ips", IpAddress(4), check=_secondary, command=_secondary_command)),
    Alteration("instance", attach, _current_instance, _instances, _attach_commands),
)
stands_for(Instance, lambda instance, network: tuple(interface.id for interface in attached(instance.id, network)))
