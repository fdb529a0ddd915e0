"""Site-to-Site VPN connection: two tunnels to a customer gateway, static or BGP routes.  Rules R-113, R-114, R-118, R-119, R-120, R-121, R-126."""

from collections.abc import Hashable, Iterable, Iterator

from msgspec.structs import replace

from vpctui.address import Prefix
from vpctui.aws.altering import ec2, members
from vpctui.aws.reading import Item
from vpctui.aws.remote_path import RemotePath, carries
from vpctui.aws.remote_side import coming_in, entry
from vpctui.engine.change import Alteration, Applied, Change, Refusal, alterations
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.schema import Choice, Cidr, Field, Integer, ListOf, OnOff, Reference, Section
from vpctui.trace import Arrival

STATES = ("up", "down")


class VpnConnection(Record, frozen=True, kw_only=True):
    """A VPN connection of a virtual private gateway or of a transit gateway attachment; `carries_for` is either's id."""

    carries_for: str
    type: str = "bgp"
    routes: tuple[Prefix, ...] = ()
    tunnels: tuple[str, ...] = STATES[:1] * 2
    customer_gateway_asn: int = 65000
    as_path_length: int = 1
    med: int = 0
    concentrator: bool = False
    """By a VPN Concentrator: transit gateway and BGP only, ranked after other VPNs, no shared load (R-120)."""

    @property
    def up(self) -> bool:
        """Whether a tunnel works."""
        return "up" in self.tunnels


@indexes(VpnConnection)
def keys(connection: VpnConnection) -> Iterable[Hashable]:
    """By the gateway or attachment."""
    yield ("carries-for", connection.carries_for)


@outlines(VpnConnection)
def outline(connection: VpnConnection, network: Network) -> Outline:
    """Under its gateway or attachment, with its tunnels."""
    return Outline(connection.carries_for, f"{connection.type} {'/'.join(connection.tunnels)}", 20)


SECTION = Section(
    "vpn_connections",
    "VPN connection",
    (
        Field("vpn_gateway", Reference(("vpn_gateways",)), "the virtual private gateway at its AWS end", ""),
        Field("transit_gateway_attachment", Reference(("transit_gateway_attachments",)), "or the attachment of a transit gateway", ""),
        Field("type", Choice(("bgp", "static"), {"dynamic": "bgp"}), "how the remote prefixes are known", "bgp"),
        Field("routes", ListOf(Cidr(0)), "remote CIDRs", ()),
        Field("tunnels", ListOf(Choice(STATES)), "state of its tunnels", ("up", "up")),
        Field("customer_gateway_asn", Integer(1, 2**32 - 1), "BGP number of the customer gateway", 65000),
        Field("as_path_length", Integer(1, 255), "length of the announced AS_PATH", 1),
        Field("med", Integer(), "announced MED", 0),
        Field("concentrator", OnOff(), "whether it comes by a VPN Concentrator: transit gateway and BGP only", False),
    ),
    "Site-to-Site VPN connections. Without one, `routes` of a virtual private gateway or `vpn` of an attachment are reachable over tunnels that are up.",
)


def read(item: Item) -> Iterator[Record]:
    """One VPN connection.  Notes E124 without the gateway or attachment at its AWS end."""
    carries_for = item["vpn_gateway"] or item["transit_gateway_attachment"]
    if not carries_for:
        item.problem("E124", f'VPN connection {item.id} needs "vpn_gateway" or "transit_gateway_attachment"', "", "vpn_gateway: vgw")
    if item["concentrator"] and (item["vpn_gateway"] or item["type"] == "static"):
        message = f"{item.id} comes by a VPN Concentrator: it attaches to a transit gateway and speaks BGP"
        item.problem("E125", message, "type" if item["type"] == "static" else "vpn_gateway", "transit_gateway_attachment: …, type: bgp")
    yield VpnConnection(
        id=item.id,
        carries_for=carries_for or "",
        type=item["type"],
        routes=item["routes"],
        tunnels=item["tunnels"] or ("down",),
        customer_gateway_asn=item["customer_gateway_asn"],
        as_path_length=item["as_path_length"],
        med=item["med"],
        concentrator=item["concentrator"],
    )


@carries(VpnConnection)
def carried(connection: VpnConnection) -> Iterator[RemotePath]:
    """Its prefixes; those of BGP are withdrawn while no tunnel is up (R-119)."""
    for prefix in connection.routes:
        if connection.up or connection.type == "static":
            preference = (connection.as_path_length, connection.med)
            yield RemotePath(prefix, connection.type, connection.id, connection.up, preference, asn=connection.customer_gateway_asn)


@coming_in(VpnConnection)
def come_in(connection: VpnConnection, network: Network) -> Arrival:
    """At its gateway, by this connection."""
    at = entry(connection.carries_for, network) or Arrival(node=connection.carries_for)
    return Arrival(node=at.node, by=connection.id, table=at.table)


def _tunnel(connection: VpnConnection, change: Change, network: Network) -> Applied:
    """`vpn.tunnels[N]=up|down`, or all of them: `vpn.tunnels=up,down`."""
    numbers = [str(number) for number, _ in enumerate(connection.tunnels, 1)]
    states = [word.strip() for word in change.value.split(",")]
    if change.key and change.key not in numbers:
        return Refusal(
            "QUERY_INVALID", f"{connection.id} has tunnels {' and '.join(numbers)}", hint=f"{connection.id}.tunnels[1]={change.value}", place=change.place
        )
    if change.operator != "=" or not set(states) <= set(STATES) or (change.key and len(states) != 1):
        return Refusal("QUERY_INVALID", "a tunnel is up or down", hint=f"{connection.id}.tunnels[1]=down", place=change.place)
    if not change.key:
        return (replace(connection, tunnels=tuple(states)),)
    return (replace(connection, tunnels=tuple(states[0] if str(number) == change.key else now for number, now in enumerate(connection.tunnels, 1))),)


def _tunnels(connection: VpnConnection, network: Network) -> tuple[tuple[str, str], ...]:
    return tuple((f"{connection.id}.tunnels[{number}]", state) for number, state in enumerate(connection.tunnels, 1))


def _static_only(connection: VpnConnection, prefix: Prefix, network: Network) -> Refusal | None:
    """CreateVpnConnectionRoute: on a static connection only (R-119)."""
    if connection.type == "static":
        return None
    message = f"{connection.id} learns its routes by BGP"
    return Refusal(
        "QUERY_INVALID", message, "InvalidVpnConnection.InvalidType", "announce the prefix at the customer gateway", "R-119", f"{connection.id}.routes"
    )


def _route_commands(connection: VpnConnection, operator: str, value: str) -> tuple[str, ...]:
    operation = "delete-vpn-connection-route" if operator == "-=" else "create-vpn-connection-route"
    return (ec2(operation, vpn_connection_id=connection.id, destination_cidr_block=value),) if connection.type == "static" else ()


alterations(
    VpnConnection,
    Alteration("tunnels", _tunnel, _tunnels, lambda connection, place, network: STATES, lambda connection, change, network: ()),
    members("routes", Cidr(0), check=_static_only, command=_route_commands),
)
