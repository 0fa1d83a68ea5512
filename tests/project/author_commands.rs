//! Commands beside the build: works for the bibliography, schemas, completions, pages of the manual.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::root;

const OLD: &str = "% ours\r\n@misc{old,\r\n  title = {A Thing},\r\n  author = {A. Body}}\r\n";
const BOOK: &str = "@book{knuth1984, title = {The Book}, author = {Donald Knuth}, year = 1984, publisher = {P}, isbn = {1}}\n";

fn program() -> Command {
    Command::new(assert_cmd::cargo::cargo_bin("phext-paper"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A paper whose bibliography holds one work.
fn paper() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("paper")).unwrap();
    let minimal = root().join("tests/suite/minimal/paper/paper.yaml");
    std::fs::copy(minimal, folder.path().join("paper/paper.yaml")).unwrap();
    std::fs::write(folder.path().join("paper/references.bib"), OLD).unwrap();
    folder
}

fn bibliography(root: &Path) -> String {
    std::fs::read_to_string(root.join("paper/references.bib")).unwrap()
}

/// Adds a reference with text on standard input, and variables of the environment.
fn add(root: &Path, arguments: &[&str], stdin: &str, server: Option<&str>) -> Output {
    let mut command = program();
    command.args(["add", "reference", "--root"]).arg(root).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if let Some(server) = server {
        command.env("PAPER_REFERENCE_SERVER", server);
    }
    let mut child = command.spawn().unwrap();
    // A call that is refused reads nothing.
    let _unread = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    child.wait_with_output().unwrap()
}

#[test]
fn a_work_is_appended_and_the_rest_stays_byte_for_byte() {
    let paper = paper();
    let dry = add(paper.path(), &["-", "--dry-run"], BOOK, None);
    assert!(dry.status.success() && text(&dry.stdout).contains("`knuth1984` would stand"), "{dry:?}");
    assert_eq!(bibliography(paper.path()), OLD);
    let done = add(paper.path(), &["-", "--json", "--key", "texbook"], BOOK, None);
    let told: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(
        (told["entries"][0]["key"].as_str(), told["entries"][0]["line"].as_u64()),
        (Some("texbook"), Some(6))
    );
    let new = BOOK.replace("knuth1984", "texbook").replace('\n', "\r\n");
    assert_eq!(bibliography(paper.path()), format!("{OLD}\r\n{new}"));
    // The same work under another key, from a file and as an argument.
    let before = bibliography(paper.path());
    let file = paper.path().join("more.bib");
    std::fs::write(&file, BOOK).unwrap();
    for what in [file.to_str().unwrap(), BOOK] {
        let again = add(paper.path(), &[what], "", None);
        let said = text(&again.stderr);
        assert_eq!(again.status.code(), Some(2), "{said}");
        assert!(
            said.contains("this work is there already: `texbook`") && said.contains("[@texbook]"),
            "{said}"
        );
    }
    let broken = add(paper.path(), &["-"], "@misc{a, title = {T}}\n@article{b, title = {U", None);
    assert_eq!(broken.status.code(), Some(2));
    assert!(text(&broken.stderr).contains("standard input:2:10"), "{}", text(&broken.stderr));
    let bare = add(paper.path(), &["@article{c, title = {V}}"], "", None);
    let said = text(&bare.stderr);
    for lacks in ["no author or editor", "no year or date", "no journaltitle or eprint", "3 errors"] {
        assert!(said.contains(lacks), "no `{lacks}` in {said}");
    }
    let key = add(paper.path(), &["-", "--key", "a b"], BOOK, None);
    assert!(text(&key.stderr).contains("cannot be the key"), "{}", text(&key.stderr));
    assert_eq!(bibliography(paper.path()), before);
}

#[test]
fn a_number_of_a_register_says_where_its_entry_can_be_had() {
    let paper = paper();
    for (what, address) in [
        (
            "10.1145/3360307",
            "curl -fsSL -H 'Accept: application/x-bibtex' 'https://doi.org/10.1145/3360307' | ",
        ),
        ("arXiv:2304.01433", "curl -fsSL 'https://arxiv.org/bibtex/2304.01433' | "),
    ] {
        let asked = add(paper.path(), &[what], "", None);
        let said = text(&asked.stderr);
        assert_eq!(asked.status.code(), Some(2), "{said}");
        assert!(said.contains(address) && said.contains("--fetch"), "{said}");
    }
    let neither = add(paper.path(), &["no-such-file.bib"], "", None);
    assert_eq!(neither.status.code(), Some(2));
    assert!(text(&neither.stderr).contains("neither a file nor an entry"), "{}", text(&neither.stderr));
    assert_eq!(bibliography(paper.path()), OLD);
}

/// A server on loopback that gives one answer, and what it was asked.
fn serve(answer: Vec<u8>) -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut part = [0; 1024];
        while !request.ends_with(b"\r\n\r\n") {
            match stream.read(&mut part).unwrap() {
                0 => break,
                count => request.extend_from_slice(&part[..count]),
            }
        }
        // A client that has heard enough hangs up.
        let _unsent = stream.write_all(&answer);
        text(&request)
    });
    (address, asked)
}

fn answer(status: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
        .into_bytes()
}

#[test]
fn an_entry_is_fetched_where_that_is_asked_for() {
    let paper = paper();
    let (server, asked) = serve(answer("200 OK", BOOK));
    let done = add(paper.path(), &["10.1145/3360307", "--fetch"], "", Some(&server));
    assert!(done.status.success(), "{}", text(&done.stderr));
    let asked = asked.join().unwrap();
    assert!(
        asked.starts_with("GET /10.1145/3360307 ") && asked.contains("Accept: application/x-bibtex"),
        "{asked}"
    );
    assert!(bibliography(paper.path()).contains("@book{knuth1984"));
    let before = bibliography(paper.path());
    let large = format!("@misc{{a, note = {{{}}}}}", "x".repeat(3 << 20));
    let unsaid = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{large}").into_bytes();
    for (answer, words) in [
        (answer("404 Not Found", "none"), "404"),
        (answer("200 OK", "<html>a page</html>"), "does not begin like an entry"),
        (answer("200 OK", &large), "more than 1048576 bytes"),
        (unsaid, "more than 1048576 bytes"),
        (
            b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n".to_vec(),
            "gives no entry",
        ),
    ] {
        let (server, asked) = serve(answer);
        let refused = add(paper.path(), &["2304.01433", "--fetch"], "", Some(&server));
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{said}");
        assert!(said.contains(words), "no `{words}` in {said}");
        assert!(asked.join().unwrap().starts_with("GET /bibtex/2304.01433 "));
    }
    let wrong = add(paper.path(), &["2304.01433", "--fetch"], "", Some("file:///etc"));
    assert_eq!(wrong.status.code(), Some(2), "{}", text(&wrong.stderr));
    assert_eq!(bibliography(paper.path()), before);
}

#[test]
fn schemas_are_listed_printed_and_written() {
    let run = |arguments: &[&str]| program().arg("schema").args(arguments).output().unwrap();
    let listed = text(&run(&[]).stdout);
    assert!(listed.contains("figures/*.yaml") && listed.contains("paper/claims.yaml"), "{listed}");
    let figure: serde_json::Value = serde_json::from_slice(&run(&["figure"]).stdout).unwrap();
    assert_eq!(figure["title"], "figures/*.yaml");
    let drawing = figure["definitions"]["Drawing"].to_string();
    assert!(drawing.contains("heat") && drawing.contains("topology"), "{drawing}");
    let folder = tempfile::tempdir().unwrap();
    assert!(run(&["--out", folder.path().to_str().unwrap()]).status.success());
    let table = std::fs::read(folder.path().join("table.json")).unwrap();
    assert_eq!(table, run(&["table"]).stdout);
    let wrong = run(&["figur"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("did you mean `figure`?"));
    let kept = std::fs::read_to_string(root().join("guide/reference.md")).unwrap();
    assert_eq!(text(&run(&["--reference"]).stdout), kept);
}

#[test]
fn shells_complete_every_command() {
    let script = |shell: &str| program().args(["completions", shell]).output().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let printed = script(shell);
        let said = text(&printed.stdout);
        assert!(printed.status.success(), "{shell}");
        for command in ["publish", "reference", "topology"] {
            assert!(said.contains(command), "no `{command}` for {shell}");
        }
    }
    let mut bash =
        Command::new("bash").arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    bash.stdin.take().unwrap().write_all(&script("bash").stdout).unwrap();
    let checked = bash.wait_with_output().unwrap();
    assert!(checked.status.success() && checked.stderr.is_empty(), "{}", text(&checked.stderr));
}

#[test]
fn pages_of_the_manual_are_set_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    assert!(program().args(["man", "--out", out]).output().unwrap().status.success());
    let pages: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(pages.iter().any(|page| page.ends_with("phext-paper-add-reference.1")), "{pages:?}");
    assert!(!pages.iter().any(|page| page.to_string_lossy().contains("typeset-worker")), "{pages:?}");
    for page in &pages {
        let set = Command::new("groff").args(["-man", "-Tutf8", "-ww"]).arg(page).output().unwrap();
        assert!(set.status.success() && set.stderr.is_empty(), "{}: {}", page.display(), text(&set.stderr));
    }
    let one = program().args(["man", "add", "reference"]).output().unwrap();
    assert_eq!(one.stdout, std::fs::read(folder.path().join("phext-paper-add-reference.1")).unwrap());
    let none = program().args(["man", "bild"]).output().unwrap();
    assert!(text(&none.stderr).contains("did you mean `build`?"), "{}", text(&none.stderr));
}
