"""Ask those who know about places, on sheets, and read their answers back."""
