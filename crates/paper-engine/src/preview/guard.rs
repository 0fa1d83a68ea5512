//! Who may ask for what: only this machine, only pages of this server, only files below `build/`.

use std::net::SocketAddr;
use std::path::{Component, Path, PathBuf};

use crate::source::BUILD_FOLDER;

/// Headers of every answer: nothing is loaded from elsewhere, kept, guessed or framed by others.
pub const HEADERS: [(&str, &str); 5] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
         connect-src 'self'; frame-src 'self'; object-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'self'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "no-store"),
];

/// Returns whether a request names this server as its host and comes from no other page.
///
/// A name that resolves to loopback is not enough: whoever owns the name could read the answers.
pub fn is_ours(address: SocketAddr, host: Option<&str>, origin: Option<&str>) -> bool {
    let port = address.port();
    let hosts = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let is_host = |host: &str| hosts.iter().any(|own| own == host);
    let from_us = |origin: &str| origin.strip_prefix("http://").is_some_and(is_host);
    host.is_some_and(is_host) && origin.is_none_or(from_us)
}

/// Returns the file below `build/` that a path names, links followed; nothing outside of it and nothing
/// hidden.
pub fn file(root: &Path, path: &str) -> Option<PathBuf> {
    let path = Path::new(path);
    let is_plain = |part: Component<'_>| match part {
        Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
        _ => false,
    };
    if path.as_os_str().is_empty()
        || !path.components().all(is_plain)
        || path.to_string_lossy().contains('\0')
    {
        return None;
    }
    let build = root.join(BUILD_FOLDER).canonicalize().ok()?;
    let file = build.join(path).canonicalize().ok()?;
    let below = file.strip_prefix(&build).ok()?;
    (below.components().all(is_plain) && file.is_file()).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_server_and_its_own_pages_are_answered() {
        let address: SocketAddr = "127.0.0.1:4096".parse().expect("an address");
        let ours = |host, origin| is_ours(address, host, origin);
        assert!(ours(Some("127.0.0.1:4096"), None));
        assert!(ours(Some("localhost:4096"), Some("http://127.0.0.1:4096")));
        for host in [None, Some("evil.example:4096"), Some("127.0.0.1"), Some("127.0.0.1:4097")] {
            assert!(!ours(host, None), "{host:?}");
        }
        for origin in ["http://evil.example", "null", "https://127.0.0.1:4096", "http://127.0.0.1:40960"] {
            assert!(!ours(Some("127.0.0.1:4096"), Some(origin)), "{origin}");
        }
    }

    #[test]
    fn no_path_leads_out_of_build() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        std::fs::create_dir_all(root.join("build/.cache")).expect("made");
        std::fs::write(root.join("secret"), "s").expect("written");
        std::fs::write(root.join("build/page.html"), "p").expect("written");
        std::fs::write(root.join("build/.cache/x"), "x").expect("written");
        assert!(file(root, "page.html").is_some());
        for path in
            ["", ".", "..", "../secret", "a/../../secret", "/etc/passwd", ".cache/x", "page.html/..", "p\0"]
        {
            assert_eq!(file(root, path), None, "{path:?}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.join("secret"), root.join("build/link")).expect("linked");
            std::os::unix::fs::symlink(root, root.join("build/folder")).expect("linked");
            std::os::unix::fs::symlink(root.join("build/.cache"), root.join("build/inside")).expect("linked");
            for path in ["link", "folder/secret", "inside/x"] {
                assert_eq!(file(root, path), None, "{path}");
            }
        }
    }
}
