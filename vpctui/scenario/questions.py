"""Flows: from the file, from the command line, from the prompt.  One table of fields serves them all."""

import re
from collections.abc import Collection
from typing import Any

from vpctui.address import Address, parse_address
from vpctui.aws.host import Host
from vpctui.aws.internet import ENDS, INTERNET
from vpctui.document import Entry, Mapping, Mark, Node
from vpctui.engine.conversation import Question
from vpctui.engine.network import Network
from vpctui.engine.registry import ADDRESSED
from vpctui.filter_rules import PROTOCOLS
from vpctui.scenario.actions import scalars
from vpctui.schema import Choice, Field, Integer, IpAddress, ListOf, OnOff, Port, Reader, Section, Text, quoted, read_fields, unique

FLOW = Section(
    "flows",
    "flow",
    (
        Field("from", Text(), "who sends: a host, an instance, an interface, `internet`, `on-premises` or `aws-service`", required=True),
        Field("to", Text(), '`"HOST:PORT"`, an address or an id', required=True),
        Field(
            "protocol",
            Choice(tuple(word for word in PROTOCOLS if word != "all"), {"any": "tcp", "all": "tcp", "http": "tcp", "icmp6": "icmpv6"}),
            "protocol",
            "tcp",
        ),
        Field("source_port", Port(), "the sender's port", 50000),
        Field("ttl", Integer(0, 255), "initial TTL", 64),
        Field("size", Integer(20, 65535), "total length in bytes", 60),
        Field("dont_fragment", OnOff(), "the DF bit", True),
        Field("source_ip", IpAddress(0), "another source address than the sender's own (spoofed, or for the three ends)"),
        Field("via_proxy", Text(), '`"HOST:PORT"`: the proxy that the client is set to'),
        Field("via", Text(), "for `on-premises`: the gateway or attachment where it comes in", ""),
        Field("reply", OnOff(), "whether an answer is traced", True),
        Field("ipv6", OnOff(), "ask by IPv6 where `to` has both", False),
        Field("icmp", Text(), "`TYPE/CODE` for ICMP", "8/0"),
        Field("after", ListOf(Text()), "flows that were opened before and are still open", ()),
        Field("midstream", OnOff(), "the connection was opened in the network as the file has it; trace a later packet of it", False),
    ),
    "What to trace.",
)
NO_PORTS = ("icmp", "icmpv6", "gre", "esp", "ah", "igmp")


def read_flows(entry: Entry | None, network: Network, reader: Reader) -> dict[str, Question]:
    """All flows of a file, by name."""
    found: dict[str, Question] = {}
    if entry is None:
        return found
    if not isinstance(entry.value, Mapping):
        reader.problem("E123", "flows must map names to settings", entry.value, 'web: {from: client, to: "203.0.113.20:80"}')
        return found
    names = dict.fromkeys(item.key.text for item in entry.value)
    for item in unique(entry.value, reader):
        question = read_flow(item.key.text, item.value, network, reader)
        if question is not None:
            found[item.key.text] = question
        _after(item, names, reader)
    return found


def _after(item: Entry, names: Collection[str], reader: Reader) -> None:
    """E306 for a flow that should have been opened before and does not exist."""
    for named in scalars(item.value.get("after")) if isinstance(item.value, Mapping) else ():
        if named.text not in names:
            mend = reader.nearest(named.text, names) or ", ".join(list(names)[:6])
            reader.problem("E306", f"flow {item.key.text} comes after {quoted(named.text)}, which does not exist", named, mend)


def read_flow(name: str, node: Node, network: Network, reader: Reader) -> Question | None:
    """One flow; None when who or where cannot be told."""
    owner = f"flows.{name}"
    values = read_fields(FLOW.fields, node, reader, owner, "flow")

    def place(field: str) -> Mark:
        return reader.places.get((owner, field)) or node.mark

    if values["from"] is None or values["to"] is None:
        return None
    return question(name, values, network, reader, place)


def question(name: str, values: dict[str, Any], network: Network, reader: Reader, place: Any) -> Question | None:
    """A question from converted fields; `place` gives the mark of a field for messages."""
    sender = _sender(values["from"], network, reader, place("from"))
    icmp = re.fullmatch(r"([0-9]{1,3})(?:/([0-9]{1,3}))?", values["icmp"])
    if icmp is None:
        reader.problem("E106", f"{quoted(values['icmp'])} is not an ICMP TYPE/CODE", place("icmp"), "8/0")
    if values["via"] and network.get(values["via"]) is None and not reader.doubts(values["via"]):
        reader.problem("E302", f"a flow comes in by a gateway or an attachment; {quoted(values['via'])} is unknown", place("via"))
    if sender is None or icmp is None:
        return None
    if sender in ENDS and values["source_ip"] is None:
        reader.problem("E124", f'a flow from {sender} needs "source_ip": {sender} has no address of its own', place("from"), "source_ip: 198.51.100.10")
    outside = _outside(sender, network)
    family = 6 if values["ipv6"] else values["source_ip"].family if values["source_ip"] else 4
    ports = "" if values["protocol"] in NO_PORTS else values["protocol"]
    target = read_end(values["to"], network, reader, place("to"), family, outside, ports=ports, caller=sender)
    if target is None:
        return None
    proxy = read_end(values["via_proxy"], network, reader, place("via_proxy"), family, outside, ports="proxy", caller=sender) if values["via_proxy"] else None
    return Question(
        name=name,
        sender=sender,
        to=target[0],
        to_port=target[1],
        protocol=values["protocol"],
        source_port=values["source_port"],
        source_ip=values["source_ip"],
        ttl=values["ttl"],
        size=values["size"],
        dont_fragment=values["dont_fragment"],
        icmp_type=int(icmp[1]),
        icmp_code=int(icmp[2] or 0),
        via_proxy=proxy,
        via=values["via"],
        reply=values["reply"],
        after=values["after"],
        midstream=values["midstream"],
        written_to=values["to"],
    )


def _sender(identifier: str, network: Network, reader: Reader, mark: Mark) -> str | None:
    record = network.get(identifier)
    if record is not None and (type(record) in ADDRESSED or identifier in ENDS):
        return identifier
    if record is not None or not reader.doubts(identifier):
        kind = "is not something that sends" if record is not None else "is unknown"
        reader.problem(
            "E302", f"a flow starts at a host, an instance or an interface; {quoted(identifier)} {kind}", mark, _callers(identifier, network, reader)
        )
    return None


def _callers(identifier: str, network: Network, reader: Reader) -> str:
    """Who was probably meant, or some of those who can send."""
    callers = [found.id for found in network if type(found) in ADDRESSED]
    return reader.nearest(identifier, callers) or ", ".join(callers[:6])


def _outside(sender: str, network: Network) -> bool:
    record = network.get(sender)
    if isinstance(record, Host):
        return not record.behind and (record.ip is not None or record.ipv6 is not None or any(link == INTERNET for link, _ in record.guest.links))
    return sender == INTERNET


def read_end(text: str, network: Network, reader: Reader, mark: Mark, family: int, outside: bool, *, ports: str, caller: str) -> tuple[Address, int] | None:
    """`HOST:PORT`, `[IPV6]:PORT`, an address or an id, as address and port.  Notes E302, E303, E304, E106.

    `ports` is what needs one, for the message: a protocol, `proxy`, or nothing.
    """
    host, port = split_socket(text)
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        reader.problem("E106", f"{quoted(port)} is not a port", mark, f'"{host}:80"')
        return None
    if ports and not port:
        what = "a proxy" if ports == "proxy" else f"a {ports} flow"
        reader.problem("E304", f"{what} needs a port, found {quoted(text)}", mark, f'"[{host}]:80"' if ":" in host else f'"{host}:80"')
        return None
    number = int(port) if port else 0
    try:
        return parse_address(host), number
    except ValueError:
        pass
    record = network.get(host)
    function = ADDRESSED.get(type(record))
    if record is None or function is None:
        if record is not None or not reader.doubts(host):
            reader.problem("E302", f"{quoted(host)} is neither an address nor somebody who has one", mark, _callers(host, network, reader))
        return None
    address = function(record, network, family, outside) or function(record, network, 10 - family, outside)
    if address is None:
        private = function(record, network, family, False)
        message = f"{caller} cannot address {private or host}; {host} has no public address"
        reader.problem("E303", message, mark, f"give {host} a public_ip, or write the address")
        return None
    return address, number


def split_socket(text: str) -> tuple[str, str]:
    """Host and port of a socket as text; the port may be missing."""
    bracketed = re.fullmatch(r"\[([^\]]*)\](?::(.*))?", text)
    if bracketed:
        return bracketed[1], bracketed[2] or ""
    if text.count(":") == 1:
        host, _, port = text.partition(":")
        return host, port
    return text, ""
