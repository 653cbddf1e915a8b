"""Put the map and its findings on paper and slides."""
