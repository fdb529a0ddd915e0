"""Edits as people and machines make them in a file: words swapped for other words, lines lost, doubled, moved, digits mistyped, hostile text put in."""

import random
from collections.abc import Sequence

HOSTILE = (
    "\x1b[31m",
    "\x1b]0;x\x07",
    "\x9b2J",
    "\x7f",
    "[bold red]x[/]",
    "{src}",
    "{0.__class__}",
    "%s",
    "${x}",
    "\u202e",
    "\ud800",
    "<b>",
    "`x`",
    "|",
    "\\",
    "e\u0301",
    "戻",
    "\0",
)
VALUES = ("0", "-1", "::/0", "on", "none", "10.0.0.0/8", "99999999999")


def words_of(text: str) -> list[str]:
    """The words of a scenario, for swapping."""
    return sorted({word for word in text.replace(",", " ").replace("{", " ").replace("}", " ").split() if len(word) < 40})


def edited(text: str, chance: random.Random, words: Sequence[str]) -> str:
    """A text after one to four edits."""
    lines = text.split("\n")
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines))
        what = chance.randrange(5)
        if what == 0:
            del lines[at : at + chance.randint(1, 3)]
        elif what == 1:
            lines.insert(chance.randrange(len(lines)), lines[at])
        elif what == 2:
            held = lines[at].split(" ")
            held[chance.randrange(len(held))] = chance.choice(words)
            lines[at] = " ".join(held)
        elif what == 3:
            where = chance.randint(0, len(lines[at]))
            lines[at] = lines[at][:where] + chance.choice((*HOSTILE, *VALUES)) + lines[at][where:]
        else:
            lines[at] = mistyped(lines[at], chance)
        lines = lines or [""]
    return "\n".join(lines)


def mistyped(line: str, chance: random.Random) -> str:
    """A line in which digits of one word are others."""
    held = line.split(" ")
    numbers = [number for number, word in enumerate(held) if any(character.isdigit() for character in word)]
    if not numbers:
        return line
    number = chance.choice(numbers)
    held[number] = "".join(chance.choice("0123456789") if character.isdigit() and chance.random() < 0.5 else character for character in held[number])
    return " ".join(held)
