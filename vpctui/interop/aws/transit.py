"""Transit gateways with their attachments and route tables.  Rules R-225 … R-238, R-242."""

from collections.abc import Iterator

from msgspec import Struct

from vpctui.interop.aws.draft import Draft, Fields, cidr_text, name_of
from vpctui.interop.aws.filters import prefix_list
from vpctui.interop.aws.interfaces import Interfaces
from vpctui.interop.aws.inventory import Inventory
from vpctui.interop.aws.shapes_transit import (
    PrefixListReference,
    Propagation,
    TableAssociation,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayPeeringAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    TransitGatewayVpcAttachment,
)

WORKING = ("available", "modifying", "rollingBack", "")
REMOTE = {"vpn": "vpn", "connect": "connect", "direct-connect-gateway": "direct_connect_gateway"}
LEARNED = {"vpn": "bgp", "connect": "bgp", "direct_connect_gateway": "dx"}


class Attached(Struct):
    """One attachment, put together from the answers that name it."""

    gateway: str
    kind: str = ""
    resource: str = ""
    state: str = ""
    table: str = ""
    subnets: list[str] = []
    options: Fields = {}
    peer: str = ""
    requester: bool = True


class TransitGateways:
    """Writes transit gateways."""

    def __init__(self, inventory: Inventory, interfaces: Interfaces, draft: Draft) -> None:
        self._inventory, self._interfaces, self._draft = inventory, interfaces, draft
        self._tables = inventory.of("TransitGatewayRouteTables", TransitGatewayRouteTable)
        self.attachments = self._collect()
        self._routes = {table: inventory.parts("TransitGatewayRoutes", table, TransitGatewayRoute) for table in self._tables}

    def _collect(self) -> dict[str, Attached]:
        found: dict[str, Attached] = {}
        for identifier, held in self._inventory.of("TransitGatewayAttachments", TransitGatewayAttachment).items():
            table = held.association.transit_gateway_route_table_id if held.association and held.association.state in ("associated", "") else ""
            found[identifier] = Attached(held.transit_gateway_id, held.resource_type, held.resource_id, held.state, table)
        for identifier, vpc in self._inventory.of("TransitGatewayVpcAttachments", TransitGatewayVpcAttachment).items():
            row = found.setdefault(identifier, Attached(vpc.transit_gateway_id, state=vpc.state))
            row.kind, row.resource, row.subnets = "vpc", vpc.vpc_id or row.resource, vpc.subnet_ids
            if vpc.options.appliance_mode_support == "enable":
                row.options["appliance_mode"] = True
            if vpc.options.security_group_referencing_support == "enable":
                row.options["security_group_referencing"] = True
        for identifier, pair in self._inventory.of("TransitGatewayPeeringAttachments", TransitGatewayPeeringAttachment).items():
            requester, accepter = pair.requester_tgw_info.transit_gateway_id, pair.accepter_tgw_info.transit_gateway_id
            if not requester or not accepter:
                continue
            row = found.setdefault(identifier, Attached(requester, "peering", accepter, pair.state))
            row.kind, row.gateway, row.peer = "peering", requester or row.gateway, accepter or row.resource
        for identifier, far in self._inventory.of("FarSides", TransitGatewayAttachment).items():
            if identifier in found:
                found[identifier].peer = far.transit_gateway_id
                if far.association and far.association.state in ("associated", ""):
                    found[identifier].options["peer_route_table"] = far.association.transit_gateway_route_table_id
        self._associations(found)
        return found

    def _associations(self, found: dict[str, Attached]) -> None:
        """Associations as each table answers them; a peering has one at either side."""
        for table in self._tables:
            for association in self._inventory.parts("TransitGatewayAssociations", table, TableAssociation):
                row = found.get(association.transit_gateway_attachment_id)
                if row is not None and association.state in ("associated", ""):
                    self._associate(row, table)
        for row in found.values():
            if row.kind == "peering" and not row.peer:
                row.peer = row.resource

    def _associate(self, row: Attached, table: str) -> None:
        if row.kind == "peering" and self._tables[table].transit_gateway_id == row.peer:
            row.options["peer_route_table"] = table
        else:
            row.table = table

    def write(self) -> None:
        """Every transit gateway that is in the data, or that an attachment names."""
        known = self._inventory.of("TransitGateways", TransitGateway)
        named = dict.fromkeys((*known, *(row.gateway for row in self.attachments.values() if row.state in WORKING and row.gateway)))
        for identifier in named:
            gateway = known.get(identifier)
            if gateway is not None and gateway.state not in (*WORKING, "pending"):
                note = f"transit gateway {identifier} is {gateway.state}"
                self._draft.account.note("skipped", note, self._inventory.source("TransitGateways", identifier), identifier)
                continue
            fields: Fields = {"attachments": {}, "route_tables": {}}
            if gateway is not None and gateway.options.vpn_ecmp_support == "disable":
                fields["vpn_ecmp"] = False
            if gateway is not None and gateway.options.security_group_referencing_support == "enable":
                fields["security_group_referencing"] = True
            self._draft.add("transit_gateways", identifier, fields, name_of(gateway.tags) if gateway else "")
        claimed = {name: table for name, table in self._tables.items() if self._claims(name, table)}
        self._tables = claimed
        for identifier, row in self.attachments.items():
            self._attachment(identifier, row)
        for identifier, table in self._tables.items():
            self._table(identifier, table)

    def _gateway(self, identifier: str) -> Fields | None:
        entry = self._draft.entry("transit_gateways", identifier)
        return entry.fields if entry else None

    def _attachment(self, identifier: str, row: Attached) -> None:
        fields = self._gateway(row.gateway)
        if row.state not in WORKING or fields is None:
            source = self._inventory.source("TransitGatewayAttachments", identifier) or self._inventory.source("TransitGatewayVpcAttachments", identifier)
            self._draft.account.note("skipped", f"attachment {identifier} is {row.state or 'of no transit gateway'}", source, identifier)
            return
        if not self._draft.claim(identifier, row.gateway):
            return
        written = self._of_kind(identifier, row)
        if self._has_table(row.table, row.gateway):
            written["route_table"] = row.table
        written.update({key: value for key, value in row.options.items() if key != "peer_route_table" and "vpc" in written})
        if "peering" in written and self._has_table(row.options.get("peer_route_table", ""), row.peer):
            written["peer_route_table"] = row.options["peer_route_table"]
        fields["attachments"][identifier] = written

    def _has_table(self, table: str, gateway: str) -> bool:
        return table in self._tables and self._tables[table].transit_gateway_id == gateway

    def _of_kind(self, identifier: str, row: Attached) -> Fields:
        """What it attaches; what the data lack, or what is not modelled, stops packets."""
        if row.kind == "vpc":
            subnets = self._subnets(identifier, row)
            held = (self._gateway(row.gateway) or {}).get("attachments", {}).values()
            if subnets and all(other.get("vpc") != row.resource for other in held):
                return {"vpc": row.resource, "subnets": subnets}
            why = "the subnets of" if row.resource in self._draft.sections.get("vpcs", {}) else "the VPC of"
        elif row.kind in REMOTE:
            kind = REMOTE[row.kind]
            return {kind: dict.fromkeys(self.learned(identifier), LEARNED[kind]) if not self._carried_by_connection(row) else []}
        elif row.kind == "peering" and self._gateway(row.peer) is not None and row.peer != row.gateway:
            return {"peering": row.peer}
        else:
            why = f"the {row.kind or 'other'} side of"
        self._draft.note("warning", row.gateway, f"{why} attachment {identifier} ({row.resource}) is not in the data or not modelled: packets stop there")
        return {"unsupported": f"{row.kind} {row.resource}".strip() or "unknown"}

    def _carried_by_connection(self, row: Attached) -> bool:
        """Whether a VPN connection of the data carries it: then that one has the prefixes."""
        return row.kind == "vpn" and row.resource in self._inventory.account.of("VpnConnections")

    def _subnets(self, identifier: str, row: Attached) -> list[str]:
        """One subnet of each zone; where the attachment's own answer is missing, those of its interfaces (R-230)."""
        named = row.subnets or [self._interfaces.all[name].subnet_id for name in self._interfaces.of_owner.get(identifier, ())]
        zones: dict[str, str] = {}
        for subnet in dict.fromkeys(named):
            entry = self._draft.entry("subnets", subnet)
            if entry is not None and entry.fields["vpc"] == row.resource:
                zones.setdefault(entry.fields["az"], subnet)
        return list(zones.values())

    def learned(self, attachment: str) -> list[str]:
        """Prefixes that the tables hold as propagated by an attachment: what its remote side announces."""
        found: dict[str, None] = {}
        for routes in self._routes.values():
            for route in routes:
                if route.type == "propagated" and any(each.transit_gateway_attachment_id == attachment for each in route.transit_gateway_attachments):
                    found.setdefault(cidr_text(route.destination_cidr_block))
        found.pop("", None)
        return list(found)

    def _claims(self, identifier: str, table: TransitGatewayRouteTable) -> bool:
        """Whether a table is written: it works, and its transit gateway is there."""
        if self._gateway(table.transit_gateway_id) is None or table.state not in (*WORKING, "pending"):
            source = self._inventory.source("TransitGatewayRouteTables", identifier)
            self._draft.account.note("skipped", f"{identifier} is {table.state}, or its transit gateway is not in the data", source, identifier)
            return False
        return self._draft.claim(identifier, table.transit_gateway_id)

    def _table(self, identifier: str, table: TransitGatewayRouteTable) -> None:
        fields = self._gateway(table.transit_gateway_id) or {}
        usable = {name for name, row in self.attachments.items() if table.transit_gateway_id in (row.gateway, row.peer) and self._draft.holds(name)}
        written: Fields = {"routes": dict(self._rows(identifier, table, usable))}
        propagations = self._propagations(identifier, table, usable)
        if propagations:
            written["propagations"] = propagations
        fields["route_tables"][identifier] = written

    def _propagations(self, identifier: str, table: TransitGatewayRouteTable, usable: set[str]) -> list[str]:
        """Attachments that propagate into a table; where that was not asked, those of its propagated routes."""
        if identifier in self._inventory.account.of("Propagations"):
            rows = self._inventory.parts("Propagations", identifier, Propagation)
            named = [row.transit_gateway_attachment_id for row in rows if row.state in ("enabled", "enabling", "")]
        else:
            named = [
                each.transit_gateway_attachment_id
                for route in self._routes[identifier]
                if route.type == "propagated"
                for each in route.transit_gateway_attachments
            ]
            if identifier not in self._inventory.account.of("TransitGatewayRoutes"):
                self._draft.note("warning", table.transit_gateway_id, f"neither the routes nor the propagations of {identifier} are in the data: it is empty")
        return [name for name in dict.fromkeys(named) if name in usable and self._propagates(name)]

    def _propagates(self, attachment: str) -> bool:
        return self.attachments[attachment].kind != "peering"

    def _rows(self, identifier: str, table: TransitGatewayRouteTable, usable: set[str]) -> Iterator[tuple[str, object]]:
        for route in self._routes[identifier]:
            destination = cidr_text(route.destination_cidr_block)
            attachments = [each.transit_gateway_attachment_id for each in route.transit_gateway_attachments]
            target = next((name for name in attachments if name in usable), "")
            if not destination or route.prefix_list_id:
                continue
            if route.type == "static":
                if len([name for name in attachments if name in usable]) > 1:
                    self._draft.note("warning", table.transit_gateway_id, f"{destination} of {identifier} has several attachments; {target} stands for all")
                yield destination, "blackhole" if route.state == "blackhole" else target or self._lost(identifier, table, destination, attachments)
            elif target and "unsupported" in self._attachment_fields(target):
                yield destination, {"target": target, "origin": "propagated"}
        for reference in self._inventory.parts("PrefixListReferences", identifier, PrefixListReference):
            attachment = reference.transit_gateway_attachment
            target = "blackhole" if reference.blackhole else attachment.transit_gateway_attachment_id if attachment else ""
            if target == "blackhole" or target in usable:
                yield prefix_list(self._draft, reference.prefix_list_id), target

    def _attachment_fields(self, attachment: str) -> Fields:
        fields = self._gateway(self.attachments[attachment].gateway) or {}
        held: Fields = fields.get("attachments", {}).get(attachment, {})
        return held

    def _lost(self, identifier: str, table: TransitGatewayRouteTable, destination: str, attachments: list[str]) -> str:
        """A static route whose attachment is not in the data: it stays, and packets stop there."""
        fields = self._gateway(table.transit_gateway_id)
        name = next((each for each in attachments if each and not self._draft.holds(each)), f"unknown-attachment-{identifier}")
        if fields is not None and name not in fields["attachments"] and self._draft.claim(name, table.transit_gateway_id):
            fields["attachments"][name] = {"unsupported": "attachment"}
            self._draft.note(
                "warning", table.transit_gateway_id, f"{destination} of {identifier} leads to {name}, which is not in the data: packets stop there"
            )
        return name
