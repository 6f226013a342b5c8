import numpy as np


def notes(path):
    """The notes of a standard MIDI file: (notes, 5) of start and length in seconds, pitch from 0
    to 127, force from 0 to 1 and channel."""
    with open(path, "rb") as file:
        data = file.read()
    ticks = int.from_bytes(data[12:14], "big") or 1
    found, tempi, at = [], [(0, 500_000)], 8 + int.from_bytes(data[4:8], "big")
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "big")
        if data[at : at + 4] == b"MTrk":
            read_track(data[at + 8 : at + 8 + size], found, tempi)
        at += 8 + size
    if not found:
        return np.zeros((1, 5))
    seconds = clock(sorted(tempi), ticks)
    table = np.array(sorted(found), float)
    starts, ends = seconds(table[:, 0]), seconds(table[:, 1])
    return np.column_stack([starts, ends - starts, table[:, 2], table[:, 3] / 127, table[:, 4]])


def read_track(track, found, tempi):
    """Add the notes (start, end, pitch, force, channel) and tempi (moment, length of a beat)."""
    at, moment, status, sounding = 0, 0, 0, {}
    while at < len(track):
        step, at = number(track, at)
        moment += step
        if at < len(track) and track[at] >= 0x80:
            status, at = track[at], at + 1
        if status == 0xFF:
            kind = track[at] if at < len(track) else 0
            size, at = number(track, at + 1)
            if kind == 0x51:
                tempi.append((moment, int.from_bytes(track[at : at + size], "big") or 500_000))
            at += size
        elif status in (0xF0, 0xF7):
            size, at = number(track, at)
            at += size
        else:
            size = 1 if status & 0xF0 in (0xC0, 0xD0) else 2
            values = track[at : at + size]
            at += size
            if status & 0xF0 not in (0x80, 0x90) or len(values) < 2:
                continue
            key = (status & 0x0F, values[0])
            if key in sounding:
                start, force = sounding.pop(key)
                found.append((start, moment, values[0], force, key[0]))
            if status & 0xF0 == 0x90 and values[1]:
                sounding[key] = moment, values[1]


def number(track, at):
    """A number of variable length, seven bits a byte; and where it ends."""
    value = 0
    while at < len(track):
        value, at = value << 7 | track[at] & 0x7F, at + 1
        if track[at - 1] < 0x80:
            break
    return value, at


def clock(tempi, ticks):
    """A function from moments in ticks to seconds."""
    moments = np.array([moment for moment, _ in tempi], float)
    beats = np.array([beat for _, beat in tempi], float) / 1e6 / ticks
    passed = np.concatenate([[0], np.cumsum(np.diff(moments) * beats[:-1])])

    def seconds(values):
        place = np.searchsorted(moments, values, side="right") - 1
        return passed[place] + (values - moments[place]) * beats[place]

    return seconds


def summary(piece):
    """How fast, loud, high and long: a handful of numbers."""
    start, length, pitch, force = piece[:, :4].T
    whole = max(float((start + length).max()), 1e-3)
    return [
        np.log(len(piece) / whole + 1e-3), np.log(np.median(length) + 1e-3), pitch.mean(),
        pitch.std(), force.mean(), force.std(), np.log(whole),
    ]


def modes(piece):
    """Shares of the twelve tones above the likeliest keynote, and how major the piece is."""
    _, length, pitch = piece[:, :3].T
    shares = np.bincount(pitch.astype(int) % 12, np.maximum(length, 0.01), 12)
    shares = shares / shares.sum()
    major = np.array([6.4, 2.2, 3.5, 2.3, 4.4, 4.1, 2.5, 5.2, 2.4, 3.7, 2.3, 2.9])
    minor = np.array([6.3, 2.7, 3.5, 5.4, 2.6, 3.5, 2.5, 4.8, 4.0, 2.7, 3.3, 3.2])
    fits = [[float(np.corrcoef(np.roll(form, key), shares)[0, 1]) for key in range(12)] for form in (major, minor)]
    keynote = int(np.argmax(np.max(fits, axis=0)))
    return [*np.roll(shares, -keynote), max(fits[0]), max(fits[1]), max(fits[0]) - max(fits[1])]


def steps(piece):
    """Intervals of the highest voice, and how many notes sound together."""
    start, length, pitch = piece[:, :3].T
    moments = np.unique(start.round(2))
    top = np.array([pitch[start.round(2) == moment].max() for moment in moments[:2_000]])
    leaps = np.clip(np.diff(top), -12, 12) if len(top) > 1 else np.zeros(1)
    shares = np.histogram(leaps, [-13, -7.5, -4.5, -2.5, -0.5, 0.5, 2.5, 4.5, 7.5, 13])[0] / len(leaps)
    together = len(piece) / len(moments)
    gaps = np.diff(moments) if len(moments) > 1 else np.ones(1)
    return [*shares, np.abs(leaps).mean(), together, np.log(np.median(gaps) + 1e-3), gaps.std() / gaps.mean()]


def glance(files):
    """What one hears at once."""
    return np.array([summary(notes(path)) for path in files.paths])


def raster(files, moments=24, lanes=12):
    """A piano roll: how much sounds in each lane of pitches over time, stretched to one length."""
    rows = []
    for path in files.paths:
        piece = notes(path)
        whole = max(float(piece[:, 0].max()), 1e-3)
        column = np.minimum((piece[:, 0] / whole * moments).astype(int), moments - 1)
        lane = np.clip((piece[:, 2].astype(int) - 24) // 6, 0, lanes - 1)
        weight = np.log1p(np.maximum(piece[:, 1], 0.01)) * (piece[:, 3] + 0.1)
        rows.append(np.sqrt(np.bincount(column * lanes + lane, weight, moments * lanes)))
    return np.array(rows)


def describe(files):
    """Summary, keys and modes, intervals; and the summary of each third."""
    rows = []
    for path in files.paths:
        piece = notes(path)
        thirds = np.array_split(piece, 3) if len(piece) >= 12 else [piece] * 3
        parts = [summary(piece), modes(piece), steps(piece), *(summary(third) for third in thirds)]
        rows.append(np.concatenate(parts))
    return np.nan_to_num(np.array(rows))
