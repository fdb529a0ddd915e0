"""A long run of random networks: `python -m tests.kernel.long --minutes 30`; its numbers go into `docs/proof.md`."""

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.kernel.asking import Answer
from tests.kernel.networks import Document, documents
from tests.kernel.plumbing import missing, sweep
from tests.kernel.trial import disagreeing, smallest, tried, written

ROUND = 25
"""Networks of one seed: Hypothesis likes to try variants of what it had, so seeds are changed often."""
PROOF = Path(__file__).parents[2] / "docs" / "proof.md"
BEGIN, END = "<!-- kernel numbers: begin -->", "<!-- kernel numbers: end -->"


@dataclass
class Tally:
    """What a run has seen."""

    networks: int = 0
    flows: int = 0
    packets: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    inexpressible: Counter[str] = field(default_factory=Counter)
    disagreements: list[Path] = field(default_factory=list)

    def add(self, found: list[Answer]) -> None:
        """Count one network."""
        self.networks += 1
        for answer in found:
            if answer.inexpressible:
                self.inexpressible[answer.inexpressible] += 1
                continue
            self.flows += 1
            self.packets += answer.packets
            self.outcomes[answer.outcome] += 1


def run(minutes: float, first_seed: int, folder: Path, most: int) -> Tally:
    """Try networks until the time is over or too many disagreements were found."""
    tally, end, number = Tally(), time.monotonic() + 60 * minutes, first_seed
    shown: Counter[str] = Counter()

    def one(document: Document) -> None:
        if time.monotonic() > end or len(tally.disagreements) >= most:
            return
        found = tried(document)
        if found is None:
            raise AssertionError("the generator made something that is no scenario")
        tally.add(found)
        for answer in found:
            kind = f"{answer.outcome} {answer.disagreement.splitlines()[0] if answer.disagreement else ''}"
            shown[kind] += bool(answer.disagreement)
            if answer.disagreement and shown[kind] <= 3:
                small = smallest(document, answer)
                tally.disagreements.append(written(small, next(iter(disagreeing(small)), answer), folder))
                print(tally.disagreements[-1].read_text(encoding="utf-8"), flush=True)

    while time.monotonic() < end and len(tally.disagreements) < most:
        trying = settings(max_examples=ROUND, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        trying(seed(number)(given(documents())(one)))()
        number += 1
        print(f"seed {number}: {tally.networks} networks, {tally.flows} flows, {len(tally.disagreements)} disagreements", flush=True)
    return tally


def numbers(tally: Tally, minutes: float, first_seed: int) -> str:
    """The generated part of `docs/proof.md`."""
    lines = [
        f"`python -m tests.kernel.long --minutes {minutes:g} --seed {first_seed}` asked engine and kernel about:",
        "",
        "| | |",
        "|---|---:|",
        f"| random networks | {tally.networks:,} |",
        f"| flows | {tally.flows:,} |",
        f"| packets sent into a network | {tally.packets:,} |",
        f"| different outcomes that occurred | {len(tally.outcomes)} |",
        f"| flows that the kernel could not be asked | {sum(tally.inexpressible.values()):,} |",
        f"| disagreements found | {len(tally.disagreements)} |",
        "",
        "Outcomes, most frequent first: " + ", ".join(f"`{outcome}` {count:,}" for outcome, count in tally.outcomes.most_common()) + ".",
    ]
    if tally.inexpressible:
        lines += ["", "Not asked: " + "; ".join(f"{reason} ({count})" for reason, count in tally.inexpressible.most_common()) + "."]
    return "\n".join(lines)


def main() -> int:
    """Run, and put the numbers into the document; 1 when there was a disagreement."""
    asking = argparse.ArgumentParser(prog="python -m tests.kernel.long", description=__doc__)
    asking.add_argument("--minutes", type=float, default=30)
    asking.add_argument("--seed", type=int, default=1)
    asking.add_argument("--folder", type=Path, default=Path("kernel-disagreements"), help="where scenario files of disagreements go")
    asking.add_argument("--most", type=int, default=20, help="stop after so many disagreements")
    asked = asking.parse_args()
    reason = missing()
    if reason:
        print(reason, file=sys.stderr)
        return 2
    sweep()
    tally = run(asked.minutes, asked.seed, asked.folder, asked.most)
    if PROOF.exists() and BEGIN in (text := PROOF.read_text(encoding="utf-8")):
        head, _, rest = text.partition(BEGIN)
        PROOF.write_text(f"{head}{BEGIN}\n{numbers(tally, asked.minutes, asked.seed)}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    return 1 if tally.disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
