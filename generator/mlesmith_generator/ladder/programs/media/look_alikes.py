# Look-alikes: the average answer of the most similar training files.
files = Files()
seen, asked = files.split(standardised(raster(files)))
targets = as_targets(files.answers)
neighbours = int(np.clip(np.sqrt(len(seen)) / 3, 1, 15))
distance = (seen**2).sum(axis=1) - 2 * asked @ seen.T + (asked**2).sum(axis=1)[:, None]
nearest = np.argpartition(distance, neighbours - 1, axis=1)[:, :neighbours]
shares = targets[nearest].mean(axis=1)
if KIND == "number":
    prediction = shares[:, 0]
else:
    prediction = (shares * neighbours + targets.mean(axis=0)) / (neighbours + 1)
write_submission(files.ids, finish(prediction, files.answers))
