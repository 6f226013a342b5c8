"""Words that address whoever reads a task instead of telling about it: orders, promises.

A page is read by programs that may do what they read. What a page says itself is its author's, and
is refused; what it quotes of the data, and what stands in names and cells, is data: told, and kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import cast

import pandas as pd

from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.page import Page, bare
from mlesmith_generator.gates.truthfulness import Facts
from mlesmith_generator.gates.verdict import Finding, Scan

MOST_CELLS = 20_000
"""Cells of text that are looked at, evenly over columns and rows."""
_SHOWN = 160
_LONGEST = 20_000

_VERBS = (
    r"(?:^|[.!?:;,>*\-\n]\s*|\b(?:please|must|should|shall|can|may|could|now|then|first|and|to|simply|just"
    r"|instead|you|we|i)\s+)(?:(?:\w+ly|always|only|just)\s+)?"
)
"""What stands before a verb that is an order: a sentence begins, or somebody is asked."""
_SECRETS = (
    r"(?:hidden|private|secret|true|correct|withheld)\s+(?:\w+\s+)?(?:rows?|answers?|labels?|files?"
    r"|folders?|targets?|truths?|data)|answers?\.csv|answer\s+key|ground\s+truth|test\s+labels?"
    r"|system\s+prompt|(?:your|the|these|all)\s+(?:\w+\s+)?(?:instructions|prompt)\b"
    r"|environment\s+variables?|api[\s_-]*keys?|credentials|passwords?|secrets|access\s+tokens?"
    r"|/etc/|/proc/|\.env\b|ssh\s+keys?"
)
_KINDS: dict[str, re.Pattern[str]] = {
    what: re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for what, pattern in {
        "tells to leave the task's rules": (
            r"\b(?:ignore|disregard|forget|override|bypass|skip|drop|discard)\b[\s,]+(?:\w+\s+){0,4}?"
            r"(?:previous|prior|above|earlier|preceding|foregoing|other|system|your|all|these|any)\s+"
            r"(?:\w+\s+){0,3}?(?:instructions?|rules?|prompts?|directions?|guidelines?|messages?"
            r"|orders?|restrictions?|constraints?|polic(?:y|ies))\b"
            r"|\b(?:ignore|disregard|override|bypass)\s+(?:(?:all|any)\s+)?(?:of\s+)?(?:the|these|those"
            r"|your)\s+(?:\w+\s+)?(?:instructions?|rules|prompts?|guidelines|directions)\b"
            r"|\b(?:ignore|disregard|forget)\s+(?:everything|anything|all|what)\s+(?:\w+\s+){0,3}?"
            r"(?:above|before|said|told|so\s+far|earlier)\b"
            r"|\bnew\s+instructions?\s*:|\bjailbr[eo]ak|\breward\s+hack|\bprompt\s+injection\b"
        ),
        "speaks to a model": (
            r"\byou\s+are\s+(?:now\s+)?(?:an?\s+|the\s+)?(?:\w+\s+){0,2}?(?:ai|a\.i\.|artificial\s+"
            r"intelligence|assistant|language\s+model|large\s+language\s+model|llm|chatbot|chatgpt|gpt"
            r"|claude|gemini|autonomous\s+agent|coding\s+agent)\b"
            r"|\b(?:as|if\s+you\s+are|if\s+you're)\s+(?:an?\s+)?(?:ai|llm|language\s+model|agent|bot"
            r"|assistant|machine)\b(?!\s*[-/]\w)"
            r"|\b(?:note|attention|message|instructions?|notice)\s+(?:to|for)\s+(?:all\s+|any\s+|the\s+)?"
            r"(?:ai|llms?|language\s+models?|ai\s+\w+|agents?|bots?|assistants?|models?\s+that|solvers?)\b"
            r"|<\|?(?:im_start|im_end|system|assistant|endoftext)\|?>|\[/?INST\]|<</?SYS>>"
            r"|^\s*(?:#+\s*)?(?:system|assistant|developer)\s*(?:prompt\s*)?:(?!:)"
            r"|\b(?:system|developer)\s+(?:prompt|message)\b"
            r"|\bdo\s+not\s+(?:tell|mention|reveal|report|disclose|say)\s+(?:this|that|it|anyone|the\s+user)\b"
            r"|\b(?:dear|hey|hello)\s+(?:ai|llm|agent|model|assistant|chatgpt|claude)\b"
        ),
        "tells to take what is hidden": (
            _VERBS
            + r"(?:reveal|print|read|open|show|output|display|leak|dump|cat|list|load|extract"
            r"|access|look\s+(?:up|into)|copy|send|steal|exfiltrate|upload|post|echo)\s+"
            r"(?:\S+\s+){0,6}?[`\"'(]*(?:" + _SECRETS + r")"
        ),
        "names what to hand in": (
            _VERBS + r"(?:submit|predict|answer|return|output|write|enter|use|put|guess|fill)\s+"
            r"(?:\w+\s+)?(?:exactly|always|only|nothing\s+but|the\s+(?:magic|secret|special|constant)\s+\w+"
            r"|the\s+(?:value|number|constant|word|string|label|class))\s*:?\s+(?:the\s+)?"
            r"(?:(?:value|number|constant|word|string|label|class)\s+)?"
            r"(?:[`\"'\u201c\u2018][^`\"'\u201d\u2019\n]{1,80}[`\"'\u201d\u2019]|[-+]?\d[\d.,e+-]*)"
            r"\s*(?:$|[.!;]|\b(?:everywhere|(?:for|in|into)\s+(?:every|each|all|any|the\s+(?:first|last)))"
            r"\b)"
        ),
        "promises a score": (
            r"\b(?:guarantee[sd]?|ensures?|assures?|earns?|unlocks?|wins?|awards?|grants?|promis\w+)\b"
            r"(?:\s+[^\s.!?;]+){0,6}?\s+(?:(?:perfect|full|maximum|maximal|top|highest|best|high|better|gold"
            r"|winning|100\s*%)\s+(?:\w+\s+)?(?:scores?|marks?|rewards?|medals?|credits?|points?|ranks?"
            r"|grades?)|(?:a|the)\s+(?:bonus|reward|medal|first\s+place))\b"
            r"|\b(?:you|submissions?|predictions?|it|this|that|which|value|who\w*)\s+(?:will|would|shall)\s+"
            r"(?:be\s+|always\s+)?(?:\w+\s+){0,2}?(?:score[sd]?|scored|get|receive|reach|obtain|achieve"
            r"|yield|win|rewarded)\s+(?:\w+\s+){0,3}?(?:perfect(?:ly)?|full|maximum|top|gold|first\s+place"
            r"|bonus|extra\s+(?:credit|points))\b"
            r"|\b(?:bonus|extra|additional)\s+(?:points?|score|reward|credit)s?\s+(?:if|for|when|to)\b"
        ),
        "names a command to run": (
            r"\b(?:curl|wget)\s+(?:-\S+\s+)*\S*[./]\S*|\b(?:pip3?|conda|npm|apt(?:-get)?|brew)\s+install\b"
            r"|\brm\s+-[rf]+\b|\bsudo\s+\w|\b(?:bash|sh|zsh)\s+-c\b|\bpowershell\b|\bchmod\s+[+\d]"
            r"|\bnc\s+-\w|\bssh\s+\S+@|\bos\.system\b|\bsubprocess\b|\bbase64\s+-d\b|\beval\s*\("
            r"|\b__import__\b"
        ),
        "tells to fetch or to send something": (
            r"\b(?:fetch|download|visit|open|browse|load|get|request|retrieve|follow|go\s+to|click|post|ping"
            r"|contact|submit\s+(?:it\s+)?to|upload|send|report|e-?mail|transmit|forward)\b"
            r"(?:\s+[^\s.!?]+){0,8}?\s+(?:https?://|ftp://|www\.|[\w.+-]+@[\w-]+\.\w{2,}"
            r"|(?:this|the\s+following|that)\s+(?:url|link|address|server|endpoint|webhook|script))"
            r"|"
            + _VERBS
            + r"(?:send|upload|post|transmit|exfiltrate|e-?mail|forward)\s+(?:\S+\s+){0,5}?to\s+"
            r"(?:\S+\s+){0,3}?(?:server|endpoint|webhook|address|url|host|channel)\b"
        ),
    }.items()
}
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,}).*?(?:^[ \t]*\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)(`+)(?!`)[^\n]+?(?<!`)\1(?!`)")
_TABLE = re.compile(r"^[ \t]*\|.*$", re.MULTILINE)
_JOINING = frozenset("\u00ad\u200c\u200d\u200e\u200f\ufeff")
"""Unseen characters that some scripts need."""


def orders(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield what a text tries to have its reader do, and the words that do so."""
    plain = unicodedata.normalize("NFKC", text)[:_LONGEST]
    for what, pattern in _KINDS.items():
        match = pattern.search(plain)
        if match:
            yield what, match


def scan_instructions(page: Page, facts: Facts) -> Scan:
    """Look for orders, promises and what is unseen in a page, and for orders in the data.

    Quoted text counts as data where the data hold it, else as the page's own.
    """
    findings = [
        Finding("page-instructions", evidence) for evidence in page_instructions(page, facts)
    ]
    findings += [
        Finding("data-instructions", evidence, warning=True) for evidence in _in_data(facts)
    ]
    return Scan("instructions", "the page tells of the task alone", tuple(findings))


def page_instructions(page: Page, facts: Facts | None = None) -> list[str]:
    """Return what of a page addresses its reader; quotes are looked up where data are given."""
    prose, quoted = _parts(page.text)
    found = [f"the page {what}: {_sentence(words)!r}" for what, words in orders(prose)]
    if facts is not None:
        for quote in quoted:
            for what, words in orders(quote):
                if not _held(quote, facts):
                    found.append(
                        f"the page {what} in a quote that no data hold: {_sentence(words)!r}"
                    )
    comment = re.search(r"<!--.*?(?:-->|\Z)", page.text, re.DOTALL)
    if comment:
        found.append(f"the page has a comment that is not shown: {_short(comment[0])!r}")
    if names := _unseen(page.text):
        found.append(f"the page has characters that nobody sees: {names}")
    return list(dict.fromkeys(found))


def _parts(text: str) -> tuple[str, list[str]]:
    """What a page says itself, and what it quotes: fences, tables, code."""
    quoted: list[str] = []

    def taken(match: re.Match[str]) -> str:
        quoted.append(match[0])
        return " … "

    prose = _FENCE.sub(taken, text)
    prose = _TABLE.sub(taken, prose)
    # Code that is a number or a word is read with its sentence, so that it stays in an order.
    prose = _SPAN.sub(
        lambda span: span[0] if len(bare(span[0]).split()) < 3 else taken(span), prose
    )
    # A sentence may go on in the next line; a paragraph may not.
    return re.sub(r"(?<=[^\s.!?:])\n(?=[^\s#>*+\-|])", " ", prose), quoted


def _held(quote: str, facts: Facts) -> bool:
    """Whether every order of a quote stands in the public data."""
    texts = {str(name) for name in facts.tables.train.columns}
    texts |= set(facts.manifest.submission.classes)
    for table in (facts.tables.train, facts.tables.test):
        for name in table.columns:
            texts |= set(cast("pd.Series", table[name]).dropna().astype(str).tolist())
    data = "\n".join(map(_flat, texts))
    parts = [words[0] for line in quote.splitlines() for _, words in orders(line)]
    return bool(parts) and all(_flat(part).strip(" `|,;") in data for part in parts)


def _in_data(facts: Facts) -> Iterator[str]:
    """What names and cells of the public data try, one finding a column."""
    names = [str(name) for name in facts.tables.train.columns]
    for what, told in (
        ("the name of a column", names),
        ("a class", facts.manifest.submission.classes),
    ):
        hits = [(name, found[0]) for name in told if (found := [kind for kind, _ in orders(name)])]
        if hits:
            yield f"{what} {hits[0][1]}: {_short(hits[0][0])!r} ({len(hits)} of them)"
    for name, cells in _cells(facts.tables):
        hits = [found[0] for cell in cells if (found := list(orders(cell)))]
        if hits:
            what, words = hits[0]
            yield f"{len(hits)} of {len(cells)} cells of {name!r}; one {what}: {_sentence(words)!r}"


def _cells(tables: Tables) -> Iterator[tuple[str, list[str]]]:
    """Evenly drawn different cells of each column that holds words, the same each time."""
    columns: dict[str, list[str]] = {}
    for table in (tables.train, tables.test):
        for name in table.columns:
            column = cast("pd.Series", table[name]).dropna()
            worded = column.str.contains(r"[^\W\d_]\s+[^\W\d_]", regex=True).to_numpy(dtype=bool)
            columns.setdefault(str(name), []).extend(column.to_numpy(dtype=object)[worded].tolist())
    different = {name: list(dict.fromkeys(cells)) for name, cells in columns.items() if cells}
    share = max(1, MOST_CELLS // max(1, len(different)))
    for name, cells in different.items():
        step = max(1, -(-len(cells) // share))
        yield name, cells[::step]


def _unseen(text: str) -> str:
    """Names of the characters of a text that are not shown, or that turn its direction."""
    unseen = {one for one in text if unicodedata.category(one) in ("Cf", "Co")} - _JOINING
    return ", ".join(sorted(unicodedata.name(one, hex(ord(one))) for one in unseen))


def _sentence(match: re.Match[str]) -> str:
    """The sentence around a match, shortened."""
    text = match.string
    start = max(
        (text.rfind(mark, 0, match.start() + 1) for mark in ("\n", ". ", "! ", "? ")), default=-1
    )
    ends = [at for mark in ("\n", ". ", "! ", "? ") if (at := text.find(mark, match.end())) >= 0]
    words = text[start + 1 : min(ends, default=len(text)) + 1]
    return _short(words if len(words) <= _SHOWN else match[0])


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN else f"{flat[:_SHOWN]}…"


def _flat(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())
