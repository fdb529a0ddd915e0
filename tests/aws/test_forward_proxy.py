"""A forward proxy on an instance: the client addresses it, and it opens connections of its own."""

from tests.aws.tracing import hop, nodes, scenario, seen, step, trace

PROXY = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16}}
subnets:
  sn-pub:  {cidr: 10.0.0.0/24, route_table: rtb-pub}
  sn-priv: {cidr: 10.0.1.0/24, route_table: rtb-priv}
route_tables: {rtb-pub: {0.0.0.0/0: igw}, rtb-priv: {}}
internet_gateways: {igw: {}}
instances:
  i-proxy: {subnet: sn-pub, private_ip: 10.0.0.30, public_ip: 203.0.113.30, proxy: {port: 3128}, security_groups: [sg-proxy], listens: [22]}
  i-priv:  {subnet: sn-priv, private_ip: 10.0.1.10}
  i-too:   {subnet: sn-priv, private_ip: 10.0.1.11}
security_groups:
  sg-proxy: {ingress: ["tcp 3128 10.0.1.0/24", "tcp 22 10.0.1.0/24"]}
hosts: {origin: {ip: 192.0.2.80, listens: [443]}}
flows:
  browse: {from: i-priv, to: "origin:443", via_proxy: "i-proxy:3128"}
  again:  {from: i-too, to: "origin:443", via_proxy: "i-proxy:3128", after: [browse]}
  direct: {from: i-priv, to: "origin:443"}
  shut:   {from: i-priv, to: "origin:80", via_proxy: "i-proxy:3128"}
  alone:  {from: i-priv, to: "i-proxy:3128"}
  ssh:    {from: i-priv, to: "i-proxy:22"}
"""


def test_two_connections_make_one_conversation() -> None:
    """R-160, R-161: the client addresses the proxy; the origin sees the proxy, with a fresh TTL."""
    found = trace(PROXY, "browse", "flows.browse.ttl=9")
    assert found.outcome == "ok"
    assert hop(found, "i-priv").packet.socket("dst") == "10.0.0.30:3128"
    left = hop(found, "i-proxy").packet
    assert (left.socket("src"), left.socket("dst"), left.ttl) == ("10.0.0.30:64001", "192.0.2.80:443", 64)
    assert (seen(found), seen(found, 1)) == ("203.0.113.30:64001", "10.0.0.30:3128")
    assert nodes(found, 1)[2:4] == ["i-proxy", "vpc-main"]
    assert "WARN_CLIENT_IP_LOST" in [warning.code for warning in found.warnings]


def test_neither_check_nor_forwarding_matters() -> None:
    """R-136, R-161: every packet at its interface is from or to itself."""
    for wish in ("eni-proxy.source_dest_check=off", "i-proxy.ip_forward=on"):
        assert trace(PROXY, "browse", wish).outcome == "ok"


def test_a_second_client_has_a_port_of_its_own() -> None:
    """R-160."""
    assert seen(trace(PROXY, "again")) == "203.0.113.30:64002"


def test_it_is_no_router() -> None:
    """R-162, R-129: a route to it does not make a proxy of its own accord."""
    assert trace(PROXY, "direct").outcome == "forward:NO_ROUTE"
    assert trace(PROXY, "direct", "rtb-priv[0.0.0.0/0]=eni-proxy").outcome == "forward:ENI_SRC_DST_CHECK_IN"
    found = trace(PROXY, "direct", "rtb-priv[0.0.0.0/0]=eni-proxy", "eni-proxy.source_dest_check=off", "sg-proxy.ingress+=tcp 443 10.0.1.0/24")
    assert found.outcome == "forward:IP_FORWARDING_OFF"


def test_each_connection_can_fail_by_itself() -> None:
    """R-160: the first at the proxy's filter, the second on its way out or at the origin."""
    assert trace(PROXY, "browse", "sg-proxy.ingress-=tcp 3128 10.0.1.0/24").outcome == "forward:SG_INGRESS_DENY"
    assert trace(PROXY, "browse", "eni-proxy.public_ip=none").outcome == "forward:IGW_NO_PUBLIC_IP_EGRESS"
    assert trace(PROXY, "browse", "sg-proxy.egress=tcp 80 0.0.0.0/0").outcome == "forward:SG_EGRESS_DENY"
    shut = trace(PROXY, "shut")
    assert (shut.outcome, shut.legs[0].last.node) == ("forward:NO_LISTENER", "origin")


def test_a_connection_to_the_proxy_itself_ends_there() -> None:
    """A client that is not set to a proxy asks for nothing behind it; other ports are ordinary ones."""
    assert trace(PROXY, "ssh").outcome == "ok"
    assert step(trace(PROXY, "ssh"), "proxy-connection") is None
    assert nodes(trace(PROXY, "alone"))[-1] == "i-proxy"


def test_the_question_names_both_ends() -> None:
    """The packet is for the proxy, the wish for the origin."""
    question = scenario(PROXY).questions["browse"]
    assert (str(question.to), question.to_port, question.via_proxy is not None) == ("192.0.2.80", 443, True)


def test_a_proxy_with_two_arms_speaks_from_the_one_that_it_leaves_by() -> None:
    """R-160, R-161: the client knows the inner address, the origin sees the outer one."""
    arms = """network_interfaces: {
        eni-out: {subnet: sn-pub, private_ip: 10.0.0.30, public_ip: 203.0.113.30, security_groups: [sg-proxy]},
        eni-in: {subnet: sn-priv, private_ip: 10.0.1.30, security_groups: [sg-proxy]}}, proxy: {port: 3128}, listens: [22]}"""
    whole = "subnet: sn-pub, private_ip: 10.0.0.30, public_ip: 203.0.113.30, proxy: {port: 3128}, security_groups: [sg-proxy], listens: [22]}"
    found = trace(PROXY.replace(whole, arms).replace('via_proxy: "i-proxy:3128"', 'via_proxy: "10.0.1.30:3128"'), "browse")
    assert found.outcome == "ok"
    assert (seen(found), seen(found, 1)) == ("203.0.113.30:64001", "10.0.1.30:3128")
