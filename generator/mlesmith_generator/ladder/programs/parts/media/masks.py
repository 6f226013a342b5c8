import csv
import sys

import numpy as np
from PIL import Image
from scipy import ndimage
from threadpoolctl import threadpool_limits

csv.field_size_limit(sys.maxsize)
threadpool_limits(1)  # Many small calls: threads would only wait for each other.
SIDE = 64


class Scenes:
    """Pictures with masks: training pictures first; masks are shares of small squares of 64 x 64."""

    def __init__(self, most=400):
        seen, asked = read_rows("input/train.csv")[:most], read_rows("input/test.csv")
        self.ids, self.size = [row[ID] for row in asked], len(seen)
        rows = [*seen, *asked]
        self.paths = ["input/" + row[MEDIA] for row in rows]
        self.sizes = [(int(row[HEIGHT]), int(row[WIDTH])) for row in rows]
        self.masks = np.array([shrunk(row[TARGET], size) for row, size in zip(seen, self.sizes)])

    def grey(self):
        """All pictures in grey levels from 0 to 1, (pictures, 64, 64)."""
        found = []
        for path in self.paths:
            with Image.open(path) as picture:
                small = picture.convert("L").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
            found.append(np.asarray(small, "f4") / 255)
        return np.array(found)


def read_rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def shrunk(text, size):
    """Runs `start length …` as a small picture of shares."""
    flat = np.zeros(size[0] * size[1], np.uint8)
    numbers = list(map(int, text.split()))
    for start, length in zip(numbers[::2], numbers[1::2]):
        flat[start : start + length] = 255
    whole = Image.fromarray(flat.reshape(size))
    return np.asarray(whole.resize((SIDE, SIDE), Image.Resampling.BOX), "f4") / 255


def runs(mask):
    """A full mask of truth values as `start length …`."""
    flat = np.concatenate([[0], mask.ravel().astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(flat))
    return " ".join(f"{a} {b - a}" for a, b in zip(edges[::2], edges[1::2]))


def write_masks(scenes, shares, line):
    """Write masks: small pictures of shares, made as large as the picture, cut at a line."""
    with open("submission.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([ID, TARGET])
        for name, size, small in zip(scenes.ids, scenes.sizes[scenes.size :], shares):
            grey = Image.fromarray((np.clip(small, 0, 1) * 255).astype(np.uint8))
            large = np.asarray(grey.resize((size[1], size[0]), Image.Resampling.BILINEAR))
            writer.writerow([name, runs(large > line * 255)])


def best_line(shares, masks):
    """The line at which shares make the best masks of training pictures, by their mean overlap."""
    lines = np.unique(np.concatenate([np.linspace(0.05, 0.95, 19), [1.1]]))
    return max(lines, key=lambda line: overlap(shares > line, masks > 0.5))


def overlap(one, other):
    both = (one & other).sum(axis=(1, 2))
    either = one.sum(axis=(1, 2)) + other.sum(axis=(1, 2))
    return np.mean(np.where(either == 0, 1.0, 2 * both / np.maximum(either, 1)))


def local(grey):
    """What a pixel shows with its surroundings: (pictures, 64, 64, features)."""
    layers = [grey, *(ndimage.gaussian_filter(grey, (0, s, s)) for s in (1, 3, 8, 20))]
    layers += [layers[1] - layers[3], layers[2] - layers[4]]
    layers += [np.sqrt(ndimage.gaussian_filter((grey - layers[2]) ** 2, (0, s, s))) for s in (2, 6)]
    layers += [np.hypot(ndimage.sobel(layers[1], 1), ndimage.sobel(layers[1], 2))]
    whole = grey.mean(axis=(1, 2), keepdims=True)
    spread = grey.std(axis=(1, 2), keepdims=True) + 1e-3
    layers += [(layers[1] - whole) / spread, (layers[2] - whole) / spread]
    across = np.broadcast_to(np.linspace(0, 1, SIDE), grey.shape)
    return np.stack([*layers, across, np.swapaxes(across, 1, 2)], axis=3)


def drawn(features, masks, most=120_000):
    """Pixels of training pictures, marked ones drawn more often; their features and answers."""
    flat, truth = features.reshape(-1, features.shape[3]), masks.ravel() > 0.5
    draws = np.random.default_rng(SEED)
    marked, others = np.flatnonzero(truth), np.flatnonzero(~truth)
    chosen = np.concatenate([
        draws.permutation(marked)[: most // 2], draws.permutation(others)[: most // 2]
    ])
    return flat[chosen], truth[chosen]


def folds_of(rows, folds):
    """The fold of every row, drawn with the seed."""
    return np.random.default_rng(SEED).permutation(rows) % folds
