"""A scenario from a file, or from a folder of `describe-*` JSON that is imported on the way."""

import sys
from pathlib import Path

from vpctui.cli.files import load
from vpctui.cli.outcome import Failed
from vpctui.interop.aws.files import read
from vpctui.interop.aws.importing import import_account
from vpctui.scenario.problems import render
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.scenario import Scenario


def load_any(name: str, *, colour: bool = False) -> Scenario:
    """The scenario of a file or of a folder.  Raises Failed."""
    return _imported(name, colour) if Path(name).is_dir() else load(name, colour=colour)


def _imported(folder: str, colour: bool) -> Scenario:
    account, count = read([folder])
    text = import_account(account, folder) if count else None
    if text is None:
        raise Failed(f"{folder}: no describe-vpcs JSON in it; vpctui import aws --commands prints what to collect")
    if account.notes:
        sys.stderr.write(f"vpctui: {folder}: imported with {len(account.notes)} notes; vpctui import aws {folder} tells them\n")
    scenario, problems = read_scenario(text.encode(), Path(folder).name)
    if scenario is None:
        raise Failed(render(problems, folder, text, color=colour))
    return scenario
