"""Faults hidden in a file: changes that are made when it is read, written so that nobody reads them by accident."""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence

LONGEST = 10_000
"""Characters of all changes together; more than a few faults need, and less than a file can hurt with."""


def hidden_text(changes: Sequence[str]) -> str:
    """The value of `hidden` for these changes."""
    return b64encode(zlib.compress("\n".join(changes).encode())).decode()


def hidden_changes(text: str) -> tuple[str, ...]:
    """The changes that a value of `hidden` stands for.  Raises ValueError for any other text."""
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(b64decode(text, validate=True), LONGEST)
    except zlib.error as failure:
        raise ValueError("not written by vpctui break") from failure
    if not unpacker.eof:
        raise ValueError("not written by vpctui break")
    return tuple(plain.decode().splitlines())


def with_hidden(source: str, changes: Sequence[str]) -> str:
    """The text of a scenario file with faults hidden in it, under a comment that says how they are found."""
    lines = [line for line in source.rstrip("\n").split("\n") if not line.startswith("hidden:")]
    comment = "# Faults are hidden here.  Find them in the explorer; vpctui check THIS-FILE --set CHANGE... says when all are mended."
    return "\n".join([*lines, comment, f"hidden: {hidden_text(changes)}", ""])
