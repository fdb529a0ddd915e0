"""What a change did: to settings, to every flow, to the path and to the header."""

import importlib.util
from pathlib import Path
from types import ModuleType

from vpctui.describe.lines import Layout
from vpctui.describe.pictures import difference_view
from vpctui.describe.width import cells
from vpctui.exploration import Exploration


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def start(*changes: str) -> Exploration:
    found = _load("journey").journey(*changes)
    assert isinstance(found, Exploration)
    return found


def told(*changes: str) -> list[str]:
    return [row.text.rstrip() for row in difference_view(start(), start(*changes), Layout(), 100).rows]


def test_a_flip_shows_its_blast_radius() -> None:
    assert told("eni-fw.source_dest_check=on") == [
        " settings",
        " ~ eni-fw.source_dest_check: off → on",
        " flows: 2 of 2 touched",
        " ~ web  ok → forward:ENI_SRC_DST_CHECK_IN",
        " ~ ssh  ok → forward:ENI_SRC_DST_CHECK_IN",
        " path of web",
        " ~ forward SYN i-fw: DROP ENI_SRC_DST_CHECK_IN",
        " - forward SYN vpc-main: rtb-fw: 10.0.0.0/16 → local",
        " - forward SYN i-app: delivered to port 80",
        *[line for line in told("eni-fw.source_dest_check=on") if line.startswith((" - return", " - forward ACK"))],
    ]


def test_only_the_flow_that_a_rule_serves_is_touched() -> None:
    lines = told("sg-app.ingress-=tcp 22 198.51.100.0/24")
    assert " flows: 1 of 2 touched" in lines
    assert "   web  ok: no difference" in lines
    assert " ~ ssh  ok → forward:SG_INGRESS_DENY" in lines
    assert not any(line.startswith(" path of") for line in lines)


def test_a_reading_of_aws_is_a_setting_too() -> None:
    assert " ~ assume.ttl: aws → textbook" in told("assume.ttl=textbook")


def test_the_header_that_arrives_is_compared() -> None:
    lines = told("i-fw.nat=masquerade")
    assert any(line.startswith(" ~ i-app src: 198.51.100.10:50000 → 10.0.1.10:") for line in lines)


def test_nothing_differs_from_itself() -> None:
    assert told() == [" settings", "   no difference", " flows: 0 of 2 touched", "   web  ok: no difference", "   ssh  ok: no difference"]


def test_width_holds_in_both_languages() -> None:
    for width in (60, 80, 133):
        for layout in (Layout(), Layout(language="ja"), Layout(ascii=True)):
            rows = difference_view(start(), start("igw.route_table=none"), layout, width).rows
            assert all(cells(row.text) <= width for row in rows)
