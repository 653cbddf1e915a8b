"""What the attacks are made with: processes, kills, files, sessions."""
