"""Files by which any web server answers as OGC API Features and Records do."""
