"""A failed Availability Zone: what is zonal in it neither sends nor receives, and routes keep pointing at it.  Rules R-049, R-184, R-349.

A VPC lists its failed zones in `zones_down`.
"""

from vpctui.engine.network import Network
from vpctui.engine.registry import Checks, Rule, Sentence
from vpctui.packet import Packet
from vpctui.trace import Drop, Step


def is_down(vpc: str, zone: str, network: Network) -> bool:
    """Whether a zone has failed for a VPC."""
    failed: tuple[str, ...] = getattr(network.get(vpc), "zones_down", ())
    return zone in failed


def check(node: str, vpc: str, zone: str, packet: Packet, network: Network) -> Checks:
    """Nothing in a failed zone answers: COMPONENT_BAD_STATE, and no route moves by itself (R-049)."""
    if not is_down(vpc, zone, network):
        return None
    yield Step(rule="zone-up", packet=packet, passed=False, facts={"node": node, "zone": zone, "vpc": vpc}, setting=f"{vpc}.zones_down")
    return Drop(packet=packet, reason="COMPONENT_BAD_STATE", mends=(f"{vpc}.zones_down-={zone}",))


RULES = {
    "zone-up": Rule(
        "R-049 R-184 R-349",
        Sentence("zone {zone} is up", "ゾーン{zone}は稼働中"),
        Sentence(
            "{node} is in zone {zone} of {vpc}, which is down; routes to it stay as they are",
            "{node}は停止中のゾーン{zone}（{vpc}）にある。ルートはそのまま残る",
        ),
    ),
}
