# How far level and spread of the stretch around a moment are from the past of its series.
moments = Moments()
moments.write(calibrated(moments, moments.stretches()))
