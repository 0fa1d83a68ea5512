//! One generation for each burst of changes: the page at once, errors and PDF behind it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use typesetter::{Limit, Standby};

use super::follow::Changes;
use super::state::{PreviewEvent, PreviewState};
use super::{parts, pending};
use crate::diagnostic::Diagnostics;
use crate::pipeline::{Cache, Computing, Draft, DraftCache, DraftPdf, Look, Options, Page, look};

/// How often the worker looks whether the program ends.
const LOOK: Duration = Duration::from_millis(200);
/// The same while numbers are computed that a page waits for.
const LOOK_FOR_NUMBERS: Duration = Duration::from_millis(20);
/// Numbers that are told when they moved.
const MOST_MOVED: usize = 200;

/// A thread that follows changes.
pub struct Worker {
    ended: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Starts with a first generation.
    pub fn start(options: Options, state: Arc<PreviewState>, changes: Changes) -> Self {
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

/// Work on drafts behind the page, in a thread of its own; a draft that was overtaken is passed over.
struct Background {
    drafts: Sender<QueuedDraft>,
    limit: Limit,
    thread: JoinHandle<()>,
}

/// A draft, its generation, and how long may be worked on it.
struct QueuedDraft {
    draft: Draft,
    generation: u64,
    limit: Limit,
}

impl Background {
    fn start(work: impl Fn(QueuedDraft) + Send + 'static) -> Self {
        let (drafts, received) = channel::<QueuedDraft>();
        let thread = std::thread::spawn(move || {
            while let Ok(first) = received.recv() {
                work(received.try_iter().last().unwrap_or(first));
            }
        });
        Self { drafts, limit: Limit::of(Duration::ZERO), thread }
    }

    /// Ends the work on older drafts and begins with this one.
    fn send(&mut self, draft: Draft, generation: u64, time: Duration) {
        self.limit.stop();
        self.limit = Limit::of(time);
        // The thread is gone only if it panicked; then there are no results of this kind any more.
        let _gone = self.drafts.send(QueuedDraft { draft, generation, limit: self.limit.clone() });
    }

    /// Ends the thread and what it runs.
    fn stop(self) {
        self.limit.stop();
        drop(self.drafts);
        // A thread that panicked has ended as well.
        let _ended = self.thread.join();
    }
}

fn follow(options: &Options, state: &Arc<PreviewState>, changes: &Changes, ended: &AtomicBool) {
    let mut known = DraftCache::default();
    let mut generation = 0;
    let options = &printing(options);
    let checked = Arc::clone(state);
    let mut checker = Background::start(move |sent| check(&checked, &sent));
    let printed = Arc::clone(state);
    let mut printer = Background::start(move |sent| print(&printed, &sent));
    let mut is_new = true;
    let mut running: Option<Running> = None;
    while !ended.load(Ordering::Relaxed) {
        let mut draft = None;
        if is_new {
            if let Some(overtaken) = running.take() {
                overtaken.computing.stop();
            }
            generation += 1;
            match begin(options, state, changes, generation, &mut known) {
                Begun::Settled(settled) => draft = settled,
                Begun::Running(begun) => running = Some(begun),
            }
        } else if let Some(done) = running.take_if(|running| running.computing.is_done()) {
            draft = done.settle(state, changes, &mut known);
        }
        if let Some(draft) = draft {
            for file in draft.listed_elsewhere() {
                changes.follow_elsewhere(&options.root.join(file));
            }
            printer.send(draft.clone(), generation, options.limit.time);
            checker.send(draft, generation, options.limit.time);
        }
        match changes.next(if running.is_some() { LOOK_FOR_NUMBERS } else { LOOK }) {
            Some(changed) => is_new = changed,
            None => break,
        }
    }
    // Whoever still computes numbers ends with the program.
    printer.stop();
    checker.stop();
}

/// Returns the same options with a worker that stands by.
fn printing(options: &Options) -> Options {
    let formats = Cache::of(&options.root).formats();
    let standby = Some(Arc::new(Mutex::new(Standby::new(&options.worker, &formats))));
    Options { standby, ..options.clone() }
}

/// A generation whose numbers are being computed.
struct Running {
    computing: Computing,
    generation: u64,
    start: Instant,
}

/// What a generation begins with.
enum Begun {
    /// The draft behind its page; none where there are errors.
    Settled(Option<Draft>),
    /// Numbers that have to be computed.
    Running(Running),
}

/// Makes the page of one generation, or one with earlier numbers while today's are computed.
fn begin(
    options: &Options,
    state: &Arc<PreviewState>,
    changes: &Changes,
    generation: u64,
    known: &mut DraftCache,
) -> Begun {
    let start = Instant::now();
    let told = Arc::clone(state);
    let progress = move |stage: &str| {
        // All other stages of a page are over before anybody could read of them.
        if stage.starts_with("facts ") {
            let happened = PreviewEvent::Progress { generation, stage: stage.to_owned() };
            told.publish(generation, &Diagnostics::default(), |_| Some(happened));
        }
    };
    match look(options, known, Arc::new(progress)) {
        Ok(Look::Settled(draft, page)) => {
            show(state, generation, start, *page);
            Begun::Settled(Some(draft))
        }
        Ok(Look::Computing(computing, meanwhile)) => {
            if let Some(page) = meanwhile {
                show(state, generation, start, *page);
            }
            Begun::Running(Running { computing, generation, start })
        }
        Err(errors) => {
            blame(state, changes, generation, &errors);
            Begun::Settled(None)
        }
    }
}

impl Running {
    /// Makes the page with today's numbers; the draft where there is one.
    fn settle(self, state: &PreviewState, changes: &Changes, known: &mut DraftCache) -> Option<Draft> {
        let Self { computing, generation, start } = self;
        match computing.settle(known) {
            Ok((draft, page)) => {
                show(state, generation, start, *page);
                Some(draft)
            }
            Err(errors) => {
                blame(state, changes, generation, &errors);
                None
            }
        }
    }
}

/// Publishes a page. Numbers that move are told of pages whose numbers are all of today.
fn show(state: &PreviewState, generation: u64, start: Instant, mut page: Page) {
    page.html = pending::marked(&page.html, &page.pending);
    let (moved, parts) = {
        let newest = state.read();
        (moved(&newest.settled, &page.numbers), parts::changed(&newest.page.html, &page.html))
    };
    let ms = milliseconds(start);
    state.publish(generation, &Diagnostics::default(), |newest| {
        let computing = page.pending.experiments.clone();
        if computing.is_empty() {
            newest.settled.clone_from(&page.numbers);
        }
        newest.page = page;
        let from = std::mem::replace(&mut newest.page_generation, generation);
        Some(PreviewEvent::Html { generation, ms, from, parts, moved, computing })
    });
}

/// Tells errors that kept a page from being made.
fn blame(state: &PreviewState, changes: &Changes, generation: u64, errors: &Diagnostics) {
    // What was read while a file was being written says nothing.
    if !changes.is_pending() {
        let list = state.shown(errors);
        state.judge(generation, errors, |newest| newest.errors = list);
    }
}

/// Returns the numbers that moved: name, old, new.
fn moved(old: &Arc<BTreeMap<String, String>>, new: &Arc<BTreeMap<String, String>>) -> Vec<[String; 3]> {
    if Arc::ptr_eq(old, new) {
        return Vec::new();
    }
    let pairs = new.iter().filter_map(|(name, new)| Some((name, old.get(name)?, new)));
    let pairs = pairs.filter(|(_, old, new)| old != new);
    pairs.map(|(name, old, new)| [name.clone(), old.clone(), new.clone()]).take(MOST_MOVED).collect()
}

/// Holds a draft against the rules of prose and the review.
fn check(state: &PreviewState, sent: &QueuedDraft) {
    let found = sent.draft.errors();
    if !sent.draft.is_current(state.root()) {
        return;
    }
    let none = Diagnostics::default();
    match found {
        Ok(review) => state.judge(sent.generation, &none, |newest| {
            newest.errors.clear();
            newest.review = review;
        }),
        Err(errors) => {
            let list = state.shown(&errors);
            state.judge(sent.generation, &errors, |newest| newest.errors = list);
        }
    }
}

/// Typesets a draft, unless a newer one comes meanwhile.
fn print(state: &PreviewState, sent: &QueuedDraft) {
    let (generation, start) = (sent.generation, Instant::now());
    let printed = sent.draft.first_pdf(&sent.limit);
    if sent.limit.is_stopped() || !sent.draft.is_current(state.root()) {
        return;
    }
    let none = Diagnostics::default();
    match printed {
        Ok(DraftPdf { bytes, passes }) => {
            let mut was_unprinted = false;
            state.publish(generation, &none, |newest| {
                newest.pdf = bytes;
                was_unprinted = !std::mem::take(&mut newest.unprinted).is_empty();
                Some(PreviewEvent::Pdf { generation, ms: milliseconds(start), passes })
            });
            if was_unprinted {
                state.judge(generation, &none, |_| {});
            }
        }
        Err(errors) => {
            let list = state.shown(&errors);
            state.judge(generation, &errors, |newest| newest.unprinted = list);
        }
    }
}

fn milliseconds(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}
