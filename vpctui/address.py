"""Addresses and prefixes as integers, and longest prefix match over them.

The engine compares integers; text is read and written here, at the border, by netaddr.
Nothing else lives here: no networks, no routes, no AWS.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Generic, TypeVar

import netaddr
from msgspec import Struct

_BITS = {4: 32, 6: 128}
T = TypeVar("T")


class Address(Struct, frozen=True, order=True, cache_hash=True):
    """One IP address: its family (4 or 6) and its value as an integer."""

    family: int
    value: int

    def __str__(self) -> str:
        return _text(self.family, self.value)

    def __add__(self, offset: int) -> "Address":
        return Address(self.family, self.value + offset)


class Prefix(Struct, frozen=True, order=True, cache_hash=True):
    """A block of addresses: family, network as an integer (host bits are zero), prefix length."""

    family: int
    value: int
    length: int

    def __str__(self) -> str:
        return f"{_text(self.family, self.value)}/{self.length}"

    def __contains__(self, address: Address) -> bool:
        return address.family == self.family and (address.value ^ self.value) >> (_BITS[self.family] - self.length) == 0

    def covers(self, other: "Prefix") -> bool:
        """Whether every address of `other` lies in this prefix."""
        return self.length <= other.length and Address(other.family, other.value) in self

    def overlaps(self, other: "Prefix") -> bool:
        """Whether the two prefixes share an address."""
        return self.covers(other) or other.covers(self)

    @property
    def size(self) -> int:
        """How many addresses the block holds."""
        return 1 << (_BITS[self.family] - self.length)

    @property
    def first(self) -> Address:
        """The network's own address."""
        return Address(self.family, self.value)

    @property
    def last(self) -> Address:
        """The last address; in a subnet the one that would be broadcast."""
        return Address(self.family, self.value + self.size - 1)


ANYWHERE = {4: Prefix(4, 0, 0), 6: Prefix(6, 0, 0)}


def bits(family: int) -> int:
    """How many bits an address of this family has: 32 or 128."""
    return _BITS[family]


@lru_cache(maxsize=65536)
def _text(family: int, value: int) -> str:
    return str(netaddr.IPAddress(value, family))


@lru_cache(maxsize=65536)
def parse_address(text: str) -> Address:
    """Read `10.0.0.1` or `2001:db8::1`.  Raises ValueError for anything else, a prefix included."""
    try:
        address = netaddr.IPAddress(text, flags=netaddr.INET_PTON)
    except (netaddr.AddrFormatError, ValueError, TypeError) as error:
        raise ValueError(f"{text!r} is not an IP address") from error
    return Address(address.version, int(address))


@lru_cache(maxsize=65536)
def parse_prefix(text: str) -> Prefix:
    """Read `10.0.0.0/16`.  Raises ValueError; host bits are refused, the length is required."""
    network, slash, length = text.partition("/")
    if not slash or not length.isascii() or not length.isdigit():
        raise ValueError(f"{text!r} has no prefix length")
    address = parse_address(network)
    return checked_prefix(address, int(length))


def checked_prefix(address: Address, length: int) -> Prefix:
    """The prefix of that address and length.  Raises ValueError when host bits are set or the length is too big."""
    if length > _BITS[address.family]:
        raise ValueError(f"/{length} is longer than an IPv{address.family} address")
    prefix = prefix_of(address, length)
    if prefix.value != address.value:
        raise ValueError(f"{address}/{length} has host bits set")
    return prefix


def prefix_of(address: Address, length: int) -> Prefix:
    """The block of that length which holds the address; host bits are cleared (R-013)."""
    host = _BITS[address.family] - length
    return Prefix(address.family, address.value >> host << host, length)


def single(address: Address) -> Prefix:
    """The /32 or /128 of one address."""
    return Prefix(address.family, address.value, _BITS[address.family])


def differing_bit(prefix: Prefix, address: Address) -> int:
    """The first bit, counted from 1 at the left, in which the address leaves the prefix; 0 when it does not.

    Families must be equal.
    """
    difference = (prefix.value ^ address.value) >> (_BITS[prefix.family] - prefix.length)
    return 0 if difference == 0 else prefix.length - difference.bit_length() + 1


_PRIVATE = tuple(parse_prefix(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"))
_LINK_LOCAL = tuple(parse_prefix(text) for text in ("169.254.0.0/16", "fe80::/10"))
_MULTICAST = tuple(parse_prefix(text) for text in ("224.0.0.0/4", "255.255.255.255/32", "ff00::/8"))


def is_private(address: Address) -> bool:
    """RFC 1918, RFC 6598, or RFC 4193 for IPv6: what an internet gateway refuses to carry (R-090, R-093)."""
    return any(address in block for block in _PRIVATE)


def is_link_local(address: Address) -> bool:
    """169.254.0.0/16 or fe80::/10."""
    return any(address in block for block in _LINK_LOCAL)


def is_multicast(address: Address) -> bool:
    """Multicast or limited broadcast: a VPC carries neither outside a multicast domain (R-247)."""
    return any(address in block for block in _MULTICAST)


class PrefixMap(Generic[T]):
    """Longest prefix match: integer masks by prefix length, longest first.  Built once, never changed."""

    def __init__(self, rows: Iterable[tuple[Prefix, T]]) -> None:
        self._rows: dict[int, dict[int, dict[int, T]]] = {4: {}, 6: {}}
        for prefix, value in rows:
            self._rows[prefix.family].setdefault(prefix.length, {})[prefix.value] = value
        for family, lengths in self._rows.items():
            self._rows[family] = dict(sorted(lengths.items(), reverse=True))

    def matches(self, address: Address) -> Iterator[T]:
        """Values of all prefixes that hold the address, the longest prefix first."""
        width, value = _BITS[address.family], address.value
        for length, row in self._rows[address.family].items():
            host = width - length
            found = row.get(value >> host << host)
            if found is not None:
                yield found

    def longest(self, address: Address) -> T | None:
        """Value of the longest prefix that holds the address."""
        return next(self.matches(address), None)
