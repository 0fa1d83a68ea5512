//! One generation for each burst of changes: the page first, then mistakes, then the PDF.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::follow::Changes;
use super::state::{Happened, State};
use crate::diagnostic::Diagnostics;
use crate::pipeline::{Draft, Known, Options, page};
use crate::typeset::Limit;

/// How often the worker looks whether the program ends.
const LOOK: Duration = Duration::from_millis(200);
/// Numbers that are told when they moved.
const MOST_MOVED: usize = 200;

/// A thread that follows changes.
pub struct Worker {
    ended: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Starts with a first generation.
    pub fn start(options: Options, state: Arc<State>, changes: Changes) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&ended);
        let thread = std::thread::spawn(move || follow(&options, &state, &changes, &seen));
        Self { ended, thread }
    }

    /// Ends the thread and what it runs.
    pub fn stop(self) {
        self.ended.store(true, Ordering::Relaxed);
        // A thread that panicked has ended as well.
        let _ended = self.thread.join();
    }
}

/// A typesetting that runs beside the worker.
struct Printing {
    limit: Limit,
    thread: JoinHandle<()>,
}

impl Printing {
    fn start(options: &Options, state: &Arc<State>, generation: u64, draft: Draft) -> Self {
        let limit = Limit::of(options.limit.time);
        let options = Options { limit: limit.clone(), ..options.clone() };
        let state = Arc::clone(state);
        let thread = std::thread::spawn(move || {
            let start = Instant::now();
            let printed = draft.first_pdf(&options);
            if options.limit.is_stopped() {
                return;
            }
            match printed {
                Ok(pdf) => {
                    let happened = Happened::Pdf { generation, ms: milliseconds(start) };
                    state.publish(happened, &Diagnostics::default(), |newest| newest.pdf = pdf);
                }
                Err(errors) => report(&state, generation, &errors),
            }
        });
        Self { limit, thread }
    }

    /// Ends it, together with its child.
    fn stop(self) {
        self.limit.stop();
        // A thread that panicked has ended as well.
        let _ended = self.thread.join();
    }
}

fn follow(options: &Options, state: &Arc<State>, changes: &Changes, ended: &AtomicBool) {
    let mut known = Known::default();
    let mut generation = 0;
    let mut printing: Option<Printing> = None;
    let mut is_new = true;
    while !ended.load(Ordering::Relaxed) {
        if is_new {
            if let Some(old) = printing.take() {
                old.stop();
            }
            generation += 1;
            let made = make(options, state, changes, generation, &mut known);
            printing = made.map(|draft| Printing::start(options, state, generation, draft));
        }
        match changes.next(LOOK) {
            Some(changed) => is_new = changed,
            None => break,
        }
    }
    if let Some(printing) = printing {
        printing.stop();
    }
}

/// Makes one generation; what is worth printing where it has no mistakes.
fn make(
    options: &Options,
    state: &Arc<State>,
    changes: &Changes,
    generation: u64,
    known: &mut Known,
) -> Option<Draft> {
    let start = Instant::now();
    let draft = match page(options, known) {
        Ok((draft, page)) => {
            let moved = {
                let old = &state.read().page.numbers;
                let pairs = page.numbers.iter().filter_map(|(name, new)| {
                    old.get(name)
                        .filter(|old| *old != new)
                        .map(|old| [name.clone(), old.clone(), new.clone()])
                });
                pairs.take(MOST_MOVED).collect()
            };
            let happened = Happened::Html { generation, ms: milliseconds(start), moved };
            state.publish(happened, &Diagnostics::default(), |newest| newest.page = page);
            draft
        }
        Err(errors) => {
            if !changes.is_pending() {
                report(state, generation, &errors);
            }
            return None;
        }
    };
    match draft.mistakes(options) {
        Ok(review) => {
            state.publish(Happened::Ok { generation }, &Diagnostics::default(), |newest| {
                newest.errors.clear();
                newest.review = review;
            });
            Some(draft)
        }
        Err(errors) => {
            if !changes.is_pending() {
                report(state, generation, &errors);
            }
            None
        }
    }
}

fn report(state: &State, generation: u64, errors: &Diagnostics) {
    let list = state.mistakes(errors);
    let happened = Happened::Error { generation, errors: list.clone() };
    state.publish(happened, errors, |newest| newest.errors = list);
}

fn milliseconds(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}
