# The most similar training series, point by point, all stretched to one length.
cases = Cases()
flat = cases.even(100).reshape(len(cases.series), -1)
seen, asked = cases.split(standardised(flat))
distance = (asked**2).sum(axis=1)[:, None] - 2 * asked @ seen.T + (seen**2).sum(axis=1)[None, :]
distance = np.sqrt(np.maximum(distance, 0))
write_submission(cases.ids, finish(voted(distance, cases.answers, 3), cases.answers))
