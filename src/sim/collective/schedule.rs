//! Schedules of transfers between neighbours, and their execution link by link.

use super::{CollectiveError, check_amount, check_positive};
use crate::sim::network::Network;

/// Holds the speed of every link; an input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// The bandwidth of a link in one direction, in bytes per second.
    pub bandwidth: f64,
    /// The time from a chip to its neighbour, in seconds.
    pub latency: f64,
}

/// Holds one transfer from a chip to the neighbour past a port.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transfer {
    /// The chip that sends.
    pub chip: usize,
    /// The port it sends through.
    pub port: usize,
    /// The bytes sent.
    pub bytes: f64,
}

/// Holds the bytes that every chip sends through one port.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PortBytes {
    /// The port.
    pub port: usize,
    /// The bytes sent by each chip.
    pub bytes: f64,
}

/// Holds the transfers of one step.
#[derive(Debug, Clone, PartialEq)]
pub enum Transfers {
    /// Every chip sends the same bytes through the listed ports.
    Symmetric(Vec<PortBytes>),
    /// The listed chips send.
    Listed(Vec<Transfer>),
}

/// Holds one step, which may repeat: its transfers start together, and the next step waits for all of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// How many times the step runs in a row.
    pub repeat: usize,
    /// The transfers of the step.
    pub transfers: Transfers,
}

/// Holds steps that follow one another without waiting for other lanes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lane {
    steps: Vec<Step>,
}

/// Holds lanes side by side, on links of their own; the next stage waits for all of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stage {
    /// The lanes of the stage.
    pub lanes: Vec<Lane>,
}

/// Holds the stages of a collective in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schedule {
    /// The stages.
    pub stages: Vec<Stage>,
}

impl Lane {
    /// Adds a step; a step equal to the last one only raises its count.
    pub fn push(&mut self, transfers: Transfers) {
        match self.steps.last_mut() {
            Some(last) if last.transfers == transfers => last.repeat += 1,
            _ => self.steps.push(Step { repeat: 1, transfers }),
        }
    }

    /// Returns the distinct runs of steps in order.
    #[must_use]
    pub fn runs(&self) -> &[Step] {
        &self.steps
    }

    /// Returns the number of steps.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps.iter().map(|step| step.repeat).sum()
    }
}

impl Schedule {
    /// Adds a stage of one lane.
    pub fn push(&mut self, lane: Lane) {
        self.stages.push(Stage { lanes: vec![lane] });
    }

    /// Returns the number of steps, one after another: those of the longest lane of every stage.
    #[must_use]
    pub fn steps(&self) -> usize {
        let longest = |stage: &Stage| stage.lanes.iter().map(Lane::steps).max().unwrap_or(0);
        self.stages.iter().map(longest).sum()
    }
}

/// Holds what the execution of a schedule did.
#[derive(Debug, Clone, PartialEq)]
pub struct Executed {
    /// The time of all steps, in seconds.
    pub seconds: f64,
    /// The number of steps, one after another.
    pub steps: usize,
    /// The transfers over single links; bytes that cross one link in one step count as one transfer.
    pub hops: u64,
    /// The bytes each chip sent.
    pub sent: Vec<f64>,
    /// The bytes each chip received.
    pub received: Vec<f64>,
    /// The bytes over each directed link, at index chip * ports + port.
    pub link_bytes: Vec<f64>,
}

impl Executed {
    /// Returns the bytes sent by all chips.
    #[must_use]
    pub fn bytes_sent(&self) -> f64 {
        self.sent.iter().sum()
    }

    /// Returns the bytes received by all chips.
    #[must_use]
    pub fn bytes_received(&self) -> f64 {
        self.received.iter().sum()
    }

    /// Returns the bytes over the busiest link.
    #[must_use]
    pub fn busiest_link_bytes(&self) -> f64 {
        self.link_bytes.iter().copied().fold(0.0, f64::max)
    }

    /// Returns the share of the time in which links carry bytes, as a mean over all links.
    #[must_use]
    pub fn mean_link_use(&self, network: &Network, link: &Link) -> f64 {
        let capacity = 2.0 * network.cables() as f64 * link.bandwidth * self.seconds;
        if capacity > 0.0 { self.link_bytes.iter().sum::<f64>() / capacity } else { 0.0 }
    }
}

impl Link {
    /// Refuses a link that no time can be computed with.
    pub(super) fn check(&self) -> Result<(), CollectiveError> {
        check_positive("the link bandwidth", self.bandwidth)?;
        check_amount("the link latency", self.latency)
    }
}

/// Executes a schedule: every transfer crosses its link, and a step lasts as long as its busiest link.
///
/// The time of a step is the most bytes over one link divided by its bandwidth, plus one latency: the
/// alpha-beta model with a barrier after each step (Chan, Heimlich, Purkayastha and van de Geijn, "Collective
/// communication: theory, practice, and experience", 2007, section 2). A stage lasts as long as its slowest
/// lane.
///
/// # Errors
/// Refuses transfers through ports without a link, lanes that share a link, and bytes or links that are not
/// numbers in range.
pub fn execute(network: &Network, schedule: &Schedule, link: &Link) -> Result<Executed, CollectiveError> {
    link.check()?;
    let (chips, ports) = (network.chips(), network.ports());
    let mut done = Executed {
        seconds: 0.0,
        steps: schedule.steps(),
        hops: 0,
        sent: vec![0.0; chips],
        received: vec![0.0; chips],
        link_bytes: vec![0.0; chips * ports],
    };
    let mut within = vec![0.0; chips * ports];
    // the lane, counted over all stages, that used a link last; zero before any
    let mut user = vec![0; chips * ports];
    let mut lanes_before = 0;
    for stage in &schedule.stages {
        let mut slowest = 0.0_f64;
        for (number, lane) in stage.lanes.iter().enumerate() {
            let mut seconds = 0.0;
            for step in &lane.steps {
                let used = cross(network, &step.transfers, &mut within)?;
                let times = step.repeat as f64;
                let mut busiest = 0.0_f64;
                for &(index, next) in &used {
                    if user[index] > lanes_before && user[index] != lanes_before + number + 1 {
                        return Err(CollectiveError::SharedLink { chip: index / ports, port: index % ports });
                    }
                    user[index] = lanes_before + number + 1;
                    let bytes = std::mem::take(&mut within[index]);
                    done.sent[index / ports] += times * bytes;
                    done.received[next] += times * bytes;
                    done.link_bytes[index] += times * bytes;
                    busiest = busiest.max(bytes);
                }
                done.hops += used.len() as u64 * step.repeat as u64;
                seconds += times * (busiest / link.bandwidth + link.latency);
            }
            slowest = slowest.max(seconds);
        }
        lanes_before += stage.lanes.len();
        done.seconds += slowest;
    }
    Ok(done)
}

/// Adds the bytes of each transfer to its link, and lists the links in use with the chips they lead to.
fn cross(
    network: &Network,
    transfers: &Transfers,
    within: &mut [f64],
) -> Result<Vec<(usize, usize)>, CollectiveError> {
    let (chips, ports) = (network.chips(), network.ports());
    let mut used = Vec::new();
    let mut send = |Transfer { chip, port, bytes }: Transfer| {
        check_amount("the bytes of a transfer", bytes)?;
        let missing = CollectiveError::NoLink { chip, port };
        if chip >= chips || port >= ports {
            return Err(missing);
        }
        let next = network.neighbor(chip, port).ok_or(missing)?;
        within[chip * ports + port] += bytes;
        used.push((chip * ports + port, next));
        Ok(())
    };
    match transfers {
        Transfers::Listed(listed) => listed.iter().try_for_each(|&transfer| send(transfer))?,
        Transfers::Symmetric(each) => (0..chips)
            .flat_map(|chip| each.iter().map(move |one| (chip, one)))
            .try_for_each(|(chip, one)| send(Transfer { chip, port: one.port, bytes: one.bytes }))?,
    }
    used.sort_unstable();
    used.dedup();
    Ok(used)
}
