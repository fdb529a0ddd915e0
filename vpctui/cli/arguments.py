"""The options of every command, in one place."""

import argparse
from typing import NoReturn

from vpctui import __version__
from vpctui.cli.outcome import BAD

COLOURS = ("auto", "never", "16", "256", "true")
EPILOG = """\
commands:
  vpctui SCENARIO                 open the explorer (- reads standard input;
                                  without a file, the course of bundled ones)
  vpctui trace SCENARIO           one flow's conversation, hop by hop
  vpctui forecast SCENARIO        what tcpdump and VPC flow logs would show
  vpctui check SCENARIO…          every expectation, change and walkthrough
  vpctui break SCENARIO           hide faults in a network, to be found
  vpctui diff A B                 settings and flows in which two differ
  vpctui compare-ra FILE SCENARIO an analysis of Reachability Analyzer beside it
  vpctui import aws FOLDER…       a scenario from aws … describe-* answers
  vpctui import terraform FILE    one from what terraform show -json prints
  vpctui serve SCENARIO           the explorer in a browser (extra serve)
  vpctui schema                   the JSON Schema of scenario files
  vpctui COMMAND --help           the options of a command

exit status: 0 well, 1 a flow fails or an expectation does not hold,
2 bad file or arguments, 3 stopped at something not modelled
"""


class Parser(argparse.ArgumentParser):
    """argparse with our words: one line about what is wrong, then how to get help."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave with status 2."""
        self.exit(BAD, f"{self.prog}: {message}\ntry: {self.prog} --help\n")


def explorer_parser(kind: type[Parser] = Parser) -> Parser:
    """`vpctui [SCENARIO]`."""
    parser = kind(
        prog="vpctui", description="Walk one packet through an AWS VPC, hop by hop.", epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scenario", nargs="?", help="a scenario file, the name of a bundled one, or - for standard input")
    parser.add_argument("--version", action="version", version=f"vpctui {__version__}")
    _flow_and_changes(parser)
    _appearance(parser)
    parser.add_argument("--at", type=int, default=0, metavar="N", help="start at hop N")
    parser.add_argument("--read-only", action="store_true", help="nothing can be changed")
    _screen(parser)
    parser.add_argument("--tape", default="", metavar="FILE", help="open what a tape says and play its keys, pauses and notes; any key stops it")
    parser.add_argument("--record", default="", metavar="FILE", help="write a tape of the keys that are pressed, with what was opened")
    parser.add_argument("--predict", action="store_true", help="be asked what comes before it is shown")
    parser.add_argument("--plain", action="store_true", help="the same exploration as a dialogue in lines")
    return parser


def parser_of(command: str) -> Parser:
    """The parser of a command."""
    return {
        "trace": _trace,
        "forecast": _forecast,
        "check": _check,
        "break": _break,
        "diff": _diff,
        "compare-ra": _compare_ra,
        "import": _import,
        "serve": _serve,
        "schema": _schema,
    }[command]()


def _trace() -> Parser:
    parser = Parser(prog="vpctui trace", description="Print one flow's conversation, hop by hop.")
    parser.add_argument("scenario", help="a scenario file, the name of a bundled one, or - for standard input")
    _flow_and_changes(parser)
    _adhoc(parser)
    parser.add_argument("--direction", choices=("forward", "return", "both"), default="both", help="which packets are told")
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text", help="how it is written")
    parser.add_argument("--plain", action="store_true", help="sentences instead of columns")
    parser.add_argument("--pcap", default="", metavar="FILE", help="also write captures, FILE-POINT.pcapng for every interface and gateway")
    _appearance(parser)
    return parser


def _forecast() -> Parser:
    parser = Parser(prog="vpctui forecast", description="Forecast what tcpdump and the VPC flow logs would show of one flow.")
    parser.add_argument("scenario", help="a scenario file, the name of a bundled one, or - for standard input")
    _flow_and_changes(parser)
    _adhoc(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is written")
    _appearance(parser)
    return parser


def _check() -> Parser:
    parser = Parser(prog="vpctui check", description="Hold every expectation, change and walkthrough of scenario files.")
    parser.add_argument("scenarios", nargs="+", metavar="SCENARIO", help="files, or folders that are searched")
    parser.add_argument(
        "--set", dest="changes", action="append", default=[], metavar="CHANGE|@FILE", help="make a change first, and hold what the flows do then (repeatable)"
    )
    parser.add_argument("--format", choices=("text", "json", "junit"), default="text", help="how it is written")
    parser.add_argument("--color", choices=COLOURS, default="auto", help="how many colours; NO_COLOR and TERM are heeded")
    return parser


def _break() -> Parser:
    parser = Parser(prog="vpctui break", description="Hide one to three faults in a network, to be found: legal changes that stop its first flow.")
    parser.add_argument("scenario", help="a scenario file, or the name of a bundled one")
    parser.add_argument("--level", type=int, choices=(1, 2, 3), default=1, help="how many faults (1)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="which ones: the same number hides the same faults everywhere (1)")
    parser.add_argument("--flow", default="", metavar="NAME", help="the flow to stop (the first by default)")
    parser.add_argument("--output", default="", metavar="FILE", help="write a scenario with the faults hidden in it instead of opening the explorer")
    _appearance(parser)
    _screen(parser)
    parser.set_defaults(at=0, tape="", record="", read_only=False, predict=False, plain=False, changes=[])
    return parser


def _serve() -> Parser:
    parser = Parser(prog="vpctui serve", description="Show the explorer in a browser, one process for each visitor; on this machine alone by default.")
    parser.add_argument("scenario", help="a scenario file, or the name of a bundled one")
    _flow_and_changes(parser)
    parser.add_argument("--host", default="localhost", help="where to listen (localhost); any other than this machine has no password")
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="the port (8000)")
    parser.add_argument("--read-only", action="store_true", help="nothing can be changed")
    parser.add_argument("--predict", action="store_true", help="be asked what comes before it is shown")
    parser.add_argument("--theme", default="", metavar="NAME", help="terminal, dark or light")
    _appearance(parser)
    return parser


def _screen(parser: Parser) -> None:
    parser.add_argument("--mouse", action="store_true", help="take the mouse (off: the terminal selects text)")
    parser.add_argument("--theme", default="", metavar="NAME", help="terminal, dark or light")
    parser.add_argument("--keys", default="", metavar="KEYS", help="press these keys at the start: nnn<enter>")


def _diff() -> Parser:
    parser = Parser(
        prog="vpctui diff", description="Show which settings of two scenarios differ, and which flows come out or go otherwise; exit status 1 if any."
    )
    parser.add_argument("first", metavar="A", help="a scenario file, the name of a bundled one, or a folder of describe-* JSON")
    parser.add_argument("second", metavar="B", help="another one; flows of one are asked in the other too")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is written")
    _appearance(parser)
    return parser


def _compare_ra() -> Parser:
    parser = Parser(prog="vpctui compare-ra", description="Set an analysis of AWS Reachability Analyzer beside a trace; exit status 1 where they differ.")
    parser.add_argument("file", metavar="FILE", help="what aws ec2 describe-network-insights-analyses answers, or - for standard input")
    parser.add_argument("scenario", help="a scenario file, or a folder of describe-* JSON; its ids are those of AWS")
    parser.add_argument("--analysis", default="", metavar="ID", help="only this one of the file")
    _flow_and_changes(parser)
    _adhoc(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is written")
    _appearance(parser)
    return parser


def _import() -> Parser:
    parser = Parser(prog="vpctui import", description="Write a scenario from a real account: ids are those of AWS, assumptions stand as comments.")
    parser.add_argument("source", choices=("aws", "terraform"), help="what is read: JSON of describe calls, or the account itself; or terraform show -json")
    parser.add_argument(
        "folders", nargs="*", metavar="FOLDER", help="aws: folders or files of JSON, told by their keys; terraform: the file of a state or plan"
    )
    parser.add_argument("--output", default="", metavar="FILE", help="write there instead of to standard output")
    parser.add_argument("--anonymize", action="store_true", help="other ids, addresses and names; every packet goes the way that it goes")
    parser.add_argument("--legend", default="", metavar="FILE", help="with --anonymize: what stood where (OUTPUT.legend.json); its key is used again")
    parser.add_argument("--commands", action="store_true", help="print the read-only AWS CLI commands that collect the JSON, as a shell script")
    parser.add_argument("--live", action="store_true", help="ask the account itself, describe calls only (needs the extra aws)")
    parser.add_argument("--profile", default="", metavar="NAME", help="with --live: the profile of the AWS configuration")
    parser.add_argument("--region", action="append", default=[], metavar="REGION", help="with --live or --commands: the Region (repeatable)")
    parser.add_argument("--endpoint-url", default="", metavar="URL", help="with --live: another address of the API, such as that of a test server")
    return parser


def _schema() -> Parser:
    return Parser(prog="vpctui schema", description="Print the JSON Schema of scenario files.")


def _flow_and_changes(parser: Parser) -> None:
    parser.add_argument("--flow", default="", metavar="NAME", help="the flow to trace (the first by default)")
    parser.add_argument(
        "--set",
        dest="changes",
        action="append",
        default=[],
        metavar="CHANGE|@FILE",
        help="make a change first, such as eni-fw.source_dest_check=on, or all those of a file (repeatable)",
    )


def _adhoc(parser: Parser) -> None:
    flow = parser.add_argument_group("a flow that the file does not have")
    flow.add_argument("--from", dest="sender", metavar="ID", help="a host, instance or interface; internet, on-premises, aws-service")
    flow.add_argument("--to", metavar="ADDRESS|ID[:PORT]", help="where to")
    flow.add_argument("--protocol", help="tcp, udp, icmp …")
    flow.add_argument("--source-port", metavar="PORT", help="the source port (50000)")
    flow.add_argument("--source-ip", metavar="ADDRESS", help="the source address, where the sender has none or another is meant")
    flow.add_argument("--icmp", metavar="TYPE/CODE", help="ICMP of this type and code; 8/0 is a ping")
    flow.add_argument("--ttl", metavar="N", help="the TTL with which it starts (64)")
    flow.add_argument("--size", metavar="BYTES", help="its length from the IP header on (60)")
    flow.add_argument("--via", metavar="ID", help="for on-premises: the gateway, attachment or virtual interface where it comes in")


def _appearance(parser: Parser) -> None:
    parser.add_argument("--lang", choices=("en", "ja"), default="", help="language of every sentence")
    parser.add_argument("--ascii", action="store_true", help="no characters beyond ASCII in what vpctui draws")
    parser.add_argument("--color", choices=COLOURS, default="auto", help="how many colours; NO_COLOR and TERM are heeded")
