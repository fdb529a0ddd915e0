"""The ways to put an appliance in between that the talk and AWS's guides draw, each as a whole: who sees the packet, in which order, both ways."""

from pathlib import Path

import pytest

from tests.aws.lab import Lab
from tests.aws.tracing import hop, nodes, seen

SCENARIOS = Path(__file__).resolve().parent.parent.parent / "scenarios"


def lab(name: str) -> Lab:
    """A bundled scenario."""
    return Lab((SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8").partition("vpctui: 1\n")[2])


@pytest.mark.parametrize(
    ("name", "flow", "there", "back"),
    [
        pytest.param("internet-direct", "web", "client igw i-app", "i-app vpc-main igw client", id="R-319"),
        pytest.param("appliance", "web", "client igw i-fw vpc-main i-app", "i-app vpc-main i-fw vpc-main igw client", id="R-320"),
        pytest.param("appliance", "out", "i-app vpc-main i-fw vpc-main igw update", "update igw i-fw vpc-main i-app", id="R-322"),
        pytest.param("before-dnat", "web", "client igw i-fw vpc-main i-app", "i-app vpc-main i-fw vpc-main igw client", id="R-158"),
        pytest.param(
            "gwlb-edge",
            "web",
            "client igw vpce-fw gwlb i-sec-1 vpc-main i-app",
            "i-app vpc-main vpce-fw gwlb i-sec-1 vpc-main igw client",
            id="R-325",
        ),
        pytest.param("gwlb-edge", "dc", "dc-pc vgw vpce-fw gwlb i-sec-1 vpc-main i-app", "i-app vpc-main vpce-fw gwlb i-sec-1 vpc-main vgw dc-pc", id="R-326"),
        pytest.param(
            "network-firewall",
            "web-c",
            "client igw vpce-c nfw vpc-main i-app-c",
            "i-app-c vpc-main vpce-c nfw vpc-main igw client",
            id="R-327",
        ),
        pytest.param("multi-az", "web-c", "client igw i-fw-c vpc-main i-app-c", "i-app-c vpc-main i-fw-c vpc-main igw client", id="R-329"),
        pytest.param(
            "tgw-inspection",
            "ab",
            "i-a vpc-a tgw vpc-sec i-fw vpc-sec tgw i-b",
            "i-b vpc-b tgw vpc-sec i-fw vpc-sec tgw i-a",
            id="R-330 R-159",
        ),
        pytest.param("nlb", "web", "client igw nlb vpc-main i-web", "i-web nlb vpc-main igw client", id="R-333"),
        pytest.param("alb", "web", "client igw alb vpc-main i-web", "i-web vpc-main alb vpc-main igw client", id="R-334"),
        pytest.param("nat-gateway", "out", "i-priv vpc-main nat-a vpc-main igw update", "update igw nat-a vpc-main i-priv", id="R-335 gateway"),
        pytest.param("nat-instance", "out", "i-priv vpc-main i-nat vpc-main igw update", "update igw i-nat vpc-main i-priv", id="R-335 instance"),
        pytest.param("forward-proxy", "browse", "i-priv vpc-main i-proxy vpc-main igw origin", "origin igw i-proxy vpc-main i-priv", id="R-336"),
    ],
)
def test_who_sees_the_packet(name: str, flow: str, there: str, back: str) -> None:
    """R-158, R-159, R-319, R-320, R-322, R-325, R-326, R-327, R-329, R-330, R-333, R-334, R-335, R-336."""
    found = lab(name).ask(flow)
    assert found.outcome == "ok"
    assert nodes(found) == there.split()
    assert nodes(found, 1) == back.split()


def test_inbound_alone_is_asymmetric() -> None:
    """R-321: the answer goes straight to the gateway; C-01 says what comes of it."""
    found = lab("ingress-only").ask("web")
    assert (found.outcome, nodes(found, 1)) == ("asymmetric", ["i-app", "vpc-main", "igw", "client"])


def test_the_whole_vpc_takes_the_appliances_own_address_along() -> None:
    """R-323: one row for the whole range redirects what is for the appliance itself too, to the same interface."""
    found = lab("appliance")
    changes = ("rtb-edge[10.0.0.0/16]=eni-fw", "rtb-edge[10.0.2.0/24]=none")
    assert found.outcome("web", *changes) == "ok"
    entered = hop(found.ask("web", *changes), "igw")
    assert (entered.route, entered.target) == ("10.0.0.0/16", "eni-fw")


def test_outbound_is_the_mirror_of_inbound() -> None:
    """R-322, R-140: both addresses change places and nothing else."""
    found = lab("appliance").ask("out")
    asked, answered = hop(found, "i-fw").arrived, hop(found, "i-fw", 1).arrived
    assert asked is not None
    assert answered is not None
    assert asked.flow == answered.reverse_flow


EAST_WEST = """
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  sn-a: {cidr: 10.0.1.0/24, route_table: rtb-a}
  sn-b: {cidr: 10.0.2.0/24, route_table: rtb-b}
  sn-c: {cidr: 10.0.3.0/24, route_table: rtb-c}
route_tables:
  rtb-a: {10.0.2.0/24: eni-fw}
  rtb-b: {10.0.1.0/24: eni-fw}
  rtb-c: {}
security_groups:
  sg-a: {}
  sg-b: {ingress: ["tcp 80 sg-a"]}
instances:
  i-a:  {subnet: sn-a, private_ip: 10.0.1.10, security_groups: [sg-a]}
  i-b:  {subnet: sn-b, private_ip: 10.0.2.10, security_groups: [sg-b]}
  i-fw: {subnet: sn-c, private_ip: 10.0.3.10, source_dest_check: off, ip_forward: on, inspect: strict}
flows: {web: {from: i-a, to: "i-b:80"}}
"""


def test_east_west_inspection_needs_addresses_in_its_groups() -> None:
    """R-324, R-020, R-269: two rows for whole subnets; a rule that names the sender's group does not match behind the appliance."""
    found = Lab(EAST_WEST)
    assert found.outcome("web") == "forward:SG_REF_LOST"
    mended = found.ask("web", "sg-b.ingress+=tcp 80 10.0.1.0/24")
    assert mended.outcome == "ok"
    assert nodes(mended) == ["i-a", "vpc", "i-fw", "vpc", "i-b"]
    assert nodes(mended, 1) == ["i-b", "vpc", "i-fw", "vpc", "i-a"]


SANDWICH = """
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  sn-out: {cidr: 10.0.1.0/24, route_table: rtb-out}
  sn-fw:  {cidr: 10.0.2.0/24, route_table: rtb-in}
  sn-in:  {cidr: 10.0.3.0/24, route_table: rtb-in}
  sn-app: {cidr: 10.0.4.0/24, route_table: rtb-in}
internet_gateways: {igw: {}}
route_tables:
  rtb-out: {0.0.0.0/0: igw}
  rtb-in: {}
load_balancers:
  nlb:
    type: network
    preserve_client_ip: off
    subnets: {sn-out: {private_ip: 10.0.1.20, public_ip: 203.0.113.20}}
    listeners: {80: {targets: ["i-fw:80"]}}
  nlb-in: {type: network, subnets: {sn-in: {private_ip: 10.0.3.20}}, listeners: {80: {targets: ["i-app:80"]}}}
instances:
  i-fw:  {subnet: sn-fw, private_ip: 10.0.2.10, dnat: {80: "10.0.3.20:80"}, snat: on, ip_forward: on}
  i-app: {subnet: sn-app, private_ip: 10.0.4.10, listens: [80]}
hosts: {client: {ip: 198.51.100.10}}
flows: {web: {from: client, to: "203.0.113.20:80"}}
"""


def test_the_sandwich_of_load_balancers_needs_no_edge_table() -> None:
    """R-332: every packet is addressed to the next one, so the check may stay on; the appliance must put its own address in."""
    found = Lab(SANDWICH)
    through = found.ask("web")
    assert through.outcome == "ok"
    assert [node for node in nodes(through) if node != "vpc"] == ["client", "igw", "nlb", "i-fw", "nlb-in", "i-app"]
    assert [node for node in nodes(through, 1) if node != "vpc"] == ["i-app", "nlb-in", "i-fw", "nlb", "igw", "client"]
    assert seen(through).startswith("10.0.2.10:")
    assert found.outcome("web", "i-fw.snat=off") != "ok"
