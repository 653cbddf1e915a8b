"""Count the places of a table: by district, and in pairs."""
