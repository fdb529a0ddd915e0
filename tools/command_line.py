"""`docs/cli.md`: every command with its options, from the parsers that read them, and what the exit statuses mean."""

import argparse

from tools.pages import NOTICE, table
from vpctui.cli import COMMANDS
from vpctui.cli.arguments import explorer_parser, parser_of

HEAD = """# The command line

Scripts and CI jobs may depend on what stands here: later versions add, they do not rename. Standard output carries the result alone; everything said
about it goes to standard error. `python -m vpctui` is the same program.

| exit status | means |
| --- | --- |
| 0 | all is well: the flow works (`ok` or `asymmetric`), every expectation holds |
| 1 | the flow does not work, or an expectation does not hold |
| 2 | a bad file or bad arguments; no screen was touched |
| 3 | the packet met something that is not modelled |
"""


def page() -> str:
    """The whole page."""
    commands = [("vpctui SCENARIO", explorer_parser()), *((f"vpctui {name}", parser_of(name)) for name in COMMANDS)]
    return NOTICE + "\n".join([HEAD, *(_command(title, parser) for title, parser in commands)])


def _command(title: str, parser: argparse.ArgumentParser) -> str:
    rows = [(_written(option), (option.help or "").replace("<", "&lt;"), _default(option)) for option in parser._actions]
    return f"## `{title}`\n\n{parser.description}\n\n{table(('option', 'does', 'default'), rows)}"


def _written(option: argparse.Action) -> str:
    choices = "|".join(map(str, option.choices)) if option.choices else ""
    value = option.metavar or choices or option.dest.upper()
    if not option.option_strings:
        return f"`{value}`"
    takes = f" {value}" if option.nargs != 0 else ""
    return " ".join(f"`{name}{takes}`" for name in option.option_strings)


def _default(option: argparse.Action) -> str:
    return f"`{option.default}`" if option.choices and option.default else ""
