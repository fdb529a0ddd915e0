"""The fields of `describe-*` answers that decide a packet's way, by the API's names in snake_case.  Everything else in an answer is passed over."""

from typing import Any

from msgspec import Struct, field


class Shape(Struct, rename="pascal", gc=False):
    """A part of an answer; a field that is absent has its default."""


class Tag(Shape):
    key: str = ""
    value: str = ""


class State(Shape):
    state: str = ""
    code: str | int = ""
    name: str = ""


class CidrAssociation(Shape):
    cidr_block: str = ""
    cidr_block_state: State = field(default_factory=State)
    ipv6_cidr_block: str = ""
    ipv6_cidr_block_state: State = field(default_factory=State)


class Vpc(Shape):
    vpc_id: str
    cidr_block: str = ""
    owner_id: str = ""
    cidr_block_association_set: list[CidrAssociation] = []
    ipv6_cidr_block_association_set: list[CidrAssociation] = []
    tags: list[Tag] = []


class Subnet(Shape):
    subnet_id: str
    vpc_id: str
    cidr_block: str = ""
    availability_zone: str = ""
    availability_zone_id: str = ""
    owner_id: str = ""
    ipv6_cidr_block_association_set: list[CidrAssociation] = []
    tags: list[Tag] = []


class RouteTableAssociation(Shape):
    main: bool = False
    subnet_id: str = ""
    gateway_id: str = ""
    public_ipv4_pool: str = ""
    association_state: State = field(default_factory=State)


class PropagatingVgw(Shape):
    gateway_id: str = ""


class RouteTable(Shape):
    route_table_id: str
    vpc_id: str
    associations: list[RouteTableAssociation] = []
    routes: list[dict[str, Any]] = []
    propagating_vgws: list[PropagatingVgw] = []
    tags: list[Tag] = []


class PortRange(Shape):
    from_: int = field(name="From", default=0)
    to: int = 65535


class IcmpTypeCode(Shape):
    type: int = -1
    code: int = -1


class NetworkAclEntry(Shape):
    rule_number: int
    rule_action: str
    egress: bool
    protocol: str
    cidr_block: str = ""
    ipv6_cidr_block: str = ""
    port_range: PortRange | None = None
    icmp_type_code: IcmpTypeCode | None = None


class SubnetAssociation(Shape):
    subnet_id: str = ""


class NetworkAcl(Shape):
    network_acl_id: str
    vpc_id: str
    associations: list[SubnetAssociation] = []
    entries: list[NetworkAclEntry] = []
    tags: list[Tag] = []


class IpRange(Shape):
    cidr_ip: str = ""
    cidr_ipv6: str = ""
    description: str = ""


class PrefixListId(Shape):
    prefix_list_id: str = ""


class GroupPair(Shape):
    group_id: str = ""
    user_id: str = ""
    vpc_id: str = ""
    vpc_peering_connection_id: str = ""
    peering_status: str = ""


class IpPermission(Shape):
    ip_protocol: str
    from_port: int | None = None
    to_port: int | None = None
    ip_ranges: list[IpRange] = []
    ipv6_ranges: list[IpRange] = []
    prefix_list_ids: list[PrefixListId] = []
    user_id_group_pairs: list[GroupPair] = []


class SecurityGroup(Shape):
    group_id: str
    vpc_id: str = ""
    group_name: str = ""
    ip_permissions: list[IpPermission] = []
    ip_permissions_egress: list[IpPermission] | None = None
    tags: list[Tag] = []


class GroupId(Shape):
    group_id: str = ""


class PublicAssociation(Shape):
    public_ip: str = ""
    carrier_ip: str = ""


class PrivateAddress(Shape):
    private_ip_address: str = ""
    primary: bool = False
    association: PublicAssociation | None = None


class Ipv6Address(Shape):
    ipv6_address: str = ""
    is_primary_ipv6: bool = False


class DelegatedPrefix(Shape):
    ipv4_prefix: str = ""
    ipv6_prefix: str = ""


class ElasticAddress(Shape):
    public_ip: str
    network_interface_id: str = ""
    private_ip_address: str = ""


class Attachment(Shape):
    instance_id: str = ""
    instance_owner_id: str = ""
    device_index: int = 0
    network_card_index: int = 0
    status: str = ""


class NetworkInterface(Shape):
    network_interface_id: str
    subnet_id: str = ""
    vpc_id: str = ""
    status: str = ""
    interface_type: str = "interface"
    requester_id: str = ""
    requester_managed: bool = False
    description: str = ""
    source_dest_check: bool = True
    deny_all_igw_traffic: bool = False
    private_ip_address: str = ""
    private_ip_addresses: list[PrivateAddress] = []
    association: PublicAssociation | None = None
    ipv6_addresses: list[Ipv6Address] = []
    ipv4_prefixes: list[DelegatedPrefix] = []
    ipv6_prefixes: list[DelegatedPrefix] = []
    groups: list[GroupId] = []
    attachment: Attachment | None = None
    tag_set: list[Tag] = []


class Instance(Shape):
    instance_id: str
    vpc_id: str = ""
    state: State = field(default_factory=State)
    network_interfaces: list[dict[str, Any]] = []
    tags: list[Tag] = []
