"""VPCs, tables, filters, machines: what an import reads beyond Batfish's list, each field by what becomes of a packet."""

from typing import Any

from tests.interop.accounts import account, group, imported, interface, route, table, text_of
from tests.interop.tracing import ask, at, path
from vpctui.aws.instance import Instance
from vpctui.aws.nat_gateway import NatGateway
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.vpc import Vpc

CLIENT = {"source_ip": "198.51.100.7"}


def with_route(answers: dict[str, Any], found: dict[str, Any], name: str = "rtb-app") -> dict[str, Any]:
    """The answers with one more route in a table."""
    held = next(each for each in answers["RouteTables"] if each["RouteTableId"] == name)
    held["Routes"] = [row for row in held["Routes"] if row.get("GatewayId") == "local"] + [found]
    return answers


def test_an_edge_association_brings_the_appliance_into_the_way() -> None:
    """R-050, R-062: Associations[].GatewayId is the gateway route table of the internet gateway."""
    found = ask(imported(account()), "internet", "52.0.0.20:80", **CLIENT)
    assert path(found) == ["internet", "igw-1", "i-fw", "vpc-1", "i-app"]
    assert path(found, 1) == ["i-app", "vpc-1", "i-fw", "vpc-1", "igw-1", "internet"]
    assert found.outcome == "ok"


def test_source_dest_check_is_read_for_each_interface() -> None:
    """R-128: on, the appliance drops what is not its own."""
    answers = account()
    answers["NetworkInterfaces"][0]["SourceDestCheck"] = True
    assert ask(imported(answers), "internet", "52.0.0.20:80", **CLIENT).outcome == "forward:ENI_SRC_DST_CHECK_IN"


def test_forwarding_is_assumed_told_marked_and_can_be_flipped() -> None:
    """R-142: no API knows whether a guest forwards; where a route leads to it with the check off it is taken to."""
    text, notes = text_of(account())
    assert "# assumed: i-fw forwards (ip_forward on): rtb-app routes to eni-fw" in text
    assert any(note.severity == "assumed" and note.resource == "i-fw" for note in notes)
    scenario = imported(account())
    machine = scenario.network.the(Instance, "i-fw")
    assert machine.guest.ip_forward
    assert "ip_forward" in machine.assumed
    flow = ask(scenario, "internet", "52.0.0.20:80", **CLIENT)
    assert "NOTE_ASSUMED_VALUE" in [step.warning for step in at(flow, "i-fw").steps]
    flipped = ask(scenario, "internet", "52.0.0.20:80", "i-fw.ip_forward=off", **CLIENT)
    assert flipped.outcome == "forward:IP_FORWARDING_OFF"


def test_an_ordinary_instance_is_not_assumed_to_forward() -> None:
    machine = imported(account()).network.the(Instance, "i-app")
    assert (machine.guest.ip_forward, machine.assumed) == (False, ())


def test_a_stopped_instance_is_a_blackhole_and_not_absent() -> None:
    """R-036: the route stays and wins, and packets end there."""
    answers = account()
    answers["Reservations"][0]["Instances"][0]["State"]["Name"] = "stopped"
    found = ask(imported(answers), "i-app", "203.0.113.80:443")
    assert found.outcome == "forward:ROUTE_BLACKHOLE"
    assert found.legs[0].last.table == "rtb-app"


def test_an_unknown_route_target_stops_packets_and_does_not_fall_through() -> None:
    """R-042: a longer prefix to something new must win, not the default route behind it."""
    answers = with_route(account(), route("203.0.113.0/24", QuantumGatewayId="qgw-1"), "rtb-fw")
    answers["RouteTables"][1]["Routes"].append(route("0.0.0.0/0", GatewayId="igw-1"))
    text, notes = text_of(answers)
    found = ask(imported(answers), "i-fw", "203.0.113.80:443")
    assert found.outcome == "forward:UNSUPPORTED_COMPONENT"
    assert (found.legs[0].last.table, found.legs[0].last.target) == ("rtb-fw", "qgw-1")
    assert any("qgw-1 (QuantumGatewayId)" in note.text and note.source is not None for note in notes)
    assert "qgw-1: {kind: QuantumGatewayId}" in text


def test_targets_that_vpctui_does_not_model_stop_packets() -> None:
    """R-042: carrier gateways, local gateways, core networks and the like."""
    for key, target in (
        ("CarrierGatewayId", "cagw-1"),
        ("LocalGatewayId", "lgw-1"),
        ("CoreNetworkArn", "arn:aws:networkmanager::1:core-network/core-1"),
        ("OdbNetworkArn", "arn:aws:odb:us-east-1:1:odb-network/odb-1"),
    ):
        found = ask(imported(with_route(account(), route("0.0.0.0/0", **{key: target}), "rtb-fw")), "i-fw", "203.0.113.80:443")
        assert (found.outcome, found.legs[0].last.target) == ("forward:UNSUPPORTED_COMPONENT", target)


def test_a_target_that_is_not_in_the_data_stops_packets() -> None:
    """Half the permissions: no describe-internet-gateways."""
    answers = account()
    del answers["InternetGateways"]
    found = ask(imported(answers), "i-fw", "203.0.113.80:443")
    assert (found.outcome, found.legs[0].last.target) == ("forward:UNSUPPORTED_COMPONENT", "igw-1")


def test_a_route_that_is_a_blackhole_wins() -> None:
    """R-036: State is blackhole, and what it led to is gone."""
    dead = {**route("203.0.113.0/24", NatGatewayId="nat-gone"), "State": "blackhole"}
    found = ask(imported(with_route(account(), dead, "rtb-fw")), "i-fw", "203.0.113.80:443")
    assert found.outcome == "forward:ROUTE_BLACKHOLE"


def test_a_prefix_list_of_a_customer_is_a_destination() -> None:
    """R-018: describe-managed-prefix-lists and get-managed-prefix-list-entries, which share a key with describe-prefix-lists."""
    answers = with_route(account(), route("pl-1", GatewayId="igw-1"), "rtb-fw")
    answers["PrefixLists"] = [{"PrefixListId": "pl-1", "PrefixListName": "partners", "MaxEntries": 5, "State": "create-complete"}]
    answers["Wrapped"] = [{"PrefixListId": "pl-1", "Entries": [{"Cidr": "203.0.113.0/24", "Description": "x"}]}]
    scenario = imported(answers)
    assert ask(scenario, "i-fw", "203.0.113.80:443").legs[0].verdict.name == "EXITED"
    assert ask(scenario, "i-fw", "192.0.2.1:443").outcome == "forward:NO_ROUTE"


def test_a_prefix_list_without_entries_is_told() -> None:
    _, notes = text_of(with_route(account(), route("pl-9", GatewayId="igw-1"), "rtb-fw"))
    assert any("pl-9 is not in the data" in note.text for note in notes)


def test_propagated_routes_show_what_the_remote_side_announces() -> None:
    """R-015, R-109: Origin and PropagatingVgws; the prefix is learned from the table, the switch can be turned."""
    answers = account()
    answers["VpnGateways"] = [{"VpnGatewayId": "vgw-1", "State": "available", "VpcAttachments": [{"VpcId": "vpc-1", "State": "attached"}]}]
    learned = {"DestinationCidrBlock": "192.168.0.0/16", "GatewayId": "vgw-1", "Origin": "EnableVgwRoutePropagation", "State": "active"}
    with_route(answers, learned, "rtb-app")["RouteTables"][2]["PropagatingVgws"] = [{"GatewayId": "vgw-1"}]
    scenario = imported(answers)
    assert path(ask(scenario, "i-app", "192.168.7.7:443"))[-2:] == ["vgw-1", "on-premises"]
    assert ask(scenario, "i-app", "192.168.7.7:443", "rtb-app.propagating_vgws-=vgw-1").outcome == "forward:NO_ROUTE"


def test_a_static_vpn_with_its_tunnels_down_carries_nothing() -> None:
    """R-114, R-119: VgwTelemetry and Options.StaticRoutesOnly."""
    answers = account()
    answers["VpnGateways"] = [{"VpnGatewayId": "vgw-1", "State": "available", "VpcAttachments": [{"VpcId": "vpc-1", "State": "attached"}]}]
    answers["VpnConnections"] = [
        {
            "VpnConnectionId": "vpn-1",
            "VpnGatewayId": "vgw-1",
            "State": "available",
            "CustomerGatewayConfiguration": "<pre_shared_key>secret</pre_shared_key>",
            "Options": {"StaticRoutesOnly": True},
            "Routes": [{"DestinationCidrBlock": "192.168.0.0/16", "State": "available"}],
            "VgwTelemetry": [{"Status": "DOWN"}, {"Status": "DOWN"}],
        }
    ]
    with_route(answers, route("192.168.0.0/16", GatewayId="vgw-1"), "rtb-app")
    text, _ = text_of(answers)
    assert "secret" not in text
    scenario = imported(answers)
    assert ask(scenario, "i-app", "192.168.7.7:443").outcome == "forward:VPN_TUNNEL_DOWN"
    assert path(ask(scenario, "i-app", "192.168.7.7:443", "vpn-1.tunnels[2]=up"))[-1] == "on-premises"


def test_secondary_and_ipv6_addresses_belong_to_the_interface() -> None:
    """R-097, R-131, R-313: all PrivateIpAddresses with their associations, Ipv6Addresses, prefixes."""
    answers = account()
    answers["Vpcs"][0]["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": "2600:1f18:1::/56", "Ipv6CidrBlockState": {"State": "associated"}}]
    answers["Subnets"][1]["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": "2600:1f18:1:2::/64", "Ipv6CidrBlockState": {"State": "associated"}}]
    answers["NetworkInterfaces"][1] = interface(
        "eni-app",
        "subnet-app",
        "10.0.2.10",
        "i-app",
        secondary=[{"PrivateIpAddress": "10.0.2.11", "Primary": False, "Association": {"PublicIp": "52.0.0.21"}}, {"PrivateIpAddress": "10.0.2.12"}],
        Ipv6Addresses=[{"Ipv6Address": "2600:1f18:1:2::10"}],
        Ipv4Prefixes=[{"Ipv4Prefix": "10.0.2.32/28"}],
        DenyAllIgwTraffic=True,
    )
    held = imported(answers).network.the(NetworkInterface, "eni-app")
    assert [str(address) for address in held.addresses] == ["10.0.2.10", "10.0.2.11", "10.0.2.12", "2600:1f18:1:2::10"]
    assert [(str(inside), str(public)) for inside, public in held.secondary_public_ips] == [("10.0.2.11", "52.0.0.21")]
    assert [str(prefix) for prefix in held.prefixes] == ["10.0.2.32/28"]
    assert held.deny_all_igw_traffic


def test_an_elastic_address_is_known_from_describe_addresses_too() -> None:
    """R-087: collections without associations on the interface."""
    answers = account()
    answers["NetworkInterfaces"][1] = interface("eni-app", "subnet-app", "10.0.2.10", "i-app")
    answers["Addresses"] = [{"PublicIp": "52.0.0.20", "NetworkInterfaceId": "eni-app", "PrivateIpAddress": "10.0.2.10", "InstanceId": "i-app"}]
    assert str(imported(answers).network.the(NetworkInterface, "eni-app").public_ip) == "52.0.0.20"


def test_the_primary_interface_is_that_of_device_index_0() -> None:
    """R-146: the guest's default route leaves by it, in whatever order the answers stand."""
    answers = account()
    second = interface("eni-second", "subnet-app", "10.0.2.99", "i-app", device=1)
    answers["NetworkInterfaces"].insert(0, second)
    found = ask(imported(answers), "i-app", "10.0.1.10:80")
    assert at(found, "i-app").left is not None
    assert str(at(found, "i-app").left.src) == "10.0.2.10"  # type: ignore[union-attr]


def test_entries_of_a_network_acl_count_by_their_numbers() -> None:
    """R-275: JSON order decides nothing."""
    answers = account()
    deny = {"RuleNumber": 50, "RuleAction": "deny", "Egress": False, "Protocol": "6", "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 80, "To": 80}}
    answers["NetworkAcls"][0]["Entries"].append(deny)
    found = ask(imported(answers), "internet", "52.0.0.20:80", **CLIENT)
    assert found.outcome == "forward:NACL_INGRESS_DENY"
    assert ask(imported(answers), "internet", "52.0.0.20:443", **CLIENT).outcome == "ok"


def test_a_rule_names_a_group_of_a_peered_vpc() -> None:
    """R-268: UserIdGroupPairs over an active peering; the other VPC's members are let in."""
    answers = _peered("active")
    scenario = imported(answers)
    assert ask(scenario, "i-far", "10.0.2.10:80").legs[0].verdict.name == "DELIVERED"


def test_a_peering_that_is_not_active_carries_nothing() -> None:
    """R-036: kept with its status, so that the reason is right."""
    found = ask(imported(_peered("deleted")), "i-far", "10.0.2.10:80")
    assert found.outcome == "forward:ROUTE_BLACKHOLE"


def _peered(status: str) -> dict[str, Any]:
    answers = account()
    answers["Vpcs"].append({"VpcId": "vpc-2", "CidrBlock": "10.9.0.0/16"})
    answers["Subnets"].append({"SubnetId": "subnet-far", "VpcId": "vpc-2", "CidrBlock": "10.9.1.0/24", "AvailabilityZone": "us-east-1a"})
    answers["RouteTables"].append(
        {
            **table("rtb-far", [route("10.0.0.0/16", VpcPeeringConnectionId="pcx-1")], main=True, vpc="vpc-2"),
            "Routes": [{"DestinationCidrBlock": "10.9.0.0/16", "GatewayId": "local"}, route("10.0.0.0/16", VpcPeeringConnectionId="pcx-1")],
        }
    )
    with_route(answers, route("10.9.0.0/16", VpcPeeringConnectionId="pcx-1"), "rtb-app")
    answers["NetworkInterfaces"].append({**interface("eni-far", "subnet-far", "10.9.1.10", "i-far"), "Groups": [{"GroupId": "sg-far"}], "VpcId": "vpc-2"})
    answers["Reservations"].append({"Instances": [{"InstanceId": "i-far", "State": {"Name": "running"}}]})
    answers["SecurityGroups"] = [
        group("sg-1", {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": "sg-far", "VpcPeeringConnectionId": "pcx-1"}]}),
        group("sg-far", vpc="vpc-2"),
    ]
    answers["VpcPeeringConnections"] = [
        {
            "VpcPeeringConnectionId": "pcx-1",
            "Status": {"Code": status},
            "RequesterVpcInfo": {"VpcId": "vpc-1", "Region": "us-east-1"},
            "AccepterVpcInfo": {"VpcId": "vpc-2", "Region": "us-east-1"},
        }
    ]
    return answers


def test_a_peering_to_a_vpc_that_is_not_in_the_data_stops_packets() -> None:
    answers = account()
    with_route(answers, route("10.9.0.0/16", VpcPeeringConnectionId="pcx-1"), "rtb-app")
    sides = {"RequesterVpcInfo": {"VpcId": "vpc-1"}, "AccepterVpcInfo": {"VpcId": "vpc-elsewhere"}}
    answers["VpcPeeringConnections"] = [{"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"}, **sides}]
    assert ask(imported(answers), "i-app", "10.9.1.1:80").outcome == "forward:UNSUPPORTED_COMPONENT"


def nat(answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    address = {"NetworkInterfaceId": "eni-nat", "PrivateIp": "10.0.1.50", "PublicIp": "52.0.0.50", "IsPrimary": True, "Status": "succeeded"}
    answers["NatGateways"] = [
        {"NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": "subnet-fw", "State": "available", "NatGatewayAddresses": [address], **more}
    ]
    answers["NetworkInterfaces"].append(
        interface(
            "eni-nat",
            "subnet-fw",
            "10.0.1.50",
            public="52.0.0.50",
            InterfaceType="nat_gateway",
            SourceDestCheck=False,
            Groups=[],
            Description="Interface for NAT Gateway nat-1",
            RequesterManaged=True,
        )
    )
    return with_route(answers, route("0.0.0.0/0", NatGatewayId="nat-1"), "rtb-app")


def test_a_nat_gateway_is_one_with_its_interface() -> None:
    """R-163, R-171: all addresses, the interface recognised by its type."""
    second = {"PrivateIp": "10.0.1.51", "PublicIp": "52.0.0.51", "IsPrimary": False, "Status": "succeeded"}
    answers = nat(account())
    answers["NatGateways"][0]["NatGatewayAddresses"].append(second)
    scenario = imported(answers)
    found = ask(scenario, "i-app", "203.0.113.80:443")
    assert path(found) == ["i-app", "vpc-1", "nat-1", "vpc-1", "igw-1", "internet"]
    assert scenario.network.the(NetworkInterface, "eni-nat").owner == "nat-1"


def test_a_private_nat_gateway_has_no_public_address() -> None:
    """R-163: ConnectivityType."""
    answers = nat(account(), ConnectivityType="private")
    answers["NatGateways"][0]["NatGatewayAddresses"] = [{"NetworkInterfaceId": "eni-nat", "PrivateIp": "10.0.1.50"}]
    assert imported(answers).network.the(NatGateway, "nat-1").connectivity == "private"


def test_a_failed_nat_gateway_is_kept_with_its_state() -> None:
    """R-176."""
    assert imported(nat(account(), State="failed")).network.the(NatGateway, "nat-1").state == "failed"


def test_a_regional_nat_gateway_has_addresses_by_zone() -> None:
    """R-179: AvailabilityMode and RouteTableId."""
    answers = nat(account(), AvailabilityMode="regional", SubnetId="")
    answers["NatGateways"][0]["NatGatewayAddresses"] = [{"PublicIp": "52.0.0.50", "AvailabilityZone": "us-east-1a"}]
    answers["NetworkInterfaces"].pop()
    scenario = imported(answers)
    assert scenario.network.the(NatGateway, "nat-1").availability_mode == "regional"
    assert path(ask(scenario, "i-app", "203.0.113.80:443"))[-2:] == ["igw-1", "internet"]


def test_block_public_access_stands_on_every_vpc() -> None:
    """R-105: VpcBlockPublicAccessOptions and exclusions."""
    answers = account()
    answers["VpcBlockPublicAccessOptions"] = {"InternetGatewayBlockMode": "block-bidirectional", "State": "update-complete"}
    assert imported(answers).network.the(Vpc, "vpc-1").block_public_access == "bidirectional"
    arn = "arn:aws:ec2:us-east-1:111111111111:vpc/vpc-1"
    answers["VpcBlockPublicAccessExclusions"] = [
        {"ExclusionId": "vpcbpa-exclude-1", "InternetGatewayExclusionMode": "allow-egress", "ResourceArn": arn, "State": "create-complete"}
    ]
    assert imported(answers).network.the(Vpc, "vpc-1").block_public_access_exclusion == "egress"


def test_a_subnet_without_a_network_acl_lets_everything_pass_and_says_so() -> None:
    answers = account()
    del answers["NetworkAcls"]
    _, notes = text_of(answers)
    assert sum("network ACL of subnet-" in note.text for note in notes) == 2
    assert ask(imported(answers), "internet", "52.0.0.20:80", **CLIENT).outcome == "ok"


def test_a_group_that_is_not_in_the_data_lets_everything_through_and_says_so() -> None:
    answers = account()
    del answers["SecurityGroups"]
    _, notes = text_of(answers)
    assert any("sg-1 is not in the data" in note.text and note.severity == "assumed" for note in notes)
    assert ask(imported(answers), "internet", "52.0.0.20:80", **CLIENT).outcome == "ok"


def test_tables_that_are_not_in_the_data_stop_everything_but_local() -> None:
    answers = account()
    del answers["RouteTables"]
    scenario = imported(answers)
    assert ask(scenario, "i-app", "203.0.113.80:443").outcome == "forward:UNSUPPORTED_COMPONENT"
    assert ask(scenario, "i-app", "10.0.1.10:80").outcome == "ok"


def test_interfaces_that_only_instances_name_are_read_from_them() -> None:
    """describe-instances holds whole interfaces; describe-network-interfaces may be missing."""
    answers = account()
    for held, reservation in zip(answers.pop("NetworkInterfaces"), answers["Reservations"], strict=True):
        reservation["Instances"][0]["NetworkInterfaces"] = [held]
    assert ask(imported(answers), "internet", "52.0.0.20:80", **CLIENT).outcome == "ok"


def test_instances_that_only_interfaces_name_are_taken_to_run() -> None:
    answers = account()
    del answers["Reservations"]
    _, notes = text_of(answers)
    assert any("i-app is not in the data" in note.text and note.severity == "assumed" for note in notes)
    assert ask(imported(answers), "i-app", "10.0.1.10:80").outcome == "ok"


def test_zones_of_several_accounts_are_compared_by_id() -> None:
    """R-317: us-east-1a of one account need not be that of another."""
    answers = account()
    for subnet, owner, zone in zip(answers["Subnets"], ("1", "2"), ("use1-az1", "use1-az2"), strict=True):
        subnet.update(OwnerId=owner, AvailabilityZoneId=zone)
    text, _ = text_of(answers)
    assert "az: use1-az2" in text
