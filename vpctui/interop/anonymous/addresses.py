"""Other addresses in place of the real ones, with every prefix relation kept.

Each bit of an address is flipped or kept by a keyed hash of the bits before it, so two addresses share as many leading bits afterwards as
before: what lay in a block lies in the block's image, and the longest match stays the longest.  Blocks with a meaning of their own stay
where they are, for a router asks whether an address is private.  Inside a subnet nothing is flipped: its first addresses and its last one
are reserved, and stay first and last.
"""

from hashlib import blake2b

from vpctui.address import Address, Prefix, parse_prefix

BITS = {4: 32, 6: 128}
CLASSES = tuple(
    parse_prefix(text)
    for text in (
        *("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15"),
        *("2000::/3", "fc00::/7"),
    )
)
"""Blocks that keep their place while what is inside moves."""
FIXED = tuple(
    parse_prefix(text)
    for text in (
        *("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
        *("::/8", "64:ff9b::/96", "2001:db8::/32", "fd00:ec2::/32", "fe80::/10", "ff00::/8"),
    )
)
"""Blocks that stay as they are, with everything in them: link-local services, documentation, multicast, NAT64."""


class Addresses:
    """The images of addresses and blocks under one key."""

    def __init__(self, key: bytes, subnets: tuple[Prefix, ...]) -> None:
        self._key = key
        self._still = {(block.family, block.length, block.value) for block in (*FIXED, *subnets)}
        self._lengths = {family: sorted({block.length for block in (*FIXED, *subnets) if block.family == family}) for family in BITS}
        self._kept = {(block.family, length, block.value >> (BITS[block.family] - length)) for block in (*FIXED, *CLASSES) for length in range(block.length)}
        """Nodes above a block that stays: nothing is flipped there."""
        self._flips: dict[tuple[int, int, int], int] = {}

    def address(self, address: Address) -> Address:
        """The image of one address."""
        return Address(address.family, self._image(address.family, address.value, BITS[address.family]))

    def prefix(self, block: Prefix) -> Prefix:
        """The image of a block: the block of the images."""
        return Prefix(block.family, self._image(block.family, block.value, block.length), block.length)

    def _image(self, family: int, value: int, length: int) -> int:
        still = min((each for each in self._lengths[family] if (family, each, _network(family, value, each)) in self._still), default=length)
        return self._flipped(family, value, min(length, still))

    def _flipped(self, family: int, value: int, length: int) -> int:
        bits, image = BITS[family], value
        for at in range(length):
            if self._flip(family, at, value >> (bits - at)):
                image ^= 1 << (bits - 1 - at)
        return image

    def _flip(self, family: int, at: int, before: int) -> int:
        """Whether the bit behind these leading bits is flipped."""
        node = (family, at, before)
        known = self._flips.get(node)
        if known is None:
            known = 0 if node in self._kept else blake2b(repr(node).encode(), key=self._key, digest_size=1).digest()[0] & 1
            self._flips[node] = known
        return known


def _network(family: int, value: int, length: int) -> int:
    shift = BITS[family] - length
    return value >> shift << shift
