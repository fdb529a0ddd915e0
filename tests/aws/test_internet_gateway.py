"""Internet gateways: translation both ways, what they refuse, attachment."""

from msgspec.structs import replace

from tests.aws.lab import Lab, at, rules
from tests.aws.tracing import hop, nodes, problems, walk
from vpctui.address import parse_address
from vpctui.aws.internet_gateway import InternetGateway
from vpctui.engine.connections import Connections
from vpctui.engine.registry import Assumptions
from vpctui.packet import Packet
from vpctui.trace import Arrival

TEXT = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16}, vpc-none: {cidr: 10.9.0.0/16}}
subnets:
  sn-pub:  {vpc: vpc-main, cidr: 10.0.1.0/24, az: a, route_table: rtb-pub}
  sn-app:  {vpc: vpc-main, cidr: 10.0.2.0/24, az: a, route_table: rtb-app}
  sn-none: {vpc: vpc-none, cidr: 10.9.1.0/24, az: a, route_table: rtb-none}
route_tables:
  rtb-edge: {10.0.2.0/24: eni-fw}
  rtb-pub:  {0.0.0.0/0: igw}
  rtb-app:  {0.0.0.0/0: eni-fw}
  rtb-none: {vpc: vpc-none, routes: {}}
internet_gateways: {igw: {vpc: vpc-main, route_table: rtb-edge}}
instances:
  i-pub:  {subnet: sn-pub, private_ip: 10.0.1.10, public_ip: 203.0.113.10, security_groups: [sg-open]}
  i-twin: {subnet: sn-pub, private_ip: 10.0.1.11, public_ip: 203.0.113.11, security_groups: [sg-ref]}
  i-bare: {subnet: sn-pub, private_ip: 10.0.1.12}
  i-fw:   {subnet: sn-pub, private_ip: 10.0.1.20, public_ip: 203.0.113.20, source_dest_check: off, ip_forward: on}
  i-app:  {subnet: sn-app, private_ip: 10.0.2.10, public_ip: 203.0.113.30}
  i-none: {subnet: sn-none, private_ip: 10.9.1.10}
network_interfaces:
  eni-free: {subnet: sn-pub, private_ip: 10.0.1.40, public_ip: 203.0.113.40}
security_groups:
  sg-open: {vpc: vpc-main, ingress: ["all 0.0.0.0/0"]}
  sg-ref:  {vpc: vpc-main, ingress: ["tcp 80 sg-open"]}
hosts: {client: {ip: 198.51.100.10}}
flows:
  in:   {from: client, to: "203.0.113.10:80"}
  out:  {from: i-pub, to: "client:443"}
  bare: {from: i-bare, to: "client:443"}
  app:  {from: client, to: "203.0.113.30:80"}
  spoof: {from: i-fw, to: "client:443", source_ip: 10.0.1.99}
  free: {from: client, to: "203.0.113.40:80"}
  nobody: {from: client, to: "203.0.113.99:80"}
  private: {from: i-pub, to: "192.168.9.9:80"}
  shared: {from: i-pub, to: "100.64.9.9:80"}
  rfc1918: {from: internet, source_ip: 192.168.1.1, to: "203.0.113.10:80"}
  rfc6598: {from: internet, source_ip: 100.64.1.1, to: "203.0.113.10:80"}
  hairpin: {from: i-pub, to: "203.0.113.11:80"}
  direct: {from: i-pub, to: "10.0.1.11:80"}
"""
LAB = Lab(TEXT)


def test_translation_out_and_back() -> None:
    """R-087, R-091, R-096: addresses change one to one, ports stay, and the guest never sees its public address."""
    conversation = LAB.ask("out")
    assert conversation.outcome == "ok"
    assert conversation.legs[0].hops[0].packet.socket("src") == "10.0.1.10:50000"
    assert conversation.legs[0].last.packet.socket("src") == "203.0.113.10:50000"
    assert conversation.legs[1].last.packet.socket("dst") == "10.0.1.10:50000"


def test_translation_comes_before_the_edge_table() -> None:
    """R-091, R-061: the table is asked for the private address."""
    visited = hop(LAB.ask("app"), "igw")
    assert rules(visited)[:2] == ["igw-dnat", "edge-lookup"]
    assert at(visited, "edge-lookup").facts["dst"] == "10.0.2.10"


def test_no_public_address_no_way_out() -> None:
    """R-088, R-095: a route to the gateway is not enough."""
    assert LAB.outcome("bare") == "forward:IGW_NO_PUBLIC_IP_EGRESS"
    assert LAB.outcome("bare", "eni-bare.public_ip=203.0.113.12") == "ok"


def test_public_address_without_a_route() -> None:
    """R-095: nor is a public address without the route."""
    assert LAB.outcome("out", "rtb-pub[0.0.0.0/0]=none") == "forward:NO_ROUTE"
    assert LAB.outcome("in", "rtb-pub[0.0.0.0/0]=none") == "return:NO_ROUTE"


def test_forged_sources() -> None:
    """R-089: an address that no interface of the VPC holds does not leave."""
    assert LAB.outcome("spoof") == "forward:SPOOFED_SOURCE"


def test_private_destinations_and_sources() -> None:
    """R-090, R-093: RFC 1918 and RFC 6598, on the way out and on the way in."""
    assert LAB.outcome("private") == "forward:IGW_PRIVATE_DEST_EGRESS"
    assert LAB.outcome("shared") == "forward:IGW_PRIVATE_DEST_EGRESS"
    assert LAB.outcome("rfc1918") == "forward:IGW_PRIVATE_SRC_INGRESS"
    assert LAB.outcome("rfc6598") == "forward:IGW_PRIVATE_SRC_INGRESS"


def test_public_addresses_of_nobody() -> None:
    """R-092: only of an interface with a live attachment; one that nobody has is not even carried to the gateway."""
    assert (LAB.outcome("free"), LAB.ask("free").legs[0].last.node) == ("forward:IGW_UNKNOWN_PUBLIC_IP_INGRESS", "igw")
    assert (LAB.outcome("nobody"), LAB.ask("nobody").legs[0].last.node) == ("forward:DEST_IP_UNASSIGNED", "client")


def test_the_inside_must_be_inside() -> None:
    """R-094: after translation the destination lies in the VPC."""
    network = LAB.scenario.network
    vpc = network.get("vpc-main")
    assert vpc is not None
    elsewhere = network.put(replace(vpc, cidrs=(network.get("vpc-none").cidrs[0],)))  # type: ignore[union-attr]
    hops, _ = walk(elsewhere, Arrival(node="client"), LAB.ask("in").legs[0].hops[0].packet, Connections(), Assumptions())
    assert hops[-1].reason == "IGW_DEST_NOT_IN_VPC"


def test_an_error_from_outside_speaks_of_the_private_address() -> None:
    """R-306: the address that is translated is translated in what the error quotes too, and no other."""
    sent = LAB.ask("out").legs[0].last.packet
    error = Packet(src=sent.dst, dst=sent.src, protocol="icmp", icmp_type=3, icmp_code=3, about=sent)
    hops, _ = walk(LAB.scenario.network, Arrival(node="client"), error, Connections(), Assumptions())
    about = hops[-1].packet.about
    assert about is not None
    assert (hops[-1].node, str(about.src), str(about.dst)) == ("i-pub", "10.0.1.10", "198.51.100.10")


def test_hairpin_by_public_addresses() -> None:
    """R-098: both addresses change, so a reference to the sender's group does not match; by private addresses it does."""
    assert LAB.outcome("direct") == "ok"
    assert LAB.outcome("hairpin") == "forward:SG_INGRESS_DENY"
    conversation = LAB.ask("hairpin", "sg-ref.ingress+=tcp 80 203.0.113.10/32")
    assert conversation.outcome == "ok"
    assert conversation.legs[0].last.packet.socket("src") == "203.0.113.10:50000"
    assert "IGW_NAT_REFLECTION" in [warning.code for warning in conversation.warnings]


def test_an_appliances_answer_keeps_the_servers_address() -> None:
    """R-099: what the appliance forwards unchanged leaves with the server's public address, not with the appliance's."""
    conversation = LAB.ask("app")
    assert conversation.outcome == "ok"
    assert "i-fw" in nodes(conversation, 1)
    assert conversation.legs[1].last.packet.socket("src") == "203.0.113.30:80"


def test_one_gateway_for_each_vpc() -> None:
    """R-086: a second one is a mistake in the file."""
    assert problems(TEXT.replace("{igw: {", "{igw-2: {vpc: vpc-main}, igw: {")) == ["E217"]


def test_attaching_and_detaching() -> None:
    """R-036, R-086, R-103: not while public addresses are mapped; afterwards its routes are blackholes; one VPC has one gateway."""
    refusal = LAB.refusal("igw.vpc=none")
    assert (refusal.error, refusal.rule) == ("DependencyViolation", "R-103")
    unmapped = tuple(f"{eni}.public_ip=none" for eni in ("eni-pub", "eni-twin", "eni-fw", "eni-app", "eni-free"))
    assert LAB.outcome("out", *unmapped, "igw.route_table=none", "igw.vpc=none") == "forward:ROUTE_BLACKHOLE"
    assert LAB.refusal(*unmapped, "igw.vpc=none").rule == "R-052"
    assert LAB.refusal("igw.vpc=vpc-none").error == "Resource.AlreadyAssociated"
    two = Lab(TEXT.replace("{igw: {", "{igw-2: {vpc: vpc-none}, igw: {"))
    assert two.refusal("igw-2.vpc=none", "igw-2.vpc=vpc-main").error == "InvalidParameterValue"
    assert two.outcome("out", "igw-2.vpc=none") == "ok"
    assert two.commands("igw-2.vpc=none") == ("aws ec2 detach-internet-gateway --internet-gateway-id igw-2 --vpc-id vpc-none",)


def test_public_address_needs_a_gateway() -> None:
    """R-104: AssociateAddress in a VPC without an internet gateway fails."""
    refusal = LAB.refusal("eni-none.public_ip=203.0.113.77")
    assert (refusal.error, refusal.rule) == ("Gateway.NotAttached", "R-104")


def test_a_gateway_of_another_vpc() -> None:
    """R-043: refused, and dropped where a table has it all the same."""
    assert LAB.refusal("rtb-none[0.0.0.0/0]=igw").reason == "ROUTE_REFUSED_OTHER_VPC"
    network = LAB.scenario.network
    moved = network.put(replace(network.the(InternetGateway, "igw"), vpc="vpc-none"))
    packet = replace(LAB.ask("out").legs[0].hops[0].packet, src=parse_address("10.0.1.10"))
    hops, _ = walk(moved, Arrival(node="i-pub"), packet, Connections(), Assumptions())
    assert hops[-1].reason == "ROUTE_TARGET_WRONG_VPC"
