# A constant: the one tag for every token that scores best on the training rows.
_, tagged, ids, asked = read_task(most_tokens=100_000)
common = [tag for tag, _ in Counter(tag for tags in tagged for tag in tags).most_common(12)]
best = max(common, key=lambda tag: score(tagged, [[tag] * len(tags) for tags in tagged]))
print("every token is", best)
write_submission(ids, [[best] * len(sentence) for sentence in asked])
