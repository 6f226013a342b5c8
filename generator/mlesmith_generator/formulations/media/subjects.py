"""Who or what several files come from: speakers, patients, cameras, told by names and tables.

Two recordings of one speaker are more alike than two of one word. Where files of a subject stand
on both sides of a holdout, a model that knows the voice looks like one that knows the word. So do
pictures of one thing, where a class has folders of several: characters below their alphabet.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from mlesmith_env.recipes.model import Extract, Holdout, RequireValue
from mlesmith_generator.brainstorm.holdouts import is_person
from mlesmith_generator.formulations.media.labels import Label
from mlesmith_generator.profiler.words import words

FEWEST = 15
"""Subjects from which whole ones are hidden: fewer leave less than three of them private."""
LARGEST = 0.35
"""Share of the files that one subject may have."""
_OF_CLASS = 8
"""Subjects of each class: of fewer, one side would have hardly any."""
_FILES = 3
"""Files of a subject, on average."""
_MET = 0.8
"""Share of the pairs of a class and a subject that are met where a part crosses the classes."""
_NOUNS = frozenset(
    "speaker actor singer signer writer author artist composer player performer reader volunteer "
    "donor photographer source camera site plate slide session scene".split()
)
_MANY = 60
"""Subjects below which more of them are hidden, so that three or more are private."""
_SPELT_OUT = {
    "subj": "subject", "sub": "subject", "spk": "speaker", "pat": "patient", "cam": "camera",
}  # fmt: skip
_MANY_INSIDE = 180
"""Folders of which each class has its own from which whole ones are hidden: of fewer, a dozen are
private of each of few classes, and luck decides the score. Such are on both sides, and told."""
_NUMBERED_FOLDER = re.compile(r"([^\W\d_]{3,})[-_ ]?\d+")
_NUMBERED = re.compile(
    r"(?:subject|subj|sub|speaker|spk|actor|singer|signer|writer|patient|pat|person|participant|"
    r"volunteer|donor|user|animal|mouse|camera|cam)[-_ ]?\d+",
    re.IGNORECASE,
)


def is_subject(label: Label) -> bool:
    """Return whether a label is called like people or things that give several files each."""
    name = label.column or (label.field.name if label.field and label.field.known else "")
    if name and (is_person(name) or _NOUNS & set(words(name))):
        return True
    values = label.counts
    return len(values) > 1 and all(_NUMBERED.fullmatch(value) for value in values)


def subject_of(label: Label, labels: Sequence[Label], classes: Sequence[str] = ()) -> Label | None:
    """Return who or what the files of a question come from, if anything tells.

    It is called so, or it is a part of the files' names that is met with nearly all classes, as
    the word of a speaker is, or a folder inside those of the classes, if each has several. None
    where the question itself is who it is.

    Args:
        label: What is asked.
        labels: Everything known of the files.
        classes: The classes that are asked for; empty for a number.
    """
    if is_subject(label):
        return None
    found = [
        other
        for other in labels
        if other is not label
        and _has_several(other)
        and (
            is_subject(other)
            or (classes and _crosses(other, label, classes))
            or (is_inside(other, label) and can_be_hidden(other, label, classes))
        )
    ]
    return max(found, key=lambda each: (is_subject(each), len(each.counts)), default=None)


def named_subject(labels: Sequence[Label], asked: str) -> Label | None:
    """Return what is called like people or things that give several files each, if anything.

    Args:
        labels: Everything known of the files.
        asked: Name of what is asked.
    """
    found = [
        each for each in labels if each.name != asked and is_subject(each) and _has_several(each)
    ]
    return max(found, key=lambda each: len(each.counts), default=None)


def hidden_whole(subject: Label | None, label: Label, classes: Sequence[str] = ()) -> Label | None:
    """Return the subjects that are hidden whole, under a name that says what they are.

    None where there are none, or too few. Files without a subject are left out.
    """
    if subject is None or not can_be_hidden(subject, label, classes):
        return None
    if is_inside(subject, label) and len(subject.counts) < _MANY_INSIDE:
        return None
    named = _called(subject, ("file", label.name))
    gaps = (RequireValue(column=named.name),) if None in subject.values else ()
    return replace(named, transforms=(*named.transforms, *gaps))


def can_be_hidden(subject: Label, label: Label, classes: Sequence[str] = ()) -> bool:
    """Return whether whole subjects can be hidden: enough of them, in all and of each class."""
    kept = [
        (value, who)
        for value, who in zip(label.values, subject.values, strict=True)
        if who is not None and (value in classes if classes else value is not None)
    ]
    files = Counter(who for _, who in kept)
    if len(files) < FEWEST or max(files.values()) > LARGEST * len(kept):
        return False
    of_class = Counter(value for value, _ in set(kept))
    return all(of_class[value] >= _OF_CLASS for value in classes)


def by_subject(subject: Label, label: Label | None = None) -> Holdout:
    """Return the holdout of whole subjects, whose column stays in the files to make folds by.

    Folders inside those of the classes do not stay: their paths say of which class they are.

    Args:
        subject: Who is hidden.
        label: The question of classes, if it is one.
    """
    whole = Holdout(kind="group", column=subject.name, drop_column=_tells(subject, label))
    if len(subject.counts) < _MANY:
        return whole.model_copy(update={"test_fraction": 0.4, "private_fraction": 0.6})
    return whole


def _tells(subject: Label, label: Label | None) -> bool:
    """Return whether the folder of a subject shows in which other folder it lies."""
    if subject.origin != "folder":
        return False
    if any("/" in value for value in subject.counts):
        return True
    if label is None or label.origin != "folder":
        return False
    pairs = {pair for pair in zip(subject.values, label.values, strict=True) if None not in pair}
    return len(pairs) <= len(subject.counts)


def _called(subject: Label, taken: Sequence[str]) -> Label:
    if subject.table or (subject.field is not None and subject.field.known):
        return subject
    name = noun_of(subject)
    while name in taken:
        name += "_id"
    steps = [
        step.model_copy(update={"into": name})
        if isinstance(step, Extract) and step.into == subject.name
        else step
        for step in subject.transforms
    ]
    return replace(subject, name=name, transforms=tuple(steps))


def noun_of(subject: Label) -> str:
    """Return what one subject is called: as its column is, as its values say, or a source."""
    name = subject.column or (subject.field.name if subject.field and subject.field.known else "")
    if name:
        return name
    value = next(iter(subject.counts), "")
    if not is_subject(subject):
        return _noun_of_folders(subject) or ("folder" if subject.origin == "folder" else "source")
    word = re.split(r"[-_ \d]", value)[0].casefold()
    return _SPELT_OUT.get(word, word)


def _noun_of_folders(subject: Label) -> str:
    """Return what numbered folders are called (`character` of `character07`), if they are."""
    found = {_NUMBERED_FOLDER.fullmatch(value.rsplit("/", 1)[-1]) for value in subject.counts}
    nouns = {match[1].casefold() if match else "" for match in found}
    return nouns.pop() if subject.origin == "folder" and len(nouns) == 1 else ""


def is_inside(other: Label, label: Label) -> bool:
    """Return whether a folder of several files lies inside the folder of one class."""
    if other.origin != "folder" or label.origin != "folder":
        return False
    pairs = {pair for pair in zip(other.values, label.values, strict=True) if None not in pair}
    return len(pairs) == len(other.counts) > len(label.counts)


def _has_several(label: Label) -> bool:
    """Return whether a label's values have several files each."""
    counts = label.counts
    return len(counts) > 1 and sum(counts.values()) >= _FILES * len(counts)


def _crosses(other: Label, label: Label, classes: Sequence[str]) -> bool:
    """Return whether a part of names that is no number is met with nearly all classes."""
    counts = other.counts
    if other.origin != "file name" or all(value.isdigit() for value in counts):
        return False
    pairs = zip(label.values, other.values, strict=True)
    met = {(a, b) for a, b in pairs if a in classes and b is not None}
    return len(met) >= _MET * len(classes) * len(counts)
