"""What the command line hands over beside the exploration: words about the file, its lesson, where it came from, when it counts as mended."""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from vpctui.exploration import Exploration
from vpctui.lesson import Lesson

BothWords = tuple[str, str]
"""English, Japanese."""


class Fresh(Struct, frozen=True):
    """A file that was read again: its network, the changes that could be made again and those that could not, each with the reason."""

    exploration: Exploration
    handout: "Handout"
    lost: tuple[str, ...] = ()


class Source(Protocol):
    """The file that is explored."""

    def changed(self) -> bool:
        """Whether the file is another one than when it was read last; cheap, since it is asked at every key."""

    def read(self, now: Exploration) -> Fresh | str:
        """The file as it is now, with the flow, the place and the changes of `now`; a string says what is wrong with it."""


class Handout(Struct, frozen=True):
    """Everything that has no place in an exploration."""

    title: BothWords = ("", "")
    teaches: BothWords = ("", "")
    lesson: Lesson | None = None
    predict: bool = False
    """Whether every hop and every step asks for a prediction first."""
    source: Source | None = None
    amiss: Callable[[Exploration], dict[str, str]] | None = None
    """For a network with hidden faults: what the file expects of the flows that do otherwise; empty once all faults are mended."""


class CourseEntry(Struct, frozen=True):
    """A scenario of the course."""

    name: str
    title: BothWords
    teaches: BothWords
    slides: tuple[int, ...] = ()
    steps: int = 0
    """Of its walkthrough."""

    @property
    def slide_text(self) -> str:
        """`5-7` for slides in a row, `5, 9` for others."""
        runs: list[list[int]] = []
        for slide in sorted(self.slides):
            if runs and slide == runs[-1][-1] + 1:
                runs[-1].append(slide)
            else:
                runs.append([slide])
        return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


class CoursePath(Struct, frozen=True):
    """A way through the course: its name, and the scenarios in their order."""

    title: BothWords
    names: tuple[str, ...]
