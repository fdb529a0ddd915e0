"""Which answers a JSON value holds, told by its keys: raw answers, answers wrapped in lists, bare lists of objects, camelCase."""

import re
from typing import Any

from vpctui.interop.aws.account import Account, Json, Source

KINDS: dict[str, str] = {
    "Vpcs": "VpcId",
    "Subnets": "SubnetId",
    "RouteTables": "RouteTableId",
    "NetworkAcls": "NetworkAclId",
    "SecurityGroups": "GroupId",
    "NetworkInterfaces": "NetworkInterfaceId",
    "Instances": "InstanceId",
    "Addresses": "PublicIp",
    "InternetGateways": "InternetGatewayId",
    "EgressOnlyInternetGateways": "EgressOnlyInternetGatewayId",
    "CarrierGateways": "CarrierGatewayId",
    "LocalGateways": "LocalGatewayId",
    "NatGateways": "NatGatewayId",
    "VpcPeeringConnections": "VpcPeeringConnectionId",
    "VpcEndpoints": "VpcEndpointId",
    "ServiceConfigurations": "ServiceId",
    "VpcEndpointConnections": "VpcEndpointId",
    "PrefixLists": "PrefixListId",
    "VpnGateways": "VpnGatewayId",
    "CustomerGateways": "CustomerGatewayId",
    "VpnConnections": "VpnConnectionId",
    "TransitGateways": "TransitGatewayId",
    "TransitGatewayAttachments": "TransitGatewayAttachmentId",
    "TransitGatewayVpcAttachments": "TransitGatewayAttachmentId",
    "TransitGatewayPeeringAttachments": "TransitGatewayAttachmentId",
    "TransitGatewayRouteTables": "TransitGatewayRouteTableId",
    "LoadBalancers": "LoadBalancerArn",
    "LoadBalancerDescriptions": "LoadBalancerName",
    "Listeners": "ListenerArn",
    "TargetGroups": "TargetGroupArn",
    "DirectConnectGateways": "DirectConnectGatewayId",
    "DirectConnectGatewayAssociations": "AssociationId",
    "VirtualInterfaces": "VirtualInterfaceId",
    "Firewall": "FirewallArn",
    "VpcBlockPublicAccessExclusions": "ExclusionId",
    "RouteServers": "RouteServerId",
    "DBInstances": "DBInstanceIdentifier",
    "DomainStatusList": "DomainName",
}
"""Keys of answers whose objects are kept, each with the key that names an object."""

PARTS: dict[tuple[str, str], str] = {
    ("TransitGatewayRouteTablePropagations", "TransitGatewayRouteTableId"): "Propagations",
    ("Routes", "TransitGatewayRouteTableId"): "TransitGatewayRoutes",
    ("Associations", "TransitGatewayRouteTableId"): "TransitGatewayAssociations",
    ("TransitGatewayPrefixListReferences", "TransitGatewayRouteTableId"): "PrefixListReferences",
    ("Entries", "PrefixListId"): "PrefixListEntries",
    ("Attributes", "LoadBalancerArn"): "LoadBalancerAttributes",
    ("Attributes", "TargetGroupArn"): "TargetGroupAttributes",
    ("TargetHealthDescriptions", "TargetGroupArn"): "TargetHealth",
    ("Rules", "ListenerArn"): "ListenerRules",
}
"""Answers about one parent that do not name it: whoever collects them adds its id beside the answer."""

IGNORED = frozenset(
    [
        "AvailabilityZones",
        "DhcpOptions",
        "Regions",
        "InstanceStatuses",
        "PlacementGroups",
        "ServiceNames",
        "ServiceDetails",
        "Tags",
        "NextToken",
        "NextMarker",
        "Marker",
        "ResponseMetadata",
        "SecurityGroupRules",
        "StaleSecurityGroupSet",
        "InstanceTypes",
        "KeyPairs",
        "Volumes",
        "Images",
        "Snapshots",
        "connections",
        "Connections",
        "FlowLogs",
        "Account",
        "Arn",
        "UserId",
        "AdditionalRoutesAvailable",
        "UpdateToken",
        "TransitGatewayPolicyTables",
        "VpcEndpointServices",
        "RouteServerEndpoints",
        "RouteServerPeers",
        "ElasticIps",
    ]
)
"""Answers that change nothing on a packet's way, and what stands beside answers."""

SIGNATURES: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (kind, frozenset(keys.split()))
    for kind, keys in (
        ("NetworkInterfaces", "NetworkInterfaceId PrivateIpAddresses"),
        ("Instances", "InstanceId ImageId State"),
        ("NatGateways", "NatGatewayId NatGatewayAddresses"),
        ("RouteTables", "RouteTableId Routes"),
        ("NetworkAcls", "NetworkAclId Entries"),
        ("SecurityGroups", "GroupId IpPermissions"),
        ("VpcEndpoints", "VpcEndpointId VpcEndpointType"),
        ("VpcPeeringConnections", "VpcPeeringConnectionId AccepterVpcInfo"),
        ("InternetGateways", "InternetGatewayId Attachments"),
        ("VpnConnections", "VpnConnectionId CustomerGatewayId"),
        ("VpnGateways", "VpnGatewayId VpcAttachments"),
        ("TransitGatewayVpcAttachments", "TransitGatewayAttachmentId SubnetIds"),
        ("TransitGatewayAttachments", "TransitGatewayAttachmentId ResourceType"),
        ("TransitGatewayRouteTables", "TransitGatewayRouteTableId DefaultAssociationRouteTable"),
        ("TransitGateways", "TransitGatewayId TransitGatewayArn"),
        ("LoadBalancers", "LoadBalancerArn LoadBalancerName"),
        ("Listeners", "ListenerArn Protocol"),
        ("TargetGroups", "TargetGroupArn TargetGroupName"),
        ("PrefixLists", "PrefixListId PrefixListName"),
        ("VirtualInterfaces", "VirtualInterfaceId VirtualInterfaceType"),
        ("Subnets", "SubnetId CidrBlock"),
        ("Vpcs", "VpcId CidrBlock"),
    )
)
"""Objects that stand without the key of their answer, as `--query` leaves them."""

CAMEL = re.compile(r"[a-z]")
DEEPEST = 6


def recognise(value: Any, account: Account, source: Source) -> bool:
    """Put every object that a JSON value holds into the account; whether there was any answer that is known."""
    return Recognition(account).value(value, source, 0)


class Recognition:
    """Looks for answers in values."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def value(self, value: Any, source: Source, depth: int) -> bool:
        """An answer, a list of answers or of objects."""
        if isinstance(value, dict):
            return self._mapping(value, source, depth)
        if isinstance(value, list) and depth < DEEPEST:
            found = [self.value(item, source.below(str(at)), depth + 1) for at, item in enumerate(value)]
            return any(found)
        return False

    def _mapping(self, value: Json, source: Source, depth: int) -> bool:
        known = [key for key in value if key in KINDS or key == "Reservations" or key == "VpcBlockPublicAccessOptions"]
        parts = [pair for pair in PARTS if pair[0] in value and pair[1] in value]
        signature = None if parts else next((kind for kind, keys in SIGNATURES if keys <= value.keys()), None)
        if signature is not None:
            self._object(signature, value, source)
            return True
        if not known and not parts and (lifted := pascal(value)) is not None:
            return self._mapping(lifted, source, depth)
        for key, parent in parts:
            self._part(PARTS[key, parent], key, value, parent, source)
        if isinstance(value.get("Firewall"), dict) and "FirewallStatus" in value:
            value = {**value, "Firewall": {**value["Firewall"], "FirewallStatus": value["FirewallStatus"]}}
        for key in known:
            self._answer(key, value[key], source.below(key), depth)
        rest = [key for key in value if key not in known and key not in IGNORED and key != "FirewallStatus" and not any(key in pair for pair in parts)]
        found = [self._unknown(key, value, source, depth, bool(known or parts)) for key in rest]
        return bool(known or parts) or any(found) or (bool(value) and all(key in IGNORED for key in value))

    def _answer(self, key: str, answer: Any, source: Source, depth: int) -> None:
        if key == "VpcBlockPublicAccessOptions" or key == "Firewall":
            answer = [answer]
        if not isinstance(answer, list):
            self._account.note("error", f"{key} should be a list of objects; it is skipped", source)
            return
        for at, item in enumerate(answer):
            place = Source(source.file, f"{source.pointer}/{at}")
            if not isinstance(item, dict):
                self._account.note("error", f"an object of {key} is none; it is skipped", place)
            elif key == "Reservations":
                self._answer("Instances", item.get("Instances") or [], place.below("Instances"), depth)
            else:
                self._object(key, item, place)

    def _object(self, kind: str, values: Json, source: Source) -> None:
        name = KINDS.get(kind)
        identifier = values.get(name) if name else kind
        if isinstance(identifier, str) and identifier:
            self._account.add(self._side(kind, identifier, values), identifier, values, source)
        elif kind == "LoadBalancers" and "SourceSecurityGroup" in values:
            self._object("LoadBalancerDescriptions", values, source)
        else:
            self._account.note("error", f"an object of {kind} has no {name}; it is skipped", source)

    def _side(self, kind: str, identifier: str, values: Json) -> str:
        """A peering of transit gateways has one id on both sides, each of which answers with its own transit gateway and association (R-236)."""
        held = self._account.of(kind).get(identifier) if kind == "TransitGatewayAttachments" and values.get("ResourceType") == "peering" else None
        return "FarSides" if held is not None and held.values.get("TransitGatewayId") != values.get("TransitGatewayId") else kind

    def _part(self, kind: str, key: str, value: Json, parent: str, source: Source) -> None:
        items = value[key]
        identifier = value[parent]
        if not isinstance(items, list) or not isinstance(identifier, str):
            self._account.note("error", f"{key} should be a list, beside the text {parent}; it is skipped", source.below(key))
            return
        held = self._account.of(kind).get(identifier)
        before = held.values["Items"] if held else []
        if held is not None:
            held.values = {"Items": [*before, *(item for item in items if item not in before)]}
        else:
            self._account.add(kind, identifier, {"Items": items}, source.below(key))

    def _unknown(self, key: str, value: Json, source: Source, depth: int, beside: bool) -> bool:
        """A list of wrapped answers, an answer that lacks its parent's id, or something else."""
        item, place = value[key], source.below(key)
        lacking = [parent for name, parent in PARTS if name == key]
        if lacking and isinstance(item, list):
            self._account.note("error", f"{key} does not say whose they are; add {' or '.join(lacking)} beside it", place)
            return True
        if isinstance(item, list | dict) and depth < DEEPEST and self.value(item, place, depth + 1):
            return True
        if item in ([], {}):  # an answer without objects
            return key[:1].isupper()
        if isinstance(item, list) and key[:1].isupper() and (depth == 0 or beside):
            self._account.note("warning", f"{key} is not something that vpctui reads; it is skipped", place)
            return True
        return False


def pascal(value: Any) -> Any:
    """The value with its keys as most APIs write them, `vpcId` as `VpcId`; None where nothing changes."""
    if not (isinstance(value, dict) and any(CAMEL.match(key) and (key[:1].upper() + key[1:]) in _LIFTED for key in value)):
        return None
    return _lift(value)


_LIFTED = frozenset((*KINDS, "Reservations", *(name for pair in PARTS for name in pair), *(key for _, keys in SIGNATURES for key in keys)))


def _lift(value: Any) -> Any:
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: _lift(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_lift(item) for item in value]
    return value
