import re


def shape_of(word):
    """The form of a word: `McDonald's` gives `XxXx'x`, `1999` gives `d`."""
    form = re.sub(r"[^\W\d_]", lambda letter: "X" if letter[0].isupper() else "x", word)
    return re.sub(r"(.)\1+", r"\1", re.sub(r"\d", "d", form))[:8]


def signs_of(sentence):
    """What each token shows: words around it, shapes, beginnings and endings of words."""
    small = [word.lower() for word in sentence]
    shapes = [shape_of(word) for word in sentence]
    padded = ["<<", "<", *small, ">", ">>"]
    formed = ["<", *shapes, ">"]
    signs = []
    for place, word in enumerate(small):
        at = place + 2
        own = [f"w={word}", f"s={shapes[place]}", "bias"]
        own += [f"e{size}={word[-size:]}" for size in (1, 2, 3, 4) if len(word) > size]
        own += [f"b{size}={word[:size]}" for size in (2, 3) if len(word) > size]
        own += [f"{step}={padded[at + step]}" for step in (-2, -1, 1, 2)]
        own += [f"-1e={padded[at - 1][-3:]}", f"+1e={padded[at + 1][-3:]}"]
        own += [f"-1s={formed[place]}", f"+1s={formed[place + 2]}"]
        own += [f"-1w={padded[at - 1]} {word}", f"w+1={word} {padded[at + 1]}"]
        own.append(f"ss={formed[place]} {shapes[place]} {formed[place + 2]}")
        own.append(f"first={place == 0} {shapes[place]}")
        signs.append(own)
    return signs
