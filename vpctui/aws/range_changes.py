"""AssociateVpcCidrBlock and DisassociateVpcCidrBlock: each block brings its own local route into every table.  Rules R-030, R-031, R-308, R-317."""

from collections.abc import Iterator

from msgspec.structs import replace

from vpctui.address import Prefix, parse_prefix
from vpctui.aws import edge_rules
from vpctui.aws.altering import ec2, read_value
from vpctui.aws.route_table import RouteTable
from vpctui.aws.subnet import VPC_SIZES
from vpctui.aws.vpc import Vpc
from vpctui.engine.change import Alteration, Applied, Change, Refusal, alterations
from vpctui.engine.network import Network
from vpctui.schema import Cidr, value_text

QUOTA = 5
"""Blocks of each family, as long as nobody asks for more (R-317)."""
NEVER = tuple(parse_prefix(text) for text in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4"))
PRIVATE = tuple(parse_prefix(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
BENCHMARK = parse_prefix("198.19.0.0/16")
TAKEN = ((parse_prefix("10.0.0.0/15"), parse_prefix("10.0.0.0/16")), (parse_prefix("172.16.0.0/12"), parse_prefix("172.31.0.0/16")))
"""(a block of the VPC inside the first, the second, which it then cannot have)."""


def misfit(first: Prefix, block: Prefix, held: tuple[Prefix, ...]) -> bool:
    """Whether a VPC whose primary block is `first` may not also have this one (R-030)."""
    if not 16 <= block.length <= 28 or any(never.overlaps(block) for never in NEVER):
        return True
    family = next((private for private in PRIVATE if private.overlaps(block)), None)
    own = next((private for private in PRIVATE if private.covers(first)), None)
    if own is not None:
        taken = any(inside.covers(other) and refused.overlaps(block) for inside, refused in TAKEN for other in held)
        return family not in (None, own) or BENCHMARK.overlaps(block) or taken
    return family is not None or (BENCHMARK.overlaps(block) and not BENCHMARK.covers(first))


def _associate(vpc: Vpc, block: Prefix, network: Network, place: str) -> Refusal | None:
    held = vpc.cidrs if block.family == 4 else vpc.ipv6_cidrs
    if len(held) >= QUOTA:
        message = f"This network {vpc.id} has met its maximum number of allowed CIDRs: {QUOTA}"
        return Refusal("QUERY_INVALID", message, "CidrLimitExceeded", f"{place}-={held[-1]}", "R-317", place)
    sized = not misfit(vpc.cidrs[0], block, vpc.cidrs) if block.family == 4 else block.length in VPC_SIZES[6]
    if not sized or any(block.overlaps(other) for other in held):
        return Refusal("QUERY_INVALID", f"The CIDR '{block}' is invalid.", "InvalidVpc.Range", "a block that AWS lets join, beside the others", "R-030", place)
    for table, destination in _destinations(vpc, network):
        if block.covers(destination):
            message = f"The CIDR {block} conflicts with route {destination} in {table}"
            return Refusal("QUERY_INVALID", message, "InvalidParameterValue", f"{table}[{destination}]=none", "R-031", place)
    return None


def _destinations(vpc: Vpc, network: Network) -> Iterator[tuple[str, Prefix]]:
    for identifier in network.ids(("in", vpc.id)):
        table = network.find(RouteTable, identifier)
        for route in table.routes if table else ():
            if isinstance(route.destination, Prefix):
                yield identifier, route.destination


def _disassociate(vpc: Vpc, block: Prefix, network: Network, place: str) -> Refusal | None:
    held = vpc.cidrs if block.family == 4 else vpc.ipv6_cidrs
    if block not in held:
        return Refusal("QUERY_INVALID", f"{block} is no block of {vpc.id}", "InvalidVpcCidrBlockAssociationID.NotFound", value_text(held), "R-317", place)
    if block == vpc.cidrs[0]:
        message = f"The vpc CIDR block with association ID ASSOCIATION-OF-{block} may not be disassociated. It is the primary IPv4 CIDR block of the VPC"
        return Refusal("QUERY_INVALID", message, "OperationNotPermitted", "a secondary block", "R-317", place)
    for subnet in edge_rules.subnets(vpc.id, network):
        if any(part is not None and block.covers(part) for part in (subnet.cidr, subnet.ipv6_cidr)):
            message = f"The CIDR '{block}' has dependencies: {subnet.id} lies in it"
            return Refusal("QUERY_INVALID", message, "DependencyViolation", f"a block without subnets; {subnet.id} uses this one", "R-317", place)
    return None


def _blocks(setting: str, family: int) -> Alteration:
    """`vpc.cidr+=10.6.0.0/16` and `-=`; `setting` is the field's name in the file."""
    attribute = "cidrs" if family == 4 else "ipv6_cidrs"

    def apply(vpc: Vpc, change: Change, network: Network) -> Applied:
        if change.operator == "=" or change.key:
            return Refusal("QUERY_INVALID", f"write {vpc.id}.{setting}+=CIDR or {vpc.id}.{setting}-=CIDR", place=change.place)
        block = read_value(Cidr(family), change, network)
        if isinstance(block, Refusal):
            return block
        refusal = (_associate if change.operator == "+=" else _disassociate)(vpc, block, network, change.place)
        if refusal is not None:
            return refusal
        held: tuple[Prefix, ...] = getattr(vpc, attribute)
        return (replace(vpc, **{attribute: (*held, block) if change.operator == "+=" else tuple(other for other in held if other != block)}),)

    def current(vpc: Vpc, network: Network) -> tuple[tuple[str, str], ...]:
        return ((f"{vpc.id}.{setting}", value_text(getattr(vpc, attribute)) or "none"),)

    def commands(vpc: Vpc, change: Change, network: Network) -> tuple[str, ...]:
        if change.operator == "+=":
            return (ec2("associate-vpc-cidr-block", vpc_id=vpc.id, **{"cidr_block" if family == 4 else "ipv6_cidr_block": change.value}),)
        return (ec2("disassociate-vpc-cidr-block", association_id=f"ASSOCIATION-OF-{change.value}"),)

    return Alteration(setting, apply, current, lambda vpc, place, network: (), commands)


alterations(Vpc, _blocks("cidr", 4), _blocks("ipv6_cidr", 6))
