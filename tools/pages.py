"""The text of each generated page of the documentation, from the very tables that the program works with."""

from collections.abc import Iterable, Sequence
from itertools import groupby

import vpctui.aws as aws
from tools import catalogue
from vpctui.engine.registry import RULES, Rule
from vpctui.reasons import Reason, reasons as all_reasons

NOTICE = "<!-- Made by tools/generate.py; do not edit. -->\n"

FAMILIES = {
    "routing": "Routes and route tables",
    "gateway": "Internet and virtual private gateways",
    "filter": "Security groups, network ACLs, Block Public Access",
    "eni-guest": "Interfaces, instances and what runs in them",
    "service": "Services that forward packets",
    "model": "What the model cannot know",
    "refusal": "Changes that AWS refuses",
    "warning": "Warnings",
    "note": "Notes: why a route won or lost, what a step found",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; what stands in a cell cannot break it."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |\n" for line in lines)


def reasons() -> str:
    """`docs/reasons.md`: every reason, by family, with what it means and what helps."""
    rows = sorted(all_reasons().values(), key=lambda reason: list(FAMILIES).index(reason.family))
    drops = sum(reason.kind == "drop" for reason in rows)
    parts = [
        f"{NOTICE}# Reasons\n",
        f"Every packet that dies, every change that is refused and every warning has one of these {len(rows)} codes; {drops} of them end a packet.\n"
        "A code is stable: scenario files expect it (`forward:NO_ROUTE`), the trace document carries it. The last column is the explanation code of\n"
        "AWS Reachability Analyzer for the same cause, where it has one.\n",
    ]
    for family, members in groupby(rows, key=lambda reason: reason.family):
        parts.append(f"## {FAMILIES[family]}\n\n{table(('code', 'what it means', 'what helps', 'Reachability Analyzer'), map(_row, members))}")
    return "\n".join(parts)


def _row(reason: Reason) -> tuple[str, str, str, str]:
    codes = ", ".join(f"`{code}`" for code in reason.reachability_codes)
    return (f"`{reason.code}`", f"{reason.explanation_en}<br>{reason.explanation_ja}", f"{reason.fix_en}<br>{reason.fix_ja}".removesuffix("<br>"), codes)


def rules() -> str:
    """`docs/rules.md`: every rule of the catalogue with its status, every conflict with its reading, every rule that a step can name."""
    known = catalogue.rules()
    counts = [(status, str(sum(rule.status == status for rule in known)), meaning) for status, meaning in catalogue.STATUSES.items()]
    parts = [
        f"{NOTICE}# Rules\n",
        f"How AWS forwards packets is written down here as {len(known)} rules, each with a number and a stable key; code and tests cite the number.\n",
        table(("status", "rules", "that means"), counts),
        "[Conflicts](#conflicts) are where sources disagree or are silent. [Steps](#steps) are the rules that a trace names.\n",
        f"## Catalogue\n\n{table(('rule', 'key', 'what it is about', 'status', 'shown by'), map(_catalogued, known))}",
        f"## Conflicts\n\n{table(('conflict', 'about', 'what is assumed here', 'shown by'), map(_conflict, catalogue.conflicts()))}",
        _steps(),
    ]
    return "\n".join(parts)


def _catalogued(rule: catalogue.CatalogueRule) -> tuple[str, str, str, str, str]:
    shown = [*map(_test, rule.tests), *([rule.reason] if rule.reason else [])]
    return (rule.number, f"`{rule.key}`", rule.title, rule.status, "<br>".join(shown))


def _conflict(conflict: catalogue.Conflict) -> tuple[str, str, str, str]:
    return (conflict.number, conflict.topic, conflict.reading, "<br>".join(map(_test, catalogue.cited_by_tests().get(conflict.number, ())[:3])))


def _test(node: str) -> str:
    """A test by the words of its name, linked to its file."""
    path, _, name = node.partition("::")
    return f"[{name.removeprefix('test_').replace('_', ' ')}](../{path})"


def _steps() -> str:
    """The rules that steps can name, by module."""
    sections = []
    for module in sorted(aws.RESOURCES + aws.STAGES, key=lambda module: module.__name__):
        keys = getattr(module, "RULES", {})
        name = module.__name__.rpartition(".")[2]
        if keys:
            sections.append(f"### {name}\n\n{table(('rule', 'source', 'passed', 'failed'), (_rule(key, RULES[key]) for key in keys))}")
    head = (
        f"## Steps\n\nA step of a trace names the rule that it applies; there are {len(RULES)}. A key is stable: other programs may rely on it.\n"
        "The source is a number of the catalogue (R-nnn; C-nn for a conflict) or an RFC. `{…}` is filled with what was found on the way.\n"
    )
    return "\n".join([head, *sections])


def _rule(key: str, rule: Rule) -> tuple[str, str, str, str]:
    failed = f"{rule.failed.en}<br>{rule.failed.ja}" if rule.failed else ""
    return (f"`{key}`", rule.source, f"{rule.passed.en}<br>{rule.passed.ja}", failed)
