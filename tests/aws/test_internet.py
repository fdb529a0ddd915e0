"""The network outside: who answers for an address, and who does not."""

from tests.aws.lab import Lab
from tests.aws.tracing import nodes

NET = """
vpcs: {vpc-a: {cidr: 10.1.0.0/16}, vpc-b: {cidr: 10.2.0.0/16}}
subnets:
  sn-a: {vpc: vpc-a, cidr: 10.1.1.0/24, route_table: rtb-a}
  sn-b: {vpc: vpc-b, cidr: 10.2.1.0/24, route_table: rtb-b}
internet_gateways: {igw: {vpc: vpc-a}}
route_tables:
  rtb-a: {0.0.0.0/0: igw}
  rtb-b: {}
instances:
  i-a: {subnet: sn-a, private_ip: 10.1.1.10, public_ip: 203.0.113.10}
  i-b: {subnet: sn-b, private_ip: 10.2.1.10, public_ip: 203.0.113.20}
flows:
  known:   {from: i-a, to: "203.0.113.20:80"}
  unknown: {from: i-a, to: "203.0.113.99:80"}
"""


def test_nobody_stands_in_for_an_address_that_the_file_knows() -> None:
    """R-091, R-092: it belongs to an interface whose VPC has no gateway, so the assumed end does not answer for it."""
    assert Lab(NET).outcome("known") == "forward:DEST_IP_UNASSIGNED"
    assert nodes(Lab(NET).ask("unknown"))[-1] == "internet"
    assert Lab(NET).outcome("unknown") == "ok"
