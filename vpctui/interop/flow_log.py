"""VPC flow log records that AWS would write for a conversation: the default format of version 2, and the fields that tell a middlebox.

Rule R-282.  `srcaddr` and `dstaddr` name the interface itself on its own side, by its primary private address; `pkt-srcaddr` and
`pkt-dstaddr` are the packet's.  Security groups and network ACLs alone accept or reject; a packet that a route or the source/destination
check loses leaves no record (no document says otherwise; R-282 chooses).
"""

from msgspec import Struct

from vpctui.address import is_link_local
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.vpc_peering_connection import VpcPeeringConnection
from vpctui.engine.network import Network
from vpctui.interop.observation import Sighting
from vpctui.packet import Packet
from vpctui.trace import Hop
from vpctui.wire import protocol_number

DEFAULT_FIELDS = (
    "version",
    "account-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log-status",
)
FURTHER_FIELDS = ("pkt-srcaddr", "pkt-dstaddr", "flow-direction", "traffic-path")
FIELDS = DEFAULT_FIELDS + FURTHER_FIELDS
FORMAT = " ".join(f"${{{name}}}" for name in FIELDS)
"""What `aws ec2 create-flow-logs --log-format` takes."""

PATHS = {
    "internet_gateway": "8",
    "egress_only_internet_gateway": "8",
    "vpn_gateway": "3",
}
"""`traffic-path` of gateways; everything with an interface in the VPC is 1.  On instances that are not Nitro-based an internet gateway is 2."""

UNLOGGED_PORTS = {("udp", 67), ("udp", 68)}
"""DHCP is not logged; nor is what goes to link-local services and the time service."""


class Record(Struct, frozen=True):
    """One record.  Account and times are placeholders; packets and bytes are those of the packets that were traced."""

    interface: str
    srcaddr: str
    dstaddr: str
    srcport: int
    dstport: int
    protocol: int
    packets: int
    bytes: int
    action: str
    pkt_srcaddr: str
    pkt_dstaddr: str
    direction: str
    path: str

    def fields(self) -> dict[str, str]:
        """Every field by its name in AWS, in the order of the record."""
        values = (
            *("2", "<account>", self.interface, self.srcaddr, self.dstaddr, str(self.srcport), str(self.dstport), str(self.protocol)),
            *(str(self.packets), str(self.bytes), "<start>", "<end>", self.action, "OK"),
            *(self.pkt_srcaddr, self.pkt_dstaddr, self.direction, self.path),
        )
        return dict(zip(FIELDS, values, strict=True))

    @property
    def text(self) -> str:
        """The record as AWS writes it."""
        return " ".join(self.fields().values())


def records(sightings: tuple[Sighting, ...], network: Network) -> tuple[Record, ...]:
    """The records of all interfaces, each flow once, in the order of their first packets."""
    found: dict[tuple[object, ...], list[Sighting]] = {}
    for seen in sightings:
        if seen.interface and seen.fate != "lost" and logged(seen.packet):
            found.setdefault((seen.point, seen.side, seen.fate, seen.packet.flow), []).append(seen)
    return tuple(_record(together, network) for together in found.values())


def logged(packet: Packet) -> bool:
    """Whether flow logs record such packets at all."""
    links = is_link_local(packet.dst) or is_link_local(packet.src)
    return not links and (packet.protocol, packet.dst_port) not in UNLOGGED_PORTS


def _record(together: list[Sighting], network: Network) -> Record:
    first = together[0]
    packet, going = first.packet, first.side == "out"
    interface = network.the(NetworkInterface, first.point)
    own = str(interface.source(packet.family) or (packet.src if going else packet.dst))
    ports = (packet.src_port, packet.dst_port) if packet.has_ports else (0, 0)
    return Record(
        interface=interface.id,
        srcaddr=own if going else str(packet.src),
        dstaddr=str(packet.dst) if going else own,
        srcport=ports[0],
        dstport=ports[1],
        protocol=protocol_number(packet.protocol),
        packets=len(together),
        bytes=sum(seen.packet.size for seen in together),
        action="ACCEPT" if first.fate == "passed" else "REJECT",
        pkt_srcaddr=str(packet.src),
        pkt_dstaddr=str(packet.dst),
        direction="egress" if going else "ingress",
        path=traffic_path(first, network) if going and first.fate == "passed" else "-",
    )


def traffic_path(seen: Sighting, network: Network) -> str:
    """`traffic-path` of a packet that leaves an interface: what it meets behind the VPC's router."""
    beyond = seen.after[1:2] if seen.after and seen.after[0].kind == "vpc_router" else seen.after[:1]
    if not beyond:
        return "-"
    hop = beyond[0]
    if hop.kind == "vpc_peering_connection":
        return _peering_path(hop, network)
    if hop.kind == "vpc_endpoint" and not network.ids(("attached", hop.node)):
        return "7"
    return PATHS.get(hop.kind, "1")


def _peering_path(hop: Hop, network: Network) -> str:
    peering = network.find(VpcPeeringConnection, hop.node)
    return "5" if peering is not None and peering.inter_region else "4"
