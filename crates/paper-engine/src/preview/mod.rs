//! The author's preview: a server on loopback that follows the files of a paper and patches the page in
//! place.
//!
//! - `follow`: changed files as one signal for each burst.
//! - `worker`: a generation for each signal: the page at once, numbers that take long, errors and PDF
//!   behind it; late results are dropped.
//! - `parts`: the sections in which two pages differ.
//! - `pending`: marks of numbers that are computed anew.
//! - `state`: what the newest generation made, and the events that tell browsers of it.
//! - `waves`: the ledger of the plan, decided when somebody looks at it.
//! - `guard`: who may ask for what: this machine, this page, files below `build/`.
//! - `server`: the routes.
//! - `pages`: the frame around the page, and the pages beside it.

mod follow;
mod guard;
mod pages;
mod parts;
mod pending;
mod server;
mod state;
mod waves;
mod worker;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use crate::diagnostic::Diagnostics;
use crate::pipeline::Options;

pub use state::PreviewEvent;

/// Ports tried behind the wanted one when it is taken.
const PORTS: u16 = 64;

/// What a preview needs to be told.
pub struct Setting {
    /// The paper and the program that typesets.
    pub options: Options,
    /// The port to listen on, or the first free one behind it.
    pub port: u16,
    /// The start of links that open an editor, such as `vscode://file/`; none without it.
    pub editor: Option<String>,
}

/// A preview that listens.
pub struct Preview {
    setting: Setting,
    listener: TcpListener,
    /// The address that browsers open.
    pub address: SocketAddr,
}

impl Preview {
    /// Listens on loopback, on the wanted port or the next free one.
    ///
    /// # Errors
    /// No port is free, or there is no loopback.
    pub fn bind(setting: Setting) -> std::io::Result<Self> {
        let ports = setting.port..=setting.port.saturating_add(PORTS);
        let mut last = None;
        for port in ports {
            match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
                Ok(listener) => {
                    let address = listener.local_addr()?;
                    return Ok(Self { setting, listener, address });
                }
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| std::io::ErrorKind::AddrInUse.into()))
    }

    /// Serves until Ctrl-C; `tell` hears of everything that happens.
    ///
    /// # Errors
    /// Files that cannot be followed, and those of the network.
    pub fn run(
        self,
        tell: impl Fn(&PreviewEvent, &Diagnostics) + Send + Sync + 'static,
    ) -> std::io::Result<()> {
        let state = Arc::new(state::PreviewState::new(self.setting.options.root.clone(), Box::new(tell)));
        let changes = follow::follow(&self.setting.options.root)?;
        let waves = waves::Waves::new(self.setting.options.clone());
        let worker = worker::Worker::start(self.setting.options, Arc::clone(&state), changes);
        let served = server::serve(self.listener, self.address, state, waves, self.setting.editor);
        worker.stop();
        served
    }
}
