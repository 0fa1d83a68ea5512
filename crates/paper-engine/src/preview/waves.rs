//! The ledger of the plan, decided when somebody looks at it: that takes as long as a build.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::state::{Decided, PreviewEvent, PreviewState};
use crate::diagnostic::Diagnostics;
use crate::pipeline::{self, Options};
use crate::rally::{self, TESTS_FILE, Tests};

/// Decides the ledger behind the page, one at a time.
pub struct Waves {
    options: Options,
    is_running: AtomicBool,
}

impl Waves {
    /// Decides by these options.
    pub fn new(options: Options) -> Self {
        Self { options, is_running: AtomicBool::new(false) }
    }

    /// Begins to decide the ledger unless that of the page is there or on its way; an event tells when it is.
    pub fn want(self: &Arc<Self>, state: &Arc<PreviewState>) {
        let generation = {
            let newest = state.read();
            if newest.waves.as_ref().is_some_and(|waves| waves.generation == newest.page_generation) {
                return;
            }
            newest.page_generation
        };
        if generation == 0 || self.is_running.swap(true, Ordering::Relaxed) {
            return;
        }
        let (waves, state) = (Arc::clone(self), Arc::clone(state));
        std::thread::spawn(move || {
            let title = state.read().page.title.clone();
            let decided = waves.decide(generation, &title);
            waves.is_running.store(false, Ordering::Relaxed);
            state.publish(generation, &Diagnostics::default(), |newest| {
                newest.waves = Some(decided);
                Some(PreviewEvent::Waves { generation })
            });
        });
    }

    fn decide(&self, generation: u64, title: &str) -> Decided {
        let root = &self.options.root;
        let tests = Tests::read(root, &root.join(TESTS_FILE));
        let page = pipeline::ledger(&self.options, &tests, Arc::new(|_| {}))
            .map(|board| rally::board_html(title, &board));
        let page = page.map_err(|errors| {
            let said = errors.0.iter().map(|error| error.render(root, false));
            said.collect::<Vec<_>>().join("\n\n")
        });
        Decided { generation, page }
    }
}
