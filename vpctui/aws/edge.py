"""The edge association: the gateway route table that decides where traffic entering a VPC goes.  Rules R-050 … R-085, conflict C-01."""

from vpctui.address import Address, Prefix
from vpctui.aws import route_table
from vpctui.aws.delivery import blackhole, deliver_local, hand_over
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.route_table import RouteTable
from vpctui.aws.vpc import Vpc
from vpctui.engine.registry import Checks, Evaluation, Rule, Sentence, Situation
from vpctui.packet import Packet
from vpctui.trace import Candidate, Drop, Lookup, Step


def forward(gateway: str, vpc: str, table: str | None, packet: Packet, here: Situation, *, needs_public_ip: bool) -> Evaluation:
    """Where a packet that came in by a gateway goes: by the edge table, or straight to its destination (R-060, R-061).

    `needs_public_ip`: an interface as target needs a public IPv4 address (R-065; for an internet gateway).
    """
    if table is None:
        return (yield from _implicit(gateway, vpc, packet, here))
    lookup = route_table.lookup(here.network, table, packet.dst, _blocks(vpc, here), here.assume, kind="edge", owner=gateway)
    won = lookup.winner
    yield Step(
        rule="edge-lookup",
        packet=packet,
        passed=won is not None,
        facts={"gateway": gateway, "table": table, "dst": str(packet.dst), "route": won.destination if won else "", "target": won.target if won else ""},
        lookup=lookup,
        decider=won.place if won else "",
        setting=f"{gateway}.route_table",
    )
    if won is None:
        return Drop(packet=packet, reason="GWRT_NO_ROUTE", table=table)
    if won.state != "active":
        return (yield from blackhole(won, packet, table))
    if won.target == "local":
        return (yield from deliver_local(vpc, packet, here, table=table, route=won.destination, target="local"))
    refused = yield from (_public_ip(won, packet, here, table) if needs_public_ip else _ipv6(won, packet, here, table))
    if refused:
        return refused
    return (yield from hand_over(won, packet, here, table=table, vpc=vpc))


def _implicit(gateway: str, vpc: str, packet: Packet, here: Situation) -> Evaluation:
    block = next((block for block in _blocks(vpc, here) if packet.dst in block), None)
    row = Candidate(str(block), "local", "local", "active", "ROUTE_WON") if block else None
    yield Step(
        rule="edge-none",
        packet=packet,
        facts={"gateway": gateway, "dst": str(packet.dst)},
        lookup=Lookup("", str(packet.dst), (row,) if row else (), "implicit", gateway),
        setting=f"{gateway}.route_table",
    )
    return (yield from deliver_local(vpc, packet, here, table=None, route=str(block) if block else None, target="local" if block else None))


def _public_ip(won: Candidate, packet: Packet, here: Situation, table: str) -> Checks:
    """An interface behind an internet gateway's edge table needs a public IPv4 address (R-065, C-20)."""
    interface = here.network.find(NetworkInterface, won.target)
    if interface is None or interface.type != "interface":
        return None
    passed = interface.public_ip is not None or bool(interface.secondary_public_ips)
    yield Step(
        rule="edge-target-public-ip",
        packet=packet,
        passed=passed,
        facts={"eni": interface.id, "public": str(interface.public_ip or "")},
        setting=f"{interface.id}.public_ip",
    )
    if passed:
        return None
    return Drop(packet=packet, reason="GWRT_TARGET_NO_PUBLIC_IP", table=table, route=won.destination, target=won.target)


def _ipv6(won: Candidate, packet: Packet, here: Situation, table: str) -> Checks:
    """An interface that is to take IPv6 needs an IPv6 address (R-311); a public IPv4 address is not asked for then (C-20)."""
    interface = here.network.find(NetworkInterface, won.target)
    if packet.family == 4 or interface is None:
        return None
    own = interface.source(packet.family)
    yield Step(rule="edge-target-ipv6", packet=packet, passed=own is not None, facts={"eni": interface.id, "ipv6": str(own or "")})
    return None if own else Drop(packet=packet, reason="NO_PATH", table=table, route=won.destination, target=won.target)


def bypassed(gateway: str, vpc: str, table: str | None, packet: Packet, here: Situation) -> Checks:
    """A packet that leaves directly from a subnet whose inbound traffic is redirected to a middlebox (R-068, R-069, C-01)."""
    if table is None:
        return None
    target = redirected(table, vpc, packet.src, here)
    if target is None or _passed_a_middlebox(target, packet, here):
        return None
    strict = here.assume.asymmetric_return == "drop"
    yield Step(
        rule="edge-bypassed",
        packet=packet,
        passed=not strict,
        facts={"src": str(packet.src), "target": target, "table": table, "gateway": gateway},
        setting="assume.asymmetric_return",
        warning="" if strict else "WARN_ASYMMETRIC",
    )
    return Drop(packet=packet, reason="RETURN_BYPASSES_APPLIANCE") if strict else None


def _passed_a_middlebox(target: str, packet: Packet, here: Situation) -> bool:
    """Whether the packet came by some interface or endpoint since it was sent: then its exit is not the direct one of R-069.

    What a NAT gateway or a load balancer sends starts there.  The middlebox's own packets need not pass it.
    """
    at = max((number for number, arrival in enumerate(here.path) if _owns(arrival.by, packet.src, here)), default=0)
    if here.path[at].node == getattr(here.network.get(target), "owner", ""):
        return True
    passed = here.path[at + 1 :]
    return any(here.network.find(NetworkInterface, arrival.by) is not None or arrival.node == arrival.by for arrival in passed)


def _owns(interface: str, address: Address, here: Situation) -> bool:
    record = here.network.find(NetworkInterface, interface)
    return record is not None and record.owns(address)


def redirected(table: str, vpc: str, address: Address, here: Situation) -> str | None:
    """The target to which an edge table redirects traffic for an address, None where that is `local`."""
    if here.network.find(RouteTable, table) is None:
        return None
    won = route_table.lookup(here.network, table, address, _blocks(vpc, here), here.assume).winner
    return won.target if won is not None and won.target != "local" else None


def _blocks(vpc: str, here: Situation) -> tuple[Prefix, ...]:
    record = here.network.the(Vpc, vpc)
    return record.cidrs + record.ipv6_cidrs


RULES = {
    "edge-lookup": Rule(
        "R-050 R-061",
        Sentence(
            "{table}, the edge table of {gateway}, is asked for {dst}: {route} → {target} wins",
            "{gateway}のエッジルートテーブル{table}で{dst}を引く：{route} → {target}が選ばれる",
        ),
        Sentence("{table}, the edge table of {gateway}, has no route to {dst}", "{gateway}のエッジルートテーブル{table}に{dst}へのルートが無い"),
    ),
    "edge-none": Rule("R-060", Sentence("{gateway} has no edge table: straight to {dst}", "{gateway}にエッジルートテーブルは無い：{dst}へ直接届ける")),
    "edge-target-public-ip": Rule(
        "R-065",
        Sentence(
            "{eni} has a public IPv4 address ({public}), as an edge target must", "{eni}はエッジのターゲットに必要なパブリックIPv4アドレス（{public}）を持つ"
        ),
        Sentence(
            "{eni} is an edge target of an internet gateway and has no public IPv4 address",
            "{eni}はインターネットゲートウェイのエッジのターゲットだが、パブリックIPv4アドレスが無い",
        ),
    ),
    "edge-target-ipv6": Rule(
        "R-311",
        Sentence("{eni} has an IPv6 address ({ipv6}), as the target of IPv6 must", "{eni}はIPv6のターゲットに必要なIPv6アドレス（{ipv6}）を持つ"),
        Sentence("{eni} is to take IPv6 but has no IPv6 address", "{eni}はIPv6のターゲットだが、IPv6アドレスが無い"),
    ),
    "edge-bypassed": Rule(
        "R-068 R-069",
        Sentence(
            "{src} is redirected to {target} on the way in, but leaves without it: let through here, unsupported by AWS",
            "{src}宛ては入るとき{target}を通るが、出るときは通らない：ここでは通すが、AWSはサポートしない",
        ),
        Sentence(
            "{src} is redirected to {target} on the way in: it may not leave by {gateway} without passing it",
            "{src}宛ては入るとき{target}を通る：通らずに{gateway}から出ることはできない",
        ),
    ),
}
