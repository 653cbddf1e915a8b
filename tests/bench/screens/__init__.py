"""Parts that drive a browser or a screen."""
