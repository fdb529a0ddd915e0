"""Every rule of the catalogue has a status that is true: a test that names it, or a reason why there is none."""

import re
from pathlib import Path

import pytest

from tools import catalogue
from tools.pages import rules as page

KNOWN = catalogue.rules()
NUMBERS = {rule.number for rule in KNOWN}
CONFLICTS = {conflict.number for conflict in catalogue.conflicts()}


def test_every_rule_has_a_number_a_key_a_title_and_a_status() -> None:
    assert [rule.number for rule in KNOWN] == [f"R-{number:03}" for number in range(1, len(KNOWN) + 1)]
    assert len({rule.key for rule in KNOWN}) == len(KNOWN)
    assert [rule.number for rule in KNOWN if not rule.title or rule.status not in catalogue.STATUSES] == []


def test_what_is_modelled_names_tests_that_exist_and_cite_it() -> None:
    cited = catalogue.cited_by_tests()
    for rule in KNOWN:
        assert set(rule.tests) <= set(cited.get(rule.number, ())), rule.number
        assert rule.tests or rule.status != catalogue.TESTED, rule.number


def test_what_is_not_modelled_or_not_a_packets_business_says_why() -> None:
    unexplained = [rule.number for rule in KNOWN if rule.status in (catalogue.NOT_MODELLED, catalogue.NO_EFFECT) and not rule.reason]
    assert unexplained == []
    assert [rule.number for rule in KNOWN if not rule.tests and not rule.reason] == []


def test_nothing_cites_a_rule_that_the_catalogue_does_not_have() -> None:
    cited = catalogue.cited_by_tests().keys() | catalogue.cited_by_code().keys()
    assert sorted(number for number in cited if number.startswith("R-") and len(number) == 5 and number not in NUMBERS) == []
    assert sorted(number for number in cited if number.startswith("C-") and number not in CONFLICTS) == []


def test_every_conflict_has_a_reading_that_a_test_holds() -> None:
    assert sorted(CONFLICTS) == [f"C-{number:02}" for number in range(1, len(CONFLICTS) + 1)]
    assert sorted(number for number in CONFLICTS if number not in catalogue.cited_by_tests()) == []


def test_the_page_counts_what_it_lists() -> None:
    text = page()
    for status in catalogue.STATUSES:
        (count,) = re.findall(rf"^\| {status} \| (\d+) \|", text, re.MULTILINE)
        assert int(count) == len(re.findall(rf"^\| R-\d{{3}} \|.*\| {status} \|", text, re.MULTILINE))


def test_links_of_the_page_lead_to_files(root: Path) -> None:
    assert [path for path in set(re.findall(r"\]\(\.\./([^)]*)\)", page())) if not (root / path).is_file()] == []


def test_the_catalogue_is_that_of_the_reference(shared: Path) -> None:
    text = (shared / "reference" / "aws-rules.md").read_text(encoding="utf-8")
    theirs = re.findall(r"^\*\*(R-\d{3}) — .*?\*\* `([^`]*)`", text, re.MULTILINE)
    assert [(rule.number, rule.key) for rule in KNOWN] == theirs
    assert set(re.findall(r"^\| (C-\d{2}) \|", text, re.MULTILINE)) == CONFLICTS


@pytest.mark.parametrize("status", [catalogue.NOT_MODELLED])
def test_little_is_left_unmodelled(status: str) -> None:
    """A new one deserves a thought before this number grows."""
    assert sum(rule.status == status for rule in KNOWN) <= 6
