"""Draw the parts of the page of the plan."""
