"""A small account in the shapes of describe answers, to be varied by tests: a public and a private subnet, an appliance, an application."""

from typing import Any

from vpctui.interop.aws.account import Account, Note, Source
from vpctui.interop.aws.importing import import_account
from vpctui.interop.aws.recognition import recognise
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.scenario import Scenario

Answers = dict[str, Any]


def interface(identifier: str, subnet: str, address: str, instance: str = "", **more: Any) -> Answers:
    """One interface as describe-network-interfaces answers it."""
    public = more.pop("public", "")
    row: Answers = {"PrivateIpAddress": address, "Primary": True, **({"Association": {"PublicIp": public}} if public else {})}
    attachment: Answers = {"Attachment": {"InstanceId": instance, "DeviceIndex": more.pop("device", 0), "Status": "attached"}} if instance else {}
    return {
        "NetworkInterfaceId": identifier,
        "SubnetId": subnet,
        "VpcId": "vpc-1",
        "InterfaceType": "interface",
        "Status": "in-use" if instance else "available",
        "SourceDestCheck": True,
        "PrivateIpAddresses": [row, *more.pop("secondary", [])],
        "Groups": [{"GroupId": "sg-1"}],
        **attachment,
        **more,
    }


def table(identifier: str, routes: list[Answers], *, subnets: tuple[str, ...] = (), gateway: str = "", main: bool = False, vpc: str = "vpc-1") -> Answers:
    """One route table as describe-route-tables answers it."""
    associations: list[Answers] = [{"SubnetId": subnet, "Main": False} for subnet in subnets]
    associations += [{"GatewayId": gateway, "Main": False}] if gateway else []
    associations += [{"Main": True}] if main else []
    local = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}
    return {"RouteTableId": identifier, "VpcId": vpc, "Associations": associations, "Routes": [local, *routes]}


def route(destination: str, **target: str) -> Answers:
    """One route; the state is active unless said."""
    key = "DestinationPrefixListId" if destination.startswith("pl-") else "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
    return {key: destination, "Origin": "CreateRoute", "State": "active", **target}


def group(identifier: str, *permissions: Answers, vpc: str = "vpc-1") -> Answers:
    """One security group; without permissions everything may come in."""
    everything: Answers = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    return {
        "GroupId": identifier,
        "GroupName": identifier,
        "VpcId": vpc,
        "IpPermissions": list(permissions) or [everything],
        "IpPermissionsEgress": [everything],
    }


def account() -> Answers:
    """The answers by key: an internet gateway with an edge association, an appliance in the public subnet, an application in the private one."""
    return {
        "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "111111111111"}],
        "Subnets": [
            {"SubnetId": "subnet-fw", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1a"},
            {"SubnetId": "subnet-app", "VpcId": "vpc-1", "CidrBlock": "10.0.2.0/24", "AvailabilityZone": "us-east-1a"},
        ],
        "RouteTables": [
            table("rtb-main", [], main=True),
            table("rtb-fw", [route("0.0.0.0/0", GatewayId="igw-1")], subnets=("subnet-fw",)),
            table("rtb-app", [route("0.0.0.0/0", NetworkInterfaceId="eni-fw", InstanceId="i-fw")], subnets=("subnet-app",)),
            table("rtb-edge", [route("10.0.2.0/24", NetworkInterfaceId="eni-fw")], gateway="igw-1"),
        ],
        "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]}],
        "NetworkInterfaces": [
            interface("eni-fw", "subnet-fw", "10.0.1.10", "i-fw", public="52.0.0.10", SourceDestCheck=False),
            interface("eni-app", "subnet-app", "10.0.2.10", "i-app", public="52.0.0.20"),
        ],
        "Reservations": [
            {"Instances": [{"InstanceId": "i-fw", "VpcId": "vpc-1", "State": {"Name": "running"}}]},
            {"Instances": [{"InstanceId": "i-app", "VpcId": "vpc-1", "State": {"Name": "running"}}]},
        ],
        "SecurityGroups": [group("sg-1")],
        "NetworkAcls": [
            {
                "NetworkAclId": "acl-1",
                "VpcId": "vpc-1",
                "Associations": [{"SubnetId": "subnet-fw"}, {"SubnetId": "subnet-app"}],
                "Entries": [
                    {"RuleNumber": 100, "RuleAction": "allow", "Egress": egress, "Protocol": "-1", "CidrBlock": "0.0.0.0/0"} for egress in (False, True)
                ],
            }
        ],
    }


def text_of(answers: Answers | list[Answers]) -> tuple[str, list[Note]]:
    """The scenario file that an import of these answers writes, and what it says."""
    held = Account()
    recognise(answers, held, Source("answers.json"))
    text = import_account(held, "test")
    assert text is not None
    return text, held.notes


def imported(answers: Answers | list[Answers]) -> Scenario:
    """The scenario, which must load without errors."""
    text, _ = text_of(answers)
    scenario, problems = read_scenario(text.encode(), "imported.yaml")
    assert [problem for problem in problems if problem.severity == "error"] == [], text
    assert scenario is not None
    return scenario
