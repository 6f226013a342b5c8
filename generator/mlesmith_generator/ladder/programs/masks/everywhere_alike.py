# Everywhere alike: the pixels that are marked in most training pictures, in every picture.
scenes = Scenes()
shares = np.repeat(scenes.masks.mean(axis=0)[None], scenes.size, axis=0)
line = best_line(shares, scenes.masks)
write_masks(scenes, np.repeat(shares[:1], len(scenes.ids), axis=0), line)
