//! The entry of a work from its register, with the system's curl: the one door to the network, which only
//! `--fetch` opens.

use std::io::{ErrorKind, Read};
use std::process::{Command, Stdio};

use super::super::{Failure, program};
use super::MOST_BYTES;
use super::work::Work;

/// The variable that names another server than that of the register.
const SERVER: &str = "PAPER_REFERENCE_SERVER";

/// Longest time in seconds for one request, and for the connection before it.
const LONGEST: &str = "30";
const LONGEST_CONNECT: &str = "10";

/// Returns the entry of a work as its register has it.
pub fn fetch(work: &Work) -> Result<String, Failure> {
    let other = std::env::var(SERVER).ok().filter(|server| !server.is_empty());
    if let Some(server) = &other
        && !["http://", "https://"].iter().any(|start| server.starts_with(start))
    {
        return Err(Failure::Usage(format!("{SERVER} names no server: begin it with http:// or https://")));
    }
    let address = work.address(other.as_deref().unwrap_or(work.server()));
    let protocols = if other.is_some() { "=http,https" } else { "=https" };
    let limit = MOST_BYTES.to_string();
    let mut curl = Command::new("curl");
    // The first argument: no file of settings is read.
    curl.args(["--disable", "--silent", "--show-error", "--fail", "--location", "--globoff"])
        .args(["--max-redirs", "5", "--proto", protocols, "--proto-redir", protocols])
        .args(["--max-time", LONGEST, "--connect-timeout", LONGEST_CONNECT, "--max-filesize", &limit])
        .args(["--header", "Accept: application/x-bibtex", "--url", &address])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = curl.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::Machine(
            "curl is not installed, with which --fetch gets an entry\n = help: install the package `curl`"
                .to_owned(),
        ),
        _ => Failure::machine(&format!("cannot run curl: {error}"), &error),
    })?;
    let mut bytes = Vec::new();
    if let Some(out) = child.stdout.take() {
        let read = out.take(MOST_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|error| Failure::machine(&format!("cannot read what curl prints: {error}"), &error))?;
    }
    let is_large = bytes.len() as u64 > MOST_BYTES;
    let mut said = String::new();
    if is_large {
        // It has ended, or is of no use any more.
        let _ended = child.kill();
    } else if let Some(errors) = child.stderr.take() {
        let _unread = errors.take(MOST_BYTES).read_to_string(&mut said);
    }
    let status =
        child.wait().map_err(|error| Failure::machine(&format!("cannot wait for curl: {error}"), &error))?;
    let refused = |reason: &str| {
        Failure::Machine(format!(
            "{address} gives no entry: {reason}\n = help: look at {} in a browser, and add the entry that it shows: \
             {} add reference FILE.bib",
            work.name(),
            program()
        ))
    };
    // The exit code by which curl says that an answer is too large.
    if is_large || status.code() == Some(63) {
        return Err(refused(&format!("its answer has more than {MOST_BYTES} bytes")));
    }
    if !status.success() {
        return Err(refused(said.trim().trim_start_matches("curl: ")));
    }
    match String::from_utf8(bytes) {
        Ok(text) if text.trim_start().starts_with('@') => Ok(text),
        _ => Err(refused("its answer does not begin like an entry, with `@`")),
    }
}
