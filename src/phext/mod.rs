//! Coordinates and delimiters of phext text.
