"""What `tcpdump` shows in the guests of a conversation: the command line, and the lines that it should print.

What a model cannot know stands in angle brackets: sequence numbers, identifiers, the guest's name of an interface.
"""

from collections.abc import Iterator

from msgspec import Struct

from vpctui.address import Address
from vpctui.interop.observation import Sighting
from vpctui.packet import Packet
from vpctui.wire import datagram, protocol_number

FLAGS = {"S": "S", "SA": "S.", "A": ".", "PA": "P.", "R": "R", "RA": "R.", "FA": "F.", "": "none"}
TUNNEL_PORTS = {"ipsec": 4500, "geneve": 6081}
UNREACHABLE = {0: "net {dst} unreachable", 1: "host {dst} unreachable", 3: "{dst} {protocol} port {port} unreachable"}


class Watch(Struct, frozen=True):
    """One instance: the command line to run in it, and what it should print; no lines where the packet is kept from it."""

    node: str
    command: str
    lines: tuple[str, ...]
    refused: tuple[Sighting, ...]
    """Packets that filters or the check keep from the guest, so that it prints nothing of them."""


def watches(sightings: tuple[Sighting, ...]) -> tuple[Watch, ...]:
    """One for every instance on the path, in the order in which packets reach them."""
    seen: dict[str, list[Sighting]] = {}
    for each in sightings:
        if each.hop.kind == "instance" and each.node == each.hop.node:
            seen.setdefault(each.node, []).append(each)
    return tuple(_watch(node, here) for node, here in seen.items())


def _watch(node: str, seen: list[Sighting]) -> Watch:
    parts = tuple(dict.fromkeys(expression(each) for each in seen))
    joined = parts[0] if len(parts) == 1 else " or ".join(f"({part})" for part in parts)
    lines = tuple(f"<{each.point}> {'In ' if each.side == 'in' else 'Out'} {printed(each.packet)}" for each in seen if each.visible)
    return Watch(node, f"sudo tcpdump -nn -t -i any '{joined}'", lines, tuple(each for each in seen if not each.visible))


def expression(seen: Sighting) -> str:
    """The capture filter for a packet and its answers; the client's own port is left out, for nobody knows it in advance."""
    packet = seen.packet
    hosts = " and ".join(f"host {address}" for address in sorted((packet.src, packet.dst), key=lambda each: each.value))
    if packet.tunnel in TUNNEL_PORTS and packet.protocol == "udp":
        return f"udp port {TUNNEL_PORTS[packet.tunnel]} and {hosts}"
    if packet.has_ports:
        port = packet.dst_port if seen.leg.direction == "forward" else packet.src_port
        return f"{packet.protocol} port {port} and {hosts}"
    if packet.is_icmp:
        return f"{'icmp6' if packet.protocol == 'icmpv6' else 'icmp'} and {hosts}"
    return f"{'ip' if packet.family == 4 else 'ip6'} proto {protocol_number(packet.protocol)} and {hosts}"


def printed(packet: Packet) -> str:
    """The line of `tcpdump -nn -t` for a packet."""
    lead = f"{'IP' if packet.family == 4 else 'IP6'} {_end(packet, packet.src, packet.src_port)} > {_end(packet, packet.dst, packet.dst_port)}: "
    return lead + "".join(_content(packet))


def _end(packet: Packet, address: Address, port: int) -> str:
    return f"{address}.{port}" if packet.has_ports else str(address)


def _content(packet: Packet) -> Iterator[str]:
    match packet.protocol:
        case "tcp":
            yield f"Flags [{FLAGS[packet.tcp_flags]}], <seq, window, options>, length {len(datagram(packet).payload)}"
        case "icmp" | "icmpv6":
            yield f"{_icmp(packet)}, length {_below(packet)}"
        case "udp" if packet.tunnel == "geneve" and packet.inside is not None:
            options = next((len(each.options) for each in datagram(packet).headers if each.format.name == "GENEVE"), 0)
            yield f"Geneve, Flags [none], vni {packet.virtual_network:#x}" + (f", options [{options} bytes]: " if options else ": ")
            yield printed(packet.inside)
        case "udp" if packet.tunnel == "ipsec":
            yield f"UDP-encap: ESP(spi=<spi>,seq=<seq>), length {_below(packet) - 8}"
        case "esp":
            yield f"ESP(spi=<spi>,seq=<seq>), length {_below(packet)}"
        case "gre" if packet.inside is not None:
            kind = "IPv4 (0x0800)" if packet.inside.family == 4 else "IPv6 (0x86dd)"
            key = f"key={packet.virtual_network:#x}, " if packet.virtual_network else ""
            yield f"GREv0, {key}proto {kind}, length {_below(packet)}: {printed(packet.inside)}"
        case "udp":
            yield f"UDP, length {_below(packet) - 8}"
        case _:
            yield f"<{packet.protocol}, length {_below(packet)}>"


def _below(packet: Packet) -> int:
    """Bytes behind the IP header."""
    laid = datagram(packet)
    return len(laid.to_bytes()) - len(laid.headers[0].to_bytes())


def _icmp(packet: Packet) -> str:
    if packet.about is None:
        name = "echo reply" if packet.is_echo_reply else "echo request"
        word = "ICMP" if packet.protocol == "icmp" else "ICMP6,"
        known = packet.icmp_type in (0, 8, 128, 129)
        return f"{word} {name}, id <id>, seq <seq>" if known else f"{word} type {packet.icmp_type}, code {packet.icmp_code}"
    if packet.protocol == "icmpv6":
        return f"ICMP6, packet too big, mtu {packet.icmp_mtu}" if packet.icmp_type == 2 else f"ICMP6, type {packet.icmp_type}, code {packet.icmp_code}"
    about = packet.about
    if (packet.icmp_type, packet.icmp_code) == (3, 4):
        return f"ICMP {about.dst} unreachable - need to frag (mtu {packet.icmp_mtu})"
    if packet.icmp_type == 11:
        return "ICMP time exceeded in-transit"
    if packet.icmp_type == 3 and packet.icmp_code in UNREACHABLE:
        return "ICMP " + UNREACHABLE[packet.icmp_code].format(dst=about.dst, protocol=about.protocol, port=about.dst_port)
    return f"ICMP type {packet.icmp_type}, code {packet.icmp_code}"
