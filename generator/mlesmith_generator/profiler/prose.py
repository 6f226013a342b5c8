"""What the data are, in the publisher's own sentence or title.

That is one sentence, quoted as it stands: of what a row is, else the first of a description, else
the first of all where it speaks of data, with the next that says what one of them is. Numbers of
rows and what a program calls a table become an ellipsis. In doubt there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from itertools import islice, pairwise, takewhile

from mlesmith_generator.profiler.beside import REFUSED
from mlesmith_generator.profiler.definitions import lines_of
from mlesmith_generator.profiler.enumerations import LONGEST_PARAGRAPH
from mlesmith_generator.profiler.words import words

_DESCRIBES = re.compile(
    r"[\W\d]*(?:description|overview|abstract|about\b.*|summary|introduction|background|"
    r"(?:the )?data ?sets?(?: description)?|data(?: set)? (?:description|information)|data|"
    r"relevant information)\W*",
    re.IGNORECASE,
)
"""Headings below which a document says what the data are."""
_HEADING = re.compile(r"^\s*#{1,6}\s+(?P<title>.+?)\s*#*\s*$")
_LABEL = re.compile(
    r"^(?:\d+\.\s*)?(?P<label>description|overview|abstract|about|summary|relevant information"
    r"(?: paragraph)?|data set information|problem description|dataset description)\s*:?\s*"
    r"(?P<rest>.*)$",
    re.IGNORECASE,
)
_NO_PROSE = re.compile(r"^\s*(?:[-*+•·>|!<$%&@{}\[(]|\d{1,3}[.)]\s|[=~_-]{3,}|[a-z]\)\s)|\|.*\|")
_IS = r"\b(?:is|are|was|were|represents?|corresponds?|stands? for|describes?|denotes?|means?)\b"
_ROW = re.compile(
    r"^(?:each|every|one) (?:data )?(?:row|line|record|observation|entry|instance|case|example|"
    rf"image|picture|recording|clip|document|sample)\b[^.]{{0,60}}?{_IS}",
    re.IGNORECASE,
)
"""A sentence that says what a row is."""
_PER_ROW = re.compile(r"\bone (?:row|record|line) (?:per|for each|for every)\b", re.IGNORECASE)
_UNIT = re.compile(
    r"^(?:each|every|an?|one) (?:[\w-]+ ){1,4}(?:is|was|were|has been|consists? of|represents?|"
    r"corresponds? to|refers? to|stands? for)\b",
    re.IGNORECASE,
)
"""A sentence near the first that says what one of the things is of which the data are."""
_TELLS = re.compile(
    r"^(?:the|this|these) (?:\w+ )?(?:data|data ?sets?|corpus)\b.{0,40}?\b(?:contains?|includes?|"
    r"consists? of|comprises?|covers?|records?|represents?|lists?)\b|^(?:the )?\w+ \w* ?in this "
    r"(?:data ?set|corpus)\b|^it (?:contains|consists of|covers)\b",
    re.IGNORECASE,
)
"""A later sentence of a description that says what the data are."""
_NEAR = 4
"""Sentences of a paragraph that are near its first."""
_FINITE = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|can|could|will|would|may|might|do|does|did|"
    r"describes?|contains?|includes?|see|refer)\b",
    re.IGNORECASE,
)
"""A verb; a description without one names what the data are."""
_LINK = re.compile(
    rf"^(?:(?:each|every|an?) (?:edge|link)|(?:the )?(?:edges|links))\b[^.]{{0,60}}?{_IS}"
    r"|^(?:these|the) (?:\w+ )?(?:networks?|graphs?)\b.{0,40}\bby (?:connecting|linking)\b",
    re.IGNORECASE,
)
"""A sentence that says what a link is."""
_OF_DATA = re.compile(
    r"\b(?:data|dataset|datasets|data set|records?|corpus|collection|survey|measurements?|samples?|"
    r"reviews|images|recordings|articles|prices|index|series|networks?|lexicon|ratings|study|trial|"
    r"experiments?|metadata|list|counts|yields?|interviewers|documents|news|students were)\b",
    re.IGNORECASE,
)
_FORMAT = re.compile(
    r"separat|delimit|\bformats?\b|string|integer|json|\bcsv\b|\bcolumns?\b|\bfields\b|\bfiles?\b|"
    r"\bscripts?\b|python|\bformed by\b",
    re.IGNORECASE,
)
_UNFIT = re.compile(
    r"\b(?:i|me|my|we|our|us|let's|cite|cited|citing|citation|acknowledge\w*|licen[cs]e\w*|"
    r"copyright|download\w*|updated?|github|kaggle|uci|repo|repository|folder|directory|file|files|"
    r"code|scripts?|notebooks?|tutorials?|paper|article by|blog|post on|story|the stories|below|"
    r"above|"
    r"following|follows|figure|appendix|chapter|exercise|package|function|benchmark\w*|baseline\w*|"
    r"accuracy|split|splits|training|validation|train|test(?:ing)?|models?|predict\w*|donated|"
    r"welcome|thank\w*|hello|version|release\w*|available|this page|here|must|should|click|"
    r"(?<!student )project|proceedings|journal|conference|et al|submitted|et|was used|were used|"
    r"contact|total number|"
    r"modified|converted|obtained|original|toy|tibble|data frame(?! contain)|of class|"
    r"names? (?:has|have)|"
    r"source(?=:)|been used|methods|"
    r"machine learning|literature|evaluat\w*|algorithms?|comes? from|(?:two|three|four|both)"
    r" (?:\w+ )?(?:datasets|data sets)|constructed|"
    r"one of (?:the )?(?:earlier|first|most|two|three|best)|"
    r"suggested|packages|rows?|column|columns|observations|variables|tests?)\b",
    re.IGNORECASE,
)
_ALLOWED = re.compile(
    r"\bUS\b|\b[Tt]est (?:performance|scores?)\b|\bmodel of (?!the\b|an?\b)"
    r"|\b(?:War|Phase|Type|Part|Stage|Class|Level|Statistics|Mathematics|Physics|Chemistry) I\b"
)
"""What looks like unfit words: a country, what pupils sit, a theory, a number."""
_ROW_ALLOWED = re.compile(r"\b(?:rows?|observations|following|test|tests)\b", re.IGNORECASE)
_COUNT = re.compile(
    r"(?<![\w.])(?!(?:1[5-9]|20)\d\d\b(?!,))\d{1,3}(?:,\d{3})+|(?<![\w.])"
    r"(?!(?:1[5-9]|20)\d\d(?:s|\b))\d{3,}"
    r"|\b(?:contains?|containing|of|consists? of|with|on|for|has|from|are|comprises?|over|about)"
    r"\s+(?:\w+ ){0,2}?\d{2,}\s+(?!years?\b|days?\b|hours?\b|minutes?\b|seconds?\b|months?\b|and\b|"
    r"or\b|words\b|to\b)[a-z]"
    r"|\band\s+(?!(?:1[5-9]|20)\d\d\b)\d{2,}\s+[a-z]|\b(?:million|thousand|hundreds?|billion)s?\b",
    re.IGNORECASE,
)
"""Numbers that may count rows; years and lengths are none."""
_YEAR = re.compile(
    r"\b(?:1[5-9]|20)\d\d(?=[,.;)]|\s+(?:for|through|to|in|at|on|by|and|or|until|[A-Z])|$)"
    r"|(?:(?<=\bthe )|(?<=\bUS ))(?:1[5-9]|20)\d\d(?=\s[a-z]+[^s\W\d]\b)"
)
"""A number of four digits that counts nothing: no plural stands behind it."""
_TITLE = re.compile(r"^\W*(?:1\.\s*)?(?:title|name)[^:]{0,20}:\s*(?P<title>\S.*)$", re.IGNORECASE)
_LONGEST_TITLE = 120
_OF_FILES = re.compile(
    r"\s*\([^()]*\)\s*$|[,:]\s+(?:\w+ )?(?:test|train\w*|raw|files?)\b.*$", re.IGNORECASE
)
"""What a record's title adds on how the data lie there."""
NEW = 2
"""Words that a title must tell beyond the name of the data."""
_FORM = frozenset(
    "the data dataset datasets set sets database and for with from description".split()
)
_NO_TITLE = re.compile(
    r"\bpredict|request|notes?\b|http|\w_\w|\.\w{2,4}$|[?]$|^\S+$", re.IGNORECASE
)
_TITLE_ALLOWED = re.compile(r"\b(?:tests?|stor(?:y|ies)|models?|chapter|figure)\b", re.IGNORECASE)
_ROWS = re.compile(
    r"\b(?P<verb>(?:contains?|containing|consists? of|collection of|comprises?|includes?|"
    r"data (?:on|for)|reviews of|sample of))\s+"
    r"(?:(?:more than|about|over|approximately|around|a total of|nearly)\s+)?"
    r"\d[\d,]*(?:\s+(?:million|thousand))?\s+(?P<noun>[a-z])",
    re.IGNORECASE,
)
"""Where a sentence about data counts their rows."""
_AMONG = re.compile(
    r"\b(?P<verb>of|for|from|on|in)\s+(?:the\s+)?(?:(?:more than|about|over|approximately|"
    r"around|a total of|nearly)\s+)?(?!(?:1[5-9]|20)\d\d\b)\d{1,3}(?:,\d{3})+\s+(?P<noun>[a-z])"
    r"|\b(?P<verb2>of|for|from|on|in)\s+(?:the\s+)?"
    r"(?:(?!(?:1[5-9]|20)\d\d\b)\d{2,}|\d{4}(?=\s+[a-z]+s\b))\s+"
    r"(?!years?\b|days?\b|hours?\b|minutes?\b|seconds?\b|months?\b|and\b|or\b|to\b|words\b)"
    r"(?P<noun2>[a-zA-Z])"
)
"""Where one counts what they are of."""
_CALLED = re.compile(
    r"^(This data ?set), [\w.]+, is an? (?:data frame|data\.frame|tibble)(?= contain)"
)
"""What a program calls the data, in front of what they are."""
_SHORTEST, _LONGEST = 30, 240
"""Characters of the sentence about the data."""
_LONGEST_TOLD = 300
"""Characters of two of them."""
_FAR = 150
"""Lines of a document that are searched for it."""
_ABBREVIATED = re.compile(
    r"(?:\b[A-Z]|\b(?:Dr|Mr|Mrs|Ms|St|Prof|vs|e\.g|i\.e|etc|approx|ca|no|cf|al|U\.S|U\.K|Jr|Sr))"
    r"\.$",
    re.IGNORECASE,
)


def about_in(texts: Sequence[str], *, one: bool = True) -> str:
    """Return the one sentence that says what the data are, or nothing.

    Args:
        texts: The documents, the most important first.
        one: Whether there is no more than one table; of several nobody knows which one a sentence
            speaks of, except where it tells what a link is.
    """
    for text in texts:
        told = list(_told(text))
        for sentence in (each for _, sentences in told for each in sentences):
            row = _ROW.search(sentence) or _PER_ROW.search(sentence)
            if (_LINK.search(sentence) or (one and row)) and (fit := _fit(sentence, row=True)):
                return fit
        first = next((each for _, each in told if each and each[0].endswith(".")), [])
        # The first mark of a section is that of the title.
        below = told[1][1] if len(told) > 1 and not told[0][1] and _is_titled(text) else None
        for (heading, sentences), (_, following) in pairwise([*told, ("", [])]) if one else ():
            if sentences and (heading or sentences is first or sentences is below):
                near = [*sentences[:_NEAR], *following[:2]]
                if fit := _described(near, sentences, named=bool(heading)):
                    return fit
    return ""


def _is_titled(text: str) -> bool:
    """Whether a document begins with a heading."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    return _HEADING.match(line) is not None


def _described(near: Sequence[str], paragraph: Sequence[str], *, named: bool) -> str:
    """Return what a paragraph says the data are, and what one of them is, or nothing.

    Args:
        near: The sentences that are looked at, the first ones of the paragraph in front.
        paragraph: Its sentences.
        named: Whether its heading says that it describes the data.
    """
    # A paragraph of one line that names the data needs no full stop.
    bare = len(paragraph) == 1 and re.search(r"\w$", near[0])
    said = _fit(f"{near[0]}." if bare else near[0], row=False)
    names = named and not (_FINITE.search(said) or ":" in said)
    if not (_OF_DATA.search(said) or (said and names)):
        later = (
            _fit(each, row=False)
            for each in near[1:]
            if _TELLS.search(each) and " also " not in each
        )
        said = next((fit for fit in later if fit), "")
    units = (_fit(each, row=True) for each in near[1:] if _UNIT.search(each))
    unit = next((fit for fit in units if fit), "")
    both = f"{said.rstrip('.')}. {unit}" if said and unit else said or unit
    return both if len(both) <= _LONGEST_TOLD else said


def title_in(texts: Sequence[str]) -> str:
    """Return the title of the first document that has one, empty where none has.

    Args:
        texts: The documents, the most important first.
    """
    return next((title for text in texts if (title := _title(text))), "")


def plain_title(title: str) -> str:
    """Return a record's title without remarks on its files; empty where none is to be quoted."""
    return _quotable_title(_OF_FILES.sub("", title))


def calling_in(title: str, known: Set[str], *, fewest: int = NEW) -> str:
    """Return a title that tells more than is known, as it may be quoted; empty where it does not.

    Args:
        title: As `title_in` gives it.
        known: The words that the page has anyway.
        fewest: Words that it must tell beyond these.
    """
    new = {word for word in words(title) if len(word) > 2} - known - _FORM
    unfit = _UNFIT.search(_TITLE_ALLOWED.sub("", title)) or _COUNT.search(title)
    return "" if unfit or len(new) < fewest or _NO_TITLE.search(title) else title


def _title(text: str) -> str:
    lines = [*islice(lines_of(text), _FAR), ""]
    at = next((place for place, line in enumerate(lines) if re.search(r"[^\W\d_]{2}", line)), None)
    if at is None or len(lines[at]) > _LONGEST:
        return ""
    stated = _TITLE.match(lines[at])
    said = stated["title"] if stated else lines[at].strip()
    rest = islice(lines, at + 1, at + 3)
    following = list(takewhile(lambda line: re.match(r"\s{4,}\S", line) is not None, rest))
    alone = re.fullmatch(r"[\s=~*_#-]*", lines[at + 1]) is not None
    if stated:
        said = " ".join([said, *following])
    elif not (alone or _HEADING.match(lines[at])):
        return ""
    return _quotable_title(_without_markup(re.sub(r"^\s*#+\s*|\s*#+\s*$", "", said)))


def _quotable_title(said: str) -> str:
    plain = re.sub(r"[\"\u201c\u201d]", "'", said).strip(" .:-=")
    fine = plain.isprintable() and re.match(r"[\w'(]", plain) and not REFUSED.search(plain)
    return plain if fine and 0 < len(plain) <= _LONGEST_TITLE and plain.count("!") < 2 else ""


def _told(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the paragraphs of prose as sentences, each first one with the heading above it.

    The heading is that of a description; of other paragraphs it is empty. Where a section begins
    there is a paragraph of no sentences.
    """
    heading, block = "", list[str]()
    fenced = False
    for line in [*list(lines_of(text))[:_FAR], ""]:
        fenced ^= line.strip().startswith("```")
        title, label = _HEADING.match(line), _LABEL.match(line.strip())
        prose = line.strip() and not (fenced or title or label or _NO_PROSE.search(line))
        if prose:
            block.append(line.strip())
            continue
        if block and sum(map(len, block)) <= LONGEST_PARAGRAPH:
            yield heading, _sentences(" ".join(block))
        if block:
            heading, block = "", []
        if title:
            yield "", []
            heading = title["title"] if _DESCRIBES.fullmatch(title["title"]) else ""
        elif label:
            heading = label["label"]
            block = [label["rest"]] if label["rest"] else []


def _without_markup(text: str) -> str:
    linked = re.sub(r"!\[[^\[\]]*\]\([^()]*\)", "", text)
    named = re.sub(r"\[([^\[\]]*)\]\([^()\s]*\)", r"\1", linked)
    return " ".join(re.sub(r"[*`]|(?<!\w)_|_(?!\w)", "", named).split())


def _sentences(paragraph: str) -> list[str]:
    plain = _without_markup(paragraph)
    found, start = list[str](), 0
    for match in re.finditer(r"[.!?][\"'\u201d)]?\s+(?=[\"'\u201c(]?[A-Z0-9])", plain):
        if not _ABBREVIATED.search(plain[start : match.start() + 1]):
            found.append(plain[start : match.end()].strip())
            start = match.end()
    return [*found, plain[start:].strip()] if plain[start:].strip() else found


def _fit(sentence: str, *, row: bool) -> str:
    """Return a sentence that may be quoted, with an ellipsis for the number of rows, or nothing."""
    text = re.sub(r"[\"\u201c\u201d]", "'", sentence).strip()
    text = _CALLED.sub("\\1 \u2026", text)
    text, elided = _ROWS.subn("\\g<verb> \u2026 \\g<noun>", text)
    text = _AMONG.sub(_elided, text)
    if not _SHORTEST <= len(text) <= _LONGEST or not text.isprintable():
        return ""
    if (
        not re.match(r"'?[A-Z]", text)
        or text[-1] not in ".)'"
        or text.count("(") != text.count(")")
    ):
        return ""
    rest = _ALLOWED.sub("", _ROW_ALLOWED.sub("", text) if row or elided else text)
    counts = _COUNT.search(_YEAR.sub("", text))
    if REFUSED.search(text) or _UNFIT.search(rest) or counts or "[" in text:
        return ""
    if re.match(r"'?(?:this|it|they|these|note|also|however|but|thus|therefore|as)\b", text, re.I):
        opener = re.match(
            r"(?:this|these) (?:is|are|\w*\s?data\w*|corpus|networks?|graphs?)\b"
            r"|it (?:contains|consists of|covers)\b",
            text,
            re.I,
        )
        if opener is None:
            return ""
    if _FORMAT.search(text) or len(text.split()) < 5 or re.search(r"[a-z]{3}\. [a-z]", text):
        return ""
    return text if _ABBREVIATED.search(text) else text.removesuffix(".")


def _elided(match: re.Match[str]) -> str:
    return f"{match['verb'] or match['verb2']} \u2026 {match['noun'] or match['noun2']}"
