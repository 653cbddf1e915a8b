"""Take in a stranger's file: open, diagnose, propose, read; every row ends in one account."""
