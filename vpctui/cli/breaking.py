"""`vpctui break`: hides faults in a network, and opens it for somebody to find them, or writes it to a file."""

import argparse
import sys
from pathlib import Path

from vpctui.cli.exploring import explore_broken
from vpctui.cli.files import load, read_bytes
from vpctui.cli.outcome import GOOD, Failed
from vpctui.engine.faults import hidden_faults
from vpctui.scenario.changing import state_of
from vpctui.scenario.hiding import with_hidden
from vpctui.scenario.scenario import Scenario
from vpctui.scenario.text import source_text
from vpctui.schema import nearest


def break_scenario(options: argparse.Namespace) -> int:
    """Hide the faults; never say which.  Raises Failed where none can be hidden."""
    scenario = load(options.scenario)
    faults = _faults(scenario, options)
    if options.output:
        _write(options, faults)
        return GOOD
    return explore_broken(scenario, faults, options)


def _faults(scenario: Scenario, options: argparse.Namespace) -> tuple[str, ...]:
    if scenario.hidden:
        raise Failed(f"{scenario.name} has faults hidden in it already: vpctui {options.scenario}")
    flow = options.flow or next(iter(scenario.questions), "")
    if flow not in scenario.questions:
        right = nearest(flow, scenario.questions)
        raise Failed(f"no flow {flow!r} in {scenario.name}" + (f"; did you mean {right}?" if right else ""))
    if flow not in {expectation.flow for expectation in scenario.expect}:
        raise Failed(f"{scenario.name} expects nothing of flow {flow}, so nobody could tell when it works again; add expect: {{{flow}: ok}}")
    faults = hidden_faults(state_of(scenario), flow, options.level, options.seed)
    if not faults:
        raise Failed(f"no fault can be hidden on the way of flow {flow}: it does not work, or nothing on it can be changed")
    if len(faults) < options.level:
        sys.stderr.write(f"vpctui: only {len(faults)} of {options.level} faults go together on the way of flow {flow}\n")
    return faults


def _write(options: argparse.Namespace, faults: tuple[str, ...]) -> None:
    text = with_hidden(source_text(read_bytes(options.scenario)), faults)
    try:
        with Path(options.output).open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Failed(f"{options.output} exists; name a new file") from None
    except OSError as error:
        raise Failed(f"{options.output}: {error.strerror}") from None
    sys.stderr.write(f"wrote {options.output}; explore it with vpctui {options.output}, and check it with vpctui check {options.output} --set CHANGE\n")
