"""How the tasks of a dataset came to be, told afterwards: as text and as a page."""
