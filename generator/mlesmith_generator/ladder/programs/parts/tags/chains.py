def transitions_of(tagged, names):
    """Logarithms of how often a tag follows another: with a row for the start of a sentence."""
    number = {name: place for place, name in enumerate(names)}
    counts = np.full((len(names) + 1, len(names)), 0.1)
    for tags in tagged:
        before = len(names)
        for tag in tags:
            counts[before, number[tag]] += 1
            before = number[tag]
    return np.log(counts / counts.sum(axis=1, keepdims=True))


def best_path(scores, start, moves):
    """The tags with the highest sum of scores (tokens, tags) and moves between them (Viterbi)."""
    total, back = scores[0] + start, []
    for own in scores[1:]:
        reach = total[:, None] + moves
        back.append(reach.argmax(axis=0))
        total = reach.max(axis=0) + own
    path = [int(total.argmax())]
    for step in reversed(back):
        path.append(int(step[path[-1]]))
    return path[::-1]
