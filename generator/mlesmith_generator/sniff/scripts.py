"""Which writing system the bytes of a text that is not UTF-8 belong to."""

from __future__ import annotations

import re

_HIGH = re.compile(rb"[\x80-\xff]+")
_INSIDE = re.compile(rb"[A-Za-z][\x80-\xff]+")
_SEEN = 2**16
_WORDY = 2.5
"""Bytes beyond ASCII in a row, on average, from which whole words are written in them."""
_PAIRED = 1.6
_CERTAIN = 0.8
_FREQUENT = 10
_PAIRS = ("cp932", "euc_jp", "cp949", "gb18030", "big5hkscs")
_PLAIN_SECONDS = ("cp932", "big5hkscs")
"""Those whose second byte may be a plain letter."""
_COMMON: dict[str, str] = {
    "cp1251": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэф", "koi8_r": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэф",
    "cp866": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэф", "iso8859_5": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэф",
    "cp1253": "αοιετσνηυρπκμλωςγδχθφβξζψάέήίόύώ", "cp1255": "יוהלאתרבמשנדקפעחצגטסזכםןףךץ",
    "cp1256": "اليمونرتبةعدسفهكقحجشطصخضذثزءغظ", "cp874": "านรอกเงมยลวดทสตะปบคหแจพชขใไโผศณซธ",
}  # fmt: skip


def script_of(block: bytes) -> str:
    """Return the codec of a writing system other than the Latin one, or an empty string.

    Latin text has single letters beyond ASCII between plain ones; others have them in pairs, or
    whole words of them.
    """
    sample = block[:_SEEN].rsplit(b"\n", 1)[0] if len(block) > _SEEN else block
    runs = [len(run) for run in _HIGH.findall(sample)]
    if len(runs) < 5:
        return ""
    usual = sum(runs) / len(runs)
    if usual < _PAIRED:
        return ""
    # Accents that were spoilt into two bytes still stand inside plain words.
    inside = len(_INSIDE.findall(sample)) > 0.3 * len(runs)
    pairs = _PLAIN_SECONDS if inside else _PAIRS
    scores = {codec: (_share_of_pairs(sample, codec), 0.0) for codec in pairs}
    if usual >= _WORDY and not inside:
        scores |= {codec: _share_of_letters(sample, codec) for codec in _COMMON}
    good = {codec: sum(score) for codec, score in scores.items() if score[0] >= _CERTAIN}
    return max(good, key=lambda codec: good[codec]) if good else ""


def _decoded(sample: bytes, codec: str) -> str:
    try:
        return sample.decode(codec)
    except UnicodeDecodeError:
        return ""


def _share_of_letters(sample: bytes, codec: str) -> tuple[float, float]:
    """Share of the characters that are small letters of the script or capitals before them.

    The second number is the share of its commonest letters, which tells scripts apart whose
    letters have the same bytes.
    """
    text = _decoded(sample, codec)
    foreign = sum(character > "\x7f" for character in text)
    if not foreign:
        return 0.0, 0.0
    letters = _COMMON[codec]
    small = sum(text.count(letter) for letter in letters)
    words = re.findall(r"[^\W\d_a-zA-Z]+", text)
    capitals = sum(len(word) if word.isupper() else word[0].isupper() for word in words)
    common = sum(text.count(letter) for letter in letters[:_FREQUENT])
    return (small + capitals) / foreign, common / foreign


def _share_of_pairs(sample: bytes, codec: str) -> float:
    """Share of the characters that are common in the language that the codec is for."""
    text = "".join(character for character in _decoded(sample, codec) if character > "\x7f")
    if not text:
        return 0.0
    if codec == "cp949":
        return sum("\uac00" <= character <= "\ud7a3" for character in text) / len(text)
    kana = sum("\u3040" <= character <= "\u30ff" for character in text) / len(text)
    if codec in ("cp932", "euc_jp"):
        wide = sum("\u3000" <= c <= "\u9fff" or "\uff01" <= c <= "\uff5e" for c in text)
        return wide / len(text) if kana > 0.05 else 0.8 * wide / len(text)
    encoded = [character.encode(codec) for character in text]
    lead = (0xB0, 0xD7) if codec == "gb18030" else (0xA4, 0xC6)
    common = sum(len(pair) == 2 and lead[0] <= pair[0] <= lead[1] for pair in encoded)
    return common / len(text) * (0.9 if kana > 0.05 else 1.0)
