"""The rows of a table that is no VPC route table, each with why it won or lost: transit gateway tables, remote routes.  Rules R-014, R-112, R-227."""

from collections.abc import Callable

from vpctui.address import Address, differing_bit
from vpctui.aws.route_table import Row
from vpctui.trace import Candidate

Rank = Callable[[Row], tuple[int, ...]]
"""What decides between rows of one prefix length; the smallest wins."""


def best(rows: tuple[Row, ...], asked: Address, rank: Rank) -> tuple[Row, ...]:
    """The rows that win: the longest prefix, then the best rank; several where they are equal."""
    matching = [row for row in rows if asked in row.prefix]
    if not matching:
        return ()
    top = min((-row.prefix.length, *rank(row)) for row in matching)
    return tuple(row for row in matching if (-row.prefix.length, *rank(row)) == top)


def noted(rows: tuple[Row, ...], won: Row | None, asked: Address) -> tuple[Candidate, ...]:
    """Every row as a candidate with its note."""
    return tuple(_candidate(row, won, asked) for row in rows)


def _candidate(row: Row, won: Row | None, asked: Address) -> Candidate:
    note, bit = "ROUTE_WON", 0
    if row.prefix.family != asked.family:
        note = "ROUTE_FAMILY_MISMATCH"
    elif asked not in row.prefix:
        note, bit = "ROUTE_NO_MATCH", differing_bit(row.prefix, asked)
    elif row is not won:
        longer = won is not None and won.prefix.length > row.prefix.length
        note = "ROUTE_INACTIVE" if row.state == "down" else "ROUTE_LOST_LPM" if longer else "ROUTE_LOST_PRIORITY"
    return Candidate(row.shown, row.target, row.origin, row.state, note, bit, row.place)
