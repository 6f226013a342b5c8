# Frequent boxes: middles of clusters of the training boxes, the most frequent first.
from sklearn.cluster import KMeans

scenes = Scenes()
_, places, labels = scenes.largest()
clusters = KMeans(min(4, len(places)), n_init=4, random_state=SEED).fit(places)
shares = np.bincount(clusters.labels_) / len(places)
label = most_frequent(labels)
found = [(label, share, *middle) for share, middle in zip(shares, clusters.cluster_centers_)]
write_boxes(scenes, [found] * len(scenes.ids))
