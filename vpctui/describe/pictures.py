"""Whole-screen views of an exploration: the map, both directions side by side, the header ledger, what differs."""

from vpctui.describe.beside import beside_pane
from vpctui.describe.difference import difference_pane
from vpctui.describe.ledger import ledger_pane
from vpctui.describe.lines import Layout, Pane
from vpctui.describe.map import Places, map_pane
from vpctui.describe.screen import topology
from vpctui.describe.tree import tree_of
from vpctui.describe.voice import Voice
from vpctui.exploration import Exploration


def map_view(exploration: Exploration, layout: Layout, width: int) -> Pane:
    """The way as a picture, with the packet in its place."""
    return map_pane(exploration.conversation, places(exploration), exploration.cursor.hop, width, Voice(layout.language, layout.ascii))


def beside_view(exploration: Exploration, layout: Layout, width: int) -> Pane:
    """Forward and return, the same component on one row."""
    return beside_pane(exploration.conversation, exploration.cursor.hop, width, Voice(layout.language, layout.ascii))


def ledger_view(exploration: Exploration, layout: Layout, width: int) -> Pane:
    """Header fields by hops."""
    return ledger_pane(exploration.conversation, exploration.cursor.hop, width, Voice(layout.language, layout.ascii))


def difference_view(before: Exploration, exploration: Exploration, layout: Layout, width: int) -> Pane:
    """What differs between two states, for every flow of the file."""
    return difference_pane(before, exploration, width, Voice(layout.language, layout.ascii))


def places(exploration: Exploration) -> Places:
    """What holds what, for the map."""
    tree = tree_of(topology(exploration))
    return Places(tree.parent, tree.beside)
