"""Application Load Balancer: the client's connection ends at a node, which opens one of its own to a target.  Rules R-203 … R-207, R-303."""

from vpctui.aws import load_balancer_proxy
from vpctui.aws.load_balancer import ApplicationLoadBalancer
from vpctui.engine.registry import Evaluation, Situation, forwards
from vpctui.packet import Packet


@forwards(ApplicationLoadBalancer, named="application_load_balancer")
def forward(balancer: ApplicationLoadBalancer, packet: Packet, here: Situation) -> Evaluation:
    """A proxy behind the filters of its node; a port without a listener is no port (R-197, R-204)."""
    return (yield from load_balancer_proxy.evaluate(balancer, packet, here, unlistened="LB_NO_LISTENER"))
