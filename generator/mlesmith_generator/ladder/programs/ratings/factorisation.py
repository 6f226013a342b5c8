# Beside the biases: a matrix factorisation by alternating least squares.
ratings = Ratings()
write_submission(ratings, ratings.asked(factors(ratings)))
