"""Network namespaces, links and commands: everything is made under one prefix and taken away whatever happens."""

import atexit
import ctypes
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
PREFIX = "vpctui-k"
CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS, IFF_RUNNING = 0x8913, 0x40
MTU = 9100
"""Of every link: more than any component of AWS carries, so that limits are where routes put them."""
LINKS = "fdee"
"""The first group of addresses on links of IPv6; what has one as source was said by a router."""
FAMILY = {4: "ip", 6: "ip6"}
"""The words of nftables for the families."""
SETTINGS = {
    "net.ipv6.conf.all.disable_ipv6": "1",
    "net.ipv6.conf.default.disable_ipv6": "1",
    "net.ipv4.ip_forward": "0",
    "net.ipv4.conf.all.rp_filter": "0",
    "net.ipv4.conf.default.rp_filter": "0",
    "net.ipv4.conf.all.send_redirects": "0",
    "net.ipv4.conf.default.send_redirects": "0",
    "net.ipv4.icmp_ratelimit": "0",
    # What stays on a segment is no matter of the router's own filters.
    "net.bridge.bridge-nf-call-iptables": "0",
    "net.ipv4.icmp_echo_ignore_broadcasts": "1",
}
SETTINGS6 = {
    "net.ipv6.conf.all.disable_ipv6": "0",
    "net.ipv6.conf.default.disable_ipv6": "0",
    "net.ipv6.conf.all.forwarding": "0",
    # Who has which address is told, never asked or announced.
    "net.ipv6.conf.default.addr_gen_mode": "1",
    "net.ipv6.conf.default.accept_dad": "0",
    "net.ipv6.conf.default.accept_ra": "0",
    "net.ipv6.conf.default.accept_redirects": "0",
    "net.ipv6.conf.default.router_solicitations": "0",
    "net.ipv6.icmp.ratelimit": "0",
    # What ICMPv6 taught about sizes is forgotten at once: between flows it cannot be flushed.
    "net.ipv6.route.mtu_expires": "0",
    "net.bridge.bridge-nf-call-ip6tables": "0",
}
_promised: list[bool] = []
_libc = ctypes.CDLL(None, use_errno=True)


class Plumber:
    """Collects what a laboratory is made of, builds it in few commands, and removes it.

    A node is a scenario id (or `@name` for what no scenario names); its namespace has a short numbered name under the prefix.
    """

    def __init__(self, *, ipv6: bool = False) -> None:
        self.ipv6 = ipv6
        self.prefix = f"{PREFIX}{os.getpid()}-"
        self.namespaces: dict[str, str] = {}
        self.commands: dict[str, list[str]] = {}
        self.commands6: dict[str, list[str]] = {}
        self._bridges: dict[str, list[str]] = {}
        self._links: list[tuple[str, str, str, str]] = []
        self._rules: dict[str, list[str]] = {}
        self._settings: dict[str, dict[str, str]] = {}

    def namespace(self, node: str) -> str:
        """The namespace of a node, made on first use."""
        if node not in self.namespaces:
            self.namespaces[node] = f"{self.prefix}{len(self.namespaces)}"
            self.commands[node], self.commands6[node], self._rules[node] = [], [], []
            self._settings[node] = {**SETTINGS, **(SETTINGS6 if self.ipv6 else {})}
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
        self.commands[node] += commands

    def ip6(self, node: str, *commands: str) -> None:
        """`ip -6` commands in a node, after its others; none where nothing has an IPv6 address."""
        self.namespace(node)
        if self.ipv6:
            self.commands6[node] += commands

    def both(self, node: str, *commands: str) -> None:
        """Commands that are the same for both families: rules by incoming interface."""
        self.ip(node, *commands)
        self.ip6(node, *commands)

    def nft(self, node: str, rules: str) -> None:
        """An nftables table in a node."""
        self.namespace(node)
        self._rules[node].append(rules)

    def sysctl(self, node: str, **settings: str) -> None:
        """Kernel settings of a node; dots are written as double underscores."""
        self.namespace(node)
        self._settings[node].update({name.replace("__", "."): value for name, value in settings.items()})

    def build(self) -> None:
        """Make everything, and wait until every link carries.  Raises RuntimeError with the command that the kernel refused."""
        _promise_to_clean_up()
        made = [f"netns add {name}" for name in self.namespaces.values()]
        _batch("", [*made, *(self._cable(*link) for link in self._links)])
        for node, name in self.namespaces.items():
            ends = [end for link in self._links for owner, end in (link[:2], link[2:]) if owner == node]
            # The settings come first: an interface that comes up takes over what `default` says then.
            inside(name, partial(_write_settings, self._settings[node]))
            segments = [f"link add name {bridge} mtu {MTU} type bridge\nlink set {bridge} up" for bridge in self._bridges.get(node, ())]
            _batch(name, ["link set lo up", *segments, *(f"link set {end} up" for end in ends), *self.commands[node]])
            if self.commands6[node]:
                _batch(name, self.commands6[node], family="-6")
            inside(name, partial(self._finish, node, tuple(ends)))
        for name in self.namespaces.values():
            inside(name, _wait_for_carriers)

    def _cable(self, one: str, end: str, other: str, other_end: str) -> str:
        return f"link add name {end} mtu {MTU} netns {self.namespaces[one]} type veth peer name {other_end} mtu {MTU} netns {self.namespaces[other]}"

    def _finish(self, node: str, ends: tuple[str, ...]) -> None:
        # Answers on behalf of others (proxy ARP) are delayed by chance unless each interface is told otherwise.
        _write_settings({f"net.ipv4.neigh.{end}.proxy_delay": "0" for end in ends})
        if self._rules[node]:
            load("\n".join(self._rules[node]))

    def remove(self) -> None:
        """Take every namespace away; what is in them goes with them."""
        _remove(list(self.namespaces.values()))


def _existing() -> list[str]:
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=False).stdout
    return [line.split()[0] for line in listed.splitlines() if line.startswith(PREFIX)]


def _remove(names: list[str]) -> None:
    there = set(_existing()).intersection(names)
    if there:
        subprocess.run(["ip", "-force", "-batch", "-"], input="".join(f"netns del {name}\n" for name in there), capture_output=True, text=True, check=False)


def sweep(*, own: bool = False) -> None:
    """Remove namespaces that a killed run left behind; with `own` those of this process too."""

    def abandoned(name: str) -> bool:
        process = name.removeprefix(PREFIX).split("-")[0]
        return not process.isdigit() or not Path(f"/proc/{process}").exists() or (own and int(process) == os.getpid())

    _remove([name for name in _existing() if abandoned(name)])


def _promise_to_clean_up() -> None:
    """Whatever ends this process short of SIGKILL, its namespaces go with it; after that the next sweep finds them."""
    if not _promised:
        _promised.append(True)
        atexit.register(lambda: sweep(own=True))
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, _leave)


def _leave(*_: object) -> None:
    sys.exit(143)


def missing() -> str:
    """What this machine lacks for a laboratory; empty when it has everything."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    try:
        ctypes.CDLL("libnftables.so.1")
    except OSError:
        return "libnftables is not installed (it comes with nft)"
    name = f"{PREFIX}{os.getpid()}-probe"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if made.returncode:
        return f"no network namespace can be made here: {made.stderr.strip()}"
    try:
        inside(name, lambda: load("table bridge probe {\nchain out {\ntype filter hook output priority 0; policy accept;\n}\n}\n"))
    except (OSError, RuntimeError) as error:
        return f"nftables cannot filter here: {error}"
    finally:
        _remove([name])
    return ""


def _write_settings(settings: dict[str, str]) -> None:
    for name, value in settings.items():
        path = Path("/proc/sys") / name.replace(".", "/") if "neigh" not in name else Path("/proc/sys/net/ipv4/neigh", name.split(".")[3], name.split(".")[4])
        if path.exists():
            path.write_text(value)


def _wait_for_carriers(patience: float = 5.0) -> None:
    """A link that came up passes packets only once the kernel's work queue has seen it; before that they vanish."""
    end = time.monotonic() + patience
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        waiting = [name for _, name in socket.if_nameindex() if name != "lo"]
        while waiting and time.monotonic() < end:
            waiting = [name for name in waiting if not _runs(asking, name)]
            # A segment without machines never carries.
            if all(name.startswith("sn") or name == "br0" for name in waiting):
                return
            time.sleep(0.001)


def _runs(asking: socket.socket, name: str) -> bool:
    answer = fcntl.ioctl(asking, SIOCGIFFLAGS, struct.pack("16sH14x", name.encode(), 0))
    return bool(struct.unpack("16sH14x", answer)[1] & IFF_RUNNING)


def _batch(namespace: str, commands: list[str], family: str = "") -> None:
    where = [*(["-n", namespace] if namespace else []), *([family] if family else [])]
    text = "\n".join(commands) + "\n"
    done = subprocess.run(["ip", *where, "-batch", "-"], input=text, text=True, capture_output=True, check=False)
    if done.returncode:
        numbered = "\n".join(f"{number:>3} {line}" for number, line in enumerate(text.splitlines(), 1))
        raise RuntimeError(f"ip in {namespace or 'the machine'} failed: {done.stderr}\n{numbered}")


def load(rules: str) -> None:
    """Give rules to nftables in this thread's namespace, by its library: a program for each would cost more than all the rest."""
    library = ctypes.CDLL("libnftables.so.1")
    library.nft_ctx_new.restype = ctypes.c_void_p
    library.nft_ctx_get_error_buffer.restype = ctypes.c_char_p
    context = ctypes.c_void_p(library.nft_ctx_new(0))
    try:
        library.nft_ctx_buffer_output(context)
        library.nft_ctx_buffer_error(context)
        if library.nft_run_cmd_from_buffer(context, rules.encode()):
            raise RuntimeError(f"nft failed: {library.nft_ctx_get_error_buffer(context).decode()}\n{rules}")
    finally:
        library.nft_ctx_free(context)


def forget_connections() -> None:
    """Empty the connection table of this thread's namespace (IPCTNL_MSG_CT_DELETE for everything)."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12) as kernel:
        kernel.send(struct.pack("=IHHII", 20, (1 << 8) | 2, 1 | 4, 1, 0) + struct.pack("=BBH", 2, 0, 0))
        kernel.recv(4096)


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


def table(name: str, *chains: str, family: str = "ip") -> str:
    """An nftables table: `ip`, `ip6`, or `inet` for both."""
    return f"table {family} {name} {{\n" + "\n".join(chains) + "\n}\n"


def chain(name: str, rules: list[str], hook: str = "", priority: str = "filter", kind: str = "filter") -> str:
    """A chain, on a hook or to jump to."""
    head = f"type {kind} hook {hook} priority {priority}; policy accept;\n" if hook else ""
    return f"chain {name} {{\n{head}" + "\n".join(rules) + "\n}\n"
