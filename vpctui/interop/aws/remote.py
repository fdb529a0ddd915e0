"""VPN connections and Direct Connect virtual interfaces, and what their remote sides announce, as far as tables show it.  Rules R-109 … R-126."""

from vpctui.interop.aws.draft import Draft, Fields, cidr_text, name_of
from vpctui.interop.aws.inventory import Inventory
from vpctui.interop.aws.shapes import RouteTable
from vpctui.interop.aws.shapes_gateways import CustomerGateway, VpnConnection
from vpctui.interop.aws.shapes_transit import DirectConnectGatewayAssociation, VirtualInterface
from vpctui.interop.aws.transit import TransitGateways

WORKING = ("available", "modifying", "")
MTUS = {"private": (1500, 9001), "transit": (1500, 8500), "public": (1500,)}


class RemoteSides:
    """Writes what connects gateways and attachments with the outside."""

    def __init__(self, inventory: Inventory, transit: TransitGateways, draft: Draft) -> None:
        self._inventory, self._transit, self._draft = inventory, transit, draft
        self._attachment_of = {row.resource: name for name, row in transit.attachments.items() if row.resource and draft.holds(name)}
        self._learned = self._propagated()

    def _propagated(self) -> dict[str, list[str]]:
        """Prefixes that route tables hold because a virtual private gateway propagated them: all that is known of its remote side (R-109)."""
        found: dict[str, dict[str, None]] = {}
        for table in self._inventory.of("RouteTables", RouteTable).values():
            for route in table.routes:
                gateway, block = route.get("GatewayId"), route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
                if route.get("Origin") == "EnableVgwRoutePropagation" and isinstance(gateway, str) and isinstance(block, str):
                    found.setdefault(gateway, {}).setdefault(cidr_text(block))
        return {gateway: [block for block in blocks if block] for gateway, blocks in found.items()}

    def write(self) -> None:
        """VPN connections, virtual interfaces, then what nobody of them can be said to have announced."""
        carriers: dict[str, list[str]] = {}
        for identifier, connection in self._inventory.of("VpnConnections", VpnConnection).items():
            self._connection(identifier, connection, carriers)
        for identifier, interface in self._inventory.of("VirtualInterfaces", VirtualInterface).items():
            self._virtual_interface(identifier, interface, carriers)
        for gateway, entry in self._draft.sections.get("vpn_gateways", {}).items():
            self._announced(gateway, entry.fields, carriers.get(gateway, []))

    def _announced(self, gateway: str, fields: Fields, carriers: list[str]) -> None:
        static = {block for name in carriers if (held := self._draft.entry("vpn_connections", name)) for block in held.fields.get("routes", ())}
        learned = [block for block in self._learned.get(gateway, []) if block not in static]
        dynamic = [name for name in carriers if self._is_dynamic(name)]
        if learned and len(dynamic) == 1:
            entry = self._draft.entry("vpn_connections", dynamic[0]) or self._draft.entry("virtual_interfaces", dynamic[0])
            if entry is not None:
                entry.fields["routes"] = learned
        elif learned:
            kind = "dx" if dynamic and all(self._draft.entry("virtual_interfaces", name) for name in dynamic) else "bgp"
            fields["routes"] = dict.fromkeys(learned, kind)
        elif dynamic:
            self._draft.assume(gateway, f"no route table shows what the remote side of {gateway} announces: nothing (routes of {', '.join(dynamic[:4])})")

    def _is_dynamic(self, name: str) -> bool:
        held = self._draft.entry("vpn_connections", name)
        return held is None or held.fields["type"] == "bgp"

    def _connection(self, identifier: str, connection: VpnConnection, carriers: dict[str, list[str]]) -> None:
        source = self._inventory.source("VpnConnections", identifier)
        fields: Fields = {}
        if self._draft.entry("vpn_gateways", connection.vpn_gateway_id):
            fields["vpn_gateway"] = connection.vpn_gateway_id
        elif identifier in self._attachment_of:
            fields["transit_gateway_attachment"] = self._attachment_of[identifier]
        if not fields or connection.state not in WORKING:
            why = f"is {connection.state}" if connection.state not in WORKING else "has no gateway that is in the data"
            self._draft.account.note("skipped", f"VPN connection {identifier} {why}", source, identifier)
            return
        static = connection.options.static_routes_only
        fields["type"] = "static" if static else "bgp"
        routes = [block for row in connection.routes if row.state in WORKING and (block := cidr_text(row.destination_cidr_block))]
        if "transit_gateway_attachment" in fields:
            routes = [*routes, *(block for block in self._transit.learned(fields["transit_gateway_attachment"]) if block not in routes)]
        if routes:
            fields["routes"] = routes
        if connection.vgw_telemetry:  # a tunnel that is down carries nothing
            fields["tunnels"] = ["up" if row.status == "UP" else "down" for row in connection.vgw_telemetry]
        customer = self._inventory.of("CustomerGateways", CustomerGateway).get(connection.customer_gateway_id)
        if customer is not None and str(customer.bgp_asn).isdigit() and 0 < int(customer.bgp_asn) < 2**31:
            fields["customer_gateway_asn"] = int(customer.bgp_asn)
        if self._draft.add("vpn_connections", identifier, fields, name_of(connection.tags)) is not None:
            carriers.setdefault(connection.vpn_gateway_id, []).append(identifier)

    def _virtual_interface(self, identifier: str, interface: VirtualInterface, carriers: dict[str, list[str]]) -> None:
        kind = interface.virtual_interface_type
        source = self._inventory.source("VirtualInterfaces", identifier)
        fields: Fields = {"type": kind}
        gateway = self._gateway_of(identifier, interface) if kind == "private" else ""
        if kind == "private" and gateway:
            fields["vpn_gateway"] = gateway
        elif kind == "transit" and interface.direct_connect_gateway_id in self._attachment_of:
            fields["transit_gateway_attachment"] = self._attachment_of[interface.direct_connect_gateway_id]
        elif kind != "public":
            self._draft.account.note("skipped", f"virtual interface {identifier} ({kind}) leads to nothing that is in the data", source, identifier)
            return
        if interface.virtual_interface_state not in WORKING and interface.virtual_interface_state != "down":
            self._draft.account.note("skipped", f"virtual interface {identifier} is {interface.virtual_interface_state}", source, identifier)
            return
        routes = [block for row in interface.route_filter_prefixes if (block := cidr_text(row.cidr))]
        if routes and kind == "public":
            fields["routes"] = routes
        if interface.mtu in MTUS[kind] and interface.mtu != 1500:
            fields["mtu"] = interface.mtu
        sessions = [peer.bgp_status for peer in interface.bgp_peers if peer.bgp_status]
        if interface.virtual_interface_state == "down" or (sessions and "up" not in sessions):
            fields["state"] = "down"
        if self._draft.add("virtual_interfaces", identifier, fields) is not None and gateway:
            carriers.setdefault(gateway, []).append(identifier)

    def _gateway_of(self, identifier: str, interface: VirtualInterface) -> str:
        """The virtual private gateway of a private one: its own, or that of its Direct Connect gateway; of several the first, which is told."""
        if self._draft.entry("vpn_gateways", interface.virtual_gateway_id):
            return interface.virtual_gateway_id
        found = []
        for association in self._inventory.of("DirectConnectGatewayAssociations", DirectConnectGatewayAssociation).values():
            named = association.associated_gateway.id or association.virtual_gateway_id
            if interface.direct_connect_gateway_id and association.direct_connect_gateway_id == interface.direct_connect_gateway_id:
                found += [named] if self._draft.entry("vpn_gateways", named) else []
        if len(found) > 1:
            self._draft.note("warning", identifier, f"{identifier} leads to {', '.join(found)}; it stands at {found[0]} only")
        return found[0] if found else ""
