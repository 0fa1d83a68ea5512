//! `phext-paper sim collective --maps`.

use std::path::Path;
use std::process::ExitCode;

use super::collective::{Question, link_of};
use super::{Failure, Outcome, maps, print, print_json, read_model};
use crate::maps::{Maps, learned_maps};
use crate::sim::collective::{Collective, Executed, Link, Operation, Symmetry, Trees, all_to_all};
use crate::sim::{Network, Shape};
use paper_engine::model::Model;
use paper_engine::study::Study;

/// The word for the maps that are stored with the paper.
const STORED: &str = "learned";

/// What was executed, and what bounds it.
struct Found {
    executed: Executed,
    /// The least seconds by the least cut, latency left out; none where no cut was looked for.
    bound: Option<f64>,
    /// Trees of each root and chunks of each tree.
    cuts: Option<(usize, usize)>,
}

/// Executes one collective on a slice that switch maps wire.
pub fn run(
    study: &'static Study,
    question: Question<'_>,
    maps: &Path,
    links: bool,
    root: &Path,
    json: bool,
) -> Outcome {
    let model = read_model(study, root)?;
    let link = link_of(&model);
    let wired = wire(question.shape, maps, &model);
    let found = wired.and_then(|network| Ok((execute(question, &network, &link)?, network)));
    let (found, network) = found.map_err(Failure::Usage)?;
    Ok(if json {
        show_json(question, &found, &network, &link)
    } else {
        show(question, &found, &network, &link, links)
    })
}

fn wire(shape: &str, maps: &Path, model: &Model) -> Result<Network, String> {
    if maps != Path::new(STORED) {
        return Ok(maps::read(shape, maps)?.network());
    }
    let parsed: Shape = shape.parse().map_err(|error| format!("{error}"))?;
    let stored = model.maps(&parsed.to_string());
    let stored = stored.ok_or_else(|| format!("no maps are stored for `{shape}`"))?;
    let maps = learned_maps(stored).translations().and_then(|found| found.maps());
    maps.map(|maps| maps.network()).map_err(|error| error.to_string())
}

fn execute(question: Question<'_>, network: &Network, link: &Link) -> Result<Found, String> {
    let Question { kind, bytes, .. } = question;
    let text = |error: crate::sim::collective::CollectiveError| error.to_string();
    let (operation, halves) = match kind.parse::<Collective>().map_err(text)? {
        Collective::AllToAll => {
            let executed = all_to_all(network, bytes / network.chips() as f64, link).map_err(text)?;
            return Ok(Found { executed, bound: None, cuts: None });
        }
        Collective::AllReduce => (Operation::AllReduce, 2.0),
        Collective::ReduceScatter => (Operation::ReduceScatter, 1.0),
        Collective::AllGather => (Operation::AllGather, 1.0),
    };
    let symmetry = Symmetry::of(network).map_err(text)?;
    let trees = Trees::new(network, &symmetry).map_err(text)?;
    let found = trees.execute(operation, bytes, link).map_err(text)?;
    let cut = trees.bound().map_err(text)?;
    let bound = halves * cut.seconds(bytes / network.chips() as f64, link.bandwidth);
    let cuts = Some((found.gathered.trees, found.gathered.chunks));
    Ok(Found { executed: found.executed, bound: Some(bound), cuts })
}

/// Returns the share of the time in which a link carries bytes, for each link there is, with its chip and
/// port.
fn uses(done: &Executed, network: &Network, link: &Link) -> Vec<(usize, usize, f64)> {
    let ports = network.ports();
    let there = |index: &usize| network.neighbor(index / ports, index % ports).is_some();
    let used = |bytes: f64| if done.seconds > 0.0 { bytes / link.bandwidth / done.seconds } else { 0.0 };
    let all = (0..network.chips() * ports).filter(there);
    all.map(|index| (index / ports, index % ports, used(done.link_bytes[index]))).collect()
}

fn show(question: Question<'_>, found: &Found, network: &Network, link: &Link, links: bool) -> ExitCode {
    let Question { kind, shape, bytes } = question;
    let done = &found.executed;
    print(&format!("{kind} on {shape} by switch maps, {bytes} bytes on each chip"));
    print(&format!("  time                {:>16.3} us", done.seconds * 1e6));
    if let Some(bound) = found.bound {
        print(&format!("  bound of least cut  {:>16.3} us, latency left out", bound * 1e6));
        print(&format!(
            "  ratio               {:>16.5}",
            if bound > 0.0 { done.seconds / bound } else { 1.0 }
        ));
    }
    if let Some((trees, chunks)) = found.cuts {
        let each = if chunks == 1 { "sent whole".to_owned() } else { format!("each in {chunks} chunks") };
        print(&format!("  trees of each root  {trees:>16}, {each}"));
    }
    print(&format!("  bytes sent          {:>16.0}", done.bytes_sent()));
    print(&format!("  bytes received      {:>16.0}", done.bytes_received()));
    let all = uses(done, network, link);
    print(&format!("  links               {:>16}", all.len()));
    for (name, among) in [("all links", 0..network.ports())]
        .into_iter()
        .chain(["x", "y", "z"].into_iter().enumerate().map(|(axis, name)| (name, 2 * axis..2 * axis + 2)))
    {
        let of: Vec<f64> = all.iter().filter(|(_, port, _)| among.contains(port)).map(|one| one.2).collect();
        let least = of.iter().copied().fold(f64::INFINITY, f64::min);
        let most = of.iter().copied().fold(0.0, f64::max);
        let mean = of.iter().sum::<f64>() / of.len().max(1) as f64;
        let [least, mean, most] = [least, mean, most].map(|share| 100.0 * share);
        print(&format!("  use, {name:<14} {least:>8.3} % least {mean:>8.3} % mean {most:>8.3} % most"));
    }
    if links {
        print("  chip port           bytes      use");
        for (chip, port, share) in all {
            let bytes = done.link_bytes[chip * network.ports() + port];
            print(&format!("  {chip:>4} {port:>4} {bytes:>15.0} {:>8.3} %", 100.0 * share));
        }
    }
    ExitCode::SUCCESS
}

fn show_json(question: Question<'_>, found: &Found, network: &Network, link: &Link) -> ExitCode {
    let Question { kind, shape, bytes } = question;
    let done = &found.executed;
    let links: Vec<serde_json::Value> = uses(done, network, link)
        .into_iter()
        .map(|(chip, port, share)| {
            let bytes = done.link_bytes[chip * network.ports() + port];
            serde_json::json!({ "chip": chip, "port": port, "bytes": bytes, "use": share })
        })
        .collect();
    print_json(&serde_json::json!({
        "collective": kind,
        "shape": shape,
        "bytes": bytes,
        "seconds": done.seconds,
        "bound_seconds": found.bound,
        "algorithm_bandwidth_bytes_per_second": if done.seconds > 0.0 { bytes / done.seconds } else { 0.0 },
        "steps": done.steps,
        "hops": done.hops,
        "trees_of_each_root": found.cuts.map(|cuts| cuts.0),
        "chunks_of_each_tree": found.cuts.map(|cuts| cuts.1),
        "bytes_sent": done.bytes_sent(),
        "bytes_received": done.bytes_received(),
        "busiest_link_bytes": done.busiest_link_bytes(),
        "total_link_bytes": done.link_bytes.iter().sum::<f64>(),
        "mean_link_use": done.mean_link_use(network, link),
        "links": links,
    }))
}
