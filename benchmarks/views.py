"""Every view that a key leads to: the keys before it, the key that is measured, and how many bytes it may cost at 80×24 in 16 colours."""

from typing import Literal

from msgspec import Struct

Where = Literal["explorer", "predicting", "broken", "course"]
"""Who takes the keys: the explorer; the one that asks before it shows; one with a fault hidden in the network; the course."""

STEP, LEG, FLIP, VIEW, HELP = 700, 860, 2048, 3072, 10 * 1024
"""Bytes at most, as the budgets of the explorer have them: a step; one into another leg, of which all rows are others; a change, and whatever
else shows the same panes otherwise; another view instead of the panes, a fifth of a start; the help."""


class View(Struct, frozen=True):
    """A key, and where it is pressed."""

    before: str
    key: str
    most: int
    where: Where = "explorer"


VIEWS: dict[str, View] = {
    "next hop": View("nn", "n", STEP),
    "next check": View("nn", ".", STEP),
    "into the next leg": View("nnnnn", "n", LEG),
    "previous hop": View("nnn", "p", STEP),
    "last hop": View("", "G", FLIP),
    "row down in the network": View("nnn1", "j", STEP),
    "fold a resource": View("nnn1", "h", FLIP),
    "unfold a resource": View("nnn1h", "l", FLIP),
    "unfold the VPC": View("1jjj", "l", FLIP),
    "row down in the unfolded VPC": View("1jjjl", "j", STEP),
    "flip a setting": View("nnn.", "<space>", FLIP),
    "undo": View("nnn.<space>", "u", FLIP),
    "what if at a gateway": View("nn", "f", FLIP),
    "what if at the router": View("nnnn", "f", FLIP),
    "find: first letter": View("/", "i", FLIP),
    "find: second letter": View("/i", "-", FLIP),
    "find: nothing": View("/zz", "z", FLIP),
    "find: erase a letter": View("/i-", "<backspace>", FLIP),
    "explain a resource": View("nnn1", "<enter>", FLIP),
    "explain the VPC": View("/vpc-main<enter>1jj", "<enter>", FLIP),
    "explain a route": View("nn3", "<enter>", FLIP),
    "map": View("nn", "m", VIEW),
    "both directions": View("nn", "|", VIEW),
    "header ledger": View("nn", "i", VIEW),
    "difference": View("nnn.<space>", "d", VIEW),
    "obstacles": View("nnn.<space>", "o", VIEW),
    "back to the file": View("nnn.<space>", "=", FLIP),
    "flows": View("nn", "t", FLIP),
    "help": View("nn", "?", HELP),
    "export": View("nn", "e", FLIP),
    "command line: a letter": View("nn:", "e", STEP),
    "command line: a change": View(":eni-fw.source_dest_check=on", "<enter>", FLIP),
    "language": View("nn", "L", FLIP),
    "zoom the path": View("nn", "z", VIEW),
    "walkthrough: begin": View("", "w", FLIP),
    "walkthrough: a step that goes on": View("wnn", "n", FLIP),
    "walkthrough: a step with a change": View("wnnn", "n", FLIP),
    "walkthrough: back": View("wnnnn", "p", FLIP),
    "walkthrough: jump to a step": View("w:step 4", "<enter>", FLIP),
    "walkthrough: look around": View("wnnn", "w", FLIP),
    "walkthrough: leave": View("wnnn", "q", FLIP),
    "predict: ask": View("n", "P", FLIP),
    "predict: next, and be asked": View("", "n", FLIP, "predicting"),
    "predict: a hint": View("n", "5", FLIP, "predicting"),
    "predict: answer": View("n", "1", FLIP, "predicting"),
    "break: next hop": View("nn", "n", STEP, "broken"),
    "break: what if": View("nnn", "f", FLIP, "broken"),
    "break: mend the fault": View("nnn:i-fw.ip_forward=on", "<enter>", FLIP, "broken"),
    "course: row down": View("j", "j", STEP, "course"),
    "course: another path": View("<tab>", "<tab>", FLIP, "course"),
    "course: find, a letter": View("/n", "a", FLIP, "course"),
    "course: language": View("", "L", VIEW, "course"),
}
"""By name, in the order of the table."""
