"""Fields of the answers about transit gateways, load balancers, Direct Connect and Network Firewall."""

from msgspec import field

from vpctui.interop.aws.shapes import Shape, State, Tag


class TransitGatewayOptions(Shape):
    vpn_ecmp_support: str = "enable"
    security_group_referencing_support: str = "disable"


class TransitGateway(Shape):
    transit_gateway_id: str
    state: str = "available"
    options: TransitGatewayOptions = field(default_factory=TransitGatewayOptions)
    tags: list[Tag] = []


class AttachmentAssociation(Shape):
    transit_gateway_route_table_id: str = ""
    state: str = ""


class TransitGatewayAttachment(Shape):
    transit_gateway_attachment_id: str
    transit_gateway_id: str = ""
    resource_type: str = ""
    resource_id: str = ""
    state: str = "available"
    association: AttachmentAssociation | None = None
    tags: list[Tag] = []


class VpcAttachmentOptions(Shape):
    appliance_mode_support: str = "disable"
    security_group_referencing_support: str = "disable"


class TransitGatewayVpcAttachment(Shape):
    transit_gateway_attachment_id: str
    transit_gateway_id: str = ""
    vpc_id: str = ""
    subnet_ids: list[str] = []
    state: str = "available"
    options: VpcAttachmentOptions = field(default_factory=VpcAttachmentOptions)
    tags: list[Tag] = []


class PeeringEnd(Shape):
    transit_gateway_id: str = ""
    region: str = ""


class TransitGatewayPeeringAttachment(Shape):
    transit_gateway_attachment_id: str
    requester_tgw_info: PeeringEnd = field(default_factory=PeeringEnd)
    accepter_tgw_info: PeeringEnd = field(default_factory=PeeringEnd)
    state: str = "available"


class TransitGatewayRouteTable(Shape):
    transit_gateway_route_table_id: str
    transit_gateway_id: str = ""
    state: str = "available"
    tags: list[Tag] = []


class Propagation(Shape):
    transit_gateway_attachment_id: str = ""
    state: str = ""


class RouteAttachment(Shape):
    transit_gateway_attachment_id: str = ""
    resource_type: str = ""
    resource_id: str = ""


class TransitGatewayRoute(Shape):
    destination_cidr_block: str = ""
    prefix_list_id: str = ""
    type: str = "static"
    state: str = "active"
    transit_gateway_attachments: list[RouteAttachment] = []


class PrefixListReference(Shape):
    prefix_list_id: str = ""
    state: str = ""
    blackhole: bool = False
    transit_gateway_attachment: RouteAttachment | None = None


class TableAssociation(Shape):
    transit_gateway_attachment_id: str = ""
    state: str = ""


class LoadBalancerAddress(Shape):
    ip_address: str = ""
    private_ipv4_address: str = field(name="PrivateIPv4Address", default="")
    ipv6_address: str = field(name="IPv6Address", default="")


class LoadBalancerZone(Shape):
    subnet_id: str = ""
    zone_name: str = ""
    load_balancer_addresses: list[LoadBalancerAddress] = []


class LoadBalancer(Shape):
    load_balancer_arn: str
    load_balancer_name: str = ""
    type: str = "application"
    scheme: str = ""
    vpc_id: str = ""
    state: State = field(default_factory=State)
    security_groups: list[str] = []
    availability_zones: list[LoadBalancerZone] = []
    enforce_security_group_inbound_rules_on_private_link_traffic: str = "on"


class ForwardGroup(Shape):
    target_group_arn: str = ""
    weight: int | None = None


class ForwardConfig(Shape):
    target_groups: list[ForwardGroup] = []


class Action(Shape):
    type: str = ""
    order: int = 0
    target_group_arn: str = ""
    forward_config: ForwardConfig | None = None


class Listener(Shape):
    listener_arn: str
    load_balancer_arn: str = ""
    port: int = 0
    protocol: str = ""
    default_actions: list[Action] = []


class TargetGroup(Shape):
    target_group_arn: str
    target_group_name: str = ""
    protocol: str = ""
    port: int = 0
    target_type: str = "instance"
    load_balancer_arns: list[str] = []


class Target(Shape):
    id: str = ""
    port: int = 0


class Health(Shape):
    state: str = ""


class TargetHealth(Shape):
    target: Target = field(default_factory=Target)
    target_health: Health = field(default_factory=Health)


class Attribute(Shape):
    key: str = ""
    value: str = ""


class ClassicListener(Shape):
    protocol: str = "TCP"
    load_balancer_port: int = 0
    instance_port: int = 0


class ClassicListenerDescription(Shape):
    listener: ClassicListener = field(default_factory=ClassicListener)


class ClassicInstance(Shape):
    instance_id: str = ""


class ClassicLoadBalancer(Shape):
    load_balancer_name: str
    scheme: str = ""
    vpc_id: str = field(name="VPCId", default="")
    subnets: list[str] = []
    security_groups: list[str] = []
    instances: list[ClassicInstance] = []
    listener_descriptions: list[ClassicListenerDescription] = []


class DirectConnectGateway(Shape):
    direct_connect_gateway_id: str
    direct_connect_gateway_state: str = "available"


class AssociatedGateway(Shape):
    id: str = ""
    type: str = ""


class AllowedPrefix(Shape):
    cidr: str = ""


class DirectConnectGatewayAssociation(Shape):
    association_id: str
    direct_connect_gateway_id: str = ""
    association_state: str = "associated"
    associated_gateway: AssociatedGateway = field(default_factory=AssociatedGateway)
    virtual_gateway_id: str = ""


class BgpPeer(Shape):
    bgp_status: str = ""
    bgp_peer_state: str = ""


class VirtualInterface(Shape):
    virtual_interface_id: str
    virtual_interface_type: str = "private"
    virtual_interface_state: str = "available"
    virtual_gateway_id: str = ""
    direct_connect_gateway_id: str = ""
    mtu: int = 1500
    bgp_peers: list[BgpPeer] = []
    route_filter_prefixes: list[AllowedPrefix] = []


class FirewallAttachment(Shape):
    endpoint_id: str = ""
    subnet_id: str = ""


class SyncState(Shape):
    attachment: FirewallAttachment | None = None


class FirewallStatus(Shape):
    """Endpoints by zone."""

    sync_states: dict[str, SyncState] = {}


class Firewall(Shape):
    firewall_arn: str
    firewall_name: str = ""
    vpc_id: str = ""
    firewall_status: FirewallStatus = field(default_factory=FirewallStatus)


class BlockPublicAccess(Shape):
    internet_gateway_block_mode: str = "off"
    state: str = ""


class Exclusion(Shape):
    exclusion_id: str
    internet_gateway_exclusion_mode: str = ""
    resource_arn: str = ""
    state: str = ""
