"""`vpctui import aws --live` against a real server process of moto, with a VPC that boto3 built: edge association, appliance, NAT gateway."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vpctui.aws.transit_gateway_attachment import TransitGatewayAttachment
from vpctui.cli import main
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.scenario import Scenario

boto3 = pytest.importorskip("boto3", reason="boto3 is not installed (the extra dev has it)")
pytest.importorskip("moto", reason="moto is not installed (the extra dev has it)")

REGION = "us-east-1"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a moto server, a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("moto") / "log"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, process)
            yield address
        finally:
            process.terminate()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/moto-api/data.json", timeout=2)
            return
        except OSError:
            assert process.poll() is None, "the server ended"
            time.sleep(0.1)
    pytest.fail("the server does not answer")


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.fixture(scope="module")
def built(server: str) -> dict[str, str]:
    """A VPC with an appliance behind an edge association, built through the API; ids by what they are."""
    client = boto3.client("ec2", region_name=REGION, endpoint_url=server, aws_access_key_id="testing", aws_secret_access_key="testing")
    ids: dict[str, str] = {}
    ids["vpc"] = client.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    for name, block in (("sn-fw", "10.7.1.0/24"), ("sn-app", "10.7.2.0/24")):
        ids[name] = client.create_subnet(VpcId=ids["vpc"], CidrBlock=block, AvailabilityZone=f"{REGION}a")["Subnet"]["SubnetId"]
    ids["igw"] = client.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    client.attach_internet_gateway(InternetGatewayId=ids["igw"], VpcId=ids["vpc"])
    group = client.create_security_group(GroupName="open", Description="open", VpcId=ids["vpc"])["GroupId"]
    anywhere = [{"CidrIp": "0.0.0.0/0"}]
    client.authorize_security_group_ingress(GroupId=group, IpPermissions=[{"IpProtocol": "-1", "IpRanges": anywhere}])
    image = "ami-12c6146b"  # one that moto knows
    for name, subnet, address in (("i-fw", "sn-fw", "10.7.1.10"), ("i-app", "sn-app", "10.7.2.10")):
        interface = {"DeviceIndex": 0, "SubnetId": ids[subnet], "PrivateIpAddress": address, "Groups": [group]}
        made = client.run_instances(ImageId=image, MinCount=1, MaxCount=1, NetworkInterfaces=[interface])["Instances"][0]
        ids[name], ids[name.replace("i-", "eni-")] = made["InstanceId"], made["NetworkInterfaces"][0]["NetworkInterfaceId"]
        allocation = client.allocate_address(Domain="vpc")
        client.associate_address(AllocationId=allocation["AllocationId"], NetworkInterfaceId=ids[name.replace("i-", "eni-")])
        ids[f"{name}-public"] = allocation["PublicIp"]
    client.modify_network_interface_attribute(NetworkInterfaceId=ids["eni-fw"], SourceDestCheck={"Value": False})
    _tables(client, ids)
    return ids


def _tables(client: Any, ids: dict[str, str]) -> None:
    for name in ("rtb-fw", "rtb-app", "rtb-edge"):
        ids[name] = client.create_route_table(VpcId=ids["vpc"])["RouteTable"]["RouteTableId"]
    client.create_route(RouteTableId=ids["rtb-fw"], DestinationCidrBlock="0.0.0.0/0", GatewayId=ids["igw"])
    client.create_route(RouteTableId=ids["rtb-app"], DestinationCidrBlock="0.0.0.0/0", NetworkInterfaceId=ids["eni-fw"])
    client.create_route(RouteTableId=ids["rtb-edge"], DestinationCidrBlock="10.7.2.0/24", NetworkInterfaceId=ids["eni-fw"])
    client.associate_route_table(RouteTableId=ids["rtb-fw"], SubnetId=ids["sn-fw"])
    client.associate_route_table(RouteTableId=ids["rtb-app"], SubnetId=ids["sn-app"])
    client.associate_route_table(RouteTableId=ids["rtb-edge"], GatewayId=ids["igw"])


def imported(server: str, output: Path) -> Scenario:
    assert main(["import", "aws", "--live", "--region", REGION, "--endpoint-url", server, "--output", str(output)]) == 0
    scenario, problems = read_scenario(output.read_bytes(), output.name)
    assert [problem for problem in problems if problem.severity == "error"] == []
    assert scenario is not None
    return scenario


def test_the_appliance_is_in_the_way_of_both_directions(server: str, built: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """R-050, R-062, R-128: edge association, route to the interface and the source/destination check come from the account."""
    output = tmp_path / "network.yaml"
    scenario = imported(server, output)
    said = capsys.readouterr()
    assert said.out == ""
    assert f"{REGION}: " in said.err
    assert f"{built['i-fw']} forwards (ip_forward on)" in said.err
    assert f"{built['igw']}: {{vpc: {built['vpc']}, route_table: {built['rtb-edge']}}}" in output.read_text()
    flow = ["--from", "internet", "--source-ip", "198.51.100.7", "--to", f"{built['i-app-public']}:80"]
    assert main(["trace", str(output), *flow]) == 0
    walked = capsys.readouterr().out
    assert walked.count(built["i-fw"]) >= 2
    assert main(["trace", str(output), *flow, "--set", f"{built['i-fw']}.ip_forward=off"]) == 1
    assert main(["trace", str(output), *flow, "--set", f"{built['eni-fw']}.source_dest_check=on"]) == 1
    assert "ip_forward" in scenario.network.get(built["i-fw"]).assumed  # type: ignore[union-attr]


def test_only_calls_that_read_are_made(server: str, built: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.client import BaseClient

    made = []
    original = BaseClient._make_api_call

    def watched(self: Any, operation: str, arguments: dict[str, Any]) -> Any:
        made.append(operation)
        return original(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", watched)
    imported(server, tmp_path / "network.yaml")
    assert "DescribeRouteTables" in made
    assert [name for name in made if not name.startswith(("Describe", "Get", "Search"))] == []


def test_without_credentials_it_says_how_to_get_some(server: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert main(["import", "aws", "--live", "--region", REGION, "--endpoint-url", server]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "no credentials" in said.err
    assert "Traceback" not in said.err


def test_without_a_region_it_asks_for_one(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "aws", "--live", "--endpoint-url", server]) == 2
    assert "which Region" in capsys.readouterr().err


def test_an_unknown_profile_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "aws", "--live", "--profile", "nobody", "--region", REGION]) == 2
    assert "nobody" in capsys.readouterr().err


def test_without_boto3_it_says_what_to_install(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    assert main(["import", "aws", "--live", "--region", REGION]) == 2
    assert "pip install 'vpctui[aws]'" in capsys.readouterr().err


def test_a_server_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "aws", "--live", "--region", REGION, "--endpoint-url", "http://127.0.0.1:9"]) == 2
    assert "cannot be reached" in capsys.readouterr().err


def test_a_call_that_is_not_permitted_is_told_and_the_rest_imported(
    server: str, built: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from botocore.client import BaseClient
    from botocore.exceptions import ClientError

    original = BaseClient._make_api_call

    def refusing(self: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "DescribeNetworkAcls":
            raise ClientError({"Error": {"Code": "UnauthorizedOperation", "Message": "You are not authorized"}}, operation)
        return original(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", refusing)
    imported(server, tmp_path / "network.yaml")
    assert "not permitted (ec2:DescribeNetworkAcls)" in capsys.readouterr().err
    assert "network ACL" in (tmp_path / "network.yaml").read_text()


def test_a_transit_gateway_with_its_tables_comes_from_the_account(
    server: str, built: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """R-225 … R-228: attachments, routes and propagations of each table, which are calls of their own."""
    client = boto3.client("ec2", region_name=REGION, endpoint_url=server, aws_access_key_id="testing", aws_secret_access_key="testing")
    gateway = client.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    table = client.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]
    made = client.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=built["vpc"], SubnetIds=[built["sn-app"]])
    attachment = made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    client.associate_transit_gateway_route_table(TransitGatewayAttachmentId=attachment, TransitGatewayRouteTableId=table)
    client.create_transit_gateway_route(DestinationCidrBlock="192.168.7.0/24", TransitGatewayRouteTableId=table, Blackhole=True)
    output = tmp_path / "network.yaml"
    held = imported(server, output).network.the(TransitGatewayAttachment, attachment)
    assert (held.transit_gateway, held.vpc, held.subnets, held.route_table) == (gateway, built["vpc"], (built["sn-app"],), table)
    assert "192.168.7.0/24: blackhole}" in output.read_text()


def test_a_prefix_list_of_a_customer_comes_with_its_entries(server: str, tmp_path: Path) -> None:
    """R-018: describe-managed-prefix-lists and get-managed-prefix-list-entries."""
    client = boto3.client("ec2", region_name=REGION, endpoint_url=server, aws_access_key_id="testing", aws_secret_access_key="testing")
    entries = [{"Cidr": "203.0.113.0/24"}]
    made = client.create_managed_prefix_list(PrefixListName="partners", Entries=entries, MaxEntries=5, AddressFamily="IPv4")
    imported(server, tmp_path / "network.yaml")
    text = (tmp_path / "network.yaml").read_text()
    assert f"{made['PrefixList']['PrefixListId']}: {{cidrs: [203.0.113.0/24], max_entries: 5}}" in text
