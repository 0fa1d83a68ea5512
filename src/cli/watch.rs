//! `phext-paper watch`.

use std::io::{IsTerminal, Write};
use std::process::{Command, ExitCode, Stdio};

use clap::Args;

use super::{PaperArguments, print, report, say};
use crate::diagnostic::Diagnostics;
use crate::pipeline;
use crate::preview::{Happened, Preview, Setting};

/// Options of `watch`.
#[derive(Args)]
#[command(
    after_help = "The page is patched in place while you write; mistakes stand over the last good page. Only this
machine can open it. Ctrl-C ends it.

Examples:
  phext-paper watch
  phext-paper watch --open --editor vscode://file
  phext-paper watch --port 8000 --root tests/suite/minimal"
)]
pub struct Arguments {
    #[command(flatten)]
    paper: PaperArguments,
    /// Port on 127.0.0.1; the next free one when it is taken
    #[arg(long, default_value_t = 4096)]
    port: u16,
    /// Open the page in a browser
    #[arg(long)]
    open: bool,
    /// Start of links that open a place in an editor, such as vscode://file
    #[arg(long, value_name = "URL")]
    editor: Option<String>,
    /// Longest time in seconds that typesetting may take
    #[arg(long, default_value_t = 120)]
    time_limit: u64,
}

/// Previews the paper until Ctrl-C: exit 0 then, 2 when it cannot begin.
pub fn run(arguments: &Arguments) -> ExitCode {
    let options = match arguments.paper.options(arguments.time_limit) {
        Ok(options) => options,
        Err(error) => return super::usage(&error.to_string()),
    };
    if let Err(errors) = pipeline::require_paper(&options.root) {
        report(&options.root, &errors);
        return ExitCode::from(2);
    }
    let root = options.root.clone();
    let setting = Setting { options, port: arguments.port, editor: arguments.editor.clone() };
    let preview = match Preview::bind(setting) {
        Ok(preview) => preview,
        Err(error) => return super::usage(&format!("cannot listen near port {}: {error}", arguments.port)),
    };
    let address = format!("http://{}/", preview.address);
    print(&address);
    if arguments.open {
        open(&address);
    }
    let served = preview.run(move |happened, errors| tell(&root, happened, errors));
    if std::io::stderr().is_terminal() {
        say("");
    }
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => super::usage(&format!("the preview ended: {error}")),
    }
}

/// Asks the desktop for a browser; without one the printed link remains.
fn open(address: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let started = Command::new(program).arg(address).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    if started.is_err() {
        say(&format!("no `{program}` here; open {address} yourself"));
    }
}

/// One line that is written over on a terminal, plain lines elsewhere; mistakes in full.
fn tell(root: &std::path::Path, happened: &Happened, errors: &Diagnostics) {
    let line = match happened {
        Happened::Html { generation, ms, moved } if moved.is_empty() => format!("#{generation} page {ms} ms"),
        Happened::Html { generation, ms, moved } => {
            format!("#{generation} page {ms} ms, {} numbers moved", moved.len())
        }
        Happened::Ok { generation } => format!("#{generation} no mistakes"),
        Happened::Pdf { generation, ms } => format!("#{generation} PDF {:.1} s", *ms as f64 / 1000.0),
        Happened::Error { .. } => {
            if std::io::stderr().is_terminal() {
                say("");
            }
            report(root, errors);
            return;
        }
    };
    if std::io::stderr().is_terminal() {
        // A closed terminal is no error.
        let _closed = write!(std::io::stderr(), "\r\x1b[2K{line}");
        let _closed = std::io::stderr().flush();
    } else {
        say(&line);
    }
}
