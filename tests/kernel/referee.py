"""Asks a flow of the kernel: sends its packets one by one, and reads what passed and who took them."""

import contextlib
import socket
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.kernel import proxying
from tests.kernel.capture import INSIDE, Capture, Sight
from tests.kernel.laboratory import Laboratory
from tests.kernel.machines import SESSIONS
from tests.kernel.plumbing import forget_connections, inside, load
from tests.kernel.wire import ICMPV6, TAG, Seen, packet
from vpctui.aws.guest import Machine
from vpctui.engine.conversation import Question, Questions, World, opening

QUIET, PATIENT = 0.012, 0.4
"""Seconds without a packet after which a leg is over; the second when a flow that disagreed is asked again."""
FAMILIES = (socket.AF_INET, socket.AF_INET6)
UNREACHABLE_PORT = {1: ((3, 3),), ICMPV6: ((1, 4),), 6: (), 17: ()}
Sent = tuple[str, str, int, str, int, int]
"""Node, source, source port, destination, destination port, TTL."""


@dataclass(frozen=True)
class Leg:
    """One packet's way: what each node sent, who took it in the end (and as what), what was reported about it to whom."""

    sent: tuple[Sent, ...] = ()
    taken: Sent | None = None
    open: bool | None = True
    """Whether the port that took it was open; None where that cannot be seen, since the refusal goes to a forged source."""
    reports: tuple[tuple[str, int, int, int], ...] = ()
    """(Node that was told, ICMP type, code, MTU)."""


@dataclass
class Judgement:
    """What the kernel did with one flow, leg by leg."""

    legs: list[Leg] = field(default_factory=list)


class Referee:
    """One laboratory and what it needs to ask: captures, raw sockets, open ports."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.laboratory = Laboratory(world)
        self._capture = Capture()
        self._raw: dict[tuple[str, socket.AddressFamily], socket.socket] = {}
        self._servers: list[socket.socket] = []
        self.tag = 0

    def __enter__(self) -> "Referee":
        try:
            plumber = self.laboratory.plumber
            plumber.build()
            for node, interface in self.laboratory.windows:
                self._capture.listen(node, plumber.namespaces[node], interface)
            for node in self.laboratory.takers:
                self._capture.take(node, plumber.namespaces[node], ipv6=self.laboratory.ipv6)
                for family in FAMILIES if self.laboratory.ipv6 else FAMILIES[:1]:
                    self._raw[(node, family)] = inside(plumber.namespaces[node], partial(_raw, family))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._capture.close()
        for opened in (*self._servers, *self._raw.values()):
            opened.close()
        self.laboratory.plumber.remove()

    def ask(self, question: Question, questions: Questions, quiet: float = QUIET) -> Judgement:
        """Send a flow's packets and read what passes, after those of the flows that it comes `after`."""
        self._forget()
        for name in question.after:
            self._converse(questions[name], quiet)
        return self._converse(question, quiet)

    def _forget(self) -> None:
        """Nothing is left of the flows before: no open port, no connection, no session."""
        for server in self._servers:
            server.close()
        self._servers.clear()
        for node, namespace in self.laboratory.plumber.namespaces.items():
            inside(namespace, partial(self._forget_in, node))

    def _forget_in(self, node: str) -> None:
        forget_connections()
        Path("/proc/sys/net/ipv4/route/flush").write_text("1")  # what ICMP taught about sizes
        record = self.world.network.get(node)
        if isinstance(record, Machine) and record.guest.inspect == "loose":
            load("\n".join(f"flush set {family} appliance {SESSIONS}" for family in (("ip", "ip6") if self.laboratory.ipv6 else ("ip",))))

    def _converse(self, question: Question, quiet: float) -> Judgement:
        first = opening(self.world, question)
        if first is None:  # no address of the destination's family: nothing can be sent
            return Judgement([Leg()])
        self.tag += 0x10000
        self._open_ports(question)
        if question.via_proxy and question.protocol == "tcp":
            return proxying.converse(self, question, first, quiet)
        judgement = Judgement()
        wire = packet(
            "icmp" if question.protocol == "icmpv6" else question.protocol,
            str(first.src),
            first.src_port,
            str(first.dst),
            first.dst_port,
            tag=self.tag,
            flags="S",
            ttl=question.ttl,
            size=question.size if question.protocol != "tcp" or question.size > 60 else 40,
            dont_fragment=question.dont_fragment,
            echo=question.icmp_type,
        )
        seen = self.send(question.sender, wire, str(first.dst), quiet)
        there = self.leg(seen, "S", question)
        judgement.legs.append(there)
        if there.taken is None or there.open is False or not question.reply:
            return judgement
        if question.protocol == "udp":
            node, src, src_port, dst, dst_port, _ = there.taken
            answer = packet("udp", dst, dst_port, src, src_port, tag=self.tag | 1, size=question.size, dont_fragment=question.dont_fragment)
            seen = self.send(node, answer, src, quiet)
        back = self.leg(seen, "SA", question)
        judgement.legs.append(back)
        expected = (str(first.dst), first.dst_port, str(first.src), first.src_port)
        if question.protocol != "tcp" or back.taken is None or (back.taken[0], back.taken[1:5]) != (question.sender, expected):
            return judgement
        number = next(sight.packet.sequence for sight in seen if sight.packet.flags == "SA")
        third = packet("tcp", *expected[2:], *expected[:2], tag=self.tag, flags="A", acknowledges=number + 1, ttl=question.ttl)
        judgement.legs.append(self.leg(self.send(question.sender, third, str(first.dst), quiet), "A", question))
        return judgement

    def send(self, node: str, wire: bytes, to: str, quiet: float) -> list[Sight]:
        """Send a packet from a node, past its sockets, and see what passes."""
        self._capture.drain()
        with contextlib.suppress(OSError):  # no route: then nothing is seen, which is the answer
            self._raw[(node, socket.AF_INET6 if ":" in to else socket.AF_INET)].sendto(wire, (to, 0))
        return self._capture.collect(quiet)

    def leg(self, seen: list[Sight], flags: str, question: Question) -> Leg:
        """What was seen of one kind of packet of this flow."""
        sent: list[Sent] = []
        came_in: dict[str, str] = {}
        taken: Sent | None = None
        reports: list[tuple[str, int, int, int]] = []
        closed = False
        for sight in seen:
            found = sight.packet
            if found.tag & TAG != self.tag:
                continue
            if found.flags == "error" and not sight.interface and found.icmp is not None:
                reports.append((sight.node, *found.icmp))
            closed = closed or found.flags == "AR" or (found.icmp is not None and found.icmp[:2] in UNREACHABLE_PORT[found.protocol])
            if sight.interface == INSIDE or not _is(found, flags, question.protocol):
                continue
            if not sight.interface:
                taken = taken or (sight.node, *found.header)
            elif not sight.outgoing:
                came_in[sight.node] = sight.interface
            elif not self.laboratory.hides(sight.node, came_in.get(sight.node, ""), found.dst):
                sent.append((self.laboratory.windows[(sight.node, sight.interface)], *found.header))
        return Leg(tuple(sent), taken, _open(closed, flags, question), tuple(dict.fromkeys(reports)))

    def _open_ports(self, question: Question) -> None:
        """Open the port on every machine that would answer on it."""
        kind = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}.get(question.protocol)
        family = FAMILIES[question.to.family == 6]
        if kind is None:
            return
        ports = {question.to_port} | {inner for record in self.world.network.all(Machine) for _, _, inner in record.guest.dnat}
        for node in self.laboratory.takers:
            record = self.world.network.get(node)
            listens = record.guest.listens if isinstance(record, Machine) else None
            for port in sorted(ports | ({question.source_port} if kind == socket.SOCK_DGRAM and node == question.sender else set())):
                if listens is None or port in listens or port == question.source_port:
                    self._servers.append(inside(self.laboratory.plumber.namespaces[node], partial(_opened, family, kind, port)))


def _raw(family: socket.AddressFamily) -> socket.socket:
    """A socket for whole packets, marked, so that rules can tell them from the kernel's own."""
    opened = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, 1)
    return opened


def _open(closed: bool, flags: str, question: Question) -> bool | None:
    return None if question.source_ip is not None else not (closed and flags == "S")


def _opened(family: socket.AddressFamily, kind: int, port: int) -> socket.socket:
    server = socket.socket(family, kind)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:  # a flow of IPv4 before this one may have the port
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    with contextlib.suppress(OSError):  # a flow before this one has it open
        server.bind(("::" if family == socket.AF_INET6 else "0.0.0.0", port))
        if kind == socket.SOCK_STREAM:
            server.listen(16)
    return server


def _is(found: Seen, flags: str, protocol: str) -> bool:
    if protocol == "tcp":
        return found.protocol == 6 and found.flags == flags
    if protocol == "udp":
        return found.protocol == 17 and found.tag & 1 == (flags == "SA")
    return found.flags == {"S": "echo", "SA": "reply"}.get(flags)
