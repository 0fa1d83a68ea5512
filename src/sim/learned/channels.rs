//! Routes free of deadlock: how many virtual channels shortest paths need.
//!
//! A packet that takes a new channel on every hop cannot wait in a circle (structured buffer pools: Guenther,
//! "Prevention of deadlocks in packet-switched data transport systems", IEEE Trans. Commun. 29, 1981). It is
//! enough to take a new channel when the next link does not come later in a fixed order of links: within a
//! channel a packet then waits for later links only (Dally and Towles, "Principles and Practices of
//! Interconnection Networks", 2004, section 14.2).

use super::super::network::place_of;
use super::super::shape::CUBE_SIDE;
use super::LearnedError;
use super::graph::{CLASSES, Graph, PLACES, PORTS, Search};
use super::translations::Translations;

/// Holds the virtual channels that shortest paths need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channels {
    /// With a new channel on every hop: the diameter.
    pub by_hop: usize,
    /// With a new channel only where the link order falls, on paths chosen to need the fewest.
    pub by_order: usize,
}

/// Names one hop of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hop {
    /// The directed link: chip, counted cube after cube, * 6 + port.
    pub link: usize,
    /// The virtual channel, from 0.
    pub channel: usize,
}

/// Returns the virtual channels that shortest paths between all chips need.
///
/// # Errors
/// Refuses maps under which some chip cannot reach another.
pub fn channels(translations: &Translations) -> Result<Channels, LearnedError> {
    let graph = Graph::new(translations);
    let mut search = Search::new(graph.chips(), 1);
    let mut needed = Channels { by_hop: 0, by_order: 0 };
    for source in 0..PLACES {
        let arrivals = arrivals(&graph, &mut search, source)?;
        needed.by_hop = needed.by_hop.max(search.distance.iter().copied().max().unwrap_or(0) as usize);
        let fewest = |chip: usize| arrivals[chip].iter().map(|arrival| arrival.channel).min();
        let most = (0..graph.chips()).filter(|&chip| chip != source).filter_map(fewest).max();
        needed.by_order = needed.by_order.max(most.map_or(0, |channel| channel + 1));
    }
    Ok(needed)
}

/// Returns one shortest path with the fewest channels from a source to every chip.
///
/// Chips are counted cube after cube.
///
/// # Errors
/// Refuses maps under which some chip cannot reach another.
pub fn routes(translations: &Translations, source: usize) -> Result<Vec<Vec<Hop>>, LearnedError> {
    let graph = Graph::new(translations);
    let mut search = Search::new(graph.chips(), 1);
    if source >= graph.chips() {
        return Err(LearnedError::NoSuchChip { chip: source, chips: graph.chips() });
    }
    let arrivals = arrivals(&graph, &mut search, source)?;
    let routes = (0..graph.chips()).map(|target| {
        let mut hops = Vec::new();
        let mut now = (target != source)
            .then(|| (0..PORTS).min_by_key(|&port| arrivals[target][port].channel))
            .flatten()
            .map(|port| arrivals[target][port]);
        while let Some(arrival) = now {
            hops.push(Hop { link: arrival.link, channel: arrival.channel });
            let before = arrivals[arrival.link / PORTS];
            now = arrival.before.map(|port| before[port]);
        }
        hops.reverse();
        hops
    });
    Ok(routes.collect())
}

/// Tells how the last link of a path reaches a chip.
#[derive(Clone, Copy)]
struct Arrival {
    /// The fewest channels before this one; the largest number where no shortest path comes this way.
    channel: usize,
    /// The last link.
    link: usize,
    /// The port of the chip before, under which its own arrival stands; none at the source.
    before: Option<usize>,
}

/// Finds, for every chip and every port out of which the chip before sent, the fewest channels.
///
/// Dynamic programming over hops: two last links out of the same kind of port differ in what may follow, so
/// each is kept.
fn arrivals(
    graph: &Graph,
    search: &mut Search,
    source: usize,
) -> Result<Vec<[Arrival; PORTS]>, LearnedError> {
    search.reach(graph, &[1; CLASSES], source).ok_or(LearnedError::NotConnected)?;
    let nowhere = Arrival { channel: usize::MAX, link: 0, before: None };
    let mut arrivals = vec![[nowhere; PORTS]; graph.chips()];
    let order = order_of_classes();
    for &chip in search.order() {
        let chip = chip as usize;
        for port in 0..PORTS {
            let other = graph.next(chip, port);
            if search.distance[other] != search.distance[chip] + 1 {
                continue;
            }
            let link = chip * PORTS + port;
            let rank = order[link % CLASSES];
            let mut best = Arrival { channel: usize::MAX, link, before: None };
            if chip == source {
                best.channel = 0;
            } else {
                for (before, arrival) in arrivals[chip].iter().enumerate() {
                    let rises = usize::from(order[arrival.link % CLASSES] >= rank);
                    let channel = arrival.channel.saturating_add(rises);
                    if channel < best.channel {
                        best = Arrival { channel, link, before: Some(before) };
                    }
                }
            }
            if best.channel < arrivals[other][port].channel {
                arrivals[other][port] = best;
            }
        }
    }
    Ok(arrivals)
}

/// Returns the place of each link class in the link order.
///
/// Optical links come first: a packet enters a cube and then crosses it. Electrical links out of plus ports
/// come next, then those out of minus ports; among them, links stand by how far their chip is from the corner
/// where travel starts, so that a run inside a cube only rises. Links of one place never share a channel on
/// the same route.
pub(super) fn order_of_classes() -> Vec<usize> {
    let last = CUBE_SIDE - 1;
    let place = |class: usize| {
        let port = class % PORTS;
        let steps = place_of([CUBE_SIDE; 3], class / PORTS);
        let forward = steps.map(|step| if port.is_multiple_of(2) { step } else { last - step });
        let electrical = PORTS + port % 2 * (3 * last + 1) + forward.iter().sum::<usize>();
        if forward[port / 2] == last { port } else { electrical }
    };
    (0..CLASSES).map(place).collect()
}
