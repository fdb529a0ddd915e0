"""Real packets on their way: what left each node, in order."""

import select
import socket
import struct
import time
from dataclasses import dataclass

from tests.kernel.plumbing import inside

OUTGOING = 4
ETH_P_ALL = 3
SO_TIMESTAMPNS = 35


@dataclass(frozen=True)
class Seen:
    """One IPv4 packet at one interface: which node, which way, and the header that matters."""

    node: str
    interface: str
    outgoing: bool
    src: str
    src_port: int
    dst: str
    dst_port: int
    ttl: int
    protocol: int
    flags: str
    payload: bytes

    @property
    def header(self) -> tuple[str, int, str, int, int]:
        """Addresses, ports, TTL."""
        return (self.src, self.src_port, self.dst, self.dst_port, self.ttl)


class Capture:
    """Listens on interfaces of many namespaces at once."""

    def __init__(self) -> None:
        self._sockets: dict[socket.socket, tuple[str, str]] = {}

    def listen(self, node: str, namespace: str, interface: str) -> None:
        """Add an interface of a node."""

        def opened() -> socket.socket:
            listener = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            listener.bind((interface, ETH_P_ALL))
            listener.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            listener.setblocking(False)
            return listener

        self._sockets[inside(namespace, opened)] = (node, interface)

    def drain(self) -> None:
        """Forget what came before."""
        self.collect(0.0)

    def collect(self, quiet: float, longest: float = 2.0) -> list[Seen]:
        """Everything that passes until nothing has passed for `quiet` seconds, in the order of the kernel's clock."""
        found: list[tuple[int, int, Seen]] = []
        end = time.monotonic() + longest
        while time.monotonic() < end:
            ready, _, _ = select.select(list(self._sockets), [], [], quiet)
            if not ready:
                break
            for listener in ready:
                self._read(listener, found)
        return [seen for _, _, seen in sorted(found, key=lambda item: item[:2])]

    def _read(self, listener: socket.socket, found: list[tuple[int, int, Seen]]) -> None:
        node, interface = self._sockets[listener]
        while True:
            try:
                frame, ancillary, _, address = listener.recvmsg(65535, 128)
            except BlockingIOError:
                return
            stamp = _stamp(ancillary)
            seen = parse(frame, node, interface, address[2] == OUTGOING)
            if seen is not None:
                found.append((stamp, len(found), seen))

    def close(self) -> None:
        """Stop listening."""
        for listener in self._sockets:
            listener.close()
        self._sockets.clear()


def _stamp(ancillary: list[tuple[int, int, bytes]]) -> int:
    """The kernel's time of a packet, in nanoseconds."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("qq", data)
            return int(seconds) * 1_000_000_000 + int(nanoseconds)
    return time.time_ns()


def parse(frame: bytes, node: str, interface: str, outgoing: bool) -> Seen | None:
    """An Ethernet frame as an IPv4 packet; None for ARP, IPv6 and the like."""
    if frame[12:14] != b"\x08\x00" or len(frame) < 34:
        return None
    packet = frame[14:]
    length = (packet[0] & 15) * 4
    protocol, ttl = packet[9], packet[8]
    src, dst = socket.inet_ntoa(packet[12:16]), socket.inet_ntoa(packet[16:20])
    body = packet[length : struct.unpack("!H", packet[2:4])[0]]
    ports = struct.unpack("!HH", body[:4]) if protocol in (6, 17) and len(body) >= 4 else (0, 0)
    flags, payload = "", body[8:] if protocol == 17 else b""
    if protocol == 6 and len(body) >= 14:
        bits = body[13]
        flags = "".join(letter for mask, letter in ((2, "S"), (16, "A"), (1, "F"), (4, "R")) if bits & mask)
        payload = body[(body[12] >> 4) * 4 :]
    return Seen(node, interface, outgoing, src, ports[0], dst, ports[1], ttl, protocol, flags, payload)
