# The most similar training series when time may be stretched a little (dynamic time warping).
cases = Cases()
length = int(np.clip(np.median([len(case[0]) for case in cases.series]), 8, 50))
seen, asked = cases.split(scaled(cases.even(length)))
answers = cases.answers
most = int(np.clip(6_000_000 // (len(asked) * length), 60, 1_500))  # As many as seconds allow.
kept = np.random.default_rng(SEED).permutation(len(seen))[:most]
distance = np.sqrt(np.array([warped(case, seen[kept], max(2, length // 10)) for case in asked]))
write_submission(cases.ids, finish(voted(distance, answers[kept], 3), answers))
