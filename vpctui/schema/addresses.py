"""Kinds for IP addresses and CIDR blocks."""

import re

from vpctui.address import Address, Prefix, parse_address, prefix_of
from vpctui.document import Node, Scalar
from vpctui.schema.reading import Json, Kind, Mistake, Reader, scalar
from vpctui.schema.spelling import quoted


class IpAddress(Kind, frozen=True):
    """An IPv4 or IPv6 address; `family` 0 takes both."""

    family: int = 4

    def read(self, node: Node, reader: Reader, owner: str) -> Address:
        written = scalar(node, "an IP address")
        address = _address(written, "an IP address")
        if self.family and address.family != self.family:
            raise Mistake("E209", f"{written.text} is an IPv{address.family} address; IPv{self.family} is needed here", node)
        return address

    def json_schema(self) -> Json:
        return {"type": "string"}

    def names(self) -> str:
        return {4: "an IPv4 address", 6: "an IPv6 address"}.get(self.family, "an IP address")


class Cidr(Kind, frozen=True):
    """A CIDR block; `family` 0 takes both."""

    family: int = 4

    def read(self, node: Node, reader: Reader, owner: str) -> Prefix:
        return read_prefix(scalar(node, "a CIDR block"), self.family)

    def json_schema(self) -> Json:
        return {"type": "string", "pattern": "/[0-9]+$"}

    def names(self) -> str:
        return {4: "an IPv4 CIDR", 6: "an IPv6 CIDR"}.get(self.family, "a CIDR")


def read_prefix(node: Scalar, family: int = 0) -> Prefix:
    """A CIDR block from a scalar.  Raises Mistake E218 without a length, E210 with host bits, E209 for other text."""
    network, slash, length = node.text.partition("/")
    address = _address(Scalar(network, node.mark, node.quoted), "a CIDR block", node.text)
    width = 32 if address.family == 4 else 128
    if not slash:
        subnet = f", or the whole block {prefix_of(address, 24)}" if address.family == 4 else ""
        raise Mistake("E218", f"{node.text} has no prefix length", node, f"{node.text}/{width}{subnet}")
    if not re.fullmatch(r"[0-9]{1,3}", length) or int(length) > width:
        raise Mistake("E209", f"{quoted(node.text)} is not a CIDR block: the length is a number from 0 to {width}", node, _from_netmask(address, length))
    prefix = prefix_of(address, int(length))
    if prefix.value != address.value:
        raise Mistake("E210", f"{node.text} has host bits set", node, str(prefix))
    if family and prefix.family != family:
        raise Mistake("E209", f"{node.text} is an IPv{prefix.family} block; IPv{family} is needed here", node)
    return prefix


def _address(node: Scalar, expected: str, whole: str = "") -> Address:
    """The address that a text is.  Raises Mistake E209, with the address that was probably meant."""
    try:
        return parse_address(node.text)
    except ValueError:
        pass
    mend = ""
    octets = node.text.split(".")
    if len(octets) == 4 and all(re.fullmatch(r"[0-9]{1,9}", octet) and int(octet) < 256 for octet in octets):
        mend = ".".join(str(int(octet)) for octet in octets)  # 010.0.0.1: leading zeros are octal to some programs, so to none here
    elif len(octets) == 4 and ":" in octets[3]:
        mend = node.text.partition(":")[0]
    raise Mistake("E209", f"{quoted(whole or node.text)} is not {expected}", node, mend + (whole or node.text)[len(node.text) :] if mend else "")


def _from_netmask(address: Address, mask: str) -> str:
    """`10.0.0.0/255.255.0.0` with its length in bits."""
    try:
        ones = f"{parse_address(mask).value:032b}"
    except ValueError:
        return ""
    return f"{prefix_of(address, ones.count('1'))}" if address.family == 4 and "01" not in ones and len(ones) == 32 else ""
