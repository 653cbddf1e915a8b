"""What lies in a shape that the reader draws on the map."""
