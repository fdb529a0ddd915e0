"""Routes that AWS would refuse: in edge tables, inside a VPC's range, of the wrong family; and tables used in two places."""

from typing import Any

from vpctui.address import Prefix, parse_prefix
from vpctui.aws import edge_rules, route_changes
from vpctui.aws.association_changes import other_network
from vpctui.aws.internet_gateway import InternetGateway
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.reading import Document
from vpctui.aws.route_entries import Route
from vpctui.aws.route_table import RouteTable
from vpctui.aws.subnet import Subnet
from vpctui.aws.vpc import Vpc
from vpctui.document import Mark
from vpctui.engine.change import Refusal
from vpctui.engine.network import Network
from vpctui.schema import Reader

NAT64 = parse_prefix("64:ff9b::/96")
"""The one IPv6 destination that a NAT gateway carries (R-103)."""


def check(document: Document, network: Network) -> None:
    """Note E216, ASSOC_REFUSED_…, ROUTE_REFUSED_… and W508."""
    subnets = list(network.all(Subnet))
    vague = {subnet.vpc for subnet in subnets if subnet.cidr is None and subnet.ipv6_cidr is None}
    vague |= {vpc.id for vpc in network.all(Vpc) if not vpc.cidrs}
    routing = Routing(document, network, vague)
    for table in network.all(RouteTable):
        if network.find(Vpc, table.vpc) is not None:
            routing.table(table)
    for subnet in subnets:
        if network.find(Vpc, subnet.vpc) is not None:
            routing.subnet(subnet)


class Routing:
    """Checks the tables of one network; `vague` are VPCs of which some range could not be read."""

    def __init__(self, document: Document, network: Network, vague: set[str]) -> None:
        self._document, self._network, self._reader = document, network, document.reader
        self._vague = vague

    def table(self, table: RouteTable) -> None:
        """Every row, by the rules of what uses the table (R-056, R-057, R-059)."""
        gateways = [gateway for gateway in edge_rules.edge_gateways(table, self._network) if gateway is not None]
        families = [route for route in table.routes if self._family(table, route)]
        if gateways:
            self._edge(table, gateways)
            return
        for route in table.routes:
            if route not in families and self._is_target(route.target):
                refusal = route_changes.unfit(table, route, self._network)
                # A kind of thing that no route can have is E201 already.
                if refusal is not None and refusal.rule != "R-042" and self._has_network(route.target):
                    self._refused(table, route, refusal)

    def _edge(self, table: RouteTable, gateways: list[Any]) -> None:
        for gateway in gateways:
            refusal = edge_rules.unfit(gateway, table, self._network)
            if refusal is not None:
                propagates = refusal.reason == "ASSOC_REFUSED_PROPAGATION"
                mark = place(self._reader, (table.id, "propagating_vgws") if propagates else (gateway.id, "route_table"))
                mend = "remove it, or propagate into the table of a subnet" if propagates else refusal.hint
                self._reader.problem(refusal.reason, refusal.message, mark, mend)
        # What is no target at all is E201 or E202, and one that is gone is legal: of these rows only the destination is looked at.
        rows = [route if self._is_target(route.target) else Route(route.destination, "local") for route in table.routes]
        offending = list(edge_rules.offending(table, rows, self._network, pools=edge_rules.pools_of(table, self._network)))
        for route, refusal in offending:
            if self._has_network(route.target):
                self._refused(table, route, refusal)
        if not offending:
            self._shared(table, gateways)

    def _has_network(self, identifier: str) -> bool:
        """Whether it is clear in which VPC a target is."""
        vpc: str | None = getattr(self._network.get(identifier), "vpc", None)
        return vpc is None or self._network.find(Vpc, vpc) is not None

    def _is_target(self, identifier: str) -> bool:
        """Whether there is something of this id that a route of some table can have as its target."""
        held = any(identifier in self._document.of(section) for section in ("instances", "load_balancers", "endpoint_services"))
        return identifier == "local" or (self._network.get(identifier) is not None and not held)

    def _refused(self, table: RouteTable, route: Route, refusal: Refusal) -> None:
        about_destination = "_DEST_" in refusal.reason or refusal.reason.endswith(("_PREFIX_LIST", "_SPECIFIC_DEST", "_RESERVED"))
        if table.vpc in self._vague and (about_destination or refusal.reason == "ROUTE_REFUSED_LOCAL_TARGET"):
            return
        where = f"[{route.destination}]" + (".destination" if about_destination else "")
        mark = self._reader.places.get((table.id, where)) or place(self._reader, (table.id, f"[{route.destination}]"), (table.id, ""))
        # A target that a table takes for other destinations only has no code of its own among the refusals.
        code = "E201" if refusal.reason == "QUERY_INVALID" else refusal.reason
        self._reader.problem(code, refusal.message, mark, refusal.hint)

    def _shared(self, table: RouteTable, gateways: list[Any]) -> None:
        """W508: legal, but AWS advises against it (R-059)."""
        subnets = self._network.ids(("associated", table.id))
        if subnets:
            names = ", ".join(gateway.id for gateway in gateways)
            message = f"{table.id} is the edge table of {names} and the table of {', '.join(subnets[:3])}"
            mark = place(self._reader, (gateways[0].id, "route_table"))
            self._reader.problem("W508", message, mark, f"a second table for {names}", warning=True)

    def _family(self, table: RouteTable, route: Route) -> bool:
        """E216: IPv4 by an egress-only internet gateway, IPv6 by a NAT gateway (R-101, R-103)."""
        destination, document = route.destination, self._document
        if not isinstance(destination, Prefix):
            return False
        if destination.family == 4 and route.target in document.of("egress_only_internet_gateways"):
            message, mend = "an egress-only internet gateway carries IPv6 only", f'"::/0": {route.target}'
        elif destination.family == 6 and route.target in document.of("nat_gateways") and not NAT64.covers(destination):
            gateway = next(iter(document.of("egress_only_internet_gateways")), "eigw")
            message, mend = "a NAT gateway carries IPv4 only, an egress-only internet gateway carries IPv6", f'"{destination}": {gateway}'
        else:
            return False
        self._reader.problem("E216", f"{message}: {destination} in {table.id}", place(self._reader, (table.id, f"[{destination}]"), (table.id, "")), mend)
        return True

    def subnet(self, subnet: Subnet) -> None:
        """A table or a network ACL of another VPC (R-006)."""
        for field, identifier in (("route_table", subnet.route_table), ("network_acl", subnet.network_acl)):
            refusal = other_network(subnet, identifier, self._network)
            if refusal is not None:
                self._reader.problem(refusal.reason, refusal.message, place(self._reader, (subnet.id, field)), refusal.hint)


def without_public_address(network: Network, reader: Reader) -> None:
    """W506: an edge table of an internet gateway whose target has no public IPv4 address (R-065)."""
    for gateway in network.all(InternetGateway):
        table = network.find(RouteTable, gateway.route_table)
        for route in table.routes if table else ():
            interface = network.find(NetworkInterface, route.target)
            if table and interface and interface.type == "interface" and not (interface.public_ip or interface.secondary_public_ips):
                message = f"{interface.id} has no public IPv4 address; packets from {gateway.id} will be dropped"
                mark = place(reader, (table.id, f"[{route.destination}]"))
                reader.problem("W506", message, mark, f"add public_ip to {interface.owner or interface.id}", warning=True)


def place(reader: Reader, *keys: tuple[str, str]) -> Mark:
    """The first of these places that the file has."""
    return next((reader.places[key] for key in keys if key in reader.places), Mark())
