//! `phext-paper watch`.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Mutex, PoisonError};

use clap::Args;

use super::{Failure, LimitArguments, Outcome, PaperArguments, print, report, say};
use crate::diagnostic::Diagnostics;
use crate::pipeline;
use crate::preview::{Preview, PreviewEvent, Setting};
use crate::study::Study;

/// Options of `watch`.
#[derive(Args)]
#[command(
    after_help = "The page is patched in place while you write; errors stand over the last good page. Only this
machine can open it. Ctrl-C ends it.

Examples:
  {program} watch
  {program} watch --open --editor vscode://file
  {program} watch --port 8000 --root tests/suite/minimal"
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
    #[command(flatten)]
    limit: LimitArguments,
}

/// Previews the paper until Ctrl-C: exit 0 then, 2 without a paper, 1 when the machine lets no preview run.
pub fn run(study: &'static Study, arguments: &Arguments) -> Outcome {
    let options = arguments.paper.options(study, &arguments.limit)?;
    pipeline::require_paper(&options.root)
        .map_err(|errors| Failure::Argument(options.root.clone(), errors))?;
    let root = options.root.clone();
    let setting = Setting { options, port: arguments.port, editor: arguments.editor.clone() };
    let preview = Preview::bind(setting)
        .map_err(|error| Failure::Machine(format!("cannot listen near port {}: {error}", arguments.port)))?;
    let address = format!("http://{}/", preview.address);
    print(&address);
    if arguments.open {
        open(&address);
    }
    let teller = Teller::new(root);
    let served = preview.run(move |happened, errors| teller.tell(happened, errors));
    if std::io::stderr().is_terminal() {
        say("");
    }
    served.map_err(|error| Failure::Machine(format!("the preview ended: {error}")))?;
    Ok(ExitCode::SUCCESS)
}

/// Asks the desktop for a browser; without one the printed link remains.
fn open(address: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let started = Command::new(program).arg(address).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    if started.is_err() {
        say(&format!("no `{program}` here; open {address} yourself"));
    }
}

/// What the status line tells.
#[derive(Default)]
struct Status {
    generation: u64,
    page: String,
    pdf: String,
    errors: usize,
}

/// Tells what happened: on a terminal one line that is written over, elsewhere a line each; errors in full.
struct Teller {
    root: PathBuf,
    is_terminal: bool,
    status: Mutex<Status>,
}

impl Teller {
    fn new(root: PathBuf) -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        Self { root, is_terminal, status: Mutex::default() }
    }

    fn tell(&self, happened: &PreviewEvent, errors: &Diagnostics) {
        let mut status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        let line = status.after(happened);
        if !errors.0.is_empty() {
            self.clear();
            report(&self.root, errors);
        }
        if self.is_terminal {
            // A closed terminal is no error.
            let _closed = write!(std::io::stderr(), "\r\x1b[2K{}", status.line());
            let _closed = std::io::stderr().flush();
        } else if errors.0.is_empty() {
            say(&line);
        }
    }

    /// Removes the status line, so that something else can stand there.
    fn clear(&self) {
        if self.is_terminal {
            let _closed = write!(std::io::stderr(), "\r\x1b[2K");
        }
    }
}

impl Status {
    /// Keeps what happened and says it alone.
    fn after(&mut self, happened: &PreviewEvent) -> String {
        match happened {
            PreviewEvent::Html { generation, ms, moved, computing, .. } => {
                self.generation = *generation;
                self.page = format!("page {ms} ms");
                match moved.len() {
                    0 => {}
                    1 => self.page += ", 1 number moved",
                    count => self.page += &format!(", {count} numbers moved"),
                }
                if !computing.is_empty() {
                    self.page += &format!(", being computed: {}", computing.join(", "));
                }
                format!("#{generation} {}", self.page)
            }
            PreviewEvent::Progress { generation, stage } => {
                self.page = format!("{stage} ...");
                format!("#{generation} {stage} ...")
            }
            PreviewEvent::Ok { generation } => {
                self.errors = 0;
                format!("#{generation} no errors")
            }
            PreviewEvent::Waves { generation } => format!("#{generation} ledger decided"),
            PreviewEvent::Pdf { generation, ms, passes } => {
                self.pdf = format!("PDF {:.2} s", *ms as f64 / 1000.0);
                if *passes > 1 {
                    self.pdf += &format!(" in {passes} passes, references moved");
                }
                format!("#{generation} {}", self.pdf)
            }
            PreviewEvent::Error { generation, errors } => {
                self.errors = errors.len();
                format!("#{generation} {}", self.found())
            }
        }
    }

    fn line(&self) -> String {
        let parts = [self.page.clone(), self.pdf.clone(), self.found()];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        format!("#{} {}", self.generation, parts.join(" | "))
    }

    fn found(&self) -> String {
        match self.errors {
            0 => "no errors".to_owned(),
            1 => "1 error".to_owned(),
            count => format!("{count} errors"),
        }
    }
}
