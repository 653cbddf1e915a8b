"""Join a table to the districts that its rows name, and take its figures."""
