//! Balanced flows of any demand: closed forms, exact linear programmes, bounds, symmetry, dark links and
//! threads.

use good_lp::{Expression, ProblemVariables, Solution, SolverModel, default_solver, variable};
use phext_paper::sim::flow::patterns::{
    Groups, experts, hot_spot, random_permutation, torus_neighbors, transpose,
};
use phext_paper::sim::flow::survey::{Extent, Kind, Pattern, survey};
use phext_paper::sim::flow::{Balanced, Demand, FlowError, Settings, balance, equal_splitting};
use phext_paper::sim::learned::{self, BalanceSettings, random_permutations, random_translations};
use phext_paper::sim::{Network, Shape, SwitchMaps, Topology, analyze, hypercube};

fn shape(text: &str) -> Shape {
    text.parse().unwrap()
}

fn uniform(network: &Network) -> Demand {
    Demand::uniform(network.chips()).unwrap()
}

/// Balances, and checks what holds for every balanced flow.
fn checked(network: &Network, demand: &Demand) -> Balanced {
    let balanced = balance(network, demand, Settings::default()).unwrap();
    let equal = equal_splitting(network, demand).unwrap();
    assert!(
        balanced.throughput <= balanced.bound * (1.0 + 1e-9),
        "{} {}",
        balanced.throughput,
        balanced.bound
    );
    assert!(balanced.throughput >= 0.97 * balanced.bound, "{} {}", balanced.throughput, balanced.bound);
    assert!(equal.throughput <= balanced.throughput * (1.0 + 1e-9));
    assert!(balanced.mean_links >= equal.mean_links * (1.0 - 1e-9));
    for (loads, throughput, mean) in [
        (&balanced.loads, balanced.throughput, balanced.mean_links),
        (&equal.loads, equal.throughput, equal.mean_links),
    ] {
        let top = loads.iter().copied().fold(0.0, f64::max);
        assert!((top - 1.0).abs() < 1e-9, "{top}");
        let sent: f64 =
            (0..network.chips()).flat_map(|chip| demand.targets(chip)).map(|(_, sent)| sent).sum();
        let carried: f64 = loads.iter().sum();
        assert!((carried - throughput * sent * mean).abs() < 1e-6 * carried);
    }
    balanced
}

/// Solves for the largest common factor exactly: one flow for each source, all within the links.
fn exact(network: &Network, demand: &Demand) -> f64 {
    let (chips, ports) = (network.chips(), network.ports());
    let links: Vec<(usize, usize)> = (0..chips * ports)
        .filter_map(|link| Some((link / ports, network.neighbor(link / ports, link % ports)?)))
        .collect();
    let mut variables = ProblemVariables::new();
    let load = variables.add(variable().min(0.0));
    let mut carried = vec![Expression::from(0.0); links.len()];
    let mut rows = Vec::new();
    for source in 0..chips {
        let targets = demand.targets(source);
        if targets.is_empty() {
            continue;
        }
        let flow = variables.add_vector(variable().min(0.0), links.len());
        let mut balance = vec![Expression::from(0.0); chips];
        for ((&(from, to), &flow), carried) in links.iter().zip(&flow).zip(&mut carried) {
            balance[from] -= flow;
            balance[to] += flow;
            *carried += flow;
        }
        let mut wanted = vec![0.0; chips];
        targets.iter().for_each(|&(target, amount)| wanted[target] = amount);
        let others = balance.into_iter().zip(wanted).enumerate().filter(|&(chip, _)| chip != source);
        rows.extend(others.map(|(_, (balance, wanted))| balance.eq(wanted)));
    }
    let mut model = variables.minimise(load).using(default_solver);
    for row in rows {
        model = model.with(row);
    }
    for carried in carried {
        model = model.with((carried - load).leq(0.0));
    }
    1.0 / model.solve().expect("solvable").value(load)
}

/// Sends from some chips to some, amounts from 1 to 5.
fn scattered(chips: usize, sources: usize, targets: usize) -> Demand {
    let mut rows = vec![Vec::new(); chips];
    for at in 0..sources {
        let source = (7 * at + 1) % chips;
        rows[source] = (0..targets)
            .map(|to| ((source + 3 + 5 * to * (at + 1)) % chips, ((3 * at + to) % 5 + 1) as f64))
            .collect();
    }
    Demand::sparse(rows).unwrap()
}

fn with_dark_links() -> Network {
    // One cube on itself, with the wraps of some positions missing.
    let maps = (0..48).map(|switch| vec![(switch % 5 != 0).then_some(0)]).collect();
    SwitchMaps::new([1, 1, 1], maps).unwrap().network()
}

#[test]
fn flows_agree_with_exact_linear_programmes() {
    let plane = Topology::flat_torus(4, 4).unwrap().network();
    let cases = [
        (hypercube(3).unwrap(), scattered(8, 8, 3)),
        (plane.clone(), scattered(16, 16, 2)),
        (plane, hot_spot(16, 0.3, 2).unwrap()),
        (hypercube(4).unwrap(), random_permutation(16, 3).unwrap()),
        (with_dark_links(), scattered(64, 4, 3)),
    ];
    for (network, demand) in &cases {
        let settings = Settings { gap: 0.002, ..Settings::default() };
        let found = balance(network, demand, settings).unwrap();
        let exact = exact(network, demand);
        assert!(found.throughput <= exact * (1.0 + 1e-9), "{} {exact}", found.throughput);
        assert!(found.bound >= exact * (1.0 - 1e-9), "{} {exact}", found.bound);
        assert!(found.throughput >= 0.995 * exact, "{} {exact}", found.throughput);
    }
}

#[test]
fn tori_and_twists_reach_their_closed_forms_and_neighbours_use_every_link_once() {
    for text in ["4x4x8", "4x8x8"] {
        for topology in [Topology::torus(shape(text)), Topology::twisted(shape(text)).unwrap()] {
            let network = topology.network();
            let known = analyze(&topology);
            let demand = uniform(&network);
            let equal = equal_splitting(&network, &demand).unwrap();
            assert!((equal.throughput / known.alltoall_links_per_chip - 1.0).abs() < 1e-9);
            assert!((equal.mean_links / known.mean_distance - 1.0).abs() < 1e-9);
            let balanced = checked(&network, &demand);
            // Nothing is better than equal splitting here, and the balanced flow is never worse.
            assert!((balanced.throughput / known.alltoall_links_per_chip - 1.0).abs() < 1e-9);
        }
        let torus = Topology::torus(shape(text)).network();
        let near = checked(&torus, &torus_neighbors(shape(text)).unwrap());
        assert!((near.throughput - 6.0).abs() < 1e-9 && (near.bound - 6.0).abs() < 1e-9);
        assert!((near.mean_links - 1.0).abs() < 1e-12);
    }
}

#[test]
fn translations_agree_with_the_flow_by_link_classes() {
    for seed in 1..=3 {
        let translations = random_translations(shape("4x8x8"), seed).unwrap();
        let network = translations.maps().unwrap().network();
        let ours = checked(&network, &uniform(&network));
        let classes = learned::balance(&translations, BalanceSettings { rounds: 150, gap: 0.005 }).unwrap();
        assert!(
            ours.throughput <= classes.bound * (1.0 + 1e-9)
                && classes.throughput <= ours.bound * (1.0 + 1e-9)
        );
        assert!(ours.throughput >= classes.throughput * 0.995, "{} {classes:?}", ours.throughput);
        let equal = equal_splitting(&network, &uniform(&network)).unwrap();
        let known = learned::class_loads(&translations).unwrap();
        assert!((equal.throughput / known.throughput - 1.0).abs() < 1e-9);
    }
}

#[test]
fn every_pattern_reaches_its_bound_on_every_kind_of_network() {
    let slice = shape("4x4x8");
    let learned_like = random_translations(slice, 2).unwrap().maps().unwrap().network();
    let networks = [
        Topology::torus(slice).network(),
        Topology::twisted(slice).unwrap().network(),
        learned_like,
        random_permutations(slice, 1).unwrap().network(),
    ];
    let patterns = [
        Demand::uniform(128).unwrap(),
        random_permutation(128, 1).unwrap(),
        transpose(128).unwrap(),
        torus_neighbors(slice).unwrap(),
        hot_spot(128, 0.01, 1).unwrap(),
        experts(slice, Groups::Runs, 0.5, 1).unwrap(),
        experts(slice, Groups::Cubes, 1.0, 1).unwrap(),
        experts(slice, Groups::All, 0.5, 1).unwrap(),
    ];
    for network in &networks {
        for demand in &patterns {
            let balanced = checked(network, demand);
            assert!(
                balanced.throughput >= 0.985 * balanced.bound,
                "{} {}",
                balanced.throughput,
                balanced.bound
            );
        }
    }
}

#[test]
fn a_receiver_bounds_a_hot_spot_and_a_liked_expert() {
    let slice = shape("4x4x8");
    let network = Topology::twisted(slice).unwrap().network();
    for demand in [hot_spot(128, 0.5, 3).unwrap(), experts(slice, Groups::All, 1.0, 3).unwrap()] {
        let mut received = vec![0.0; 128];
        (0..128).flat_map(|chip| demand.targets(chip)).for_each(|(target, sent)| received[target] += sent);
        let most = 6.0 / received.iter().copied().fold(0.0, f64::max);
        let found = balance(&network, &demand, Settings::default()).unwrap();
        assert!(found.throughput <= most * (1.0 + 1e-9) && found.throughput >= 0.98 * most, "{most}");
    }
}

#[test]
fn a_demand_twice_as_large_is_carried_half_as_often_and_sources_that_send_nothing_cost_nothing() {
    let network = hypercube(4).unwrap();
    let one = balance(&network, &scattered(16, 3, 4), Settings::default()).unwrap();
    let rows = |factor: f64| {
        let demand = scattered(16, 3, 4);
        let row = |chip| demand.targets(chip).into_iter().map(|(to, sent)| (to, factor * sent)).collect();
        Demand::sparse((0..16).map(row).collect()).unwrap()
    };
    let two = balance(&network, &rows(2.0), Settings::default()).unwrap();
    assert!((one.throughput - 2.0 * two.throughput).abs() < 1e-6 * one.throughput);
}

#[test]
fn dark_links_carry_nothing_and_never_help() {
    let dark = with_dark_links();
    let torus = Topology::torus(shape("4x4x4")).network();
    let (less, full) = (checked(&dark, &uniform(&dark)), checked(&torus, &uniform(&torus)));
    assert!(less.throughput < full.bound);
    for link in (0..dark.chips() * 6).filter(|&link| dark.neighbor(link / 6, link % 6).is_none()) {
        assert_eq!(less.loads[link], 0.0);
    }
}

#[test]
fn results_are_the_same_with_any_number_of_threads() {
    let network = random_permutations(shape("4x4x8"), 3).unwrap().network();
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let settings = Settings { rounds: 6, ..Settings::default() };
        pool.install(|| balance(&network, &random_permutation(128, 2).unwrap(), settings).unwrap())
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn what_cannot_be_carried_is_refused() {
    let torus = Topology::torus(shape("4x4x4")).network();
    let refuse = |demand| balance(&torus, &demand, Settings::default()).unwrap_err();
    assert_eq!(refuse(Demand::uniform(8).unwrap()), FlowError::OtherSize { demand: 8, network: 64 });
    let kept = (0..64).map(|chip| vec![(chip, 1.0)]).collect();
    assert_eq!(refuse(Demand::sparse(kept).unwrap()), FlowError::Empty);
    let wrong = Demand::sparse(vec![vec![(2, 1.0)], Vec::new()]).unwrap_err();
    assert_eq!(wrong, FlowError::NoSuchChip { chip: 2, chips: 2 });
    assert!(matches!(Demand::sparse(vec![vec![(0, -1.0)]]), Err(FlowError::Amount(_))));
    assert!(Demand::grouped(&[0, 1], vec![1.0]).is_err());
    // Two cubes that no switch joins.
    let islands = SwitchMaps::new([1, 1, 2], vec![vec![Some(0), Some(1)]; 48]).unwrap().network();
    let error = balance(&islands, &uniform(&islands), Settings::default()).unwrap_err();
    assert_eq!(error, FlowError::NotConnected);
    assert_eq!(equal_splitting(&islands, &uniform(&islands)).unwrap_err(), FlowError::NotConnected);
}

#[test]
fn a_survey_runs_every_pattern_as_often_as_it_is_drawn() {
    let slice = shape("4x4x4");
    let drawn = |seed| random_permutations(slice, seed).unwrap().network();
    let kinds = [
        Kind { name: "torus", networks: vec![Topology::torus(slice).network()] },
        Kind { name: "permutations", networks: vec![drawn(1), drawn(2), drawn(3)] },
    ];
    let settings = Settings { rounds: 30, gap: 0.02 };
    let extent = Extent { permutations: 4, others: 2, settings };
    let found = survey(slice, &kinds, &Pattern::ALL, extent, &|_| ()).unwrap();
    assert_eq!(found.len(), 2 * Pattern::ALL.len());
    let draws = |kind, pattern: &str| found[&(kind, pattern.to_owned())].balanced.len();
    assert_eq!(
        ["uniform", "permutation", "transpose", "hotspot"].map(|name| draws("torus", name)),
        [1, 4, 1, 2]
    );
    let many =
        ["uniform", "permutation", "neighbours", "experts_all_half"].map(|name| draws("permutations", name));
    assert_eq!(many, [3, 4, 2, 2]);
    for rates in found.values() {
        assert!(
            rates.balanced.iter().zip(&rates.bound).all(|(found, bound)| found <= &(bound * (1.0 + 1e-9)))
        );
        assert_eq!(rates.equal_splitting.len(), rates.balanced.len());
    }
    // The one cube is a group of its own both ways, and its switches can only join it to itself.
    let rate = |kind, name: &str| found[&(kind, name.to_owned())].balanced[0];
    assert_eq!(rate("torus", "experts_runs_half"), rate("torus", "experts_cubes_half"));
    assert_eq!(rate("torus", "uniform"), rate("permutations", "uniform"));
}
