"""Turn a folder of files into a city."""
