# What is unusual: pixels that differ from their surroundings, weighed by where marks are frequent.
scenes = Scenes()
grey = scenes.grey()
near, far = ndimage.gaussian_filter(grey, (0, 1.5, 1.5)), ndimage.gaussian_filter(grey, (0, 12, 12))
rough = np.sqrt(ndimage.gaussian_filter((grey - far) ** 2, (0, 16, 16))) + 0.02
shares = np.clip(np.abs(near - far) / rough / 4, 0, 1)
place = ndimage.gaussian_filter(scenes.masks.mean(axis=0), 6)
shares = shares * (0.5 + 0.5 * place / (place.max() + 1e-9))
line = best_line(shares[: scenes.size], scenes.masks)
write_masks(scenes, shares[scenes.size :], line)
