"""What a transit gateway of a file contradicts itself in.  Rules R-226, R-234, R-236, R-237, R-243."""

from collections.abc import Iterator, Mapping
from typing import Any

from vpctui.address import Prefix
from vpctui.aws.reading import Item, Values

Nested = tuple[tuple[str, dict[str, Any]], ...]


def check(item: Item) -> None:
    """Note E202 for names of the wrong kind, E217 for what AWS refuses, W510 and W511 for what surprises."""
    attachments, tables = item["attachments"], item["route_tables"]
    _twice(item, attachments)
    _overlaps(item, tuple(values["vpc"] for _, values in attachments if values["vpc"]))
    for identifier, values in attachments:
        inner = _inner(item, identifier, values, "attachment")
        _associations(inner, item, values)
        if values["appliance_mode"]:
            _alone(inner)
    static = {identifier for identifier, values in attachments if values["peering"] or values["network_function"]}
    for identifier, values in tables:
        inner = _inner(item, identifier, values, "transit gateway route table")
        for attachment in static & set(values["propagations"]):
            inner.problem("E217", f"{attachment} propagates nothing: its routes are static", "propagations", "a static route")
        for named, field in _attachments_of(values):
            if _is_nested(named, "route_tables", item):
                inner.problem("E202", f"{identifier} needs an attachment, found transit gateway route table {named}", field, _listed(attachments))


def _inner(item: Item, identifier: str, values: dict[str, Any], noun: str) -> Item:
    return Item(identifier, values, item.document, item.section, noun)


def _attachments_of(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every attachment that a table names, with its place."""
    yield from ((attachment, "propagations") for attachment in values["propagations"])
    yield from ((route.target, f"[{route.destination}]") for route in values["routes"])


def _is_nested(identifier: str, kind: str, item: Item) -> bool:
    """Whether an id stands inside some transit gateway as one of this kind."""
    return any(identifier in dict(values[kind]) for values in item.document.of("transit_gateways").values())


def _associations(inner: Item, item: Item, values: dict[str, Any]) -> None:
    """E202 for an association with what is no table of that transit gateway (R-226)."""
    other = item.document.of("transit_gateways").get(values["peering"] or "", {"route_tables": ()})
    for field, tables in (("route_table", item["route_tables"]), ("peer_route_table", other["route_tables"])):
        named = values[field]
        if named and named not in dict(tables) and (_is_nested(named, "route_tables", item) or _is_nested(named, "attachments", item)):
            inner.problem("E202", f"{named} is not a route table that {inner.id} can be associated with", field, _listed(tables))


def _listed(nested: Nested) -> str:
    return " or ".join(identifier for identifier, _ in nested)


def _twice(item: Item, attachments: Nested) -> None:
    """E217 for a VPC that is attached twice (R-226)."""
    first: dict[str, str] = {}
    for identifier, values in attachments:
        before = first.setdefault(values["vpc"] or identifier, identifier)
        if before != identifier:
            inner = _inner(item, identifier, values, "attachment")
            inner.problem("E217", f"{item.id} attaches {values['vpc']} twice: {before} and {identifier}", "vpc", "one attachment, with the subnets of both")


def _overlaps(item: Item, vpcs: tuple[str, ...]) -> None:
    """W510 for a VPC whose ranges overlap those of one attached before: they are not propagated (R-237)."""
    ranges = item.document.of("vpcs")
    for at, vpc in enumerate(vpcs):
        for before in vpcs[:at]:
            pair = [(one, two) for one in _ranges(ranges, before) for two in _ranges(ranges, vpc) if one.overlaps(two)]
            if pair and before != vpc:
                message = f"{item.id}: {pair[0][1]} of {vpc} overlaps {pair[0][0]} of {before} and is not propagated"
                item.problem("W510", message, "attachments", "ranges of their own, or a static route", warning=True)


def _alone(item: Item) -> None:
    """W511 for an appliance's VPC behind several transit gateways: they do not share what they pinned (R-234)."""
    others = (values for values in item.document.of("transit_gateways").values() if item.id not in dict(values["attachments"]))
    if any(fields["vpc"] == item["vpc"] for values in others for _, fields in values["attachments"]):
        message = f"{item['vpc']} is attached to several transit gateways: appliance mode of {item.id} keeps only the flows of its own"
        item.problem("W511", message, "appliance_mode", "one transit gateway for the VPC of an appliance", warning=True)


def _ranges(vpcs: Mapping[str, Values], vpc: str) -> tuple[Prefix, ...]:
    values = vpcs.get(vpc)
    return (*values["cidr"], *values["ipv6_cidr"]) if values else ()
