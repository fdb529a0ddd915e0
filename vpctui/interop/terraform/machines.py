"""Interfaces, instances, Elastic IP addresses and NAT gateways of Terraform."""

from typing import Any

from vpctui.interop.aws.account import Json
from vpctui.interop.terraform.addresses import Addresses
from vpctui.interop.terraform.reading import Context, Item, texts_of

SERVICES = {"nat_gateway": "Interface for NAT Gateway {}", "network_load_balancer": "ELB {}", "load_balancer": "ELB {}"}


def write(context: Context, addresses: Addresses) -> None:
    """Interfaces first, for instances and addresses name them."""
    for item in context.all("aws_network_interface"):
        _interface(context, addresses, item)
    for item in context.all("aws_instance"):
        _instance(context, addresses, item)
    for item in context.all("aws_network_interface_attachment"):
        _attach(context, item.text("network_interface_id"), item.text("instance_id"), item.number("device_index", 1), item)
    for item in context.all("aws_network_interface_sg_attachment"):
        held = context.held("NetworkInterfaces", item.text("network_interface_id"))
        if held is not None:
            held["Groups"].append({"GroupId": item.text("security_group_id")})
    public = _elastic(context, addresses)
    for item in context.all("aws_nat_gateway"):
        _nat_gateway(context, addresses, public, item)


def interface(context: Context, item: Item, identifier: str, values: Json) -> None:
    """Keep an interface as `describe-network-interfaces` answers it."""
    subnet = context.held("Subnets", str(values.get("SubnetId", "")))
    context.add(
        "NetworkInterfaces", item, {"NetworkInterfaceId": identifier, "VpcId": subnet["VpcId"] if subnet else "", "Status": "in-use", **values}, identifier
    )


def _interface(context: Context, addresses: Addresses, item: Item) -> None:
    subnet = item.text("subnet_id")
    listed = texts_of(item.resource.values.get("private_ips"))
    first = addresses.private(item, subnet, item.known("private_ip") or next(iter(listed), ""))
    values: dict[str, Any] = {
        "SubnetId": subnet,
        "PrivateIpAddress": first,
        "PrivateIpAddresses": [{"PrivateIpAddress": text, "Primary": text == first} for text in dict.fromkeys((first, *listed))],
        "Ipv6Addresses": [{"Ipv6Address": text} for text in texts_of(item.resource.values.get("ipv6_addresses"))],
        "Ipv4Prefixes": [{"Ipv4Prefix": text} for text in texts_of(item.resource.values.get("ipv4_prefixes"))],
        "SourceDestCheck": item.flag("source_dest_check", True),
        "InterfaceType": item.known("interface_type") or "interface",
        "Groups": [{"GroupId": group} for group in item.texts("security_groups")],
        "Status": "available",
    }
    interface(context, item, item.id, values)
    for at, block in enumerate(item.blocks("attachment")):
        _attach(context, item.id, item.in_block("attachment", at, "instance"), _device(block), item)


def _device(block: Json) -> int:
    number = block.get("device_index")
    return number if isinstance(number, int) else 0


def _attach(context: Context, identifier: str, instance: str, device: int, item: Item) -> None:
    held = context.held("NetworkInterfaces", identifier)
    if held is None:
        context.orphan(item, identifier)
        return
    held["Status"] = "in-use"
    held["Attachment"] = {"InstanceId": instance, "DeviceIndex": device, "Status": "attached"}


def _instance(context: Context, addresses: Addresses, item: Item) -> None:
    state = item.known("instance_state") or "running"
    context.add("Instances", item, {"InstanceId": item.id, "State": {"Name": state}})
    given = [
        (at, name)
        for kind in ("network_interface", "primary_network_interface")
        for at in range(len(item.blocks(kind)))
        if (name := item.in_block(kind, at, "network_interface_id"))
    ]
    primary = item.known("primary_network_interface_id")
    for at, name in given:
        blocks = item.blocks("network_interface")
        _attach(context, name, item.id, _device(blocks[at]) if at < len(blocks) else 0, item)
    if given or (primary and context.held("NetworkInterfaces", primary) is not None):
        if primary and context.held("NetworkInterfaces", primary) is not None:
            _attach(context, primary, item.id, 0, item)
        return
    _own_interface(context, addresses, item, primary or f"eni-{item.id.removeprefix('i-')}")


def _own_interface(context: Context, addresses: Addresses, item: Item, identifier: str) -> None:
    """The interface that an instance brings along."""
    subnet = item.text("subnet_id")
    first = addresses.private(item, subnet, item.known("private_ip"))
    further = texts_of(item.resource.values.get("secondary_private_ips"))
    values: dict[str, Any] = {
        "SubnetId": subnet,
        "PrivateIpAddress": first,
        "PrivateIpAddresses": [{"PrivateIpAddress": text, "Primary": text == first} for text in dict.fromkeys((first, *further))],
        "Ipv6Addresses": [{"Ipv6Address": text} for text in texts_of(item.resource.values.get("ipv6_addresses"))],
        "SourceDestCheck": item.flag("source_dest_check", True),
        "Groups": [{"GroupId": group} for group in item.texts("vpc_security_group_ids") or item.texts("security_groups")],
        "Attachment": {"InstanceId": item.id, "DeviceIndex": 0, "Status": "attached"},
    }
    known = item.known("public_ip")
    if known or item.flag("associate_public_ip_address"):
        public = known or addresses.public(item, "")
        values["Association"] = {"PublicIp": public}
        values["PrivateIpAddresses"][0]["Association"] = {"PublicIp": public}
    interface(context, item, identifier, values)


def _elastic(context: Context, addresses: Addresses) -> dict[str, str]:
    """Elastic IP addresses: the public address of each allocation; those of an interface are put there."""
    found = {}
    for item in context.all("aws_eip"):
        found[item.id] = addresses.public(item, item.known("public_ip"))
        target = item.text("network_interface") or _primary(context, item.text("instance"))
        if target:
            _associate(context, item, target, found[item.id], item.known("associate_with_private_ip") or item.known("private_ip"))
    for item in context.all("aws_eip_association"):
        target = item.text("network_interface_id") or _primary(context, item.text("instance_id"))
        public = found.get(item.text("allocation_id")) or item.known("public_ip")
        if target and public:
            _associate(context, item, target, public, item.known("private_ip_address"))
    return found


def _primary(context: Context, instance: str) -> str:
    held = context.account.of("NetworkInterfaces")
    mine = {
        name: each.values["Attachment"]["DeviceIndex"] for name, each in held.items() if (each.values.get("Attachment") or {}).get("InstanceId") == instance
    }
    return min(mine, key=lambda name: mine[name]) if instance and mine else ""


def _associate(context: Context, item: Item, identifier: str, public: str, private: str) -> None:
    held = context.held("NetworkInterfaces", identifier)
    if held is None:
        return  # a service's own interface, such as a NAT gateway's: that one is told by the service
    rows = held["PrivateIpAddresses"]
    row = next((each for each in rows if each["PrivateIpAddress"] == private), rows[0] if rows else None)
    if row is not None:
        row["Association"] = {"PublicIp": public}
        if row is rows[0]:
            held["Association"] = {"PublicIp": public}


def _nat_gateway(context: Context, addresses: Addresses, public: dict[str, str], item: Item) -> None:
    subnet = item.text("subnet_id")
    inside = addresses.private(item, subnet, item.known("private_ip"))
    name = item.known("network_interface_id") or f"eni-{item.id}"
    row: Json = {"NetworkInterfaceId": name, "PrivateIp": inside, "IsPrimary": True}
    private = item.known("connectivity_type") == "private"
    if not private:
        row["PublicIp"] = item.known("public_ip") or public.get(item.text("allocation_id"), "") or addresses.public(item, "")
    held = context.held("Subnets", subnet)
    context.add(
        "NatGateways",
        item,
        {
            "NatGatewayId": item.id,
            "SubnetId": subnet,
            "VpcId": held["VpcId"] if held else "",
            "State": "available",
            "ConnectivityType": "private" if private else "public",
            "NatGatewayAddresses": [row],
        },
    )
    service = {"SubnetId": subnet, "PrivateIpAddress": inside, "InterfaceType": "nat_gateway", "Description": SERVICES["nat_gateway"].format(item.id)}
    interface(context, item, name, {**service, "SourceDestCheck": False, "RequesterManaged": True})
