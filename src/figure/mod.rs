//! Facts to SVG drawings.
