"""`vpctui check`: every expectation of every file, as text, JSON or JUnit XML."""

import argparse
import json
import sys
from collections.abc import Iterator
from xml.etree import ElementTree

from msgspec import Struct

from vpctui.cli.beginning import refusal_text
from vpctui.cli.change_files import Given, given
from vpctui.cli.files import attempt_load, search
from vpctui.cli.outcome import BAD, DIFFERS, GOOD, Failed
from vpctui.cli.tracing import wants_colour
from vpctui.describe.json import escaped
from vpctui.describe.voice import Voice
from vpctui.describe.width import visible
from vpctui.document import Problem
from vpctui.engine.change import Refusal
from vpctui.scenario.checking import Case, check as check_scenario, check_changed
from vpctui.scenario.expectations import Failure
from vpctui.scenario.folder import Orders
from vpctui.scenario.problems import render
from vpctui.scenario.scenario import Scenario
from vpctui.scenario.text import source_text


class Checked(Struct, frozen=True):
    """What came out for one file: its cases, or the problems that kept it from being read."""

    name: str
    cases: tuple[Case, ...]
    problems: tuple[Problem, ...]
    readable: bool
    text: str

    @property
    def failed(self) -> tuple[Case, ...]:
        """The cases that do not hold."""
        return tuple(case for case in self.cases if case.failures)


def check(options: argparse.Namespace) -> int:
    """Check files and folders; 0 all hold, 1 some do not, 2 a file cannot be read."""
    colour = options.format == "text" and wants_colour(options.color, sys.stdout.isatty())
    results, orders, changes = [], Orders(), given(options.changes)
    for name in search(options.scenarios):
        result = _one(name, orders, changes)
        results.append(result)
        sys.stderr.write(render(result.problems, name, result.text, color=wants_colour(options.color, sys.stderr.isatty())))
        if options.format == "text":
            sys.stdout.write(_text(result, colour))
            sys.stdout.flush()
    if options.format != "text":
        sys.stdout.write({"json": _json, "junit": _junit}[options.format](results))
    elif len(results) != 1:
        sys.stdout.write(_summary(results))
    if not all(result.readable for result in results):
        return BAD
    return DIFFERS if any(result.failed for result in results) else GOOD


def _one(name: str, orders: Orders, changes: tuple[Given, ...]) -> Checked:
    scenario, problems, data = attempt_load(name)
    cases = _cases(scenario, changes) if scenario is not None else ()
    twice = orders.problem(name, scenario) if scenario is not None else None
    problems += [twice] if twice else []
    return Checked(name, cases, tuple(problems), scenario is not None, source_text(data))


def _cases(scenario: Scenario, changes: tuple[Given, ...]) -> tuple[Case, ...]:
    """Everything that is checked; with changes, what the flows do then.  Raises Failed for a change that is refused."""
    if not changes:
        return check_scenario(scenario)
    cases = check_changed(scenario, [change.text for change in changes])
    if isinstance(cases, Refusal):
        raise Failed(refusal_text(cases, Voice()))
    return cases


def _text(result: Checked, colour: bool) -> str:
    if not result.readable:
        return f"unreadable  {visible(result.name)}\n"
    failures = "".join(
        render((_problem(case, failure),), result.name, result.text, color=colour) + _hop(failure) for case in result.failed for failure in case.failures
    )
    word = "FAILED" if result.failed else "ok"
    count = f"{len(result.failed)} of {len(result.cases)} cases" if result.failed else f"{len(result.cases)} cases"
    return f"{failures}{word:<10}  {visible(result.name)}  {count}\n"


def _problem(case: Case, failure: Failure) -> Problem:
    flow = f", flow {failure.flow}" if failure.flow and failure.flow not in case.name else ""
    return Problem("FAILED", f"{case.name}{flow}: expected {failure.wanted}, found {failure.found}", failure.mark)


def _hop(failure: Failure) -> str:
    return f"   at {visible(failure.hop)}\n" if failure.hop else ""


def _summary(results: list[Checked]) -> str:
    cases, failed = sum(len(result.cases) for result in results), sum(len(result.failed) for result in results)
    unread = sum(not result.readable for result in results)
    parts = [f"{len(results)} files", f"{cases} cases", f"{failed} failed"] + ([f"{unread} unreadable"] if unread else [])
    return ", ".join(parts) + "\n"


def _json(results: list[Checked]) -> str:
    document = {"format": "vpctui.check/1", "files": [_file_json(result) for result in results]}
    return escaped(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"


def _file_json(result: Checked) -> dict[str, object]:
    return {
        "file": result.name,
        "readable": result.readable,
        "problems": [
            {"code": each.code, "severity": each.severity, "line": each.mark.line, "column": each.mark.column, "message": each.message, "try": each.mend}
            for each in result.problems
        ],
        "cases": [{"name": case.name, "line": case.mark.line, "holds": not case.failures, "failures": list(_failures_json(case))} for case in result.cases],
    }


def _failures_json(case: Case) -> Iterator[dict[str, object]]:
    for failure in case.failures:
        yield {
            "flow": failure.flow,
            "line": failure.mark.line,
            "column": failure.mark.column,
            "expected": failure.wanted,
            "found": failure.found,
            "at": failure.hop or None,
        }


def _junit(results: list[Checked]) -> str:
    root = ElementTree.Element("testsuites", name="vpctui check")
    for result in results:
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=_xml(result.name),
            tests=str(max(len(result.cases), 1)),
            failures=str(len(result.failed)),
            errors=str(int(not result.readable)),
        )
        for case in result.cases:
            element = ElementTree.SubElement(
                suite, "testcase", classname=_xml(result.name), name=_xml(case.name), file=_xml(result.name), line=str(case.mark.line)
            )
            for failure in case.failures:
                told = ElementTree.SubElement(element, "failure", message=_xml(f"expected {failure.wanted}, found {failure.found}"))
                told.text = _xml(f"{result.name}:{failure.mark.line}:{failure.mark.column} {failure.hop}".rstrip())
        if not result.readable:
            element = ElementTree.SubElement(suite, "testcase", classname=_xml(result.name), name="read")
            errors = [each for each in result.problems if each.severity == "error"]
            ElementTree.SubElement(element, "error", message=_xml(f"{len(errors)} mistakes")).text = _xml(render(errors, result.name, result.text))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _xml(text: str) -> str:
    """Text without what XML 1.0 does not know, or a terminal would obey."""
    return "".join(char if char in "\t\n" or char.isprintable() else "\ufffd" for char in text)
