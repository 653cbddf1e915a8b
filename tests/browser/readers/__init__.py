"""What a reader keeps, enters, sends and brings along."""
