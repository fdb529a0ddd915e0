"""Rules of packet filters as the scenario format writes them: security group rules, network ACL entries, an appliance's deny list.

`"PROTOCOL [PORT[-PORT]] SOURCE"`, `"all SOURCE"`, `"icmp TYPE/CODE SOURCE"`; an ACL entry starts with `allow` or `deny`.
"""

import re

from msgspec import Struct

from vpctui.address import ANYWHERE, Prefix
from vpctui.document import Mapping, Node, Scalar, Sequence
from vpctui.packet import PROTOCOL_NUMBERS
from vpctui.schema import Json, Kind, Mistake, Reader, part, quoted, read_prefix, scalar, unique

WITH_PORTS = ("tcp", "udp", "sctp")
PROTOCOLS = ("all", *PROTOCOL_NUMBERS)
NICKNAMES = {
    "http": "tcp 80",
    "https": "tcp 443",
    "ssh": "tcp 22",
    "dns": "udp 53",
    "any": "all",
    "-1": "all",
    "ip": "all",
    "icmp6": "icmpv6",
    "ipv6-icmp": "icmpv6",
}
ACTIONS = {"allow": "allow", "permit": "allow", "accept": "allow", "deny": "deny", "drop": "deny", "reject": "deny", "block": "deny"}
"""What an entry does, by the words that other firewalls have for it."""
EVERYWHERE = ("any", "anywhere", "all", "*", "internet", "0.0.0.0")
ADDRESS = re.compile(r"[0-9]+(?:\.[0-9]+){3}(?:/[0-9]+)?|(?:[0-9a-f:]*::[0-9a-f:.]*|(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4})(?:/[0-9]+)?")
WORD = re.compile(rf"{ADDRESS.pattern}|-1|[a-z][\w.-]*|[0-9]+(?:-[0-9]+)?")
NUMBERS = {str(number): name for name, number in PROTOCOL_NUMBERS.items()}
GRAMMAR = "PROTOCOL [PORT[-PORT]] SOURCE"
ENTRY = "allow|deny PROTOCOL [PORTS] CIDR"


class Match(Struct, frozen=True):
    """Which packets a rule speaks of: protocol, ports, ICMP type and code (-1: any)."""

    protocol: str
    from_port: int = 0
    to_port: int = 65535
    icmp_type: int = -1
    icmp_code: int = -1

    def covers(self, protocol: str, port: int, icmp_type: int = 0, icmp_code: int = 0) -> bool:
        """Whether a packet of this protocol, destination port, ICMP type and code is meant."""
        if self.protocol == "all":
            return True
        if self.protocol != protocol:
            return False
        if protocol in WITH_PORTS:
            return self.from_port <= port <= self.to_port
        if protocol in ("icmp", "icmpv6"):
            return self.icmp_type in (-1, icmp_type) and self.icmp_code in (-1, icmp_code)
        return True

    @property
    def text(self) -> str:
        """The words of the match, without the address."""
        if self.protocol in WITH_PORTS and (self.from_port, self.to_port) != (0, 65535):
            return f"{self.protocol} {self.from_port}" + (f"-{self.to_port}" if self.to_port != self.from_port else "")
        if self.icmp_type >= 0:
            return f"{self.protocol} {self.icmp_type}" + (f"/{self.icmp_code}" if self.icmp_code >= 0 else "")
        return self.protocol


class RuleText(Struct, frozen=True):
    """A security group rule: what it matches, and the other end: a CIDR, a group id or a prefix list id."""

    match: Match
    source: Prefix | str

    def covers(self, protocol: str, port: int, icmp_type: int = 0, icmp_code: int = 0) -> bool:
        """Whether the rule speaks of such a packet; the address is not compared."""
        return self.match.covers(protocol, port, icmp_type, icmp_code)

    @property
    def text(self) -> str:
        """The rule in the grammar of the file."""
        return f"{self.match.text} {self.source}"


class AclRule(Struct, frozen=True, order=True):
    """A network ACL entry without its number."""

    action: str
    match: Match
    cidr: Prefix

    def covers(self, protocol: str, port: int, icmp_type: int = 0, icmp_code: int = 0) -> bool:
        """Whether the entry speaks of such a packet; the address is not compared."""
        return self.match.covers(protocol, port, icmp_type, icmp_code)

    @property
    def text(self) -> str:
        """The entry in the grammar of the file."""
        return f"{self.action} {self.match.text} {self.cidr}"


class SecurityGroupRule(Kind, frozen=True):
    """`"tcp 80 0.0.0.0/0"`, `"all sg-app"`, `"icmp 3/4 0.0.0.0/0"`; `addresses_only` refuses ids (an appliance's deny list)."""

    addresses_only: bool = False

    def read(self, node: Node, reader: Reader, owner: str) -> RuleText:
        written = scalar(node, "a rule")
        match, rest = read_match(written, written.text.split())
        if len(rest) != 1:
            raise bad_rule(written)
        source = _last(written, rest[0])
        if source.text.lower() in EVERYWHERE:
            raise Mistake("E220", f"{quoted(source.text)} is not a source", source, "0.0.0.0/0 (every IPv4 address), ::/0 (every IPv6 address)")
        if "/" in source.text or ":" in source.text or source.text[:1].isdigit():
            return RuleText(match, read_prefix(source))
        if self.addresses_only:
            raise Mistake("E222", f"{quoted(source.text)} is not a CIDR", source, "a CIDR block")
        reader.references.append((source.text, ("security_groups", "prefix_lists"), source, owner))
        return RuleText(match, source.text)

    def json_schema(self) -> Json:
        return {"type": "string", "pattern": r"^(all|[a-z0-9]+)( [0-9/-]+)? \S+$"}

    def names(self) -> str:
        return f'`"{GRAMMAR}"`'

    @staticmethod
    def anything() -> tuple[RuleText, ...]:
        """What a new group lets out: everything, in both families (R-262)."""
        return tuple(RuleText(Match("all"), ANYWHERE[family]) for family in (4, 6))


class AclEntry(Kind, frozen=True):
    """`"allow tcp 80 0.0.0.0/0"`: one entry of a network ACL, whose number is its key."""

    def read(self, node: Node, reader: Reader, owner: str) -> AclRule:
        written = scalar(node, "an entry")
        words = written.text.split()
        if not words or words[0] not in ("allow", "deny"):
            raise Mistake("E221", f"an entry starts with allow or deny, found {quoted(written.text)}", node, guess_entry(written.text))
        try:
            match, rest = read_match(written, words[1:])
        except Mistake as mistake:
            detail = f": {mistake.message}" if mistake.mend != guess(" ".join(words[1:])) else f", found {quoted(written.text)}"
            raise Mistake("E221", f"an entry is {ENTRY}{detail}", node, guess_entry(written.text)) from None
        if len(rest) != 1:
            raise Mistake("E221", f"an entry is {ENTRY}, found {quoted(written.text)}", node, guess_entry(written.text))
        if "/" not in rest[0] and not rest[0][:1].isdigit():
            mend = "a CIDR, such as that of the subnet where the group's members are"
            raise Mistake("E222", f"a network ACL knows addresses only, found {quoted(rest[0])}", _last(written, rest[0]), mend)
        return AclRule(words[0], match, read_prefix(_last(written, rest[0])))

    def json_schema(self) -> Json:
        return {"type": "string", "pattern": r"^(allow|deny) "}

    def names(self) -> str:
        return '`"allow|deny PROTOCOL [PORTS] CIDR"`'


class AclEntries(Kind, frozen=True):
    """`{NUMBER: entry}`, numbers 1 to 32766, each once."""

    def read(self, node: Node, reader: Reader, owner: str) -> tuple[tuple[int, AclRule], ...]:
        if not isinstance(node, Mapping):
            raise Mistake("E221", 'entries are NUMBER: "allow|deny PROTOCOL [PORTS] CIDR", each number once', node, _numbered(node))
        found: list[tuple[int, AclRule]] = []
        for entry in unique(node, reader):
            number = entry.key.text
            reader.places[(owner, f"[{number}]")] = entry.value.mark
            try:
                if not re.fullmatch(r"[1-9][0-9]{0,4}", number) or int(number) > 32766:
                    raise Mistake("E221", f"{quoted(number)} is not an entry's number", entry.key, "1 to 32766")
                found.append((int(number), AclEntry().read(entry.value, reader, owner)))
            except Mistake as mistake:
                reader.mistake(mistake, entry.value)
        return tuple(found)

    def json_schema(self) -> Json:
        return {"type": "object", "propertyNames": {"pattern": "^[0-9]+$"}, "additionalProperties": AclEntry().json_schema()}

    def names(self) -> str:
        return '`{NUMBER: "allow|deny PROTOCOL [PORTS] CIDR"}`'


def _numbered(node: Node) -> str:
    """The mapping that a list of entries was meant to be."""
    first = node.items[0] if isinstance(node, Sequence) and node.items else node
    text = first.text if isinstance(first, Scalar) else ""
    number, _, rest = text.partition(" ")
    return f'{{{number}: "{rest}"}}' if number.isdigit() and rest else '{100: "allow tcp 80 0.0.0.0/0"}'


def _last(written: Scalar, word: str) -> Scalar:
    """The last word of a rule, with its own place."""
    return part(written, written.text.rindex(word), len(word))


def read_match(written: Scalar, words: list[str]) -> tuple[Match, list[str]]:
    """Protocol and ports from the words of a rule, and the words that are left.  Raises Mistake E220."""
    if not words:
        raise bad_rule(written)
    protocol = words[0]
    if protocol not in PROTOCOLS:
        raise bad_rule(written)
    if len(words) < 3:
        if len(words) == 2 and re.fullmatch("[0-9-]+", words[1]):  # ports, and nobody whom they are open to
            raise bad_rule(written)
        return Match(protocol), words[1:]
    if protocol in WITH_PORTS and not ADDRESS.fullmatch(words[1]):
        ports = re.fullmatch(f"({PORT})(?:-({PORT}))?", words[1])
        low, high = (int(ports[1]), int(ports[2] or ports[1])) if ports else (1, 0)
        if not low <= high <= 65535:
            raise Mistake("E220", f"{quoted(words[1])} is not a port or a range of ports", written, guess_ports(written.text, words[1]))
        return Match(protocol, low, high), words[2:]
    if protocol in ("icmp", "icmpv6"):
        kind = re.fullmatch(f"({PORT})(?:/({PORT}))?", words[1])
        if not kind or int(kind[1]) > 255 or int(kind[2] or 0) > 255:
            raise Mistake("E220", f"{quoted(words[1])} is not an ICMP TYPE or TYPE/CODE", written, f"{protocol} 3/4 {words[-1]}")
        return Match(protocol, icmp_type=int(kind[1]), icmp_code=int(kind[2] or -1)), words[2:]
    raise bad_rule(written)


PORT = "0|[1-9][0-9]{0,4}"
"""A number as rules have it: no leading zeros, which other programs read as octal."""


def bad_rule(written: Scalar) -> Mistake:
    """E220, with the rule that was probably meant."""
    return Mistake("E220", f"a rule is {GRAMMAR}, found {quoted(written.text)}", written, guess(written.text))


def guess(text: str) -> str:
    """The rule that somebody meant who wrote the words in another order, in capitals, or by a service's name."""
    words = " ".join(NICKNAMES.get(word, word) for word in WORD.findall(text.lower())).split()
    protocol = next((word for word in words if word in PROTOCOLS), "")
    ports = [word for word in words if re.fullmatch(r"[0-9]+(-[0-9]+)?", word)]
    if not protocol and len(ports) > 1 and ports[0] in NUMBERS:
        protocol = NUMBERS[ports.pop(0)]
    protocol = protocol or "tcp"
    source = next((word for word in words if ADDRESS.fullmatch(word) or word.startswith(("sg-", "pl-"))), "0.0.0.0/0")
    return " ".join(part for part in (protocol, _upwards(ports[0]) if ports and protocol in WITH_PORTS else "", source) if part)


def guess_entry(text: str) -> str:
    """The network ACL entry that somebody meant; a number in front of it was meant as its key."""
    words = text.split()
    number = words[0].rstrip(":") if words and re.fullmatch("[0-9]+:?", words[0]) else ""
    rest = words[1:] if number else words
    action = next((ACTIONS[word.lower()] for word in rest if word.lower() in ACTIONS), "allow")
    entry = f"{action} {guess(' '.join(word for word in rest if word.lower() not in ACTIONS))}"
    return f'{number}: "{entry}"' if number else entry


def guess_ports(text: str, written: str) -> str:
    """The rule with ports as they are written here: a range upwards, a list as rules of their own, no leading zeros."""
    numbers = [str(int(number)) for number in re.findall("[0-9]{1,5}", written) if int(number) <= 65535]
    if "," in written and numbers:
        return " and ".join(f'"{text.replace(written, number)}"' for number in numbers)
    return text.replace(written, _upwards("-".join(numbers[:2])) or "80")


def _upwards(ports: str) -> str:
    """A range with its smaller end first."""
    return "-".join(sorted(ports.split("-"), key=int)) if ports else ""
