"""Addresses that AWS will choose: free ones of the subnet, and public ones of documentation ranges, both told as assumptions."""

from collections.abc import Iterator

from vpctui.address import Address, Prefix, parse_address, parse_prefix
from vpctui.interop.terraform.reading import Context, Item, texts_of

PUBLIC = (parse_prefix("203.0.113.0/24"), parse_prefix("198.18.0.0/15"))
"""RFC 5737, and where there are many RFC 2544."""
FIRST_FREE = 10
"""AWS keeps the first four addresses of a subnet; people know .10."""


class Addresses:
    """Hands out each address once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._taken = set(_known(context))
        self._public = (block.first + at for block in PUBLIC for at in range(1, block.size - 1))
        self._free: dict[str, Iterator[Address]] = {}

    def private(self, item: Item, subnet: str, known: str) -> str:
        """The private address of an interface: what is known, or a free one of its subnet; empty where the subnet is unknown."""
        if known:
            return known
        free = self._free.setdefault(subnet, self._of(subnet))
        chosen = next((text for each in free if (text := str(each)) not in self._taken), "")
        if chosen:
            self._taken.add(chosen)
            item.assume(f"its private address is chosen by AWS: {chosen} stands in its place")
        return chosen

    def public(self, item: Item, known: str) -> str:
        """The same for a public address."""
        if known:
            return known
        chosen = next(text for each in self._public if (text := str(each)) not in self._taken)
        self._taken.add(chosen)
        item.assume(f"its public address is chosen by AWS: {chosen} stands in its place")
        return chosen

    def _of(self, subnet: str) -> Iterator[Address]:
        held = self._context.held("Subnets", subnet)
        block = _block(str(held.get("CidrBlock", ""))) if held else None
        if block is not None:
            start = FIRST_FREE if block.size > 2 * FIRST_FREE else 4
            yield from (block.first + at for at in range(start, block.size - 1))


def _block(text: str) -> Prefix | None:
    try:
        return parse_prefix(text)
    except ValueError:
        return None


def _known(context: Context) -> Iterator[str]:
    """Every address that stands in the file, so that none is given twice."""
    for item in context.all("aws_instance", "aws_network_interface", "aws_nat_gateway", "aws_eip", "aws_lb"):
        values = item.resource.values
        for text in (values.get("private_ip"), values.get("public_ip"), *texts_of(values.get("private_ips")), *texts_of(values.get("secondary_private_ips"))):
            if isinstance(text, str) and _is_address(text):
                yield text


def _is_address(text: str) -> bool:
    try:
        parse_address(text)
    except ValueError:
        return False
    return True
