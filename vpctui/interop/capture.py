"""Captures: the packets of a conversation as pcapng files, one for every interface and gateway.

Frames begin with the IP header: a VPC's Ethernet says nothing.  Nothing reads a clock: the time of a frame is the place of
its hop, a millisecond a hop from 1970 on, so the same conversation gives the same bytes.  A gateway's two sides are two interfaces of its
file, so a translated packet stands in it before and after; only where both families meet (NAT64) it is one, because libpcap reads no
second interface of the link type that holds both.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from msgspec import Struct

from vpctui.interop.observation import Sighting
from vpctui.wire import to_bytes

LINKTYPE_RAW = 101
LINKTYPES = {4: 228, 6: 229}
"""LINKTYPE_IPV4 and LINKTYPE_IPV6."""
HOP_MICROSECONDS = 1000
_INBOUND, _OUTBOUND = 1, 2
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class NoScapy(Exception):
    """The library that writes captures is not installed; the text says how to get it."""


class Frame(Struct, frozen=True):
    """One packet in a capture."""

    data: bytes
    microseconds: int
    interface: str
    """The pcapng interface: the network interface, or the side of a gateway."""
    inbound: bool
    comment: str


def frames(sightings: Iterable[Sighting], comment: Callable[[Sighting], str]) -> dict[str, tuple[Frame, ...]]:
    """The frames of every point, in the order in which the packet meets them; what a filter keeps from an interface is not in its capture."""
    found: dict[str, list[Frame]] = {}
    for seen in sightings:
        if not seen.visible:
            continue
        here = found.setdefault(seen.point, [])
        time = seen.number * HOP_MICROSECONDS + (HOP_MICROSECONDS // 2 if seen.side == "out" else 0)
        here.append(Frame(to_bytes(seen.packet), max(time, here[-1].microseconds + 1 if here else 0), seen.socket, seen.side == "in", comment(seen)))
    return {point: tuple(here) for point, here in found.items()}


def paths(file: Path, points: Iterable[str]) -> dict[str, Path]:
    """`web.pcapng` and point `eni-fw` give `web-eni-fw.pcapng`; characters of an id that a file system may dislike become `_`."""
    stem = file.name.removesuffix(".pcapng").removesuffix(".pcap")
    taken: dict[str, Path] = {}
    for point in points:
        name = f"{stem}-{_UNSAFE.sub('_', point)}"
        path = file.with_name(f"{name}.pcapng")
        number = 2
        while path in taken.values():
            path, number = file.with_name(f"{name}-{number}.pcapng"), number + 1
        taken[point] = path
    return taken


class _Record(bytes):
    """Bytes of a frame that carry what scapy looks for on a packet."""

    comments: list[bytes]
    comment: bytes
    sniffed_on: str
    direction: int


def write(path: Path, captured: Sequence[Frame]) -> None:
    """Write one capture.  Raises NoScapy without the library, OSError where the file cannot be written."""
    writer = _writer()(str(path))
    families = {frame.data[0] >> 4 for frame in captured}
    writer.linktype = LINKTYPES[families.pop()] if len(families) == 1 else LINKTYPE_RAW
    with writer:
        writer.write_header(b"")
        for frame in captured:
            # A fraction, because scapy multiplies seconds by a million and a float would lose the last microsecond.
            writer.write_packet(_record(frame, writer.linktype != LINKTYPE_RAW), sec=Fraction(frame.microseconds, 1_000_000))


def _record(frame: Frame, named: bool) -> _Record:
    record = _Record(frame.data)
    record.comment = frame.comment.encode()
    record.comments = [record.comment]
    if named:
        record.sniffed_on = frame.interface
    record.direction = _INBOUND if frame.inbound else _OUTBOUND
    return record


def require() -> None:
    """Raises NoScapy without the library, before anything is written."""
    _writer()


def _writer() -> Callable[[str], Any]:
    try:
        from scapy.utils import RawPcapNgWriter
    except ImportError:
        raise NoScapy("captures are written with scapy, which is not installed: pip install 'vpctui[pcap]'") from None
    writer: Callable[[str], Any] = RawPcapNgWriter
    return writer
