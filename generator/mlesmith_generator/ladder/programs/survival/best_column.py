# The single best column: events for the time lived through in each of its bins.
table, times, events = ready_table()


def bins_of(values):
    """Codes of quantile bins; missing values have one of their own."""
    edges = np.unique(np.nanquantile(values[: table.size], np.linspace(0, 1, 9)[1:-1]))
    return np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="right"))


def rates(codes, times, events):
    """Events per unit of time in each bin, pulled to the overall rate."""
    width = codes.max() + 1
    overall = events.sum() / max(times.sum(), 1e-12)
    lived = np.bincount(codes[: len(times)], times, width)
    return (np.bincount(codes[: len(times)], events, width) + 3 * overall * times.mean()) / (
        lived + 3 * times.mean() + 1e-12
    )


has_values = ~np.isnan(table.split(table.numbers)[0]).all(axis=0)
binned = [
    (source, bins_of(table.numbers[:, place]))
    for place, source in enumerate(table.number_sources)
    if has_values[place]
]
binned += [
    (source, np.minimum(as_codes(words), 30))
    for source, words in zip(table.category_sources, table.categories)
]
half = table.size // 2
found = [
    concordance(times[half:], events[half:], rates(codes, times[:half], events[:half])[codes[half : table.size]])
    for _, codes in binned
]
nothing = ("", np.zeros(len(table.numbers), int))
best, codes = binned[int(np.argmax(found))] if found else nothing
print(f"best column: {best!r}")
write_submission(table.ids, rates(codes, times, events)[codes[table.size :]])
