"""Other ids in place of the real ones: of the same kind, numbered in the order of the old ones, so that what is sorted stays sorted."""

import re
from collections.abc import Iterable

KIND = re.compile(r"([a-z]+(?:-[a-z]+)*)-[0-9a-f]{8,17}")
AWS_ID = re.compile(r"\b[a-z]{1,12}(?:-[a-z]{2,12})*-[0-9a-f]{8,17}\b")
ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
REGION = re.compile(r"\b(?:us|eu|ap|sa|ca|me|af|il|mx|cn)(?:-gov)?-(?:north|south|east|west|central|northeast|southeast|northwest|southwest)-\d\b")
SINGULAR = {
    "vpcs": "vpc",
    "subnets": "subnet",
    "route_tables": "rtb",
    "internet_gateways": "igw",
    "egress_only_internet_gateways": "eigw",
    "nat_gateways": "nat",
    "vpn_gateways": "vgw",
    "vpn_connections": "vpn",
    "virtual_interfaces": "dxvif",
    "vpc_peering_connections": "pcx",
    "transit_gateways": "tgw",
    "vpc_endpoints": "vpce",
    "endpoint_services": "service",
    "load_balancers": "lb",
    "instances": "i",
    "network_interfaces": "eni",
    "security_groups": "sg",
    "network_acls": "acl",
    "prefix_lists": "pl",
    "unsupported": "unsupported",
}


class Names:
    """New ids for old ones."""

    def __init__(self, holders: dict[str, str], instances: Iterable[str]) -> None:
        """`holders` names the section or resource that holds each id; an instance without interfaces of its own names its interface by itself."""
        self.new: dict[str, str] = {}
        alone = {f"eni-{instance.removeprefix('i-')}": instance for instance in instances}
        counted: dict[str, int] = {}
        for old in sorted(holders):
            if old not in alone:
                kind = _kind(old, holders[old])
                counted[kind] = counted.get(kind, 0) + 1
                # An instance's number begins with a letter: its interface has the same one, and must not meet another interface's.
                self.new[old] = f"{kind}-{'a' if kind == 'i' else ''}{counted[kind]:04d}"
        for old, instance in alone.items():
            self.new[old] = f"eni-{self.new[instance].removeprefix('i-')}"
        self._given = set(self.new.values())
        self._others: dict[str, str] = {}
        self._counted: dict[str, int] = {}

    def id(self, old: str) -> str | None:
        """The new id of one that a resource has, or of an interface that its owner's id names; None for any other text."""
        found = self.new.get(old)
        if found is None and old.startswith("eni-") and old[4:] in self.new:
            found = f"eni-{self.new[old[4:]]}"
        return found

    def other(self, kind: str, old: str) -> str:
        """A new name for something that is no resource of the file: a zone, a tag, an account."""
        known = self._others.get(f"{kind} {old}")
        if known is None:
            self._counted[kind] = self._counted.get(kind, 0) + 1
            known = self._others[f"{kind} {old}"] = f"{kind}-{self._counted[kind]}"
        return known

    def inside(self, text: str) -> str:
        """A name that was made of ids, such as a flow's: the ids in it replaced, the longest first."""
        parts = text.split("-")
        at, found = 0, []
        while at < len(parts):
            for end in range(len(parts), at, -1):
                new = self.id("-".join(parts[at:end]))
                if new is not None:
                    found.append(new)
                    at = end
                    break
            else:
                found.append(parts[at])
                at += 1
        return "-".join(found)

    def strangers(self, text: str) -> str:
        """What looks like an id, an account or a Region of AWS and is nothing in the file."""
        text = AWS_ID.sub(lambda found: found[0] if found[0] in self._given else self.other("id", found[0]), text)
        text = ACCOUNT.sub(lambda found: self.other("account", found[0]), text)
        return REGION.sub(lambda found: self.other("region", found[0]), text)

    @property
    def legend(self) -> dict[str, str]:
        """Old names by new ones."""
        return {new: old for old, new in self.new.items()} | {new: old.partition(" ")[2] for old, new in self._others.items()}


def _kind(old: str, holder: str) -> str:
    found = KIND.fullmatch(old)
    return found[1] if found else SINGULAR.get(holder, "eni" if old.startswith("eni-") else "attachment" if holder not in SINGULAR else "thing")
