"""Hold what every spatial question needs: errors, schemas, reference systems, points, threads."""
