//! Collectives: sums that are right on every chip, closed forms, conservation of bytes, and declared limits.

use phext_paper::sim::collective::{
    Collective, CollectiveError, Directions, Executed, Gather, Hybrid, IslandWiring, Lane, Link, Operation,
    Phase, Plan, PortBytes, Schedule, Slowdown, Stage, Transfer, Transfers, all_to_all, all_to_all_on,
    compare_hops, execute, fat_tree_of_whole_pods, fat_tree_switches, full_fat_tree, scaled_switches,
    slowdowns, sparse_gather, time,
};
use phext_paper::sim::{Network, Shape, SwitchMaps, Topology, analyze_network};

const LINK: Link = Link { bandwidth: 50e9, latency: 1e-6 };
const ALL_DIRECTIONS: [Directions; 3] = [Directions::One, Directions::Opposite, Directions::Shortest];

fn close(found: f64, wanted: f64) {
    assert!((found - wanted).abs() <= 1e-9 * wanted.abs(), "found {found}, wanted {wanted}");
}

fn shape(axes: [usize; 3]) -> Shape {
    Shape::new(axes).unwrap()
}

fn torus(axes: [usize; 3]) -> Topology {
    Topology::torus(shape(axes))
}

fn twisted(axes: [usize; 3]) -> Topology {
    Topology::twisted(shape(axes)).unwrap()
}

fn small_topologies() -> Vec<Topology> {
    let flat = |a, b| Topology::flat_torus(a, b).unwrap();
    vec![torus([4; 3]), torus([4, 4, 8]), twisted([4, 4, 8]), twisted([4, 8, 8]), flat(4, 6), flat(8, 8)]
}

fn run(network: &Network, operation: Operation, directions: Directions, bytes: f64) -> Executed {
    let plan = Plan::new(network, operation, directions).unwrap();
    execute(network, &plan.schedule(bytes), &LINK).unwrap()
}

/// Holds, for every chip, part and owner, the number that chip has there.
type Values = Vec<Vec<Vec<f64>>>;

/// Carries real numbers through the links of a plan, one step after another.
fn carry(network: &Network, plan: &Plan, mut values: Values) -> Values {
    for step in 0..plan.steps() {
        let mut arriving = Vec::new();
        for (chip, held) in values.iter().enumerate() {
            for piece in plan.pieces(step, chip) {
                let to = network.neighbor(chip, piece.port).unwrap();
                arriving.push((to, piece, held[piece.part][piece.owner]));
            }
        }
        for (to, piece, value) in arriving {
            let slot = &mut values[to][piece.part][piece.owner];
            *slot = if piece.phase == Phase::ReduceScatter { *slot + value } else { value };
        }
    }
    values
}

/// Whole numbers that differ between chips, parts and owners, so that sums are exact.
fn start(chips: usize, parts: usize) -> Values {
    let number = |chip: usize, part: usize, owner: usize| {
        ((chip * 7919 + part * 104_729 + owner * 1_299_709) % 1_000_003) as f64
    };
    let row = |chip, part| (0..chips).map(|owner| number(chip, part, owner)).collect();
    (0..chips).map(|chip| (0..parts).map(|part| row(chip, part)).collect()).collect()
}

fn sum(values: &Values, part: usize, owner: usize) -> f64 {
    values.iter().map(|chip| chip[part][owner]).sum()
}

#[test]
fn every_chip_ends_an_all_reduce_with_the_sum_of_all_vectors() {
    for topology in small_topologies() {
        let network = topology.network();
        for directions in ALL_DIRECTIONS {
            let plan = Plan::new(&network, Operation::AllReduce, directions).unwrap();
            let before = start(network.chips(), plan.parts());
            let after = carry(&network, &plan, before.clone());
            for part in 0..plan.parts() {
                for owner in 0..network.chips() {
                    let wanted = sum(&before, part, owner);
                    assert!(after.iter().all(|chip| chip[part][owner].to_bits() == wanted.to_bits()));
                }
            }
        }
    }
}

#[test]
fn every_owner_ends_a_reduce_scatter_with_its_piece_and_an_all_gather_spreads_it() {
    for topology in [torus([4; 3]), twisted([4, 4, 8])] {
        let network = topology.network();
        for directions in ALL_DIRECTIONS {
            let scatter = Plan::new(&network, Operation::ReduceScatter, directions).unwrap();
            let gather = Plan::new(&network, Operation::AllGather, directions).unwrap();
            let before = start(network.chips(), scatter.parts());
            let reduced = carry(&network, &scatter, before.clone());
            let gathered = carry(&network, &gather, before.clone());
            for part in 0..scatter.parts() {
                for owner in 0..network.chips() {
                    assert!((reduced[owner][part][owner] - sum(&before, part, owner)).abs() < 0.5);
                    let own = before[owner][part][owner];
                    assert!(gathered.iter().all(|chip| (chip[part][owner] - own).abs() < 0.5));
                }
            }
        }
    }
}

#[test]
fn schedules_send_the_bytes_of_the_pieces_they_stand_for() {
    for topology in small_topologies() {
        let network = topology.network();
        for directions in ALL_DIRECTIONS {
            let plan = Plan::new(&network, Operation::AllReduce, directions).unwrap();
            let bytes = 6e6;
            let piece = bytes / plan.parts() as f64 / network.chips() as f64;
            let mut link_bytes = vec![0.0; network.chips() * network.ports()];
            for (step, chip) in
                (0..plan.steps()).flat_map(|step| (0..network.chips()).map(move |c| (step, c)))
            {
                for sent in plan.pieces(step, chip) {
                    link_bytes[chip * network.ports() + sent.port] += piece;
                }
            }
            let done = execute(&network, &plan.schedule(bytes), &LINK).unwrap();
            assert_eq!(done.steps, plan.steps());
            link_bytes.iter().zip(&done.link_bytes).for_each(|(wanted, found)| close(*found, *wanted));
        }
    }
}

#[test]
fn rings_on_equal_axes_take_the_time_of_the_closed_form() {
    let bytes = 1e9;
    for (topology, axes, side) in [
        (torus([4; 3]), 3.0, 4.0),
        (torus([8; 3]), 3.0, 8.0),
        (torus([16; 3]), 3.0, 16.0),
        (Topology::flat_torus(64, 64).unwrap(), 2.0, 64.0),
        (Topology::flat_torus(6, 6).unwrap(), 2.0, 6.0),
    ] {
        let network = topology.network();
        let chips = network.chips() as f64;
        // a reduce-scatter sends (N - 1) / N of a vector from every chip, over all of its 2 D links at once
        let per_link = 2.0 * (chips - 1.0) / chips * bytes / (2.0 * axes);
        for (directions, links, steps) in [
            (Directions::One, 2.0, 2.0 * axes * (side - 1.0)),
            (Directions::Opposite, 1.0, 2.0 * axes * (side - 1.0)),
            (Directions::Shortest, 1.0, axes * side),
        ] {
            let done = run(&network, Operation::AllReduce, directions, bytes);
            close(done.seconds, links * per_link / LINK.bandwidth + steps * LINK.latency);
            close(done.busiest_link_bytes(), links * per_link);
            close(done.steps as f64, steps);
            let half = run(&network, Operation::ReduceScatter, directions, bytes);
            let other = run(&network, Operation::AllGather, directions, bytes);
            close(half.seconds + other.seconds, done.seconds);
            close(half.seconds, other.seconds);
        }
    }
}

#[test]
fn every_ring_collective_sends_the_fewest_bytes_there_can_be_and_receives_what_it_sends() {
    let bytes = 3e8;
    for topology in small_topologies() {
        let network = topology.network();
        let chips = network.chips() as f64;
        for (operation, halves) in
            [(Operation::ReduceScatter, 1.0), (Operation::AllGather, 1.0), (Operation::AllReduce, 2.0)]
        {
            for directions in ALL_DIRECTIONS {
                let done = run(&network, operation, directions, bytes);
                close(done.bytes_sent(), halves * (chips - 1.0) * bytes);
                close(done.bytes_received(), done.bytes_sent());
                close(done.link_bytes.iter().sum(), done.bytes_sent());
                for (sent, received) in done.sent.iter().zip(&done.received) {
                    close(*sent, halves * (chips - 1.0) / chips * bytes);
                    close(*received, *sent);
                }
            }
        }
    }
}

#[test]
fn a_twist_joins_rings_so_that_all_links_are_busy_throughout() {
    for (axes, rings) in [([4, 4, 8], [8, 4, 4]), ([4, 8, 8], [8, 8, 4]), ([8, 8, 16], [16, 8, 8])] {
        let network = twisted(axes).network();
        let plan = Plan::new(&network, Operation::AllReduce, Directions::Opposite).unwrap();
        assert!((0..plan.parts()).all(|part| plan.members(part) == rings));
        let free = Link { latency: 0.0, ..LINK };
        let done = execute(&network, &plan.schedule(1e9), &free).unwrap();
        close(done.mean_link_use(&network, &free), 1.0);
        let regular = time(Collective::AllReduce, &torus(axes), 1e9, &free).unwrap();
        assert!(regular.seconds > done.seconds && regular.mean_link_use < 1.0);
    }
}

#[test]
fn networks_without_rings_say_why() {
    let mesh = Topology::mesh(shape([4, 4, 8])).unwrap();
    let refused = time(Collective::AllReduce, &mesh, 1.0, &LINK);
    assert!(matches!(refused, Err(CollectiveError::OpenRing { .. })), "{refused:?}");
    // one switch of dimension 0 leads around the cubes of dimension 2 too
    let maps = SwitchMaps::of(&torus([4, 4, 8])).unwrap();
    let mut maps: Vec<_> = (0..48).map(|switch| maps.map(switch).unwrap().to_vec()).collect();
    maps[0] = vec![Some(1), Some(0)];
    let network = SwitchMaps::new([1, 1, 2], maps).unwrap().network();
    let refused = Plan::new(&network, Operation::AllReduce, Directions::One).map(|plan| plan.steps());
    assert!(matches!(refused, Err(CollectiveError::RingsCross { first: 0, .. })), "{refused:?}");
    assert!(all_to_all(&network, 1.0, &LINK).is_ok());
}

#[test]
fn rings_on_unequal_axes_wait_for_the_slowest_axis_of_each_stage() {
    let sizes = [4, 8, 12];
    let done = run(&torus(sizes).network(), Operation::ReduceScatter, Directions::Opposite, 6e9);
    let mut seconds = 0.0;
    for stage in 0..3 {
        let of_part = |part: usize| {
            let left: f64 = (0..stage).map(|earlier| sizes[(part + earlier) % 3] as f64).product();
            let size = sizes[(part + stage) % 3] as f64;
            (size - 1.0) * (1e9 / left / size / LINK.bandwidth + LINK.latency)
        };
        seconds += (0..3).map(of_part).fold(0.0, f64::max);
    }
    close(done.seconds, seconds);
    assert_eq!(done.steps, 3 * 11);
}

#[test]
fn a_step_lasts_as_long_as_its_busiest_link_and_a_stage_as_its_slowest_lane() {
    let network = torus([4; 3]).network();
    let send = |chip, port, bytes| Transfer { chip, port, bytes };
    let link = Link { bandwidth: 10.0, latency: 1.0 };
    let mut first = Lane::default();
    first.push(Transfers::Listed(vec![send(0, 0, 50.0), send(0, 0, 50.0), send(1, 2, 70.0)]));
    let mut second = Lane::default();
    second.push(Transfers::Symmetric(vec![PortBytes { port: 5, bytes: 10.0 }]));
    second.push(Transfers::Symmetric(vec![PortBytes { port: 5, bytes: 10.0 }]));
    assert_eq!((second.steps(), second.runs().len()), (2, 1));
    let mut schedule = Schedule::default();
    schedule.push(first.clone());
    schedule.push(second.clone());
    let after = execute(&network, &schedule, &link).unwrap();
    close(after.seconds, 10.0 + 1.0 + 2.0 * (1.0 + 1.0));
    let beside = Schedule { stages: vec![Stage { lanes: vec![first.clone(), second] }] };
    let beside = execute(&network, &beside, &link).unwrap();
    close(beside.seconds, 11.0);
    for done in [after, beside] {
        assert_eq!(done.hops, 2 + 2 * 64);
        close(done.bytes_sent(), 170.0 + 2.0 * 640.0);
    }
    let shared = Schedule { stages: vec![Stage { lanes: vec![first.clone(), first] }] };
    let refused = Err(CollectiveError::SharedLink { chip: 0, port: 0 });
    assert_eq!(execute(&network, &shared, &link), refused);
}

#[test]
fn transfers_and_links_that_cannot_be_are_refused() {
    let network = Topology::mesh(shape([4; 3])).unwrap().network();
    let attempt = |chip, port, bytes, link| {
        let (mut schedule, mut lane) = (Schedule::default(), Lane::default());
        lane.push(Transfers::Listed(vec![Transfer { chip, port, bytes }]));
        schedule.push(lane);
        execute(&network, &schedule, &link)
    };
    assert!(attempt(0, 0, 1.0, LINK).is_ok());
    for (chip, port) in [(0, 1), (64, 0), (0, 6), (usize::MAX, 0)] {
        assert_eq!(attempt(chip, port, 1.0, LINK), Err(CollectiveError::NoLink { chip, port }));
    }
    for bytes in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(attempt(0, 0, bytes, LINK).is_err());
        for kind in Collective::ALL {
            assert!(time(kind, &torus([4; 3]), bytes, &LINK).is_err());
        }
    }
    for link in [
        Link { bandwidth: 0.0, ..LINK },
        Link { bandwidth: f64::NAN, ..LINK },
        Link { latency: -1.0, ..LINK },
    ] {
        assert!(attempt(0, 0, 1.0, link).is_err());
        assert!(time(Collective::AllToAll, &torus([4; 3]), 1.0, &link).is_err());
    }
}

#[test]
fn an_all_to_all_carries_each_byte_over_the_distance_of_its_pair() {
    for topology in small_topologies().into_iter().chain([Topology::mesh(shape([4, 4, 8])).unwrap()]) {
        let network = topology.network();
        let analysis = analyze_network(&network).unwrap();
        let done = all_to_all(&network, 1e4, &LINK).unwrap();
        let pairs = (network.chips() * (network.chips() - 1)) as f64;
        close(done.link_bytes.iter().sum(), pairs * analysis.mean_distance * 1e4);
        close(done.bytes_received(), done.bytes_sent());
        close(done.hops as f64, pairs * analysis.mean_distance);
        close(
            done.seconds,
            (network.chips() - 1) as f64 * 1e4 / analysis.alltoall_links_per_chip / LINK.bandwidth
                + analysis.diameter as f64 * LINK.latency,
        );
        let other = all_to_all_on(&topology, 1e4, &LINK).unwrap();
        close(other.seconds, done.seconds);
        assert_eq!(other.hops, done.hops);
    }
}

#[test]
fn a_gather_conserves_bytes_and_approaches_an_all_to_all() {
    let network = twisted([4, 4, 8]).network();
    let gather = |rows, request_bytes, row_bytes| {
        sparse_gather(&network, &Gather { rows, request_bytes, row_bytes }, 3, &LINK).unwrap()
    };
    let done = gather(1000, 8.0, 120.0);
    close(done.link_bytes.iter().sum(), done.hops as f64 / 2.0 * 128.0);
    close(done.bytes_received(), done.bytes_sent());
    assert_eq!(done, gather(1000, 8.0, 120.0));
    // requests alone and rows alone are the same routes reversed
    close(gather(1000, 8.0, 0.0).bytes_sent(), gather(1000, 0.0, 8.0).bytes_sent());
    let (rows, pair) = (127 * 400, 400.0 * 64.0);
    let many = gather(rows, 0.0, 64.0).busiest_link_bytes();
    let even = all_to_all(&network, pair, &LINK).unwrap().busiest_link_bytes();
    assert!(many >= even && many < 1.02 * even, "{many} {even}");
    assert_ne!(
        done,
        sparse_gather(&network, &Gather { rows: 1000, request_bytes: 8.0, row_bytes: 120.0 }, 4, &LINK)
            .unwrap()
    );
    let refused = Gather { rows: usize::MAX, request_bytes: 8.0, row_bytes: 8.0 };
    assert!(sparse_gather(&network, &refused, 0, &LINK).is_err());
}

#[test]
fn time_grows_with_bytes_and_repeats_exactly() {
    for topology in small_topologies() {
        for kind in Collective::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
            let times = [0.0, 1.0, 1e3, 1e6, 1e9].map(|bytes| time(kind, &topology, bytes, &LINK).unwrap());
            assert!(times.windows(2).all(|pair| pair[0].seconds < pair[1].seconds));
            assert_eq!(times[4], time(kind, &topology, 1e9, &LINK).unwrap());
            close(times[4].algorithm_bandwidth, 1e9 / times[4].seconds);
            assert!(times[4].mean_link_use > 0.0 && times[4].mean_link_use <= 1.0);
        }
    }
    assert!("allreduce".parse::<Collective>().is_err());
}

#[test]
fn hops_of_an_all_reduce_fall_less_than_claimed_under_every_definition() {
    let flat = Topology::flat_torus(64, 64).unwrap();
    let compared = compare_hops(&torus([16; 3]), &flat).unwrap();
    assert!(compared.best < 3.8);
    let wanted = [
        (252.0, 90.0),
        (128.0, 48.0),
        (64.0, 24.0),
        (32.0 * 4096.0 / 4095.0, 12.0 * 4096.0 / 4095.0),
        (128.0, 48.0),
        (64.0 * 4096.0 / 4095.0, 24.0 * 4096.0 / 4095.0),
        (8190.0, 8190.0),
        (252.0 * 4.0, 90.0 * 6.0),
        (8190.0 / 4096.0, 8190.0 / 4096.0),
    ];
    for (count, (flat, torus)) in compared.counts.iter().zip(wanted) {
        close(count.flat, flat);
        close(count.torus, torus);
    }
    close(compared.best, 2.8);
    close(compared.worst, 1.0);
    let same = compare_hops(&flat, &flat).unwrap();
    assert!(same.counts.iter().all(|count| (count.ratio() - 1.0).abs() < 1e-12));
}

fn hybrid(wiring: IslandWiring) -> Hybrid {
    let link = Link { latency: 0.0, ..LINK };
    Hybrid { nics_per_chip: 1.0, nic_bandwidth: 25e9, nic_latency: 0.0, wiring, link }
}

fn slow(topology: &Topology, wiring: IslandWiring) -> Slowdown {
    slowdowns(topology, 1e9, &hybrid(wiring)).unwrap()
}

#[test]
fn islands_joined_by_infiniband_take_the_time_of_the_closed_form() {
    for (topology, chips) in [(torus([8; 3]), 512.0_f64), (torus([16; 3]), 4096.0)] {
        for (wiring, cables) in [(IslandWiring::Mesh, 1.0), (IslandWiring::Torus, 2.0)] {
            let found = slow(&topology, wiring);
            let inside = 2.0 * 1e9 / 3.0 * (7.0 / 8.0) / cables / 50e9;
            let between = 2.0 * 1e9 / 8.0 * (1.0 - 8.0 / chips) / 25e9;
            close(found.torus_all_reduce, 2.0 * (chips - 1.0) / chips * 1e9 / 6.0 / 50e9);
            close(found.hybrid_all_reduce, inside + between);
            close(found.pipelined_all_reduce, inside.max(between));
            close(found.hybrid_all_to_all, (chips - 8.0) / chips * 1e9 / 25e9);
        }
    }
    let shapes = [
        torus([8; 3]),
        torus([8, 8, 16]),
        twisted([8, 8, 16]),
        torus([8, 16, 16]),
        twisted([8, 16, 16]),
        torus([16; 3]),
    ];
    for topology in shapes {
        for wiring in [IslandWiring::Mesh, IslandWiring::Torus] {
            let found = slow(&topology, wiring);
            assert!(found.hybrid_all_reduce >= found.pipelined_all_reduce);
        }
    }
    let delayed = Hybrid { nic_latency: 1e-3, ..hybrid(IslandWiring::Mesh) };
    let [late, early] =
        [delayed, hybrid(IslandWiring::Mesh)].map(|one| slowdowns(&torus([8; 3]), 1e9, &one).unwrap());
    // 64 islands halve and double six times each
    close(late.hybrid_all_reduce - early.hybrid_all_reduce, 12e-3);
    close(late.hybrid_all_to_all - early.hybrid_all_to_all, 1e-3);
    assert!(slowdowns(&Topology::flat_torus(4, 6).unwrap(), 1.0, &hybrid(IslandWiring::Mesh)).is_ok());
    assert!(slowdowns(&Topology::flat_torus(6, 6).unwrap(), 1.0, &hybrid(IslandWiring::Mesh)).is_err());
}

#[test]
fn fat_trees_follow_their_counts() {
    let least = fat_tree_switches(40, 4096).unwrap();
    assert_eq!((least.leaves, least.aggregation, least.cores, least.switches()), (205, 205, 103, 513));
    assert_eq!(fat_tree_of_whole_pods(40, 4096).unwrap().switches(), 11 * 40 + 110);
    close(scaled_switches(164, 1120, 4096).unwrap(), 600.0);
    for ports in [2_usize, 4, 40, 64] {
        let full = full_fat_tree(ports).unwrap();
        assert_eq!(full.switches(), 5 * ports * ports / 4);
        assert_eq!(full, fat_tree_switches(ports, ports.pow(3) / 4).unwrap());
    }
    assert!(fat_tree_switches(5, 8).is_err() && fat_tree_switches(4, 17).is_err());
    assert!(fat_tree_switches(0, 1).is_err() && fat_tree_switches(4, 0).is_err());
    assert!(full_fat_tree(usize::MAX).is_err() && scaled_switches(1, 0, 1).is_err());
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let network = twisted([4, 8, 8]).network();
    let gather = Gather { rows: 500, request_bytes: 8.0, row_bytes: 100.0 };
    let found = [1, 2, 5].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| sparse_gather(&network, &gather, 1, &LINK).unwrap())
    });
    assert!(found[0] == found[1] && found[1] == found[2]);
}

#[test]
fn the_longest_rings_of_4096_chips_send_the_fewest_bytes_too() {
    let long = torus([4, 4, 256]);
    for kind in [Collective::AllReduce, Collective::ReduceScatter, Collective::AllGather] {
        let done = time(kind, &long, 1e9, &LINK).unwrap();
        close(done.total_link_bytes, if kind == Collective::AllReduce { 2.0 } else { 1.0 } * 4095.0 * 1e9);
    }
}
