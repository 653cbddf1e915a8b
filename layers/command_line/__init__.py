"""Ask without a screen: exports and analyses from a terminal, strictly."""
