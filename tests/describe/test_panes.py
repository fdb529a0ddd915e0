"""The panes as text: path, lookup, header and status line, in both languages, at every width."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from vpctui.describe.header import header_pane, moment
from vpctui.describe.lines import Pane
from vpctui.describe.lookup import lookup_pane, lookup_shown
from vpctui.describe.path import Here, path_pane, place_of
from vpctui.describe.status import status_row
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells
from vpctui.packet import Packet
from vpctui.trace import Arrival, Candidate, Conversation, Forward, Lookup

EN, JA, ASCII = Voice(), Voice("ja"), Voice(ascii=True)


def drawn(pane: Pane) -> str:
    return "\n".join(("*" if at == pane.at else " ") + row.text.rstrip() for at, row in enumerate(pane.rows))


def test_path_unfolds_the_checks_of_the_current_hop(baseline: Conversation) -> None:
    assert (
        drawn(path_pane(baseline, None, Here(3), 53, EN))
        == """\
 ── forward SYN ──────────────────────────────────────
  . client   sends to 203.0.113.20:80           ttl 64
  . igw      dst becomes 10.0.2.10:80           ttl 64
             rtb-edge: 10.0.2.0/24 → eni-fw
* > i-fw     forwards                           ttl 63
      + the source/destination check of eni-fw is off…
      + sg-fw lets it in: all 0.0.0.0/0
      + the guest of i-fw forwards: TTL 63
    vpc-main rtb-fw: 10.0.0.0/16 → local        ttl 63
    i-app    delivered to port 80               ttl 63
 ── return SYN/ACK ───────────────────────────────────
    i-app    replies to 198.51.100.10:50000     ttl 64
    vpc-main rtb-app: 0.0.0.0/0 → eni-fw        ttl 64
    i-fw     forwards                           ttl 63
    vpc-main rtb-fw: 0.0.0.0/0 → igw            ttl 63
    igw      src becomes 203.0.113.20:80        ttl 63
    client   delivered to port 50000            ttl 63"""
    )


def test_before_the_first_hop_the_rule_of_the_leg_is_current(baseline: Conversation) -> None:
    pane = path_pane(baseline, None, Here(), 53, EN)
    assert pane.at == 0
    assert not any(">" in row.text[:3] for row in pane.rows)


def test_the_current_check_is_told_in_full(baseline: Conversation) -> None:
    pane = path_pane(baseline, None, Here(3, 1), 53, EN)
    assert drawn(pane).splitlines()[5:7] == ["* >   + the source/destination check of eni-fw is off:", "        foreign packets may pass"]
    assert pane.rows[pane.at].key == "step:3:1"
    assert pane.rows[pane.at].setting == "eni-fw.source_dest_check"


def test_a_drop_shows_evidence_mend_reason_and_what_is_gone(baseline: Conversation, checked: Conversation) -> None:
    assert (
        drawn(path_pane(checked, baseline, Here(3), 53, EN))
        == """\
 ── forward SYN ──────────────────────────────────────
  . client   sends to 203.0.113.20:80           ttl 64
  . igw      dst becomes 10.0.2.10:80           ttl 64
             rtb-edge: 10.0.2.0/24 → eni-fw
*~> i-fw     DROP ENI_SRC_DST_CHECK_IN          ttl 64
      x destination 10.0.2.10 is not an address of
        eni-fw (10.0.1.10), and its source/destination
        check is on
        mend     eni-fw.source_dest_check=off
        why      The packet is not addressed to the
                 network interface, and its
                 source/destination check is on.
        analyzer ENI_SOURCE_DEST_CHECK_RESTRICTION
 -  vpc-main rtb-fw: 10.0.0.0/16 → local        ttl 63
 -  i-app    delivered to port 80               ttl 63
 -─ return SYN/ACK ───────────────────────────────────
 -  i-app → vpc-main → i-fw → vpc-main → igw → client"""
    )


def test_what_a_change_brings_back_is_new(baseline: Conversation, checked: Conversation) -> None:
    pane = path_pane(baseline, checked, Here(3), 53, EN)
    marks = [row.text[0] for row in pane.rows if row.key.startswith(("hop:", "leg:")) and ":route" not in row.key]
    assert "".join(marks) == "─  ~++" + "+" + "++++++"


def test_a_drop_in_japanese(baseline: Conversation, checked: Conversation) -> None:
    assert (
        drawn(path_pane(checked, None, Here(3), 53, JA))
        == """\
 ── 往路 SYN ─────────────────────────────────────────
  . client 203.0.113.20:80へ送信                ttl 64
  . igw    宛先を10.0.2.10:80に変換             ttl 64
           rtb-edge：10.0.2.0/24 → eni-fw
* > i-fw   破棄 ENI_SRC_DST_CHECK_IN            ttl 64
      x 宛先10.0.2.10はeni-fwのアドレス（10.0.1.10）で
        はなく、送信元/送信先チェックが有効
        対処     eni-fw.source_dest_check=off
        理由     パケットの宛先がネットワークインター
                 フェイスのアドレスではなく、送信元/送
                 信先チェックが有効である。
        Analyzer ENI_SOURCE_DEST_CHECK_RESTRICTION"""
    )


def test_mends_can_be_flipped_where_they_stand(checked: Conversation) -> None:
    rows = path_pane(checked, None, Here(3), 53, EN).rows
    assert [row.setting for row in rows if "mend" in row.text] == ["eni-fw.source_dest_check"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("eni-fw.public_ip=none", "eni-fw.public_ip"),
        ("rtb-app[0.0.0.0/0]=igw", "rtb-app[0.0.0.0/0]"),
        ("sg-app.ingress+=tcp 443 0.0.0.0/0", "sg-app.ingress"),
        ("rtb.propagating_vgws-=vgw", "rtb.propagating_vgws"),
        ("acl[x=y]=deny", "acl[x=y]"),
    ],
)
def test_place_of_a_change(change: str, place: str) -> None:
    assert place_of(change) == place


def test_lookup_tells_why_each_route_won_or_lost(baseline: Conversation) -> None:
    pane = lookup_pane(lookup_shown(baseline.hops[1], None), 53, EN)
    assert pane.title == "lookup ── rtb-edge (edge of igw), for 10.0.2.10"
    assert (
        drawn(pane)
        == """\
*> 10.0.2.0/24 eni-fw  won with /24
   10.0.0.0/16 local   shorter than /24
   10.0.1.0/24 eni-fw  differs at bit 23"""
    )
    assert pane.rows[0].setting == "rtb-edge[10.0.2.0/24]"


def test_every_note_has_words() -> None:
    won = Candidate("10.0.0.0/8", "igw", "static", "blackhole", "ROUTE_WON")
    lost = Candidate("10.0.0.0/8", "vgw", "bgp", "active", "ROUTE_LOST_PRIORITY")
    inactive = Candidate("10.0.0.0/8", "vgw", "bgp", "filtered", "ROUTE_INACTIVE")
    family = Candidate("::/0", "igw", "static", "active", "ROUTE_FAMILY_MISMATCH")
    listed = Candidate("pl-1", "igw", "prefix-list", "active", "ROUTE_NO_MATCH")
    other = Candidate("0.0.0.0/0", "igw", "static", "active", "ROUTE_OTHER_TABLE")
    pane = lookup_pane(Lookup("rtb", "10.0.0.1", (family, listed, other, inactive, lost, won)), 60, EN)
    assert [row.text.split("  ")[-1].strip() for row in pane.rows] == [
        "won, but is a blackhole",
        "lost to static",
        "matches, but is filtered",
        "in another table",
        "no entry covers it",
        "IPv6 route, IPv4 packet",
    ]
    japanese = lookup_pane(Lookup("rtb", "10.0.0.1", (family, listed, other, inactive, lost, won)), 60, JA)
    assert "静的ルートより優先度が低い" in japanese.rows[1].text


def test_a_hop_without_a_table_says_so() -> None:
    pane = lookup_pane(None, 53, EN)
    assert (pane.title, pane.rows) == ("lookup ── this hop asks no route table", ())


def test_header_marks_what_a_translation_changed(baseline: Conversation) -> None:
    pane = header_pane(moment(baseline.hops[1], 0, EN), 53, EN)
    assert pane.title == "IPv4 ── as it leaves igw"
    assert drawn(pane).splitlines()[:3] == [
        "  src 198.51.100.10  dst 10.0.2.10 (was 203.0.113.20)",
        "  ttl 64                  tcp 50000 → 80 SYN",
        "  len 60 DF id 0x1c46     sum 0xe82e (was 0xb823)",
    ]
    changed = [span.text for row in pane.rows[:3] for span in row.spans if span.role == "changed"]
    assert changed == ["10.0.2.10", " (was 203.0.113.20)", "0xe82e", " (was 0xb823)"]


def test_header_of_a_check_compares_with_the_check_before(baseline: Conversation) -> None:
    pane = header_pane(moment(baseline.hops[2], 3, EN), 53, EN)
    assert "ttl 63 (was 64)" in drawn(pane)
    assert "was" not in drawn(header_pane(moment(baseline.hops[2], 2, EN), 53, EN))


def test_zoomed_header_is_drawn_as_in_the_rfc(baseline: Conversation) -> None:
    text = drawn(header_pane(moment(baseline.hops[2], 0, EN), 100, EN, zoomed=True))
    assert "  |     TTL 63    |   protocol 6  |           sum 0xe92e          |" in text
    assert "TTL                 63 (was 64)" in text
    assert "  0000  45 00 00 3c 1c 46 40 00  3f 06 e9 2e c6 33 64 0a" in text


def test_status_keeps_position_and_verdict_at_the_edge(baseline: Conversation, checked: Conversation) -> None:
    assert status_row("appliance", baseline, 3, 0, 80, EN).text == (" appliance  web  tcp 198.51.100.10:50000 → 203.0.113.20:80         hop 3/11  ok ")
    assert status_row("appliance", checked, 2, 1, 80, EN).text == (" web  → 203.0.113.20:80   1 change (u)  hop 2/3  DROP ENI_SRC_DST_CHECK_IN i-fw ")


def test_status_leaves_out_before_it_cuts(baseline: Conversation, checked: Conversation) -> None:
    """The flow and where it goes stay to be read; how to undo is told more shortly, then the sender goes."""
    assert status_row("appliance", baseline, 3, 12, 80, EN).text.startswith(" web  tcp 198.51.100.10:50000 → 203.0.113.20:80 ")
    assert "12 changes (u)  hop 3/11  ok" in status_row("appliance", baseline, 3, 12, 80, EN).text
    assert status_row("appliance", checked, 2, 12, 76, EN).text == " web  → 203.0.113.20:80 12 changes  hop 2/3  DROP ENI_SRC_DST_CHECK_IN i-fw "
    for width in range(76, 140):
        assert "203.0.113.20:80 " in status_row("appliance", checked, 2, 12, width, EN).text, width


def widths() -> list[int]:
    return list(range(60, 201, 7))


@pytest.mark.parametrize("voice", [EN, JA, ASCII], ids=["en", "ja", "ascii"])
def test_no_row_is_wider_than_its_pane(voice: Voice, baseline: Conversation, checked: Conversation, asymmetric: Conversation) -> None:
    for width in [24, 40, *widths()]:
        assert cells(status_row("appliance", checked, 3, 2, width, voice).text) == width or width < 60
        for conversation in (baseline, checked, asymmetric):
            for hop in range(len(conversation.hops) + 1):
                pane = path_pane(conversation, baseline, Here(hop, 1 if hop else 0), width, voice)
                assert all(cells(row.text) <= width for row in pane.rows), (width, [row.text for row in pane.rows if cells(row.text) > width])
        for hop_ in baseline.hops:
            assert all(cells(row.text) <= max(width, 58) for row in header_pane(moment(hop_, 0, voice), width, voice).rows)


@pytest.mark.parametrize("voice", [EN, JA, ASCII], ids=["en", "ja", "ascii"])
def test_rows_of_hops_end_in_the_same_column(voice: Voice, baseline: Conversation) -> None:
    for width in widths():
        rows = path_pane(baseline, None, Here(3), width, voice).rows
        assert {cells(row.text) for row in rows if row.key.startswith("hop:") and not row.key.endswith(":route")} == {width}


def test_ascii_uses_ascii_alone(baseline: Conversation, checked: Conversation) -> None:
    panes = [path_pane(checked, baseline, Here(3), 30, ASCII), lookup_pane(lookup_shown(baseline.hops[1], None), 53, ASCII)]
    panes += [header_pane(moment(baseline.hops[1], 0, ASCII), 53, ASCII, zoomed=zoomed) for zoomed in (True, False)]
    for pane in panes:
        assert (pane.title + drawn(pane)).isascii()


def test_markup_and_control_characters_in_ids_are_text(named: Callable[[str], Conversation]) -> None:
    text = drawn(path_pane(named("rtb[spoke] [/x]\x1b[2J"), None, Here(3), 120, EN))
    assert "rtb[spoke] [/x]\\x1b[2J" in text
    assert "\x1b" not in text


def test_keys_of_rows_are_unique(baseline: Conversation, checked: Conversation) -> None:
    for conversation in (baseline, checked):
        for hop in range(len(conversation.hops) + 1):
            keys = [row.key for row in path_pane(conversation, baseline, Here(hop), 53, EN).rows]
            assert len(keys) == len(set(keys))


def test_a_tunnel_shows_two_headers_and_compares_what_is_inside(baseline: Conversation) -> None:
    hop = baseline.hops[2]
    inner = replace(hop.packet, ttl=62)
    outer = Packet(src=inner.dst, dst=inner.src, protocol="udp", src_port=4500, dst_port=4500, size=140, tunnel="ipsec", virtual_network=0x527C, inside=inner)
    wrapped = replace(hop, arrived=hop.packet, action=Forward(packet=outer, to=Arrival(node="x")))
    lines = drawn(header_pane(moment(wrapped, 0, EN), 53, EN)).splitlines()
    assert lines[0] == "  src 10.0.2.10           dst 198.51.100.10"
    assert "  inside IPsec 0x527c" in lines
    assert "    ttl 62 (was 63)         tcp 50000 → 80 SYN" in lines
    unwrapped = replace(hop, arrived=outer, action=Forward(packet=replace(inner, ttl=61), to=Arrival(node="x")))
    lines = drawn(header_pane(moment(unwrapped, 0, EN), 53, EN)).splitlines()
    assert lines[:2] == ["  src 198.51.100.10       dst 10.0.2.10", "  ttl 61 (was 62)         tcp 50000 → 80 SYN"]
