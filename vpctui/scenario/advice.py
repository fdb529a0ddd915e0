"""W512 … W518: what AWS takes and limits or advises against.  Nothing here changes a packet's way."""

from collections import Counter
from collections.abc import Iterator

from vpctui.address import Prefix
from vpctui.aws import edge_rules, route_table
from vpctui.aws.instance import Instance
from vpctui.aws.network_interface import NetworkInterface, attached
from vpctui.aws.prefix_list import PrefixList
from vpctui.aws.route_entries import Route
from vpctui.aws.route_table import ORIGIN_RANK, RouteTable
from vpctui.aws.subnet import Subnet
from vpctui.aws.vpc import Vpc
from vpctui.aws.vpc_peering_connection import VpcPeeringConnection
from vpctui.engine.network import Network
from vpctui.engine.registry import Assumptions
from vpctui.scenario.routing import place
from vpctui.schema import Reader

TABLES, ROUTES, PROPAGATED = 200, 500, 100
"""Default quotas: route tables of a VPC, routes of one family in a table, propagated routes in a table (R-047)."""


def check(network: Network, reader: Reader) -> None:
    """Note W512 … W518."""
    tables = Counter(table.vpc for table in network.all(RouteTable))
    for vpc, many in tables.items():
        if many > TABLES and vpc:
            _warn(reader, "W512", f"{vpc} has {many} route tables; the quota is {TABLES}", "fewer tables, or a higher quota", (vpc, ""))
    for table in network.all(RouteTable):
        advice = Advice(table, network, reader)
        advice.quotas()
        advice.states()
        advice.overlapping_lists()
        advice.own_subnets()
        advice.appliance_beside_server()
    for instance in network.all(Instance):
        _two_in_one_subnet(instance, network, reader)
    for hub in network.all(Vpc):
        _peers_alike(hub, network, reader)


class Advice:
    """What one route table deserves a word about."""

    def __init__(self, table: RouteTable, network: Network, reader: Reader) -> None:
        self._table, self._network, self._reader = table, network, reader

    def quotas(self) -> None:
        """W512: more routes than a table takes; a prefix list counts as many as it may have (R-019, R-047)."""
        table = self._table
        if sum(self._slots(route) for route in table.routes) > ROUTES:
            for family in (4, 6):
                many = sum(self._slots(route) for route in table.routes if self._family(route) in (family, 0))
                if many > ROUTES:
                    message = f"{table.id} has {many} routes of IPv{family}; the quota is {ROUTES}, at most 1,000"
                    self._warn("W512", message, "fewer routes, or a higher quota", (table.id, ""))
        if table.propagating_vgws:
            rows = route_table.rows(table, self._network, (), Assumptions())
            learned = sum(ORIGIN_RANK.get(row.origin, 9) >= ORIGIN_RANK["dx"] for row in rows if not row.place)
            if learned > PROPAGATED:
                message = f"{learned} routes are propagated into {table.id}; AWS installs {PROPAGATED} and leaves out the others"
                self._warn("W512", message, "shorter prefixes at the other side", (table.id, "propagating_vgws"))

    def _slots(self, route: Route) -> int:
        listed = self._network.find(PrefixList, str(route.destination))
        return max(listed.max_entries or 0, len(listed.entries)) if listed else 1

    @staticmethod
    def _family(route: Route) -> int:
        return route.destination.family if isinstance(route.destination, Prefix) else 0

    def states(self) -> None:
        """W513: a state that the API knows and nobody explains (R-038, C-17)."""
        for route in self._table.routes:
            if route.state == "filtered":
                message = f"AWS does not say what the state filtered of {route.destination} in {self._table.id} means; it is taken as not forwarding"
                self._warn("W513", message, "state: blackhole", self._row(route))

    def overlapping_lists(self) -> None:
        """W514: two prefix lists with one CIDR and two targets; AWS takes either, always the same one (R-018)."""
        held: dict[Prefix, Route] = {}
        for route in self._table.routes:
            for entry in () if isinstance(route.destination, Prefix) else route_table.entries(route.destination, self._network):
                other = held.setdefault(entry, route)
                if other.target != route.target:
                    message = f"{entry} stands in {other.destination} and {route.destination}, with two targets in {self._table.id}: AWS takes either"
                    self._warn("W514", message, f'"{entry}": {other.target}', self._row(route))

    def own_subnets(self) -> None:
        """W515: a row for the block of the very subnet that uses the table: neighbours never ask the router (R-021)."""
        for route in self._table.routes:
            for subnet in self._users():
                if route.target != "local" and route.destination in (subnet.cidr, subnet.ipv6_cidr):
                    message = f"{route.destination} in {self._table.id} is the block of {subnet.id} itself: neighbours in one subnet never ask the table"
                    self._warn("W515", message, "put the appliance between two subnets", self._row(route))

    def _users(self) -> Iterator[Subnet]:
        return (subnet for name in self._network.ids(("associated", self._table.id)) if (subnet := self._network.find(Subnet, name)))

    def appliance_beside_server(self) -> None:
        """W516: an edge table redirects a subnet to an interface in that same subnet; answers would not come back to it (R-070)."""
        if not edge_rules.edge_gateways(self._table, self._network):
            return
        for route in self._table.routes:
            interface = self._network.find(NetworkInterface, route.target)
            subnet = self._network.find(Subnet, interface.subnet) if interface else None
            if interface and subnet and route.destination in (subnet.cidr, subnet.ipv6_cidr):
                message = f"{interface.id} lies in {subnet.id}, which {self._table.id} redirects to it: servers there answer past it"
                self._warn("W516", message, f"{interface.id} in a subnet of its own", self._row(route))

    def _row(self, route: Route) -> tuple[str, str]:
        return (self._table.id, f"[{route.destination}]")

    def _warn(self, code: str, message: str, mend: str, where: tuple[str, str]) -> None:
        _warn(self._reader, code, message, mend, where)


def _two_in_one_subnet(instance: Instance, network: Network, reader: Reader) -> None:
    """W517: answers to the second interface may leave by the first (R-150)."""
    held: dict[str, NetworkInterface] = {}
    for interface in attached(instance.id, network):
        other = held.setdefault(interface.subnet, interface)
        if other is not interface:
            message = f"{other.id} and {interface.id} of {instance.id} lie in one subnet, {interface.subnet}: answers may leave by the wrong one"
            _warn(reader, "W517", message, "one interface in each subnet, or a secondary address", (interface.id, "subnet"))


def _peers_alike(vpc: Vpc, network: Network, reader: Reader) -> None:
    """W518: two peers with one range; a peering does not ask where an answer came from, so it follows the one route there is (R-254)."""
    peerings = [peering for name in network.ids(("peering", vpc.id)) if (peering := network.find(VpcPeeringConnection, name))]
    peers = [(peering, peer) for peering in peerings if (peer := network.find(Vpc, peering.other(vpc.id)))]
    for at, (peering, peer) in enumerate(peers):
        for earlier, other in peers[:at]:
            if any(one.overlaps(two) for one in peer.cidrs + peer.ipv6_cidrs for two in other.cidrs + other.ipv6_cidrs):
                message = f"{peer.id} ({peering.id}) and {other.id} ({earlier.id}) have one range: answers from {vpc.id} go to the one that its route names"
                _warn(reader, "W518", message, "routes for parts of the range", (peering.id, "vpcs"))


def _warn(reader: Reader, code: str, message: str, mend: str, where: tuple[str, str]) -> None:
    reader.problem(code, message, place(reader, where, (where[0], "")), mend, warning=True)
