//! A running preview, asked over its port.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running preview, ended with the test.
pub struct Watch {
    pub child: Child,
    pub address: String,
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Watch {
    /// Starts a program with a paper, on a free port.
    pub fn of(program: &str, paper: &Path) -> Self {
        let mut child = Command::new(program)
            .args(["watch", "--port", "0", "--root"])
            .arg(paper)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { child, address }
    }

    /// Sends a request as it is and returns the answer.
    pub fn ask(&self, path: &str, headers: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Asks as a browser of this machine does.
    pub fn get(&self, path: &str) -> String {
        self.ask(path, &format!("Host: {}\r\n", self.address))
    }
}
