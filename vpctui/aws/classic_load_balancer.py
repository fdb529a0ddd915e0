"""Classic Load Balancer: a proxy that meets its subnet's outbound network ACL even towards a neighbour.  Rules R-084, R-208, R-274."""

from vpctui.aws import load_balancer_proxy, network_acl
from vpctui.aws.load_balancer import ClassicLoadBalancer
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.subnet import Subnet
from vpctui.engine.registry import Checks, Evaluation, Rule, Sentence, Situation, forwards
from vpctui.packet import Packet
from vpctui.trace import Drop, Step


@forwards(ClassicLoadBalancer, named="classic_load_balancer")
def forward(balancer: ClassicLoadBalancer, packet: Packet, here: Situation) -> Evaluation:
    """As an Application Load Balancer; other ports than those of its listeners do not pass (R-208)."""
    return (yield from load_balancer_proxy.evaluate(balancer, packet, here, unlistened="LB_LISTENER_PORT_MISMATCH", before_sending=neighbours))


def neighbours(node: NetworkInterface, packet: Packet, here: Situation) -> Checks:
    """The outbound network ACL, which for anything else is asked at the subnet's border only (R-208, R-274)."""
    subnet = here.network.the(Subnet, node.subnet)
    if subnet.network_acl is None or not subnet.holds(packet.dst):
        return None
    yield Step(rule="classic-network-acl", packet=packet, facts={"lb": node.owner, "subnet": subnet.id, "dst": str(packet.dst)})
    refused = yield from network_acl.leave(subnet, packet, here, None, None)
    return Drop(packet=packet, reason="LB_BLOCKED_BY_NACL", mends=refused.mends) if isinstance(refused, Drop) else None


RULES = {
    "classic-network-acl": Rule(
        "R-208 R-274",
        Sentence(
            "{dst} is in the same subnet {subnet}, but what {lb} sends meets the outbound network ACL all the same",
            "{dst}は同じサブネット{subnet}だが、{lb}の送信にはアウトバウンドのネットワークACLが適用される",
        ),
    ),
}
