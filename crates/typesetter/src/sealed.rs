//! Files of a cache, each behind its digest, so that a damaged one counts as none.

use sha2::{Digest, Sha256};

/// Returns bytes as they are stored.
#[must_use]
pub fn seal(bytes: &[u8]) -> Vec<u8> {
    [Sha256::digest(bytes).as_slice(), bytes].concat()
}

/// Returns what was stored, if it is whole.
#[must_use]
pub fn unseal(mut stored: Vec<u8>) -> Option<Vec<u8>> {
    let bytes = (stored.len() >= Sha256::output_size()).then(|| stored.split_off(Sha256::output_size()))?;
    (stored == Sha256::digest(&bytes).as_slice()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_cut_changed_or_never_sealed_counts_as_none() {
        for bytes in [b"".as_slice(), b"result"] {
            let stored = seal(bytes);
            assert_eq!(unseal(stored.clone()).as_deref(), Some(bytes));
            for length in 0..stored.len() {
                assert_eq!(unseal(stored[..length].to_vec()), None);
                let mut changed = stored.clone();
                changed[length] ^= 1;
                assert_eq!(unseal(changed), None);
            }
        }
        assert_eq!(unseal(b"{\"facts\": 1, \"a file of an earlier version\": 2}".to_vec()), None);
    }
}
