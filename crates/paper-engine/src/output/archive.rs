//! A folder of files as one `tar.gz` with the same bytes every time.

use std::collections::BTreeMap;
use std::io;

use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

/// Files carry this time, 1980-01-01, because some programs refuse earlier ones.
const TIME_SECONDS: u64 = 315_532_800;

/// The number by which gzip calls the operating system unknown.
const UNKNOWN_SYSTEM: u8 = 255;

/// Packs files by path, with no trace of who packed them, where or when.
///
/// # Errors
/// A path that is too long for the format.
pub fn archive(files: &BTreeMap<String, Vec<u8>>) -> io::Result<Vec<u8>> {
    let gzip = GzBuilder::new().mtime(0).operating_system(UNKNOWN_SYSTEM);
    let mut builder = Builder::new(gzip.write(Vec::new(), Compression::best()));
    for (path, bytes) in files {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(TIME_SECONDS);
        builder.append_data(&mut header, path, bytes.as_slice())?;
    }
    builder.into_inner()?.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read;

    #[test]
    fn files_come_back_and_nobody_owns_them() {
        let files = BTreeMap::from([
            ("a.tex".to_owned(), b"x".to_vec()),
            ("figures/b.pdf".to_owned(), vec![0; 2000]),
        ]);
        let packed = archive(&files).expect("an archive");
        assert_eq!(packed, archive(&files).expect("an archive"));
        let mut unpacked = BTreeMap::new();
        for entry in tar::Archive::new(GzDecoder::new(packed.as_slice())).entries().expect("entries") {
            let mut entry = entry.expect("an entry");
            let header = entry.header();
            assert_eq!((header.uid().ok(), header.mtime().ok()), (Some(0), Some(TIME_SECONDS)));
            let path = entry.path().expect("a path").display().to_string();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("bytes");
            unpacked.insert(path, bytes);
        }
        assert_eq!(unpacked, files);
    }
}
