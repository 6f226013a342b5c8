# Averages: how near a file is to the average file of each class, or of low and high answers.
files = Files()
seen, asked = files.split(standardised(raster(files)))
if KIND == "number":
    edges = np.quantile(files.answers, [0.2, 0.4, 0.6, 0.8])
    groups = np.searchsorted(edges, files.answers)
else:
    groups = files.answers
names = np.unique(groups)
centres = np.array([seen[groups == name].mean(axis=0) for name in names])


def nearness(rows):
    return -np.sqrt(((rows[:, None, :] - centres) ** 2).mean(axis=2))


near = standardised(np.vstack([nearness(seen), nearness(asked)]))
prediction = linear(near[: len(seen)], files.answers, near[len(seen) :])
write_submission(files.ids, finish(prediction, files.answers))
