"""The report for a ticket and the trace document."""

import json
from collections.abc import Callable

from tests.describe.journey import APPLIANCE, journey
from vpctui.describe.ansi import render
from vpctui.describe.json import trace_json
from vpctui.describe.markdown import markdown
from vpctui.describe.text import Report, shell_lines, text_rows
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells
from vpctui.trace import Conversation

CLI = "aws ec2 modify-network-interface-attribute --network-interface-id eni-fw --no-source-dest-check"
REPORT = Report("appliance.yaml", "", ("eni-fw.source_dest_check=on",), lambda change: CLI)


def test_a_drop_as_text(checked: Conversation) -> None:
    assert (
        render(text_rows(checked, REPORT, Voice()))
        == """\
scenario  appliance.yaml
question  web: tcp 198.51.100.10:50000 → 203.0.113.20:80 (from client)
changes   eni-fw.source_dest_check=on
verdict   forward:ENI_SRC_DST_CHECK_IN
          The SYN packet is dropped at i-fw on the forward way.

forward SYN
 1 client  sends to 203.0.113.20:80                                       ttl 64
 2 igw     dst becomes 10.0.2.10:80                                       ttl 64
           + 203.0.113.20 is the public address of 10.0.2.10
           + rtb-edge: 10.0.2.0/24 → eni-fw wins
 3 i-fw    DROP ENI_SRC_DST_CHECK_IN                                      ttl 64
           x destination 10.0.2.10 is not an address of eni-fw (10.0.1.10), and
             its source/destination check is on

lookup  rtb-edge (edge of igw), for 10.0.2.10
  > 10.0.2.0/24 eni-fw  won with /24
    10.0.0.0/16 local   shorter than /24
    10.0.1.0/24 eni-fw  differs at bit 23

DROP i-fw: ENI_SRC_DST_CHECK_IN
  seen      destination 10.0.2.10 is not an address of eni-fw (10.0.1.10), and
            its source/destination check is on
  why       The packet is not addressed to the network interface, and its
            source/destination check is on.
  mend      eni-fw.source_dest_check=off
  cli       aws ec2 modify-network-interface-attribute \\
              --network-interface-id eni-fw --no-source-dest-check
  analyzer  ENI_SOURCE_DEST_CHECK_RESTRICTION
"""
    )


def test_a_drop_as_japanese_text(checked: Conversation) -> None:
    text = render(text_rows(checked, REPORT, Voice("ja")))
    assert "往路のSYNパケットがi-fwで破棄される。" in text
    assert " 3 i-fw    破棄 ENI_SRC_DST_CHECK_IN                                      ttl 64\n" in text
    assert "  根拠      宛先10.0.2.10はeni-fwのアドレス（10.0.1.10）ではなく、送信元/送信先\n            チェックが有効\n" in text


def test_eighty_columns_and_no_blanks_at_line_ends(baseline: Conversation, checked: Conversation, asymmetric: Conversation) -> None:
    for conversation in (baseline, checked, asymmetric):
        for voice in (Voice(), Voice("ja"), Voice(ascii=True)):
            lines = render(text_rows(conversation, REPORT, voice)).splitlines()
            assert all(cells(line) <= 80 and line == line.rstrip() for line in lines)


def test_a_warning_has_its_explanation_and_advice(asymmetric: Conversation) -> None:
    text = render(text_rows(asymmetric, Report(), Voice()))
    assert "verdict   asymmetric\n" in text
    assert "WARN_ASYMMETRIC igw\n  why       Forward and return cross different stateful hops;" in text


def test_colour_only_when_asked(checked: Conversation) -> None:
    rows = text_rows(checked, REPORT, Voice())
    assert "\x1b" not in render(rows)
    assert "\x1b[1;31mforward:ENI_SRC_DST_CHECK_IN\x1b[0m" in render(rows, colour=True)


def test_shell_commands_can_be_pasted() -> None:
    assert shell_lines(CLI, 40) == ["aws ec2 modify-network-interface-attribute \\", "  --network-interface-id eni-fw \\", "  --no-source-dest-check"]
    assert shell_lines("aws ec2 describe-vpcs", 40) == ["aws ec2 describe-vpcs"]


def test_text_from_a_file_is_escaped(named: Callable[[str], Conversation]) -> None:
    text = render(text_rows(named("i[b]\x1b]0;x\x07"), Report("a\x1bb.yaml"), Voice()))
    assert "i[b]\\x1b]0;x\\x07" in text
    assert "\x1b" not in text


def test_the_trace_document_has_the_keys_of_the_contract_in_order(checked: Conversation) -> None:
    text = trace_json(checked, "appliance.yaml", ["eni-fw.source_dest_check=on"])
    document = json.loads(text)
    assert list(document) == ["format", "scenario", "flow", "changes", "outcome", "legs", "warnings"]
    assert document["format"] == "vpctui.trace/1"
    leg = document["legs"][0]
    assert list(leg) == ["direction", "carries", "verdict", "reason", "reachability_code", "at", "hops"]
    assert (leg["verdict"], leg["reason"], leg["reachability_code"], leg["at"]) == (
        "DROPPED", "ENI_SRC_DST_CHECK_IN", "ENI_SOURCE_DEST_CHECK_RESTRICTION", "i-fw",
    )  # fmt: skip
    origin, gateway, end = leg["hops"]
    assert list(gateway) == ["node", "kind", "verdict", "reason", "arrived", "left", "table", "route", "target", "steps"]
    assert origin["arrived"] is None
    assert end["left"] is None
    assert gateway["left"] == {
        "src": "198.51.100.10", "dst": "10.0.2.10", "protocol": "tcp", "src_port": 50000, "dst_port": 80, "ttl": 64, "size": 60, "dont_fragment": True,
    }  # fmt: skip
    assert list(gateway["steps"][1]) == ["rule", "passed", "text", "candidates"]
    assert gateway["steps"][1]["candidates"][1] == {
        "destination": "10.0.2.0/24", "target": "eni-fw", "origin": "static", "state": "active", "note": "ROUTE_WON",
    }  # fmt: skip
    assert text == trace_json(checked, "appliance.yaml", ["eni-fw.source_dest_check=on"])


def test_warnings_are_part_of_the_document(asymmetric: Conversation) -> None:
    warning = json.loads(trace_json(asymmetric, "x.yaml"))["warnings"][0]
    assert list(warning) == ["code", "text", "at"]
    assert (warning["code"], warning["at"]) == ("WARN_ASYMMETRIC", "igw")


def test_markdown_for_a_ticket(checked: Conversation) -> None:
    text = markdown(checked, REPORT, Voice())
    assert text.startswith(
        "## appliance.yaml: forward:ENI\\_SRC\\_DST\\_CHECK\\_IN\n\nweb: tcp 198.51.100.10:50000 → 203.0.113.20:80 (from client)\n\n"
        "**The SYN packet is dropped at i-fw on the forward way.**\n\nchanges: `eni-fw.source_dest_check=on`\n"
    )
    assert "| 1 | `client` | sends to 203.0.113.20:80 | 64 |\n" in text
    assert "| `10.0.2.0/24` | `eni-fw` | **won with /24** |\n" in text
    assert "- mend: `eni-fw.source_dest_check=off`\n" in text
    assert f"```sh\n{CLI}\n```\n" in text


def test_markdown_shows_text_from_a_file_as_it_is(named: Callable[[str], Conversation]) -> None:
    text = markdown(named("a|b](http://x) `c` <i> @all"), Report("<b>*x*.yaml"), Voice())
    assert "## \\<b\\>\\*x\\*.yaml" in text
    assert "`` a\\|b](http://x) `c` <i> @all ``" in text
    assert "dropped at a\\|b\\](http://x) \\`c\\` \\<i\\> \\@all" in text


def test_the_evidence_of_a_circle_is_the_table_that_closes_it() -> None:
    """Not the last check that passed, which is no reason for anything."""
    text = render(text_rows(journey("sn-fw.route_table=rtb-app").conversation, Report(), Voice("en", False)), colour=False)
    assert "ROUTING_LOOP" in text
    assert "seen      rtb-app of sn-fw is asked for" in text


def test_an_asymmetric_flow_names_what_one_direction_misses() -> None:
    found = journey("rtb-app[0.0.0.0/0]=igw", text=APPLIANCE.replace(", inspect: strict", ""))
    assert found.conversation.outcome == "asymmetric"
    text = render(text_rows(found.conversation, Report(), Voice("en", False)), colour=False)
    assert "i-fw sees only the forward direction" in text
    assert "rtb-app[0.0.0.0/0]=eni-fw would send the other one through it" in text
