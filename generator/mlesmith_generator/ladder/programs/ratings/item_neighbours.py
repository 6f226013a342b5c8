# Beside the biases: what the user said of the items most alike.
ratings = Ratings()
write_submission(ratings, ratings.asked(neighbours(ratings)))
