"""`vpctui serve`: the explorer in a browser, for a classroom; on this machine alone unless a person says otherwise."""

import argparse
import ipaddress
import os
import shlex
import socket
import sys

from vpctui.cli.files import load
from vpctui.cli.outcome import GOOD, Failed

EXPOSED = """\
vpctui: {host} can be reached from other machines.  There is no password: whoever reaches the port gets a process of
yours, may read this scenario, and takes memory and time of this machine.  Files cannot be written from the browser.
Use it in a network that you trust, or leave --host out.
"""


def serve(options: argparse.Namespace) -> int:
    """Serve a scenario until interrupted.  Raises Failed without the extra, for a bad file, and where the port is taken."""
    try:
        from vpctui.tui.serving import serve as serve_command
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("textual_serve"):
            raise
        raise Failed('serving needs the extra: pip install "vpctui[serve]"') from None
    load(options.scenario)
    _free(options.host, options.port)
    if not loopback(options.host):
        sys.stderr.write(EXPOSED.format(host=options.host))
    serve_command(_command(options), options.host, options.port)
    return GOOD


def loopback(host: str) -> bool:
    """Whether only this machine reaches a host of that name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _free(host: str, port: int) -> None:
    """Try the port first: the server itself would end in a traceback."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        raise Failed(f"cannot serve on {host}:{port}: {error.strerror}; try --port {port + 1}") from None


def _command(options: argparse.Namespace) -> str:
    """The explorer that each visitor gets, as a line for the shell."""
    words = [sys.executable, "-P", "-m", "vpctui", options.scenario]
    for name in ("flow", "lang", "theme"):
        if value := getattr(options, name):
            words += [f"--{name}", value]
    for change in options.changes:
        words += ["--set", change]
    words += [f"--{name.replace('_', '-')}" for name in ("ascii", "read_only", "predict") if getattr(options, name)]
    return " ".join(shlex.quote(word) for word in words) if os.name == "posix" else " ".join(f'"{word}"' for word in words)
