"""Present a story: on the wall, to its speaker, and to who makes it."""
