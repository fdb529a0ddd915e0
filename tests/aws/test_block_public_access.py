"""VPC Block Public Access: modes, exclusions, appliances, firewalls, pools."""

import pytest

from tests.aws.lab import Lab, at, rules
from tests.aws.tracing import hop

TEXT = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:10::/56"}}
subnets:
  sn-pub:  {cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:10:1::/64", az: a, route_table: rtb-pub}
  sn-priv: {cidr: 10.0.2.0/24, ipv6_cidr: "2001:db8:10:2::/64", az: a, route_table: rtb-priv}
  sn-app:  {cidr: 10.0.3.0/24, az: a, route_table: rtb-app}
  sn-fw:   {cidr: 10.0.4.0/24, az: a, route_table: rtb-pub}
  sn-nfw:  {cidr: 10.0.5.0/24, az: a, route_table: rtb-pub}
  sn-web:  {cidr: 10.0.6.0/24, az: a, route_table: rtb-web}
route_tables:
  rtb-edge: {10.0.3.0/24: eni-fw, 10.0.6.0/24: vpce-fw, 192.0.2.0/24: eni-pool}
  rtb-pub:  {0.0.0.0/0: igw, "::/0": igw}
  rtb-priv: {0.0.0.0/0: nat, "::/0": eigw}
  rtb-app:  {0.0.0.0/0: eni-fw}
  rtb-web:  {0.0.0.0/0: vpce-fw}
internet_gateways: {igw: {route_table: rtb-edge, public_ipv4_pools: [192.0.2.0/24]}}
egress_only_internet_gateways: {eigw: {}}
nat_gateways: {nat: {subnet: sn-pub, private_ip: 10.0.1.5, public_ip: 203.0.113.5}}
instances:
  i-pub:  {subnet: sn-pub, private_ip: 10.0.1.10, public_ip: 203.0.113.10, ipv6: "2001:db8:10:1::10"}
  i-priv: {subnet: sn-priv, private_ip: 10.0.2.10, ipv6: "2001:db8:10:2::10"}
  i-app:  {subnet: sn-app, private_ip: 10.0.3.10, public_ip: 203.0.113.30}
  i-fw:   {subnet: sn-fw, private_ip: 10.0.4.10, public_ip: 203.0.113.40, source_dest_check: off, ip_forward: on}
  i-web:  {subnet: sn-web, private_ip: 10.0.6.10, public_ip: 203.0.113.60}
  i-pool: {subnet: sn-pub, private_ip: 10.0.1.20, public_ip: 203.0.113.20, source_dest_check: off, local_addresses: [192.0.2.7]}
vpc_endpoints:
  vpce-fw: {type: gateway_load_balancer, subnet: sn-nfw, private_ip: 10.0.5.20, service: nfw}
endpoint_services: {nfw: {type: network_firewall}}
hosts: {client: {ip: 198.51.100.10, ipv6: "2001:db8:ffff::10"}}
flows:
  in:    {from: client, to: "203.0.113.10:80"}
  in6:   {from: client, to: "[2001:db8:10:1::10]:80", ipv6: on}
  out:   {from: i-pub, to: "client:443", source_port: 50001}
  out6:  {from: i-pub, to: "[2001:db8:ffff::10]:443", source_port: 50002}
  nat:   {from: i-priv, to: "client:443", source_port: 50003}
  eigw:  {from: i-priv, to: "[2001:db8:ffff::10]:443", source_port: 50004}
  app:   {from: client, to: "203.0.113.30:80", source_port: 50005}
  appout: {from: i-app, to: "client:443", source_port: 50006}
  web:   {from: client, to: "203.0.113.60:80", source_port: 50007}
  webout: {from: i-web, to: "client:443", source_port: 50008}
  pool:  {from: client, to: "192.0.2.7:80", source_port: 50009}
  poolout: {from: i-pool, to: "client:443", source_ip: 192.0.2.7, source_port: 50011}
  local: {from: i-pub, to: "10.0.2.10:80", source_port: 50010}
"""
LAB = Lab(TEXT)
BIDIRECTIONAL, INGRESS = "vpc-main.block_public_access=bidirectional", "vpc-main.block_public_access=ingress"
BLOCKED = "forward:VPC_BPA_BLOCK"
ALL = ("in", "in6", "out", "out6", "nat", "eigw", "app", "appout", "web", "webout", "pool")


@pytest.mark.parametrize("flow", ALL)
def test_off_and_bidirectional(flow: str) -> None:
    """R-105: off, everything works; bidirectional stops what meets an internet gateway or an egress-only one, and nothing else."""
    assert LAB.outcome(flow) == "ok"
    assert LAB.outcome(flow, BIDIRECTIONAL) == BLOCKED
    assert LAB.outcome("local", BIDIRECTIONAL) == "ok"


def test_asked_first() -> None:
    """R-105: before translation, edge table and address checks; the mend switches it off."""
    blocked = LAB.ask("in", BIDIRECTIONAL).legs[0].last
    assert rules(blocked) == ["block-public-access"]
    assert blocked.action.mends == ("vpc-main.block_public_access=off",)  # type: ignore[union-attr]
    assert rules(LAB.ask("eigw", BIDIRECTIONAL).legs[0].last) == ["block-public-access"]


@pytest.mark.parametrize("flow", ALL)
def test_ingress_leaves_what_only_opens_outward(flow: str) -> None:
    """R-105: NAT gateways and egress-only internet gateways keep working, instances with public addresses do not."""
    assert LAB.outcome(flow, INGRESS) == ("ok" if flow in ("nat", "eigw") else BLOCKED)


def test_ingress_says_who_may() -> None:
    """R-105: the step names the gateway that opens outward."""
    assert at(hop(LAB.ask("nat", INGRESS), "igw"), "block-public-access-outward").facts["by"] == "nat"
    assert at(hop(LAB.ask("eigw", INGRESS), "eigw"), "block-public-access-outward").facts["by"] == "eigw"


@pytest.mark.parametrize("mode", [BIDIRECTIONAL, INGRESS])
def test_exclusion_of_the_vpc(mode: str) -> None:
    """R-105: a bidirectional exclusion of the VPC admits everything, pools and Network Firewall too."""
    for flow in ALL:
        assert LAB.outcome(flow, mode, "vpc-main.block_public_access_exclusion=bidirectional") == "ok", flow


def test_egress_exclusion() -> None:
    """R-105: outbound connections and their answers, no inbound ones; in ingress mode it changes nothing."""
    for place in ("vpc-main", "sn-pub"):
        excluded = f"{place}.block_public_access_exclusion=egress"
        assert LAB.outcome("out", BIDIRECTIONAL, excluded) == "ok"
        assert LAB.outcome("out6", BIDIRECTIONAL, excluded) == "ok"
        assert LAB.outcome("in", BIDIRECTIONAL, excluded) == BLOCKED
        assert LAB.outcome("in6", BIDIRECTIONAL, excluded) == BLOCKED
        assert LAB.outcome("out", INGRESS, excluded) == BLOCKED


def test_exclusion_of_a_subnet() -> None:
    """R-105: only flows of that subnet; the one of the NAT gateway for what passes it, the client's own for an egress-only gateway."""
    excluded = "sn-pub.block_public_access_exclusion=bidirectional"
    for flow in ("in", "in6", "out", "out6", "nat"):
        assert LAB.outcome(flow, BIDIRECTIONAL, excluded) == "ok", flow
    assert LAB.outcome("eigw", BIDIRECTIONAL, excluded) == BLOCKED
    assert LAB.outcome("eigw", BIDIRECTIONAL, "sn-priv.block_public_access_exclusion=egress") == "ok"


def test_the_appliances_subnet_counts() -> None:
    """R-106: with ingress routing it is the appliance's subnet that must be excluded; the workload's need not be and does not help."""
    for flow in ("app", "appout"):
        assert LAB.outcome(flow, BIDIRECTIONAL, "sn-app.block_public_access_exclusion=bidirectional") == BLOCKED
        assert LAB.outcome(flow, BIDIRECTIONAL, "sn-fw.block_public_access_exclusion=bidirectional") == "ok"
        assert (
            at(hop(LAB.ask(flow, BIDIRECTIONAL, "sn-fw.block_public_access_exclusion=bidirectional"), "igw"), "block-public-access-exclusion").facts["of"]
            == "sn-fw"
        )


def test_network_firewall_is_blocked_all_the_same() -> None:
    """R-106: the exclusion of the firewall endpoint's subnet does not count; that of a Gateway Load Balancer endpoint's would."""
    excluded = "sn-nfw.block_public_access_exclusion=bidirectional"
    for flow in ("web", "webout"):
        assert LAB.outcome(flow, BIDIRECTIONAL, excluded) == BLOCKED
        assert LAB.outcome(flow, BIDIRECTIONAL, "sn-web.block_public_access_exclusion=bidirectional") == BLOCKED
    balanced = Lab(TEXT.replace("{type: network_firewall}", "{type: gateway_load_balancer, targets: [i-priv]}"))
    for flow in ("web", "webout"):
        assert balanced.outcome(flow, BIDIRECTIONAL, excluded) == "ok"


def test_pools_honour_only_the_vpcs_exclusion() -> None:
    """R-106, C-26: for addresses of a BYOIP pool the exclusion of the subnet does not count."""
    for flow in ("pool", "poolout"):
        assert LAB.outcome(flow, BIDIRECTIONAL, "sn-pub.block_public_access_exclusion=bidirectional") == BLOCKED
        assert LAB.outcome(flow, BIDIRECTIONAL, "vpc-main.block_public_access_exclusion=bidirectional") == "ok"


def test_commands() -> None:
    """ModifyVpcBlockPublicAccessOptions and the exclusions' own calls."""
    assert LAB.commands(INGRESS) == ("aws ec2 modify-vpc-block-public-access-options --internet-gateway-block-mode block-ingress",)
    assert LAB.commands("sn-fw.block_public_access_exclusion=egress") == (
        "aws ec2 create-vpc-block-public-access-exclusion --internet-gateway-exclusion-mode allow-egress --subnet-id sn-fw",
    )
