class Borders:
    """What stands before, at and after the ends of pieces, and how much it speaks for one."""

    def __init__(self, known):
        self.inside, self.all = defaultdict(float), defaultdict(float)
        self.lengths, self.total = Counter(), len(known)
        self.usual = len(known) / max(1, sum(len(text.words) for text, _, _ in known))
        for text, _, (first, last) in known:
            self.lengths[min(LONGEST, last - first)] += 1
            for place in range(len(text.words)):
                for sign in self.signs(text, place, "start"):
                    self.all[sign] += 1
                    self.inside[sign] += place == first
                for sign in self.signs(text, place, "end"):
                    self.all[sign] += 1
                    self.inside[sign] += place == last

    def signs(self, text, place, which):
        words = ["<", *text.small, ">"]
        at = place + 1
        step = -1 if which == "start" else 1
        near = words[at + step]
        far = words[at + 2 * step] if 0 <= at + 2 * step < len(words) else "-"
        shape = "X" if text.words[place][0].isupper() else "d" if near.isdigit() else "x"
        return [
            (which, "own", words[at]),
            (which, "near", near),
            (which, "two", far, near),
            (which, "shape", shape, text.words[place].isdigit()),
        ]

    def score(self, text, place, which):
        """How much a token looks like the start, or the end, of a piece."""
        usual, score = self.usual, 0.0
        for sign in self.signs(text, place, which):
            seen = self.all.get(sign, 0.0)
            share = (self.inside.get(sign, 0.0) + 2 * usual) / (seen + 2)
            score += np.log(share / usual)
        return score

    def scores(self, text):
        """Scores of all pieces: an array (tokens, lengths), of which those too long are -inf."""
        size = len(text.words)
        starts = np.array([self.score(text, place, "start") for place in range(size)])
        ends = np.array([self.score(text, place, "end") for place in range(size)])
        most = min(size, LONGEST)
        table = np.full((size, most), -np.inf)
        for length in range(most):
            usual = np.log((self.lengths[length] + 0.5) / (self.total + 0.5 * LONGEST))
            table[: size - length, length] = starts[: size - length] + ends[length:] + usual
        return table


def best_piece(text, table):
    """The piece with the highest score."""
    if not len(table):
        return ""
    first, length = np.unravel_index(int(table.argmax()), table.shape)
    return text.piece(first, first + length)
