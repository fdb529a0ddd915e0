"""`docs/cli.md`: every command with its options, from the parsers that read them, and what the exit statuses mean."""

import argparse
from collections.abc import Mapping

from tools.pages import NOTICE, table
from vpctui.cli import COMMANDS
from vpctui.cli.arguments import explorer_parser, parser_of

HEAD = """# The command line

Scripts and CI jobs may depend on what stands here: later versions add, they do not rename. Standard output carries the result alone; everything said
about it goes to standard error. `python -m vpctui` is the same program.

Exit statuses mean the same everywhere: 0 all is well, 1 something fails or differs, 2 a bad file or bad arguments, 3 the packet met something that is
not modelled. What that is stands with each command. [ci.md](ci.md) shows them at work.
"""

STATUSES: Mapping[str, Mapping[int, str]] = {
    "": {0: "left, or the list of bundled scenarios printed", 2: "a bad file or bad arguments; no screen was touched"},
    "trace": {
        0: "the flow works: its outcome is `ok` or `asymmetric`",
        1: "it does not",
        2: "a bad file, bad arguments, a refused change, a capture that cannot be written",
        3: "the packet met something that is not modelled",
    },
    "forecast": {0: "forecast, whatever becomes of the flow", 2: "a bad file or bad arguments", 3: "the packet met something that is not modelled"},
    "check": {0: "every expectation holds", 1: "some do not, each named with its place in the file", 2: "a file cannot be read"},
    "diff": {0: "nothing differs", 1: "a setting, a resource, an outcome or a path differs", 2: "a bad file or bad arguments"},
    "compare-ra": {0: "verdict, path and codes agree", 1: "they differ", 2: "a bad file, or it does not tell which flow was analysed"},
    "import": {0: "written", 2: "nothing usable; a bad file or bad arguments"},
    "schema": {0: "printed"},
}
"""Exit statuses of each command; of the explorer under the empty name."""
ORDINARY: Mapping[int, str] = {0: "done", 2: "a bad file or bad arguments"}

NOTES: Mapping[str, str] = {
    "trace": """\
`--pcap web.pcapng` writes `web-eni-fw.pcapng`, `web-igw.pcapng` and so on: one capture for each interface and gateway that the packet passes, as its
guest would capture it (what a security group, network ACL or the source/destination check keeps out is in no capture of the interface). The two
sides of a gateway are two interfaces of its file, so that a translated packet stands there before and after. Every packet has a comment that says
which hop it is and what is done with it. Times are places, a millisecond a hop, so the same flow gives the same bytes. ESP is written with null
encryption: in Wireshark turn on *Attempt to detect/decode NULL encrypted ESP payloads*.
""",
    "forecast": """\
For each instance on the path the `tcpdump` line to run in it and what it should print; for each interface the VPC flow log records that AWS would
write, in the default format of version 2 and with `pkt-srcaddr`, `pkt-dstaddr`, `flow-direction` and `traffic-path`. What stands in `<…>` cannot be known
in advance. Security groups and network ACLs write REJECT; what a route or the source/destination check loses is in no record.
""",
    "diff": """\
Settings are named as `--set` names them. A flow that only one of the two has is asked in the other too, where its ends exist; that a flow is in one
file only is no difference. A folder of `describe-*` JSON is imported first, so an account can be compared with last week's.
""",
    "compare-ra": """\
Reachability Analyzer lists interfaces, network ACLs, security groups and route tables each for themselves; a hop of vpctui is one component with all
of them, so its components stand beside it. `!` marks what differs: a component that is not on our path, a hop that the analysis does not have, another
route, another header, another verdict, another explanation code. Without a flow among the options, the one that was analysed is asked.
""",
    "import": """\
What no API tells is assumed: it is said on standard error, stands as a comment at its place in the file, and is marked with `?` on the screen.
`import terraform` reads `terraform show -json` of a state or a plan. In a plan, what AWS will choose is unknown: addresses that are free stand in its place,
and ids that are made of the addresses of resources (`subnet-net.private.0`); each is told as an assumption.
`--anonymize` replaces ids, addresses, zones, names and comments. Addresses share as many leading bits as before, private ones stay private, a subnet's
first and last addresses stay first and last, and every flow of the file goes the way that it went. The legend goes to a file of its own, readable by
its owner alone; with the same legend the same things get the same names again.
""",
}
"""What the options do not say."""


def page() -> str:
    """The whole page."""
    return NOTICE + "\n".join(
        [HEAD, _command("", "vpctui SCENARIO", explorer_parser()), *(_command(name, f"vpctui {name}", parser_of(name)) for name in COMMANDS)]
    )


def _command(name: str, title: str, parser: argparse.ArgumentParser) -> str:
    rows = [(_written(option), (option.help or "").replace("<", "&lt;"), _default(option)) for option in parser._actions]
    statuses = table(("exit status", "means"), ((str(number), told) for number, told in STATUSES.get(name, ORDINARY).items()))
    note = f"{NOTES[name]}\n" if name in NOTES else ""
    return f"## `{title}`\n\n{parser.description}\n\n{note}{table(('option', 'does', 'default'), rows)}\n{statuses}"


def _written(option: argparse.Action) -> str:
    choices = "|".join(map(str, option.choices)) if option.choices else ""
    value = option.metavar or choices or option.dest.upper()
    if not option.option_strings:
        return f"`{value}`"
    takes = f" {value}" if option.nargs != 0 else ""
    return " ".join(f"`{name}{takes}`" for name in option.option_strings)


def _default(option: argparse.Action) -> str:
    return f"`{option.default}`" if option.choices and option.default else ""
