"""Ranges of VPCs and subnets: their sizes, whether they overlap, whether a subnet lies in its VPC and has a route table."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from vpctui.address import Prefix
from vpctui.aws.reading import Document
from vpctui.aws.route_table import RouteTable
from vpctui.aws.subnet import Subnet, table_of
from vpctui.aws.vpc import Vpc
from vpctui.document import Mark
from vpctui.engine.network import Network
from vpctui.schema import Reader

Held = tuple[Prefix, str, Mark]
"""A range, who has it, and where that is written."""


def check(document: Document, network: Network) -> None:
    """Note E124 (route table), E214 and E219 of subnets."""
    reader = document.reader
    subnets = list(network.all(Subnet))
    for subnet in subnets:
        vpc = network.find(Vpc, subnet.vpc)
        if vpc is not None:
            _inside(subnet, vpc, reader)
            _table(subnet, network, reader)
    by_vpc = sorted(subnets, key=lambda subnet: subnet.vpc)
    for _, group in groupby(by_vpc, key=lambda subnet: subnet.vpc):
        _apart(_blocks(group, reader), reader)
    for vpc in network.all(Vpc):
        _apart(((block, vpc.id, _mark(reader, vpc.id, "cidr")) for block in vpc.cidrs), reader)


def _mark(reader: Reader, identifier: str, field: str) -> Mark:
    return reader.places.get((identifier, field)) or reader.places.get((identifier, ""), Mark())


def _inside(subnet: Subnet, vpc: Vpc, reader: Reader) -> None:
    """A subnet's block lies in a range of its VPC, and is /16 to /28 (R-030)."""
    for field, block, ranges in (("cidr", subnet.cidr, vpc.cidrs), ("ipv6_cidr", subnet.ipv6_cidr, vpc.ipv6_cidrs)):
        if block is None:
            continue
        if not any(held.covers(block) for held in ranges) and (vpc.cidrs or field == "ipv6_cidr"):
            shown = ", ".join(str(held) for held in ranges) or "no IPv6 range"
            mend = f"a block inside {shown}" if ranges else f"ipv6_cidr for {vpc.id}"
            reader.problem("E214", f"{block} of {subnet.id} is not in {vpc.id} ({shown})", _mark(reader, subnet.id, field), mend)
        if block.family == 4 and not 16 <= block.length <= 28:
            reader.problem("E219", f"a subnet is /16 to /28, found {block}", _mark(reader, subnet.id, field), f"{block.first}/16 to {block.first}/28")


def _table(subnet: Subnet, network: Network, reader: Reader) -> None:
    """E124: a subnet without a table in a VPC without a main one (R-007)."""
    if table_of(subnet, network) or (subnet.id, "route_table") in reader.meant:
        return
    table = next((identifier for identifier in network.ids(("in", subnet.vpc)) if network.find(RouteTable, identifier)), "rtb-main")
    mend = f"route_table: {table}, or a main_route_table for {subnet.vpc}"
    reader.problem("E124", f"subnet {subnet.id} has no route table", _mark(reader, subnet.id, ""), mend)


def _blocks(subnets: Iterable[Subnet], reader: Reader) -> Iterator[Held]:
    for subnet in subnets:
        for field, block in (("cidr", subnet.cidr), ("ipv6_cidr", subnet.ipv6_cidr)):
            if block is not None:
                yield block, subnet.id, _mark(reader, subnet.id, field)


def _apart(held: Iterable[Held], reader: Reader) -> None:
    """E214 for ranges that share addresses: in the order of addresses, one that starts before the last one ended."""
    widest: Held | None = None
    for found in sorted(held, key=lambda each: (each[0].family, each[0].value, each[0].length)):
        if widest is not None and widest[0].overlaps(found[0]):
            first, second = sorted((widest, found), key=lambda each: each[2])
            message = f"{second[0]} of {second[1]} overlaps {first[0]} of {first[1]} (line {first[2].line})"
            reader.problem("E214", message, second[2], f"a block outside {first[0]}")
        else:
            widest = found
