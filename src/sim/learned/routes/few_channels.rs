//! Shortest paths among those that need no more than a given number of virtual channels.

use rayon::prelude::*;

use super::super::super::packet::paths::{MOST_HOPS, Path};
use super::super::LearnedError;
use super::super::graph::PORTS;
use super::wiring::Wiring;

/// Ends a chain of steps.
const NONE: u32 = u32::MAX;

/// Holds the last link of a partial path.
#[derive(Clone, Copy)]
struct Step {
    link: u32,
    channel: u16,
    hops: u16,
    before: u32,
}

/// Returns a path from every source to every chip, at source * chips + target.
///
/// It has the fewest hops that the channels allow, and of those the fewest channels.
///
/// # Errors
/// Refuses networks on which some chip cannot reach another within the channels.
pub(super) fn shortest(wiring: &Wiring<'_>, channels: usize) -> Result<Vec<Path>, LearnedError> {
    let (chips, sources) = (wiring.chips(), wiring.sources());
    let mut paths = vec![Path::default(); sources.len() * chips];
    let found = paths.par_chunks_mut(chips).zip(sources).map_init(Vec::new, |steps, (paths, &source)| {
        from_source(wiring, source as usize, channels, steps, paths)
    });
    found.collect::<Result<(), LearnedError>>()?;
    Ok(paths)
}

/// Searches breadth first over links, each of which is entered again only on a lower channel than before.
fn from_source(
    wiring: &Wiring<'_>,
    source: usize,
    channels: usize,
    steps: &mut Vec<Step>,
    paths: &mut [Path],
) -> Result<(), LearnedError> {
    let chips = wiring.chips();
    let mut lowest = vec![u16::MAX; wiring.links()];
    let mut last = vec![NONE; chips];
    let mut reached = 1;
    steps.clear();
    let mut head = 0;
    let mut enter = |steps: &mut Vec<Step>, step: Step| {
        let link = step.link as usize;
        let Some(chip) = wiring.past(link) else { return };
        if chip == source || step.channel >= lowest[link] {
            return;
        }
        lowest[link] = step.channel;
        let best = steps.get(last[chip] as usize).copied();
        if best.is_none_or(|best| best.hops == step.hops && best.channel > step.channel) {
            reached += usize::from(best.is_none());
            last[chip] = steps.len() as u32;
        }
        steps.push(step);
    };
    for port in 0..PORTS {
        enter(steps, Step { link: (source * PORTS + port) as u32, channel: 0, hops: 1, before: NONE });
    }
    while let Some(&step) = steps.get(head) {
        if let Some(chip) = wiring.past(step.link as usize) {
            for link in chip * PORTS..(chip + 1) * PORTS {
                let channel = step.channel + u16::from(wiring.rises(step.link as usize, link));
                if usize::from(channel) < channels {
                    let next = Step { link: link as u32, channel, hops: step.hops + 1, before: head as u32 };
                    enter(steps, next);
                }
            }
        }
        head += 1;
    }
    if reached < chips {
        return Err(LearnedError::FewChannels(channels));
    }
    let mut ports = Vec::with_capacity(MOST_HOPS);
    for target in (0..chips).filter(|&target| target != source) {
        ports.clear();
        let mut at = last[target];
        while let Some(step) = steps.get(at as usize) {
            ports.push(step.link as usize % PORTS);
            at = step.before;
        }
        ports.reverse();
        paths[target] = Path::new(&ports).ok_or(LearnedError::Range {
            name: "the diameter",
            value: ports.len(),
            most: MOST_HOPS,
        })?;
    }
    Ok(())
}
