import numpy as np


def alike(one, other):
    return abs(one - other) <= max(1.0, 0.06 * other)


def cycle_of(past, known):
    """Steps of the clearest cycle that the past shows and no calendar tells; 0 where there is none.

    It is the first lag at which the mean autocorrelation has a peak about as high as any, after a
    trough well below.
    """
    steps = min(map(len, past))
    if steps < 8:
        return 0
    total = np.zeros(steps)
    for y in past[:: max(1, len(past) // 60)]:
        time = np.arange(steps) - (steps - 1) / 2
        rest = y[len(y) - steps :] - y[len(y) - steps :].mean()
        rest = rest - (rest @ time) / (time @ time) * time
        power = np.abs(np.fft.rfft(rest / max(np.sqrt((rest**2).sum()), 1e-12), 2 * steps)) ** 2
        total += np.fft.irfft(power)[:steps] * steps / (steps - np.arange(steps))
    total /= total[0] or 1.0
    lowest = np.minimum.accumulate(total)
    peaks = []
    for lag in range(4, steps // 3):
        width = max(1, lag // 8)
        around = total[max(1, lag - width) : lag + width + 1].max()
        if total[lag] >= max(around, 0.25) and total[lag] - lowest[lag] >= 0.3:
            peaks.append(lag)
    if not peaks:
        return 0
    highest = max(total[lag] for lag in peaks)
    best = next(lag for lag in peaks if total[lag] >= 0.85 * highest)
    shown = [
        cycle
        for cycle in known
        if alike(best, 2 * cycle) or any(alike(lag, cycle) for lag in peaks)
    ]
    return 0 if any(alike(best, cycle * max(1, round(best / cycle))) for cycle in shown) else best
