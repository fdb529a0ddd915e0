"""Scenario files beside each other: each place in the course is taken once (W309)."""

from pathlib import PurePath

from vpctui.document import Mark, Problem
from vpctui.scenario.scenario import Scenario


class Orders:
    """Remembers which file has which `order`, folder by folder."""

    def __init__(self) -> None:
        self._taken: dict[tuple[str, int], str] = {}

    def problem(self, name: str, scenario: Scenario) -> Problem | None:
        """W309 where another file of the same folder has this scenario's `order`; a scenario without one is no part of a course."""
        path = PurePath(name)
        if not scenario.order:
            return None
        other = self._taken.setdefault((str(path.parent), scenario.order), path.name)
        if other == path.name:
            return None
        mark = scenario.places.get(("", "order"), Mark())
        return Problem("W309", f"order {scenario.order} is that of {other} too", mark, "another number", "warning")
