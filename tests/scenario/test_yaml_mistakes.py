"""The sixty mistakes that people make in a scenario file: each has its own message, at its place, with something to try.

A case is a piece of a good file and what somebody wrote instead.  `«…»` marks what the caret must be under; `«»` a place of one character.
"""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from vpctui.aws import SECTIONS
from vpctui.aws.subnet import Subnet
from vpctui.document import Mark, Problem
from vpctui.scenario.folder import Orders
from vpctui.scenario.problems import arranged, render
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.text import source_text

GOOD = """\
vpctui: 1
title: {en: "Inspection", ja: "検査"}
order: 17
vpcs:
  vpc-main: {cidr: 10.0.0.0/16}
subnets:
  sn-fw:  {cidr: 10.0.1.0/24, az: a, route_table: rtb-fw}
  sn-app: {cidr: 10.0.2.0/24, az: a, route_table: rtb-app, network_acl: acl-app}
  sn-db:  {cidr: 10.0.3.0/24, az: c, route_table: rtb-db}
internet_gateways:
  igw: {route_table: rtb-edge}
vpn_gateways:
  vgw: {routes: [192.168.0.0/16]}
route_tables:
  rtb-edge: {10.0.2.0/24: eni-fw}
  rtb-fw:   {0.0.0.0/0: igw}
  rtb-app:  {0.0.0.0/0: eni-fw}
  rtb-db:   {routes: {0.0.0.0/0: eni-fw}, propagating_vgws: [vgw]}
network_acls:
  acl-app: {ingress: {100: "allow all 0.0.0.0/0"}, egress: {100: "allow all 0.0.0.0/0"}}
security_groups:
  sg-fw:  {ingress: ["all 0.0.0.0/0"]}
  sg-app: {ingress: ["tcp 80 0.0.0.0/0"]}
instances:
  i-fw:  {subnet: sn-fw, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: off, ip_forward: on, security_groups: [sg-fw]}
  i-app: {subnet: sn-app, private_ip: 10.0.2.10, public_ip: 203.0.113.20, security_groups: [sg-app], listens: [22, 80]}
  i-db:  {subnet: sn-db, private_ip: 10.0.3.10}
hosts:
  client: {ip: 198.51.100.10}
flows:
  web: {from: client, to: "203.0.113.20:80"}
expect:
  web: {result: ok, via: [i-fw]}
changes:
  sdc-on: {set: [eni-fw.source_dest_check=on], en: "on", ja: "オン", expect: {web: "forward:ENI_SRC_DST_CHECK_IN"}}
walkthrough:
  - {en: "Trace.", ja: "トレース。", do: [flow web, next, set eni-fw.source_dest_check=on]}
"""


class Case(NamedTuple):
    row: int
    code: str
    old: str
    """The piece of the good file; the whole of it where this is empty."""
    new: str
    message: str
    mend: str


CASES = [
    Case(1, "E101", "  i-db:  {subnet: sn-db, private_ip: 10.0.3.10}\n", "«\t»i-db:  {subnet: sn-db, private_ip: 10.0.3.10}\n", "tab", "two spaces"),
    Case(2, "E104", "rtb-fw:   {0.0.0.0/0: igw}", "rtb-fw:   {«::/0»: igw}", "`::/0` must be quoted inside", '"::/0"'),
    Case(2, "E104", "vgw: {routes: [192.168.0.0/16]}", "vgw: {routes: [«::/0»]}", "`::/0` must be quoted inside", '"::/0"'),
    Case(3, "E104", "client: {ip: 198.51.100.10}", "client: {ipv6: «2001:db8::»}", "must be quoted", '"2001:db8::"'),
    Case(
        4, "E105", '{from: client, to: "203.0.113.20:80"}', "{from: client, to: «[2001:db8::1]:80»}", "IPv6 host with port is not quoted", '"[2001:db8::1]:80"'
    ),
    Case(
        5,
        "E105",
        'title: {en: "Inspection", ja: "検査"}',
        "title:\n  en: «Note: check the return»\n  ja: 検査",
        "text contains `: `",
        '"Note: check the return"',
    ),
    Case(6, "E105", 'title: {en: "Inspection", ja: "検査"}', "title:\n  en: Inspection\n  ja: «戻り: 確認»", "text contains `: `", '"戻り: 確認"'),
    Case(7, "E111", "rtb-fw:   {0.0.0.0/0: igw}", "rtb-fw:   {0.0.0.0/0«：»igw}", "full-width `：`", "0.0.0.0/0: igw"),
    Case(8, "E111", "private_ip: 10.0.3.10", "private_ip: «１»０．０．３．１０", "full-width character", "10.0.3.10"),
    Case(8, "E111", "  i-db:  {subnet: sn-db, private_ip: 10.0.3.10}", "  i-db:«　»{subnet: sn-db, private_ip: 10.0.3.10}", "full-width", ""),
    Case(
        9, "E102", '{from: client, to: "203.0.113.20:80"}', "{from: client, protocol: icmp, «to:203.0.113.20»}", "missing space after `:`", "to: 203.0.113.20"
    ),
    Case(9, "E102", "rtb-fw:   {0.0.0.0/0: igw}", "rtb-fw:   {«0.0.0.0/0:igw»}", "missing space after `:`", "0.0.0.0/0: igw"),
    Case(10, "E103", "rtb-fw:   {0.0.0.0/0: igw}", "rtb-fw:   {0.0.0.0/0: igw, «0.0.0.0/0»: vgw}", "0.0.0.0/0 twice, first at line 16", "delete one"),
    Case(11, "E126", "hosts:\n  client:", "hosts:\n  «i-fw»: {ip: 198.51.100.9}\n  client:", 'id "i-fw" already used at line 25 (instances)', "i-fw-2"),
    Case(
        11,
        "E126",
        "hosts:\n",
        "network_interfaces:\n  «eni-fw»: {subnet: sn-fw, private_ip: 10.0.1.11}\nhosts:\n",
        'id "eni-fw" already used at line 25 (the interface of i-fw)',
        "eni-fw-2",
    ),
    Case(
        11,
        "E126",
        "  i-db:  {subnet: sn-db, private_ip: 10.0.3.10}\n",
        "  i-db:  {network_interfaces: {«eni-fw»: {subnet: sn-db, private_ip: 10.0.3.10}}}\n",
        'id "eni-fw" already used at line 25 (the interface of i-fw)',
        "eni-fw-2",
    ),
    Case(11, "E126", "hosts:\n", "hosts:\n  «internet»: {ip: 198.51.100.9}\n", "a word of the format itself", "internet-2"),
    Case(12, "E106", '"203.0.113.20:80"}', '"203.0.113.20:80", source_port: «22:22»}', '"22:22" is not a port', "one number"),
    Case(14, "E106", "order: 17", "order: «010»", 'expected an integer, found "010"', "without the leading zero"),
    Case(14, "E106", "vpctui: 1", "vpctui: «1.0»", 'expected an integer, found "1.0"', "1"),
    Case(14, "E106", "order: 17", "order: «2026-01-01»", "expected an integer", "number"),
    Case(15, "E123", "hosts:\n  client: {ip: 198.51.100.10}", "hosts: «[{id: client, ip: 198.51.100.10}]»", "hosts must map ids to settings", "client: {…}"),
    Case(16, "E107", "hosts:\n", "«---»\nhosts:\n", "one scenario per file", "split"),
    Case(17, "E108", "hosts:\n  client: {ip: 198.51.100.10}", "hosts: «!include» base.yaml", "tags and templates are not supported", "write the value"),
    Case(17, "E108", "order: 17", "order: «{{ var }}»", "tags and templates are not supported", "write the value"),
    Case(
        18,
        "E109",
        '{ingress: {100: "allow all 0.0.0.0/0"}',
        "{ingress: {«*»: deny all}",
        "`*` starts an alias in YAML",
        "leave it out (the last deny is implicit)",
    ),
    Case(18, "E109", "az: c", "az: «@»c", "`@` cannot start", '"@c"'),
    Case(18, "E109", "az: c", "az: «%»c", "`%` cannot start", '"%c"'),
    Case(19, "E115", "rtb-fw:   {0.0.0.0/0: igw}", "rtb-fw:   «{»0.0.0.0/0: igw", "`{` opened at line 16 column 13 is never closed", "{0.0.0.0/0: igw}"),
    Case(19, "E115", "listens: [22, 80]}", "listens: «[»22, 80}", "`[` opened at line 26", "[22, 80]"),
    Case(21, "E110", "", "«»\n", "no scenario", "vpctui: 1"),
    Case(21, "E110", "", "«»# only a comment\n", "no scenario", "vpctui: 1"),
    Case(22, "E121", "vpctui: 1", "vpctui: «2»", "format version 2 is newer than this program (1)", "vpctui: 1"),
    Case(22, "E121", "vpctui: 1\n", "«»", "format version", "vpctui: 1"),
    Case(23, "E122", "route_tables:", "«route_table»:", 'unknown section "route_table"', "route_tables"),
    Case(23, "E122", "security_groups:\n", "«secrity_groups»:\n", 'unknown section "secrity_groups"', "security_groups"),
    Case(23, "E122", "network_acls:", "«nacls»:", 'unknown section "nacls"', "network_acls"),
    Case(23, "E122", "internet_gateways:", "«gateways»:", 'unknown section "gateways"', "internet_gateways, nat_gateways"),
    Case(24, "E122", "source_dest_check: off", "«src_dst_check»: off", 'unknown field "src_dst_check"', "source_dest_check"),
    Case(24, "E122", "source_dest_check: off", "«source_destination_check»: off", "unknown field", "source_dest_check"),
    Case(24, "E122", "source_dest_check: off", "«sourceDestCheck»: off", "unknown field", "source_dest_check"),
    Case(25, "E125", "ip_forward: on", "ip_forward: «enable»", 'expected on or off, found "enable"', "on"),
    Case(25, "E125", "source_dest_check: off", "source_dest_check: «disabled»", 'expected on or off, found "disabled"', "off"),
    Case(26, "E125", "private_ip: 10.0.3.10}", "private_ip: 10.0.3.10, state: «on»}", "expected running or stopped", "running"),
    Case(27, "E202", "route_table: rtb-app,", "route_table: «rtb-ap»,", 'unknown route table "rtb-ap" in subnet sn-app', "rtb-app"),
    Case(
        28,
        "E201",
        "rtb-app:  {0.0.0.0/0: eni-fw}",
        "rtb-app:  {0.0.0.0/0: «i-fw»}",
        "a route needs an interface or a gateway, found instance",
        "eni-fw (the only interface of i-fw)",
    ),
    Case(
        30,
        "E124",
        "route_table: rtb-db}",
        "route_table: rtb-db}\n  «sn-x»: {cidr: 10.0.4.0/24}",
        "subnet sn-x has no route table",
        "main_route_table for vpc-main",
    ),
    Case(32, "E210", "cidr: 10.0.2.0/24", "cidr: «10.0.2.1/24»", "host bits set", "10.0.2.0/24"),
    Case(33, "E218", "rtb-edge: {10.0.2.0/24: eni-fw}", "rtb-edge: {«10.0.2.10»: eni-fw}", "no prefix length", "10.0.2.10/32, or the whole block 10.0.2.0/24"),
    Case(34, "E211", "private_ip: 10.0.2.10", "private_ip: «10.0.3.11»", "10.0.3.11 is not in sn-app (10.0.2.0/24)", "it fits sn-db"),
    Case(35, "E212", "private_ip: 10.0.2.10", "private_ip: «10.0.2.1»", "10.0.2.1 is reserved by AWS", "the first usable is 10.0.2.4"),
    Case(35, "E212", "private_ip: 10.0.2.10", "private_ip: «10.0.2.255»", "10.0.2.255 is reserved by AWS", "the last usable is 10.0.2.254"),
    Case(
        36,
        "E213",
        "private_ip: 10.0.3.10}",
        "private_ip: 10.0.3.10}\n  i-two: {subnet: sn-app, private_ip: «10.0.2.10»}",
        "10.0.2.10 already used by eni-app (line 26)",
        "another address",
    ),
    Case(
        36,
        "E213",
        "private_ip: 10.0.3.10}",
        "private_ip: 10.0.3.10, public_ip: «203.0.113.20»}",
        "203.0.113.20 already used by eni-app (line 26)",
        "another address",
    ),
    Case(37, "E214", "cidr: 10.0.3.0/24", "cidr: «10.0.2.0/23»", "10.0.2.0/23 of sn-db overlaps 10.0.2.0/24 of sn-app (line 8)", "outside 10.0.2.0/24"),
    Case(
        37,
        "E214",
        "route_table: rtb-db}",
        "route_table: rtb-db}\n  sn-x: {cidr: «10.1.0.0/24», route_table: rtb-db}",
        "10.1.0.0/24 of sn-x is not in vpc-main (10.0.0.0/16)",
        "inside 10.0.0.0/16",
    ),
    Case(37, "E219", "cidr: 10.0.0.0/16", "cidr: «10.0.0.0/8»", "a VPC's range is /16 to /28, found 10.0.0.0/8", "10.0.0.0/16"),
    Case(38, "E215", "public_ip: 203.0.113.20", "public_ip: «10.0.1.10»", "10.0.1.10 is private; public_ip must be public", "a public address"),
    Case(
        38,
        "E215",
        "private_ip: 10.0.2.10, public_ip: 203.0.113.20",
        "private_ip: «203.0.113.20», public_ip: 203.0.113.21",
        "203.0.113.20 is public",
        "public_ip: 203.0.113.20",
    ),
    Case(
        40,
        "E217",
        "  i-db:  {subnet: sn-db, private_ip: 10.0.3.10}\n",
        "  i-db: {network_interfaces: {eni-1: {subnet: sn-db, private_ip: 10.0.3.10}, eni-2: {subnet: «sn-app», private_ip: 10.0.2.11}}}\n",
        "eni-1 in c (sn-db), eni-2 in a (sn-app)",
        "zone c",
    ),
    Case(
        41,
        "ASSOC_REFUSED_DEST_OUTSIDE_VPC",
        "{10.0.2.0/24: eni-fw}",
        "{10.0.2.0/24: eni-fw, «0.0.0.0/0»: eni-fw}",
        "outside the CIDR blocks of vpc-main",
        "the whole block, or one whole subnet",
    ),
    Case(41, "ASSOC_REFUSED_DEST_OUTSIDE_VPC", "{10.0.2.0/24: eni-fw}", "{«192.168.0.0/16»: eni-fw}", "outside the CIDR blocks", "10.0.0.0/16"),
    Case(41, "ASSOC_REFUSED_DEST_NOT_SUBNET", "{10.0.2.0/24: eni-fw}", "{«10.0.2.0/25»: eni-fw}", "does not match the entire CIDR block", "10.0.2.0/24"),
    Case(
        42,
        "ASSOC_REFUSED_TARGET",
        "{10.0.2.0/24: eni-fw}",
        "{10.0.2.0/24: «igw»}",
        "can target only local, a network interface",
        "local, a network interface or a Gateway Load Balancer endpoint",
    ),
    Case(42, "E201", "{10.0.2.0/24: eni-fw}", "{10.0.2.0/24: «i-fw»}", "found instance", "eni-fw"),
    Case(
        43,
        "ASSOC_REFUSED_PROPAGATION",
        "rtb-edge: {10.0.2.0/24: eni-fw}",
        "rtb-edge: {routes: {10.0.2.0/24: eni-fw}, propagating_vgws: «[vgw]»}",
        "route propagation is enabled on rtb-edge",
        "remove it",
    ),
    Case(44, "ASSOC_REFUSED_TARGET", "igw: {route_table: rtb-edge}", "igw: {route_table: rtb-fw}", "a gateway route table can target only", "local"),
    Case(44, "W508", "route_table: rtb-db}", "route_table: rtb-edge}", "rtb-edge is the edge table of igw and the table of sn-db", "a second table for igw"),
    Case(
        45,
        "ROUTE_REFUSED_SPECIFIC_DEST",
        "rtb-app:  {0.0.0.0/0: eni-fw}",
        "rtb-app:  {0.0.0.0/0: eni-fw, «10.0.3.0/25»: eni-fw}",
        "does not match the CIDR block of any subnet",
        "10.0.3.0/24",
    ),
    Case(
        45,
        "ROUTE_REFUSED_SPECIFIC_TARGET",
        "rtb-app:  {0.0.0.0/0: eni-fw}",
        "rtb-app:  {0.0.0.0/0: eni-fw, 10.0.3.0/24: «igw»}",
        "can target only an interface",
        "an interface, a NAT gateway",
    ),
    Case(46, "W506", "public_ip: 203.0.113.10, ", "", "eni-fw has no public IPv4 address; packets from igw will be dropped", "add public_ip"),
    Case(47, "W507", "source_dest_check: off, ip_forward: on", "ip_forward: «on»", "i-fw forwards but eni-fw checks", "source_dest_check: off"),
    Case(
        47,
        "W507",
        "source_dest_check: off, ip_forward: on",
        "source_dest_check: «off»",
        "the source/destination check of eni-fw is off but i-fw does not forward",
        "ip_forward: on",
    ),
    Case(48, "E220", '["tcp 80 0.0.0.0/0"]', '[«"0.0.0.0/0 tcp 80"»]', "a rule is PROTOCOL [PORT[-PORT]] SOURCE", "tcp 80 0.0.0.0/0"),
    Case(48, "E220", '["tcp 80 0.0.0.0/0"]', '[«"TCP 80 0.0.0.0/0"»]', "a rule is", "tcp 80 0.0.0.0/0"),
    Case(48, "E220", '["tcp 80 0.0.0.0/0"]', '[«"http 0.0.0.0/0"»]', "a rule is", "tcp 80 0.0.0.0/0"),
    Case(48, "E220", '["tcp 80 0.0.0.0/0"]', '[«"80/tcp 0.0.0.0/0"»]', "a rule is", "tcp 80 0.0.0.0/0"),
    Case(
        49,
        "E221",
        '{ingress: {100: "allow all 0.0.0.0/0"}',
        '{ingress: «["100 allow tcp 80 0.0.0.0/0"]»',
        "entries are NUMBER",
        '{100: "allow tcp 80 0.0.0.0/0"}',
    ),
    Case(49, "E221", '{ingress: {100: "allow all 0.0.0.0/0"}', '{ingress: {«first»: "allow tcp 80 0.0.0.0/0"}', "is not an entry's number", "1 to 32766"),
    Case(
        49, "E103", '{ingress: {100: "allow all 0.0.0.0/0"}', '{ingress: {100: "allow all 0.0.0.0/0", «100»: "deny all 0.0.0.0/0"}', "100 twice", "delete one"
    ),
    Case(49, "E221", '{ingress: {100: "allow all 0.0.0.0/0"}', '{ingress: {«0»: "allow tcp 80 0.0.0.0/0"}', "is not an entry's number", "1 to 32766"),
    Case(50, "E222", '{ingress: {100: "allow all 0.0.0.0/0"}', '{ingress: {100: "allow all «sg-app»"}', "a network ACL knows addresses only", "a CIDR"),
    Case(
        51,
        "E303",
        '"203.0.113.20:80"}',
        '"203.0.113.20:80"}\n  db: {from: client, to: «"i-db:80"»}',
        "client cannot address 10.0.3.10; i-db has no public address",
        "give i-db a public_ip",
    ),
    Case(52, "E304", '"203.0.113.20:80"}', "«203.0.113.20»}", "a tcp flow needs a port", '"203.0.113.20:80"'),
    Case(53, "E302", "{from: client,", "{from: «clinet»,", '"clinet" is unknown', "client"),
    Case(53, "E302", "{from: client,", "{from: «igw»,", '"igw" is not something that sends', "i-fw"),
    Case(
        54,
        "E301",
        "set: [eni-fw.source_dest_check=on]",
        "set: [eni-fw.«src_dst_check»=on]",
        'unknown setting "src_dst_check" of eni-fw',
        "eni-fw.source_dest_check=on",
    ),
    Case(54, "E301", "set: [eni-fw.source_dest_check=on]", "set: [«eni-fw.source_dest_check»]", "is not a change", "PLACE=VALUE"),
    Case(54, "E301", "set: [eni-fw.source_dest_check=on]", "set: [«eni-fw.source_dest_check = on»]", "spaces around =", "eni-fw.source_dest_check=on"),
    Case(54, "E301", "set eni-fw.source_dest_check=on", "set «eni-fx».source_dest_check=on", 'unknown resource "eni-fx"', "eni-fw.source_dest_check=on"),
    Case(54, "E301", "set eni-fw.source_dest_check=on", "set eni-fw.source_dest_check=«disabled»", 'expected on or off, found "disabled"', "off"),
    Case(54, "E301", "do: [flow web, next,", "do: [flow web, «nxt»,", 'unknown action "nxt"', "next"),
    Case(54, "E301", "do: [flow web, next,", "do: [flow web, change «sdc-onn»,", 'unknown change "sdc-onn"', "sdc-on"),
    Case(
        55,
        "E112",
        "set: [eni-fw.source_dest_check=on]",
        "set: [«rtb-app[0.0.0.0/0]=igw»]",
        "quote a change that contains `[` or `,`",
        '"rtb-app[0.0.0.0/0]=igw"',
    ),
    Case(
        55,
        "E112",
        "set: [eni-fw.source_dest_check=on]",
        "set: [«sg-app.ingress+=tcp 80, 443 0.0.0.0/0»]",
        "quote a change",
        '"sg-app.ingress+=tcp 80, 443 0.0.0.0/0"',
    ),
    Case(56, "E305", "web: {result: ok, via: [i-fw]}", "web: «okay»", 'unknown outcome or reason "okay"', "ok"),
    Case(56, "E305", "web: {result: ok, via: [i-fw]}", "web: «fwd:NO_ROUTE»", 'unknown outcome or reason "fwd:NO_ROUTE"', "forward:NO_ROUTE"),
    Case(
        56,
        "E305",
        '{web: "forward:ENI_SRC_DST_CHECK_IN"}',
        "{web: «forward:ENI_SOURCE_DEST_CHECK»}",
        "unknown outcome or reason",
        "forward:ENI_SRC_DST_CHECK_IN",
    ),
    Case(57, "E306", "expect:\n  web:", "expect:\n  «wbe»:", 'an expectation for flow "wbe", which does not exist', "web"),
    Case(57, "E306", "via: [i-fw]", "not_via: [«i-fv»]", 'an expectation names "i-fv", which does not exist', "i-fw"),
    Case(57, "E306", "do: [flow web,", "do: [flow «wbe»,", 'unknown flow "wbe"', "web"),
    Case(57, "E306", "do: [flow web,", "do: [select «i-fv»,", 'unknown id "i-fv"', "i-fw"),
    Case(58, "W308", '{en: "Trace.", ja: "トレース。", do:', '{«en»: "Trace.", do:', "has en but no ja", "add ja"),
    Case(58, "W308", ', en: "on", ja: "オン", expect', ', ja: "オン", expect', "change sdc-on has ja but no en", "add en"),
    Case(58, "W308", ", do: [flow web, next, set eni-fw.source_dest_check=on]", "", "has no do", "do: [next]"),
    Case(59, "E122", "order: 17", "order: 17\n«id»: inspection", 'unknown section "id"', "rename the file"),
    Case(60, "W112", "az: c,", "az: c«#»1,", "`#` inside a value", '"c#1"'),
    Case(60, "W112", 'title: {en: "Inspection", ja: "検査"}', "title:\n  en: Trace «#1 shows it»\n  ja: 検査", "`#` inside a value", '"Trace #1 shows it"'),
]


def marked(case: Case, good: str = GOOD) -> tuple[str, Mark | None]:
    """The text of a case, and the place of its caret."""
    text = case.new
    if case.old:
        assert good.count(case.old) == 1, f"{case.old!r} must stand once in the good file"
        text = good.replace(case.old, case.new)
    before, opened, rest = text.partition("«")
    inside, _, after = rest.partition("»")
    line_start = before.rfind("\n") + 1
    place = Mark(before.count("\n") + 1, len(before) - line_start + 1, len(inside)) if opened else None
    return before + inside + after, place


def found_in(text: str, name: str = "inspection.yaml") -> list[Problem]:
    return arranged(read_scenario(text.encode(), name)[1])


def test_the_good_file_is_good() -> None:
    scenario, problems = read_scenario(GOOD.encode(), "inspection.yaml")
    assert problems == []
    assert scenario is not None


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row}-{case.code}-{re.sub('[^a-zA-Z0-9_]+', '-', case.new)[:30]}")
def test_mistake(case: Case) -> None:
    text, place = marked(case)
    problems = found_in(text)
    assert {problem.code for problem in problems} == {case.code}, problems
    problem = next(problem for problem in problems if problem.code == case.code)
    assert problem.severity == ("warning" if case.code.startswith("W") else "error")
    assert case.message in problem.message
    assert case.mend in problem.mend
    assert problem.mend or not case.mend
    if place is not None:
        assert (problem.mark.line, problem.mark.column) == (place.line, place.column)
        assert max(problem.mark.length, 1) == max(place.length, 1)


TWO = """\
vpctui: 1
vpcs:
  vpc-a: {cidr: 10.1.0.0/16}
  vpc-b: {cidr: 10.2.0.0/16}
subnets:
  sn-a: {vpc: vpc-a, cidr: 10.1.1.0/24, route_table: rtb-a}
  sn-a2: {vpc: vpc-a, cidr: 10.1.2.0/24, route_table: rtb-a}
  sn-b: {vpc: vpc-b, cidr: 10.2.1.0/24, az: c, route_table: rtb-b}
internet_gateways:
  igw: {vpc: vpc-a}
route_tables:
  rtb-a: {0.0.0.0/0: igw}
  rtb-b: {}
instances:
  i-a: {subnet: sn-a, private_ip: 10.1.1.10, public_ip: 203.0.113.10, security_groups: [sg-a]}
  i-b: {subnet: sn-b, private_ip: 10.2.1.10, security_groups: [sg-b]}
security_groups:
  sg-a: {ingress: ["tcp 80 0.0.0.0/0"]}
  sg-b: {ingress: ["tcp 80 0.0.0.0/0"]}
"""
MORE = [
    (27, "E202", (), "igw: {vpc: vpc-a}", "igw: {vpc: «sn-a»}", "internet gateway igw needs a VPC, found subnet", ""),
    (31, "E206", (), "igw: {vpc: vpc-a}", "«igw»: {}", "internet gateway igw: which VPC? (vpc-a, vpc-b)", "vpc: vpc-a"),
    (31, "E206", (), "  rtb-b: {}\n", "  rtb-b: {}\n  «rtb-spare»: {}\n", "route table rtb-spare: which VPC? (vpc-a, vpc-b)", "vpc: vpc-a"),
    (
        31,
        "E206",
        (),
        "  sn-a2: {vpc: vpc-a, cidr: 10.1.2.0/24, route_table: rtb-a}\n",
        "  «sn-a2»: {cidr: 10.1.2.0/24, route_table: rtb-a}\n",
        "subnet sn-a2: which VPC?",
        "vpc",
    ),
    (45, "ROUTE_REFUSED_OTHER_VPC", (), "rtb-b: {}", "rtb-b: {0.0.0.0/0: «igw»}", "rtb-b and network gateway igw belong to different networks", "vpc-b"),
    (
        45,
        "ROUTE_REFUSED_OTHER_VPC",
        (),
        "az: c, route_table: rtb-b}",
        "az: c, route_table: rtb-b}\n  sn-b2: {vpc: vpc-b, cidr: 10.2.2.0/24, route_table: «rtb-a»}",
        "belong to different networks",
        "vpc-b",
    ),
    (45, "ROUTE_REFUSED_LOCAL_TARGET", (), "rtb-b: {}", "rtb-b: {0.0.0.0/0: «local»}", "local-target only allowed", "10.2.0.0/16"),
    (50, "E222", (), 'sg-b: {ingress: ["tcp 80 0.0.0.0/0"]}', 'sg-b: {ingress: ["tcp 80 «sg-a»"]}', "sg-a belongs to vpc-a, sg-b to vpc-b", "a CIDR"),
    (50, "E222", (), "security_groups: [sg-b]", "security_groups: [«sg-a»]", "sg-a belongs to vpc-a, i-b to vpc-b", "a group of vpc-b"),
    (
        54,
        "E301",
        (),
        "security_groups:\n",
        "  i-two: {network_interfaces: {eni-1: {subnet: sn-a, private_ip: 10.1.1.20}, eni-2: {subnet: sn-a2, private_ip: 10.1.2.20}}}\n"
        "changes:\n  off: {set: [i-two.«source_dest_check»=off]}\nsecurity_groups:\n",
        "i-two has several interfaces: eni-1, eni-2",
        "name the interface: eni-1.source_dest_check=off",
    ),
    (
        39,
        "E216",
        ("egress_only_internet_gateways",),
        "rtb-b: {}\n",
        "rtb-b: {0.0.0.0/0: «eigw»}\negress_only_internet_gateways:\n  eigw: {vpc: vpc-b}\n",
        "an egress-only internet gateway carries IPv6 only",
        '"::/0": eigw',
    ),
    (
        39,
        "E216",
        ("egress_only_internet_gateways", "nat_gateways"),
        "rtb-b: {}\n",
        'rtb-b: {"::/0": «nat»}\nnat_gateways:\n  nat: {subnet: sn-b, private_ip: 10.2.1.20, connectivity: private}\n'
        "egress_only_internet_gateways:\n  eigw: {vpc: vpc-b}\n",
        "a NAT gateway carries IPv4 only",
        '"::/0": eigw',
    ),
    (
        26,
        "E125",
        ("load_balancers",),
        "security_groups:\n",
        "load_balancers:\n  lb: {type: «alb», subnets: {sn-a: {private_ip: 10.1.1.30}}}\nsecurity_groups:\n",
        "alb",
        "application",
    ),
    (
        26,
        "E125",
        ("vpc_endpoints", "endpoint_services"),
        "security_groups:\n",
        "vpc_endpoints:\n  vpce: {type: «gwlb», subnet: sn-a, service: gwlb}\n"
        "endpoint_services:\n  gwlb: {type: gateway_load_balancer, targets: [i-a]}\nsecurity_groups:\n",
        "gwlb",
        "gateway_load_balancer",
    ),
    (
        29,
        "E201",
        ("vpc_endpoints", "endpoint_services"),
        "rtb-b: {}\n",
        "rtb-b: {0.0.0.0/0: «gwlb»}\nvpc_endpoints:\n  vpce-fw: {type: gateway_load_balancer, subnet: sn-b, service: gwlb}\n"
        "endpoint_services:\n  gwlb: {type: gateway_load_balancer, targets: [i-b]}\n",
        '"gwlb" is a service, not a target',
        "vpce-fw",
    ),
    (
        40,
        "E217",
        ("load_balancers",),
        "security_groups:\n",
        "load_balancers:\n  nlb: {type: network, subnets: «{sn-a: {private_ip: 10.1.1.30}, sn-a2: {private_ip: 10.1.2.30}}»,"
        ' listeners: {80: {targets: ["i-a:80"]}}}\nsecurity_groups:\n',
        "zone a",
        "subnet",
    ),
    (
        40,
        "E217",
        ("transit_gateways",),
        "security_groups:\n",
        "transit_gateways:\n  tgw: {attachments: {att-a: {vpc: vpc-a, subnets: «[sn-a, sn-a2]», route_table: t}}, route_tables: {t: {}}}\nsecurity_groups:\n",
        "zone a",
        "subnet",
    ),
]


def unsupported(sections: tuple[str, ...]) -> list[str]:
    """Sections of a case that this version does not know yet."""
    return [section for section in sections if section not in SECTIONS]


@pytest.mark.parametrize(("row", "code", "sections", "old", "new", "message", "mend"), MORE)
def test_mistake_between_two_vpcs(row: int, code: str, sections: tuple[str, ...], old: str, new: str, message: str, mend: str) -> None:
    if unsupported(sections):
        pytest.skip(f"no section {', '.join(unsupported(sections))} yet")
    text, place = marked(Case(row, code, old, new, message, mend), TWO)
    problems = found_in(text)
    assert {problem.code for problem in problems} == {code}, problems
    assert message in problems[0].message
    assert mend in problems[0].mend
    assert place is None or problems[0].mark == place


def test_every_row_has_a_case() -> None:
    rows = {case.row for case in CASES} | {case[0] for case in MORE}
    assert set(range(1, 61)) - rows == {13, 20}  # 13 is no mistake here, 20 is no text: both below


def test_words_that_yaml_takes_for_booleans_are_words() -> None:
    """Row 13: `az: no` is a zone, and an id may be `on`."""
    text = GOOD.replace("az: c", "az: no").replace("client: {ip: 198.51.100.10}", "client: {ip: 198.51.100.10}\n  on: {ip: 198.51.100.11}")
    scenario, problems = read_scenario(text.encode(), "inspection.yaml")
    assert problems == []
    assert scenario is not None
    assert scenario.network.get("on") is not None
    assert scenario.network.the(Subnet, "sn-db").az == "no"


@pytest.mark.parametrize(("encoding", "byte"), [("shift_jis", "0x8c"), ("utf-16", "0xff"), ("utf-16-le", "0x00")])
def test_a_file_in_another_encoding(encoding: str, byte: str) -> None:
    """Row 20."""
    problems = read_scenario(GOOD.encode(encoding), "inspection.yaml")[1]
    assert [problem.code for problem in problems] == ["E114"]
    assert f"file is not UTF-8 (byte {byte} at offset" in problems[0].message
    assert problems[0].mend == "save as UTF-8"


def test_the_wanted_output() -> None:
    text = GOOD.replace("rtb-app:  {0.0.0.0/0: eni-fw}", "rtb-app:  {0.0.0.0/0: i-fw}")
    assert render(found_in(text), "inspection.yaml", source_text(text.encode())) == (
        'inspection.yaml:17:25: E201 a route needs an interface or a gateway, found instance "i-fw"\n'
        "   17 |   rtb-app:  {0.0.0.0/0: i-fw}\n"
        "      |                         ^^^^\n"
        "   try: eni-fw (the only interface of i-fw)\n"
    )


def test_an_unknown_id_that_resembles_none_is_told_some_of_those_there_are() -> None:
    wrong = GOOD.replace("route_table: rtb-app,", "route_table: elsewhere,", 1)
    (problem,) = (found for found in found_in(wrong) if found.code == "E202")
    assert problem.mend == "one of rtb-edge, rtb-fw, rtb-app, rtb-db"
    many = wrong.replace("route_tables:\n", "route_tables:\n" + "".join(f"  rtb-{number}: {{}}\n" for number in range(9)), 1)
    (problem,) = (found for found in found_in(many) if found.code == "E202")
    assert problem.mend == "one of rtb-0, rtb-1, rtb-2, rtb-3, rtb-4, …"
    none = "vpctui: 1\nvpcs: {v: {cidr: 10.0.0.0/16}}\nsubnets: {sn: {cidr: 10.0.1.0/24, network_acl: strict}}\n"
    assert ("E202", "describe it under network_acls") in [(found.code, found.mend) for found in found_in(none)]


def test_a_hundred_errors_are_one_run() -> None:
    wrong = "".join(f"  i-{number}: {{subnet: sn-x{number}, private_ip: 10.0.2.{number}}}\n" for number in range(20, 120))
    problems = found_in(GOOD.replace("hosts:\n", wrong + "hosts:\n", 1))
    assert [problem.code for problem in problems] == ["E202"] * 100
    text = render(problems, "inspection.yaml", GOOD)
    assert text.count("E202") == 20
    assert text.endswith("… and 80 more\n")


def test_independent_mistakes_stand_beside_each_other() -> None:
    text = GOOD.replace("private_ip: 10.0.2.10", "private_ip: 10.0.9.10").replace("ip_forward: on", "ip_forward: enable")
    text = text.replace("{from: client,", "{from: clinet,").replace("rtb-fw:   {0.0.0.0/0: igw}", "rtb-fw:   {0.0.0.0/0: igx}")
    assert [problem.code for problem in found_in(text)] == ["E202", "E125", "E211", "E302"]


def test_where_a_range_could_not_be_read_only_destinations_are_passed_over() -> None:
    text = GOOD.replace("cidr: 10.0.2.0/24", "cidr: 10.0.2.1/24").replace("{10.0.2.0/24: eni-fw}", "{10.0.2.0/24: eni-fw, 10.0.3.0/24: igw}")
    assert [problem.code for problem in found_in(text)] == ["E210", "ASSOC_REFUSED_TARGET"]


def test_what_follows_from_a_mistake_is_not_told_again() -> None:
    """A section of the wrong name hides what it holds: only the name is told."""
    for section in ("instances", "route_tables", "subnets", "security_groups", "hosts", "vpcs", "internet_gateways"):
        problems = [problem for problem in found_in(GOOD.replace(f"{section}:\n", f"{section}x:\n", 1)) if problem.severity == "error"]
        assert [problem.code for problem in problems] == ["E122"], (section, problems)


@pytest.mark.parametrize("expected", ["forward:ENI_SRC_DST_CHECK_IN", "return:ENI_SRC_DST_CHECK_OUT"])
def test_a_check_that_the_file_expects_is_no_warning(expected: str) -> None:
    """W507 is for those who did not mean it."""
    text = GOOD.replace("source_dest_check: off, ip_forward: on", "ip_forward: on").replace("web: {result: ok, via: [i-fw]}", f'web: "{expected}"')
    assert found_in(text) == []


def test_a_missing_public_address_that_the_file_expects_is_no_warning() -> None:
    """W506 is for those who did not mean it."""
    text = GOOD.replace("public_ip: 203.0.113.10, ", "").replace("web: {result: ok, via: [i-fw]}", 'web: "forward:GWRT_TARGET_NO_PUBLIC_IP"')
    assert found_in(text) == []


def test_every_scenario_of_the_curriculum_reads_without_errors(shared: Path) -> None:
    for path in sorted((shared / "curriculum" / "scenarios").glob("*.yaml")):
        scenario, problems = read_scenario(path.read_bytes(), path.name)
        unknown = [problem for problem in problems if problem.code == "E122" and problem.message.startswith("unknown section")]
        if not unknown:
            assert scenario is not None, (path.name, problems)
            assert [problem for problem in problems if problem.severity == "error"] == []


def test_two_files_of_a_folder_with_one_order() -> None:
    """Row 59: W309."""
    scenario = read_scenario(GOOD.encode(), "a.yaml")[0]
    assert scenario is not None
    orders = Orders()
    assert orders.problem("course/a.yaml", scenario) is None
    assert orders.problem("course/a.yaml", scenario) is None
    assert orders.problem("other/b.yaml", scenario) is None
    found = orders.problem("course/b.yaml", scenario)
    assert found == Problem("W309", "order 17 is that of a.yaml too", Mark(3, 8, 2), "another number", "warning")
