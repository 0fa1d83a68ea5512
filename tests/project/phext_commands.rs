//! The commands on phext documents: what they say, and that no input does harm.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use phext::reader::MOST_DOCUMENT_BYTES;
use phext::{Coordinate, Document, Index, ScrollEntry};

/// The most memory that reading may take, whatever comes in: a scroll, its copy while it grows, and the
/// program.
const MOST_MEMORY_KIB: u64 = 64 << 10;

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("phext-paper"));
    command.arg("phext").args(arguments);
    command
}

/// Gives bytes to a command on standard input, and what it said.
fn answer(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = program(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _closed_early = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn at(text: &str) -> Coordinate {
    Coordinate::parse(text).unwrap()
}

/// A document of three scrolls and its index.
fn indexed() -> Document {
    let mut document = Document::default();
    let mut index = Index { head: vec!["title\tSmall".into()], ..Index::default() };
    for (coordinate, text) in
        [("1.1.1/1.1.1/1.1.2", "one\nтwo"), ("1.1.1/2.1.1/1.1.1", "three"), ("2.1.1/1.1.1/1.2.1", "4")]
    {
        document.insert(at(coordinate), text).unwrap();
        let (kind, name, title) = ("paragraph".to_owned(), "sec:a".to_owned(), String::new());
        index.entries.insert(at(coordinate), ScrollEntry { bytes: text.len(), kind, name, title });
    }
    document.insert(Coordinate::ORIGIN, index.text()).unwrap();
    document
}

#[test]
fn a_document_with_an_index_shows_where_it_was_cut_off_or_changed() {
    let text = indexed().to_string();
    let bytes = text.as_bytes();
    let recognised = "format\tphext-paper\t".len();
    for length in 0..=bytes.len() {
        let output = answer(&["check", "-"], &bytes[..length]);
        let expected = i32::from(length >= recognised && length < bytes.len());
        assert_eq!(output.status.code(), Some(expected), "{length} bytes: {}", said(&output));
    }
    let changes = [
        ("three", "four", "byte 221, at 1.1.1/2.1.1/1.1.1: this scroll has 4 bytes, the index says 5"),
        ("\u{1d}three", "\u{1d}three\u{17}more", "at 1.1.1/2.1.1/1.1.2: the index lists no scroll here"),
        ("\u{1d}three", "", "at 1.1.1/2.1.1/1.1.1: the index lists a scroll, but there is none"),
        ("title\tSmall", "title\tSmell!", "line 4 of the index: the index has"),
        ("scrolls\t4", "scrolls\t5", "line 3 of the index: 5 scrolls are announced, 4 listed"),
        ("phext-paper\t1", "phext-paper\t2", "line 1 of the index: version `2` is not known"),
        ("1.1.1/1.1.1/1.1.2\t", "1.1.1/1.1.1/1.1.0\t", "`1.1.1/1.1.1/1.1.0`, column 17: the scroll is 0"),
    ];
    for (from, to, expected) in changes {
        assert!(text.contains(from));
        let output = answer(&["check", "-"], text.replacen(from, to, 1).as_bytes());
        let said = said(&output);
        assert!(output.status.code() == Some(1) && said.contains(expected), "{expected}: {said}");
        assert!(said.contains("standard input") && said.contains("help: build the document again"), "{said}");
    }
}

/// Writes up to a gigabyte of repeated blocks into a command, and returns its answer and peak memory in KiB.
fn flood(arguments: &[&str], block: &[u8]) -> (Output, u64) {
    // The limit on address space ends the program if it asks for much more than it may use.
    let mut command = Command::new("bash");
    command.args(["-c", "ulimit -v 1048576; exec \"$@\"", "bash"]);
    command.arg(assert_cmd::cargo::cargo_bin("phext-paper")).arg("phext").args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let peak = || {
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
    };
    let mut most = 0;
    let mut input = child.stdin.take().unwrap();
    for _ in 0..(1 << 30) / block.len() {
        if input.write_all(block).is_err() {
            break;
        }
        most = most.max(peak());
    }
    drop(input);
    (child.wait_with_output().unwrap(), most)
}

#[test]
fn a_gigabyte_through_a_pipe_is_an_error_within_bounded_memory() {
    // Scrolls and sections count up to 999 and begin anew, so that no number ever gets too large.
    let mut valid = Vec::new();
    for _ in 0..998 {
        valid.extend([0x17; 998]);
        valid.push(0x18);
    }
    valid.extend([0x17; 998]);
    valid.push(0x19);
    let limit = format!("byte {MOST_DOCUMENT_BYTES}, at 1.1.1/1.1.1/538.");
    for (block, expected) in [
        (vec![0x17; 1 << 20], "byte 998, at 1.1.1/1.1.1/1.1.999: this scroll break leads past 999"),
        (vec![0x01; 1 << 20], "byte 998, at 999.1.1/1.1.1/1.1.1: this library break leads past 999"),
        (valid, limit.as_str()),
        (vec![b'a'; 1 << 20], "byte 16777216, at 1.1.1/1.1.1/1.1.1: this scroll has more than"),
        (vec![0xFF; 1 << 20], "byte 16777216, at 1.1.1/1.1.1/1.1.1: this scroll has more than"),
    ] {
        let check = ["check", "-"].as_slice();
        let commands = [check, &["list", "-"], &["get", "-", "999.1.1/1.1.1/1.1.1"]];
        // The valid one is read for half a gigabyte, and in the same way by all commands.
        for arguments in &commands[..if expected == limit { 1 } else { 3 }] {
            let (output, most) = flood(arguments, &block);
            let said = said(&output);
            assert!(output.status.code() == Some(1) && said.contains(expected), "{arguments:?}: {said}");
            assert!(most < MOST_MEMORY_KIB, "{arguments:?} took {most} KiB");
        }
    }
}

#[test]
fn get_prints_the_bytes_of_a_scroll_and_reads_no_further() {
    let text = indexed().to_string();
    for (coordinate, expected) in [("1.1.1/1.1.1/1.1.2", "one\nтwo"), ("2.1.1;1.1.1;1.2.1", "4")] {
        let output = answer(&["get", "-", coordinate], text.as_bytes());
        assert_eq!((output.status.code(), output.stdout), (Some(0), expected.as_bytes().to_vec()));
    }
    let endless = [b"first\x17second\x17".as_slice(), &[b'a'; 1 << 20]].concat();
    let (output, most) = flood(&["get", "-", "1.1.1/1.1.1/1.1.2"], &endless);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), b"second".as_slice()));
    assert!(most < MOST_MEMORY_KIB, "{most} KiB");
}

#[test]
fn a_scroll_that_is_not_there_is_an_error_that_names_the_nearest() {
    for (coordinate, expected) in [
        ("1.1.1/1.1.1/1.1.3", "the nearest are 1.1.1/1.1.1/1.1.2 and 1.1.1/2.1.1/1.1.1"),
        ("3.1.1/1.1.1/1.1.3", "the last is 2.1.1/1.1.1/1.2.1"),
    ] {
        let output = answer(&["get", "-", coordinate], indexed().to_string().as_bytes());
        let said = said(&output);
        assert!(output.status.code() == Some(1) && said.contains(expected), "{said}");
        assert!(said.contains(&format!("no scroll at {coordinate}")) && output.stdout.is_empty());
    }
    assert!(said(&answer(&["get", "-", "1.1.1/1.1.1/1.1.1"], b"")).contains("it has none at all"));
}

#[test]
fn a_bad_coordinate_is_wrong_usage_and_shown() {
    for (coordinate, message, mark) in [
        (
            "1.2.3",
            "column 6: expected '/' or ';' before the collection, found the end",
            "\n  1.2.3\n       ^\n",
        ),
        ("1.1.1/1.1000.1/1.1.1", "larger than 999", "\n  1.1.1/1.1000.1/1.1.1\n          ^\n"),
        ("\u{1b}[31m", "expected a number", "\n  \u{fffd}[31m\n  ^\n"),
        ("", "found the end", "\n  \n  ^\n"),
    ] {
        let output = answer(&["get", "-", coordinate], b"a");
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(message) && said.contains(mark), "{said}");
    }
}

#[test]
fn a_list_names_every_scroll_and_moves_no_cursor() {
    let text = indexed().to_string();
    let output = answer(&["list", "-", "--json"], text.as_bytes());
    let list: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(list["error"], serde_json::Value::Null);
    let scrolls = list["scrolls"].as_array().unwrap();
    assert_eq!(scrolls.len(), 4);
    assert_eq!(scrolls[2]["coordinate"], "1.1.1/2.1.1/1.1.1");
    assert_eq!((scrolls[2]["bytes"].as_u64(), scrolls[2]["kind"].as_str()), (Some(5), Some("paragraph")));
    for scroll in scrolls {
        let from = usize::try_from(scroll["offset"].as_u64().unwrap()).unwrap();
        assert!(text[from..].starts_with(scroll["begins"].as_str().unwrap()), "{scroll}");
    }
    let output = answer(&["list", "-"], b"\x17\x1b[31mred\rand\x17more\xFF");
    assert_eq!(output.status.code(), Some(1));
    let lines = String::from_utf8(output.stdout).unwrap();
    assert!(lines.contains("1.1.1/1.1.1/1.1.2") && lines.contains("\u{fffd}[31mred\u{fffd}and"), "{lines:?}");
    assert!(said(&output_of_broken_list()).contains("0xFF"));
}

/// A list in JSON of a document whose second scroll is broken stays JSON.
fn output_of_broken_list() -> Output {
    let output = answer(&["list", "-", "--json"], b"a\x17\xFF");
    let list: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(list["error"].as_str().unwrap().starts_with("byte 2, at 1.1.1/1.1.1/1.1.2"), "{list}");
    assert_eq!(list["scrolls"].as_array().map(Vec::len), Some(1));
    output
}

#[test]
fn files_that_cannot_be_read_are_errors_and_a_closed_pipe_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none.phext");
    for command in ["check", "list"] {
        let output = answer(&[command, &missing.to_string_lossy()], b"");
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains("none.phext does not exist"), "{}", said(&output));
        let output = answer(&[command, &folder.path().to_string_lossy()], b"");
        assert!(output.status.code() == Some(1) && said(&output).contains("cannot be read"));
    }
    let many = folder.path().join("many.phext");
    let text = "a long line of text\u{17}".repeat(900);
    std::fs::write(&many, [text.as_str(), "\u{18}", &text, "\u{18}", &text].concat()).unwrap();
    let script = "set -o pipefail; \"$0\" phext list \"$1\" | head -n 1";
    let mut command = Command::new("bash");
    command.args(["-c", script]).arg(assert_cmd::cargo::cargo_bin("phext-paper")).arg(&many);
    let output = command.output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", said(&output));
    assert!(output.stdout.starts_with(b"1.1.1/1.1.1/1.1.1"));
}
