import csv
import sys

import numpy as np
from threadpoolctl import threadpool_limits

csv.field_size_limit(sys.maxsize)
threadpool_limits(1)


class Scenes:
    """Pictures with boxes: training pictures first; boxes are shares of the picture's size."""

    def __init__(self, most=1_500):
        seen, asked = read_rows("input/train.csv")[:most], read_rows("input/test.csv")
        self.ids, self.size = [row[ID] for row in asked], len(seen)
        rows = [*seen, *asked]
        self.paths = ["input/" + row[MEDIA] for row in rows]
        self.sizes = np.array([[float(row[WIDTH]), float(row[HEIGHT])] for row in rows])
        self.boxes = [read_boxes(row[TARGET], size) for row, size in zip(seen, self.sizes)]

    def split(self, matrix):
        """The training rows and the test rows of a matrix over all rows."""
        return matrix[: self.size], matrix[self.size :]

    def largest(self):
        """The largest box of each training picture: middle, width and height; and its label."""
        chosen = [max(boxes, key=lambda box: box[3] * box[4]) if boxes else None for boxes in self.boxes]
        kept = np.array([place for place, box in enumerate(chosen) if box is not None])
        places = np.array([chosen[place][1:] for place in kept])
        places[:, :2] += places[:, 2:] / 2
        return kept, places, [chosen[place][0] for place in kept]


def read_rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read_boxes(text, size):
    """Boxes as label, x, y, width and height, in shares of the picture."""
    parts = text.split()
    boxes = []
    for start in range(0, len(parts), 5):
        x, y, wide, high = map(float, parts[start + 1 : start + 5])
        boxes.append((parts[start], x / size[0], y / size[1], wide / size[0], high / size[1]))
    return boxes


def most_frequent(labels):
    return max(sorted(set(labels)), key=labels.count)


def write_boxes(scenes, found):
    """Write boxes given as (label, confidence, middle x, middle y, width, height) in shares."""
    with open("submission.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([ID, TARGET])
        for name, size, boxes in zip(scenes.ids, scenes.sizes[scenes.size :], found):
            parts = []
            for label, sure, x, y, wide, high in boxes:
                left, top = max(0.0, x - wide / 2), max(0.0, y - high / 2)
                right, bottom = min(1.0, x + wide / 2), min(1.0, y + high / 2)
                if right > left and bottom > top:
                    place = (left * size[0], top * size[1], (right - left) * size[0], (bottom - top) * size[1])
                    parts.append(f"{label} {min(max(sure, 0.0), 1.0):.4f} " + " ".join(f"{v:.2f}" for v in place))
            writer.writerow([name, " ".join(parts)])
