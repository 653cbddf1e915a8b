"""Make everything that goes to a meeting, and each file of what is on the screen."""
