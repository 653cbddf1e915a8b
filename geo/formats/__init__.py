"""Turn frames into bytes and bytes into frames."""
