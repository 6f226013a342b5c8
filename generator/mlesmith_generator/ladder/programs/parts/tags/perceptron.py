import time


def indexed(sentences, index, grow):
    """Numbers of the signs of each token, one array a sentence; unknown signs are number 0."""
    rows = []
    for sentence in sentences:
        signs = signs_of(sentence)
        width = max(map(len, signs))
        table = np.zeros((len(signs), width), int)
        for place, own in enumerate(signs):
            if grow:
                table[place, : len(own)] = [index.setdefault(sign, len(index) + 1) for sign in own]
            else:
                table[place, : len(own)] = [index.get(sign, 0) for sign in own]
        rows.append(table)
    return rows


def trained_perceptron(sentences, tagged, names, seconds, rounds=8):
    """An averaged structured perceptron (Collins 2002): weights of signs, of moves, and the index.

    It goes over the sentences several times, as long as there are seconds left.
    """
    number = {name: place for place, name in enumerate(names)}
    truth = [np.array([number[tag] for tag in tags]) for tags in tagged]
    index = {}
    signs = indexed(sentences, index, grow=True)
    weights = np.zeros((len(index) + 1, len(names)), np.float32)
    moves = np.zeros((len(names) + 1, len(names)), np.float32)
    late_weights, late_moves = np.zeros_like(weights), np.zeros_like(moves)
    random, seen = np.random.default_rng(SEED), 1
    began = time.monotonic()
    for _ in range(rounds):
        for place in random.permutation(len(signs)):
            own, right = signs[place], truth[place]
            guess = np.array(best_path(weights[own].sum(axis=1), moves[-1], moves[:-1]))
            seen += 1
            wrong = np.flatnonzero(guess != right)
            if not len(wrong):
                continue
            for at in wrong:
                weights[own[at], right[at]] += 1
                weights[own[at], guess[at]] -= 1
                late_weights[own[at], right[at]] += seen
                late_weights[own[at], guess[at]] -= seen
            start = len(names)
            for path, step in ((right, 1), (guess, -1)):
                before = np.concatenate([[start], path[:-1]])
                np.add.at(moves, (before, path), step)
                np.add.at(late_moves, (before, path), step * seen)
        weights[0] = late_weights[0] = 0
        if time.monotonic() - began > seconds:
            break
    return weights - late_weights / seen, moves - late_moves / seen, index


def perceptron_scores(sentences, weights, index):
    """Scores of the tags of each token, one array (tokens, tags) a sentence."""
    return [weights[own].sum(axis=1) for own in indexed(sentences, index, grow=False)]
