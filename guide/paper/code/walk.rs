//! A walk along a ring.

// ANCHOR: walk
fn walk(ring: &[u32]) -> u32 {
    ring.iter().sum() // every chip
}
// ANCHOR_END: walk
