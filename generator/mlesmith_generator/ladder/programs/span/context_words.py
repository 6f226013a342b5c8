# The words around: what stands before the start and after the end of answers, by smoothed counts.
known, ids, asked = read_task()
borders = Borders(known)
write_submission(ids, [best_piece(text, borders.scores(text)) for text in asked])
