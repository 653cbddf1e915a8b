"""What is drawn and told of each of a reader's own points."""
