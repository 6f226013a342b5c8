import numpy as np
from PIL import Image


def pixels(path, side):
    """A picture as numbers from 0 to 1: (side, side, 3)."""
    with Image.open(path) as picture:
        small = picture.convert("RGB").resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(small, "f4") / 255


def glance(files):
    """What one sees from far away: mean and spread of each colour."""
    rows = []
    for path in files.paths:
        picture = pixels(path, 16).reshape(-1, 3)
        rows.append(np.concatenate([picture.mean(axis=0), picture.std(axis=0)]))
    return np.array(rows)


def raster(files, side=16):
    """Small pictures, one a row."""
    return np.array([pixels(path, side).ravel() for path in files.paths])


def describe(files):
    """Directions of edges by place, colours, and local patterns."""
    return np.array([described(pixels(path, 48)) for path in files.paths])


def described(picture):
    grey = picture.mean(axis=2)
    return np.concatenate([edges(grey), colours(picture), patterns(grey)])


def edges(grey, size=8, ways=6):
    """Histograms of oriented gradients (Dalal and Triggs, 2005): square cells, in blocks of four.

    Each gradient counts for the two directions nearest to it, and each block is brought to one
    length, so that light and contrast do not matter.
    """
    down, right = np.gradient(np.sqrt(grey))
    strength, way = np.hypot(down, right), (np.arctan2(down, right) % np.pi) / np.pi * ways
    low = np.floor(way)
    cells, place = len(grey) // size, np.arange(len(grey)) // size
    cell = (place[:, None] * cells + place) * ways
    sums = sum(
        np.bincount((cell + code.astype(int) % ways).ravel(), (strength * share).ravel(), cells**2 * ways)
        for code, share in ((low, 1 - way + low), (low + 1, way - low))
    )
    table, last = sums.reshape(cells, cells, ways), cells - 1
    corners = [table[a : last + a, b : last + b] for a in (0, 1) for b in (0, 1)]
    return of_one_length(np.minimum(of_one_length(np.concatenate(corners, axis=2)), 0.2)).ravel()


def of_one_length(blocks):
    return blocks / np.sqrt((blocks**2).sum(axis=2, keepdims=True) + 1e-3)


def colours(picture, steps=4):
    """Shares of coarse colours, whole and in the middle, and means by quarter."""
    codes = np.minimum((picture * steps).astype(int), steps - 1) @ np.array([steps**2, steps, 1])
    side = len(picture)
    middle = codes[side // 4 : -side // 4, side // 4 : -side // 4]
    shares = [np.bincount(part.ravel(), minlength=steps**3) / part.size for part in (codes, middle)]
    half = side // 2
    quarters = [picture[a : a + half, b : b + half].mean(axis=(0, 1)) for a in (0, half) for b in (0, half)]
    return np.concatenate([np.sqrt(np.concatenate(shares)), *quarters, picture.std(axis=(0, 1))])


def patterns(grey):
    """How often each pattern of brighter and darker neighbours occurs, up to rotation."""
    middle = grey[1:-1, 1:-1]
    around = [(0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0)]
    high, wide = middle.shape
    bits = np.array([grey[a : a + high, b : b + wide] > middle + 0.01 for a, b in around])
    changes = (bits != np.roll(bits, 1, axis=0)).sum(axis=0)
    codes = np.where(changes <= 2, bits.sum(axis=0), 9)
    return np.sqrt(np.bincount(codes.ravel(), minlength=10) / codes.size)
