"""Say what the atlas shows, how it is drawn, and how it is handed over."""

__version__ = "0.1.0"
