"""The AWS CLI commands that collect what an import reads: read-only, ready to paste into a shell somewhere else."""

import shlex
from collections.abc import Iterator

from vpctui.interop.aws.calls import CALLS, PER_PARENT, Call, PerParent

HEAD = """\
# Collects what vpctui import reads of an AWS account. Every call only reads: describe, get, search; nothing is changed.
# VPN connections are asked without their pre-shared keys. A call that is not permitted is told, and the others go on.
# Afterwards, wherever vpctui is:  vpctui import aws vpctui-import --output network.yaml
"""


def shell_script(regions: list[str], profile: str) -> str:
    """A POSIX shell script for these Regions (an empty one is that of the AWS configuration there)."""
    return "\n".join([HEAD, *(line for region in regions for line in _region(region, profile))]) + "\n"


def _region(region: str, profile: str) -> Iterator[str]:
    chosen = shlex.quote(region) if region else '"${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region)}}"'
    yield f"region={chosen}"
    options = '--region "$region"' + (f" --profile {shlex.quote(profile)}" if profile else "")
    yield 'folder="vpctui-import/$region"; mkdir -p "$folder"; number=0'
    for call in CALLS:
        yield _line(call, options, f'"$folder/{call.service}-{call.operation}.json"')
    for family in PER_PARENT:
        yield from _family(family, options)


def _line(call: Call, options: str, file: str) -> str:
    query = f" --query {shlex.quote(call.query)}" if call.query else ""
    arguments = f" {call.arguments}" if call.arguments else ""
    return f"aws {call.name} {options}{arguments}{query} --output json > {file} || rm -f {file}"


def _family(family: PerParent, options: str) -> Iterator[str]:
    """A loop over parents; each answer gets its parent's id beside it."""
    yield f"for parent in $(aws {family.parents.name} {options} --query {shlex.quote(family.path)} --output text); do"
    yield "  number=$((number + 1))"
    for call, answers in family.calls:
        file = f'"$folder/{call.service}-{call.operation}-$number.json"'
        query = f"{{{family.key}: '$parent', " + ", ".join(f"{name}: {name}" for name in answers) + "}"
        arguments = f" {call.arguments}" if call.arguments else ""
        yield f'  aws {call.name} {options} {family.option} "$parent"{arguments} --query "{query}" --output json > {file} || rm -f {file}'
    yield "done"
