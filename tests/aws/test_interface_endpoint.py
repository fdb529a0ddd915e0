"""Interface endpoints: AWS services, and a provider's service behind a Network Load Balancer."""

import pytest

from tests.aws.lab import Lab, at, rules
from tests.aws.tracing import hop, nodes, problems, scenario

TEXT = """
vpcs: {vpc-a: {cidr: 10.0.0.0/16}, vpc-p: {cidr: 10.0.0.0/16}}
subnets:
  sn-app: {vpc: vpc-a, cidr: 10.0.2.0/24, az: a, route_table: rtb-a}
  sn-ep:  {vpc: vpc-a, cidr: 10.0.3.0/24, az: a, route_table: rtb-a, network_acl: acl}
  sn-ep-c: {vpc: vpc-a, cidr: 10.0.4.0/24, az: c, route_table: rtb-a}
  sn-lb:  {vpc: vpc-p, cidr: 10.0.8.0/24, az: a, route_table: rtb-p}
  sn-web: {vpc: vpc-p, cidr: 10.0.9.0/24, az: a, route_table: rtb-p}
network_acls:
  acl: {vpc: vpc-a, ingress: {100: "allow all 0.0.0.0/0"}, egress: {100: "allow all 0.0.0.0/0"}}
route_tables:
  rtb-a: {vpc: vpc-a, routes: {}}
  rtb-p: {vpc: vpc-p, routes: {}}
instances:
  i-app: {subnet: sn-app, private_ip: 10.0.2.10, security_groups: [sg-app]}
  i-web: {subnet: sn-web, private_ip: 10.0.9.10, listens: [8080], security_groups: [sg-web]}
security_groups:
  sg-app: {vpc: vpc-a}
  sg-ep:  {vpc: vpc-a, ingress: ["tcp 443 sg-app"], egress: []}
  sg-none: {vpc: vpc-a}
  sg-web: {vpc: vpc-p, ingress: ["tcp 8080 10.0.8.0/24"]}
vpc_endpoints:
  vpce-ssm: {type: interface, subnet: sn-ep, private_ip: 10.0.3.20, service: com.amazonaws.eu-west-1.ssm, security_groups: [sg-ep]}
  vpce-p:
    type: interface
    subnets: {sn-ep: {private_ip: 10.0.3.30}, sn-ep-c: {private_ip: 10.0.4.30, network_interface: eni-p-c}}
    service: svc
endpoint_services:
  svc: {type: interface, load_balancer: nlb}
load_balancers:
  nlb: {type: network, subnets: {sn-lb: {private_ip: 10.0.8.50}}, listeners: {443: {targets: ["i-web:8080"]}}}
flows:
  ssm:   {from: i-app, to: "vpce-ssm:443"}
  http:  {from: i-app, to: "vpce-ssm:80"}
  ping:  {from: i-app, to: "vpce-ssm", protocol: icmp}
  stray: {from: i-app, to: "vpce-ssm:443", source_port: 50777, midstream: on}
  begin: {from: vpce-ssm, to: "i-app:80"}
  push:  {from: aws-service, source_ip: 52.94.0.1, to: "i-app:80", via: vpce-ssm}
  prov:  {from: i-app, to: "vpce-p:443"}
  prov-c: {from: i-app, to: "10.0.4.30:443"}
  other: {from: i-app, to: "vpce-p:444"}
"""
LAB = Lab(TEXT)


def test_a_service_of_aws_is_an_interface_of_the_subnet() -> None:
    """R-290, R-293: its address is the endpoint's, packets are delivered to it and answered from it."""
    conversation = LAB.ask("ssm")
    assert conversation.outcome == "ok"
    assert nodes(conversation) == ["i-app", "vpc-a", "vpce-ssm"]
    assert nodes(conversation, 1) == ["vpce-ssm", "vpc-a", "i-app"]
    assert conversation.legs[0].last.packet.socket("dst") == "10.0.3.20:443"
    assert hop(conversation, "vpce-ssm").kind == "vpc_endpoint"


def test_its_security_groups_and_the_subnets_acl() -> None:
    """R-290: security groups of the endpoint; a reference to the client's group matches, answers are tracked."""
    assert at(hop(LAB.ask("ssm"), "vpce-ssm"), "security-group-in").facts["rule"] == "tcp 443 sg-app"
    assert LAB.outcome("http") == "forward:SG_INGRESS_DENY"
    assert LAB.outcome("ssm", "acl.ingress[50]=deny tcp 443 10.0.2.0/24") == "forward:NACL_INGRESS_DENY"
    assert LAB.outcome("ssm", "acl.egress[50]=deny tcp 1024-65535 10.0.2.0/24") == "return:NACL_EGRESS_DENY"


def test_groups_are_changed_on_the_endpoint() -> None:
    """R-290: ModifyVpcEndpoint; all interfaces carry the same groups."""
    assert LAB.outcome("ssm", "vpce-ssm.security_groups=sg-none") == "forward:SG_INGRESS_DENY"
    assert LAB.outcome("prov-c", "vpce-p.security_groups=sg-ep") == "forward:VPCE_AZ_RESTRICTION"
    assert LAB.outcome("prov-c", "vpce-p.security_groups=sg-none") == "forward:SG_INGRESS_DENY"
    assert LAB.commands("vpce-ssm.security_groups=sg-none") == (
        "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-ssm --add-security-group-ids sg-none --remove-security-group-ids sg-ep",
    )
    assert LAB.commands("vpce-ssm.security_groups-=sg-ep") == ("aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-ssm --remove-security-group-ids sg-ep",)
    assert LAB.commands("vpce-ssm.security_groups+=sg-ep") == ()
    assert LAB.refusal("vpce-ssm.security_groups=sg-web").rule == "R-260"


def test_only_tcp_and_udp() -> None:
    """R-290: an endpoint carries connections, it answers no ping."""
    assert LAB.outcome("ping", "sg-ep.ingress+=icmp 0.0.0.0/0") == "forward:PROTOCOL_NOT_SUPPORTED"


def test_an_endpoint_only_answers() -> None:
    """R-290: nothing begins at an endpoint, whoever asks it to."""
    assert LAB.outcome("begin") == "forward:VPCE_CANNOT_INITIATE"
    assert LAB.outcome("push") == "forward:VPCE_CANNOT_INITIATE"


def test_a_later_packet_of_an_unknown_connection() -> None:
    """R-290: the service has no socket for it."""
    assert LAB.outcome("stray") == "ok"
    assert LAB.ask("stray").legs[0].carries == "data"
    assert LAB.outcome("http", "sg-ep.ingress+=tcp 80 sg-app", "flows.http.midstream=on") == "forward:REPLY_NO_SOCKET"
    assert LAB.outcome("stray", "sg-ep.ingress-=tcp 443 sg-app") == "ok"  # tracked since it was opened


@pytest.mark.parametrize("state", ["rejected", "pending_acceptance"])
def test_only_an_available_endpoint_works(state: str) -> None:
    """R-290: a provider may reject a connection of an endpoint."""
    assert LAB.outcome("ssm", f"vpce-ssm.state={state}") == "forward:COMPONENT_BAD_STATE"
    assert LAB.ask("ssm", f"vpce-ssm.state={state}").legs[0].last.action.mends == ("vpce-ssm.state=available",)  # type: ignore[union-attr]


def test_private_link_to_a_provider() -> None:
    """R-290: the provider's target sees the balancer's address, the answer needs no route back although both VPCs have the same range."""
    conversation = LAB.ask("prov")
    assert conversation.outcome == "ok"
    assert nodes(conversation) == ["i-app", "vpc-a", "vpce-p", "nlb", "vpc-p", "i-web"]
    assert nodes(conversation, 1) == ["i-web", "vpc-p", "nlb", "vpce-p", "vpc-a", "i-app"]
    assert hop(conversation, "vpce-p").target == "svc"
    assert conversation.legs[0].last.packet.socket("src").startswith("10.0.8.50:")
    assert conversation.legs[1].last.packet.socket("src") == "10.0.3.30:443"
    assert "privatelink-return" in rules(hop(conversation, "nlb", 1))
    assert LAB.outcome("prov", "assume.nlb_return=route_table") == "ok"


def test_the_provider_decides_what_it_listens_to() -> None:
    """R-290: the listener is the balancer's, the rule of the target names the balancer's subnet."""
    assert LAB.outcome("other") == "forward:LB_NO_LISTENER"
    assert LAB.outcome("prov", "sg-web.ingress-=tcp 8080 10.0.8.0/24") == "forward:SG_INGRESS_DENY"
    assert LAB.outcome("prov", "i-web.state=stopped") == "forward:LB_NO_TARGET"


def test_the_service_must_stand_in_the_zone() -> None:
    """R-291: the interface in zone c leads nowhere while the balancer has no node there."""
    assert LAB.outcome("prov-c") == "forward:VPCE_AZ_RESTRICTION"
    two = "subnets: {sn-lb: {private_ip: 10.0.8.50}, sn-lbc: {private_ip: 10.0.7.50}}, cross_zone: on"
    text = TEXT.replace("subnets: {sn-lb: {private_ip: 10.0.8.50}}", two)
    text = text.replace("  sn-web:", "  sn-lbc: {vpc: vpc-p, cidr: 10.0.7.0/24, az: c, route_table: rtb-p}\n  sn-web:")
    assert Lab(text).outcome("prov-c", "sg-web.ingress+=tcp 8080 10.0.7.0/24") == "ok"


def test_no_route_target() -> None:
    """R-292: refused as a change and in a file."""
    refusal = LAB.refusal("rtb-a[0.0.0.0/0]=vpce-ssm")
    assert (refusal.error, refusal.rule) == ("RouteNotSupported", "R-292")
    assert problems(TEXT.replace("rtb-a: {vpc: vpc-a, routes: {}}", "rtb-a: {vpc: vpc-a, routes: {0.0.0.0/0: vpce-ssm}}")) == ["E201"]


def test_reached_from_wherever_a_route_leads() -> None:
    """R-290: from a peered VPC too, unlike a gateway endpoint."""
    text = TEXT.replace("vpc-p: {cidr: 10.0.0.0/16}}", "vpc-p: {cidr: 10.0.0.0/16}, vpc-b: {cidr: 10.7.0.0/16}}")
    text = text.replace("subnets:\n", "subnets:\n  sn-b: {vpc: vpc-b, cidr: 10.7.1.0/24, az: a, route_table: rtb-b}\n", 1)
    text = text.replace("rtb-a: {vpc: vpc-a, routes: {}}", "rtb-a: {vpc: vpc-a, routes: {10.7.0.0/16: pcx}}\n  rtb-b: {10.0.0.0/16: pcx}")
    text = text.replace("instances:\n", "vpc_peering_connections: {pcx: {vpcs: [vpc-a, vpc-b]}}\ninstances:\n  i-b: {subnet: sn-b, private_ip: 10.7.1.10}\n")
    text = text.replace("flows:\n", 'flows:\n  peer: {from: i-b, to: "10.0.3.20:443"}\n')
    lab = Lab(text)
    assert lab.outcome("peer") == "forward:SG_INGRESS_DENY"
    assert lab.outcome("peer", "sg-ep.ingress+=tcp 443 10.7.0.0/16") == "ok"


def test_what_an_interface_endpoint_needs() -> None:
    """R-290: a subnet, one for each zone; a service of the provider needs its balancer."""
    assert "E217" in problems(TEXT.replace("sn-ep-c: {private_ip: 10.0.4.30,", "sn-app: {private_ip: 10.0.2.30,").replace("10.0.4.30", "10.0.2.30"))
    assert "E124" in problems(TEXT.replace("subnet: sn-ep, private_ip: 10.0.3.20, service", "service"))
    assert problems(TEXT.replace("{type: interface, load_balancer: nlb}", "{type: interface}")) == ["E124"]
    assert problems(TEXT.replace("load_balancer: nlb}", "load_balancer: nbl}")) == ["E202"]
    assert "E211" in problems(TEXT.replace("private_ip: 10.0.3.20", "private_ip: 10.0.9.20"))


def test_a_provider_without_ipv6_takes_none() -> None:
    """R-291: the endpoint has an address of the family, the load balancer behind it has not."""
    text = (
        TEXT.replace("vpc-a: {cidr: 10.0.0.0/16}", 'vpc-a: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:1::/56"}')
        .replace("sn-app: {vpc: vpc-a, cidr: 10.0.2.0/24", 'sn-app: {vpc: vpc-a, cidr: 10.0.2.0/24, ipv6_cidr: "2001:db8:1:2::/64"')
        .replace("sn-ep-c: {vpc: vpc-a, cidr: 10.0.4.0/24", 'sn-ep-c: {vpc: vpc-a, cidr: 10.0.4.0/24, ipv6_cidr: "2001:db8:1:4::/64"')
        .replace("i-app: {subnet: sn-app, private_ip: 10.0.2.10,", 'i-app: {subnet: sn-app, private_ip: 10.0.2.10, ipv6: "2001:db8:1:2::10",')
        .replace("private_ip: 10.0.4.30,", 'private_ip: 10.0.4.30, ipv6: "2001:db8:1:4::30",')
        .replace("sn-lb:  {vpc: vpc-p, cidr: 10.0.8.0/24, az: a", "sn-lb:  {vpc: vpc-p, cidr: 10.0.8.0/24, az: c")
        + '  six: {from: i-app, to: "[2001:db8:1:4::30]:443", ipv6: on}\n'
    )
    conversation = Lab(text).ask("six")
    assert (conversation.outcome, conversation.legs[0].last.node) == ("forward:PROTOCOL_NOT_SUPPORTED", "vpce-p")


@pytest.mark.parametrize(("values", "codes"), [("", []), ("{}", []), ("10.0.3.30", ["E123"]), ("[10.0.3.30]", ["E123"])])
def test_a_subnet_of_a_service_says_more_or_nothing(values: str, codes: list[str]) -> None:
    """Nothing: the interface has an address that the trace does not need."""
    assert problems(TEXT.replace("sn-ep: {private_ip: 10.0.3.30}", f"sn-ep: {values}")) == codes


@pytest.mark.parametrize(("interface", "written"), [("eni-p-c", "10.0.4.30"), ("eni-vpce-ssm", "10.0.3.20")])
def test_settings_of_its_interfaces_stand_where_the_endpoint_says_them(interface: str, written: str) -> None:
    """A problem with an interface points at the address that is written for the endpoint, in one subnet or several."""
    found = scenario(TEXT).places[(interface, "private_ip")]
    lines = ("vpctui: 1\n" + TEXT).splitlines()
    assert lines[found.line - 1][found.column - 1 :].startswith(written)
