# Gradient boosted trees, tuned: settings and number of rounds are chosen on validation rows.
table = Table()
matrix, categorical = tree_matrix(table)
seen, asked = table.split(matrix)
answers = table.answers

SETTINGS = [
    {"learning_rate": 0.1, "max_leaf_nodes": 12, "min_samples_leaf": 10, "l2_regularization": 1.0},
    {"learning_rate": 0.08, "max_leaf_nodes": 31, "min_samples_leaf": 20, "max_features": 0.5},
    {"learning_rate": 0.15, "max_leaf_nodes": 4, "min_samples_leaf": 5},
][: 3 if OUTPUTS < 4 else 2]


def errors_by_round(setting, scale, fitted, checked):
    """Validation error after every round: the metric's for numbers, log loss for classes."""
    forward, back = scale
    if KIND == "number":
        model = boosting(seen[fitted], forward(answers[fitted]), categorical, **setting)
        rounds = model.staged_predict(seen[checked])
        return [error(answers[checked], back(guess)) for guess in rounds]
    model = boosting(seen[fitted], answers[fitted], categorical, **setting)
    place = np.searchsorted(model.classes_, answers[checked])
    place = np.minimum(place, len(model.classes_) - 1)
    known = model.classes_[place] == answers[checked]
    rows = np.arange(len(checked))
    return [
        -np.log(np.maximum(np.where(known, shares[rows, place], 0), 1e-4)).mean()
        for shares in model.staged_predict_proba(seen[checked])
    ]


scale = scale_of(answers) if KIND == "number" else PLAIN
fold = folds_of(len(answers), 5)
cuts = range(3 if len(answers) < 800 and OUTPUTS < 4 else 1)


def tried(setting, scale):
    """Lowest validation error of a setting, averaged over the cuts, and its round."""
    curves = [
        errors_by_round(setting, scale, np.flatnonzero(fold != cut), np.flatnonzero(fold == cut))
        for cut in cuts
    ]
    curve = np.mean(curves, axis=0)
    return float(curve.min()), int(np.argmin(curve)) + 1, setting, scale


if only_one(answers):
    prediction = np.eye(len(CLASSES))[np.full(len(asked), answers[0])]
else:
    best = min([tried(setting, scale) for setting in SETTINGS], key=lambda one: one[0])
    if METRIC in ("rmse", "r2", "mae", "wape") and answers.min() >= 0:  # Perhaps logarithms suit better.
        other = LOGARITHM if scale is PLAIN else PLAIN
        best = min([best, tried(best[2], other)], key=lambda one: one[0])
    best_error, rounds, setting, (forward, back) = best
    print(f"chosen: {setting}, {rounds} rounds, validation error {best_error:.5g}")
    fitted = forward(answers) if KIND == "number" else answers
    model = boosting(seen, fitted, categorical, **{**setting, "max_iter": int(rounds * 1.1) + 1})
    prediction = back(model.predict(asked)) if KIND == "number" else shares_of(model, asked)
write_submission(table.ids, finish(prediction, answers))
