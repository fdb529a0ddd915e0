"""Real packets on their way: what passed each interface, what each machine took, in the order of the kernel's clock."""

import select
import socket
import struct
import time
from dataclasses import dataclass

from tests.kernel.plumbing import inside
from tests.kernel.wire import ICMPV6, Seen, parse, read

INSIDE = "*"
"""Any interface of a machine, before what the VPC makes of it."""
OUTGOING = 4
ETH_P_ALL = 3
SO_TIMESTAMPNS = 35
FRAMES = (b"\x08\x00", b"\x86\xdd")
"""EtherTypes of IPv4 and IPv6."""


@dataclass(frozen=True)
class Sight:
    """A packet, at an interface of a node (`outgoing` or not), or taken by the node itself (`interface` empty)."""

    node: str
    interface: str
    outgoing: bool
    packet: Seen


class Capture:
    """Listens in many namespaces at once."""

    def __init__(self) -> None:
        self._sockets: dict[socket.socket, tuple[str, str]] = {}

    def listen(self, node: str, namespace: str, interface: str) -> None:
        """Add an interface of a node."""

        def opened() -> socket.socket:
            listener = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            listener.bind((interface, ETH_P_ALL))
            return listener

        self._add(inside(namespace, opened), node, interface)

    def take(self, node: str, namespace: str, *, ipv6: bool = False) -> None:
        """Add what a node takes for itself, after its filters and translations and before any port is asked; and all that it says, as INSIDE."""

        def opened() -> list[socket.socket]:
            taking = [socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol) for protocol in (1, 6, 17)]
            taking += [_taking6(protocol) for protocol in (ICMPV6, 6, 17) if ipv6]
            return [*taking, socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))]

        *taking, saying = inside(namespace, opened)
        for listener in taking:
            self._add(listener, node, "")
        self._add(saying, node, INSIDE)

    def _add(self, listener: socket.socket, node: str, interface: str) -> None:
        listener.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        listener.setblocking(False)
        self._sockets[listener] = (node, interface)

    def drain(self) -> None:
        """Forget what came before."""
        self.collect(0.0)

    def collect(self, quiet: float, longest: float = 3.0) -> list[Sight]:
        """Everything that passes until nothing has passed for `quiet` seconds."""
        found: list[tuple[int, int, Sight]] = []
        end = time.monotonic() + longest
        while time.monotonic() < end:
            ready, _, _ = select.select(list(self._sockets), [], [], quiet)
            if not ready:
                break
            for listener in ready:
                self._read(listener, found)
        return [sight for _, _, sight in sorted(found, key=lambda item: item[:2])]

    def _read(self, listener: socket.socket, found: list[tuple[int, int, Sight]]) -> None:
        node, interface = self._sockets[listener]
        while True:
            try:
                data, ancillary, _, address = listener.recvmsg(65535, 256)
            except BlockingIOError:
                return
            if interface and data[12:14] not in FRAMES:
                continue
            headless = listener.family == socket.AF_INET6
            packet = _headless(listener, data, ancillary, address[0]) if headless else parse(data[14:] if interface else data)
            if packet is not None:
                found.append((_stamp(ancillary), len(found), Sight(node, interface, bool(interface) and address[2] == OUTGOING, packet)))

    def close(self) -> None:
        """Stop listening."""
        for listener in self._sockets:
            listener.close()
        self._sockets.clear()


def _taking6(protocol: int) -> socket.socket:
    """A raw socket of IPv6 gives no header: what was in it comes beside the data."""
    taking = socket.socket(socket.AF_INET6, socket.SOCK_RAW, protocol)
    taking.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    taking.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
    return taking


def _headless(listener: socket.socket, data: bytes, ancillary: list[tuple[int, int, bytes]], src: str) -> Seen | None:
    beside = {kind: value for level, kind, value in ancillary if level == socket.IPPROTO_IPV6}
    dst = socket.inet_ntop(socket.AF_INET6, beside[socket.IPV6_PKTINFO][:16])
    return read(data, src, dst, int(struct.unpack("i", beside[socket.IPV6_HOPLIMIT])[0]), 40 + len(data), listener.proto)


def _stamp(ancillary: list[tuple[int, int, bytes]]) -> int:
    """The kernel's time of a packet, in nanoseconds."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("qq", data)
            return int(seconds) * 1_000_000_000 + int(nanoseconds)
    return time.time_ns()
