"""Class labels with an order: numbers, ranges, degrees and attitudes."""

from __future__ import annotations

import re

_SCALES = tuple(
    {word: float(place) for place, word in enumerate(scale.split())}
    for scale in (
        "never hardly_ever rarely seldom occasionally occas sometimes often frequently freq regul "
        "usually most_of_the_time always",
        "never seldom sometimes regularly",
        "none a_little some a_lot",
        "none not_much some much a_lot",
        "none very_low low lower mid medium moderate average high higher very_high",
        "none minimal mild minor slight moderate medium substantial severe serious critical fatal",
        "very_poor poor bad fair ok okay average good better very_good great best excellent",
        "poor low average best",
        "unacc acc good vgood",
        "terrible bad neutral good great excellent outstanding",
        "extra_small xs small s medium m large l xl extra_large xxl",
        "tiny small medium big large huge",
        "novice beginner intermediate advanced expert",
        "first second third fourth fifth sixth seventh",
        "rare medium_rare medium medium_well well",
        "very_low fairly_low average fairly_high very_high",
        "daily weekly monthly quarterly yearly",
        "young middle_aged old",
        "cold cool warm hot",
        "too_low about_right too_high",
        "negative neutral positive",
        "illiterate iliterate primary secondary tertiary",
        "below_average average above_average",
        "slow normal fast",
        "light medium heavy",
        "short medium long",
    )
)
_ATTITUDE = re.compile(
    r"(?P<no>dis|un|in|not_(?:at_all_|so_|very_|too_)?)?"
    r"(?:agree|approv|favo|like|likel|satisf|confiden|important|interest|concern|support|trust|"
    r"happy|comfortable|familiar|useful|easy|oppos)"
)
_FORCE = (("strongly", 3.0), ("extremely", 3.5), ("completely", 3.0), ("very", 3.0),
          ("not_at_all", 3.0), ("somewhat", 1.0), ("slightly", 0.7),
          ("fairly", 1.5), ("mostly", 2.0))  # fmt: skip
_PERIODS = ("year", "month", "week", "day", "night")
_PERIOD = re.compile(rf"(?P<period>{'|'.join(_PERIODS)})")
_SEVERAL = re.compile(r"few|several|multiple|twice|two|times|most|some|couple|three|four|five")
_NEUTRAL = re.compile(r"neutral|neither|undecided|no_opinion|dont_know|unsure|indifferent")
_BOUND = re.compile(
    r"\s*(?P<low><=?|under|less than|below|up to|lt\b)?"
    r"(?P<high>>=?|over|more than|above|at least|gt\b)?"
    r"[^\d<>]{0,3}?(?P<number>\d+(?:[.,]\d+)*)(?P<after>.*)",
    re.IGNORECASE | re.DOTALL,
)


def level_order(labels: list[str]) -> list[str] | None:
    """Return the labels from the lowest level to the highest, or None where they are no levels."""
    if len(labels) < 3:
        return None
    ways = (_by_number, _by_scale, _by_frequency, _by_attitude)
    for places in (way(labels) for way in ways):
        if places is not None and len(set(places)) == len(labels):
            return [label for _, label in sorted(zip(places, labels, strict=True))]
    return None


def _by_number(labels: list[str]) -> list[float] | None:
    """Numbers, ranges by their lower end (`18-29`, `>60`), and numbered labels (`2. Married`)."""
    found = [_BOUND.match(label) for label in labels]
    if any(match is None for match in found):
        return None
    tails = {re.sub(r"[\d.,\s]+", "", match["after"]) for match in found if match}
    codes = all(re.fullmatch(r"[A-Za-z]{1,3}\d+", label.strip()) for label in labels)
    if codes or (len(tails) == len(labels) and not _numbered(labels)):
        return None
    places: list[float] = []
    for match in found:
        if match is None:
            return None
        number = float(match["number"].replace(",", ""))
        shift = 0.25 if match["high"] or match["after"].strip().startswith("+") else 0.0
        places.append(number + shift - (0.25 if match["low"] else 0.0))
    return places


def _numbered(labels: list[str]) -> bool:
    return all(re.match(r"\s*\d+\s*[.)=:-]", label) for label in labels)


def _by_scale(labels: list[str]) -> list[float] | None:
    plain = [_plain(label) for label in labels]
    for scale in _SCALES:
        if all(label in scale for label in plain):
            return [scale[label] for label in plain]
    return None


def _by_frequency(labels: list[str]) -> list[float] | None:
    """How often: `never`, `once a year or less`, `a few times per week`, `every day`."""
    places: list[float] = []
    for label in map(_plain, labels):
        found = _PERIOD.search(label)
        if found is None and "never" not in label:
            return None
        place = float(_PERIODS.index(found["period"])) if found else -1.0
        place += 0.6 * bool(_SEVERAL.search(label)) + 0.1 * ("more" in label)
        places.append(place - 0.1 * ("less" in label))
    return places


def _by_attitude(labels: list[str]) -> list[float] | None:
    places: list[float] = []
    for label in map(_plain, labels):
        if _NEUTRAL.search(label):
            places.append(0.0)
            continue
        found = _ATTITUDE.search(label)
        if found is None:
            return None
        force = next((value for word, value in _FORCE if word in label), 2.0)
        against = bool(found["no"]) or "oppos" in label or "not_at_all" in label
        places.append(-force if against else force)
    return places


def _plain(label: str) -> str:
    return re.sub(r"[^a-z]+", "_", label.lower()).strip("_")
