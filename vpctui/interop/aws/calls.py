"""The calls that an import needs, all of them read-only: one table for the shell script and for asking an account itself."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

TAG = re.compile(r"Tags\[\?Key=='([^']*)'\]\.Value\[\]")


class Call(Struct, frozen=True):
    """One call of the API: `ec2 describe-vpcs`; `options` are those beside Region and profile."""

    service: str
    operation: str
    options: Mapping[str, object] = {}
    """In boto3's spelling and values."""
    arguments: str = ""
    """The same in the spelling of the command line."""
    query: str = ""
    """What to keep of the answer, as a JMESPath expression, where it holds secrets or lacks its parent's id."""

    @property
    def name(self) -> str:
        """`ec2 describe-vpcs`."""
        return f"{self.service} {self.operation}"

    @property
    def method(self) -> str:
        """The name of the method in boto3."""
        return self.operation.replace("-", "_")


class PerParent(Struct, frozen=True):
    """Calls that are made for each object of another answer.

    `path` leads to the parents' ids in the answer of `parents`; `key` is the parameter that takes one, under which it is also put beside the
    answer.  Each call stands with the keys that its answer has.
    """

    parents: Call
    path: str
    key: str
    option: str
    calls: tuple[tuple[Call, tuple[str, ...]], ...]

    def ids(self, page: Mapping[str, Any]) -> Iterator[str]:
        """What `path` finds in an answer: an id of each object, or the value of one of its tags."""
        answer, _, rest = self.path.partition("[].")
        tag = TAG.fullmatch(rest)
        for item in page.get(answer) or ():
            found = [row.get("Value") for row in item.get("Tags") or () if row.get("Key") == tag[1]] if tag else [item.get(rest)]
            yield from (text for text in found if isinstance(text, str))


def _plain(service: str, *operations: str) -> tuple[Call, ...]:
    return tuple(Call(service, operation) for operation in operations)


VPN_FIELDS = ("VpnConnectionId", "State", "VpnGatewayId", "TransitGatewayId", "CustomerGatewayId", "Category", "Type", "Routes", "VgwTelemetry", "Tags")
VPN_QUERY = "{VpnConnections: VpnConnections[].{" + ", ".join(f"{name}: {name}" for name in VPN_FIELDS)
VPN_CONNECTIONS = Call(
    "ec2",
    "describe-vpn-connections",
    query=VPN_QUERY + ", Options: {StaticRoutesOnly: Options.StaticRoutesOnly}}}",
)
"""Without CustomerGatewayConfiguration and TunnelOptions, which hold pre-shared keys."""

TABLES = Call("ec2", "describe-transit-gateway-route-tables")
LISTS = Call("ec2", "describe-managed-prefix-lists")
BALANCERS = Call("elbv2", "describe-load-balancers")
GROUPS = Call("elbv2", "describe-target-groups")
GATEWAYS = Call("directconnect", "describe-direct-connect-gateways")
ENDPOINTS = Call("ec2", "describe-vpc-endpoints")

CALLS: tuple[Call, ...] = (
    *_plain(
        "ec2",
        "describe-vpcs",
        "describe-subnets",
        "describe-route-tables",
        "describe-network-acls",
        "describe-security-groups",
        "describe-network-interfaces",
        "describe-instances",
        "describe-addresses",
        "describe-internet-gateways",
        "describe-egress-only-internet-gateways",
        "describe-carrier-gateways",
        "describe-local-gateways",
        "describe-nat-gateways",
        "describe-vpc-peering-connections",
    ),
    ENDPOINTS,
    Call("ec2", "describe-vpc-endpoint-service-configurations"),
    Call("ec2", "describe-prefix-lists"),
    LISTS,
    *_plain("ec2", "describe-vpn-gateways", "describe-customer-gateways"),
    VPN_CONNECTIONS,
    *_plain(
        "ec2",
        "describe-transit-gateways",
        "describe-transit-gateway-attachments",
        "describe-transit-gateway-vpc-attachments",
        "describe-transit-gateway-peering-attachments",
    ),
    TABLES,
    *_plain("ec2", "describe-vpc-block-public-access-options", "describe-vpc-block-public-access-exclusions"),
    BALANCERS,
    GROUPS,
    Call("elb", "describe-load-balancers"),
    GATEWAYS,
    Call("directconnect", "describe-virtual-interfaces"),
)
"""Calls without parents, in the order in which they are made."""

FILTERS = {"Filters": [{"Name": "state", "Values": ["active", "blackhole"]}]}

PER_PARENT: tuple[PerParent, ...] = (
    PerParent(
        TABLES,
        "TransitGatewayRouteTables[].TransitGatewayRouteTableId",
        "TransitGatewayRouteTableId",
        "--transit-gateway-route-table-id",
        (
            (Call("ec2", "search-transit-gateway-routes", FILTERS, "--filters Name=state,Values=active,blackhole"), ("Routes", "AdditionalRoutesAvailable")),
            (Call("ec2", "get-transit-gateway-route-table-propagations"), ("TransitGatewayRouteTablePropagations",)),
            (Call("ec2", "get-transit-gateway-route-table-associations"), ("Associations",)),
            (Call("ec2", "get-transit-gateway-prefix-list-references"), ("TransitGatewayPrefixListReferences",)),
        ),
    ),
    PerParent(
        LISTS,
        "PrefixLists[].PrefixListId",
        "PrefixListId",
        "--prefix-list-id",
        ((Call("ec2", "get-managed-prefix-list-entries"), ("Entries",)),),
    ),
    PerParent(
        BALANCERS,
        "LoadBalancers[].LoadBalancerArn",
        "LoadBalancerArn",
        "--load-balancer-arn",
        (
            (Call("elbv2", "describe-listeners"), ("Listeners",)),
            (Call("elbv2", "describe-load-balancer-attributes"), ("Attributes",)),
        ),
    ),
    PerParent(
        GROUPS,
        "TargetGroups[].TargetGroupArn",
        "TargetGroupArn",
        "--target-group-arn",
        (
            (Call("elbv2", "describe-target-health"), ("TargetHealthDescriptions",)),
            (Call("elbv2", "describe-target-group-attributes"), ("Attributes",)),
        ),
    ),
    PerParent(
        GATEWAYS,
        "directConnectGateways[].directConnectGatewayId",
        "directConnectGatewayId",
        "--direct-connect-gateway-id",
        ((Call("directconnect", "describe-direct-connect-gateway-associations"), ("directConnectGatewayAssociations",)),),
    ),
    PerParent(
        ENDPOINTS,
        "VpcEndpoints[].Tags[?Key=='Firewall'].Value[]",
        "FirewallArn",
        "--firewall-arn",
        ((Call("network-firewall", "describe-firewall"), ("Firewall", "FirewallStatus")),),
    ),
)
"""Calls for each object of an answer; the object's id is put beside an answer that does not name it."""
