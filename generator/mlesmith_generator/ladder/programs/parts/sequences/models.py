import numpy as np
from scipy.special import softmax
from sklearn.linear_model import RidgeClassifierCV, RidgeCV


def voted(distance, answers, neighbours):
    """Answers of the nearest training rows, weighted; distance is (asked, seen)."""
    neighbours = min(neighbours, distance.shape[1])
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :neighbours]
    near = np.take_along_axis(distance, nearest, axis=1)
    weight = 1 / (near + 0.1 * near.mean(axis=1, keepdims=True) + 1e-9)
    weight = weight / weight.sum(axis=1, keepdims=True)
    if KIND == "number":
        return (answers[nearest] * weight).sum(axis=1)
    return (np.eye(len(CLASSES))[answers][nearest] * weight[:, :, None]).sum(axis=1)


def warped(one, many, reach):
    """Dynamic time warping of one series to many of the same length, within a band (Sakoe-Chiba).

    `one` is (channels, length), `many` (rows, channels, length); gives (rows,).
    """
    length = one.shape[1]
    before = np.full((length + 1, len(many)), np.inf)
    before[0] = 0.0
    for step in range(length):
        now = np.full((length + 1, len(many)), np.inf)
        low, high = max(0, step - reach), min(length, step + reach + 1)
        costs = ((many[:, :, low:high] - one[:, step][None, :, None]) ** 2).sum(axis=1)
        for place in range(low, high):
            best = np.minimum(np.minimum(before[place], before[place + 1]), now[place])
            now[place + 1] = best + costs[:, place - low]
        before = now
    return before[length]


def kernels(matrix, number=400):
    """Responses to random convolutional kernels: the largest, and the share above the bias.

    After Dempster, Petitjean and Webb (2020); `matrix` is (rows, channels, length).
    """
    random = np.random.default_rng(SEED)
    rows, channels, length = matrix.shape
    found = []
    for _ in range(number):
        size = int(random.choice([7, 9, 11]))
        size = min(size, length)
        most = max(0, int(np.log2(max(1, (length - 1) / max(1, size - 1)))))
        apart = int(2 ** random.uniform(0, most)) if most else 1
        chosen = random.choice(channels, min(channels, 1 + int(random.integers(0, 3))), replace=False)
        weights = random.normal(0, 1, (len(chosen), size))
        weights -= weights.mean(axis=1, keepdims=True)
        reach = (size - 1) * apart
        padded = np.pad(matrix[:, chosen], ((0, 0), (0, 0), (reach // 2, reach // 2)))
        width = padded.shape[2] - reach
        answer = np.zeros((rows, width))
        for step in range(size):
            part = padded[:, :, step * apart : step * apart + width]
            answer += np.einsum("rcw,c->rw", part, weights[:, step])
        bias = np.quantile(answer[int(random.integers(0, rows))], random.uniform(0.1, 0.9))
        found += [answer.max(axis=1), (answer > bias).mean(axis=1)]
    return np.array(found).T


def ridge(seen, answers, asked):
    """Ridge regression, its strength chosen by leave-one-out; for classes on margins."""
    strengths = np.logspace(-2, 4, 13)
    if KIND == "number":
        forward, back = scale_of(answers)
        return back(RidgeCV(alphas=strengths).fit(seen, forward(answers)).predict(asked))
    if len(np.unique(answers)) == 1:
        return np.eye(len(CLASSES))[np.full(len(asked), answers[0])]
    model = RidgeClassifierCV(alphas=strengths).fit(seen, answers)
    margins = model.decision_function(asked)
    margins = np.column_stack([-margins, margins]) if margins.ndim == 1 else margins
    shares = np.zeros((len(asked), len(CLASSES)))
    shares[:, model.classes_] = softmax(3 * margins, axis=1)
    return shares


def intervals(matrix, number=120):
    """Mean, spread and slope of random stretches of the series: (rows, 3 number)."""
    random = np.random.default_rng(SEED)
    _, channels, length = matrix.shape
    blocks = []
    for _ in range(number):
        size = int(random.integers(3, max(4, length // 2 + 1)))
        first = int(random.integers(0, max(1, length - size)))
        part = matrix[:, int(random.integers(0, channels)), first : first + size]
        place = np.linspace(-1, 1, part.shape[1])
        blocks += [part.mean(axis=1), part.std(axis=1), part @ place / len(place)]
    return np.array(blocks).T
