LONGEST = 8


def nearness(marks, reach=12):
    """For each token the sum of what the words of the question near it say, less with distance."""
    size = len(marks)
    near = np.zeros(size)
    for step in range(1, min(reach, size)):
        near[step:] += marks[:-step] / (1 + 0.3 * step)
        near[:-step] += marks[step:] / (1 + 0.3 * step)
    return near


def pieces_of(text, question, rarity, sentences=2):
    """Pieces of the sentences that say most of the question, as rows (first, last), and signs."""
    marks = marks_of(text, question, rarity)
    scores = sentence_scores(text, marks)
    best = np.argsort(-scores, kind="stable")[:sentences]
    near, size = nearness(marks), len(text.words)
    word = [each[:1].isalnum() for each in text.words]
    upper = np.array([each[:1].isupper() for each in text.words], float)
    digit = np.array([each[:1].isdigit() for each in text.words], float)
    year = np.array([bool(re.fullmatch(r"1\d{3}|20\d{2}", each)) for each in text.words], float)
    plain = np.array([each in PLAIN for each in text.small], float)
    asked = (marks > 0).astype(float)
    sums = [np.concatenate([[0.0], np.cumsum(each)]) for each in (upper, digit, year, plain, asked)]
    total = max(scores.sum(), 1e-9)
    places, rows = [], []
    for rank, sentence in enumerate(best):
        inside = np.flatnonzero(text.sentence == sentence)
        if not len(inside):
            continue
        low, high = inside[0], inside[-1]
        for first in inside:
            if not word[first] or text.small[first] in PLAIN and text.small[first] not in ("the", "a"):
                continue
            for last in range(first, min(first + LONGEST, high + 1)):
                if not word[last] or plain[last]:
                    continue
                length = last - first + 1
                shares = [(each[last + 1] - each[first]) / length for each in sums]
                before = text.small[first - 1] if first > low else "<"
                after = text.small[last + 1] if last < size - 1 else ">"
                rows.append([
                    length, length == 1, rank, scores[sentence] / total, scores[sentence],
                    *shares, near[first], near[last], near[first : last + 1].mean(),
                    asked[first - 1] if first else 0.0, asked[last + 1] if last < size - 1 else 0.0,
                    before == "the", before in ("in", "on", "at", "since", "during"),
                    before in ("by", "to", "with", "for"), before == "of", before in ",(",
                    after in ".,;)", after == "of", not after[:1].isalnum(),
                    upper[first - 1] if first > low else 0.0,
                    upper[last + 1] if last < high else 0.0,
                    text.small[first] == "the", (first - low) / max(1, high - low), first / size,
                ])
                places.append((first, last))
    signs = np.array(rows, float).reshape(len(places), -1)
    kind = np.zeros((len(places), len(KINDS) + 1))
    kind[:, question.kind] = 1
    crossed = [kind * signs[:, [column]] for column in (0, 5, 6, 7)] if len(places) else [kind] * 4
    return places, np.hstack([signs, kind, *crossed])


def overlap(truth, told):
    """F1 of the words of two texts."""
    one, other = Counter(re.findall(r"\w+", truth.lower())), Counter(re.findall(r"\w+", told.lower()))
    both = sum((one & other).values())
    return 2 * both / max(1, sum(one.values()) + sum(other.values()))
