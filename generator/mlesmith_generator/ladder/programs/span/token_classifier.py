# A linear classifier of tokens, inside or outside; the piece with the highest sum of odds.
known, ids, asked = read_task()
size = max(1, len(known) // 5)
held = inside_odds(known[size:], [text for text, _, _ in known[:size]])


def gain(shift):
    pairs = zip(known[:size], held)
    return np.mean([overlap(a, best_piece(t, sums(odds, shift))) for (t, a, _), odds in pairs])


shift = max((-1.0, 0.0, 1.0, 2.0), key=gain)
print("added to the odds of every token:", shift)
odds = inside_odds(known, asked)
write_submission(ids, [best_piece(text, sums(own, shift)) for text, own in zip(asked, odds)])
