//! The `phext-paper` command.

fn main() {}
