"""Gateway Load Balancer endpoints as route targets, and the section of all endpoints."""

import pytest

from tests.aws.lab import Lab, at, rules
from tests.aws.tracing import hop, nodes, problems
from vpctui.engine.change import setting_at

TEXT = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16}, vpc-sec: {cidr: 10.200.0.0/16}}
subnets:
  sn-gwe: {vpc: vpc-main, cidr: 10.0.4.0/24, az: a, route_table: rtb-gwe, network_acl: acl}
  sn-app: {vpc: vpc-main, cidr: 10.0.2.0/24, az: a, route_table: rtb-app}
  sn-sec: {vpc: vpc-sec, cidr: 10.200.1.0/24, az: a, route_table: rtb-sec}
network_acls:
  acl: {ingress: {100: "allow all 0.0.0.0/0"}, egress: {100: "allow all 0.0.0.0/0"}}
route_tables:
  rtb-edge: {10.0.2.0/24: vpce-fw}
  rtb-vgw:  {10.0.2.0/24: vpce-fw}
  rtb-gwe:  {0.0.0.0/0: igw, 192.168.0.0/16: vgw}
  rtb-app:  {0.0.0.0/0: vpce-fw}
  rtb-sec:  {vpc: vpc-sec, routes: {}}
internet_gateways:
  igw: {vpc: vpc-main, route_table: rtb-edge}
vpn_gateways:
  vgw: {vpc: vpc-main, route_table: rtb-vgw, routes: [192.168.0.0/16]}
instances:
  i-app: {subnet: sn-app, private_ip: 10.0.2.10, public_ip: 203.0.113.20, security_groups: [sg-app]}
  i-gwe: {subnet: sn-gwe, private_ip: 10.0.4.9, security_groups: [sg-web]}
  i-sec: {subnet: sn-sec, private_ip: 10.200.1.11}
  i-out: {subnet: sn-sec, private_ip: 10.200.1.12}
security_groups:
  sg-app: {ingress: ["tcp 80 0.0.0.0/0", "tcp 443 192.168.0.0/16", "tcp 8080 sg-web"]}
  sg-web: {}
vpc_endpoints:
  vpce-fw: {type: gateway_load_balancer, subnet: sn-gwe, private_ip: 10.0.4.20, service: gwlb}
endpoint_services:
  gwlb: {type: gateway_load_balancer, targets: [i-sec]}
hosts:
  client: {ip: 198.51.100.10}
  dc-pc:  {ip: 192.168.1.10, behind: vgw}
flows:
  web:   {from: client, to: "203.0.113.20:80"}
  dc:    {from: dc-pc, to: "i-app:443"}
  same:  {from: i-gwe, to: "198.51.100.10:443"}
  east:  {from: i-gwe, to: "i-app:8080"}
  near:  {from: i-app, to: "vpce-fw:80"}
  begin: {from: vpce-fw, to: "i-app:80"}
  other: {from: i-out, to: "198.51.100.10:443"}
"""
LAB = Lab(TEXT)


def test_edge_table_subnet_table_endpoint_table() -> None:
    """R-219, R-325: the edge table leads in, the endpoint subnet's table leads on, headers stay."""
    conversation = LAB.ask("web")
    assert conversation.outcome == "ok"
    assert nodes(conversation) == ["client", "igw", "vpce-fw", "gwlb", "i-sec", "vpc-main", "i-app"]
    assert nodes(conversation, 1) == ["i-app", "vpc-main", "vpce-fw", "gwlb", "i-sec", "vpc-main", "igw", "client"]
    assert hop(conversation, "vpce-fw").arrived == hop(conversation, "vpce-fw").left
    assert hop(conversation, "vpce-fw").target == "gwlb"
    assert hop(conversation, "vpc-main").table == "rtb-gwe"


def test_endpoint_behind_a_virtual_private_gateway() -> None:
    """R-326: the edge table of a virtual private gateway leads to the same endpoint."""
    conversation = LAB.ask("dc")
    assert conversation.outcome == "ok"
    assert nodes(conversation)[1:5] == ["vgw", "vpce-fw", "gwlb", "i-sec"]
    assert nodes(conversation, 1)[-2:] == ["vgw", "dc-pc"]


def test_endpoint_needs_no_public_address() -> None:
    """R-065, C-20: only an interface of the customer needs one as edge target."""
    assert "edge-target-public-ip" not in rules(hop(LAB.ask("web"), "igw"))


def test_network_acl_of_the_endpoint_subnet() -> None:
    """R-220: asked for what comes from other subnets, and also for servers of the same subnet."""
    assert LAB.outcome("web", "acl.ingress[50]=deny tcp 80 0.0.0.0/0") == "forward:NACL_INGRESS_DENY"
    conversation = LAB.ask("same", "rtb-gwe[198.51.100.0/24]=vpce-fw", "acl.ingress[50]=deny tcp 443 10.0.4.0/24")
    assert conversation.outcome == "forward:NACL_INGRESS_DENY"
    assert conversation.legs[0].last.node == "vpce-fw"


def test_group_references_end_at_the_endpoint() -> None:
    """R-269: the source address stays, the sender's group does not."""
    assert LAB.ask("east").legs[0].arrives
    assert LAB.outcome("east", "rtb-gwe[10.0.2.0/24]=vpce-fw") == "forward:ROUTING_LOOP"
    text = TEXT.replace("sn-app: {", "sn-web: {vpc: vpc-main, cidr: 10.0.3.0/24, az: a, route_table: rtb-web}\n  sn-app: {")
    text = text.replace("  rtb-gwe:", "  rtb-web: {10.0.2.0/24: vpce-fw}\n  rtb-gwe:").replace("sn-gwe, private_ip: 10.0.4.9", "sn-web, private_ip: 10.0.3.9")
    assert Lab(text).outcome("east") == "forward:SG_REF_LOST"


def test_nobody_talks_to_the_endpoint_itself() -> None:
    """R-219: its address is on the subnet, but only routes lead through it."""
    conversation = LAB.ask("near")
    assert (conversation.outcome, conversation.legs[0].last.node) == ("forward:NO_LISTENER", "vpce-fw")


def test_endpoint_starts_nothing() -> None:
    """R-223: no flow begins at an endpoint."""
    assert LAB.outcome("begin") == "forward:VPCE_CANNOT_INITIATE"


def test_endpoint_of_another_vpc() -> None:
    """R-043: refused as a change, dropped where the file has it."""
    assert LAB.refusal("rtb-sec[0.0.0.0/0]=vpce-fw").reason == "ROUTE_REFUSED_OTHER_VPC"


@pytest.mark.parametrize("state", ["rejected", "pending_acceptance"])
def test_only_an_available_endpoint_is_an_active_target(state: str) -> None:
    """R-036: routes to one that its service does not accept are blackholes."""
    assert LAB.outcome("web", f"vpce-fw.state={state}") == "forward:ROUTE_BLACKHOLE"
    assert LAB.commands("vpce-fw.state=rejected") == ("aws ec2 reject-vpc-endpoint-connections --service-id gwlb --vpc-endpoint-ids vpce-fw",)
    assert LAB.commands("vpce-fw.state=available") == ("aws ec2 accept-vpc-endpoint-connections --service-id gwlb --vpc-endpoint-ids vpce-fw",)
    assert LAB.commands("vpce-fw.state=pending_acceptance") == ()


def test_endpoint_in_a_failed_zone() -> None:
    """R-049: the route to it stays, nothing in the zone answers."""
    lab = Lab(TEXT.replace("vpc-main: {cidr: 10.0.0.0/16}", "vpc-main: {cidr: 10.0.0.0/16, zones_down: [a]}"))
    conversation = lab.ask("web")
    assert (conversation.outcome, conversation.legs[0].last.node) == ("forward:COMPONENT_BAD_STATE", "vpce-fw")


def test_service_that_the_file_does_not_know() -> None:
    """A provider's service that nobody described stops the trace by name instead of being guessed."""
    lab = Lab(TEXT.replace("service: gwlb", "service: com.amazonaws.vpce.eu-west-1.vpce-svc-1"))
    conversation = lab.ask("web")
    assert conversation.outcome == "forward:UNSUPPORTED_COMPONENT"
    assert str(conversation.legs[0].verdict) == "STOPPED"
    assert problems(TEXT.replace("service: gwlb", "service: gwbl")) == ["E202"]


def test_endpoint_is_offered_as_a_target() -> None:
    """R-020, R-053: for edge tables, and inside the VPC; its interface is refused where it is named instead (R-083)."""
    network = LAB.scenario.network
    edge = setting_at("rtb-edge[10.0.2.0/24]", network)
    inside = setting_at("rtb-app[10.0.4.0/24]", network)
    assert edge is not None
    assert inside is not None
    assert "vpce-fw" in edge.choices
    assert "vpce-fw" in inside.choices
    assert LAB.refusal("rtb-edge[10.0.2.0/24]=eni-vpce-fw").reason == "LB_ENI_NOT_ROUTABLE_TARGET"
    assert LAB.refusal("eni-vpce-fw.source_dest_check=on").reason == "ENI_REFUSED_REQUESTER_MANAGED"
    assert LAB.commands("rtb-app[10.0.4.0/24]=vpce-fw") == (
        "aws ec2 create-route --route-table-id rtb-app --destination-cidr-block 10.0.4.0/24 --vpc-endpoint-id vpce-fw",
    )


def test_one_subnet_only() -> None:
    """R-222: a Gateway Load Balancer endpoint has exactly one subnet."""
    endpoint = "{type: gateway_load_balancer, subnet: sn-gwe, private_ip: 10.0.4.20, service: gwlb}"
    two = "{type: gateway_load_balancer, subnets: {sn-gwe: {private_ip: 10.0.4.20}, sn-app: {}}, service: gwlb}"
    assert problems(TEXT.replace(endpoint, two)) == ["E217"]
    assert "E124" in problems(TEXT.replace(endpoint, "{type: gateway_load_balancer, service: gwlb}"))
    assert problems(TEXT.replace("subnet: sn-gwe, private_ip: 10.0.4.20, service", "subnet: sn-gwx, private_ip: 10.0.4.20, service")) == ["E202"]


def test_the_step_says_what_is_handed_on() -> None:
    """R-219: the sentence names endpoint, service and the destination that stays."""
    facts = at(hop(LAB.ask("web"), "vpce-fw"), "gwlbe-to-service").facts
    assert facts == {"endpoint": "vpce-fw", "service": "gwlb", "dst": "10.0.2.10"}
