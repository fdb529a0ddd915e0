"""What a route leads to and vpctui does not model, or what the data of an import lack: it stays where it is, and packets stop at it.  Rule R-042.

Left out, the next shorter route would win, and a path that AWS does not have would be shown.
"""

from collections.abc import Hashable, Iterable, Iterator

from vpctui.aws.reading import Item
from vpctui.aws.route_table import route_target
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Assumptions
from vpctui.schema import Field, Reference, Section, Text


class Unsupported(Record, frozen=True, kw_only=True):
    """Something that is known by its id and kind alone; `vpc` is empty where it may be reached from any."""

    kind: str = ""
    within: str = ""


@indexes(Unsupported)
def keys(unknown: Unsupported) -> Iterable[Hashable]:
    """Among the targets of routes of its VPC."""
    if unknown.within:
        yield ("target-in", unknown.within)


@outlines(Unsupported)
def outline(unknown: Unsupported, network: Network) -> Outline:
    """In its VPC, or at the top, with what it is."""
    return Outline(unknown.within, f"{unknown.kind.replace('_', ' ')} ?".strip(), 75)


SECTION = Section(
    "unsupported",
    "unsupported component",
    (
        Field("kind", Text(), "what it is, in the words of the AWS API", ""),
        Field("vpc", Reference(("vpcs",)), "the VPC that it is in", shown_default="none"),
    ),
    "Route targets that vpctui does not model, or that an import did not find: packets stop at them, as `UNSUPPORTED_COMPONENT`.",
)


def read(item: Item) -> Iterator[Record]:
    """One component."""
    yield Unsupported(id=item.id, kind=item["kind"], within=item["vpc"] or "")


@route_target(Unsupported, "unsupported")
def usable(unknown: Unsupported, network: Network, assume: Assumptions) -> bool:
    """The route to it stays active and wins by its prefix: what happens behind it is not known."""
    return True
