"""Prints what vpctui costs as ratios: each figure beside something bare that was measured in the same run.

    python -m benchmarks.run                 everything
    python -m benchmarks.run starting        one group
    python -m benchmarks.run --write         everything, and the table into benchmarks/README.md

Exit status 1 when a ratio passes its bound.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks import conversing, importing, keys, loading, sizes, starting
from benchmarks.result import Result

GROUPS: Mapping[str, Callable[[int], Iterator[Result]]] = {
    "conversing": conversing.measure,
    "starting": starting.measure,
    "keys": keys.measure,
    "loading": loading.measure,
    "importing": importing.measure,
    "sizes": sizes.measure,
}
"""Groups of measurements by name; each takes the number of runs and yields lines of the table."""

PAGE = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- table -->\n", "<!-- end of table -->\n"
HEAD = ("what", "vpctui", "beside", "ratio", "at most")


def as_text(results: list[Result]) -> str:
    """Aligned columns for a terminal."""
    lines = [HEAD, *(result.cells() for result in results)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "\n".join("  ".join([line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))]) for line in lines)


def as_markdown(results: list[Result]) -> str:
    """The table for the page."""
    lines = [HEAD, ("---", "---:", "---:", "---:", "---:"), *(result.cells() for result in results)]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def write(table: str) -> None:
    """Put the table into the page, in the place of the one before."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(before + BEGIN + table + END + after, encoding="utf-8")


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure vpctui, as ratios.")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"one or more of {', '.join(GROUPS)}; all without")
    parser.add_argument("--runs", type=int, default=7, help="measurements of each figure, of which the median counts")
    parser.add_argument("--write", action="store_true", help=f"write the table into {PAGE.name}")
    arguments = parser.parse_args()
    if unknown := set(arguments.groups) - set(GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    # An installed program has its bytecode; a checkout that may not keep it would be compiled anew at every start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    results = [result for name in arguments.groups or GROUPS for result in GROUPS[name](arguments.runs)]
    print(as_text(results))
    if arguments.write:
        write(as_markdown(results))
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
