"""Fields of the answers about gateways, peerings, endpoints, prefix lists and VPN connections."""

from msgspec import field

from vpctui.interop.aws.shapes import GroupId, Shape, State, Tag


class GatewayAttachment(Shape):
    vpc_id: str = ""
    state: str = ""


class InternetGateway(Shape):
    internet_gateway_id: str
    attachments: list[GatewayAttachment] = []
    tags: list[Tag] = []


class EgressOnlyInternetGateway(Shape):
    egress_only_internet_gateway_id: str
    attachments: list[GatewayAttachment] = []
    tags: list[Tag] = []


class VpnGateway(Shape):
    vpn_gateway_id: str
    state: str = "available"
    vpc_attachments: list[GatewayAttachment] = []
    tags: list[Tag] = []


class NatAddress(Shape):
    network_interface_id: str = ""
    private_ip: str = ""
    public_ip: str = ""
    is_primary: bool | None = None
    status: str = ""
    availability_zone: str = ""
    availability_zone_id: str = ""


class NatGateway(Shape):
    nat_gateway_id: str
    subnet_id: str = ""
    vpc_id: str = ""
    state: str = "available"
    connectivity_type: str = "public"
    availability_mode: str = "zonal"
    auto_provision_zones: str = "enabled"
    route_table_id: str = ""
    failure_message: str = ""
    nat_gateway_addresses: list[NatAddress] = []
    tags: list[Tag] = []


class PeeringSide(Shape):
    vpc_id: str = ""
    owner_id: str = ""
    region: str = ""
    cidr_block: str = ""


class VpcPeeringConnection(Shape):
    vpc_peering_connection_id: str
    accepter_vpc_info: PeeringSide = field(default_factory=PeeringSide)
    requester_vpc_info: PeeringSide = field(default_factory=PeeringSide)
    status: State = field(default_factory=State)
    tags: list[Tag] = []


class VpcEndpoint(Shape):
    vpc_endpoint_id: str
    vpc_id: str = ""
    vpc_endpoint_type: str = "Gateway"
    service_name: str = ""
    state: str = "available"
    subnet_ids: list[str] = []
    network_interface_ids: list[str] = []
    route_table_ids: list[str] = []
    groups: list[GroupId] = []
    tags: list[Tag] = []


class ServiceConfiguration(Shape):
    service_id: str
    service_name: str = ""
    network_load_balancer_arns: list[str] = []
    gateway_load_balancer_arns: list[str] = []


class PrefixList(Shape):
    prefix_list_id: str
    prefix_list_name: str = ""
    cidrs: list[str] | None = None
    max_entries: int = 0


class VpnRoute(Shape):
    destination_cidr_block: str = ""
    state: str = ""


class VpnOptions(Shape):
    static_routes_only: bool = False


class Telemetry(Shape):
    status: str = ""
    outside_ip_address: str = ""
    accepted_route_count: int = 0


class VpnConnection(Shape):
    """`CustomerGatewayConfiguration` holds keys: it is never read."""

    vpn_connection_id: str
    state: str = "available"
    vpn_gateway_id: str = ""
    transit_gateway_id: str = ""
    customer_gateway_id: str = ""
    options: VpnOptions = field(default_factory=VpnOptions)
    routes: list[VpnRoute] = []
    vgw_telemetry: list[Telemetry] = []
    tags: list[Tag] = []


class CustomerGateway(Shape):
    customer_gateway_id: str
    bgp_asn: str | int = ""
