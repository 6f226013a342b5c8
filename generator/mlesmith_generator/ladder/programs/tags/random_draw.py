# Chance: each token gets a tag as often as training has it.
_, tagged, ids, asked = read_task(most_tokens=200_000)
counts = Counter(tag for tags in tagged for tag in tags)
names, shares = list(counts), np.array(list(counts.values())) / sum(counts.values())
random = np.random.default_rng(SEED)
write_submission(ids, [list(random.choice(names, len(sentence), p=shares)) for sentence in asked])
