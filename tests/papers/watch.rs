//! The events of a running preview.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::paper::share;
pub use crate::running::Watch;

/// Longer than any step of the smallest paper takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(120);

impl Watch {
    /// Starts with a paper, on a free port.
    pub fn start(paper: &Path) -> Self {
        if !paper.join("build/.cache/tex").exists() {
            share("tex", paper);
        }
        Self::of(env!("CARGO_BIN_EXE_phext-paper"), paper)
    }

    /// Events from now on.
    pub fn events(&self) -> Events {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET /events HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Events(BufReader::new(stream))
    }
}

pub struct Events(BufReader<TcpStream>);

impl Events {
    /// The next event of a kind; others are passed over.
    pub fn next(&mut self, wanted: &str) -> Value {
        let mut line = String::new();
        loop {
            line.clear();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the events ended before `{wanted}`");
            if let Some(data) = line.strip_prefix("data:") {
                let event: Value = serde_json::from_str(data).unwrap();
                if event["event"] == wanted {
                    return event;
                }
            }
        }
    }
}
