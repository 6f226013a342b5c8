# What others gave the same item, pulled to the overall mean where there are few of them.
ratings = Ratings()
rest = ratings.answers - ratings.mean
of_item = averages(ratings.seen(ratings.items), rest, ratings.shape[1], 4.0)
write_submission(ratings, ratings.mean + ratings.asked(of_item[ratings.items]))
