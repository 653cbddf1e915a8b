"""Show how places are spread over the districts."""
