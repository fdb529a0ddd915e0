"""Flows that an operator asks first: the internet to what is open, each subnet to the internet, on premises to each subnet.

So an imported file can be explored at once.  Their number is bounded; what stands outside the bounds is said.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from vpctui.interop.aws.draft import Draft, Entry, Fields, prefix

CLIENT = "198.51.100.7"
SITE_ADDRESS = "203.0.113.80"
MOST_OF_A_KIND = 20
PUBLIC_PORTS = 3
"""Ports of one address that get a flow of their own."""
ANYWHERE = ("0.0.0.0/0", "::/0")


class Interface(Struct):
    """An interface as the file has it, with whose it is."""

    id: str
    owner: str
    fields: Fields


def write(draft: Draft) -> None:
    """Put the flows into the draft; fewer where there is nothing to ask."""
    interfaces = list(_interfaces(draft))
    outbound = _one_per_subnet(interfaces)
    found: dict[str, Fields] = {}
    for kind, flows in (
        ("from the internet", _inbound(draft, interfaces)),
        ("to the internet", _outbound(outbound)),
        ("from on premises", _premises(draft, outbound)),
    ):
        rows = list(flows)
        found.update(rows[:MOST_OF_A_KIND])
        if len(rows) > MOST_OF_A_KIND:
            draft.account.note("skipped", f"{len(rows) - MOST_OF_A_KIND} more flows {kind} could be asked; {MOST_OF_A_KIND} stand in the file")
    if found:
        draft.sections["flows"] = {name: Entry(fields) for name, fields in found.items()}


def _interfaces(draft: Draft) -> Iterator[Interface]:
    """Interfaces of instances that run."""
    for identifier, entry in draft.sections.get("instances", {}).items():
        if entry.fields.get("state") == "stopped":
            continue
        rows = entry.fields.get("network_interfaces") or {f"eni-{identifier.removeprefix('i-')}": entry.fields}
        for name, fields in rows.items():
            yield Interface(name, identifier, fields)


def _one_per_subnet(interfaces: list[Interface]) -> list[Interface]:
    """The first interface of each subnet; an instance's primary one only, by which its packets leave."""
    found: dict[str, Interface] = {}
    seen: set[str] = set()
    for interface in interfaces:
        if interface.owner not in seen and "private_ip" in interface.fields:
            found.setdefault(interface.fields["subnet"], interface)
        seen.add(interface.owner)
    return list(found.values())


def _inbound(draft: Draft, interfaces: list[Interface]) -> Iterator[tuple[str, Fields]]:
    """The internet to every public address and port that a security group opens to it; load balancers first."""
    for name, entry in draft.sections.get("load_balancers", {}).items():
        public = next((node["public_ip"] for node in entry.fields["subnets"].values() if "public_ip" in node), "")
        for port, listener in entry.fields["listeners"].items() if public else ():
            protocol = "udp" if listener.get("protocol") == "udp" else "tcp"
            yield f"internet-to-{_plain(name)}-{port}", _flow("internet", f"{public}:{port}", source_ip=CLIENT, protocol=protocol)
    for interface in interfaces:
        public = interface.fields.get("public_ip")
        if public:
            for protocol, port in list(_open(draft, interface.fields.get("security_groups", ())))[:PUBLIC_PORTS]:
                to = f"{public}:{port}" if port else public
                flow = _flow("internet", to, source_ip=CLIENT, protocol=protocol)
                yield f"internet-to-{interface.owner}-{port or protocol}", flow


def _open(draft: Draft, groups: Any) -> Iterator[tuple[str, int]]:
    """Protocols and ports that rules open to everybody, each once."""
    found: dict[tuple[str, int], None] = {}
    for group in groups:
        entry = draft.entry("security_groups", group)
        for rule in entry.fields["ingress"] if entry else ():
            words = rule.split()
            if words[-1] not in ANYWHERE[:1]:
                continue
            port = int(words[1].partition("-")[0]) if len(words) == 3 and words[0] in ("tcp", "udp", "sctp") else 0
            if words[0] in ("tcp", "udp"):
                found.setdefault((words[0], port or 443))
            elif words[0] == "all":
                found.setdefault(("tcp", 443))
            elif words[0] == "icmp":
                found.setdefault(("icmp", 0))
    return iter(found)


def _outbound(outbound: list[Interface]) -> Iterator[tuple[str, Fields]]:
    for interface in outbound:
        yield f"{interface.fields['subnet']}-to-internet", _flow(interface.owner, f"{SITE_ADDRESS}:443")


def _premises(draft: Draft, outbound: list[Interface]) -> Iterator[tuple[str, Fields]]:
    """On premises to a machine of each subnet, by the gateway or the attachment of its VPC."""
    entrances = dict(_entrances(draft))
    for interface in outbound:
        subnet = draft.entry("subnets", interface.fields["subnet"])
        entrance = entrances.get(subnet.fields["vpc"] if subnet else "") or entrances.get("")
        if entrance is not None:
            via, source = entrance
            port = next((port for protocol, port in _open(draft, interface.fields.get("security_groups", ())) if protocol == "tcp"), 443)
            yield f"on-premises-to-{interface.fields['subnet']}", _flow("on-premises", f"{interface.fields['private_ip']}:{port}", source_ip=source, via=via)


def _entrances(draft: Draft) -> Iterator[tuple[str, tuple[str, str]]]:
    """Where packets from on premises come in, by VPC (empty: any that a transit gateway reaches), and an address that sends them."""
    for name, entry in draft.sections.get("vpn_gateways", {}).items():
        yield entry.fields["vpc"], (name, _remote(draft, name, entry.fields.get("routes")))
    for entry in draft.sections.get("transit_gateways", {}).values():
        for name, fields in entry.fields["attachments"].items():
            kind = next((kind for kind in ("direct_connect_gateway", "vpn", "connect") if kind in fields), "")
            if kind:
                yield "", (name, _remote(draft, name, fields[kind]))
                return


def _remote(draft: Draft, gateway: str, routes: Any) -> str:
    """An address of a remote prefix that is known, else one that nobody has."""
    known = list(routes or ())
    for section in ("vpn_connections", "virtual_interfaces"):
        for entry in draft.sections.get(section, {}).values():
            if gateway in (entry.fields.get("vpn_gateway"), entry.fields.get("transit_gateway_attachment")):
                known += entry.fields.get("routes", ())
    for text in known:
        block = prefix(text)
        if block is not None and block.family == 4:
            return str(block.first + 10) if block.length < 28 and block.length > 0 else str(block.first) if block.length else "192.0.2.10"
    return "192.0.2.10"


def _flow(sender: str, to: str, **more: str) -> Fields:
    return {"from": sender, "to": to, **{key: value for key, value in more.items() if (key, value) != ("protocol", "tcp")}}


def _plain(name: str) -> str:
    """An id as a part of a flow's name."""
    return name.replace("/", "-")
