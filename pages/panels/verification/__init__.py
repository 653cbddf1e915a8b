"""Hand out verification sheets, and take them back."""
