"""W506 and W507: settings that are legal, and drop packets; said unless the file expects exactly that drop."""

from collections.abc import Iterable

from vpctui.aws.instance import Instance
from vpctui.aws.network_interface import NetworkInterface, attached
from vpctui.aws.reading import Document
from vpctui.engine.network import Network
from vpctui.scenario.routing import place, without_public_address
from vpctui.scenario.scenario import Scenario
from vpctui.schema import Reader


def check(scenario: Scenario, document: Document) -> None:
    """Look at the appliances of a scenario that has no mistakes: of another one nobody knows what its author set."""
    network, reader = scenario.network, document.reader
    if any(problem.severity == "error" for problem in reader.problems):
        return
    expected = {expectation.result.partition(":")[2] for expectation in scenario.expect}
    if "GWRT_TARGET_NO_PUBLIC_IP" not in expected:
        without_public_address(network, reader)
    checks, forwards = {"ENI_SRC_DST_CHECK_IN", "ENI_SRC_DST_CHECK_OUT"} & expected, "IP_FORWARDING_OFF" in expected
    spared = _other_work(document, network)
    for instance in network.all(Instance):
        interfaces = [interface for interface in attached(instance.id, network) if interface.type == "interface"]
        if instance.guest.ip_forward and not checks:
            _checked(instance, interfaces, reader)
        elif not instance.guest.ip_forward and not forwards and instance.id not in spared:
            _unused(instance, interfaces, reader)


def _checked(instance: Instance, interfaces: list[NetworkInterface], reader: Reader) -> None:
    """It forwards, and every interface of it checks; with DNAT and SNAT all packets are its own (R-158)."""
    translates = instance.guest.dnat and instance.guest.snat
    if interfaces and not translates and all(interface.source_dest_check for interface in interfaces):
        mark = place(reader, (instance.id, "ip_forward"), (instance.id, ""))
        mend = f"source_dest_check: off on {interfaces[0].id}, or ip_forward: off"
        reader.problem("W507", f"{instance.id} forwards but {interfaces[0].id} checks source and destination", mark, mend, warning=True)


def _unused(instance: Instance, interfaces: list[NetworkInterface], reader: Reader) -> None:
    """The check is off, and the operating system does not forward (R-063)."""
    for interface in interfaces:
        if not interface.source_dest_check:
            mark = place(reader, (interface.id, "source_dest_check"), (instance.id, "source_dest_check"), (instance.id, ""))
            message = f"the source/destination check of {interface.id} is off but {instance.id} does not forward"
            reader.problem("W507", message, mark, f"ip_forward: on for {instance.id}, or source_dest_check: on", warning=True)
            return


def _other_work(document: Document, network: Network) -> set[str]:
    """Machines that take foreign packets without forwarding them: tunnel ends, proxies, what a service sends packets to."""
    tunnels = {end.node for values in document.of("tunnels").values() for end in values.get("ends") or ()}
    proxies = {instance.id for instance in network.all(Instance) if instance.guest.proxy or instance.guest.local_addresses}
    services = (values.get("targets") for values in document.of("endpoint_services").values())
    return tunnels | proxies | {target for targets in services for target in _targets(targets)}


def _targets(targets: object) -> Iterable[str]:
    for target in targets if isinstance(targets, tuple | list) else ():
        yield str(target[0] if isinstance(target, tuple) else target)
