"""Importing an account: describe answers to the text of a scenario beside `json.loads` of the same bytes, and the written YAML read back.

Each part is a process of its own, so that peak memory is its own.
"""

import gc
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import msgspec
import yaml

from benchmarks.accounts import account
from benchmarks.clock import command_seconds, seconds, side_by_side
from benchmarks.result import Result, time_text
from benchmarks.samples import ROOT
from benchmarks.terminal import seconds_until
from vpctui.interop.aws.account import Account
from vpctui.interop.aws.files import read_text
from vpctui.interop.aws.importing import import_account
from vpctui.scenario.reading import read_scenario

SIZES = (100, 1_000, 10_000)


class Figures(msgspec.Struct, frozen=True):
    """One size, measured: seconds for the import and for bare JSON, for the load and for bare YAML; peak bytes of either."""

    interfaces: int
    imported: float
    json: float
    loaded: float
    yaml: float
    size: int
    peak: int
    json_peak: int


def measure(runs: int) -> Iterator[Result]:
    """Three lines of the table for each size, and one for the explorer on the largest."""
    for size in SIZES:
        found = _figures(size)
        what = f"{found.interfaces:,} interfaces ({found.size / 1e6:.1f} MB)"
        ratio = found.imported / found.json
        yield Result(f"import of {what}, beside `json.loads`", time_text(found.imported), time_text(found.json), ratio, bound=6.0)
        yield Result(
            f"load of the written YAML, {found.interfaces:,} interfaces, beside `yaml.CSafeLoader`",
            time_text(found.loaded),
            time_text(found.yaml),
            found.loaded / found.yaml,
            bound=3.0,
        )
        peaks = f"{found.peak / 1e6:.0f} MB", f"{found.json_peak / 1e6:.0f} MB"
        yield Result(f"peak memory of the import of {found.interfaces:,} interfaces, beside `json.loads`", *peaks, found.peak / max(found.json_peak, 1))
    yield _first_frame(SIZES[-1], runs)


def _first_frame(interfaces: int, runs: int) -> Result:
    """The explorer's first frame on an imported account, without what loading it takes more than loading `appliance.yaml`."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "imported.yaml"
        path.write_text(imported(account(interfaces)), encoding="utf-8")
        large, small = str(path), str(ROOT / "scenarios/appliance.yaml")
        frame, beside = side_by_side(lambda: _seconds_to_frame(large), lambda: _seconds_to_frame(small), runs)
        load, load_beside = side_by_side(lambda: _seconds_to_load(large), lambda: _seconds_to_load(small), runs)
    ours = frame - (load - load_beside)
    what = f"first frame on {interfaces:,} imported interfaces without the load, beside `appliance.yaml`"
    return Result(what, time_text(ours), time_text(beside), ours / beside, bound=2.0)


def _seconds_to_frame(file: str) -> float:
    return seconds_until([sys.executable, "-m", "vpctui", file], "q quit")


def _seconds_to_load(file: str) -> float:
    return command_seconds([sys.executable, "-c", f"from vpctui.cli.files import load; load({file!r}, colour=False)"])


def _figures(interfaces: int) -> Figures:
    """The account is generated once, into a folder: generating it takes more memory than importing it."""
    with TemporaryDirectory() as folder:
        for name, data in account(interfaces).items():
            (Path(folder) / name).write_bytes(data)
        done = [
            subprocess.run([sys.executable, "-m", "benchmarks.importing", folder, part], cwd=ROOT, check=True, capture_output=True).stdout
            for part in ("time", "json", "import")
        ]
    found = json.loads(done[0])
    return Figures(interfaces=interfaces, json_peak=int(done[1]), peak=int(done[2]), **found)


def read(folder: str) -> dict[str, bytes]:
    """The files of a generated account."""
    return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def imported(files: dict[str, bytes]) -> str:
    """The text of the scenario."""
    held = Account()
    for name, data in files.items():
        read_text(data, name, held)
    text = import_account(held, "generated")
    if text is None:
        raise ValueError("the generated account holds nothing usable")
    return text


def times(files: dict[str, bytes]) -> dict[str, float]:
    """Medians of turns, the two sides of each ratio beside each other."""
    text = imported(files)
    data = text.encode()
    if any(problem.severity == "error" for problem in read_scenario(data, "generated.yaml")[1]):
        raise ValueError("the written file has errors")
    size = sum(map(len, files.values()))
    rows: dict[str, list[float]] = {"imported": [], "json": [], "loaded": [], "yaml": []}
    for _ in range(3 if size > 20_000_000 else 7):
        gc.collect()
        rows["json"].append(seconds(lambda: [json.loads(content) for content in files.values()]))
        gc.collect()
        rows["imported"].append(seconds(lambda: imported(files)))
        gc.collect()
        rows["yaml"].append(seconds(lambda: yaml.load(text, yaml.CSafeLoader)))
        gc.collect()
        rows["loaded"].append(seconds(lambda: read_scenario(data, "generated.yaml")))
    return {**{name: median(values) for name, values in rows.items()}, "size": size}


def peak(files: dict[str, bytes], part: str) -> int:
    """Bytes at the peak of one part, above what the process holds before it; 0 where the system does not tell."""
    gc.collect()
    try:
        Path("/proc/self/clear_refs").write_text("5")
        before = _status("VmRSS")
    except OSError:
        return 0
    held: object = [json.loads(content) for content in files.values()] if part == "json" else imported(files)
    after = _status("VmHWM")
    del held
    return (after - before) * 1024


def _status(name: str) -> int:
    """A figure of this process in kB."""
    return int(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(f"{name}:")))


if __name__ == "__main__":
    generated = read(sys.argv[1])
    print(json.dumps(times(generated)) if sys.argv[2] == "time" else peak(generated, sys.argv[2]))
