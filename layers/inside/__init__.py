"""What lies in a shape that the reader has drawn."""
