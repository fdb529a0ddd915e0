"""The interface of a service that has no section of its own: a database, a file system, a function, a load balancer of which no more is known.

Rules R-001, R-002, R-083, R-084, R-133, R-134.
"""

from vpctui.aws import managed_interface
from vpctui.aws.network_interface import NetworkInterface
from vpctui.engine.registry import Evaluation, Rule, Sentence, Situation, forwards
from vpctui.packet import Packet
from vpctui.trace import Deliver, Drop, Memo, Step

SILENT = ("lambda", "nat_gateway", "transit_gateway", "gateway_load_balancer", "gateway_load_balancer_endpoint")
"""Types of interfaces at whose own addresses nothing listens."""


@forwards(NetworkInterface, named="network_interface")
def forward(interface: NetworkInterface, packet: Packet, here: Situation) -> Evaluation:
    """In: network ACL, the check, security groups, then the service, which is assumed to listen.  Out: answers, and what it starts (R-002)."""
    if here.arrival.by != interface.id:
        return (yield from managed_interface.originate(interface, packet, here))
    if not interface.owns(packet.dst):  # a route brought it here: what the service does with it is its own business
        yield Step(rule="not-modelled", packet=packet, passed=False, facts={"node": interface.id})
        return Drop(packet=packet, reason="UNSUPPORTED_COMPONENT")
    refused = yield from managed_interface.admit(interface, packet, here)
    if refused:
        return refused
    known = here.connections.recall(interface.id, ("socket", packet.flow)) or here.connections.recall(interface.id, ("accepted", packet.flow))
    listens = bool(known) or interface.type not in SILENT
    yield Step(
        rule="service-listens",
        packet=packet,
        passed=listens,
        facts={"eni": interface.id, "type": interface.type.replace("_", " "), "dst": packet.socket("dst")},
        warning="NOTE_ASSUMED_VALUE" if listens and not known else "",
        remembers=(Memo(interface.id, ("accepted", packet.flow)),) if listens else (),
    )
    return Deliver(packet=packet) if listens else Drop(packet=packet, reason="NO_LISTENER")


RULES = {
    "service-listens": Rule(
        "R-133 R-134",
        Sentence("the service behind {eni} ({type}) takes {dst}", "{eni}の背後のサービス（{type}）が{dst}を受け取る"),
        Sentence("nothing listens at {eni} ({type})", "{eni}（{type}）では何も待ち受けていない"),
    ),
}
