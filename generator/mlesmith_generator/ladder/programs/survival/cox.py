# Cox's proportional hazards with a ridge penalty, on standardised and one-hot columns.
table, times, events = ready_table()
seen, asked = table.split(standard_matrix(table, most_levels=12, most_columns=60))
best, held = 3.0, -1.0
half = folds_of(len(times), 3) == 0
for weight in (1.0, 10.0, 60.0):
    risks = cox(seen[~half], times[~half], events[~half], seen[half], weight)
    reached = concordance(times[half], events[half], risks)
    if reached > held:
        best, held = weight, reached
print(f"penalty {best:g}, concordance {held:.4f} on a third of the training rows")
write_submission(table.ids, cox(seen, times, events, asked, best))
