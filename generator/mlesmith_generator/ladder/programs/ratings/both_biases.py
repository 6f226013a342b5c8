# The overall mean, how strict the user is and how good the item is, fitted together.
ratings = Ratings()
write_submission(ratings, ratings.asked(told_by(ratings, *biases(ratings))))
