"""What is not modelled keeps its route, and packets stop at it."""

from tests.aws.tracing import hop, problems, trace

NETWORK = """
vpcs:
  vpc: {cidr: 10.0.0.0/16}
subnets:
  sn: {cidr: 10.0.1.0/24, route_table: rtb}
internet_gateways:
  igw: {route_table: edge}
route_tables:
  rtb: {0.0.0.0/0: igw, 203.0.113.0/24: cagw, 10.0.0.0/16: lgw}
  edge: {10.0.1.0/24: lgw}
instances:
  i-a: {subnet: sn, private_ip: 10.0.1.10, public_ip: 52.0.0.10}
unsupported:
  cagw: {kind: carrier_gateway, vpc: vpc}
  lgw: {kind: local_gateway}
flows:
  out: {from: i-a, to: "203.0.113.7:443"}
  other: {from: i-a, to: "192.0.2.7:443"}
  inside: {from: i-a, to: "10.0.9.9:443"}
  in: {from: internet, source_ip: 198.51.100.7, to: "52.0.0.10:443"}
"""


def test_the_route_wins_and_the_packet_stops_where_it_was_looked_up() -> None:
    """R-042: left out, the packet would fall through to the internet gateway."""
    found = trace(NETWORK, "out")
    assert found.outcome == "forward:UNSUPPORTED_COMPONENT"
    last = found.legs[0].last
    assert (last.node, last.table, last.route, last.target) == ("vpc", "rtb", "203.0.113.0/24", "cagw")
    assert found.legs[0].verdict.name == "STOPPED"
    assert trace(NETWORK, "other").legs[0].last.node == "internet"


def test_it_may_stand_where_no_other_target_of_its_kind_could() -> None:
    """R-022, R-053: AWS has the route; what it leads to is not known here, so its legality is not judged."""
    assert problems(NETWORK) == []
    assert trace(NETWORK, "inside").outcome == "forward:UNSUPPORTED_COMPONENT"
    assert hop(trace(NETWORK, "in"), "igw").action.target == "lgw"  # type: ignore[union-attr]


def test_a_route_away_from_it_can_be_tried() -> None:
    assert trace(NETWORK, "out", "rtb[203.0.113.0/24]=none").legs[0].last.node == "internet"
