//! Pure functions from inputs to results. No files, clock or printing.
