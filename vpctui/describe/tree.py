"""The topology tree: VPCs with their gateways, subnets, interfaces, tables and filters; what is outside; settings as lines of their own.

Only what is open is built: records on the packet's path with what holds them, whatever a person unfolded, or what a search finds.  A parent
with many children on whose behalf it was opened shows those on the path and says how many more there are.
"""

from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from vpctui.describe.finds import Catalogue
from vpctui.describe.lines import Layout, Pane, Role, Row, Span
from vpctui.describe.uses import values
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells
from vpctui.describe.words import setting_name
from vpctui.engine.network import Network
from vpctui.engine.outline import OUTSIDE, Tree
from vpctui.trace import Conversation, Deliver, Exit, Forward, Hop

FEW = 24
"""Children that are shown without being asked for."""
MANY = 120
"""Children that are shown when a person unfolds their parent."""


QUIET = {
    "block_public_access": "off",
    "block_public_access_exclusion": "none",
    "main_route_table": "none",
    "network_acl": "none",
    "propagating_vgws": "none",
    "secondary_private_ips": "none",
    "nat": "none",
    "snat": "off",
    "dnat": "none",
    "proxy": "none",
    "rp_filter": "off",
    "inspect": "none",
    "deny": "none",
    "listens": "none",
    "deny_all_igw_traffic": "off",
    "zones_down": "none",
    "ipv6_cidr": "none",
    "cross_zone": "off",
    "failover": "rebalance",
    "stickiness": "5-tuple",
    "state": "available",
}
"""Settings that stay out of the tree while they have this value, so that those that matter fit on the screen."""


class Topology(Struct, frozen=True):
    """What the tree is drawn from: the file's network, the present one, and the ids that changes name."""

    base: Network
    network: Network
    changed: tuple[str, ...] = ()


@lru_cache(maxsize=4)
def _tree(base: Network) -> Tree:
    return Tree(base)


def tree_of(source: Topology) -> Tree:
    """The tree as the changes left it."""
    return _tree(source.base).after(source.network, source.changed)


@lru_cache(maxsize=4)
def _catalogue(base: Network) -> Catalogue:
    """What `/` searches."""
    return Catalogue(_tree(base).lines())


def gather(base: Network) -> None:
    """Read what the tree and `/` need of a whole network, once and at the start, so that no key pays for its size."""
    _catalogue(base)


def touched(conversation: Conversation) -> dict[str, None]:
    """Ids that the packets touched, in their order: components, interfaces, subnets, tables, and what their checks looked at."""
    found: dict[str, None] = {}
    for hop in conversation.hops:
        for identifier in _of(hop):
            found.setdefault(identifier)
    found.pop("", None)
    return found


def _of(hop: Hop) -> Iterator[str]:
    yield hop.node
    yield hop.arrival.by
    yield hop.table or ""
    for step in hop.steps:
        yield setting_owner(step.setting)
        if step.lookup is not None:
            yield step.lookup.table
    match hop.action:
        case Forward(to=to):
            yield to.by
        case Exit(end=end):
            yield end
        case Deliver():
            pass


def setting_owner(place: str) -> str:
    """The record that a place of the change grammar belongs to: ids may hold dots, names of settings hold none."""
    before = place.partition("[")[0]
    if before != place and "." not in before:
        return before
    return before.rpartition(".")[0] or before


def tree_pane(
    source: Topology, conversation: Conversation, hop: Hop | None, setting: str, layout: Layout, width: int, voice: Voice, seen: Conversation | None = None
) -> Pane:
    """The pane in so many cells.  `hop` is the current one; `setting` is the place that the current check looked at.

    `seen` is the part of the conversation whose path may be marked, where the rest is still to be predicted.
    """
    drawing = _Drawing(source, conversation, seen or conversation, hop, setting, layout, width, voice)
    rows = tuple(drawing.rows())
    if not rows:
        return Pane(voice.word("tree"), (Row((Span(" " + voice.word("no-match", text=voice.show(layout.filter)), "dim"),), key="no-match"),))
    keys = [row.key for row in rows]
    wanted = [f"setting:{setting}", f"resource:{hop.node}"] if hop is not None else []
    return Pane(voice.word("tree"), rows, next((keys.index(key) for key in wanted if key in keys), -1))


class _Drawing:
    """Rows of one tree at one moment."""

    def __init__(
        self, source: Topology, conversation: Conversation, seen: Conversation, hop: Hop | None, setting: str, layout: Layout, width: int, voice: Voice
    ) -> None:
        self.tree = tree_of(source)
        self.base, self.network, self.layout, self.width, self.voice = source.base, source.network, layout, width, voice
        self.current, self.setting = hop.node if hop else "", setting
        self.path = touched(seen)
        self.nodes = {hop.node for hop in seen.hops} | {hop.action.end for hop in seen.hops if isinstance(hop.action, Exit)}
        self.finds = _catalogue(source.base).search(layout.filter) if layout.filter else None
        self.found = dict.fromkeys(self.finds.ids) if self.finds else None
        self.opened: set[str] = set()
        self.open = self._with_parents(self._open_by_itself(source, conversation) if self.found is None else list(self.found))
        self.step = 2 if width >= 34 else 1

    def _open_by_itself(self, source: Topology, conversation: Conversation) -> list[str]:
        """What the packets touched, and what was changed, wherever it is."""
        changed = [identifier for identifier in source.changed if self.network.get(identifier) is not None]
        return [*touched(conversation), *(hop.node for hop in conversation.hops), *changed]

    def _with_parents(self, ids: list[str]) -> dict[str, set[str]]:
        """What is open: by parent, the children that lead to one of these ids, and they themselves."""
        found: dict[str, set[str]] = {}
        seen: set[str] = set()
        for identifier in ids:
            while identifier and identifier not in seen:
                seen.add(identifier)
                parent = self.tree.parent(identifier)
                found.setdefault(parent, set()).add(identifier)
                identifier = parent
        self.opened = seen
        return found

    def rows(self) -> Iterator[Row]:
        """Top to bottom: what is outside first, where most packets begin."""
        outside = self._shown(OUTSIDE)
        if outside:
            yield Row((Span(" " + self.voice.word("outside"), "title"),), key=f"resource:{OUTSIDE}", foldable=True, folded=self._is_folded(OUTSIDE))
            if not self._is_folded(OUTSIDE):
                yield from self._below(OUTSIDE, 0)
        yield from self._below("", 0)
        if self.finds and self.finds.more:
            said = self.voice.word("finds-uncounted" if self.finds.uncounted else "finds-more", count=f"{self.finds.more:,}")
            yield Row((Span(self.voice.cut(f"  {said}", self.width), "dim"),), key="more-finds")

    def _is_folded(self, identifier: str) -> bool:
        key = f"resource:{identifier}"
        if key in self.layout.unfolded:
            return False
        if key in self.layout.folded:
            return True
        return identifier not in self.opened and identifier != OUTSIDE

    def _shown(self, parent: str) -> tuple[str, ...]:
        """The children that are shown: all of a few; of many those on the path, unless a person unfolded them."""
        children = self.tree.children(parent)
        if self.found is not None:
            return self._opened(parent)
        if len(children) <= FEW:
            quiet = tuple(identifier for identifier in self._opened(parent) if self.tree.is_quiet(identifier))
            return children + quiet
        if f"resource:{parent}" in self.layout.unfolded:
            return self.tree.sorted({*self._opened(parent), *children[:MANY]})
        return self._opened(parent)

    def _opened(self, parent: str) -> tuple[str, ...]:
        """The open children of a parent; a quiet one only where a packet was at it."""
        ids = self.open.get(parent, ())
        return self.tree.sorted(identifier for identifier in ids if not self.tree.is_quiet(identifier) or identifier in self.nodes)

    def _below(self, parent: str, depth: int) -> Iterator[Row]:
        shown = self._shown(parent)
        for identifier in shown:
            yield from self._record(identifier, depth)
        hidden = len(self.tree.children(parent)) - len(shown)
        if hidden and self.found is None and len(self.tree.children(parent)) > FEW:
            text = " " * self._start(depth) + self.voice.word("more-rows", count=hidden)
            yield Row((Span(self.voice.cut(text, self.width), "dim"),), key=f"more:{parent}", depth=depth, resource=parent)

    def _start(self, depth: int) -> int:
        return 2 + self.step * depth

    def _record(self, identifier: str, depth: int) -> Iterator[Row]:
        folded = self._is_folded(identifier)
        # Below a record that only holds what a search found, its settings would hide the find.
        bare = folded or (self.found is not None and identifier not in self.found)
        held = [] if bare else list(values(identifier, self.network))
        shown = [(place, value) for place, value in held if not self._hides(identifier, place, value)]
        yield self._line(identifier, depth, folded, len(held) - len(shown))
        if not folded:
            for place, value in shown:
                yield from self._setting(identifier, place, value, depth + 1)
            yield from self._below(identifier, depth + 1)

    def _line(self, identifier: str, depth: int, folded: bool, hidden: int) -> Row:
        """The record's own line; `+3` says that unfolding shows three more settings, an ellipsis that there is something below."""
        voice = self.voice
        here, touched_ = identifier == self.current, identifier in self.path
        start = self._start(depth)
        glyph = ">" if here else "*" if touched_ else " "
        role: Role = "current" if here else "path" if touched_ else "plain"
        name = voice.cut_middle(voice.show(identifier), max(6, self.width - start))
        room = self.width - start - cells(name)
        beside = voice.show(self.tree.beside(identifier)) or (voice.word("on-path") if touched_ else "")
        beside = voice.cut(f" {beside}", room) if beside and room > 3 else ""
        below = folded and bool(self.tree.children(identifier))
        more = f" {voice.ellipsis}" if below else f" +{hidden}" if hidden else ""
        if cells(beside + more) > room:
            beside, more = (voice.cut(beside, room - cells(more)), more) if below and room > 8 else (beside, "")
        return Row(
            (Span(" " * (start - 2)), Span(f"{glyph} ", role), Span(name, role if touched_ else "id"), Span(beside, "dim"), Span(more, "dim")),
            key=f"resource:{identifier}",
            depth=depth,
            resource=identifier,
            foldable=True,
            folded=folded or hidden > 0,
        )

    def _hides(self, identifier: str, place: str, value: str) -> bool:
        """Whether a setting that hardly anybody touches stays out: until it is set, assumed, asked about, or its record is unfolded."""
        if f"resource:{identifier}" in self.layout.unfolded or place == self.setting:
            return False
        name = place.rpartition(".")[2]
        if name in getattr(self.network.get(identifier), "assumed", ()):
            return False
        if name in ("instance", "vpc") and value == self.tree.parent(identifier):
            return True
        return QUIET.get(name) == value or (name in ("cidr", "ipv6_cidr") and value in self.tree.beside(identifier))

    def _setting(self, identifier: str, place: str, value: str, depth: int) -> Iterator[Row]:
        """One line; a list of rules one line for each."""
        voice, start = self.voice, self._start(depth)
        rules = value.split(",") if place.endswith((".ingress", ".egress")) else [value]
        for at, text in enumerate(rules):
            name, shown = self._named(place, text.strip())
            if place.rpartition(".")[2] in getattr(self.network.get(identifier), "assumed", ()):
                shown += " ?"
            room = self.width - start
            label = voice.cut(name, max(4, room - 4))
            spans = (Span(" " * start), Span(label, "dim"), Span(voice.cut_middle(shown, max(3, room - cells(label))), "setting"))
            yield Row(spans, key=f"setting:{place}" + (f":{at}" if at else ""), depth=depth, setting=place, resource=identifier)

    def _named(self, place: str, value: str) -> tuple[str, str]:
        """A setting as `name: value`; a row of a table as `destination → target`, an entry of a network ACL as `number rule`."""
        voice = self.voice
        key = place.partition("[")[2].removesuffix("]")
        before = place.partition("[")[0].rpartition(".")
        if key and not before[1]:
            return f"{voice.show(key)} {voice.arrow} ", voice.show(value)
        if key:
            return f"{setting_name(before[2], voice.language)} {voice.show(key)} ", voice.show(value)
        return f"{setting_name(place.rpartition('.')[2], voice.language)}: ", voice.show(value)
