"""The trace document `vpctui.trace/1`: a conversation as JSON, with the keys and their order of the contract."""

from collections.abc import Iterable
from typing import Any

import msgspec

from vpctui.describe.sentences import sentence, warning_text
from vpctui.describe.voice import Voice
from vpctui.packet import Packet
from vpctui.reasons import reasons
from vpctui.trace import Candidate, Conversation, Hop, Leg, Step, Warning

FORMAT = "vpctui.trace/1"
Json = dict[str, Any]


def trace_json(conversation: Conversation, scenario: str, changes: Iterable[str] = (), voice: Voice | None = None) -> str:
    """The document as text without a newline at its end; the same conversation gives the same bytes.  `scenario` is the file's name."""
    document = trace_document(conversation, scenario, changes, voice or Voice())
    return escaped(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())


def escaped(text: str) -> str:
    """A JSON document with the same values, in which everything that a terminal would obey is written as `\\uXXXX`."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join(each if each.isprintable() or each == "\n" else _escape(each) for each in text)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{int.from_bytes(units[at : at + 2], 'big'):04x}" for at in range(0, len(units), 2))


def trace_document(conversation: Conversation, scenario: str, changes: Iterable[str], voice: Voice) -> Json:
    """The document as plain values."""
    return {
        "format": FORMAT,
        "scenario": scenario,
        "flow": conversation.flow,
        "changes": list(changes),
        "outcome": conversation.outcome,
        "legs": [_leg(leg, voice) for leg in conversation.legs],
        "warnings": [_warning(warning, conversation, voice) for warning in conversation.warnings],
    }


def _leg(leg: Leg, voice: Voice) -> Json:
    known = reasons().get(leg.reason or "")
    return {
        "direction": leg.direction,
        "carries": leg.carries,
        "verdict": leg.verdict.value,
        "reason": leg.reason,
        "reachability_code": known.reachability_code if known else None,
        "at": leg.last.node,
        "hops": [_hop(hop, voice) for hop in leg.hops],
    }


def _hop(hop: Hop, voice: Voice) -> Json:
    return {
        "node": hop.node,
        "kind": hop.kind,
        "verdict": hop.verdict.value,
        "reason": hop.reason,
        "arrived": packet_json(hop.arrived) if hop.arrived else None,
        "left": packet_json(hop.left) if hop.left else None,
        "table": hop.table,
        "route": hop.route,
        "target": hop.target,
        "steps": [_step(step, voice) for step in hop.steps],
    }


def packet_json(packet: Packet) -> Json:
    """A packet: the fields of the contract; ICMP has type and code; what a tunnel carries is `inside`."""
    fields: Json = {"src": str(packet.src), "dst": str(packet.dst), "protocol": packet.protocol}
    if packet.is_icmp:
        fields |= {"icmp_type": packet.icmp_type, "icmp_code": packet.icmp_code}
    elif packet.has_ports:
        fields |= {"src_port": packet.src_port, "dst_port": packet.dst_port}
    fields |= {"ttl": packet.ttl, "size": packet.size, "dont_fragment": packet.dont_fragment}
    if packet.inside is not None:
        fields |= {"tunnel": packet.tunnel, "inside": packet_json(packet.inside)}
    return fields


def _step(step: Step, voice: Voice) -> Json:
    fields: Json = {"rule": step.rule, "passed": step.passed, "text": sentence(step, voice)}
    if step.lookup is not None:
        fields["candidates"] = [_candidate(row) for row in step.lookup.candidates]
    return fields


def _candidate(row: Candidate) -> Json:
    return {"destination": row.destination, "target": row.target, "origin": row.origin, "state": row.state, "note": row.note}


def _warning(warning: Warning, conversation: Conversation, voice: Voice) -> Json:
    return {"code": warning.code, "text": warning_text(warning, conversation, voice), "at": warning.at}
