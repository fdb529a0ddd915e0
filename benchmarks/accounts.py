"""Accounts of any size as `describe-*` answers them, with every field that the AWS CLI prints: fifty VPCs around one transit gateway."""

import json
from typing import Any

from msgspec import Struct

VPCS = 50
PER_SUBNET = 20
Answers = dict[str, list[Any]]


class Place(Struct, frozen=True):
    """Where an interface stands: its number, its VPC's, its subnet's in the VPC, its own in the subnet."""

    number: int
    vpc: int
    subnet: int
    host: int

    @property
    def subnet_id(self) -> str:
        """The subnet's id."""
        return f"subnet-{self.vpc:04x}{self.subnet:013x}"

    @property
    def vpc_id(self) -> str:
        """The VPC's id."""
        return f"vpc-{self.vpc:017x}"


def account(interfaces: int) -> dict[str, bytes]:
    """Files by name, as the CLI writes them: indented by four."""
    answers: Answers = {key: [] for key in ("Vpcs", "Subnets", "RouteTables", "NetworkAcls", "SecurityGroups", "NetworkInterfaces", "Reservations")}
    vpcs = min(VPCS, max(1, interfaces // PER_SUBNET))
    places = [_place(number, vpcs) for number in range(interfaces)]
    for number in range(vpcs):
        _vpc(number, answers)
    for place in {place.subnet_id: place for place in places}.values():
        _subnet(place, answers)
    for place in places:
        held = _interface(place)
        answers["NetworkInterfaces"].append(held)
        answers["Reservations"].append({"ReservationId": f"r-{place.number:017x}", "OwnerId": OWNER, "Groups": [], "Instances": [_instance(place, held)]})
    _transit(vpcs, answers)
    return {f"{key}.json": json.dumps({key: value}, indent=4).encode() for key, value in answers.items()}


OWNER = "111122223333"


def _place(number: int, vpcs: int) -> Place:
    inside, vpc = divmod(number, vpcs)
    subnet, host = divmod(inside, PER_SUBNET)
    return Place(number, vpc, subnet, host)


def _tags(name: str) -> list[dict[str, str]]:
    return [{"Key": "Name", "Value": name}, {"Key": "Environment", "Value": "production"}, {"Key": "CostCenter", "Value": "4711"}]


def _vpc(number: int, answers: Answers) -> None:
    vpc, block = f"vpc-{number:017x}", f"10.{number}.0.0/16"
    association = {"AssociationId": f"vpc-cidr-assoc-{number:017x}", "CidrBlock": block, "CidrBlockState": {"State": "associated"}}
    answers["Vpcs"].append(
        {
            "OwnerId": OWNER,
            "InstanceTenancy": "default",
            "CidrBlockAssociationSet": [association],
            "IsDefault": False,
            "Tags": _tags(f"vpc {number}"),
            "VpcId": vpc,
            "State": "available",
            "CidrBlock": block,
            "DhcpOptionsId": "dopt-0123456789abcdef0",
        }
    )
    answers["RouteTables"].append(_table(f"rtb-{number:017x}", vpc, block, {"Main": True, "RouteTableAssociationId": f"rtbassoc-{number:017x}"}))
    anywhere: dict[str, Any] = {"IpProtocol": "-1", "UserIdGroupPairs": [], "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [], "PrefixListIds": []}
    inside = {**anywhere, "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "inside"}]}
    answers["SecurityGroups"].append(
        {
            "GroupId": f"sg-{number:017x}",
            "IpPermissionsEgress": [anywhere],
            "Tags": _tags(f"web {number}"),
            "VpcId": vpc,
            "SecurityGroupArn": f"arn:aws:ec2:us-east-1:{OWNER}:security-group/sg-{number:017x}",
            "OwnerId": OWNER,
            "GroupName": f"web-{number}",
            "Description": "web servers",
            "IpPermissions": [inside, {**inside, "FromPort": 22, "ToPort": 22}],
        }
    )
    entry = {"CidrBlock": "0.0.0.0/0", "Protocol": "-1", "RuleAction": "allow", "RuleNumber": 100}
    last = {**entry, "RuleAction": "deny", "RuleNumber": 32767}
    entries = [{**row, "Egress": egress} for row in (entry, last) for egress in (True, False)]
    acl = {"Associations": [], "Entries": entries, "IsDefault": True, "NetworkAclId": f"acl-{number:017x}", "Tags": [], "VpcId": vpc, "OwnerId": OWNER}
    answers["NetworkAcls"].append(acl)


def _table(identifier: str, vpc: str, block: str, association: dict[str, Any]) -> dict[str, Any]:
    local = {"DestinationCidrBlock": block, "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}
    wide = {"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": "tgw-1", "Origin": "CreateRoute", "State": "active"}
    associations = [{**association, "RouteTableId": identifier, "AssociationState": {"State": "associated"}}]
    return {
        "Associations": associations,
        "PropagatingVgws": [],
        "RouteTableId": identifier,
        "Routes": [local, wide],
        "Tags": _tags(identifier),
        "VpcId": vpc,
        "OwnerId": OWNER,
    }


def _subnet(place: Place, answers: Answers) -> None:
    block = f"10.{place.vpc}.{place.subnet}.0/24"
    answers["Subnets"].append(
        {
            "AvailabilityZoneId": "use1-az1",
            "MapCustomerOwnedIpOnLaunch": False,
            "OwnerId": OWNER,
            "AssignIpv6AddressOnCreation": False,
            "Ipv6CidrBlockAssociationSet": [],
            "Tags": _tags(f"subnet {place.vpc} {place.subnet}"),
            "SubnetArn": f"arn:aws:ec2:us-east-1:{OWNER}:subnet/{place.subnet_id}",
            "EnableDns64": False,
            "SubnetId": place.subnet_id,
            "State": "available",
            "VpcId": place.vpc_id,
            "CidrBlock": block,
            "AvailableIpAddressCount": 200,
            "AvailabilityZone": f"us-east-1{'abc'[place.subnet % 3]}",
            "DefaultForAz": False,
            "MapPublicIpOnLaunch": False,
        }
    )
    answers["NetworkAcls"][place.vpc]["Associations"].append(
        {"NetworkAclAssociationId": f"aclassoc-{place.number:017x}", "NetworkAclId": f"acl-{place.vpc:017x}", "SubnetId": place.subnet_id}
    )
    association = {"Main": False, "RouteTableAssociationId": f"rtbassoc-1{place.number:016x}", "SubnetId": place.subnet_id}
    answers["RouteTables"].append(_table(f"rtb-1{place.number:016x}", place.vpc_id, f"10.{place.vpc}.0.0/16", association))


def _interface(place: Place) -> dict[str, Any]:
    address = f"10.{place.vpc}.{place.subnet}.{10 + place.host}"
    name = f"ip-{address.replace('.', '-')}.ec2.internal"
    attachment = {
        "AttachTime": "2026-01-15T09:30:00+00:00",
        "AttachmentId": f"eni-attach-{place.number:017x}",
        "DeleteOnTermination": True,
        "DeviceIndex": 0,
        "NetworkCardIndex": 0,
        "InstanceId": f"i-{place.number:017x}",
        "InstanceOwnerId": OWNER,
        "Status": "attached",
    }
    return {
        "Attachment": attachment,
        "AvailabilityZone": f"us-east-1{'abc'[place.subnet % 3]}",
        "Description": "",
        "Groups": [{"GroupId": f"sg-{place.vpc:017x}", "GroupName": f"web-{place.vpc}"}],
        "InterfaceType": "interface",
        "Ipv6Addresses": [],
        "MacAddress": "0a:58:a9:fe:ac:02",
        "NetworkInterfaceId": f"eni-{place.number:017x}",
        "OwnerId": OWNER,
        "PrivateDnsName": name,
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"Primary": True, "PrivateDnsName": name, "PrivateIpAddress": address}],
        "RequesterManaged": False,
        "SourceDestCheck": True,
        "Status": "in-use",
        "SubnetId": place.subnet_id,
        "TagSet": [],
        "VpcId": place.vpc_id,
    }


def _instance(place: Place, interface: dict[str, Any]) -> dict[str, Any]:
    return {
        "AmiLaunchIndex": 0,
        "Architecture": "x86_64",
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": True, "Status": "attached", "VolumeId": "vol-0123456789abcdef0"}}],
        "CpuOptions": {"CoreCount": 2, "ThreadsPerCore": 1},
        "EbsOptimized": True,
        "EnaSupport": True,
        "Hypervisor": "xen",
        "ImageId": "ami-0123456789abcdef0",
        "InstanceId": f"i-{place.number:017x}",
        "InstanceType": "t4g.small",
        "LaunchTime": "2026-01-15T09:30:00+00:00",
        "MetadataOptions": {"HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 2, "HttpTokens": "required", "State": "applied"},
        "Monitoring": {"State": "disabled"},
        "NetworkInterfaces": [{key: value for key, value in interface.items() if key not in ("AvailabilityZone", "RequesterManaged", "TagSet")}],
        "Placement": {"AvailabilityZone": interface["AvailabilityZone"], "GroupName": "", "Tenancy": "default"},
        "PrivateDnsName": interface["PrivateDnsName"],
        "PrivateIpAddress": interface["PrivateIpAddress"],
        "RootDeviceName": "/dev/xvda",
        "RootDeviceType": "ebs",
        "SecurityGroups": interface["Groups"],
        "SourceDestCheck": True,
        "State": {"Code": 16, "Name": "running"},
        "SubnetId": place.subnet_id,
        "Tags": _tags(f"web {place.number}"),
        "VirtualizationType": "hvm",
        "VpcId": place.vpc_id,
    }


def _transit(vpcs: int, answers: Answers) -> None:
    """One transit gateway that carries between all VPCs."""
    answers["TransitGateways"] = [{"TransitGatewayId": "tgw-1", "State": "available", "OwnerId": OWNER}]
    answers["TransitGatewayRouteTables"] = [{"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1", "State": "available"}]
    association = {"TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated"}
    names = [f"tgw-attach-{number:017x}" for number in range(vpcs)]
    answers["TransitGatewayAttachments"] = [
        {
            "TransitGatewayAttachmentId": name,
            "TransitGatewayId": "tgw-1",
            "ResourceType": "vpc",
            "ResourceId": f"vpc-{number:017x}",
            "State": "available",
            "Association": association,
        }
        for number, name in enumerate(names)
    ]
    answers["TransitGatewayVpcAttachments"] = [
        {
            "TransitGatewayAttachmentId": name,
            "TransitGatewayId": "tgw-1",
            "VpcId": f"vpc-{number:017x}",
            "SubnetIds": [f"subnet-{number:04x}{0:013x}"],
            "State": "available",
        }
        for number, name in enumerate(names)
    ]
    propagations = [{"TransitGatewayAttachmentId": name, "State": "enabled", "ResourceType": "vpc"} for name in names]
    answers["TransitGatewayPropagations"] = [{"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayRouteTablePropagations": propagations}]
