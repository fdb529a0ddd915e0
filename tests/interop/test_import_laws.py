"""Laws of the import over damaged accounts: never a traceback, always a file that loads, the same bytes each time, nothing lost without a word."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.interop.accounts import Answers, account
from tests.interop.test_import_services import balancer, gwlb, transit
from vpctui.engine.conversation import converse
from vpctui.interop.aws.account import Account
from vpctui.interop.aws.files import read_text
from vpctui.interop.aws.importing import import_account
from vpctui.scenario.reading import read_scenario

DAMAGE: tuple[Any, ...] = (None, 0, -1, "", [], {}, "x", "local", "flows", True, 99999, "vpc-1", "\0\n", ["a"], {"a": 1}, "本番：ＶＰＣ")
DAMAGE += ("10.0.0.0/8", "0.0.0.0/0", "::/0", "10.0.0.5")
ACCOUNTS = (account, balancer, gwlb, transit)


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside a value."""
    yield above
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(item, (*above, key))


def at(value: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        value = value[key]
    return value


def damaged(seed: int) -> Answers:
    """An account with a few places deleted, doubled, or put over with something else."""
    chance = random.Random(seed)
    answers: Answers = chance.choice(ACCOUNTS)()
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        found = [place for place in places(answers) if place]
        holder, key = at(answers, (place := chance.choice(found))[:-1]), place[-1]
        match chance.choice(("delete", "double", "damage", "copy")):
            case "delete":
                del holder[key]
            case "double" if isinstance(holder, list):
                holder.append(json.loads(json.dumps(holder[key])))
            case "copy":
                holder[key] = json.loads(json.dumps(at(answers, chance.choice(found[:200])))) if len(found) < 2000 else None
            case _:
                holder[key] = chance.choice(DAMAGE)
    return answers


def written(answers: Answers) -> tuple[str | None, Account]:
    held = Account()
    read_text(json.dumps(answers).encode(), "answers.json", held)
    return import_account(held, "damaged"), held


@pytest.mark.parametrize("start", range(0, 300, 50))
def test_a_damaged_account_gives_a_file_that_loads_and_flies(start: int) -> None:
    for seed in range(start, start + 50):
        text, _ = written(damaged(seed))
        if text is None:
            continue
        scenario, problems = read_scenario(text.encode(), f"{seed}.yaml")
        assert [problem for problem in problems if problem.severity == "error"] == [], (seed, text)
        assert scenario is not None
        for question in scenario.questions.values():
            converse(scenario.world, question, scenario.questions)


def test_the_same_answers_give_the_same_bytes() -> None:
    for make in ACCOUNTS:
        assert written(make())[0] == written(make())[0]


@pytest.mark.parametrize("make", ACCOUNTS)
def test_every_route_of_the_answers_stands_in_the_file_or_is_told(make: Any) -> None:
    answers = make()
    text, held = written(answers)
    assert text is not None
    for table in answers["RouteTables"]:
        for route in table["Routes"]:
            destination = route["DestinationCidrBlock"]
            assert route.get("GatewayId") == "local" or destination in text or any(destination in note.text for note in held.notes)


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_file_cut_anywhere_is_told(cut: int) -> None:
    data = json.dumps(account()).encode()
    held = Account()
    read_text(data[: len(data) * cut // 40], "answers.json", held)
    import_account(held, "cut")
    assert any(note.severity == "error" and str(note.source).startswith("answers.json:1:") for note in held.notes)
