"""Captures, opened with tshark as a person would."""

import builtins
from pathlib import Path
from typing import Any

import pytest

from tests.interop.captures import GOOD, Program, captured, printed, read
from vpctui.address import parse_address
from vpctui.cli import main
from vpctui.interop.capture import Frame, paths, write
from vpctui.packet import Packet
from vpctui.wire import to_bytes

ENDS = ("ip.src", "tcp.srcport", "ip.dst", "tcp.dstport", "ip.ttl")


def test_every_interface_and_gateway_has_its_capture(tmp_path: Path, program: Program) -> None:
    tshark = program("tshark")
    points = captured(tmp_path, "appliance")
    assert set(points) == {"igw", "eni-fw", "eni-app"}
    assert read(tshark, points["eni-fw"], *ENDS) == [
        ("198.51.100.10", "50000", "10.0.2.10", "80", "64"),
        ("198.51.100.10", "50000", "10.0.2.10", "80", "63"),
        ("10.0.2.10", "80", "198.51.100.10", "50000", "64"),
        ("10.0.2.10", "80", "198.51.100.10", "50000", "63"),
        ("198.51.100.10", "50000", "10.0.2.10", "80", "64"),
        ("198.51.100.10", "50000", "10.0.2.10", "80", "63"),
    ]


@pytest.mark.parametrize("scenario", ["appliance", "nat-gateway", "nlb", "alb", "tgw-inspection"])
def test_checksums_are_right_and_every_connection_is_one_stream(tmp_path: Path, program: Program, scenario: str) -> None:
    tshark = program("tshark")
    for path in captured(tmp_path, scenario).values():
        rows = read(tshark, path, "ip.checksum.status", "tcp.checksum.status", "ip.src", "ip.dst", "tcp.stream", "tcp.flags", "tcp.seq", "tcp.ack")
        assert rows
        assert all(row[:2] == (GOOD, GOOD) for row in rows)
        streams: dict[frozenset[str], set[str]] = {}
        for row in rows:
            streams.setdefault(frozenset(row[2:4]), set()).add(row[4])
        assert all(len(stream) == 1 for stream in streams.values())
        assert {row[5:] for row in rows} <= {("0x0002", "0", "0"), ("0x0012", "0", "1"), ("0x0010", "1", "1")}


def test_the_application_sees_one_handshake_without_complaints(tmp_path: Path, program: Program) -> None:
    tshark = program("tshark")
    rows = read(tshark, captured(tmp_path, "appliance")["eni-app"], "tcp.stream", "tcp.flags", "tcp.seq", "tcp.ack", "tcp.len", "tcp.analysis.flags")
    assert rows == [("0", "0x0002", "0", "0", "0", ""), ("0", "0x0012", "0", "1", "0", ""), ("0", "0x0010", "1", "1", "0", "")]


def test_a_translation_stands_on_both_sides_of_the_gateway(tmp_path: Path, program: Program) -> None:
    tshark = program("tshark")
    points = captured(tmp_path, "nat-gateway")
    sides = read(tshark, points["igw"], "frame.interface_name", "ip.src", "ip.dst")
    assert sides[:2] == [("igw inside", "10.0.0.20", "192.0.2.80"), ("igw outside", "203.0.113.20", "192.0.2.80")]
    assert sides[2:4] == [("igw outside", "192.0.2.80", "203.0.113.20"), ("igw inside", "192.0.2.80", "10.0.0.20")]
    nat = read(tshark, points["eni-nat-a"], "ip.src", "ip.dst", "ip.ttl", "frame.packet_flags_direction")
    assert nat[:2] == [("10.0.1.10", "192.0.2.80", "64", "0x00000001"), ("10.0.0.20", "192.0.2.80", "63", "0x00000002")]


def test_geneve_is_dissected(tmp_path: Path, program: Program) -> None:
    tshark = program("tshark")
    rows = read(tshark, captured(tmp_path, "gwlb-edge")["eni-sec-1"], "frame.protocols", "udp.dstport", "ip.src", "ip.dst", "tcp.stream", "udp.checksum.status")
    assert rows[0] == ("ip:udp:geneve:ip:tcp", "6081", "10.200.1.254,198.51.100.10", "10.200.1.11,10.0.2.10", "0", GOOD)
    assert all(row[0] == "ip:udp:geneve:ip:tcp" and row[4] == "0" for row in rows)


def test_esp_is_dissected(tmp_path: Path, program: Program) -> None:
    tshark = program("tshark")
    rows = read(tshark, captured(tmp_path, "before-tunnel")["eni-fw"], "frame.protocols", "ip.src", "ip.dst", "ip.ttl", "tcp.checksum.status")
    assert rows[0] == ("ip:udp:udpencap:esp:ip:tcp", "198.51.100.1,192.168.50.10", "10.0.1.10,10.0.2.10", "64,63", GOOD)
    assert rows[1] == ("ip:tcp", "192.168.50.10", "10.0.2.10", "62", GOOD)


def test_tcpdump_reads_them_too(tmp_path: Path, program: Program) -> None:
    tcpdump = program("tcpdump")
    line = printed(tcpdump, captured(tmp_path, "nat-gateway")["igw"])[1]
    assert line.startswith("IP 203.0.113.20.61001 > 192.0.2.80.443: Flags [S], seq 0, win 64240")


def test_both_families_at_one_point_make_one_interface(tmp_path: Path, program: Program) -> None:
    path = tmp_path / "nat64.pcapng"
    pytest.importorskip("scapy")
    four, six = (
        Packet(src=parse_address(src), dst=parse_address(dst), tcp_flags="S") for src, dst in (("10.0.0.1", "10.0.0.2"), ("2001:db8::1", "64:ff9b::1"))
    )
    write(path, [Frame(to_bytes(packet), at, "nat", True, "") for at, packet in enumerate((six, four))])
    assert [line.split()[0] for line in printed(program("tcpdump"), path)] == ["IP6", "IP"]


def test_comments_say_which_hop_and_why_the_packet_ends(tmp_path: Path, program: Program) -> None:
    tshark = program("tshark")
    points = captured(tmp_path, "appliance", "--set", "eni-fw.source_dest_check=on")
    assert set(points) == {"igw"}, "what the check keeps out is in no capture of the interface"
    first, last = (row[0] for row in read(tshark, points["igw"], "frame.comment"))
    assert first.startswith("2 igw: forward SYN, arrives at igw outside")
    assert "ENI_SRC_DST_CHECK_IN" not in first
    assert "DROP i-fw ENI_SRC_DST_CHECK_IN" in last


def test_the_same_conversation_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    first.mkdir()
    second.mkdir()
    one, two = captured(first, "gwlb-edge"), captured(second, "gwlb-edge")
    assert {point: path.read_bytes() for point, path in one.items()} == {point: path.read_bytes() for point, path in two.items()}


def test_names_of_points_are_safe_as_file_names() -> None:
    found = paths(Path("out/web.pcapng"), ["eni-a", "a/../b", "a?../b"])
    assert [path.as_posix() for path in found.values()] == ["out/web-eni-a.pcapng", "out/web-a_.._b.pcapng", "out/web-a_.._b-2.pcapng"]


def test_without_scapy_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name.startswith("scapy"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    assert main(["trace", "appliance", "--pcap", str(tmp_path / "c")]) == 2
    assert "pip install 'vpctui[pcap]'" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("scapy")
    assert main(["trace", "appliance", "--pcap", str(tmp_path / "no" / "c")]) == 2
    assert "No such file or directory" in capsys.readouterr().err
