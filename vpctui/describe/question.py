"""What was asked: the flow's first packet, in one line."""

from vpctui.describe.voice import Voice
from vpctui.trace import Conversation


def endpoints(conversation: Conversation, voice: Voice) -> str:
    """`tcp 198.51.100.10:50000 → 203.0.113.20:80`, as the sender wrote it."""
    if not conversation.legs:
        return ""
    first = conversation.legs[0].hops[0]
    packet = first.arrived or (first.steps[0].packet if first.steps else first.packet)
    kind = f" {packet.icmp_type}/{packet.icmp_code}" if packet.is_icmp else ""
    return f"{packet.protocol}{kind} {packet.socket('src')} {voice.arrow} {packet.socket('dst')}"


def destination(conversation: Conversation, voice: Voice, *, protocol: bool) -> str:
    """`tcp → 203.0.113.20:80`: where there is no room for both ends."""
    kind, arrow, to = endpoints(conversation, voice).partition(f"{voice.arrow} ")
    return f"{kind.split(' ')[0]} {arrow}{to}" if protocol else arrow + to


def sender(conversation: Conversation, voice: Voice) -> str:
    """The component that sends first."""
    return voice.show(conversation.legs[0].hops[0].node) if conversation.legs else ""


def question_line(conversation: Conversation, voice: Voice) -> str:
    """`web: tcp 198.51.100.10:50000 → 203.0.113.20:80 (from client)`."""
    return f"{voice.show(conversation.flow)}{voice.colon}{endpoints(conversation, voice)} ({voice.word('from')} {sender(conversation, voice)})"
