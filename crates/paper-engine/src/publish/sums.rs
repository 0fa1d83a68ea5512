//! `SHA256SUMS`: one line for each file, as `sha256sum --check` reads it.

use std::collections::BTreeMap;

use crate::pipeline::FileDigest;

/// Where the sums stand in a bundle.
pub const SUMS_FILE: &str = "SHA256SUMS";

/// Returns the sums of some files, in order of their paths.
pub fn write(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    files
        .iter()
        .map(|(path, bytes)| format!("{}  {path}\n", FileDigest::of(bytes).sha256))
        .collect::<String>()
        .into_bytes()
}

/// Returns the sum of each path.
///
/// # Errors
/// The number of the first line that is no sum.
pub fn read(text: &str) -> Result<BTreeMap<String, String>, usize> {
    let mut sums = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let (sum, path) = line.split_once("  ").ok_or(index + 1)?;
        if sum.len() != 64 || !sum.bytes().all(|byte| byte.is_ascii_hexdigit()) || path.is_empty() {
            return Err(index + 1);
        }
        sums.insert(path.to_owned(), sum.to_owned());
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let files = BTreeMap::from([("b/c.txt".to_owned(), b"abc".to_vec()), ("a".to_owned(), Vec::new())]);
        let text = String::from_utf8(write(&files)).unwrap();
        // FIPS 180-4, the sums of the empty text and of `abc`.
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(text, format!("{empty}  a\n{abc}  b/c.txt\n"));
        let sums = read(&text).unwrap();
        assert_eq!((sums["a"].as_str(), sums["b/c.txt"].as_str()), (empty, abc));
        assert_eq!(read(&format!("{text}nonsense\n")), Err(3));
    }
}
