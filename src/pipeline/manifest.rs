//! `build/manifest.json`: the hashes of everything read and written.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::cache::hex;
use super::stages::Inputs;

/// Names the inputs and outputs of a build with their SHA-256 and size.
pub fn manifest(root: &Path, inputs: &Inputs, files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let entry = |bytes: &[u8]| json!({"sha256": hex(&Sha256::digest(bytes)), "bytes": bytes.len()});
    let read = inputs.files().into_iter().filter_map(|file| {
        let bytes = std::fs::read(root.join(&file)).ok()?;
        Some((file.to_string_lossy().into_owned(), entry(&bytes)))
    });
    let manifest = json!({
        "program": {"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")},
        "inputs": read.collect::<BTreeMap<_, _>>(),
        "outputs": files.iter().map(|(path, bytes)| (path, entry(bytes))).collect::<BTreeMap<_, _>>(),
    });
    let mut text = format!("{manifest:#}").into_bytes();
    text.push(b'\n');
    text
}
