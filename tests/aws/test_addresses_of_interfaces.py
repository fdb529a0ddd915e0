"""Secondary addresses, delegated prefixes, secondary ranges, pools that are brought along, addresses of the operating system alone."""

import pytest

from tests.aws.lab import Lab
from tests.aws.tracing import hop, nodes, problems
from vpctui.address import parse_prefix
from vpctui.aws.range_changes import misfit

TEXT = """
vpcs: {vpc-main: {cidr: [10.0.0.0/16, 10.5.0.0/16], ipv6_cidr: "2001:db8:10::/56"}}
subnets:
  sn-a:  {cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:10:1::/64", az: a, route_table: rtb}
  sn-b:  {cidr: 10.5.1.0/24, az: a, route_table: rtb}
route_tables:
  rtb:      {0.0.0.0/0: igw, "::/0": igw, 192.168.77.0/24: eni-two}
  rtb-edge: {192.0.2.0/24: eni-two}
internet_gateways: {igw: {route_table: rtb-edge, public_ipv4_pools: [192.0.2.0/23]}}
instances:
  i-one:
    {subnet: sn-a, private_ip: 10.0.1.10, public_ip: 203.0.113.10, secondary_private_ips: {10.0.1.11: 203.0.113.11, 10.0.1.12: none}}
  i-two:
    {subnet: sn-a, private_ip: 10.0.1.20, public_ip: 203.0.113.20, ipv6: "2001:db8:10:1::20", secondary_private_ips: [10.0.1.21],
     source_dest_check: off, local_addresses: [192.0.2.7, 192.168.77.1]}
  i-pods: {subnet: sn-a, private_ip: 10.0.1.30, ipv6: "2001:db8:10:1::30", prefixes: [10.0.1.64/28, "2001:db8:10:1:64::/80"]}
  i-b:    {subnet: sn-b, private_ip: 10.5.1.10}
hosts: {client: {ip: 198.51.100.10, ipv6: "2001:db8:ffff::10"}}
flows:
  first:  {from: client, to: "203.0.113.10:80"}
  second: {from: client, to: "203.0.113.11:80", source_port: 50001}
  inside: {from: i-b, to: "10.0.1.12:80"}
  out2:   {from: i-one, to: "client:443", source_ip: 10.0.1.11}
  out3:   {from: i-one, to: "client:443", source_ip: 10.0.1.12}
  pod:    {from: i-b, to: "10.0.1.70:80"}
  pod-out: {from: i-pods, to: "i-b:80", source_ip: 10.0.1.79}
  pod-net: {from: i-pods, to: "client:80", source_ip: 10.0.1.79}
  pod6:   {from: client, to: "[2001:db8:10:1:64::5]:80", ipv6: on}
  past:   {from: i-b, to: "10.0.1.80:80"}
  pool:   {from: client, to: "192.0.2.7:80"}
  poolaway: {from: i-two, to: "198.51.100.200:443", source_ip: 192.0.2.7}
  poolout: {from: i-two, to: "client:443", source_ip: 192.0.2.7}
  poolfake: {from: i-one, to: "client:443", source_ip: 192.0.2.7}
  beyond: {from: client, to: "192.0.3.7:80"}
  alias:  {from: i-b, to: "192.168.77.1:80"}
  lost:   {from: i-b, to: "192.168.78.1:80"}
"""
LAB = Lab(TEXT)


def test_secondary_addresses_have_their_own_public_ones() -> None:
    """R-097, R-313: one Elastic IP for each private address, both ways."""
    for flow, private, public in (("first", "10.0.1.10:80", "203.0.113.10:80"), ("second", "10.0.1.11:80", "203.0.113.11:80")):
        conversation = LAB.ask(flow)
        assert conversation.outcome == "ok"
        assert conversation.legs[0].last.packet.socket("dst") == private
        assert conversation.legs[1].last.packet.socket("src") == public


def test_an_interface_stands_for_its_address_on_the_side_of_the_sender() -> None:
    """From outside its public one, from inside its private one."""
    lab = Lab(TEXT + '  by-name: {from: client, to: "eni-one:80"}\n  by-name-inside: {from: i-b, to: "eni-one:80"}\n')
    for flow, address in (("by-name", "203.0.113.10:80"), ("by-name-inside", "10.0.1.10:80")):
        found = lab.ask(flow)
        assert (found.outcome, found.hops[0].packet.socket("dst")) == ("ok", address)


@pytest.mark.parametrize("length", range(40, 65))
def test_a_range_of_ipv6_has_a_length_that_aws_gives(length: int) -> None:
    """R-308: /44 to /60 in steps of four; the internet finds a VPC of each."""
    net = f"""
    vpcs: {{vpc: {{cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8::/{length}"}}}}
    subnets: {{sn: {{cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8::/64", route_table: rtb}}}}
    route_tables: {{rtb: {{"::/0": igw}}}}
    internet_gateways: {{igw: {{}}}}
    instances: {{i-six: {{subnet: sn, private_ip: 10.0.1.10, ipv6: "2001:db8::10"}}}}
    hosts: {{client: {{ipv6: "2001:db8:ffff::10"}}}}
    flows: {{in: {{from: client, to: "[2001:db8::10]:80"}}}}
    """
    if length in (44, 48, 52, 56, 60):
        assert Lab(net).outcome("in") == "ok"
    else:
        assert "E219" in problems(net)


def test_secondary_addresses_satisfy_the_check() -> None:
    """R-131, R-313: they belong to the interface in both directions."""
    assert LAB.outcome("inside") == "ok"
    assert LAB.ask("out2").legs[0].last.packet.socket("src") == "203.0.113.11:50000"
    assert LAB.outcome("out3") == "forward:IGW_NO_PUBLIC_IP_EGRESS"  # a mapping is of one private address


def test_a_public_address_for_a_secondary_one() -> None:
    """R-097, R-343: associated with one private address, taken from whoever had it."""
    assert LAB.outcome("out3", "eni-one.secondary_public_ips[10.0.1.12]=203.0.113.12") == "ok"
    assert LAB.outcome("first", "eni-one.secondary_public_ips[10.0.1.12]=203.0.113.12") == "ok"
    assert LAB.outcome("second", "eni-one.secondary_public_ips[10.0.1.11]=none") == "forward:DEST_IP_UNASSIGNED"
    moved = ("eni-one.secondary_public_ips[10.0.1.12]=203.0.113.11",)
    assert LAB.ask("second", *moved).legs[0].last.packet.socket("dst") == "10.0.1.12:80"
    assert LAB.outcome("out2", *moved) == "forward:IGW_NO_PUBLIC_IP_EGRESS"
    assert LAB.ask("first", "eni-one.secondary_public_ips[10.0.1.11]=203.0.113.10").legs[0].last.packet.socket("dst") == "10.0.1.11:80"
    assert LAB.ask("second", "eni-one.public_ip=203.0.113.11").legs[0].last.packet.socket("dst") == "10.0.1.10:80"
    assert LAB.outcome("out2", "eni-one.public_ip=203.0.113.11") == "forward:IGW_NO_PUBLIC_IP_EGRESS"
    assert nodes(LAB.ask("second", "eni-two.public_ip=203.0.113.11"))[-1] == "i-two"


def test_what_such_a_change_is_in_aws() -> None:
    """R-097: AssociateAddress with a private address; one that the interface does not have is refused."""
    assert LAB.commands("eni-one.secondary_public_ips[10.0.1.12]=203.0.113.12") == (
        "aws ec2 associate-address --allocation-id ALLOCATION-OF-203.0.113.12 --network-interface-id eni-one"
        " --private-ip-address 10.0.1.12 --allow-reassociation",
    )
    assert LAB.commands("eni-one.secondary_public_ips[10.0.1.11]=none") == ("aws ec2 disassociate-address --association-id ASSOCIATION-OF-203.0.113.11",)
    assert LAB.refusal("eni-one.secondary_public_ips[10.0.1.99]=203.0.113.12").rule == "R-097"
    assert LAB.refusal("eni-one.secondary_public_ips[10.0.1.12]=10.0.0.9").rule == "R-087"


def test_an_address_moves_with_its_public_one() -> None:
    """R-313, R-344: one transfer; the old interface has neither afterwards."""
    moved = LAB.ask("second", "eni-two.secondary_private_ips+=10.0.1.11")
    assert moved.outcome == "ok"
    assert nodes(moved)[-1] == "i-two"
    assert moved.legs[1].last.packet.socket("src") == "203.0.113.11:80"
    assert LAB.outcome("out2", "eni-two.secondary_private_ips+=10.0.1.11") == "forward:ENI_SRC_DST_CHECK_OUT"
    back = ("eni-two.secondary_private_ips+=10.0.1.11", "eni-one.secondary_private_ips+=10.0.1.11")
    assert nodes(LAB.ask("second", *back))[-1] == "i-one"
    assert LAB.outcome("second", "eni-one.secondary_private_ips-=10.0.1.11") == "forward:DEST_IP_UNASSIGNED"


def test_what_cannot_move() -> None:
    """R-313: to another subnet, or a primary address."""
    assert LAB.refusal("eni-b.secondary_private_ips+=10.0.1.11").rule == "R-313"
    refusal = LAB.refusal("eni-two.secondary_private_ips+=10.0.1.10")
    assert (refusal.error, refusal.rule) == ("InvalidIPAddress.InUse", "R-313")


def test_delegated_prefixes() -> None:
    """R-314: every address of the block is deliverable to the interface and passes its check, the next one is nobody's."""
    assert LAB.outcome("pod") == "ok"
    assert nodes(LAB.ask("pod"))[-1] == "i-pods"
    assert LAB.outcome("pod-out") == "ok"
    assert LAB.outcome("past") == "forward:DEST_IP_UNASSIGNED"
    assert LAB.outcome("pod-net") == "forward:IGW_NO_PUBLIC_IP_EGRESS"  # known to the gateway, but without a public address
    six = LAB.ask("pod6")
    assert (six.outcome, nodes(six)[-1]) == ("ok", "i-pods")


@pytest.mark.parametrize("prefix", ["10.0.1.64/27", '"2001:db8:10:1:64::/96"'])
def test_size_of_a_delegated_prefix(prefix: str) -> None:
    """R-314: /28 or /80."""
    assert "E219" in problems(TEXT.replace('[10.0.1.64/28, "2001:db8:10:1:64::/80"]', f"[{prefix}]"))


def test_secondary_ranges_have_local_routes_of_their_own() -> None:
    """R-317: in every table, so subnets of different ranges reach each other without a route."""
    conversation = LAB.ask("inside")
    assert hop(conversation, "vpc-main").route == "10.0.0.0/16"
    assert hop(conversation, "vpc-main", 1).route == "10.5.0.0/16"
    lookup = hop(conversation, "vpc-main").lookup
    assert lookup is not None
    assert [row.destination for row in lookup.candidates if row.target == "local"] == ["10.0.0.0/16", "10.5.0.0/16", "2001:db8:10::/56"]


def test_each_range_is_a_destination_of_an_edge_table() -> None:
    """R-054, R-317: the whole secondary block is legal there."""
    assert LAB.outcome("inside", "rtb-edge[10.5.0.0/16]=eni-two") == "ok"
    assert LAB.refusal("rtb-edge[10.4.0.0/16]=eni-two").reason == "ROUTE_REFUSED_EDGE_DEST_OUTSIDE_VPC"


def test_public_range_inside_a_vpc() -> None:
    """R-318: inside the VPC the local route wins over the internet, whoever else has the address."""
    text = TEXT.replace("[10.0.0.0/16, 10.5.0.0/16]", "[10.0.0.0/16, 10.5.0.0/16, 198.51.0.0/16]")
    text = text.replace("  sn-b:", "  sn-pub: {cidr: 198.51.100.0/24, az: a, route_table: rtb}\n  sn-b:")
    text = text.replace("  i-b:", "  i-pub: {subnet: sn-pub, private_ip: 198.51.100.44}\n  i-b:").replace(
        "flows:\n", 'flows:\n  near: {from: i-b, to: "198.51.100.44:80"}\n'
    )
    conversation = Lab(text).ask("near")
    assert (conversation.outcome, nodes(conversation)) == ("ok", ["i-b", "vpc-main", "i-pub"])


def test_a_pool_on_the_edge_table() -> None:
    """R-078, R-079, R-316, R-337: packets for any of its addresses reach the interface untranslated, and leave so."""
    conversation = LAB.ask("pool")
    assert conversation.outcome == "ok"
    assert conversation.legs[0].last.packet.socket("dst") == "192.0.2.7:80"
    assert hop(conversation, "igw").route == "192.0.2.0/24"
    assert conversation.legs[1].last.packet.socket("src") == "192.0.2.7:80"
    assert LAB.outcome("pool", "eni-two.source_dest_check=on") == "forward:ENI_SRC_DST_CHECK_IN"
    assert LAB.outcome("pool", "i-two.state=stopped") == "forward:ROUTE_BLACKHOLE"
    assert LAB.outcome("beyond") == "forward:GWRT_NO_ROUTE"


def test_a_pool_needs_the_edge_table() -> None:
    """R-078: without the association nobody in the VPC holds its addresses."""
    assert LAB.outcome("pool", "igw.route_table=none") == "forward:IGW_UNKNOWN_PUBLIC_IP_INGRESS"
    assert LAB.outcome("poolout", "igw.route_table=none") == "forward:SPOOFED_SOURCE"


def test_who_may_send_from_a_pool() -> None:
    """R-080, R-089: the machine to which the edge table gives the address; from another one the source is forged."""
    assert LAB.outcome("poolout") == "ok"
    assert LAB.ask("poolout").legs[0].last.packet.socket("src") == "192.0.2.7:50000"
    assert LAB.outcome("poolaway") == "ok"  # whoever that is, the internet knows
    assert LAB.outcome("poolfake", "eni-one.source_dest_check=off") == "forward:SPOOFED_SOURCE"


def test_routes_of_a_pool() -> None:
    """R-079: /23 to /28 of the pool, to an interface."""
    assert LAB.refusal("rtb-edge[192.0.2.7/32]=eni-two").reason == "ROUTE_REFUSED_EDGE_DEST_OUTSIDE_VPC"
    assert LAB.refusal("rtb-edge[192.0.3.0/28]=local").reason == "ROUTE_REFUSED_LOCAL_TARGET"
    assert LAB.outcome("beyond", "rtb-edge[192.0.3.0/28]=eni-two") == "forward:IP_FORWARDING_OFF"


def test_addresses_of_the_operating_system() -> None:
    """R-315: reached by a route to the interface, never by the address alone."""
    assert LAB.outcome("alias") == "ok"
    assert LAB.outcome("alias", "eni-two.source_dest_check=on") == "forward:ENI_SRC_DST_CHECK_IN"
    assert LAB.ask("lost").legs[0].last.reason == "IGW_PRIVATE_DEST_EGRESS"


def test_associating_a_block() -> None:
    """R-317: it brings its local route into every table."""
    lookup = hop(LAB.ask("first", "vpc-main.cidr+=100.64.0.0/16"), "vpc-main", 1).lookup
    assert lookup is not None
    assert "100.64.0.0/16" in [row.destination for row in lookup.candidates if row.target == "local"]
    assert LAB.commands("vpc-main.cidr+=100.64.0.0/16") == ("aws ec2 associate-vpc-cidr-block --vpc-id vpc-main --cidr-block 100.64.0.0/16",)
    assert LAB.commands("vpc-main.cidr-=10.5.0.0/16") == ("aws ec2 disassociate-vpc-cidr-block --association-id ASSOCIATION-OF-10.5.0.0/16",)
    assert LAB.outcome("first", "vpc-main.ipv6_cidr+=2001:db8:40::/56", "vpc-main.ipv6_cidr-=2001:db8:40::/56") == "ok"
    for length in (43, 58, 61, 62, 63, 64):
        assert LAB.refusal(f"vpc-main.ipv6_cidr+=2001:db8:40::/{length}").error == "InvalidVpc.Range"
    for length in (44, 48, 52, 56, 60):
        assert LAB.outcome("first", f"vpc-main.ipv6_cidr+=2001:db8:40::/{length}") == "ok"
    assert LAB.refusal("vpc-main.cidr=10.5.0.0/16").reason == "QUERY_INVALID"


def test_what_may_not_be_taken_away() -> None:
    """R-317: the primary block never, a secondary one not while a subnet lies in it."""
    assert LAB.refusal("vpc-main.cidr-=10.0.0.0/16").error == "OperationNotPermitted"
    assert LAB.refusal("vpc-main.cidr-=10.5.0.0/16").error == "DependencyViolation"
    assert LAB.refusal("vpc-main.ipv6_cidr-=2001:db8:10::/56").error == "DependencyViolation"
    assert LAB.refusal("vpc-main.cidr-=10.7.0.0/16").rule == "R-317"
    assert LAB.outcome("inside", "vpc-main.cidr+=10.6.0.0/16", "vpc-main.cidr-=10.6.0.0/16") == "ok"


def test_how_many_blocks() -> None:
    """R-317: five of each family by default."""
    full = tuple(f"vpc-main.cidr+=10.{number}.0.0/16" for number in (6, 7, 8))
    assert LAB.outcome("first", *full) == "ok"
    assert LAB.refusal(*full, "vpc-main.cidr+=10.9.0.0/16").error == "CidrLimitExceeded"


def test_a_block_must_not_swallow_a_route() -> None:
    """R-031: equal to or larger than a destination of any table of the VPC."""
    lab = Lab(TEXT.replace("192.168.77.0/24: eni-two}", "10.8.0.0/24: eni-two}"))
    refusal = lab.refusal("vpc-main.cidr+=10.8.0.0/16")
    assert (refusal.error, refusal.rule, refusal.hint) == ("InvalidParameterValue", "R-031", "rtb[10.8.0.0/24]=none")


@pytest.mark.parametrize(
    ("first", "block", "fits"),
    [
        ("10.1.0.0/16", "10.9.0.0/16", True),
        ("10.1.0.0/16", "10.0.0.0/16", False),
        ("10.4.0.0/16", "10.0.0.0/16", True),
        ("10.1.0.0/16", "192.168.0.0/24", False),
        ("10.1.0.0/16", "172.20.0.0/16", False),
        ("10.1.0.0/16", "198.19.0.0/16", False),
        ("10.1.0.0/16", "100.64.0.0/16", True),
        ("10.1.0.0/16", "203.0.113.0/24", True),
        ("172.16.0.0/16", "172.31.0.0/16", False),
        ("172.16.0.0/16", "172.30.0.0/16", True),
        ("192.168.0.0/16", "10.0.0.0/16", False),
        ("100.64.0.0/16", "10.0.0.0/16", False),
        ("100.64.0.0/16", "198.19.0.0/16", False),
        ("198.19.0.0/20", "198.19.16.0/20", True),
        ("198.19.0.0/20", "10.0.0.0/16", False),
        ("10.1.0.0/16", "10.9.0.0/29", False),
        ("10.1.0.0/16", "10.8.0.0/15", False),
        ("10.1.0.0/16", "127.1.0.0/16", False),
        ("10.1.0.0/16", "169.254.0.0/24", False),
    ],
)
def test_which_blocks_may_join(first: str, block: str, fits: bool) -> None:
    """R-030: sizes, ranges that are never allowed, and which families may stand side by side."""
    primary = parse_prefix(first)
    assert misfit(primary, parse_prefix(block), (primary,)) is not fits
