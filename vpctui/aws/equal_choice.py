"""One of several equal things: a stable hash of the flow chooses, both directions alike, unless a person chose.  Rules R-231, R-233, R-235, C-21."""

from zlib import crc32

from vpctui.engine.registry import Situation
from vpctui.packet import Packet


def ordered(options: tuple[str, ...], packet: Packet, here: Situation, chooser: str) -> tuple[str, ...]:
    """The options with the chosen one first.

    A person's choice for the chooser comes first; else a hash of the two ends decides, so that a reply is hashed like its request
    (AWS's own hash is private, C-21).
    """
    wanted = here.choices.get(chooser)
    if wanted in options:
        return (wanted, *(option for option in options if option != wanted))
    at = crc32(repr(flow_key(packet)).encode()) % len(options)
    return (options[at], *options[:at], *options[at + 1 :])


def flow_key(packet: Packet) -> tuple[str, ...]:
    """The 5-tuple without a direction: what both directions of a flow have in common."""
    ends = sorted((packet.socket("src"), packet.socket("dst")))
    return (packet.protocol, *ends)
