"""Hold a plan against its map: tasks, indicators, places, and what has become of them."""
