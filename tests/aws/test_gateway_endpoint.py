"""Gateway endpoints: the route they add, what they carry, and how answers come back."""

import pytest

from tests.aws.lab import Lab, at
from tests.aws.tracing import hop, nodes, problems, visit
from vpctui.address import parse_address
from vpctui.engine.connections import Connections
from vpctui.engine.registry import Assumptions, Situation
from vpctui.packet import Packet
from vpctui.trace import Arrival

TEXT = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:10::/56"}}
subnets:
  sn-app: {cidr: 10.0.2.0/24, ipv6_cidr: "2001:db8:10:2::/64", az: a, route_table: rtb-app, network_acl: acl}
  sn-fw:  {cidr: 10.0.3.0/24, az: a, route_table: rtb-fw}
  sn-pub: {cidr: 10.0.4.0/24, az: a, route_table: rtb-pub}
network_acls:
  acl: {ingress: {100: "allow all 0.0.0.0/0", 101: "allow all ::/0"}, egress: {100: "allow all 0.0.0.0/0", 101: "allow all ::/0"}}
route_tables:
  rtb-app: {0.0.0.0/0: igw}
  rtb-fw:  {}
  rtb-pub: {0.0.0.0/0: eni-fw}
internet_gateways: {igw: {}}
instances:
  i-app: {subnet: sn-app, private_ip: 10.0.2.10, ipv6: "2001:db8:10:2::10", security_groups: [sg-app]}
  i-fw:  {subnet: sn-fw, private_ip: 10.0.3.10, ip_forward: on, source_dest_check: off}
  i-pub: {subnet: sn-pub, private_ip: 10.0.4.10}
security_groups:
  sg-app: {egress: ["all pl-s3"]}
prefix_lists:
  pl-s3: [52.216.0.0/15, "2001:db8:5300::/48"]
  pl-ddb: [52.94.0.0/22]
vpc_endpoints:
  vpce-s3: {type: gateway, service: pl-s3, route_tables: [rtb-app, rtb-fw]}
  vpce-ddb: {type: gateway, service: com.amazonaws.eu-west-1.dynamodb, prefix_list: pl-ddb, route_tables: []}
hosts:
  bucket: {ip: 52.216.0.80, listens: [443]}
flows:
  get:   {from: i-app, to: "52.216.0.10:443"}
  known: {from: i-app, to: "bucket:443"}
  get6:  {from: i-app, to: "[2001:db8:5300::10]:443", ipv6: on}
  ping:  {from: i-app, to: "52.216.0.10", protocol: icmp}
  udp:   {from: i-app, to: "52.216.0.10:443", protocol: udp}
  web:   {from: i-app, to: "198.51.100.1:443"}
  via:   {from: i-pub, to: "52.216.0.10:443"}
  push:  {from: aws-service, source_ip: 52.216.0.10, to: "i-app:80", via: vpce-s3}
  fake:  {from: aws-service, source_ip: 198.51.100.7, to: "i-app:80", via: vpce-s3}
"""
LAB = Lab(TEXT)


@pytest.mark.parametrize(
    ("protocol", "kind", "carried"),
    [("icmp", 0, True), ("icmp", 8, True), ("icmpv6", 128, True), ("icmpv6", 129, True), ("icmp", 3, False), ("icmp", 11, False), ("udp", 0, False)],
)
def test_it_carries_echoes_and_nothing_else_of_icmp(protocol: str, kind: int, carried: bool) -> None:
    """R-284: TCP, and pings in both directions."""
    src, dst = ("2001:db8:10:2::10", "2001:db8:5300::9") if protocol == "icmpv6" else ("10.0.2.10", "52.216.0.9")
    packet = Packet(src=parse_address(src), dst=parse_address(dst), protocol=protocol, icmp_type=kind)
    arrival = Arrival(node="vpce-s3", by="vpc-main")
    found = visit(packet, Situation(LAB.scenario.network, arrival, Connections(), Assumptions(), {}, (arrival,)))
    assert (found.reason == "PROTOCOL_NOT_SUPPORTED") != carried


def test_the_endpoint_puts_its_route_into_the_table() -> None:
    """R-283, R-286: the row of the list wins over the default route; the source stays private, nothing is translated."""
    conversation = LAB.ask("get")
    assert conversation.outcome == "ok"
    assert nodes(conversation) == ["i-app", "vpc-main", "vpce-s3", "aws-service"]
    router = hop(conversation, "vpc-main")
    assert (router.route, router.target) == ("pl-s3", "vpce-s3")
    assert router.lookup is not None
    assert [row.note for row in router.lookup.candidates if row.destination == "0.0.0.0/0"] == ["ROUTE_LOST_LPM"]
    assert hop(conversation, "vpce-s3").packet.socket("src") == "10.0.2.10:50000"


def test_the_answer_comes_back_by_the_endpoint() -> None:
    """R-289: from the service's own address, whether the file knows the service's host or not."""
    for flow, service in (("get", "aws-service"), ("known", "bucket")):
        conversation = LAB.ask(flow)
        assert conversation.outcome == "ok"
        assert nodes(conversation, 1) == [service, "vpce-s3", "i-app"]


def test_both_families() -> None:
    """R-287: a list may have IPv6 entries."""
    assert nodes(LAB.ask("get6"))[2] == "vpce-s3"
    assert LAB.outcome("get6") == "ok"


def test_protocols() -> None:
    """R-284: TCP and ICMP echo only."""
    assert LAB.outcome("ping") == "ok"
    assert LAB.outcome("udp") == "forward:PROTOCOL_NOT_SUPPORTED"
    assert LAB.outcome("ping", "flows.ping.reply=off") == "ok"


def test_a_more_specific_route_wins() -> None:
    """R-286: a manual route to part of the service's range takes precedence."""
    conversation = LAB.ask("get", "rtb-app[52.216.0.0/24]=igw")
    assert nodes(conversation)[2] == "igw"


def test_tables_that_were_not_selected() -> None:
    """R-285: subnets of other tables do not use the endpoint."""
    conversation = LAB.ask("get", "vpce-s3.route_tables-=rtb-app", "sg-app.egress+=all 0.0.0.0/0")
    assert nodes(conversation)[2] == "igw"


def test_sources_outside_the_vpc() -> None:
    """R-285: what an appliance forwards for an address of another network is not served."""
    assert LAB.outcome("via") in ("ok", "asymmetric")
    lab = Lab(
        TEXT.replace("{from: i-pub, to", "{from: i-pub, source_ip: 192.168.7.7, to").replace(
            "private_ip: 10.0.4.10", "private_ip: 10.0.4.10, source_dest_check: off"
        )
    )
    conversation = lab.ask("via")
    assert (conversation.outcome, conversation.legs[0].last.node) == ("forward:VPCE_SOURCE_NOT_IN_VPC", "vpce-s3")


def test_filters_still_apply() -> None:
    """R-288: the security group may name the list, the network ACL knows addresses only."""
    assert LAB.outcome("web") == "forward:SG_EGRESS_DENY"
    assert LAB.outcome("get", "acl.egress[50]=deny tcp 443 52.216.0.0/15") == "forward:NACL_EGRESS_DENY"
    assert LAB.outcome("get", "acl.ingress[50]=deny tcp 1024-65535 52.216.0.0/15") == "return:NACL_INGRESS_DENY"


def test_a_service_opens_nothing() -> None:
    """R-289: only the service's addresses come out, and only as answers."""
    assert LAB.outcome("push") == "forward:VPCE_CANNOT_INITIATE"
    assert LAB.outcome("fake") == "forward:VPCE_SOURCE_NOT_SERVICE"


def test_one_route_for_each_service_in_a_table() -> None:
    """R-287: a second endpoint of the same service is refused where the first one has its route."""
    lab = Lab(TEXT.replace("  vpce-ddb:", "  vpce-s3b: {type: gateway, service: pl-s3}\n  vpce-ddb:"))
    refusal = lab.refusal("vpce-s3b.route_tables+=rtb-app")
    assert (refusal.error, refusal.rule, refusal.hint) == ("RouteAlreadyExists", "R-287", "vpce-s3.route_tables-=rtb-app")
    assert nodes(lab.ask("get", "vpce-s3.route_tables-=rtb-app", "vpce-s3b.route_tables+=rtb-app"))[2] == "vpce-s3b"


def test_the_route_is_the_endpoints() -> None:
    """R-045, R-292: routes of an endpoint are not made, replaced or deleted by hand."""
    for change in ("rtb-app[pl-s3]=none", "rtb-app[pl-s3]=igw"):
        refusal = LAB.refusal(change)
        assert (refusal.error, refusal.rule) == ("InvalidParameterValue", "R-045")
        assert refusal.hint == "vpce-s3.route_tables-=rtb-app"
    assert LAB.refusal("rtb-pub[pl-s3]=vpce-s3").rule == "R-045"
    assert LAB.refusal("rtb-pub[0.0.0.0/0]=vpce-s3").error == "RouteNotSupported"
    assert problems(TEXT.replace("rtb-app: {0.0.0.0/0: igw}", "rtb-app: {0.0.0.0/0: vpce-s3}")) == ["E201"]


def test_commands() -> None:
    """ModifyVpcEndpoint adds and removes tables."""
    assert LAB.commands("vpce-s3.route_tables+=rtb-pub") == ("aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-s3 --add-route-table-ids rtb-pub",)
    assert LAB.commands("vpce-s3.route_tables-=rtb-app") == ("aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-s3 --remove-route-table-ids rtb-app",)


def test_an_endpoint_that_is_not_available() -> None:
    """R-036: its rows stay and are blackholes."""
    assert LAB.outcome("get", "vpce-s3.state=rejected") == "forward:ROUTE_BLACKHOLE"


def test_a_written_row_is_not_doubled() -> None:
    """An imported table holds the endpoint's row itself."""
    lab = Lab(TEXT.replace("rtb-app: {0.0.0.0/0: igw}", "rtb-app: {0.0.0.0/0: igw, pl-s3: vpce-s3}"))
    lookup = hop(lab.ask("get"), "vpc-main").lookup
    assert lookup is not None
    assert [row.destination for row in lookup.candidates].count("pl-s3") == 2  # the two entries of the list, once each
    assert lab.outcome("get") == "ok"


def test_what_a_gateway_endpoint_needs() -> None:
    """R-283: the addresses of the service; it has no interface."""
    assert problems(TEXT.replace(", prefix_list: pl-ddb", "")) == ["E124"]
    assert problems(TEXT.replace("service: pl-s3,", "service: pl-s3, security_groups: [sg-app],")) == ["E122"]
    other = (
        TEXT.replace("vpcs: {", "vpcs: {vpc-b: {cidr: 10.9.0.0/16}, ")
        .replace("{cidr: 10.0.", "{vpc: vpc-main, cidr: 10.0.")
        .replace("igw: {}", "igw: {vpc: vpc-main}")
    )
    other = (
        other.replace("vpc-main: {vpc: vpc-main, ", "vpc-main: {")
        .replace("sg-app: {", "sg-app: {vpc: vpc-main, ")
        .replace("vpce-ddb: {", "vpce-ddb: {vpc: vpc-b, ")
    )
    lab = Lab(other)
    assert lab.outcome("get") == "ok"
    assert lab.refusal("vpce-ddb.route_tables+=rtb-app").reason == "ROUTE_REFUSED_OTHER_VPC"


def test_the_step_says_that_nothing_is_translated() -> None:
    """R-283: the endpoint's step names the service and the source that stays."""
    facts = at(hop(LAB.ask("get"), "vpce-s3"), "gateway-endpoint-out").facts
    assert (facts["service"], facts["src"]) == ("pl-s3", "10.0.2.10")
