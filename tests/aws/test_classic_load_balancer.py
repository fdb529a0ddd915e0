"""Classic Load Balancers: what they do otherwise than Application Load Balancers."""

from tests.aws.tracing import hop, mends, nodes, problems, refusal, scenario, seen, step, trace
from vpctui.engine import change

CLB = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16}}
subnets:
  sn-pub:  {cidr: 10.0.0.0/24, az: a, route_table: rtb-pub, network_acl: acl}
  sn-app:  {cidr: 10.0.1.0/24, az: a, route_table: rtb-pub}
  sn-far:  {cidr: 10.0.2.0/24, az: c, route_table: rtb-pub}
  sn-pub-c: {cidr: 10.0.3.0/24, az: c, route_table: rtb-pub}
route_tables: {rtb-pub: {0.0.0.0/0: igw}, rtb-edge: {}}
internet_gateways: {igw: {route_table: rtb-edge}}
instances:
  i-near: {subnet: sn-pub, private_ip: 10.0.0.10, listens: [80]}
  i-app:  {subnet: sn-app, private_ip: 10.0.1.10, public_ip: 203.0.113.20, listens: [80]}
  i-far:  {subnet: sn-far, private_ip: 10.0.2.10, listens: [80]}
load_balancers:
  clb:
    type: classic
    subnets:
      sn-pub:   {private_ip: 10.0.0.70, public_ip: 203.0.113.70, network_interface: eni-clb-a}
      sn-pub-c: {private_ip: 10.0.3.70, public_ip: 203.0.113.71}
    listeners:
      80: ["i-near:80"]
      81: ["i-app:80"]
      82: {targets: ["i-far:80"], protocol: http}
network_acls:
  acl:
    ingress: {100: "allow all 0.0.0.0/0"}
    egress:  {90: "allow tcp 1024-65535 0.0.0.0/0", 100: "allow tcp 80 10.0.0.0/16"}
hosts: {client: {ip: 198.51.100.10}}
flows:
  near:   {from: client, to: "203.0.113.70:80"}
  app:    {from: client, to: "203.0.113.70:81"}
  far:    {from: client, to: "203.0.113.70:82"}
  closed: {from: client, to: "203.0.113.70:443"}
  direct: {from: client, to: "203.0.113.20:80"}
"""


def test_it_is_a_proxy() -> None:
    """R-208, R-204: own source, fresh TTL; without HTTP nobody tells the client's address."""
    found = trace(CLB, "app", "flows.app.ttl=9")
    assert (found.outcome, seen(found)) == ("ok", "10.0.0.70:63001")
    assert hop(found, "clb").packet.ttl == 64
    assert step(found, "load-balancer-proxy") is not None
    assert step(trace(CLB, "far", "clb.cross_zone=on"), "load-balancer-proxy-http") is not None


def test_a_target_in_its_own_subnet_is_behind_the_outbound_network_acl() -> None:
    """R-208, R-274: no router between them, and yet the network ACL is asked."""
    assert trace(CLB, "near").outcome == "ok"
    assert nodes(trace(CLB, "near")) == ["client", "igw", "clb", "i-near"]
    found = trace(CLB, "near", "acl.egress[100]=none")
    assert (found.outcome, found.legs[0].last.node) == ("forward:LB_BLOCKED_BY_NACL", "clb")
    assert trace(CLB, "near", "acl.egress[100]=none", *mends(found)).outcome == "ok"


def test_a_target_in_another_subnet_meets_it_at_the_border() -> None:
    """R-273."""
    found = trace(CLB, "app", "acl.egress[100]=none")
    assert (found.outcome, found.legs[0].last.node) == ("forward:NACL_EGRESS_DENY", "vpc-main")


def test_only_listener_ports_pass() -> None:
    """R-208."""
    assert trace(CLB, "closed").outcome == "forward:LB_LISTENER_PORT_MISMATCH"


def test_zones_and_health() -> None:
    """R-195, R-196: cross-zone is off unless asked for, and it does not fail open."""
    assert trace(CLB, "far").outcome == "forward:LB_CROSS_ZONE_OFF"
    assert trace(CLB, "far", "clb.cross_zone=on").outcome == "ok"
    found = trace(CLB, "near", "clb.unhealthy+=i-near")
    assert (found.outcome, mends(found)) == ("forward:LB_NO_TARGET", ("clb.unhealthy-=i-near",))


def test_an_edge_route_to_its_interface_is_accepted_and_useless() -> None:
    """R-084, R-085, R-135: what is not addressed to it dies at its source/destination check."""
    found = trace(CLB, "direct", "rtb-edge[10.0.1.0/24]=eni-clb-a")
    assert (found.outcome, found.legs[0].last.node) == ("forward:ENI_SRC_DST_CHECK_IN", "clb")
    assert mends(found) == ()
    assert refusal(CLB, "eni-clb-a.source_dest_check=off").reason == "ENI_REFUSED_REQUESTER_MANAGED"
    assert refusal(CLB, "rtb-edge[10.0.1.0/24]=clb").reason == "ROUTE_REFUSED_EDGE_TARGET"


def test_command_lines() -> None:
    """Its API is the older one."""
    network = scenario(CLB).network
    for wish, line in (
        (
            "clb.cross_zone=on",
            "aws elb modify-load-balancer-attributes --load-balancer-name clb --load-balancer-attributes CrossZoneLoadBalancing={Enabled=true}",
        ),
        ("clb.security_groups=sg-x", "aws elb apply-security-groups-to-load-balancer --load-balancer-name clb --security-groups sg-x"),
    ):
        written = change.parse(wish)
        assert isinstance(written, change.Change)
        assert change.commands(written, network) == (line,)


def test_what_a_file_gets_wrong() -> None:
    """Its targets are instances."""
    assert problems(CLB.replace('81: ["i-app:80"]', '81: ["10.0.1.10:80"]')) == ["E222"]
