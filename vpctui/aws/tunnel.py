"""Tunnel between two machines: a packet in a packet.  Rules R-139, R-158; RFC 3948 for IPsec behind 1:1 translation."""

from collections.abc import Hashable, Iterable, Iterator

from msgspec import Struct

from vpctui.address import Address
from vpctui.aws.reading import Item
from vpctui.document import Mapping, Node
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import OUTSIDE, Outline, outlines
from vpctui.engine.registry import Rule, Sentence
from vpctui.packet import Packet, identification_of
from vpctui.schema import Choice, Field, IpAddress, Json, Kind, Mistake, OnOff, Reader, Section, read_fields, unique
from vpctui.trace import Step

OVERHEAD = {"ipsec": 73, "gre": 24, "geneve": 68}
"""Bytes that a tunnel adds to an IPv4 packet: ESP in UDP with AES-GCM, GRE, GENEVE (C-13)."""
ENDS = ("instances", "hosts", "routers")


class TunnelEnd(Struct, frozen=True):
    """One end: the machine, its own outer address, and the other side's as it sees it."""

    node: str
    local: Address
    remote: Address


class Tunnel(Record, frozen=True, kw_only=True):
    """A tunnel: `ipsec` (ESP in UDP 4500), `gre` or `geneve` (UDP 6081)."""

    type: str
    ends: tuple[TunnelEnd, ...]
    up: bool = True

    def end(self, node: str) -> TunnelEnd | None:
        """The end at a machine."""
        return next((end for end in self.ends if end.node == node), None)


@indexes(Tunnel)
def keys(tunnel: Tunnel) -> Iterable[Hashable]:
    """By the machines at its ends."""
    for end in tunnel.ends:
        yield ("tunnel-of", end.node)


END_FIELDS = (
    Field("local", IpAddress(0), "own outer address", required=True),
    Field("remote", IpAddress(0), "the other side's outer address, as seen from here", required=True),
)


class Ends(Kind, frozen=True):
    """`{node: {local, remote}}`, two of them."""

    def read(self, node: Node, reader: Reader, owner: str) -> tuple[TunnelEnd, ...]:
        if not isinstance(node, Mapping) or len(node.entries) != 2:
            raise Mistake("E123", f"tunnel {owner} has two ends", node, "{br: {local: 198.51.100.1, remote: 203.0.113.10}, i-fw: {…}}")
        found = []
        for entry in unique(node, reader):
            reader.references.append((entry.key.text, ENDS, entry.key, owner))
            values = read_fields(END_FIELDS, entry.value, reader, owner, "an end of tunnel")
            if values["local"] is not None and values["remote"] is not None:
                found.append(TunnelEnd(entry.key.text, values["local"], values["remote"]))
        return tuple(found)

    def json_schema(self) -> Json:
        end = {
            "type": "object",
            "properties": {"local": {"type": "string"}, "remote": {"type": "string"}},
            "required": ["local", "remote"],
            "additionalProperties": False,
        }
        return {"type": "object", "additionalProperties": end, "minProperties": 2, "maxProperties": 2}

    def names(self) -> str:
        return "`{node: {local, remote}}`"


@outlines(Tunnel)
def outline(tunnel: Tunnel, network: Network) -> Outline:
    """Outside, with its kind."""
    return Outline(OUTSIDE, tunnel.type, 40)


SECTION = Section(
    "tunnels",
    "tunnel",
    (
        Field("type", Choice(("ipsec", "gre", "geneve")), "how packets are carried", "ipsec"),
        Field("ends", Ends(), "its two ends", (), required=True),
        Field("up", OnOff(), "whether the tunnel is up", True),
    ),
    "Tunnels between machines. A guest route names the tunnel as its target.",
)


def read(item: Item) -> Iterator[Record]:
    """One tunnel."""
    yield Tunnel(id=item.id, type=item["type"], ends=item["ends"], up=item["up"])


def encapsulate(tunnel: Tunnel, end: TunnelEnd, packet: Packet) -> Packet:
    """The outer packet: from this end to the other, with a fresh TTL."""
    protocol, port = {"ipsec": ("udp", 4500), "gre": ("gre", 0), "geneve": ("udp", 6081)}[tunnel.type]
    outer = Packet(
        src=end.local,
        dst=end.remote,
        protocol=protocol,
        src_port=port,
        dst_port=port,
        size=packet.size + OVERHEAD[tunnel.type],
        dont_fragment=packet.dont_fragment,
        dscp=packet.dscp,
        tunnel=tunnel.type,
        virtual_network=identification_of((tunnel.id, end.local, 0, end.remote, 0)),
        inside=packet,
    )
    return outer


def carries_already(tunnel: Tunnel, end: TunnelEnd, packet: Packet) -> bool:
    """Whether a packet came out of this end of the tunnel already: its outer packet is routed into the tunnel itself."""
    layer: Packet | None = packet
    while layer is not None:
        if (layer.tunnel, layer.src, layer.dst) == (tunnel.type, end.local, end.remote):
            return True
        layer = layer.inside
    return False


def decapsulate(node: str, packet: Packet, network: Network) -> tuple[Tunnel, Packet] | None:
    """The tunnel whose packet this is at a machine, and what it carried; None for any other packet."""
    if packet.inside is None:
        return None
    for identifier in network.ids(("tunnel-of", node)):
        tunnel = network.the(Tunnel, identifier)
        end = tunnel.end(node)
        if end is not None and packet.dst == end.local and packet.src == end.remote and packet.tunnel == tunnel.type:
            return tunnel, packet.inside
    return None


def step(rule: str, tunnel: Tunnel, packet: Packet) -> Step:
    """What a person sees of wrapping or unwrapping."""
    return Step(rule=rule, packet=packet, facts={"tunnel": tunnel.id, "type": tunnel.type, "src": str(packet.src), "dst": str(packet.dst)})


RULES = {
    "tunnel-wrap": Rule("R-139 R-158", Sentence("{tunnel} ({type}) wraps it: outside {src} → {dst}", "{tunnel}（{type}）で包む：外側は{src}→{dst}")),
    "tunnel-recursive": Rule(
        "R-146",
        Sentence("{tunnel} finds its way outside it", "{tunnel}の外側のパケットは外の経路を通る"),
        Sentence(
            "the route of {node} to {dst}, the far end of {tunnel}, leads into {tunnel} itself",
            "{node}の、{tunnel}の対向{dst}への経路が{tunnel}自身を指している",
        ),
    ),
    "tunnel-unwrap": Rule("R-139 R-158", Sentence("{tunnel} ({type}) ends here: inside {src} → {dst}", "{tunnel}（{type}）の終端：内側は{src}→{dst}")),
}
