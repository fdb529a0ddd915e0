"""The command line: `vpctui SCENARIO` explores; `trace`, `check`, `schema` and the rest print.  Exit statuses are those of `docs/cli.md`.

Standard output carries the result alone; everything said about it goes to standard error.  Textual is imported inside one function,
by the explorer only.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence

from vpctui.cli.arguments import explorer_parser, parser_of
from vpctui.cli.lasting import lasting
from vpctui.cli.outcome import BAD, Failed

COMMANDS = ("trace", "forecast", "check", "break", "diff", "compare-ra", "import", "serve", "schema")
"""Words that are commands; anything else in their place is a scenario.  A file of that name is opened as `./trace`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = words[0] if words and words[0] in COMMANDS else ""
    try:
        return _run(command, words[1:] if command else words)
    except Failed as failed:
        sys.stderr.write(failed.text if failed.text.endswith("\n") else f"vpctui: {_harmless(failed.text)}\n")
        return failed.status
    except BrokenPipeError:
        # Whoever reads has enough, as `head` has; what is left in the buffer must not be written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _harmless(text: str) -> str:
    """A message with nothing in it that a terminal would obey: it may quote a file or an argument."""
    from vpctui.describe.width import visible

    return "\n".join(visible(line) for line in text.split("\n"))


def _run(command: str, words: list[str]) -> int:
    parser = parser_of(command) if command else explorer_parser()
    options = parser.parse_args(words)
    with lasting():
        function = _function(command)
    return function(options)


def _function(command: str) -> Callable[..., int]:
    """The function of a command; imported when it is asked for, so that none pays for another."""
    if command == "trace":
        from vpctui.cli.tracing import trace

        return trace
    if command == "forecast":
        from vpctui.cli.forecasting import forecast

        return forecast
    if command == "check":
        from vpctui.cli.checking import check

        return check
    if command == "break":
        from vpctui.cli.breaking import break_scenario

        return break_scenario
    if command == "diff":
        from vpctui.cli.differing import diff

        return diff
    if command == "compare-ra":
        from vpctui.cli.reachability import compare_ra

        return compare_ra
    if command == "import":
        from vpctui.cli.importing import import_scenario

        return import_scenario
    if command == "serve":
        from vpctui.cli.serving import serve

        return serve
    if command == "schema":
        from vpctui.cli.schema import schema

        return schema
    from vpctui.cli.exploring import explore

    return explore


__all__ = ["BAD", "main"]
