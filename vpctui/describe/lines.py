"""Finished lines of text: spans with a role, rows with an identity, panes.  What a role looks like is the screen's business."""

from typing import Literal

from msgspec import Struct

Role = Literal[
    "plain",  # ordinary text
    "dim",  # secondary: not reached, other rows of a table
    "title",  # pane titles in rules, headings
    "id",  # ids of resources
    "current",  # the line of the cursor (the screen adds reverse or underline)
    "path",  # something on the path of the packet
    "pass",  # a check that passed, a delivered packet, a won route
    "drop",  # where a packet died, a failed check
    "warn",  # warnings, asymmetric outcomes
    "changed",  # a header field or line that differs from before
    "added",  # new after a change
    "gone",  # no longer there after a change
    "setting",  # a value that can be flipped
    "key",  # a key in a hint
    "refused",  # a change that AWS would refuse
]


class Span(Struct, frozen=True):
    """Text in one role.  Never markup: `[x]` is three characters."""

    text: str
    role: Role = "plain"


class Row(Struct, frozen=True):
    """One line of a pane.

    `key` identifies it across repaints (`hop:3` the third hop of all legs, `step:3:2` its second check, `leg:0`, `resource:sn-app`,
    `setting:eni-fw.source_dest_check`, `route:rtb-app:0.0.0.0/0:1`), so that a cursor stays with what it was on.
    `setting` is the place that `space` flips, `resource` the id that `enter` explains.
    """

    spans: tuple[Span, ...] = ()
    key: str = ""
    depth: int = 0
    setting: str = ""
    resource: str = ""
    foldable: bool = False
    folded: bool = False

    @property
    def text(self) -> str:
        """The characters of the row."""
        return "".join(span.text for span in self.spans)


class Pane(Struct, frozen=True):
    """A titled list of rows; `at` is the row to keep in view and to mark as current (-1: none)."""

    title: str
    rows: tuple[Row, ...] = ()
    at: int = -1


class View(Struct, frozen=True):
    """Everything that the main screen shows, at one moment."""

    status: Row
    tree: Pane
    path: Pane
    lookup: Pane
    header: Pane


class Layout(Struct, frozen=True):
    """What the screen tells the describer: cells per pane, language, and what a person folded or asked for.

    Widths are in terminal cells; rows are cut or filled to them by the describer, counted with wcwidth, so Japanese never breaks a column.
    """

    tree_width: int = 26
    side_width: int = 53
    """Of the path; and of lookup and header where those have no width of their own."""
    lookup_width: int = 0
    """Of lookup and header where they stand in a third column."""
    status_width: int = 0
    """Of the status line; 0: tree and path side by side."""
    path_height: int = 0
    """Rows of the path that are visible; 0: as many as there are."""
    lookup_height: int = 4
    header_height: int = 5
    language: Literal["en", "ja"] = "en"
    ascii: bool = False
    folded: frozenset[str] = frozenset()
    unfolded: frozenset[str] = frozenset()
    filter: str = ""
    zoomed: Literal["", "tree", "path", "lookup", "header"] = ""
    narrated: bool = False
    """The walkthrough is shown: the keys of hops play its steps."""
    covered: bool = False
    """What lies ahead of the packet is not told, for whoever predicts it."""
