"""What a conversation rests on that nobody stated: settings that an import assumed, disputed readings, ends that answer by assumption."""

from collections.abc import Iterator

from vpctui.describe.sentences import sentence
from vpctui.describe.voice import Voice
from vpctui.engine.network import Network
from vpctui.exploration import Exploration
from vpctui.trace import Conversation


def assumptions(exploration: Exploration, voice: Voice) -> tuple[str, ...]:
    """Each assumption that lies on the way of the packets, as a sentence, in the order in which they meet it."""
    found = dict.fromkeys(_settings(exploration, voice))
    found |= dict.fromkeys(_ends(exploration.conversation, voice))
    found |= dict.fromkeys(_readings(exploration, voice))
    return tuple(found)


def _settings(exploration: Exploration, voice: Voice) -> Iterator[str]:
    """An instance and its own interface may carry one list: a setting is told by the one on which it can be made."""
    for hop in exploration.conversation.hops:
        owners = (hop.node, *exploration.network.ids(("attached", hop.node)))
        for owner in owners:
            for name in _assumed(owner, exploration.network):
                setting = exploration.setting(f"{owner}.{name}")
                if setting is not None and setting.place == f"{owner}.{name}":
                    yield voice.word("assumed-setting", place=setting.place, value=setting.value)
                elif not any(exploration.setting(f"{other}.{name}") for other in owners):
                    yield voice.word("assumed-setting", place=f"{owner}.{name}", value="?")


def _assumed(identifier: str, network: Network) -> tuple[str, ...]:
    names: tuple[str, ...] = getattr(network.get(identifier), "assumed", ())
    return names


def _ends(conversation: Conversation, voice: Voice) -> Iterator[str]:
    for hop in conversation.hops:
        for step in hop.steps:
            if step.warning == "NOTE_ASSUMED_VALUE" and not _assumed_setting(step.setting):
                yield sentence(step, voice)


def _assumed_setting(place: str) -> bool:
    """A step about a setting of a machine is told by the setting itself."""
    return place.endswith(".ip_forward")


def _readings(exploration: Exploration, voice: Voice) -> Iterator[str]:
    values = {setting.place: setting.value for setting in exploration.readings()}
    for hop in exploration.conversation.hops:
        for step in hop.steps:
            if step.setting in values:
                yield voice.word("assumed-reading", place=step.setting, value=values[step.setting])
