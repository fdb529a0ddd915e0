"""The rows of route tables, each with whatever it targets; a target that is not modelled or not in the data stops packets.

Rules R-015, R-036, R-042, R-109.
"""

from typing import Any

from vpctui.aws.edge_rules import NOT_ROUTABLE
from vpctui.interop.aws.account import Json, is_usable
from vpctui.interop.aws.draft import Draft, Fields, cidr_text, name_of, prefix
from vpctui.interop.aws.filters import prefix_list
from vpctui.interop.aws.interfaces import Interfaces
from vpctui.interop.aws.inventory import Inventory
from vpctui.interop.aws.networks import network_blocks
from vpctui.interop.aws.shapes import RouteTable

DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
BESIDE = frozenset((*DESTINATIONS, "Origin", "State", "InstanceOwnerId", "IpAddress", "GatewayOwnerId", "AllocationId"))
"""What stands in a route beside its target."""
KINDS = {
    "NetworkInterfaceId": "network_interface",
    "InstanceId": "instance",
    "NatGatewayId": "nat_gateway",
    "TransitGatewayId": "transit_gateway",
    "VpcPeeringConnectionId": "vpc_peering_connection",
    "EgressOnlyInternetGatewayId": "egress_only_internet_gateway",
    "CarrierGatewayId": "carrier_gateway",
    "LocalGatewayId": "local_gateway",
    "CoreNetworkArn": "core_network",
    "OdbNetworkArn": "odb_network",
    "VpcEndpointId": "vpc_endpoint",
    "GatewayId": "gateway",
}
"""Keys of targets, in the order in which they count where several stand in one route."""
HEALED = ("instances", "nat_gateways", "vpc_peering_connections")
"""Sections whose resources make blackholes of their routes by their own state."""
STATEFUL = {"nat_gateways": ("state", "available"), "vpc_peering_connections": ("status", "active")}


class Routes:
    """Writes route tables."""

    def __init__(self, inventory: Inventory, interfaces: Interfaces, draft: Draft) -> None:
        self._inventory, self._interfaces, self._draft = inventory, interfaces, draft
        self._subnets = {
            (entry.fields["vpc"], entry.fields[field])
            for entry in draft.sections.get("subnets", {}).values()
            for field in ("cidr", "ipv6_cidr")
            if field in entry.fields
        }
        self._edges = {entry.fields.get("route_table") for name in ("internet_gateways", "vpn_gateways") for entry in draft.sections.get(name, {}).values()}

    def write(self) -> None:
        """Every table of a VPC that is written, those that nothing uses included."""
        tables = self._inventory.of("RouteTables", RouteTable)
        for identifier, table in sorted(tables.items(), key=lambda pair: (pair[1].vpc_id, pair[0])):
            if table.vpc_id not in self._draft.sections.get("vpcs", {}):
                source = self._inventory.source("RouteTables", identifier)
                self._draft.account.note("skipped", f"route table {identifier} is of {table.vpc_id}, which is not in the data", source, identifier)
                continue
            self._table(identifier, table)

    def _table(self, identifier: str, table: RouteTable) -> None:
        fields: Fields = {"vpc": table.vpc_id, "routes": {}}
        propagating = [each.gateway_id for each in table.propagating_vgws if self._draft.entry("vpn_gateways", each.gateway_id)]
        if propagating and identifier not in self._edges:
            fields["propagating_vgws"] = propagating
        self._draft.add("route_tables", identifier, fields, name_of(table.tags))
        for at, route in enumerate(table.routes):
            row = self._row(identifier, table, route, propagating, at)
            if row is not None:
                fields["routes"][row[0]] = row[1]

    def _row(self, identifier: str, table: RouteTable, route: Json, propagating: list[str], at: int) -> tuple[str, Any] | None:
        """One destination and its target; None for what is implicit or comes from elsewhere."""
        destination = self._destination(identifier, route)
        source = self._inventory.source("RouteTables", identifier)
        place = source.below(f"Routes/{at}") if source else None
        if not destination:
            self._draft.note("error", identifier, f"a route of {identifier} has no destination that can be read; it is left out", place)
            return None
        key, target = self._target(route)
        if target == "local":
            return self._local(identifier, table, destination)
        if route.get("Origin") == "EnableVgwRoutePropagation" and target in propagating:
            return None  # the gateway's own routes come by the propagation
        if self._by_endpoint(identifier, destination, target):
            return None
        return destination, self._settled(identifier, table, destination, key, target, route)

    def _destination(self, identifier: str, route: Json) -> str:
        for key in DESTINATIONS:
            text = route.get(key)
            if isinstance(text, str) and text:
                return prefix_list(self._draft, text) if key == "DestinationPrefixListId" else cidr_text(text)
        return ""

    @staticmethod
    def _target(route: Json) -> tuple[str, str]:
        """The key and the id of a route's target; of a key that nobody knows too."""
        for key in KINDS:
            if isinstance(route.get(key), str) and route[key]:
                return key, route[key]
        unknown = next((key for key, value in route.items() if key not in BESIDE and isinstance(value, str) and value), "")
        return unknown, route[unknown] if unknown else ""

    def _local(self, identifier: str, table: RouteTable, destination: str) -> tuple[str, str] | None:
        """`local` is implicit for the ranges of the VPC; a subnet's own may be written (R-021)."""
        blocks = network_blocks(self._draft, table.vpc_id)
        if destination in blocks:
            return None
        if self._is_subnet(table.vpc_id, destination):
            return destination, "local"
        self._draft.note("warning", identifier, f"{identifier} has {destination} as local, which no range of {table.vpc_id} in the data is; it is left out")
        return None

    def _is_subnet(self, vpc: str, destination: str) -> bool:
        return (vpc, destination) in self._subnets

    def _by_endpoint(self, table: str, destination: str, target: str) -> bool:
        """Whether a gateway endpoint puts this row there by itself (R-286)."""
        endpoint = self._draft.entry("vpc_endpoints", target)
        if endpoint is None or endpoint.fields["type"] != "gateway" or endpoint.fields.get("prefix_list") != destination:
            return False
        tables = endpoint.fields.setdefault("route_tables", [])
        if table not in tables:
            tables.append(table)
        return True

    def _settled(self, identifier: str, table: RouteTable, destination: str, key: str, target: str, route: Json) -> Any:
        """The target as the file has it, with origin and state where they say more than the target itself."""
        blackhole = route.get("State") == "blackhole"
        if key == "InstanceId":
            target = next(iter(self._interfaces.of_owner.get(target, ())), target)
        if not self._fits(identifier, destination, target, table.vpc_id):
            return self._unfit(identifier, table.vpc_id, destination, key, target, blackhole)
        propagated = route.get("Origin") in ("EnableVgwRoutePropagation", "Advertisement")
        dead = blackhole and not self._dead(target)
        if not propagated and not dead:
            return target
        return {"target": target, **({"origin": "propagated"} if propagated else {}), **({"state": "blackhole"} if dead else {})}

    def _unfit(self, identifier: str, vpc: str, destination: str, key: str, target: str, blackhole: bool) -> Any:
        """A target that is gone leaves a blackhole (R-036); one that is not modelled or not in the data stops packets."""
        if blackhole:
            self._draft.note("skipped", identifier, f"{destination} of {identifier} leads to {target or 'nothing'}, which is gone: a blackhole")
            return "blackhole"
        known = KINDS.get(key, key or "unknown")
        name = self._draft.unsupported(target if is_usable(target) else f"unknown-target-{identifier}", known)
        why = "is not something that vpctui models" if key not in KINDS or known in UNMODELLED else "is not in the data, or cannot be reached from here"
        self._draft.note("warning", identifier, f"{destination} of {identifier} leads to {target or 'no target'} ({known}), which {why}: packets stop there")
        return name

    def _fits(self, table: str, destination: str, target: str, vpc: str) -> bool:
        """Whether the format takes this target in this table; AWS never answers another one, broken data may."""
        holder = self._draft.holders.get(target, "")
        entry = self._draft.entry(holder, target)
        if table in self._edges:
            return self._fits_edge(vpc, destination, target, holder)
        if self._is_inside(vpc, destination) and not self._forwards_inside(vpc, destination, target, holder):
            return False
        if holder in ("internet_gateways", "vpn_gateways", "egress_only_internet_gateways"):
            return entry is not None and entry.fields["vpc"] == vpc and (holder[:6] != "egress" or ":" in destination)
        if holder == "nat_gateways":
            carried = prefix("64:ff9b::/96")
            six = prefix(destination) if ":" in destination else None
            return self._vpc(target) == vpc and (six is None or (carried is not None and carried.covers(six)))
        if holder == "vpc_peering_connections":
            return entry is not None and vpc in entry.fields["vpcs"]
        if holder == "transit_gateways":
            attachments = entry.fields.get("attachments", {}).values() if entry else ()
            return any(attachment.get("vpc") == vpc for attachment in attachments)
        if holder == "vpc_endpoints":
            return entry is not None and entry.fields["type"] == "gateway_load_balancer" and self._vpc(target) == vpc
        return self._is_interface(target, vpc)

    def _is_inside(self, vpc: str, destination: str) -> bool:
        block = prefix(destination)
        return block is not None and any((outer := prefix(text)) is not None and outer.covers(block) for text in network_blocks(self._draft, vpc))

    def _forwards_inside(self, vpc: str, destination: str, target: str, holder: str) -> bool:
        """Routes inside the VPC: whole blocks and whole subnets, to interfaces, NAT gateways and Gateway Load Balancer endpoints (R-020, R-022)."""
        whole = destination in network_blocks(self._draft, vpc) or self._is_subnet(vpc, destination)
        return whole and (holder in ("nat_gateways", "vpc_endpoints") or self._is_interface(target, vpc))

    def _fits_edge(self, vpc: str, destination: str, target: str, holder: str) -> bool:
        whole = destination in network_blocks(self._draft, vpc) or self._is_subnet(vpc, destination)
        endpoint = self._draft.entry("vpc_endpoints", target)
        gateway = endpoint is not None and endpoint.fields["type"] == "gateway_load_balancer" and self._vpc(target) == vpc
        return whole and (gateway or self._is_interface(target, vpc))

    def _is_interface(self, target: str, vpc: str) -> bool:
        """An interface that a route may have as its target: not those that the API refuses (R-083, R-084)."""
        interface = self._interfaces.all.get(target)
        holder = self._draft.holders.get(target, "")
        if interface is None or not (holder == "network_interfaces" or self._draft.entry("instances", holder)):
            return False
        subnet = self._draft.entry("subnets", interface.subnet_id)
        return subnet is not None and subnet.fields["vpc"] == vpc and self._interfaces.owners[target].kind not in NOT_ROUTABLE

    def _vpc(self, identifier: str) -> str:
        """The VPC of a NAT gateway or an endpoint."""
        entry = self._draft.entry(self._draft.holders.get(identifier, ""), identifier)
        if entry is None:
            return ""
        named = entry.fields.get("vpc")
        subnet = self._draft.entry("subnets", entry.fields.get("subnet", ""))
        return str(named or (subnet.fields["vpc"] if subnet else ""))

    def _dead(self, target: str) -> bool:
        """Whether the target as it is written makes a blackhole of its routes by itself (R-036, R-064)."""
        holder = self._draft.holders.get(target, "")
        entry = self._draft.entry(holder, target)
        if holder in STATEFUL and entry is not None:
            setting, good = STATEFUL[holder]
            return bool(entry.fields.get(setting, good) != good)
        owner = self._draft.entry("instances", holder)
        if owner is not None:
            return bool(owner.fields.get("state") == "stopped")
        return holder == "network_interfaces"


UNMODELLED = ("carrier_gateway", "local_gateway", "core_network", "odb_network")


def targeted(inventory: Inventory, interfaces: Interfaces) -> dict[str, str]:
    """Interfaces to which a route leads, each with the first table that has one."""
    found: dict[str, str] = {}
    for identifier, table in inventory.of("RouteTables", RouteTable).items():
        for route in table.routes:
            named = route.get("NetworkInterfaceId")
            if not named and isinstance(route.get("InstanceId"), str):
                named = next(iter(interfaces.of_owner.get(route["InstanceId"], ())), "")
            if isinstance(named, str) and named:
                found.setdefault(named, identifier)
    return found
