# The one column that orders training groups best, upwards or downwards.
table = Table()
groups = groups_of(table)
seen, asked = table.split(within(standard_matrix(table), groups))
told = gains(table.answers, groups[: table.size])
strength = seen.T @ (told - told.mean())
best = int(np.argmax(np.abs(strength)))
write_submission(table.ids, np.sign(strength[best]) * asked[:, best])
