"""IPv6 through everything that IPv4 passes: routes, checks, filters, edge tables, services of the host."""

import pytest

from tests.aws.lab import Lab, rules
from tests.aws.tracing import hop, nodes, problems

TEXT = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16, ipv6_cidr: ["2001:db8:10::/56", "2001:db8:20::/56"]}}
subnets:
  sn-app: {cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:10:1::/64", az: a, route_table: rtb-app, network_acl: acl}
  sn-fw:  {cidr: 10.0.2.0/24, ipv6_cidr: "2001:db8:10:2::/64", az: a, route_table: rtb-fw}
  sn-six: {ipv6_cidr: "2001:db8:20:3::/64", az: a, route_table: rtb-fw}
route_tables:
  rtb-edge: {10.0.1.0/24: eni-fw}
  rtb-app: {0.0.0.0/0: igw, "::/0": igw}
  rtb-fw:  {0.0.0.0/0: igw, "::/0": igw}
internet_gateways: {igw: {route_table: rtb-edge}}
network_acls:
  acl: {ingress: {100: "allow all 0.0.0.0/0", 101: "allow all ::/0"}, egress: {100: "allow all 0.0.0.0/0", 101: "allow all ::/0"}}
instances:
  i-app: {subnet: sn-app, private_ip: 10.0.1.10, public_ip: 203.0.113.10, ipv6: "2001:db8:10:1::10", security_groups: [sg-app], listens: [80]}
  i-fw:  {subnet: sn-fw, private_ip: 10.0.2.10, public_ip: 203.0.113.20, ipv6: "2001:db8:10:2::10", source_dest_check: off, ip_forward: on, inspect: strict}
  i-four: {subnet: sn-fw, private_ip: 10.0.2.20, public_ip: 203.0.113.30, source_dest_check: off, ip_forward: on}
  i-six: {subnet: sn-six, ipv6: ["2001:db8:20:3::10", "2001:db8:20:3::11"]}
  i-shy: {subnet: sn-fw, private_ip: 10.0.2.30, ipv6: "2001:db8:10:2::30", deny_all_igw_traffic: on}
security_groups:
  sg-app: {ingress: ["tcp 80 0.0.0.0/0", "tcp 80 ::/0", "icmpv6 ::/0"]}
hosts:
  client: {ip: 198.51.100.10, ipv6: "2001:db8:ffff::10"}
flows:
  web4: {from: client, to: "203.0.113.10:80"}
  web6: {from: client, to: "i-app:80", ipv6: on}
  ping6: {from: client, to: i-app, protocol: icmpv6, ipv6: on}
  six:  {from: client, to: "[2001:db8:20:3::11]:80", ipv6: on}
  out6: {from: i-six, to: "[2001:db8:ffff::10]:443"}
  east: {from: i-six, to: "i-app:80", ipv6: on}
  shy:  {from: client, to: "i-shy:80", ipv6: on}
  shy-out: {from: i-shy, to: "[2001:db8:ffff::10]:443"}
  free: {from: client, to: "[2001:db8:10:1::99]:80", ipv6: on}
  spoof: {from: i-fw, to: "[2001:db8:ffff::10]:443", source_ip: "2001:db8:bad::1"}
  dns6: {from: i-six, to: "[fd00:ec2::253]:53", protocol: udp}
  imds4: {from: i-six, to: "169.254.169.254:80"}
  reserved: {from: i-six, to: "[fd00:ec2::1]:80"}
  ula: {from: i-fw, to: "[fd12:3456::1]:80"}
  over: {from: i-six, to: "client:443"}
"""
LAB = Lab(TEXT)
EDGE6 = "rtb-edge[2001:db8:10:1::/64]=eni-fw"
APP6 = "rtb-app[::/0]=eni-fw"


def test_no_translation() -> None:
    """R-100, R-307: the address is the same end to end, and reachable because of the route alone."""
    conversation = LAB.ask("web6")
    assert conversation.outcome == "ok"
    assert hop(conversation, "igw").arrived == hop(conversation, "igw").left
    assert conversation.legs[1].last.packet.socket("src") == "[2001:db8:10:1::10]:80"


def test_an_ipv4_route_does_not_divert_ipv6() -> None:
    """R-012, R-311: the edge table redirects IPv4 only, so IPv6 enters uninspected until it has its own route."""
    assert "i-fw" in nodes(LAB.ask("web4"))
    assert "i-fw" not in nodes(LAB.ask("web6"))
    both = LAB.ask("web6", EDGE6, APP6)
    assert both.outcome == "ok"
    assert "i-fw" in nodes(both)
    assert "i-fw" in nodes(both, 1)
    assert LAB.outcome("web6", APP6) == "return:APPLIANCE_STATE_MISS"
    assert LAB.outcome("web6", EDGE6) == "half-open"


def test_a_target_of_ipv6_needs_ipv6() -> None:
    """R-311, C-20: an IPv6 address of its own, but no public IPv4 address."""
    dropped = LAB.ask("web6", "rtb-edge[2001:db8:10:1::/64]=eni-four")
    assert (dropped.outcome, dropped.legs[0].last.node) == ("forward:NO_PATH", "igw")
    assert "edge-target-ipv6" in rules(dropped.legs[0].last)
    assert LAB.outcome("web6", EDGE6, APP6, "eni-fw.public_ip=none") == "ok"


def test_edge_destinations_of_ipv6() -> None:
    """R-054: a whole subnet or a whole range, in this family too."""
    assert LAB.refusal("rtb-edge[2001:db8:10:1::/80]=eni-fw").reason == "ROUTE_REFUSED_EDGE_DEST_NOT_SUBNET"
    assert LAB.refusal("rtb-edge[2001:db8:99::/64]=eni-fw").reason == "ROUTE_REFUSED_EDGE_DEST_OUTSIDE_VPC"
    assert LAB.outcome("web6", "rtb-edge[2001:db8:10::/56]=eni-fw", APP6) == "ok"


def test_the_same_checks() -> None:
    """R-310: source/destination check, security groups and network ACLs judge IPv6."""
    assert LAB.outcome("web6", EDGE6, APP6, "eni-fw.source_dest_check=on") == "forward:ENI_SRC_DST_CHECK_IN"
    assert LAB.outcome("web6", "sg-app.ingress-=tcp 80 ::/0") == "forward:SG_INGRESS_DENY"
    assert LAB.outcome("web6", "acl.ingress[101]=none") == "forward:NACL_INGRESS_DENY"
    assert LAB.outcome("web6", "acl.egress[101]=none") == "return:NACL_EGRESS_DENY"
    assert LAB.outcome("web4", "acl.ingress[101]=none", "rtb-app[0.0.0.0/0]=eni-fw") == "ok"
    assert LAB.outcome("ping6") == "ok"
    assert LAB.outcome("ping6", "sg-app.ingress-=icmpv6 ::/0") == "forward:SG_INGRESS_DENY"


def test_the_check_on_the_way_out() -> None:
    """R-310, R-130: a foreign IPv6 source does not leave an interface whose check is on."""
    assert LAB.outcome("spoof", "eni-fw.source_dest_check=on") == "forward:ENI_SRC_DST_CHECK_OUT"
    assert LAB.outcome("spoof") == "forward:SPOOFED_SOURCE"


def test_ipv6_only_subnet() -> None:
    """R-309: no IPv4 at all; every address of the interface is its own."""
    for flow in ("six", "out6", "east"):
        assert LAB.outcome(flow) == "ok", flow
    assert LAB.outcome("over") == "forward:GUEST_NO_ROUTE"


def test_services_of_the_host() -> None:
    """R-024, R-026, R-309: fd00:ec2:: is answered at the host, and so is link-local IPv4 of an IPv6-only instance; the rest of the range is not carried."""
    assert LAB.outcome("dns6") == "ok"
    assert LAB.outcome("imds4") == "ok"
    assert LAB.outcome("reserved") == "forward:DEST_RESERVED"
    assert LAB.refusal("rtb-fw[fd00:ec2::/48]=eni-fw").reason == "ROUTE_REFUSED_RESERVED"


def test_an_interface_that_denies_internet_gateways() -> None:
    """R-100: DenyAllIgwTraffic."""
    for flow in ("shy", "shy-out"):
        conversation = LAB.ask(flow)
        assert (conversation.outcome, conversation.legs[0].last.node) == ("forward:NO_PATH", "igw")
        assert "igw-denied" in rules(conversation.legs[0].last)


def test_an_address_that_nobody_holds() -> None:
    """R-307: it belongs to the VPC's range, so the gateway gets it, and an edge table may still redirect it."""
    conversation = LAB.ask("free")
    assert (conversation.outcome, conversation.legs[0].last.node) == ("forward:DEST_IP_UNASSIGNED", "igw")
    assert "i-fw" in nodes(LAB.ask("free", EDGE6))


def test_unique_local_addresses_are_not_on_the_internet() -> None:
    """R-090, R-307: publicness depends on the kind of address too."""
    assert LAB.outcome("ula") == "forward:IGW_PRIVATE_DEST_EGRESS"


@pytest.mark.parametrize(
    ("block", "codes"), [("2001:db8:10::/56", []), ("2001:db8:10::/57", ["E219"]), ("2001:db8::/40", ["E219"]), ("2001:db8:10::/64", ["E219"])]
)
def test_sizes_of_a_vpcs_range(block: str, codes: list[str]) -> None:
    """R-308: /44 to /60 in steps of four."""
    text = f'vpcs: {{vpc-main: {{cidr: 10.0.0.0/16, ipv6_cidr: "{block}"}}}}\n'
    assert problems(text) == codes


@pytest.mark.parametrize(
    ("block", "codes"), [("2001:db8:10:1::/64", []), ("2001:db8:10:10::/60", []), ("2001:db8:10:1::/66", ["E219"]), ("2001:db8:10:1::/80", ["E219"])]
)
def test_sizes_of_a_subnet(block: str, codes: list[str]) -> None:
    """R-308: /44 to /64 in steps of four."""
    text = 'vpcs: {vpc-main: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:10::/56"}}\nroute_tables: {rtb: {}}\n'
    text += f'subnets: {{sn: {{ipv6_cidr: "{block}", route_table: rtb}}}}\n'
    assert problems(text) == codes


GUESTS = """
vpcs:
  vpc-main: {cidr: 10.1.0.0/16, ipv6_cidr: "2001:db8:1::/56"}
  vpc-dark: {cidr: 10.2.0.0/16, ipv6_cidr: "2001:db8:2::/56"}
subnets:
  sn-fw:   {vpc: vpc-main, cidr: 10.1.1.0/24, ipv6_cidr: "2001:db8:1:1::/64", az: a, route_table: rtb-fw}
  sn-app:  {vpc: vpc-main, cidr: 10.1.2.0/24, ipv6_cidr: "2001:db8:1:2::/64", az: a, route_table: rtb-app}
  sn-dark: {vpc: vpc-dark, cidr: 10.2.1.0/24, ipv6_cidr: "2001:db8:2:1::/64", az: a, route_table: rtb-dark}
route_tables:
  rtb-fw:   {vpc: vpc-main, routes: {"::/0": igw}}
  rtb-app:  {vpc: vpc-main, routes: {"::/0": eni-fw}}
  rtb-dark: {vpc: vpc-dark, routes: {}}
internet_gateways: {igw: {vpc: vpc-main}}
instances:
  i-fw:   {subnet: sn-fw, private_ip: 10.1.1.10, ipv6: "2001:db8:1:1::10", source_dest_check: off, ip_forward: on, dnat: {8080: "10.1.2.10:80"}}
  i-app:  {subnet: sn-app, private_ip: 10.1.2.10, ipv6: "2001:db8:1:2::10"}
  i-dark: {subnet: sn-dark, private_ip: 10.2.1.10, ipv6: "2001:db8:2:1::10"}
hosts:
  client: {ip: 198.51.100.10, ipv6: "2001:db8:ffff::10"}
  old: {ip: 198.51.100.20}
flows:
  out:  {from: i-app, to: "[2001:db8:ffff::10]:443"}
  dnat: {from: client, to: "[2001:db8:1:1::10]:8080", ipv6: on}
  own:  {from: client, to: "[2001:db8:1:1::10]:80", source_ip: "2001:db8:1:1::10", reply: off, ipv6: on}
  dark: {from: i-fw, to: "[2001:db8:2:1::10]:80"}
  unrouted: {from: old, to: "[2001:db8:1:1::10]:80", source_ip: "2001:db8:ffff::20", reply: off, ipv6: on}
  forged: {from: client, to: "[2001:db8:1:1::10]:80", source_ip: "2001:db8:1:1::99", size: 1501, reply: off, ipv6: on}
"""
"""What the kernel was asked about an IPv6 guest."""


def test_masquerading_is_of_ipv4() -> None:
    """R-153, R-307: the command writes a rule of `table ip`; IPv6 leaves with the address that it came with."""
    found = Lab(GUESTS).ask("out", "i-fw.nat=masquerade")
    assert nodes(found)[2] == "i-fw"
    assert found.legs[0].last.packet.socket("src") == "[2001:db8:1:2::10]:50000"


def test_destination_translation_stays_in_its_family() -> None:
    """R-158: a row to an IPv4 address says nothing of an IPv6 packet; one to an IPv6 address does."""
    lab = Lab(GUESTS)
    assert lab.ask("dnat").legs[0].last.packet.socket("dst") == "[2001:db8:1:1::10]:8080"
    other = Lab(GUESTS.replace("10.1.2.10:80", "[2001:db8:1:2::10]:80"))
    assert other.ask("dnat").legs[0].last.packet.socket("dst") == "[2001:db8:1:2::10]:80"


def test_reverse_paths_are_looked_at_for_ipv4() -> None:
    """R-149: `rp_filter` is a setting of IPv4, and the kernel takes an own address as source, too."""
    for mode in ("off", "strict"):
        found = Lab(GUESTS).ask("own", f"i-fw.rp_filter={mode}")
        assert (found.outcome, found.legs[0].last.node) == ("ok", "i-fw")


def test_nobody_stands_in_for_an_address_of_a_vpc_without_a_way_in() -> None:
    """R-307: the range is that VPC's, whoever asks for it."""
    found = Lab(GUESTS).ask("dark")
    assert (found.outcome, found.legs[0].last.node) == ("forward:DEST_IP_UNASSIGNED", "igw")


def test_no_report_goes_out_to_an_address_inside() -> None:
    """R-296, R-307: who forges an address of the VPC is not told what fits."""
    found = Lab(GUESTS).ask("forged")
    assert (found.outcome, found.icmp) == ("forward:MTU_EXCEEDED_DF", None)


def test_a_host_without_ipv6_has_no_route_of_ipv6() -> None:
    """R-146: the kernel sends nothing, whatever source is written into the packet."""
    found = Lab(GUESTS).ask("unrouted")
    assert (found.outcome, found.legs[0].last.node) == ("forward:GUEST_NO_ROUTE", "old")
