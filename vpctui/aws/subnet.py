"""Subnet: a block of addresses in one Availability Zone, with one route table and one network ACL.  Rules R-006, R-007, R-028, R-277."""

from collections.abc import Hashable, Iterable, Iterator

from vpctui.address import Address, Prefix, prefix_of
from vpctui.aws.reading import Item
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.schema import Choice, Cidr, Field, Reference, Section, Text

VPC_SIZES = {4: range(28, 15, -1), 6: (60, 56, 52, 48, 44)}
"""Lengths of a VPC's ranges by family, the smallest range first (R-030, R-308)."""
BLOCK_SIZES = {4: VPC_SIZES[4], 6: (64, *VPC_SIZES[6])}
"""Lengths of a subnet's block by family."""


class Subnet(Record, frozen=True, kw_only=True):
    """A subnet.  `route_table` None means the VPC's main table (R-007); `network_acl` None allows everything."""

    vpc: str
    cidr: Prefix | None
    ipv6_cidr: Prefix | None = None
    az: str = "a"
    route_table: str | None = None
    network_acl: str | None = None
    block_public_access_exclusion: str = "none"

    def holds(self, address: Address) -> bool:
        """Whether the address is on link in this subnet."""
        block = self.block(address)
        return block is not None and address in block

    def block(self, address: Address) -> Prefix | None:
        """The block for addresses of this family."""
        return self.cidr if address.family == 4 else self.ipv6_cidr


@indexes(Subnet)
def keys(subnet: Subnet) -> Iterable[Hashable]:
    """By VPC, by its blocks, and by the table and ACL that it uses."""
    yield ("in", subnet.vpc)
    for block in (subnet.cidr, subnet.ipv6_cidr):
        if block is not None:
            yield ("block", subnet.vpc, block)
    yield ("associated", subnet.route_table)
    yield ("associated", subnet.network_acl)


@outlines(Subnet)
def outline(subnet: Subnet, network: Network) -> Outline:
    """In its VPC, with its blocks and zone."""
    blocks = " ".join(str(block) for block in (subnet.cidr, subnet.ipv6_cidr) if block is not None)
    return Outline(subnet.vpc, f"{blocks} az {subnet.az}", 20)


SECTION = Section(
    "subnets",
    "subnet",
    (
        Field("vpc", Reference(("vpcs",)), "the VPC", shown_default="the only one"),
        Field("cidr", Cidr(4), "IPv4 block", required=False, shown_default="none: IPv6 only"),
        Field("ipv6_cidr", Cidr(6), "IPv6 block"),
        Field("az", Text(), "Availability Zone", "a"),
        Field("route_table", Reference(("route_tables",)), "associated route table", shown_default="the VPC's main table"),
        Field("network_acl", Reference(("network_acls",)), "associated network ACL", shown_default="one that allows everything"),
        Field("block_public_access_exclusion", Choice(("none", "bidirectional", "egress")), "an exclusion from Block Public Access for this subnet", "none"),
    ),
    "Subnets: the rooms of a VPC. A table and a network ACL belong to the subnet, not to the instance.",
)


def read(item: Item) -> Iterator[Record]:
    """One subnet.  Notes E124 without a block, E219 for one of an impossible size."""
    if item.lacks("cidr") and item.lacks("ipv6_cidr"):
        item.problem("E124", f'subnet {item.id} needs "cidr"', "", "cidr: 10.0.1.0/24")
    six: Prefix | None = item["ipv6_cidr"]
    if six is not None and six.length not in BLOCK_SIZES[6]:
        item.problem("E219", f"a subnet's IPv6 block is /44 to /64 in steps of 4, found {six}", "ipv6_cidr", f"{six.first}/64")
    yield Subnet(
        id=item.id,
        vpc=item.vpc(),
        cidr=item["cidr"],
        ipv6_cidr=item["ipv6_cidr"],
        az=item["az"],
        route_table=item["route_table"],
        network_acl=item["network_acl"],
        block_public_access_exclusion=item["block_public_access_exclusion"],
    )


def table_of(subnet: Subnet, network: Network) -> str:
    """Id of the table that a subnet uses: its own, else the VPC's main one (R-007); empty where there is neither."""
    if subnet.route_table:
        return subnet.route_table
    main: str | None = getattr(network.get(subnet.vpc), "main_route_table", None)
    return main or ""


def holding(vpc: str, address: Address, network: Network) -> Subnet | None:
    """The subnet of a VPC in which an address lies; asks by size of block, so the number of subnets does not matter."""
    for length in BLOCK_SIZES[address.family]:
        found = network.first(Subnet, ("block", vpc, prefix_of(address, length)))
        if found is not None:
            return found
    return None


def reserved(subnet: Subnet, address: Address) -> bool:
    """One of the five addresses that AWS keeps (R-028): the first four and the last."""
    block = subnet.block(address)
    return block is not None and address in block and (address.value - block.value < 4 or address == block.last)
