"""What the explorer gets beside the exploration: the words of the file and its lesson."""

from vpctui.cli.lecture import lesson_of
from vpctui.exploration import Exploration
from vpctui.handout import BothWords, Handout, Source
from vpctui.scenario.checking import amiss
from vpctui.scenario.scenario import Scenario, Words


def handout_of(scenario: Scenario, start: Exploration, *, predict: bool = False, source: Source | None = None) -> Handout:
    """The handout of a scenario that is explored from `start`."""
    return Handout(
        title=both_words(scenario.title),
        teaches=both_words(scenario.teaches),
        lesson=lesson_of(scenario, start.reset().first()) if scenario.walkthrough and not scenario.hidden else None,
        predict=predict or scenario.predict,
        source=source,
        amiss=(lambda now: amiss(scenario, now.state)) if scenario.hidden else None,
    )


def both_words(words: Words) -> BothWords:
    """A text in both languages; where one is missing, the other stands in."""
    return words.en or words.ja, words.ja or words.en
