"""`vpctui import aws` as a person uses it: folders, files that are broken or strange, what goes to which stream, exit statuses."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.interop.accounts import Answers, account, interface
from vpctui.cli import main
from vpctui.scenario.reading import read_scenario

Capture = pytest.CaptureFixture[str]


def collected(folder: Path, answers: Answers) -> Path:
    """A folder with one file per answer, whose names say nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (key, value) in enumerate(answers.items()):
        (folder / f"answer-{number}.json").write_text(json.dumps({key: value}, indent=4))
    return folder


def run(*words: str | Path) -> int:
    return main(["import", "aws", *map(str, words)])


def loads(text: str) -> bool:
    scenario, problems = read_scenario(text.encode(), "imported.yaml")
    assert [problem for problem in problems if problem.severity == "error"] == []
    return scenario is not None


def test_the_file_goes_to_standard_output_and_everything_said_about_it_elsewhere(tmp_path: Path, capsys: Capture) -> None:
    assert run(collected(tmp_path / "a", account())) == 0
    said = capsys.readouterr()
    assert said.out.startswith("# Written by vpctui import")
    assert loads(said.out)
    assert "assumed: i-fw forwards" in said.err
    assert re.search(r"vpctui: 2 assumed", said.err)


def test_an_imported_file_can_be_asked_at_once(tmp_path: Path, capsys: Capture) -> None:
    output = tmp_path / "network.yaml"
    assert run(collected(tmp_path / "a", account()), "--output", output) == 0
    assert capsys.readouterr().out == ""
    assert main(["trace", str(output)]) == 0
    assert main(["trace", str(output), "--flow", "subnet-app-to-internet"]) in (0, 1)
    assert "flows:\n  internet-to-i-app-443:" in output.read_text()


def test_the_output_is_written_as_a_whole_or_not_at_all(tmp_path: Path, capsys: Capture) -> None:
    output = tmp_path / "network.yaml"
    output.write_text("before")
    output.chmod(0o644)
    assert run(tmp_path / "nothing", "--output", output) == 2
    assert output.read_text() == "before"
    assert run(collected(tmp_path / "a", account()), "--output", output) == 0
    assert loads(output.read_text())
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert output.stat().st_mode & 0o777 == 0o666 & ~_mask()
    assert run(tmp_path / "a", "--output", tmp_path / "no/such/folder/network.yaml") == 2
    assert "No such file" in capsys.readouterr().err


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_one_file_for_everything_and_several_values_behind_each_other(tmp_path: Path, capsys: Capture) -> None:
    """Paginated and concatenated output: values one behind the other, the same answer in pieces."""
    answers = account()
    pages = [{"NetworkInterfaces": [each], "NextToken": "more"} for each in answers.pop("NetworkInterfaces")]
    text = "\n".join(json.dumps(each) for each in pages) + json.dumps(answers)
    (tmp_path / "all.json").write_text(text)
    assert run(tmp_path / "all.json") == 0
    found = capsys.readouterr().out
    assert "i-fw:" in found
    assert "i-app:" in found


def test_a_folder_for_each_region_and_account(tmp_path: Path, capsys: Capture) -> None:
    far = {
        "Vpcs": [{"VpcId": "vpc-west", "CidrBlock": "10.8.0.0/16"}],
        "Subnets": [{"SubnetId": "subnet-west", "VpcId": "vpc-west", "CidrBlock": "10.8.1.0/24", "AvailabilityZone": "us-west-2a"}],
        "RouteTables": [{"RouteTableId": "rtb-west", "VpcId": "vpc-west", "Associations": [{"Main": True}], "Routes": []}],
    }
    collected(tmp_path / "accounts/111111111111/us-east-1", account())
    collected(tmp_path / "accounts/222222222222/us-west-2", far)
    assert run(tmp_path) == 0
    found = capsys.readouterr().out
    assert "vpc-west:" in found
    assert "vpc-1:" in found


def test_what_two_accounts_both_see_is_one_object(tmp_path: Path, capsys: Capture) -> None:
    collected(tmp_path / "one", account())
    collected(tmp_path / "two", account())
    assert run(tmp_path) == 0
    said = capsys.readouterr()
    assert said.out.count("  vpc-1: ") == 1
    assert "warning" not in said.err


def test_the_file_does_not_depend_on_where_the_folder_lies(tmp_path: Path, capsys: Capture) -> None:
    texts = []
    for place in ("here", "over/there"):
        folder = collected(tmp_path / place / "account", {**account(), "Buckets": [{"Name": "logs"}]})
        assert run(folder) == 0
        said = capsys.readouterr()
        assert str(folder) in said.err
        texts.append(said.out)
    assert texts[0] == texts[1]
    assert "# account/answer-8.json#/Buckets: warning" in texts[0]


def test_two_regions_with_the_same_id_are_told_with_both_places(tmp_path: Path, capsys: Capture) -> None:
    other = account()
    other["Vpcs"][0]["CidrBlock"] = "10.200.0.0/16"
    collected(tmp_path / "us-east-1", account())
    collected(tmp_path / "us-west-2", other)
    assert run(tmp_path) == 0
    said = capsys.readouterr().err
    assert re.search(r"us-west-2/answer-0\.json#/Vpcs/0: warning: vpc-1 stands here with another CidrBlock than in \S+us-east-1/answer-0\.json#/Vpcs/0", said)


def test_lists_without_their_key_and_single_objects(tmp_path: Path, capsys: Capture) -> None:
    """As `--query 'Vpcs[]'` leaves them."""
    answers = account()
    (tmp_path / "vpcs.json").write_text(json.dumps(answers.pop("Vpcs")))
    (tmp_path / "one.json").write_text(json.dumps(answers["Subnets"].pop()))
    collected(tmp_path, answers)
    assert run(tmp_path) == 0
    assert "subnet-app:" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings_that_shells_of_windows_write(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "all.json").write_bytes(json.dumps(account()).encode(encoding))
    assert run(tmp_path / "all.json") == 0


BROKEN: dict[str, tuple[str, str]] = {
    "truncated": ('{"Subnets": [{"SubnetId": "subnet-x", "Cidr', "cut short"),
    "no JSON": ("Unable to locate credentials", "no JSON"),
    "empty": ("", "the file is empty"),
    "something else": ('{"name": "package", "version": 1}', "no answer of a describe call"),
    "a number": ("42", "no answer of a describe call"),
    "another kind": ('{"Buckets": [{"Name": "logs"}]}', "Buckets is not something that vpctui reads"),
    "an answer that is no list": ('{"Vpcs": "none"}', "should be a list"),
    "an object that is none": ('{"Vpcs": [7]}', "an object of Vpcs is none"),
    "an object without its id": ('{"Vpcs": [{"CidrBlock": "10.1.0.0/16"}]}', "has no VpcId"),
    "a wrong type": ('{"Subnets": [{"SubnetId": "subnet-x", "VpcId": "vpc-1", "CidrBlock": ["10.0.9.0/24"]}]}', "expected `str`, got `array`"),
    "an impossible id": ('{"Vpcs": [{"VpcId": "internet", "CidrBlock": "10.1.0.0/16"}]}', "cannot be the id of a resource"),
    "whose answer": ('{"TargetHealthDescriptions": [{"Target": {"Id": "i-1"}}]}', "does not say whose they are; add TargetGroupArn"),
    "too deep": ("[" * 100000, ""),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_told_with_its_place_and_the_rest_is_imported(tmp_path: Path, capsys: Capture, name: str) -> None:
    text, message = BROKEN[name]
    collected(tmp_path, account())
    (tmp_path / "zzz.json").write_text(text)
    assert run(tmp_path) == 0
    said = capsys.readouterr()
    assert loads(said.out)
    (line, *_) = [line for line in said.err.splitlines() if "zzz.json" in line and message in line]
    assert "error: " in line or "warning: " in line
    assert message in said.out  # what was skipped stands in the file too


def test_a_truncated_file_gives_what_stands_before_the_place_where_it_ends(tmp_path: Path, capsys: Capture) -> None:
    text = json.dumps({"Subnets": account()["Subnets"]}) + '\n{"Vpcs": [{"VpcId": "vpc-9",'
    answers = account()
    del answers["Subnets"]
    collected(tmp_path, answers)
    (tmp_path / "zzz.json").write_text(text)
    assert run(tmp_path) == 0
    said = capsys.readouterr()
    assert "subnet-app:" in said.out
    assert re.search(r"zzz\.json:2:\d+: error: the JSON ends in the middle", said.err)


@pytest.mark.parametrize("key", list(account()))
def test_half_the_permissions_are_told_and_never_a_traceback(tmp_path: Path, capsys: Capture, key: str) -> None:
    answers = account()
    del answers[key]
    status = run(collected(tmp_path, answers))
    said = capsys.readouterr()
    assert status == (2 if key in ("Vpcs",) else 0)
    assert said.err.strip()
    assert "Traceback" not in said.err
    if status == 0:
        assert loads(said.out)


def test_nothing_usable_is_exit_status_2(tmp_path: Path, capsys: Capture) -> None:
    assert run(collected(tmp_path / "a", {"SecurityGroups": []})) == 2
    assert "nothing usable" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert run(tmp_path / "empty") == 2
    assert "no .json files" in capsys.readouterr().err
    assert run(tmp_path / "absent") == 2
    assert "no such file or folder" in capsys.readouterr().err
    assert run() == 2
    assert "--live" in capsys.readouterr().err


def test_names_from_an_account_are_never_markup_nor_yaml(tmp_path: Path, capsys: Capture) -> None:
    """Tags hold what people typed: control characters, colons, Japanese full-width signs, line breaks."""
    answers = account()
    nasty = 'x\n  vpc-evil: {cidr: 10.66.0.0/16}\x1b[31m # "y": [z] 本番：ＶＰＣ'
    answers["Vpcs"][0]["Tags"] = [{"Key": "Name", "Value": nasty}]
    answers["NetworkInterfaces"].append(interface("eni-x", "subnet-app", "10.0.2.77", Description=nasty, RequesterManaged=True))
    assert run(collected(tmp_path, answers)) == 0
    said = capsys.readouterr()
    assert loads(said.out)
    assert "\x1b" not in said.out + said.err
    scenario, _ = read_scenario(said.out.encode(), "x.yaml")
    assert scenario is not None
    assert scenario.network.get("vpc-evil") is None


def test_flows_are_bounded(tmp_path: Path, capsys: Capture) -> None:
    answers = account()
    for number in range(60):
        name = f"{number + 30:03d}"
        answers["NetworkInterfaces"].append(interface(f"eni-{name}", "subnet-app", f"10.0.2.{number + 30}", f"i-{name}", public=f"52.0.1.{number}"))
        answers["Reservations"].append({"Instances": [{"InstanceId": f"i-{name}", "State": {"Name": "running"}}]})
    assert run(collected(tmp_path, answers)) == 0
    said = capsys.readouterr()
    assert said.out.count("  internet-to-") == 20
    assert "more flows from the internet could be asked" in said.err


def test_flows_ask_what_an_operator_asks_first(tmp_path: Path, capsys: Capture) -> None:
    answers = account()
    answers["VpnGateways"] = [{"VpnGatewayId": "vgw-1", "State": "available", "VpcAttachments": [{"VpcId": "vpc-1", "State": "attached"}]}]
    ports = [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]} for port in (22, 443)]
    answers["SecurityGroups"][0]["IpPermissions"] = ports
    assert run(collected(tmp_path, answers)) == 0
    found = capsys.readouterr().out.partition("\nflows:\n")[2]
    names = re.findall(r"^  (\S+): ", found, re.MULTILINE)
    assert names == [
        "internet-to-i-app-22",
        "internet-to-i-app-443",
        "internet-to-i-fw-22",
        "internet-to-i-fw-443",
        "subnet-app-to-internet",
        "subnet-fw-to-internet",
        "on-premises-to-subnet-app",
        "on-premises-to-subnet-fw",
    ]


def test_the_commands_only_read_and_their_answers_are_imported(tmp_path: Path, capsys: Capture, program: Callable[[str], str]) -> None:
    """The printed script runs in a shell, against a stand-in for the AWS CLI that has this account."""
    shell = program("sh")
    assert run("--commands", "--region", "us-east-1") == 0
    script = capsys.readouterr().out
    verbs = re.findall(r"\baws (?:ec2|elbv2|elb|directconnect|network-firewall) ([a-z]+)-", script)
    assert len(verbs) > 40
    assert set(verbs) <= {"describe", "get", "search"}
    folder = tmp_path / "bin"
    folder.mkdir()
    (tmp_path / "answers.json").write_text(json.dumps(_by_operation(account())))
    stand_in = folder / "aws"
    stand_in.write_text(STAND_IN.format(python=shutil.which("python3") or "python3", answers=tmp_path / "answers.json", log=tmp_path / "log"))
    stand_in.chmod(0o755)
    path = f"{folder}:/usr/bin:/bin"
    done = subprocess.run([shell, "-e"], input=script, text=True, cwd=tmp_path, env={"PATH": path}, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert run(tmp_path / "vpctui-import") == 0
    assert "i-fw:" in capsys.readouterr().out
    assert "CustomerGatewayConfiguration" not in script


STAND_IN = """#!/bin/sh
echo "$*" >> {log}
exec {python} -c '
import json, sys
answers = json.load(open(sys.argv[1]))
answer = answers.get(sys.argv[3])
if answer is None:
    sys.exit("An error occurred (UnauthorizedOperation)")
if "text" not in sys.argv:
    print(json.dumps(answer, indent=4))
' {answers} "$@"
"""


def _by_operation(answers: Answers) -> dict[str, Any]:
    operations = {
        "Vpcs": "describe-vpcs",
        "Subnets": "describe-subnets",
        "RouteTables": "describe-route-tables",
        "InternetGateways": "describe-internet-gateways",
        "NetworkInterfaces": "describe-network-interfaces",
        "Reservations": "describe-instances",
        "SecurityGroups": "describe-security-groups",
        "NetworkAcls": "describe-network-acls",
    }
    return {operations[key]: {key: value} for key, value in answers.items()}
