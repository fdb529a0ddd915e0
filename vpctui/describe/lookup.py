"""The lookup pane: the table that a hop asked, every route in it with the reason why it won or lost."""

from vpctui.address import parse_address
from vpctui.describe.lines import Pane, Role, Row, Span
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells, pad
from vpctui.trace import Candidate, Hop, Lookup, Step

_ORDER = ("ROUTE_WON", "ROUTE_LOST_PRIORITY", "ROUTE_LOST_LPM", "ROUTE_INACTIVE", "ROUTE_OTHER_TABLE", "ROUTE_NO_MATCH", "ROUTE_FAMILY_MISMATCH")
_TITLES = {
    "route_table": "lookup-of",
    "edge": "lookup-edge",
    "guest": "lookup-guest",
    "implicit": "lookup-implicit",
    "transit_gateway": "lookup-transit",
    "remote": "lookup-remote",
}


def lookup_shown(hop: Hop | None, step: Step | None) -> Lookup | None:
    """The lookup to show: that of the current check, else the last one of the hop."""
    if step is not None and step.lookup is not None:
        return step.lookup
    return hop.lookup if hop is not None else None


def lookup_pane(lookup: Lookup | None, width: int, voice: Voice) -> Pane:
    """The pane in so many cells: the winner first, then what matched, then the rest in the order of the table."""
    if lookup is None:
        # In the title, which is written anew in any case: on a slow link a rule in its place costs three bytes a cell.
        return Pane(f"{voice.word('lookup')} {voice.rule * 2} {voice.word('lookup-none')}")
    ordered = sorted(lookup.candidates, key=lambda row: _ORDER.index(row.note) if row.note in _ORDER else len(_ORDER))
    notes = [note(row, lookup, voice) for row in ordered]
    destination_width = _column([row.destination for row in ordered], width, voice)
    target_width = _column([target(row, voice) for row in ordered], width, voice)
    rows = tuple(
        _row(row, said, lookup, (destination_width, target_width), width, voice, at) for at, (row, said) in enumerate(zip(ordered, notes, strict=True))
    )
    return Pane(f"{voice.word('lookup')} {voice.rule * 2} {title(lookup, voice)}", rows, 0 if lookup.winner else -1)


def title(lookup: Lookup, voice: Voice) -> str:
    """Which table was asked for what."""
    return voice.word(_TITLES[lookup.kind], table=lookup.table, owner=lookup.owner, asked=lookup.asked)


def _column(texts: list[str], width: int, voice: Voice) -> int:
    longest = max((cells(voice.show(text)) for text in texts), default=0)
    return min(longest, max(10, width * 2 // 5))


def _row(row: Candidate, said: str, lookup: Lookup, columns: tuple[int, int], width: int, voice: Voice, at: int) -> Row:
    won = row.note == "ROUTE_WON"
    role: Role = "drop" if won and row.state != "active" else "pass" if won else "dim"
    room = width - columns[0] - columns[1] - 5
    return Row(
        (
            Span("> " if won else "  ", role),
            Span(pad(voice.cut_middle(voice.show(row.destination), columns[0]), columns[0]) + " ", role if won else "plain"),
            Span(pad(voice.cut_middle(target(row, voice), columns[1]), columns[1]) + "  ", role if won else "plain"),
            Span(voice.cut(said, max(room, 8)), role),
        ),
        key=f"route:{lookup.table or lookup.owner}:{row.destination}:{at}",
        setting=row.place,
        resource=row.place or lookup.table,
    )


def target(row: Candidate, voice: Voice) -> str:
    """The target as it is shown: a guest's directly connected network is on link."""
    return voice.word("on-link") if row.target in ("", "on-link") else voice.show(row.target)


def note(row: Candidate, lookup: Lookup, voice: Voice) -> str:
    """Why a route won or lost."""
    winner = lookup.winner
    match row.note:
        case "ROUTE_WON":
            return _won(row, voice)
        case "ROUTE_LOST_LPM":
            length = _length(winner)
            return voice.word("shorter", length=length) if length else voice.word("lost")
        case "ROUTE_LOST_PRIORITY":
            return _lost(winner, voice)
        case "ROUTE_NO_MATCH":
            return voice.word("differs", bit=row.bit) if row.bit else voice.word("differs-list")
        case "ROUTE_INACTIVE":
            return voice.word("inactive", state=row.state)
        case "ROUTE_FAMILY_MISMATCH":
            return voice.word(f"family-{10 - parse_address(lookup.asked).family}")
        case "ROUTE_OTHER_TABLE":
            return voice.word("other-table")
        case _:
            return voice.show(row.note)


def _won(row: Candidate, voice: Voice) -> str:
    if row.state != "active":
        return voice.word("won-blackhole")
    length = _length(row)
    return voice.word("won", length=length) if length else voice.word("won-list")


def _lost(winner: Candidate | None, voice: Voice) -> str:
    if winner is None or winner.origin == "local":
        return voice.word("lost-local")
    known = f"origin-{winner.origin}"
    return voice.word("lost-to", origin=voice.word(known) if known in _ORIGINS else voice.show(winner.origin))


_ORIGINS = tuple(f"origin-{name}" for name in ("local", "static", "prefix-list", "dx", "propagated-static", "advertised", "bgp", "propagated"))


def _length(row: Candidate | None) -> str:
    """The prefix length of a route, empty for a prefix list."""
    return row.destination.partition("/")[2] if row is not None else ""
