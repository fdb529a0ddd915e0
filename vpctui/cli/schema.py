"""`vpctui schema`: the JSON Schema of scenario files."""

import argparse
import json
import sys

from vpctui.cli.outcome import GOOD
from vpctui.scenario.format import scenario_schema


def schema(options: argparse.Namespace) -> int:
    """Print the schema."""
    sys.stdout.write(json.dumps(scenario_schema(), ensure_ascii=False, indent=2) + "\n")
    return GOOD
