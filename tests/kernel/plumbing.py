"""Network namespaces, links and commands: everything is made under one prefix and taken away whatever happens."""

import ctypes
import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class Plumber:
    """Collects what a laboratory is made of, builds it in few commands, and removes it.

    Names in the kernel are short and numbered, since interface names end after 15 characters; `name` of a node stays a scenario id here.
    """

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.namespaces: dict[str, str] = {}
        self._bridges: dict[str, list[str]] = {}
        self._links: list[tuple[str, str, str, str]] = []
        self._commands: dict[str, list[str]] = {}
        self._rules: dict[str, list[str]] = {}
        self._settings: dict[str, dict[str, str]] = {}

    def namespace(self, node: str) -> str:
        """The namespace of a node, made on first use."""
        if node not in self.namespaces:
            self.namespaces[node] = f"{self.prefix}{len(self.namespaces)}"
            self._commands[node], self._rules[node] = [], []
            self._settings[node] = {"net.ipv4.ip_forward": "0", "net.ipv4.conf.all.rp_filter": "0", "net.ipv4.conf.default.rp_filter": "0", "net.ipv4.conf.all.send_redirects": "0", "net.ipv4.conf.default.send_redirects": "0", "net.ipv4.ip_nonlocal_bind": "1"}
        return self.namespaces[node]

    def bridge(self, node: str, name: str) -> None:
        """A segment in a node, made before its other commands."""
        self.namespace(node)
        self._bridges.setdefault(node, []).append(name)

    def link(self, one: str, one_end: str, other: str, other_end: str) -> None:
        """A cable between two nodes with interfaces of these names."""
        self.namespace(one)
        self.namespace(other)
        self._links.append((one, one_end, other, other_end))

    def ip(self, node: str, *commands: str) -> None:
        """`ip` commands in a node, in order, after all links exist."""
        self.namespace(node)
        self._commands[node] += commands

    def nft(self, node: str, rules: str) -> None:
        """An nftables table in a node."""
        self.namespace(node)
        # nft wants the end of a chain and of a table on lines of their own.
        self._rules[node].append(rules.replace(" } }", "\n}\n}\n").replace("; }\n", ";\n}\n"))

    def sysctl(self, node: str, **settings: str) -> None:
        """Kernel settings of a node; dots are written as double underscores."""
        self.namespace(node)
        self._settings[node].update({name.replace("__", "."): value for name, value in settings.items()})

    def build(self) -> None:
        """Make everything.  Raises RuntimeError with the command that the kernel refused."""
        made = [f"netns add {name}" for name in self.namespaces.values()]
        cables = [
            f"link add name {one_end} netns {self.namespaces[one]} type veth peer name {other_end} netns {self.namespaces[other]}" for one, one_end, other, other_end in self._links
        ]
        _batch("ip", "", [*made, *cables])
        for node, name in self.namespaces.items():
            ends = [end for link in self._links for owner, end in (link[:2], link[2:]) if owner == node]
            # The settings come first: an interface that comes up takes over what `default` says then.
            inside(name, lambda node=node: _write_settings(self._settings[node]))
            segments = [command for bridge in self._bridges.get(node, ()) for command in (f"link add name {bridge} type bridge", f"link set {bridge} up")]
            _batch("ip", name, ["link set lo up", *segments, *(f"link set {end} up" for end in ends), *self._commands[node]])
            inside(name, lambda ends=tuple(ends): _answer_at_once(ends))
            if self._rules[node]:
                _run(["ip", "netns", "exec", name, "nft", "-f", "-"], "\n".join(self._rules[node]))

    def remove(self) -> None:
        """Take every namespace away; what is in them goes with them."""
        for name in self.namespaces.values():
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def sweep(prefix: str) -> None:
    """Remove namespaces that a killed run left behind."""
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=False).stdout
    for line in listed.splitlines():
        name = line.split()[0] if line.split() else ""
        if name.startswith(prefix):
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def _write_settings(settings: dict[str, str]) -> None:
    for name, value in settings.items():
        path = Path("/proc/sys") / name.replace(".", "/")
        if path.exists():
            path.write_text(value)


def _answer_at_once(interfaces: tuple[str, ...]) -> None:
    """Answers on behalf of others (proxy ARP) are delayed by chance unless each interface is told otherwise."""
    _write_settings({f"net.ipv4.neigh.{interface}.proxy_delay": "0" for interface in interfaces})


def _batch(tool: str, namespace: str, commands: list[str]) -> None:
    where = ["-n", namespace] if namespace else []
    _run([tool, *where, "-batch", "-"], "\n".join(commands) + "\n")


def _run(command: list[str], text: str) -> None:
    done = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
    if done.returncode:
        numbered = "\n".join(f"{number:>3} {line}" for number, line in enumerate(text.splitlines(), 1))
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr}\n{numbered}")


def inside(namespace: str, function: Callable[[], T]) -> T:
    """Run a function in a namespace, in a thread of its own, so that this one stays where it is.  Raises what the function raises."""
    result: list[T] = []
    error: list[BaseException] = []

    def run() -> None:
        try:
            descriptor = os.open(f"/var/run/netns/{namespace}", os.O_RDONLY)
            try:
                if _libc.setns(descriptor, CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), f"setns {namespace}")
            finally:
                os.close(descriptor)
            result.append(function())
        except BaseException as problem:  # handed to the caller's thread
            error.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if error:
        raise error[0]
    return result[0]
