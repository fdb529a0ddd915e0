"""Why packets die, changes are refused and people are warned: the table of reasons, read from `reasons.csv` when first asked.

A code is stable and means one cause that a person can act on.  Nothing else of the program is known here.
"""

import csv
from functools import cache
from importlib.resources import files
from typing import Literal

from msgspec import Struct

Language = Literal["en", "ja"]
Kind = Literal["drop", "refusal", "warning", "note"]
KINDS: tuple[Kind, ...] = ("drop", "refusal", "warning", "note")


class Reason(Struct, frozen=True):
    """One row of the table: a code, what it means and what to do about it, in both languages.

    `reachability_codes` are the explanation codes with which AWS Reachability Analyzer reports the same cause, the usual one first.
    """

    code: str
    family: str
    kind: Kind
    explanation_en: str
    explanation_ja: str
    fix_en: str
    fix_ja: str
    reachability_codes: tuple[str, ...] = ()

    def explanation(self, language: Language = "en") -> str:
        """What happened, in one sentence."""
        return self.explanation_ja if language == "ja" else self.explanation_en

    def fix(self, language: Language = "en") -> str:
        """What would help, in one sentence; empty where there is nothing to mend."""
        return self.fix_ja if language == "ja" else self.fix_en

    @property
    def reachability_code(self) -> str | None:
        """The usual code of Reachability Analyzer, where it has one."""
        return self.reachability_codes[0] if self.reachability_codes else None


@cache
def reasons() -> dict[str, Reason]:
    """All reasons by code, in the order of the table."""
    text = files("vpctui").joinpath("reasons.csv").read_text(encoding="utf-8")
    return {row["code"]: _reason(row) for row in csv.DictReader(text.splitlines())}


def reason(code: str) -> Reason:
    """The reason with that code.  Raises KeyError for a code that is not in the table: the table is the only source."""
    return reasons()[code]


def _reason(row: dict[str, str]) -> Reason:
    kind = next(kind for kind in KINDS if kind == row["kind"])
    codes = tuple(code for code in row["reachability_code"].split(";") if code)
    return Reason(row["code"], row["family"], kind, row["explanation_en"], row["explanation_ja"], row["fix_en"], row["fix_ja"], codes)
