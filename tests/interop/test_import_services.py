"""Load balancers, endpoints, transit gateways, Direct Connect, interfaces of services: from answers to packets."""

from typing import Any

import pytest

from tests.interop.accounts import Answers, account, imported, interface, route, table, text_of
from tests.interop.tracing import ask, path
from vpctui.aws.endpoint_service import EndpointService
from vpctui.aws.load_balancer import NetworkLoadBalancer
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.transit_gateway_attachment import TransitGatewayAttachment

ARN = "arn:aws:elasticloadbalancing:us-east-1:111111111111"
CLIENT = {"source_ip": "198.51.100.7"}


def balancer(kind: str = "network", name: str = "net/web/50dc6c495c0c9188") -> Answers:
    """The account with a load balancer in the public subnet and the application as its target."""
    answers = account()
    types = {"network": "network_load_balancer", "application": "interface", "gateway": "gateway_load_balancer"}
    answers["NetworkInterfaces"].append(
        interface("eni-lb", "subnet-fw", "10.0.1.80", public="52.0.0.80", InterfaceType=types[kind], Description=f"ELB {name}", RequesterManaged=True)
    )
    answers["LoadBalancers"] = [
        {
            "LoadBalancerArn": f"{ARN}:loadbalancer/{name}",
            "LoadBalancerName": "web",
            "Type": kind,
            "VpcId": "vpc-1",
            "State": {"Code": "active"},
            "SecurityGroups": ["sg-1"],
            "AvailabilityZones": [{"SubnetId": "subnet-fw", "ZoneName": "us-east-1a"}],
        }
    ]
    protocol = {"network": "TCP", "application": "HTTP", "gateway": "GENEVE"}[kind]
    action = {"Type": "forward", "Order": 1, "TargetGroupArn": f"{ARN}:targetgroup/t/1"}
    listener = {"ListenerArn": f"{ARN}:listener/{name}/1", "LoadBalancerArn": f"{ARN}:loadbalancer/{name}", "DefaultActions": [action]}
    answers["Listeners"] = [listener if kind == "gateway" else {**listener, "Port": 80, "Protocol": protocol}]
    answers["TargetGroups"] = [
        {"TargetGroupArn": f"{ARN}:targetgroup/t/1", "TargetGroupName": "t", "Protocol": protocol, "Port": 8080, "TargetType": "instance"}
    ]
    answers["LoadBalancerTargetHealth"] = [
        {
            "TargetGroupArn": f"{ARN}:targetgroup/t/1",
            "TargetHealthDescriptions": [{"Target": {"Id": "i-app", "Port": 8080}, "TargetHealth": {"State": "healthy"}}],
        }
    ]
    answers["RouteTables"] = [each for each in answers["RouteTables"] if each["RouteTableId"] != "rtb-edge"]
    return answers


def test_a_network_load_balancer_leads_to_its_targets() -> None:
    """R-185, R-192: nodes by their interfaces, listeners, targets and their health, groups."""
    scenario = imported(balancer())
    found = ask(scenario, "internet", "52.0.0.80:80", **CLIENT)
    assert path(found) == ["internet", "igw-1", "net/web/50dc6c495c0c9188", "vpc-1", "i-app"]
    assert str(found.legs[0].last.packet.dst_port) == "8080"
    assert ask(scenario, "internet", "52.0.0.80:81", **CLIENT).outcome == "forward:LB_NO_LISTENER"


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("false", False)])
def test_client_addresses_are_kept_as_the_target_group_says(value: str, expected: bool) -> None:
    """R-187: preserve_client_ip.enabled."""
    answers = balancer()
    attribute = {"Key": "preserve_client_ip.enabled", "Value": value}
    answers["TargetGroupAttributes"] = [{"TargetGroupArn": f"{ARN}:targetgroup/t/1", "Attributes": [attribute]}]
    found = ask(imported(answers), "internet", "52.0.0.80:80", **CLIENT)
    assert (str(found.legs[0].last.packet.src) == "198.51.100.7") is expected


def test_cross_zone_is_an_attribute_of_the_load_balancer() -> None:
    """R-195."""
    answers = balancer()
    attributes = [{"Key": "load_balancing.cross_zone.enabled", "Value": "true"}]
    answers["LoadBalancerAttributes"] = [{"LoadBalancerArn": answers["LoadBalancers"][0]["LoadBalancerArn"], "Attributes": attributes}]
    assert imported(answers).network.the(NetworkLoadBalancer, "net/web/50dc6c495c0c9188").cross_zone


def test_an_unhealthy_target_is_kept_and_marked() -> None:
    """R-194."""
    answers = balancer()
    answers["LoadBalancerTargetHealth"][0]["TargetHealthDescriptions"][0]["TargetHealth"]["State"] = "unhealthy"
    assert imported(answers).network.the(NetworkLoadBalancer, "net/web/50dc6c495c0c9188").unhealthy == ("i-app:8080",)


def test_an_application_load_balancer_is_recognised_by_the_description_of_its_interface() -> None:
    """R-204: its interfaces are of type interface."""
    found = ask(imported(balancer("application", "app/web/50dc6c495c0c9188")), "internet", "52.0.0.80:80", **CLIENT)
    assert path(found)[2] == "app/web/50dc6c495c0c9188"
    assert path(found)[-1] == "i-app"


def test_a_classic_load_balancer_has_an_api_of_its_own() -> None:
    """R-208: describe-load-balancers of elb."""
    answers = account()
    answers["RouteTables"].pop()
    answers["NetworkInterfaces"].append(interface("eni-clb", "subnet-fw", "10.0.1.81", public="52.0.0.81", Description="ELB old", RequesterId="amazon-elb"))
    answers["LoadBalancerDescriptions"] = [
        {
            "LoadBalancerName": "old",
            "VPCId": "vpc-1",
            "Subnets": ["subnet-fw"],
            "SecurityGroups": ["sg-1"],
            "Instances": [{"InstanceId": "i-app"}],
            "ListenerDescriptions": [{"Listener": {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8080}}],
        }
    ]
    assert path(ask(imported(answers), "internet", "52.0.0.81:80", **CLIENT))[-1] == "i-app"


def test_an_interface_endpoint_has_the_addresses_and_groups_of_its_interfaces() -> None:
    """R-290: Groups and NetworkInterfaceIds."""
    answers = account()
    answers["NetworkInterfaces"].append(
        interface("eni-sqs", "subnet-app", "10.0.2.60", InterfaceType="vpc_endpoint", Description="VPC Endpoint Interface vpce-1", RequesterManaged=True)
    )
    answers["VpcEndpoints"] = [
        {
            "VpcEndpointId": "vpce-1",
            "VpcEndpointType": "Interface",
            "VpcId": "vpc-1",
            "ServiceName": "com.amazonaws.us-east-1.sqs",
            "State": "available",
            "SubnetIds": ["subnet-app"],
            "NetworkInterfaceIds": ["eni-sqs"],
            "Groups": [{"GroupId": "sg-1"}],
        }
    ]
    found = ask(imported(answers), "i-app", "10.0.2.60:443")
    assert path(found)[1] == "vpce-1"
    assert found.outcome == "ok"


def gwlb() -> Answers:
    """Inspection by a Gateway Load Balancer: the edge table and the application's table lead to its endpoint."""
    answers = balancer("gateway", "gwy/inspect/50dc6c495c0c9188")
    answers["Subnets"].append({"SubnetId": "subnet-ep", "VpcId": "vpc-1", "CidrBlock": "10.0.3.0/24", "AvailabilityZone": "us-east-1a"})
    answers["NetworkInterfaces"].append(
        interface("eni-ep", "subnet-ep", "10.0.3.10", InterfaceType="gateway_load_balancer_endpoint", Description="VPC Endpoint Interface vpce-1")
    )
    answers["VpcEndpoints"] = [
        {
            "VpcEndpointId": "vpce-1",
            "VpcEndpointType": "GatewayLoadBalancer",
            "VpcId": "vpc-1",
            "ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-1",
            "State": "available",
            "SubnetIds": ["subnet-ep"],
            "NetworkInterfaceIds": ["eni-ep"],
        }
    ]
    arn = answers["LoadBalancers"][0]["LoadBalancerArn"]
    answers["ServiceConfigurations"] = [{"ServiceId": "vpce-svc-1", "ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-1", "GatewayLoadBalancerArns": [arn]}]
    answers["LoadBalancerTargetHealth"][0]["TargetHealthDescriptions"][0]["Target"] = {"Id": "i-fw", "Port": 6081}
    answers["RouteTables"] = [
        table("rtb-main", [route("0.0.0.0/0", GatewayId="igw-1")], main=True),
        table("rtb-app", [route("0.0.0.0/0", GatewayId="vpce-1")], subnets=("subnet-app",)),
        table("rtb-edge", [route("10.0.2.0/24", GatewayId="vpce-1")], gateway="igw-1"),
    ]
    return answers


def test_a_gateway_load_balancer_endpoint_is_a_route_target_and_leads_to_appliances() -> None:
    """R-210, R-219: GatewayId beginning with vpce-, the service configuration, the targets."""
    scenario = imported(gwlb())
    assert scenario.network.the(EndpointService, "vpce-svc-1").targets == ("i-fw",)
    found = ask(scenario, "internet", "52.0.0.20:80", **CLIENT)
    assert path(found) == ["internet", "igw-1", "vpce-1", "vpce-svc-1", "i-fw", "vpc-1", "i-app"]


def test_an_endpoint_whose_service_is_not_in_the_data_stops_packets() -> None:
    """Section 3: a provider's side that another account holds is not passed over."""
    answers = gwlb()
    del answers["ServiceConfigurations"]
    assert ask(imported(answers), "internet", "52.0.0.20:80", **CLIENT).outcome == "forward:UNSUPPORTED_COMPONENT"


def test_a_network_firewall_stands_behind_its_endpoints() -> None:
    """R-327, R-328: FirewallStatus.SyncStates beside Firewall."""
    answers = gwlb()
    arn = "arn:aws:network-firewall:us-east-1:111111111111:firewall/edge"
    answers["Firewall"] = {"FirewallArn": arn, "FirewallName": "edge", "VpcId": "vpc-1"}
    answers["FirewallStatus"] = {"SyncStates": {"us-east-1a": {"Attachment": {"EndpointId": "vpce-1", "SubnetId": "subnet-ep"}}}}
    text, _ = text_of(answers)
    assert "# assumed: the rules of firewall edge are not read" in text
    assert "edge" in path(ask(imported(answers), "internet", "52.0.0.20:80", **CLIENT))


def transit(**options: str) -> Answers:
    """Two VPCs behind a transit gateway, with propagation."""
    answers = account()
    answers["Vpcs"].append({"VpcId": "vpc-2", "CidrBlock": "10.9.0.0/16"})
    answers["Subnets"].append({"SubnetId": "subnet-far", "VpcId": "vpc-2", "CidrBlock": "10.9.1.0/24", "AvailabilityZone": "us-east-1a"})
    far = table("rtb-far", [], main=True, vpc="vpc-2")
    far["Routes"] = [{"DestinationCidrBlock": "10.9.0.0/16", "GatewayId": "local"}, route("10.0.0.0/16", TransitGatewayId="tgw-1")]
    answers["RouteTables"].append(far)
    answers["RouteTables"][2]["Routes"].append(route("10.9.0.0/16", TransitGatewayId="tgw-1"))
    answers["NetworkInterfaces"].append({**interface("eni-far", "subnet-far", "10.9.1.10", "i-far"), "Groups": []})
    answers["Reservations"].append({"Instances": [{"InstanceId": "i-far", "State": {"Name": "running"}}]})
    answers["TransitGateways"] = [{"TransitGatewayId": "tgw-1", "State": "available"}]
    answers["TransitGatewayAttachments"] = [attachment("tgw-attach-1", "vpc", "vpc-1"), attachment("tgw-attach-2", "vpc", "vpc-2")]
    answers["TransitGatewayVpcAttachments"] = [
        {
            "TransitGatewayAttachmentId": f"tgw-attach-{number}",
            "TransitGatewayId": "tgw-1",
            "VpcId": f"vpc-{number}",
            "SubnetIds": [subnet],
            "State": "available",
            "Options": options,
        }
        for number, subnet in ((1, "subnet-app"), (2, "subnet-far"))
    ]
    answers["TransitGatewayRouteTables"] = [{"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1", "State": "available"}]
    answers["TransitGatewayPropagations"] = [
        {
            "TransitGatewayRouteTableId": "tgw-rtb-1",
            "TransitGatewayRouteTablePropagations": [{"TransitGatewayAttachmentId": f"tgw-attach-{number}", "State": "enabled"} for number in (1, 2)],
        }
    ]
    return answers


def attachment(identifier: str, kind: str, resource: str) -> dict[str, Any]:
    return {
        "TransitGatewayAttachmentId": identifier,
        "TransitGatewayId": "tgw-1",
        "ResourceType": kind,
        "ResourceId": resource,
        "State": "available",
        "Association": {"TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated"},
    }


def routes(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    """An answer of search-transit-gateway-routes with its table added."""
    return [{"TransitGatewayRouteTableId": "tgw-rtb-1", "Routes": list(rows), "AdditionalRoutesAvailable": False}]


def test_a_transit_gateway_carries_between_its_vpcs() -> None:
    """R-225, R-226: attachments with their subnets, associations, propagations."""
    found = ask(imported(transit()), "i-app", "10.9.1.10:80")
    assert "tgw-1" in path(found)
    assert found.outcome == "ok"


def test_appliance_mode_is_an_option_of_the_vpc_attachment() -> None:
    """R-233."""
    assert imported(transit(ApplianceModeSupport="enable")).network.the(TransitGatewayAttachment, "tgw-attach-1").appliance_mode


def test_static_routes_win_and_blackholes_stay() -> None:
    """R-227, R-228: search-transit-gateway-routes of all types."""
    answers = transit()
    answers["TransitGatewayStaticRoutes"] = routes({"DestinationCidrBlock": "10.9.1.0/24", "Type": "static", "State": "blackhole"})
    assert ask(imported(answers), "i-app", "10.9.1.10:80").outcome == "forward:TGW_ROUTE_BLACKHOLE"


def test_what_a_vpn_announces_is_learned_from_the_propagated_routes() -> None:
    """R-226: BGP prefixes stand in the table, and nowhere else."""
    answers = transit()
    answers["TransitGatewayAttachments"].append(attachment("tgw-attach-3", "vpn", "vpn-1"))
    answers["VpnConnections"] = [
        {"VpnConnectionId": "vpn-1", "TransitGatewayId": "tgw-1", "State": "available", "VgwTelemetry": [{"Status": "UP"}, {"Status": "DOWN"}]}
    ]
    answers["TransitGatewayPropagations"][0]["TransitGatewayRouteTablePropagations"].append({"TransitGatewayAttachmentId": "tgw-attach-3", "State": "enabled"})
    learned = {"TransitGatewayAttachmentId": "tgw-attach-3", "ResourceId": "vpn-1", "ResourceType": "vpn"}
    answers["TransitGatewayStaticRoutes"] = routes(
        {"DestinationCidrBlock": "192.168.0.0/16", "Type": "propagated", "State": "active", "TransitGatewayAttachments": [learned]}
    )
    answers["RouteTables"][2]["Routes"].append(route("192.168.0.0/16", TransitGatewayId="tgw-1"))
    scenario = imported(answers)
    assert path(ask(scenario, "i-app", "192.168.1.1:443"))[-2:] == ["tgw-1", "on-premises"]
    assert ask(scenario, "i-app", "192.168.1.1:443", "vpn-1.tunnels=down,down").outcome.startswith("forward:")


def test_an_attachment_of_a_vpc_that_is_not_in_the_data_stops_packets() -> None:
    """Shared from another account: the route to it wins, and packets stop there."""
    answers = transit()
    answers["Vpcs"].pop()
    answers["TransitGatewayStaticRoutes"] = routes(
        {
            "DestinationCidrBlock": "10.9.0.0/16",
            "Type": "propagated",
            "State": "active",
            "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-2"}],
        }
    )
    found = ask(imported(answers), "i-app", "10.9.1.10:80")
    assert (found.outcome, path(found)[-1]) == ("forward:UNSUPPORTED_COMPONENT", "tgw-1")


def test_direct_connect_answers_in_camel_case() -> None:
    """Section 1: the Direct Connect API's keys, and Batfish's."""
    answers = account()
    answers["VpnGateways"] = [{"VpnGatewayId": "vgw-1", "State": "available", "VpcAttachments": [{"VpcId": "vpc-1", "State": "attached"}]}]
    answers["RouteTables"][2]["Routes"].append(route("192.168.0.0/16", GatewayId="vgw-1"))
    answers["RouteTables"][0]["Routes"].append({**route("192.168.0.0/16", GatewayId="vgw-1"), "Origin": "EnableVgwRoutePropagation"})
    answers["RouteTables"][0]["PropagatingVgws"] = [{"GatewayId": "vgw-1"}]
    wrapped = {
        "virtualInterfaces": [
            {
                "virtualInterfaceId": "dxvif-1",
                "virtualInterfaceType": "private",
                "virtualInterfaceState": "available",
                "virtualGatewayId": "vgw-1",
                "mtu": 9001,
                "bgpPeers": [{"bgpStatus": "up"}],
            }
        ]
    }
    answers["More"] = [wrapped]
    text, _ = text_of(answers)
    assert "dxvif-1: {type: private, vpn_gateway: vgw-1, mtu: 9001, routes: [192.168.0.0/16]}" in text
    assert path(ask(imported(answers), "i-app", "192.168.1.1:443"))[-1] == "on-premises"


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"Description": "RDSNetworkInterface", "RequesterId": "amazon-rds", "RequesterManaged": True}, "requester_managed"),
        ({"Description": "ElastiCache web-001", "RequesterManaged": True}, "requester_managed"),
        ({"InterfaceType": "lambda", "Description": "AWS Lambda VPC ENI-resize-1"}, "lambda"),
        ({"InterfaceType": "efs", "Description": "EFS mount target for fs-1 (fsmt-1)"}, "efs"),
        ({"InterfaceType": "transit_gateway", "Description": "Network Interface for Transit Gateway Attachment tgw-attach-9"}, "transit_gateway"),
        ({"InterfaceType": "something_new", "RequesterManaged": True}, "requester_managed"),
    ],
)
def test_interfaces_of_services_are_recognised(more: dict[str, Any], kind: str) -> None:
    """R-133: by InterfaceType, RequesterId and Description."""
    answers = account()
    answers["NetworkInterfaces"].append(interface("eni-svc", "subnet-app", "10.0.2.70", **{**more, "Status": "in-use"}))
    scenario = imported(answers)
    assert scenario.network.the(NetworkInterface, "eni-svc").type == kind
    found = ask(scenario, "i-app", "10.0.2.70:3306")
    assert found.outcome == ("forward:NO_LISTENER" if kind in ("lambda", "transit_gateway") else "ok")


def test_an_interface_of_nobody_is_detached() -> None:
    """R-036: no service owns it, no instance has it."""
    answers = account()
    answers["NetworkInterfaces"].append(interface("eni-free", "subnet-app", "10.0.2.71"))
    assert ask(imported(answers), "i-app", "10.0.2.71:80").outcome == "forward:ENI_DETACHED"


def test_a_service_starts_connections_and_gets_its_answers() -> None:
    answers = account()
    answers["NetworkInterfaces"].append(interface("eni-fn", "subnet-app", "10.0.2.72", InterfaceType="lambda", Status="in-use"))
    assert ask(imported(answers), "eni-fn", "10.0.1.10:80").outcome == "ok"


def test_a_route_to_the_interface_of_a_service_is_not_guessed() -> None:
    answers = account()
    answers["NetworkInterfaces"].append(interface("eni-vendor", "subnet-fw", "10.0.1.72", RequesterManaged=True, SourceDestCheck=False, Status="in-use"))
    answers["RouteTables"][2]["Routes"][1] = route("0.0.0.0/0", NetworkInterfaceId="eni-vendor")
    assert ask(imported(answers), "i-app", "203.0.113.80:443").outcome == "forward:UNSUPPORTED_COMPONENT"


def far_region() -> Answers:
    """The other side of a peering of transit gateways, as its own Region answers it."""
    return {
        "Vpcs": [{"VpcId": "vpc-w", "CidrBlock": "10.50.0.0/16"}],
        "Subnets": [{"SubnetId": "subnet-w", "VpcId": "vpc-w", "CidrBlock": "10.50.1.0/24", "AvailabilityZone": "us-west-2a"}],
        "RouteTables": [
            {
                "RouteTableId": "rtb-w",
                "VpcId": "vpc-w",
                "Associations": [{"Main": True}],
                "Routes": [{"DestinationCidrBlock": "10.50.0.0/16", "GatewayId": "local"}, route("10.0.0.0/8", TransitGatewayId="tgw-w")],
            }
        ],
        "NetworkInterfaces": [{**interface("eni-w", "subnet-w", "10.50.1.10", "i-w"), "Groups": []}],
        "Reservations": [{"Instances": [{"InstanceId": "i-w", "State": {"Name": "running"}}]}],
        "TransitGateways": [{"TransitGatewayId": "tgw-w", "State": "available"}],
        "TransitGatewayAttachments": [
            {**attachment("tgw-attach-w", "vpc", "vpc-w"), "TransitGatewayId": "tgw-w", "Association": {"TransitGatewayRouteTableId": "tgw-rtb-w"}},
            {**attachment("tgw-attach-peer", "peering", "tgw-1"), "TransitGatewayId": "tgw-w", "Association": {"TransitGatewayRouteTableId": "tgw-rtb-w"}},
        ],
        "TransitGatewayVpcAttachments": [
            {"TransitGatewayAttachmentId": "tgw-attach-w", "TransitGatewayId": "tgw-w", "VpcId": "vpc-w", "SubnetIds": ["subnet-w"], "State": "available"}
        ],
        "TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-w", "TransitGatewayId": "tgw-w", "State": "available"}],
        "TransitGatewayPropagations": [
            {
                "TransitGatewayRouteTableId": "tgw-rtb-w",
                "TransitGatewayRouteTablePropagations": [{"TransitGatewayAttachmentId": "tgw-attach-w", "State": "enabled"}],
            }
        ],
        "TransitGatewayStaticRoutes": [
            {
                "TransitGatewayRouteTableId": "tgw-rtb-w",
                "Routes": [
                    {
                        "DestinationCidrBlock": "10.0.0.0/8",
                        "Type": "static",
                        "State": "active",
                        "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-peer", "ResourceType": "peering"}],
                    }
                ],
            }
        ],
    }


def test_a_peering_of_transit_gateways_is_put_together_from_both_regions() -> None:
    """R-236: one attachment id, a transit gateway and an association on either side."""
    near = transit()
    near["TransitGatewayAttachments"].append(attachment("tgw-attach-peer", "peering", "tgw-w"))
    peer = {"TransitGatewayAttachmentId": "tgw-attach-peer", "ResourceType": "peering"}
    near["TransitGatewayStaticRoutes"] = routes(
        {"DestinationCidrBlock": "10.50.0.0/16", "Type": "static", "State": "active", "TransitGatewayAttachments": [peer]}
    )
    near["RouteTables"][2]["Routes"].append(route("10.50.0.0/16", TransitGatewayId="tgw-1"))
    _, notes = text_of([near, far_region()])
    assert [str(note) for note in notes if note.severity in ("warning", "error")] == []
    scenario = imported([near, far_region()])
    found = ask(scenario, "i-app", "10.50.1.10:80")
    assert [node for node in path(found) if node.startswith("tgw")] == ["tgw-1", "tgw-w"]
    assert found.outcome == "ok"


def test_a_peering_whose_other_side_is_not_in_the_data_stops_packets() -> None:
    near = transit()
    near["TransitGatewayAttachments"].append(attachment("tgw-attach-peer", "peering", "tgw-w"))
    near["TransitGatewayStaticRoutes"] = routes(
        {
            "DestinationCidrBlock": "10.50.0.0/16",
            "Type": "static",
            "State": "active",
            "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-peer"}],
        }
    )
    near["RouteTables"][2]["Routes"].append(route("10.50.0.0/16", TransitGatewayId="tgw-1"))
    assert ask(imported(near), "i-app", "10.50.1.10:80").outcome == "forward:UNSUPPORTED_COMPONENT"


def test_a_direct_connect_gateway_joins_transit_gateways_and_virtual_interfaces() -> None:
    """R-122: associations, a transit virtual interface, what it announces from the table of the transit gateway."""
    answers = transit()
    answers["TransitGatewayAttachments"].append(attachment("tgw-attach-dx", "direct-connect-gateway", "dxgw-1"))
    learned = {"TransitGatewayAttachmentId": "tgw-attach-dx", "ResourceType": "direct-connect-gateway"}
    answers["TransitGatewayPropagations"][0]["TransitGatewayRouteTablePropagations"].append({"TransitGatewayAttachmentId": "tgw-attach-dx", "State": "enabled"})
    answers["TransitGatewayStaticRoutes"] = routes(
        {"DestinationCidrBlock": "192.168.0.0/16", "Type": "propagated", "State": "active", "TransitGatewayAttachments": [learned]}
    )
    answers["DirectConnectGateways"] = [{"DirectConnectGatewayId": "dxgw-1", "DirectConnectGatewayState": "available"}]
    answers["VirtualInterfaces"] = [
        {"VirtualInterfaceId": "dxvif-1", "VirtualInterfaceType": "transit", "VirtualInterfaceState": "available", "DirectConnectGatewayId": "dxgw-1"}
    ]
    answers["RouteTables"][2]["Routes"].append(route("192.168.0.0/16", TransitGatewayId="tgw-1"))
    scenario = imported(answers)
    assert path(ask(scenario, "i-app", "192.168.1.1:443"))[-2:] == ["tgw-1", "on-premises"]


def test_transit_gateways_without_any_vpc_make_a_scenario_too() -> None:
    """A network account, seen alone."""
    answers = {
        "TransitGateways": [{"TransitGatewayId": "tgw-1", "State": "available"}],
        "TransitGatewayAttachments": [attachment("tgw-attach-dx", "direct-connect-gateway", "dxgw-1"), attachment("tgw-attach-1", "vpc", "vpc-1")],
        "TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1", "State": "available"}],
    }
    scenario = imported(answers)
    assert scenario.network.the(TransitGatewayAttachment, "tgw-attach-dx").kind == "direct_connect_gateway"
    assert scenario.network.the(TransitGatewayAttachment, "tgw-attach-1").kind == "unsupported"


def test_an_interface_endpoint_stands_in_several_zones() -> None:
    """R-290: one interface in each subnet, each with its own address."""
    answers = account()
    answers["Subnets"].append({"SubnetId": "subnet-b", "VpcId": "vpc-1", "CidrBlock": "10.0.4.0/24", "AvailabilityZone": "us-east-1b"})
    for name, subnet, address in (("eni-a", "subnet-app", "10.0.2.60"), ("eni-b", "subnet-b", "10.0.4.60")):
        answers["NetworkInterfaces"].append(
            interface(name, subnet, address, InterfaceType="vpc_endpoint", Description="VPC Endpoint Interface vpce-1", RequesterManaged=True)
        )
    answers["VpcEndpoints"] = [
        {
            "VpcEndpointId": "vpce-1",
            "VpcEndpointType": "Interface",
            "VpcId": "vpc-1",
            "ServiceName": "com.amazonaws.us-east-1.sqs",
            "State": "Available",
            "SubnetIds": ["subnet-app", "subnet-b"],
            "NetworkInterfaceIds": ["eni-a", "eni-b"],
        }
    ]
    scenario = imported(answers)
    assert {scenario.network.the(NetworkInterface, name).owner for name in ("eni-a", "eni-b")} == {"vpce-1"}
    for address in ("10.0.2.60", "10.0.4.60"):
        assert path(ask(scenario, "i-app", f"{address}:443"))[-1] == "vpce-1"


def test_a_network_load_balancer_has_a_node_in_each_zone() -> None:
    """R-185: by its interfaces, or without them by the addresses that it says itself."""
    answers = balancer()
    answers["Subnets"].append({"SubnetId": "subnet-b", "VpcId": "vpc-1", "CidrBlock": "10.0.4.0/24", "AvailabilityZone": "us-east-1b"})
    zone = {"SubnetId": "subnet-b", "ZoneName": "us-east-1b", "LoadBalancerAddresses": [{"PrivateIPv4Address": "10.0.4.80", "IpAddress": "52.0.0.81"}]}
    answers["LoadBalancers"][0]["AvailabilityZones"].append(zone)
    answers["RouteTables"][0]["Routes"].append(route("0.0.0.0/0", GatewayId="igw-1"))
    answers["LoadBalancerAttributes"] = [
        {
            "LoadBalancerArn": answers["LoadBalancers"][0]["LoadBalancerArn"],
            "Attributes": [{"Key": "load_balancing.cross_zone.enabled", "Value": "true"}],
        }
    ]
    for public in ("52.0.0.80", "52.0.0.81"):
        assert path(ask(imported(answers), "internet", f"{public}:80", **CLIENT))[-1] == "i-app"


def test_a_load_balancer_of_another_type_is_told() -> None:
    answers = balancer()
    answers["LoadBalancers"][0]["Type"] = "quantum"
    _, notes = text_of(answers)
    assert any("is of type quantum" in note.text for note in notes)
    assert imported(answers).network.the(NetworkInterface, "eni-lb").type == "network_load_balancer"


@pytest.mark.parametrize("kind", ["Resource", "ServiceNetwork", "GatewayLoadBalancer"])
def test_an_endpoint_that_cannot_be_modelled_stops_packets_by_its_own_id(kind: str) -> None:
    """R-219: newer types, and one whose subnet is not in the data."""
    answers = account()
    answers["VpcEndpoints"] = [
        {"VpcEndpointId": "vpce-9", "VpcEndpointType": kind, "VpcId": "vpc-1", "ServiceName": "x", "State": "available", "SubnetIds": ["subnet-gone"]}
    ]
    answers["RouteTables"][2]["Routes"][1] = route("0.0.0.0/0", GatewayId="vpce-9")
    found = ask(imported(answers), "i-app", "203.0.113.80:443")
    assert (found.outcome, found.legs[0].last.target) == ("forward:UNSUPPORTED_COMPONENT", "vpce-9")
