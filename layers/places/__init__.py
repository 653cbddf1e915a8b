"""Tell what is known of one place or district."""
