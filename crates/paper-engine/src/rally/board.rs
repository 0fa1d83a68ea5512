//! Every wave and gate of a plan with the state of its criteria.

use std::collections::BTreeMap;

use super::check::Check;
use super::evaluate::{CheckState, evaluate};
use super::evidence::Evidence;
use super::plan::{Criterion, Plan, Wave};
use super::signed::{Target, digest_of_gate, digest_of_wave};

/// How a wave or a gate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Every criterion holds.
    Done,
    /// Every criterion holds but those that `make test` decides.
    TestsApart,
    /// Only a signature is missing.
    Waiting,
    /// A criterion does not hold.
    Open,
}

impl Status {
    /// All, the best first.
    pub const ALL: [Self; 4] = [Self::Done, Self::TestsApart, Self::Waiting, Self::Open];

    /// Returns the word in JSON and on every board.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::TestsApart => "tests apart",
            Self::Waiting => "waiting-sign-off",
            Self::Open => "open",
        }
    }

    /// Returns the word for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Waiting => "waiting for a signature",
            other => other.word(),
        }
    }

    /// Returns a sign of another form for each, so that none is told by colour alone.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Done => "●",
            Self::TestsApart => "◐",
            Self::Waiting => "◇",
            Self::Open => "○",
        }
    }

    fn of(criteria: &[CriterionState]) -> Self {
        let worst = criteria.iter().map(|criterion| criterion.state).max();
        worst.map_or(Self::Open, Self::of_state)
    }

    /// Returns the status of a criterion.
    pub const fn of_state(state: CheckState) -> Self {
        match state {
            CheckState::Met => Self::Done,
            CheckState::Left => Self::TestsApart,
            CheckState::Waiting => Self::Waiting,
            CheckState::Open => Self::Open,
        }
    }
}

/// A criterion and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CriterionState {
    /// The sentence of the plan.
    pub text: String,
    /// The kinds of its checks, in their order.
    pub check: String,
    /// The worst state of its checks.
    pub state: CheckState,
    /// What was found: the reasons where it does not hold.
    pub found: String,
}

/// A wave and its criteria.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaveState {
    /// Its number.
    pub id: u32,
    /// Its phase.
    pub phase: u32,
    /// Its name.
    pub title: String,
    /// What it delivers.
    pub output: String,
    /// The waves it builds on.
    pub after: Vec<u32>,
    /// Those of them that are not done.
    pub blocked_by: Vec<u32>,
    /// How it stands by its own criteria.
    pub status: Status,
    /// Its criteria.
    pub criteria: Vec<CriterionState>,
    /// What a signature of it covers.
    pub digest: String,
}

/// A phase, its waves and its gate.
#[derive(Clone, Debug, PartialEq)]
pub struct GateState {
    /// The number of the phase.
    pub id: u32,
    /// Its name.
    pub title: String,
    /// The estimate in hours.
    pub hours: f64,
    /// The question of the gate.
    pub question: String,
    /// How the gate stands: its own criteria and all waves of the phase.
    pub status: Status,
    /// The criteria that answer the question.
    pub criteria: Vec<CriterionState>,
    /// What a signature of it covers.
    pub digest: String,
}

/// The whole plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// The phases with their gates, in order.
    pub gates: Vec<GateState>,
    /// The waves, in order.
    pub waves: Vec<WaveState>,
    /// What is known of the tests, where that needs saying.
    pub tests: Option<String>,
}

impl Board {
    /// Returns the waves of a phase.
    pub fn waves_of(&self, phase: u32) -> impl Iterator<Item = &WaveState> {
        self.waves.iter().filter(move |wave| wave.phase == phase)
    }

    /// Returns the wave of this number.
    pub fn wave(&self, id: u32) -> Option<&WaveState> {
        self.waves.iter().find(|wave| wave.id == id)
    }

    /// Returns the gate of the phase of this number.
    pub fn gate(&self, phase: u32) -> Option<&GateState> {
        self.gates.iter().find(|gate| gate.id == phase)
    }

    /// Returns how many waves stand so.
    pub fn count(&self, status: Status) -> usize {
        self.waves.iter().filter(|wave| wave.status == status).count()
    }

    /// Returns how many waves there are of each status that occurs, in words.
    pub fn totals(&self) -> String {
        let counts = Status::ALL.map(|status| (self.count(status), status.words()));
        let words =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
        words.collect::<Vec<_>>().join(", ")
    }
}

/// Decides every criterion of the plan.
#[must_use]
pub fn board(evidence: &Evidence<'_>) -> Board {
    let plan = evidence.plan;
    let mut waves: Vec<WaveState> = plan.waves.iter().map(|wave| wave_state(wave, evidence)).collect();
    let status: BTreeMap<u32, Status> = waves.iter().map(|wave| (wave.id, wave.status)).collect();
    for wave in &mut waves {
        let is_open = |id: &&u32| !matches!(status.get(*id), Some(Status::Done | Status::TestsApart));
        wave.blocked_by = wave.after.iter().filter(is_open).copied().collect();
    }
    let gates = plan.phases.iter().map(|phase| {
        let id = phase.id.value;
        let digest = digest_of_gate(plan, id, evidence.root, evidence.outputs);
        let criteria = criteria(&phase.gate.criteria, Target::Gate(id), &digest, evidence);
        let of_waves = waves.iter().filter(|wave| wave.phase == id).map(|wave| wave.status).max();
        let status = Status::of(&criteria).max(of_waves.unwrap_or(Status::Open));
        let (title, question) = (phase.title.clone(), phase.gate.question.clone());
        GateState { id, title, hours: phase.hours, question, status, criteria, digest }
    });
    let gates = gates.collect();
    let tests = match evidence.tests {
        super::Tests::Apart => Some("Criteria that rest on tests are decided by make test.".to_owned()),
        super::Tests::Unknown(reason) => Some(format!("Tests: {reason}.")),
        super::Tests::Recorded(_) => None,
    };
    Board { gates, waves, tests }
}

fn wave_state(wave: &Wave, evidence: &Evidence<'_>) -> WaveState {
    let id = wave.id.value;
    let digest = digest_of_wave(wave, evidence.root, evidence.outputs);
    let criteria = criteria(&wave.criteria, Target::Wave(id), &digest, evidence);
    WaveState {
        id,
        phase: wave.phase.value,
        title: wave.title.clone(),
        output: wave.output.clone(),
        after: wave.after.iter().map(|before| before.value).collect(),
        blocked_by: Vec::new(),
        status: Status::of(&criteria),
        criteria,
        digest,
    }
}

fn criteria(all: &[Criterion], target: Target, digest: &str, evidence: &Evidence<'_>) -> Vec<CriterionState> {
    all.iter().map(|criterion| criterion_state(criterion, target, digest, evidence)).collect()
}

fn criterion_state(
    criterion: &Criterion,
    target: Target,
    digest: &str,
    evidence: &Evidence<'_>,
) -> CriterionState {
    let mut state = CheckState::Met;
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for check in &criterion.checks {
        let mut finding = evaluate(check, evidence);
        if let Check::SignOff(_) = check
            && let Some(signature) = evidence.signatures.last(target)
        {
            let is_valid = signature.sha256 == digest;
            finding.state = if is_valid { CheckState::Met } else { CheckState::Waiting };
            let since = if is_valid { "" } else { "; it changed since" };
            finding.found = format!("signed by {}: {}{since}", signature.by, signature.note);
        }
        state = state.max(finding.state);
        let list = if finding.state == CheckState::Met { &mut good } else { &mut bad };
        if !list.contains(&finding.found) {
            list.push(finding.found);
        }
    }
    if criterion.checks.is_empty() {
        state = CheckState::Open;
        bad.push("nothing decides it".to_owned());
    }
    let check = criterion.checks.iter().map(Check::kind).collect::<Vec<_>>().join(", ");
    let found = if bad.is_empty() { good } else { bad }.join("; ");
    CriterionState { text: criterion.text.value.clone(), check, state, found }
}

/// Returns whether a plan has something that a person signs for a target, and what stands against signing it
/// now.
pub(super) fn obstacles(plan: &Plan, board: &Board, target: Target) -> Result<Vec<String>, String> {
    let (criteria, states): (&[Criterion], &[CriterionState]) = match target {
        Target::Wave(id) => {
            let wave = plan.waves.iter().find(|wave| wave.id.value == id);
            let state = board.wave(id).map_or(&[][..], |wave| &wave.criteria);
            (&wave.ok_or_else(|| format!("there is no {target}"))?.criteria, state)
        }
        Target::Gate(id) => {
            let phase = plan.phases.iter().find(|phase| phase.id.value == id);
            let state = board.gate(id).map_or(&[][..], |gate| &gate.criteria);
            (&phase.ok_or_else(|| format!("there is no phase {id}"))?.gate.criteria, state)
        }
    };
    if !criteria.iter().any(Criterion::is_sign_off) {
        return Err(format!("{target} has nothing that a person signs"));
    }
    let open =
        states.iter().filter(|criterion| matches!(criterion.state, CheckState::Open | CheckState::Left));
    let mut obstacles: Vec<String> =
        open.map(|criterion| format!("{}: {}", criterion.text, criterion.found)).collect();
    if let Target::Gate(id) = target {
        let waves = board.waves_of(id).filter(|wave| wave.status != Status::Done);
        obstacles
            .extend(waves.map(|wave| format!("wave {} {}: {}", wave.id, wave.title, wave.status.words())));
    }
    Ok(obstacles)
}

impl Board {
    /// Returns what a signature of a target would cover, if nothing but the signature is missing.
    ///
    /// # Errors
    /// What is wrong with the target, or what is still open, one line each.
    pub fn signable(&self, plan: &Plan, target: Target) -> Result<String, Vec<String>> {
        let obstacles = obstacles(plan, self, target).map_err(|error| vec![error])?;
        if !obstacles.is_empty() {
            return Err(obstacles);
        }
        let digest = match target {
            Target::Wave(id) => self.wave(id).map(|wave| wave.digest.clone()),
            Target::Gate(id) => self.gate(id).map(|gate| gate.digest.clone()),
        };
        digest.ok_or_else(|| vec![format!("there is no {target}")])
    }
}
