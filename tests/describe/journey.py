"""An exploration of the appliance scenario, made from its text."""

from vpctui.engine.alter import State
from vpctui.exploration import Exploration, begin
from vpctui.scenario.reading import read_scenario

APPLIANCE = """\
vpctui: 1
vpcs: {vpc-main: {cidr: 10.0.0.0/16}}
subnets:
  sn-fw:  {cidr: 10.0.1.0/24, az: a, route_table: rtb-fw}
  sn-app: {cidr: 10.0.2.0/24, az: a, route_table: rtb-app}
route_tables:
  rtb-edge: {10.0.2.0/24: eni-fw}
  rtb-fw:   {0.0.0.0/0: igw}
  rtb-app:  {0.0.0.0/0: eni-fw}
internet_gateways: {igw: {route_table: rtb-edge}}
instances:
  i-fw:  {subnet: sn-fw, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: off, ip_forward: on, inspect: strict, security_groups: [sg-fw]}
  i-app: {subnet: sn-app, private_ip: 10.0.2.10, public_ip: 203.0.113.20, security_groups: [sg-app], listens: [22, 80]}
security_groups:
  sg-fw:  {ingress: ["all 0.0.0.0/0"], egress: ["all 0.0.0.0/0"]}
  sg-app: {ingress: ["tcp 80 0.0.0.0/0", "tcp 22 198.51.100.0/24"], egress: ["all 0.0.0.0/0"]}
hosts: {client: {ip: 198.51.100.10}}
flows:
  web: {from: client, to: "203.0.113.20:80"}
  ssh: {from: client, to: "203.0.113.20:22", source_port: 50022}
"""


def journey(*changes: str, text: str = APPLIANCE, name: str = "appliance") -> Exploration:
    """The start, with changes already made."""
    scenario, problems = read_scenario(text.encode(), name)
    assert scenario is not None, problems
    start = begin(name, State(scenario.world, scenario.questions), changes=changes)
    assert isinstance(start, Exploration), start
    return start


def everything(data: bytes, name: str) -> list[Exploration]:
    """Every flow of a scenario file, as it stands and under each of its named changes that AWS accepts.

    Whether the file can be read is another test's business: nothing for one that cannot.
    """
    scenario, _ = read_scenario(data, name)
    if scenario is None:
        return []
    file = State(scenario.world, scenario.questions)
    started = [begin(name, file, changes=named.set) for named in scenario.changes] + [begin(name, file)]
    return [each.ask(flow) for each in started if isinstance(each, Exploration) for flow in each.flows]
