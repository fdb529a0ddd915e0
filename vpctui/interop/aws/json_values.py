"""The JSON values of one file: one, or several behind each other as pagination by hand leaves them; what is cut short is told with its place."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

BYTE = re.compile(r"\(byte (\d+)\)")
BLANK = re.compile(r"[\s,]*")
DEEPEST = 200


class Broken(Struct, frozen=True):
    """Where a text stops being JSON."""

    why: str
    line: int
    column: int


def json_values(data: bytes) -> Iterator[Any | Broken]:
    """Every value of the text in its order; a `Broken` last where the rest is no JSON."""
    try:
        yield msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        yield from _one_by_one(data)


def _one_by_one(data: bytes) -> Iterator[Any | Broken]:
    """Several values, or one with something wrong, or a byte order mark in front, or an encoding that some shells write."""
    text = _text(data)
    if text is None:
        yield Broken("this is no text in UTF-8", 1, 1)
        return
    decoder = json.JSONDecoder()
    at = BLANK.match(text, 0).end()  # type: ignore[union-attr]
    if at == len(text):
        yield Broken("the file is empty", 1, 1)
        return
    while at < len(text):
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            ended = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")
            yield Broken("the JSON ends in the middle: the file is cut short" if ended else f"this is no JSON: {error.msg}", error.lineno, error.colno)
            return
        except RecursionError:
            yield Broken("the JSON is nested too deeply", 1, 1)
            return
        yield value
        at = BLANK.match(text, end).end()  # type: ignore[union-attr]


def _text(data: bytes) -> str | None:
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",)
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
