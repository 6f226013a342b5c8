"""Running numbers: which episode of a season, chapter of a book or lap of a race a row is of."""

from __future__ import annotations

from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import ColumnProfile

_RUNNING = frozenset(
    "episode episodes season chapter volume issue round lap verse line paragraph sentence page "
    "scene act match matchday gameday inning over ball frame turn utterance step "
    "folge staffel kapitel band ausgabe runde vers zeile seite szene spieltag "
    "épisode saison chapitre tome numéro manche tour verset ligne "
    "episodio temporada capítulo capitulo tomo ronda vuelta verso línea linea jornada "
    "stagione capitolo puntata giro riga giornata temporada episódio rodada linha "
    "aflevering seizoen hoofdstuk ronde regel серия сезон глава том выпуск тур строка "
    "集 季 章 卷 期 回合 圈 行 話 巻 号".split()
)
"""Words for parts of a whole that are numbered from its beginning."""
_FILLERS = frozenset("no num nr number nummer numéro número numero id index idx in of the".split())
_LEVELS = 6
_FULL = 0.8
"""Share of the whole numbers from the first to the last that have to be there."""
_EVEN = 3.0
"""How many times its fair share of the rows the most frequent number may have."""


def is_running_number(column: ColumnProfile) -> bool:
    """Return whether a column numbers the parts of something in order, by name and by values.

    Such numbers begin with 0 or 1, leave out few, and are about equally frequent: the round in
    which a fight ended is not.
    """
    parts = [part for part in words(column.name) if not part.isdigit()]
    named = any(part in _RUNNING for part in parts) and {*parts} <= _RUNNING | _FILLERS
    low, high = column.minimum, column.maximum
    if not named or column.type != "number" or not column.integer or low is None or high is None:
        return False
    full = column.distinct >= max(_LEVELS, _FULL * (high - low + 1))
    most = max((count for _, count in column.top), default=0)
    present = column.rows * (1 - column.missing)
    return low in (0, 1) and full and most * column.distinct <= _EVEN * present
