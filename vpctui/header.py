"""Packet headers as tables: every field's name, width in bits and meaning, in the order of the wire.  The bytes come from these tables.

IPv4 RFC 791 (DSCP RFC 2474, ECN RFC 3168), IPv6 RFC 8200, TCP RFC 9293, UDP RFC 768, ICMP RFC 792, ICMPv6 RFC 4443, SCTP RFC 9260,
GENEVE RFC 8926, GRE RFC 2784 and 2890, ESP RFC 4303.
"""

from msgspec import Struct


class HeaderField(Struct, frozen=True):
    """One field: the name that the standard gives it, its width, and what it is for."""

    name: str
    bits: int
    en: str
    ja: str

    def meaning(self, language: str) -> str:
        """What the field is for, in one sentence."""
        return self.ja if language == "ja" else self.en


class HeaderFormat(Struct, frozen=True):
    """One kind of header; `rfc` is the standard that draws it in rows of 32 bits."""

    name: str
    rfc: str
    fields: tuple[HeaderField, ...]

    @property
    def length(self) -> int:
        """Bytes of the header without options."""
        return sum(field.bits for field in self.fields) // 8


F = HeaderField
_PORTS = (
    F("source port", 16, "Port of the sender; the receiver answers to it.", "送信側のポート。応答はここに返る。"),
    F("destination port", 16, "Port of the receiver: which service is meant.", "受信側のポート。どのサービス宛てかを示す。"),
)
_CHECKSUM = F(
    "checksum",
    16,
    "Ones' complement sum over this header, its data and a pseudo header with both addresses.",
    "このヘッダ、データ、両アドレスを含む擬似ヘッダの1の補数和。",
)

IPV4 = HeaderFormat(
    "IPv4",
    "RFC 791",
    (
        F("version", 4, "4 for IPv4.", "IPv4では4。"),
        F("IHL", 4, "Length of the header in words of 32 bits; 5 without options.", "ヘッダ長。32ビット単位で、オプションがなければ5。"),
        F("DSCP", 6, "Class of service that the sender asks for; a VPC does not act on it.", "送信元が求めるサービスクラス。VPCはこれを見ない。"),
        F("ECN", 2, "Explicit congestion notification.", "明示的輻輳通知。"),
        F("total length", 16, "Bytes of the whole packet, header included.", "ヘッダを含むパケット全体のバイト数。"),
        F("identification", 16, "Same number in all fragments of one packet.", "1つのパケットのフラグメントに共通の番号。"),
        F("reserved", 1, "Always 0.", "常に0。"),
        F(
            "DF",
            1,
            "Do not fragment: a router that would have to must drop the packet and report it.",
            "分割禁止。分割が必要なルータは破棄してICMPで通知する。",
        ),
        F("MF", 1, "More fragments follow.", "後続のフラグメントがある。"),
        F("fragment offset", 13, "Where this fragment begins in the packet, in units of 8 bytes.", "フラグメントの開始位置。8バイト単位。"),
        F("TTL", 8, "Routers that count take 1 away; at 0 the packet dies.", "数えるルータを通るたびに1減り、0になると破棄される。"),
        F(
            "protocol",
            8,
            "What follows the header: 1 ICMP, 6 TCP, 17 UDP, 47 GRE, 50 ESP.",
            "ヘッダに続くもの。1はICMP、6はTCP、17はUDP、47はGRE、50はESP。",
        ),
        F("header checksum", 16, "Ones' complement sum over this header only; changes with the TTL.", "このヘッダだけの1の補数和。TTLが変わると変わる。"),
        F("source address", 32, "Who sent it, as far as this point of the path knows.", "この地点での送信元アドレス。"),
        F("destination address", 32, "Where it goes; routers decide by this field.", "宛先アドレス。ルータはこれを見て転送先を決める。"),
    ),
)
IPV6 = HeaderFormat(
    "IPv6",
    "RFC 8200",
    (
        F("version", 4, "6 for IPv6.", "IPv6では6。"),
        F("traffic class", 8, "DSCP and ECN.", "DSCPとECN。"),
        F("flow label", 20, "Marks packets of one flow; 0 when the sender does not use it.", "同じフローのパケットの印。使わなければ0。"),
        F("payload length", 16, "Bytes after this header.", "このヘッダより後のバイト数。"),
        F("next header", 8, "What follows: 6 TCP, 17 UDP, 44 fragment, 58 ICMPv6.", "次に続くもの。6はTCP、17はUDP、44はフラグメント、58はICMPv6。"),
        F("hop limit", 8, "Routers that count take 1 away; at 0 the packet dies.", "数えるルータを通るたびに1減り、0になると破棄される。"),
        F("source address", 128, "Who sent it, as far as this point of the path knows.", "この地点での送信元アドレス。"),
        F("destination address", 128, "Where it goes; routers decide by this field.", "宛先アドレス。ルータはこれを見て転送先を決める。"),
    ),
)
IPV6_FRAGMENT = HeaderFormat(
    "IPv6 fragment",
    "RFC 8200",
    (
        F("next header", 8, "What the fragmented packet carries.", "分割されたパケットの中身。"),
        F("reserved", 8, "Always 0.", "常に0。"),
        F("fragment offset", 13, "Where this fragment begins, in units of 8 bytes.", "フラグメントの開始位置。8バイト単位。"),
        F("reserved bits", 2, "Always 0.", "常に0。"),
        F("MF", 1, "More fragments follow.", "後続のフラグメントがある。"),
        F("identification", 32, "Same number in all fragments of one packet.", "1つのパケットのフラグメントに共通の番号。"),
    ),
)
TCP = HeaderFormat(
    "TCP",
    "RFC 9293",
    (
        *_PORTS,
        F("sequence number", 32, "Number of the first byte of data in this segment.", "このセグメントの先頭バイトの番号。"),
        F("acknowledgment number", 32, "The byte that the sender of this segment expects next.", "送信側が次に期待するバイトの番号。"),
        F("data offset", 4, "Length of the header in words of 32 bits; 5 without options.", "ヘッダ長。32ビット単位で、オプションがなければ5。"),
        F("reserved", 4, "Always 0.", "常に0。"),
        F(
            "flags",
            8,
            "CWR ECE URG ACK PSH RST SYN FIN: SYN opens a connection, RST refuses it.",
            "CWR ECE URG ACK PSH RST SYN FIN。SYNは接続を開始し、RSTは拒否する。",
        ),
        F("window", 16, "How many bytes the sender of this segment can take.", "このセグメントの送信側が受け取れるバイト数。"),
        _CHECKSUM,
        F("urgent pointer", 16, "Where urgent data ends; unused.", "緊急データの終わり。使われない。"),
    ),
)
UDP = HeaderFormat(
    "UDP",
    "RFC 768",
    (
        *_PORTS,
        F("length", 16, "Bytes of this header and its data.", "このヘッダとデータのバイト数。"),
        _CHECKSUM,
    ),
)
SCTP = HeaderFormat(
    "SCTP",
    "RFC 9260",
    (
        *_PORTS,
        F(
            "verification tag",
            32,
            "Tells this association from an older one; 0 in the first packet.",
            "以前のアソシエーションと区別するための値。最初のパケットでは0。",
        ),
        F("checksum", 32, "CRC32c over the whole SCTP packet.", "SCTPパケット全体のCRC32c。"),
    ),
)
_ICMP_KIND = (
    F("type", 8, "What kind of message: echo, or which error.", "メッセージの種類。エコーか、どのエラーか。"),
    F("code", 8, "Tells apart messages of one type.", "同じタイプの中での区別。"),
)
_ECHO = (
    F("identifier", 16, "Same number in request and reply, as a port would be.", "要求と応答に共通の番号。ポートに相当する。"),
    F("sequence number", 16, "Counts the requests.", "要求の通し番号。"),
)
_UNUSED = F("unused", 16, "Always 0.", "常に0。")
_NEXT_HOP_MTU = F(
    "next-hop MTU",
    16,
    "The largest packet that the next link takes; 0 in other errors.",
    "次のリンクを通れる最大サイズ。ほかのエラーでは0。",
)
_ICMP_SUM = F("checksum", 16, "Ones' complement sum over the ICMP message.", "ICMPメッセージの1の補数和。")
ICMP_ECHO = HeaderFormat("ICMP", "RFC 792", (*_ICMP_KIND, _ICMP_SUM, *_ECHO))
ICMP_ERROR = HeaderFormat("ICMP", "RFC 792", (*_ICMP_KIND, _ICMP_SUM, _UNUSED, _NEXT_HOP_MTU))
ICMPV6_ECHO = HeaderFormat("ICMPv6", "RFC 4443", (*_ICMP_KIND, _CHECKSUM, *_ECHO))
ICMPV6_ERROR = HeaderFormat(
    "ICMPv6",
    "RFC 4443",
    (
        *_ICMP_KIND,
        _CHECKSUM,
        F("MTU", 32, "The largest packet that the next link takes; 0 in other errors.", "次のリンクを通れる最大サイズ。ほかのエラーでは0。"),
    ),
)
GENEVE = HeaderFormat(
    "GENEVE",
    "RFC 8926",
    (
        F("version", 2, "Always 0.", "常に0。"),
        F("option length", 6, "Length of the options in words of 32 bits.", "オプションの長さ。32ビット単位。"),
        F("flags", 8, "Control packet, critical options; both 0 here.", "制御パケットとクリティカルオプションの印。ここでは0。"),
        F("protocol type", 16, "What is inside: 0x0800 IPv4, 0x86dd IPv6.", "中身の種類。0x0800はIPv4、0x86ddはIPv6。"),
        F("VNI", 24, "Virtual network identifier.", "仮想ネットワーク識別子。"),
        F("reserved", 8, "Always 0.", "常に0。"),
    ),
)
GRE = HeaderFormat(
    "GRE",
    "RFC 2784",
    (
        F("checksum present", 1, "0: no checksum follows.", "0ならチェックサムなし。"),
        F("reserved bit", 1, "Always 0.", "常に0。"),
        F("key present", 1, "1: a key follows.", "1ならキーが続く。"),
        F("reserved", 10, "Always 0.", "常に0。"),
        F("version", 3, "Always 0.", "常に0。"),
        F("protocol type", 16, "What is inside: 0x0800 IPv4, 0x86dd IPv6.", "中身の種類。0x0800はIPv4、0x86ddはIPv6。"),
    ),
)
GRE_WITH_KEY = HeaderFormat("GRE", "RFC 2890", (*GRE.fields, F("key", 32, "Tells tunnels between the same ends apart.", "同じ両端の間のトンネルを区別する。")))
ESP = HeaderFormat(
    "ESP",
    "RFC 4303",
    (
        F(
            "SPI",
            32,
            "Security parameters index: which security association decrypts it.",
            "セキュリティパラメータインデックス。どのSAで復号するかを示す。",
        ),
        F("sequence number", 32, "Counts the packets of the association, against replays.", "SAのパケットの通し番号。リプレイを防ぐ。"),
    ),
)
