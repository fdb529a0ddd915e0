"""`import --anonymize`: nobody's ids, addresses and names, and every packet on its way as before."""

import json
import re
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from tests.interop.terraform_files import ANYWHERE, APPLIANCE, Json, resource, state
from vpctui.address import Address, Prefix, parse_address, parse_prefix
from vpctui.cli import main
from vpctui.engine.conversation import Question, converse
from vpctui.interop.anonymous.addresses import CLASSES, FIXED, Addresses
from vpctui.interop.anonymous.draft import Anonymizer
from vpctui.interop.aws.draft import Draft
from vpctui.interop.aws.files import read
from vpctui.interop.aws.importing import draft, text_of
from vpctui.interop.terraform.importing import read_terraform
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.scenario import Scenario
from vpctui.scenario.typed import flow_from
from vpctui.trace import Conversation

KEYS = st.binary(min_size=16, max_size=16)
FOUR = st.integers(0, 2**32 - 1).map(lambda value: Address(4, value))
SIX = st.integers(0, 2**128 - 1).map(lambda value: Address(6, value))
SUBNET = parse_prefix("10.1.2.0/24")


def shared_bits(first: Address, second: Address) -> int:
    return {4: 32, 6: 128}[first.family] - (first.value ^ second.value).bit_length()


@given(KEYS, st.one_of(st.tuples(FOUR, FOUR), st.tuples(SIX, SIX)))
def test_addresses_share_as_many_bits_as_before(key: bytes, pair: tuple[Address, Address]) -> None:
    images = Addresses(key, (SUBNET,))
    assert shared_bits(*pair) == shared_bits(images.address(pair[0]), images.address(pair[1]))


@given(KEYS, FOUR, st.integers(0, 32))
def test_an_address_lies_in_the_image_of_every_block_around_it(key: bytes, address: Address, length: int) -> None:
    images = Addresses(key, (SUBNET,))
    block = Prefix(4, address.value >> (32 - length) << (32 - length), length)
    assert images.address(address) in images.prefix(block)
    assert images.prefix(block).length == length


@given(KEYS, st.one_of(FOUR, SIX))
def test_blocks_with_a_meaning_keep_it(key: bytes, address: Address) -> None:
    images = Addresses(key, (SUBNET,))
    image = images.address(address)
    for block in (*CLASSES, *FIXED):
        assert (address in block) == (image in block)
    if any(address in block for block in FIXED):
        assert image == address


@given(KEYS, st.integers(0, 255))
def test_reserved_addresses_of_a_subnet_stay_reserved(key: bytes, offset: int) -> None:
    images = Addresses(key, (SUBNET,))
    assert images.address(SUBNET.first + offset) == images.prefix(SUBNET).first + offset


def test_another_key_gives_other_addresses_and_the_same_key_the_same() -> None:
    address = parse_address("10.1.2.3")
    found = {str(Addresses(bytes([at]) * 16, ()).address(address)) for at in range(8)}
    assert len(found) > 4
    assert Addresses(b"k" * 16, ()).address(address) == Addresses(b"k" * 16, ()).address(address)


def pair() -> Json:
    """Two VPCs by a transit gateway, a prefix list, a NAT gateway, an ACL: what names other things by id and by block."""
    rows = []
    for at, name in enumerate("ab"):
        rows += [
            resource(
                f"aws_vpc.{name}",
                id=f"vpc-0aaaaaaa{at}",
                cidr_block=f"10.{at}.0.0/16",
                main_route_table_id=f"rtb-0aaaaaaa{at}",
                tags={"Name": f"secret-{name}"},
            ),
            resource(f"aws_subnet.{name}", id=f"subnet-0aaaaaaa{at}", vpc_id=f"vpc-0aaaaaaa{at}", cidr_block=f"10.{at}.0.0/24", availability_zone="eu-west-1a"),
            resource(
                f"aws_route.{name}", id="r", route_table_id=f"rtb-0aaaaaaa{at}", destination_prefix_list_id="pl-0aaaaaaa0", transit_gateway_id="tgw-0aaaaaaa0"
            ),
            resource(
                f"aws_ec2_transit_gateway_vpc_attachment.{name}",
                id=f"tgw-attach-0aaaaaaa{at}",
                transit_gateway_id="tgw-0aaaaaaa0",
                vpc_id=f"vpc-0aaaaaaa{at}",
                subnet_ids=[f"subnet-0aaaaaaa{at}"],
            ),
            resource(
                f"aws_security_group.{name}",
                id=f"sg-0aaaaaaa{at}",
                vpc_id=f"vpc-0aaaaaaa{at}",
                ingress=[{**ANYWHERE, "cidr_blocks": [f"10.{1 - at}.0.0/25"]}],
                egress=[ANYWHERE],
            ),
            resource(
                f"aws_instance.{name}",
                id=f"i-0aaaaaaa{at}",
                subnet_id=f"subnet-0aaaaaaa{at}",
                private_ip=f"10.{at}.0.10",
                vpc_security_group_ids=[f"sg-0aaaaaaa{at}"],
                primary_network_interface_id=f"eni-0bbbbbbb{at}",
            ),
            resource(
                f"aws_instance.{name}2",
                id=f"i-0ccccccc{at}",
                subnet_id=f"subnet-0aaaaaaa{at}",
                private_ip=f"10.{at}.0.200",
                vpc_security_group_ids=[f"sg-0aaaaaaa{at}"],
            ),
        ]
    rows.append(resource("aws_ec2_transit_gateway.t", id="tgw-0aaaaaaa0", association_default_route_table_id="tgw-rtb-0aaaaaaa0"))
    rows.append(resource("aws_ec2_managed_prefix_list.all", id="pl-0aaaaaaa0", name="private", entry=[{"cidr": "10.0.0.0/8"}]))
    return state(*rows)


def drafted(document: Json) -> Draft:
    return draft(read_terraform(json.dumps(document).encode(), "tf.json"))


def parsed(text: str) -> Scenario:
    scenario, problems = read_scenario(text.encode(), "x.yaml")
    assert scenario is not None, (problems, text)
    return scenario


def conversations(scenario: Scenario) -> dict[str, Conversation]:
    """Every flow of the file, and from each instance to each other one."""
    found = {name: converse(scenario.world, question) for name, question in scenario.questions.items()}
    machines = [record.id for record in scenario.network if type(record).__name__ == "Instance"][:6]
    for sender, to in permutations(machines, 2):
        question = flow_from({"from": sender, "to": f"{to}:443"}, scenario.network)
        if isinstance(question, Question):
            found[f"{sender} {to}"] = converse(scenario.world, question)
    return found


def same_shape(before: Conversation, after: Conversation, anonymizer: Anonymizer) -> bool:
    if any(len(step.choices) > 1 for hop in before.hops for step in hop.steps):
        return True  # a hash of addresses chose; the command tries keys until it chooses alike
    told = [(anonymizer.names.id(hop.node) or hop.node, hop.kind, hop.verdict, hop.reason, hop.packet.ttl) for hop in before.hops]
    return before.outcome == after.outcome and told == [(hop.node, hop.kind, hop.verdict, hop.reason, hop.packet.ttl) for hop in after.hops]


def hold(original: Draft, key: bytes) -> None:
    """Every conversation of a draft keeps its shape under a key."""
    anonymizer = Anonymizer(original, key)
    before = conversations(parsed(text_of(original, "x")))
    after = conversations(parsed(text_of(anonymizer.apply(), "x")))
    assert len(before) == len(after) > 0
    for name, conversation in before.items():
        new = anonymizer.names.inside(name) if " " not in name else " ".join(anonymizer.names.new[part] for part in name.split())
        assert same_shape(conversation, after[new], anonymizer), name


@pytest.mark.parametrize("document", [state(*APPLIANCE), pair()], ids=["appliance", "pair"])
@given(key=KEYS)
@settings(max_examples=15, deadline=None)
def test_every_packet_goes_the_way_that_it_went(document: Json, key: bytes) -> None:
    hold(drafted(document), key)


def test_accounts_of_other_people_keep_their_shape(shared: Path) -> None:
    snapshots = sorted((shared / "conformance" / "batfish" / "snapshots").iterdir())
    assert snapshots
    for at, snapshot in enumerate(snapshots):
        account, _ = read([str(snapshot)])
        original = draft(account)
        if original.sections.get("vpcs") and original.sections.get("flows"):
            hold(original, bytes([at]) * 16)


SECRETS = re.compile(r"0[abc]{7}|secret|eu-west|10\.0\.0\.10\b|tf\.json")


def test_nothing_of_the_account_is_left() -> None:
    original = drafted(pair())
    assert SECRETS.search(text_of(original, "tf.json"))
    text = text_of(Anonymizer(original, b"1" * 16).apply(), "anonymized")
    assert not SECRETS.search(text), text


def test_ids_keep_their_kind_and_their_order() -> None:
    anonymizer = Anonymizer(drafted(pair()), b"1" * 16)
    anonymizer.apply()
    new = anonymizer.names.new
    assert new["vpc-0aaaaaaa0"] == "vpc-0001"
    assert new["vpc-0aaaaaaa1"] == "vpc-0002"
    assert new["tgw-attach-0aaaaaaa1"] == "tgw-attach-0002"
    assert len(set(new.values())) == len(new)


def test_the_legend_leads_back() -> None:
    anonymizer = Anonymizer(drafted(pair()), b"1" * 16)
    text = text_of(anonymizer.apply(), "x")
    legend = anonymizer.legend()
    assert legend.ids["vpc-0001"] == "vpc-0aaaaaaa0"
    assert "10.0.0.0/24" in legend.addresses.values()
    assert all(new in text or new.startswith(("eni-", "tgw")) for new in legend.addresses)
    assert {"secret-a", "secret-b", "eu-west-1a"} <= set(legend.ids.values())


def test_the_command_writes_both_files_and_uses_a_key_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tf.json").write_text(json.dumps(pair()))
    words = ["import", "terraform", str(tmp_path / "tf.json"), "--anonymize", "--output", str(tmp_path / "s.yaml")]
    assert main(words) == 0
    first = (tmp_path / "s.yaml").read_text()
    legend = tmp_path / "s.yaml.legend.json"
    assert legend.stat().st_mode & 0o777 == 0o600
    assert "Ids, addresses and names are made up" in first
    assert main(words) == 0
    assert (tmp_path / "s.yaml").read_text() == first
    legend.unlink()
    assert main(words) == 0
    assert (tmp_path / "s.yaml").read_text() != first
    assert main(["check", str(tmp_path / "s.yaml")]) == 0
    capsys.readouterr()


def test_no_other_file_is_overwritten_by_a_legend(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tf.json").write_text(json.dumps(pair()))
    precious = tmp_path / "precious.json"
    precious.write_text("{}")
    assert main(["import", "terraform", str(tmp_path / "tf.json"), "--anonymize", "--legend", str(precious)]) == 2
    assert precious.read_text() == "{}"
    assert "not a legend" in capsys.readouterr().err
