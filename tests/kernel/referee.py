"""Asks a flow of the engine and of the kernel, and compares: path, addresses, ports, TTL, and whether it arrives."""

import contextlib
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from tests.kernel.capture import Capture, Seen
from tests.kernel.laboratory import Laboratory
from tests.kernel.plumbing import inside
from vpctui.aws.guest import Machine
from vpctui.engine.conversation import Question, World, opening
from vpctui.trace import Conversation, Leg, Verdict

QUIET = 0.12
PING, PONG = b"vpctui ping", b"vpctui pong"
Sent = tuple[str, str, int, str, int, int]
"""Node, source, source port, destination, destination port, TTL: what a node put on the wire."""


@dataclass(frozen=True)
class Judgement:
    """What the kernel did with one flow: what each node sent, leg by leg."""

    legs: dict[str, tuple[Sent, ...]]


class Referee:
    """One laboratory and the sockets of its machines."""

    def __init__(self, world: World, prefix: str) -> None:
        self.world = world
        self.laboratory = Laboratory(world, prefix)
        self._capture = Capture()
        self._servers: list[socket.socket] = []
        self._clients: list[socket.socket] = []

    def __enter__(self) -> "Referee":
        try:
            self.laboratory.plumber.build()
            for node, interface in self.laboratory.windows:
                self._capture.listen(node, self.laboratory.plumber.namespaces[node], interface)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._capture.close()
        for opened in (*self._servers, *self._clients):
            opened.close()
        self.laboratory.plumber.remove()

    def ask(self, question: Question) -> Judgement:
        """Send a flow's packets and read what passes."""
        self._serve(question)
        if not question.after:
            self._hang_up()
        self._capture.drain()
        client = inside(self._namespace(question.sender), lambda: self._send(question))
        seen = self._capture.collect(QUIET)
        self._clients.append(client)
        return Judgement({leg: tuple(self._sent(seen, leg, question)) for leg in ("SYN", "SYN/ACK", "ACK")})

    def _hang_up(self) -> None:
        """End the connections of earlier flows, so that nothing of them is sent again."""
        for client in self._clients:
            client.close()
        self._clients.clear()
        self._capture.collect(0.02)

    def _namespace(self, node: str) -> str:
        return self.laboratory.plumber.namespaces[node]

    def _send(self, question: Question) -> socket.socket:
        packet = opening(self.world, question)
        assert packet is not None
        kind = socket.SOCK_STREAM if question.protocol == "tcp" else socket.SOCK_DGRAM
        client = socket.socket(socket.AF_INET, kind)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.setsockopt(socket.SOL_IP, socket.IP_TTL, max(question.ttl, 1))
        client.setblocking(False)
        client.bind((str(packet.src), question.source_port))
        with contextlib.suppress(BlockingIOError, OSError):
            if question.protocol == "tcp":
                client.connect((str(question.to), question.to_port))
            else:
                client.sendto(PING, (str(question.to), question.to_port))
        return client

    def _serve(self, question: Question) -> None:
        """Open the port on every machine that would answer on it."""
        for record in self.world.network:
            if isinstance(record, Machine) and record.state == "running":
                ports = {question.to_port} | {inside_port for _, _, inside_port in record.guest.dnat}
                for port in ports:
                    if record.guest.listens is None or port in record.guest.listens:
                        inside(self._namespace(record.id), lambda port=port: self._open(question.protocol, port, question.reply))

    def _open(self, protocol: str, port: int, replies: bool) -> None:
        kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
        server = socket.socket(socket.AF_INET, kind)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            server.bind(("0.0.0.0", port))
            if protocol == "tcp":
                server.listen(16)
        self._servers.append(server)

    def _sent(self, seen: list[Seen], leg: str, question: Question) -> Iterator[Sent]:
        """What scenario nodes sent of one kind of packet, each once, in order."""
        last_in: dict[str, str] = {}
        done: set[tuple[str, tuple[str, int, str, int, int]]] = set()
        for packet in seen:
            if not _is(packet, leg, question.protocol):
                continue
            node = self.laboratory.windows[(packet.node, packet.interface)]
            if not packet.outgoing:
                last_in[packet.node] = packet.interface
                continue
            if self._hidden(packet, last_in) or (node, packet.header) in done:
                continue
            done.add((node, packet.header))
            yield (node, *packet.header)

    def _hidden(self, packet: Seen, last_in: dict[str, str]) -> bool:
        """A VPC's router that only hands on what a gateway's edge lookup decided is no hop of the engine's."""
        if self.laboratory.windows[(packet.node, packet.interface)] != packet.node or packet.node not in self.vpcs:
            return False
        came = last_in.get(packet.node, "")
        return not came.startswith("sn")

    @property
    def vpcs(self) -> set[str]:
        """Ids of the VPCs."""
        from vpctui.aws.vpc import Vpc

        return {vpc.id for vpc in self.world.network.all(Vpc)}


def _is(packet: Seen, leg: str, protocol: str) -> bool:
    if protocol == "tcp":
        return packet.protocol == 6 and {"SYN": packet.flags == "S", "SYN/ACK": packet.flags == "SA", "ACK": packet.flags == "A"}[leg]
    return packet.protocol == 17 and packet.payload == {"SYN": PING, "SYN/ACK": PONG, "ACK": b""}[leg]


def expected(leg: Leg) -> tuple[Sent, ...]:
    """What the engine says that each node sends on a leg."""
    sent = []
    for hop in leg.hops:
        packet = hop.left
        if packet is not None:
            sent.append((hop.node, str(packet.src), packet.src_port, str(packet.dst), packet.dst_port, packet.ttl))
    return tuple(sent)


def disagreement(conversation: Conversation, judgement: Judgement) -> str:
    """Where engine and kernel differ; empty where they agree."""
    names = ("SYN", "SYN/ACK", "ACK")
    for number, name in enumerate(names):
        ours = expected(conversation.legs[number]) if number < len(conversation.legs) else ()
        theirs = judgement.legs[name]
        if ours != theirs:
            return f"{name}\n  engine {_shown(ours)}\n  kernel {_shown(theirs)}"
        if number < len(conversation.legs) and conversation.legs[number].verdict is not Verdict.DELIVERED:
            break
    return ""


def _shown(sent: tuple[Sent, ...]) -> str:
    return "\n         ".join(f"{node} {src}:{sport} > {dst}:{dport} ttl {ttl}" for node, src, sport, dst, dport, ttl in sent) or "nothing"


