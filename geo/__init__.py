"""Answer spatial questions with pure functions: frames and arrays in, frames and arrays out."""
