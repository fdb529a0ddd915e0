"""What resources register: keys of sentences are stable names, so no two rules share one."""

import pytest

from vpctui.engine.registry import RULES, Rule, register_rules


def test_a_key_means_one_rule() -> None:
    key, rule = next(iter(RULES.items()))
    register_rules({key: rule})
    assert RULES[key] is rule
    other = next(each for each in RULES.values() if each != rule)
    with pytest.raises(ValueError, match=f"rule {key} is registered twice"):
        register_rules({key: other})
    assert RULES[key] is rule
    assert isinstance(rule, Rule)
