"""Outcomes as a file expects them, and what a leg carries, in the words of the reader."""

import pytest

from vpctui.describe.sentences import result_words
from vpctui.describe.voice import Voice


@pytest.mark.parametrize(
    ("outcome", "english", "japanese"),
    [
        ("ok", "ok", "正常"),
        ("asymmetric", "asymmetric", "非対称"),
        ("half-open", "half-open", "ハーフオープン"),
        ("forward:NO_ROUTE", "forward:NO_ROUTE", "往路でNO_ROUTE"),
        ("return:ROUTING_LOOP", "return:ROUTING_LOOP", "復路でROUTING_LOOP"),
        ("10.0.2.10:80", "10.0.2.10:80", "10.0.2.10:80"),
    ],
)
def test_an_outcome_in_words(outcome: str, english: str, japanese: str) -> None:
    assert result_words(outcome, Voice()) == english
    assert result_words(outcome, Voice("ja")) == japanese


def test_what_a_leg_carries() -> None:
    assert [Voice().carried(carries) for carries in ("data", "SYN/ACK", "ICMP echo")] == ["data", "SYN/ACK", "ICMP echo"]
    assert [Voice("ja").carried(carries) for carries in ("data", "SYN/ACK", "ICMP echo reply")] == ["データ", "SYN/ACK", "ICMPエコー応答"]
