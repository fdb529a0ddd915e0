"""`vpctui trace --pcap FILE`: captures of a conversation, with a comment on every packet."""

import sys
from pathlib import Path

from vpctui.cli.outcome import Failed
from vpctui.describe.hops import hop_words
from vpctui.describe.sentences import ending, sentence
from vpctui.describe.voice import Voice
from vpctui.engine.network import Network
from vpctui.interop.capture import NoScapy, frames, paths, require, write
from vpctui.interop.observation import Sighting, sightings
from vpctui.trace import Conversation, Leg

SIDES = {"in": ("arrives at {point}", "{point}に到着"), "out": ("leaves {point}", "{point}から送出")}


def capture(file: str, conversation: Conversation, network: Network, voice: Voice) -> None:
    """Write one capture for every point; their names go to standard error.  Raises Failed."""
    try:
        require()
        seen = sightings(conversation, network)
        found = frames(seen, lambda each: comment(each, seen, voice))
        for point, path in paths(Path(file), found).items():
            write(path, found[point])
            sys.stderr.write(f"vpctui: {path}  {voice.show(point)}, {len(found[point])} packets\n")
    except NoScapy as missing:
        raise Failed(str(missing)) from None
    except OSError as error:
        raise Failed(f"{error.filename or file}: {error.strerror}") from None
    if not found:
        sys.stderr.write("vpctui: no packet passes an interface or gateway: no capture was written\n")


def comment(seen: Sighting, others: tuple[Sighting, ...], voice: Voice) -> str:
    """Which hop it is, which packet, and what the hop does with it; where no other point shows the packet any more, why it ends."""
    hop, leg = seen.hop, seen.leg
    side = SIDES[seen.side][voice.language == "ja"].format(point=seen.socket)
    lines = [f"{seen.number} {hop.node}{voice.colon}{voice.word(leg.direction)} {leg.carries}, {side}"]
    if seen.side == "in" or hop.arrived is None:
        lines += [sentence(step, voice) for step in hop.steps]
    else:
        lines += hop_words(hop, leg, voice).lines
    if seen is next(each for each in reversed(others) if each.visible and each.leg is leg):
        lines += _ending(leg, voice)
    return "\n".join(voice.show(line) for line in lines)


def _ending(leg: Leg, voice: Voice) -> list[str]:
    """Why the packet is seen nowhere after this."""
    end = ending(leg.last, voice)
    return [f"{voice.word(leg.verdict)} {end.node} {end.code}{voice.colon}{end.explanation}"] if end is not None else []
