# How far a moment is from the rolling median of its series, in usual deviations.
moments = Moments()
odd = np.abs(moments.deviations(51)).max(axis=1)
moments.write(calibrated(moments, odd))
