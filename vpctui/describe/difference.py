"""The difference between two states of the network: settings, the outcome and path of every flow, the header that arrives.

So that a flip shows its blast radius: which flows it touches, not only the one that is looked at.
"""

from collections.abc import Iterator

from vpctui.describe.hops import hop_words
from vpctui.describe.lines import Pane, Role, Row, Span
from vpctui.describe.marks import differs, marked_legs
from vpctui.describe.path import MARK_ROLES
from vpctui.describe.sentences import result_words
from vpctui.describe.tree import setting_owner
from vpctui.describe.uses import values
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells, pad
from vpctui.exploration import Exploration
from vpctui.trace import Conversation


def difference_pane(before: Exploration, after: Exploration, width: int, voice: Voice) -> Pane:
    """All differences in so many cells; flows that were typed in only one of the two are left out."""
    rows: list[Row] = [_title(voice.word("settings-differ"), voice, width)]
    settings = list(_settings(before, after))
    rows += [_setting(place, was, now, width, voice) for place, was, now in settings] or [_nothing(voice)]
    told = [(flow, before.ask(flow).conversation, after.ask(flow).conversation) for flow in before.flows if flow in after.questions]
    touched = [flow for flow, was, now in told if _differs(was, now)]
    rows.append(_title(voice.word("blast", touched=len(touched), count=len(told)), voice, width))
    wide = max((cells(voice.show(flow)) for flow, _, _ in told), default=4)
    rows += [_flow(flow, was, now, wide, width, voice) for flow, was, now in told]
    current = next(((was, now) for flow, was, now in told if flow == after.flow_name), None)
    if current is not None and _differs(*current):
        rows.append(_title(voice.word("path-of", flow=voice.show(after.flow_name)), voice, width))
        rows += _path(*current, width, voice)
        rows += _header(*current, width, voice)
    return Pane(voice.word("difference"), tuple(rows))


def _title(text: str, voice: Voice, width: int) -> Row:
    return Row((Span(voice.cut(f" {text}", width), "title"),))


def _nothing(voice: Voice) -> Row:
    return Row((Span(f"   {voice.word('no-difference')}", "dim"),))


def _settings(before: Exploration, after: Exploration) -> Iterator[tuple[str, str, str]]:
    """Every setting that differs: place, old and new value, `none` where it is not there.  Readings of AWS come last."""
    changes = dict.fromkeys((*before.changes, *after.changes))
    for identifier in dict.fromkeys(setting_owner(change.partition("=")[0].rstrip("+-")) for change in changes):
        old, new = dict(values(identifier, before.network)), dict(values(identifier, after.network))
        for place in dict.fromkeys((*old, *new)):
            if old.get(place, "none") != new.get(place, "none"):
                yield place, old.get(place, "none"), new.get(place, "none")
    readings = {reading.place: reading.value for reading in before.readings()}
    for reading in after.readings():
        if readings.get(reading.place, reading.value) != reading.value:
            yield reading.place, readings[reading.place], reading.value


def _setting(place: str, was: str, now: str, width: int, voice: Voice) -> Row:
    text = f" ~ {voice.show(place)}{voice.colon}{voice.show(was)} {voice.arrow} {voice.show(now)}"
    return Row((Span(voice.cut(text, width), "changed"),), key=f"differs:{place}", setting=place, resource=setting_owner(place))


def _differs(was: Conversation, now: Conversation) -> bool:
    if was.outcome != now.outcome or len(was.hops) != len(now.hops):
        return True
    return any(old.node != new.node or differs(old, new) for old, new in zip(was.hops, now.hops, strict=True))


def _flow(flow: str, was: Conversation, now: Conversation, wide: int, width: int, voice: Voice) -> Row:
    """One flow: its outcome before and after, or that its path differs, or that nothing does."""
    mark = "~" if _differs(was, now) else " "
    if was.outcome != now.outcome:
        said = f"{result_words(was.outcome, voice)} {voice.arrow} {result_words(now.outcome, voice)}"
    else:
        said = f"{result_words(now.outcome, voice)}{voice.colon}{voice.word('other-path' if mark == '~' else 'no-difference')}"
    role: Role = "changed" if mark == "~" else "dim"
    room = width - wide - 5
    return Row((Span(f" {mark} "), Span(pad(voice.show(flow), wide) + "  ", "id"), Span(voice.cut(said, max(room, 8)), role)), key=f"flow:{flow}")


def _path(was: Conversation, now: Conversation, width: int, voice: Voice) -> Iterator[Row]:
    """The hops that are new, gone or different."""
    for number, (leg, mark, hops) in enumerate(marked_legs(now, was)):
        for at, marked in enumerate(hops):
            if not (mark or marked.mark):
                continue
            sign = marked.mark or mark
            words = "; ".join(hop_words(marked.hop, marked.leg, voice).lines)
            text = f" {sign} {voice.word(leg.direction)} {voice.carried(leg.carries)} {voice.show(marked.hop.node)}{voice.colon}{words}"
            yield Row((Span(voice.cut(text, width), MARK_ROLES.get(sign, "plain")),), key=f"hop-differs:{number}:{at}", resource=marked.hop.node)


def _header(was: Conversation, now: Conversation, width: int, voice: Voice) -> Iterator[Row]:
    """What the receiver sees of the first leg, where both arrive and it differs."""
    old, new = was.legs[0], now.legs[0]
    if not (old.arrives and new.arrives):
        return
    before, after = old.last.packet, new.last.packet
    pairs = (("src", before.socket("src"), after.socket("src")), ("dst", before.socket("dst"), after.socket("dst")), ("ttl", before.ttl, after.ttl))
    for name, one, other in pairs:
        if one != other:
            text = f" ~ {voice.show(new.last.node)} {name}{voice.colon}{one} {voice.arrow} {other}"
            yield Row((Span(voice.cut(text, width), "changed"),), key=f"header-differs:{name}")
