"""Writes the files of the repository that are made from code, or with `--check` says which of them are not fresh.

    python -m tools.generate            write them
    python -m tools.generate --check    exit 1 and name every file that differs from what would be written

To add one: a function without arguments that returns the whole text, and its line in `PAGES`.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tools import command_line, pages, recorded, recorded_networks, scenario_format
from vpctui.tui import keys

ROOT = Path(__file__).resolve().parent.parent

PAGES: Mapping[str, Callable[[], str]] = {
    "docs/cli.md": command_line.page,
    "docs/keys.md": keys.reference,
    "docs/reasons.md": pages.reasons,
    "docs/rules.md": pages.rules,
    "docs/scenario-format.md": scenario_format.page,
    "docs/scenario.schema.json": scenario_format.schema,
    **recorded.pages(),
    **recorded_networks.pages(),
}
"""Every generated file by its path, and the function that writes its text."""


def stale(root: Path, texts: Mapping[str, Callable[[], str]]) -> list[str]:
    """The paths whose file is missing or differs from the text that would be written."""
    return [path for path, text in texts.items() if not (root / path).is_file() or (root / path).read_text(encoding="utf-8") != text()]


def write(root: Path, texts: Mapping[str, Callable[[], str]]) -> list[str]:
    """Write what is stale; the paths that were written."""
    written = stale(root, texts)
    for path in written:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(texts[path](), encoding="utf-8")
    return written


def main() -> int:
    """The command line; exit status 1 with `--check` when a file is not fresh."""
    parser = argparse.ArgumentParser(description="Write the generated files of the repository.")
    parser.add_argument("--check", action="store_true", help="only say which are not fresh; exit 1 if any")
    if not parser.parse_args().check:
        for path in write(ROOT, PAGES):
            print(f"wrote {path}")
        return 0
    found = stale(ROOT, PAGES)
    for path in found:
        print(f"{path} is not fresh: run python -m tools.generate", file=sys.stderr)
    print(f"{len(PAGES)} generated files, {len(found)} not fresh")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
