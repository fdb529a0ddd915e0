"""Services that every instance reaches without the VPC: metadata, resolver, time, and what AWS never carries.  Rules R-024 … R-029, R-271, R-279."""

from collections.abc import Generator

from vpctui.address import Address, is_link_local, is_multicast, parse_address, parse_prefix
from vpctui.aws.guest import Machine
from vpctui.aws.network_interface import attached
from vpctui.engine.registry import Rule, Sentence, Situation
from vpctui.packet import Packet
from vpctui.trace import Action, Deliver, Drop, Step

SERVICES = {
    parse_address("169.254.169.254"): "instance metadata",
    parse_address("169.254.169.253"): "the VPC resolver",
    parse_address("169.254.169.123"): "the time service",
    parse_address("fd00:ec2::254"): "instance metadata",
    parse_address("fd00:ec2::253"): "the VPC resolver",
    parse_address("fd00:ec2::123"): "the time service",
}
RESERVED = (parse_prefix("169.254.168.0/22"), parse_prefix("fd00:ec2::/32"))


def answer(machine: Machine, packet: Packet, here: Situation) -> Generator[Step, None, Action | None]:
    """Deliver to a link-local service at the host itself (R-026); drop what AWS never carries (R-024, R-025, R-247, C-28)."""
    interfaces = attached(machine.id, here.network)
    if not interfaces:
        return None
    dst = packet.dst
    if here.connections.recall(machine.id, ("socket", packet.flow)) and (packet.src in SERVICES or _resolver(machine, packet.src, here)):
        yield Step(rule="link-local-answer", packet=packet, facts={"src": str(packet.src), "node": machine.id})
        return Deliver(packet=packet)
    service = SERVICES.get(dst) or _resolver(machine, dst, here)
    if service:
        yield Step(rule="link-local-service", packet=packet, facts={"dst": str(dst), "service": service})
        return Deliver(packet=packet)
    if is_multicast(dst):
        yield Step(rule="never-carried", packet=packet, passed=False, facts={"dst": str(dst)})
        return Drop(packet=packet, reason="PROTOCOL_NOT_SUPPORTED")
    if is_reserved(dst):
        yield Step(rule="never-carried", packet=packet, passed=False, facts={"dst": str(dst)})
        return Drop(packet=packet, reason="DEST_RESERVED")
    return None


def is_reserved(address: Address) -> bool:
    """Whether no router of AWS carries packets to it, whatever a table says (R-024, R-025, C-28)."""
    return is_link_local(address) or any(address in block for block in RESERVED)


def _resolver(machine: Machine, address: Address, here: Situation) -> str:
    """The resolver at the base of the VPC's primary range plus two, for interfaces of that VPC only (R-029)."""
    for interface in attached(machine.id, here.network):
        blocks = getattr(here.network.get(interface.vpc), "cidrs", ())
        if blocks and address == blocks[0].first + 2:
            return "the VPC resolver"
    return ""


RULES = {
    "link-local-service": Rule(
        "R-026 R-271",
        Sentence(
            "{dst} is {service}: answered at the host, past every table and filter", "{dst}は{service}：どのルートテーブルもフィルタも通らず、ホストが応答する"
        ),
    ),
    "link-local-answer": Rule("R-026", Sentence("{src} answers at the host itself", "{src}はホスト自身で応答する")),
    "never-carried": Rule(
        "R-024 R-025 R-247",
        Sentence("{dst} can be carried", "{dst}は転送される"),
        Sentence("a VPC never carries packets to {dst}", "VPCは{dst}宛てのパケットを転送しない"),
    ),
}
