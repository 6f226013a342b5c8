# Known phrases: the answer of the training rows that stands in the text most tellingly.
known, ids, asked = read_task()
answered = Counter(" ".join(text.small[a : b + 1]) for text, _, (a, b) in known)
seen = Counter()
most = max(phrase.count(" ") + 1 for phrase in answered)
most = min(most, 12)


def phrases(text):
    for first in range(len(text.small)):
        for last in range(first, min(first + most, len(text.small))):
            yield " ".join(text.small[first : last + 1]), first, last


for text, _, _ in known:
    seen.update({phrase for phrase, _, _ in phrases(text) if phrase in answered})
told = []
for text in asked:
    found = [
        (answered[phrase] / (seen[phrase] + 1) * (1 + 0.1 * (last - first)), first, last)
        for phrase, first, last in phrases(text)
        if phrase in answered
    ]
    told.append(text.piece(*max(found)[1:]) if found else text.text)
write_submission(ids, told)
