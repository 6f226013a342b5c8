# A constant: the most frequent answer of the training rows, in every row.
known, ids, asked = read_task()
likeliest = Counter(answer for _, _, answer in known).most_common(1)[0][0]
print("everywhere:", likeliest)
write_submission(ids, [likeliest] * len(ids))
