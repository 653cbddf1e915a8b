"""Keep what readers enter after the pack was built: entries, their chain, their database."""
