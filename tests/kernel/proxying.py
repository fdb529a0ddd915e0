"""A forward proxy as a program: it ends the client's connection and opens one of its own; the kernel carries both.

The program is played here, packet by packet: where it sends from, by which way, with which TTL, and what filters say to it, the kernel decides.
"""

import socket
from typing import TYPE_CHECKING

from tests.kernel.plumbing import inside
from tests.kernel.wire import packet
from vpctui.aws.guest import Machine
from vpctui.engine.conversation import Question
from vpctui.packet import Packet

if TYPE_CHECKING:
    from tests.kernel.referee import Judgement, Leg, Referee

PORT = 64001
Ends = tuple[str, int, str, int]


def converse(referee: "Referee", question: Question, first: Packet, quiet: float) -> "Judgement":
    """The legs of a flow by its proxy: each is one packet to the proxy, and one that the proxy sends on for it."""
    from tests.kernel.referee import Judgement

    judgement = Judgement()
    client: Ends = (str(first.src), first.src_port, str(first.dst), first.dst_port)
    into = referee.leg(referee.send(question.sender, _packet(referee, client, "S", question.ttl), client[2], quiet), "S", question)
    proxy = into.taken[0] if into.taken else ""
    if not isinstance(record := referee.world.network.get(proxy), Machine) or record.guest.proxy != first.dst_port:
        return Judgement([into])
    own: Ends = (_source(referee, proxy, str(question.to)), PORT, str(question.to), question.to_port)
    seen = referee.send(proxy, _packet(referee, own, "S"), own[2], quiet)
    out = referee.leg(seen, "S", question)
    judgement.legs.append(_joined(into, out))
    answered = referee.leg(seen, "SA", question)
    if out.taken is None or out.open is False:
        return judgement
    numbers = [sight.packet.sequence for sight in seen if sight.packet.flags == "SA"]
    if answered.taken is None or (answered.taken[0], answered.taken[1:5]) != (proxy, (*own[2:], *own[:2])):
        judgement.legs.append(answered)
        return judgement
    back = referee.leg(referee.send(proxy, _packet(referee, (*client[2:], *client[:2]), "SA"), client[0], quiet), "SA", question)
    judgement.legs.append(_joined(answered, back))
    if back.taken is None:
        return judgement
    third = referee.leg(referee.send(question.sender, _packet(referee, client, "A", question.ttl), client[2], quiet), "A", question)
    last = referee.leg(referee.send(proxy, _packet(referee, own, "A", acknowledges=numbers[0] + 1), own[2], quiet), "A", question)
    judgement.legs.append(_joined(third, last))
    return judgement


def _packet(referee: "Referee", ends: Ends, flags: str, ttl: int = 64, acknowledges: int = 0) -> bytes:
    return packet("tcp", *ends, tag=referee.tag, flags=flags, acknowledges=acknowledges or referee.tag + 1, ttl=ttl)


def _joined(into: "Leg", out: "Leg") -> "Leg":
    from tests.kernel.referee import Leg

    return Leg(into.sent + out.sent, out.taken if into.taken else None, out.open, into.reports + out.reports)


def _source(referee: "Referee", proxy: str, to: str) -> str:
    """The address that the kernel gives a socket of the proxy's for this destination; what cannot go out gets none."""

    def asked() -> str:
        with socket.socket(socket.AF_INET6 if ":" in to else socket.AF_INET, socket.SOCK_DGRAM) as asking:
            try:
                asking.connect((to, 9))
            except OSError:
                return "::" if ":" in to else "0.0.0.0"
            return str(asking.getsockname()[0])

    return inside(referee.laboratory.plumber.namespaces[proxy], asked)
