"""Captures of a scenario, and what tshark reads in them."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from vpctui.cli import main

Program = Callable[[str], str]
CHECKED = ("ip.check_checksum:TRUE", "tcp.check_checksum:TRUE", "udp.check_checksum:TRUE", "esp.enable_null_encryption_decode_heuristic:TRUE")
GOOD = "1"
"""What tshark calls a checksum that is right."""


def captured(folder: Path, *words: str) -> dict[str, Path]:
    """The captures that `vpctui trace … --pcap` writes, by point."""
    pytest.importorskip("scapy")
    main(["trace", *words, "--pcap", str(folder / "c.pcapng")])
    return {path.stem.removeprefix("c-"): path for path in folder.glob("c-*.pcapng")}


def read(tshark: str, path: Path, *fields: str) -> list[tuple[str, ...]]:
    """One tuple of fields for every frame; the outer value of a tunnel stands before the inner one, with a comma between."""
    options = [word for option in CHECKED for word in ("-o", option)]
    asked = [word for field in fields for word in ("-e", field)]
    out = subprocess.run([tshark, *options, "-r", str(path), "-T", "fields", *asked], capture_output=True, text=True, check=True, timeout=60).stdout
    return [tuple(line.split("\t")) for line in out.splitlines()]


def printed(tcpdump: str, path: Path, *words: str) -> list[str]:
    """What `tcpdump -nn -t` prints of a capture."""
    # From standard input: where tcpdump is confined, it may not open files of its own.
    with path.open("rb") as capture:
        out = subprocess.run([tcpdump, "-nn", "-t", "-r", "-", *words], stdin=capture, capture_output=True, text=True, check=True, timeout=60).stdout
    return out.splitlines()
