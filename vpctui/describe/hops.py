"""What a hop did, in a few words: sent, translated, forwarded by which route, delivered, dropped."""

from msgspec import Struct

from vpctui.describe.voice import Voice
from vpctui.packet import Packet
from vpctui.trace import Exit, Hop, Leg, Verdict

TUNNELS = {"ipsec": "IPsec", "gre": "GRE", "geneve": "GENEVE"}


class HopWords(Struct, frozen=True):
    """A hop in words: what it did, the route that decided where there is more to say, and the TTL with which the packet left or ended."""

    did: str
    route: str = ""
    ttl: int = 0

    @property
    def lines(self) -> tuple[str, ...]:
        """One line, or two."""
        return (self.did, self.route) if self.route else (self.did,)


def hop_words(hop: Hop, leg: Leg, voice: Voice) -> HopWords:
    """What a hop did with its packet."""
    ttl = hop.packet.ttl
    match hop.verdict:
        case Verdict.DROPPED | Verdict.LOOPED | Verdict.STOPPED:
            return HopWords(f"{voice.word(hop.verdict)} {hop.reason}", _route(hop, voice), ttl)
        case Verdict.DELIVERED:
            port = hop.packet.dst_port
            return HopWords(voice.word("delivered-port", port=port) if hop.packet.has_ports else voice.word("delivered"), ttl=ttl)
        case Verdict.EXITED:
            end = hop.action.end if isinstance(hop.action, Exit) else ""
            return HopWords(voice.word("exits", end=end), ttl=ttl)
        case Verdict.FORWARDED:
            return _forwarded(hop, leg, voice)


def _forwarded(hop: Hop, leg: Leg, voice: Voice) -> HopWords:
    ttl = hop.packet.ttl
    if hop.arrived is None:
        key = "replies-to" if leg.direction == "return" else "sends-to"
        return HopWords(voice.word(key, dst=hop.packet.socket("dst")), ttl=ttl)
    rewritten = _rewritten(hop.arrived, hop.packet, voice)
    route = _route(hop, voice)
    if rewritten:
        return HopWords(rewritten, route, ttl)
    if route:
        return HopWords(route, ttl=ttl)
    return HopWords(voice.word("forwards" if hop.packet.ttl != hop.arrived.ttl or hop.route else "passes"), ttl=ttl)


def _route(hop: Hop, voice: Voice) -> str:
    """The row of a named table that decided; a guest's own table is told by the lookup pane."""
    if not hop.table or not hop.route:
        return ""
    return voice.word("by-route", table=hop.table, route=hop.route, target=hop.target or "")


def _rewritten(before: Packet, after: Packet, voice: Voice) -> str:
    """What changed in the addresses: a translation, or a tunnel entered or left."""
    if after.inside is not None and before.inside is None:
        return voice.word("wraps", tunnel=TUNNELS.get(after.tunnel, after.tunnel), dst=str(after.dst))
    if before.inside is not None and after.inside is None:
        return voice.word("unwraps", tunnel=TUNNELS.get(before.tunnel, before.tunnel))
    source = before.socket("src") != after.socket("src")
    destination = before.socket("dst") != after.socket("dst")
    if source and destination:
        return voice.word("both-become", src=after.socket("src"), dst=after.socket("dst"))
    if destination:
        return voice.word("dst-becomes", dst=after.socket("dst"))
    return voice.word("src-becomes", src=after.socket("src")) if source else ""
