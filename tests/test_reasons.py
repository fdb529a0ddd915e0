"""The table of reasons: complete in both languages, and the same codes as the reference."""

import csv
from pathlib import Path

import pytest

from vpctui.reasons import Reason, reason, reasons
from vpctui.trace import UNMODELLED


def test_there_are_137_codes_with_an_explanation_in_both_languages() -> None:
    table = reasons()
    assert len(table) == 137
    for code, row in table.items():
        assert row.code == code
        assert row.explanation_en.endswith("."), code
        assert row.explanation_ja.endswith("。"), code
        assert any("\u3040" <= character <= "\u30ff" for character in row.explanation_ja), code


def test_every_drop_and_refusal_says_what_to_do_in_both_languages() -> None:
    for row in reasons().values():
        assert bool(row.fix_en) == bool(row.fix_ja), row.code
        if row.kind in ("drop", "refusal", "warning"):
            assert row.fix_en.endswith("."), row.code
            assert row.fix_ja.endswith("。"), row.code


def test_japanese_sentences_use_full_width_punctuation_and_no_spaces_between_scripts() -> None:
    for row in reasons().values():
        for text in (row.explanation_ja, row.fix_ja):
            assert "," not in text, (row.code, text)
            assert ". " not in text, (row.code, text)


def test_kinds_are_those_of_the_reference() -> None:
    kinds = [row.kind for row in reasons().values()]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"drop": 86, "refusal": 27, "warning": 7, "note": 17}


def test_language_and_reachability_code() -> None:
    row = reason("ENI_SRC_DST_CHECK_OUT")
    assert row.reachability_codes == ("ENI_SOURCE_DEST_CHECK_RESTRICTION", "ENI_ADDRESS_RESTRICTION")
    assert row.reachability_code == "ENI_SOURCE_DEST_CHECK_RESTRICTION"
    assert reason("TTL_EXPIRED").reachability_code is None
    assert row.explanation("ja") == row.explanation_ja != row.explanation()
    assert row.fix("ja") == row.fix_ja != row.fix()


def test_an_unknown_code_is_no_reason() -> None:
    with pytest.raises(KeyError):
        reason("NO_SUCH_CODE")


def test_reasons_about_the_model_say_that_they_say_nothing_about_the_network() -> None:
    for code in UNMODELLED:
        assert "nothing about the network" in reason(code).explanation_en
        assert "ネットワークの障害を示すものではない" in reason(code).explanation_ja


def test_codes_kinds_and_reachability_codes_equal_the_reference(shared: Path) -> None:
    with (shared / "reference" / "drop-reasons.csv").open(encoding="utf-8") as file:
        rows = [(row["code"], row["family"], row["kind"], row["reachability_code"]) for row in csv.DictReader(file)]
    ours = [(row.code, row.family, row.kind, ";".join(row.reachability_codes)) for row in reasons().values()]
    assert ours == rows


def test_a_reason_is_a_value() -> None:
    assert isinstance(reason("NO_ROUTE"), Reason)
    assert reasons() is reasons()
