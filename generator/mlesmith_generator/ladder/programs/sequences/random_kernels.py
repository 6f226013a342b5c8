# Random convolutional kernels and a ridge on their responses (after ROCKET).
cases = Cases()
even = cases.even()
number = int(np.clip(3e9 / (even.size * 20), 150, 500))
responses = np.hstack([kernels(scaled(even), number), described(cases)])
seen, asked = cases.split(standardised(responses))
write_submission(cases.ids, finish(ridge(seen, cases.answers, asked), cases.answers))
