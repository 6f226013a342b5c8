"""Reading an action out of what an LLM wrote.

The grammar, tried in this order on the text after the last `</think>`:

1. The whole text, or a fenced block labelled `json`, is a JSON object
   `{"kind": "execute_code", "content": "..."}`; `action` for `kind` and `code` for `content` do.
2. A line `ACTION: <kind>` outside fenced blocks. Its content is the first fenced block below it,
   else the text beside or below it, else (for code) the last block above. The last line counts.
3. A tag outside fenced blocks: `<submit/>`, `<submit>3</submit>`, `<execute_code>...`,
   `<request_info>data</request_info>`. A tag that is never closed reaches to the end. The last
   tag counts.
4. A fenced block labelled `python`, `py` or not at all is `execute_code`. Of several the last
   counts; one that is never closed reaches to the end.

A text that both submits (by 2 or 3) and holds a fenced program runs the program: submitting ends
the episode and can be done in the next reply. Kinds may have capitals, blanks or hyphens.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from mlesmith_env.errors import InvalidActionError

_OPENING = re.compile(r"[ \t]*(?P<fence>```+|~~~+)[ \t]*(?P<label>[\w+.-]*)")
_LINE = re.compile(
    r"^[ \t>#*_`-]*action[ \t*_`]*[:=][ \t*_`]*(?P<kind>[A-Za-z]+(?:[ _-](?:code|info|history))?)"
    r"[*_`]*(?P<rest>[^\n]*)$",
    re.MULTILINE | re.IGNORECASE,
)
_INLINE_CODE = re.compile(r"`[^`\n]*`")
_PROGRAM_LABELS = ("", "python", "py", "python3", "ipython")


@dataclass(frozen=True)
class _Block:
    label: str
    body: str
    start: int
    end: int


def parse_reply(text: str, kinds: Sequence[str]) -> tuple[str, str]:
    """Return kind and content of the action that a reply asks for.

    Args:
        text: What the LLM wrote.
        kinds: The kinds that there are.

    Raises:
        InvalidActionError: It asks for none; the message says how to.
    """
    text = text.replace("\r\n", "\n").rpartition("</think>")[2]
    blocks = _fenced(text)
    bodies = [block.body for block in blocks if block.label == "json"]
    for candidate in (text, *reversed(bodies)):
        found = _from_json(candidate, kinds)
        if found:
            return found
    prose = _without(text, blocks)
    programs = [block for block in blocks if block.label in _PROGRAM_LABELS and block.body.strip()]
    found = _from_line(text, prose, blocks, kinds) or _from_tag(text, prose, kinds)
    if found and not (found[0] == "submit" and programs):
        return found
    if programs:
        return "execute_code", programs[-1].body
    raise InvalidActionError(
        "the reply holds no action; write a Python program in a fenced block (```python) to run "
        "it, or <submit/> to end, or a line such as 'ACTION: request_info' "
        f"(kinds: {', '.join(kinds)})"
    )


def _fenced(text: str) -> list[_Block]:
    """Return the fenced blocks of a text; the last one reaches to the end where it is not closed.

    Lines are looked at once each, so that no reply takes long to read.
    """
    blocks: list[_Block] = []
    opened: re.Match[str] | None = None
    start = body = place = 0
    for line in text.splitlines(keepends=True):
        if opened is None:
            opened = _OPENING.match(line)
            if opened and "`" in line[opened.end() :]:
                # Ticks on both sides are code inside a line of prose.
                opened = None
            start, body = place, place + len(line)
        elif line.strip().startswith(opened["fence"]) and not line.strip().strip(opened["fence"]):
            blocks.append(
                _Block(opened["label"].lower(), text[body:place], start, place + len(line))
            )
            opened = None
        place += len(line)
    if opened is not None:
        blocks.append(_Block(opened["label"].lower(), text[body:], start, len(text)))
    return blocks


def _without(text: str, blocks: Sequence[_Block]) -> str:
    """Return the text with its fenced blocks blanked, every other character in its place."""
    parts, place = [""], 0
    for block in blocks:
        parts += [text[place : block.start], " " * (block.end - block.start - 1), "\n"]
        place = block.end
    return "".join([*parts, text[place:]])[: len(text)]


def _from_json(text: str, kinds: Sequence[str]) -> tuple[str, str] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    fields = cast("dict[str, Any]", data)
    kind = _kind(fields.get("kind", fields.get("action")), kinds)
    if kind is None:
        return None
    content = fields.get("content", fields.get("code"))
    return kind, "" if content is None else str(content)


def _from_line(
    text: str, prose: str, blocks: Sequence[_Block], kinds: Sequence[str]
) -> tuple[str, str] | None:
    for match in reversed(list(_LINE.finditer(prose))):
        kind = _kind(match["kind"], kinds)
        if kind is None:
            continue
        below = [block for block in blocks if block.start >= match.end()]
        beside = match["rest"].strip(" \t:*_`()") or prose[match.end() :].strip()
        if kind == "submit":
            return kind, beside
        if below:
            return kind, below[0].body
        if not beside and blocks and kind.endswith("_code"):
            return kind, blocks[-1].body
        return kind, beside
    return None


def _from_tag(text: str, prose: str, kinds: Sequence[str]) -> tuple[str, str] | None:
    # Inline code is talk about an action, as in "then I will use `<submit/>`", and not one.
    prose = _INLINE_CODE.sub(lambda match: " " * len(match[0]), prose)
    opening = re.compile(rf"<({'|'.join(map(re.escape, kinds))})\s*(/?)>", re.IGNORECASE)
    unclosed: set[str] = set()
    found, place = None, 0
    while match := opening.search(prose, place):
        kind, place = match[1].lower(), match.end()
        content = ""
        if not match[2] and kind not in unclosed:
            closing = re.compile(rf"</{re.escape(kind)}\s*>", re.IGNORECASE).search(prose, place)
            if closing is None:
                # Looked for once only, so that a long text full of open tags costs no more.
                unclosed.add(kind)
            else:
                content, place = text[match.end() : closing.start()], closing.end()
        if kind in unclosed and not match[2] and kind.endswith("_code"):
            content, place = text[match.end() :], len(text)
        fenced = _fenced(content)
        found = kind, fenced[0].body if fenced else content.strip("\n").rstrip()
    return found


def _kind(name: object, kinds: Sequence[str]) -> str | None:
    if not isinstance(name, str):
        return None
    word = re.sub(r"[\s-]+", "_", name.strip().lower())
    return word if word in kinds else None
