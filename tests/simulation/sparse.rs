//! Sparse lookups: bijections, exact laws of traffic, conservation of bytes, and limits of the step time.

use phext_paper::sim::sparse::{
    Assumptions, Batching, COMPARED_CHIPS, Chip, Compared, Contest, FIGURE_8, Permutation, Placement,
    Requests, Rival, Sources, SparseError, Step, Storage, Zipf, bisections, count_traffic, crossings,
    direct_hops, draw_requests, gateway_hops, reductions, saturated_reduction, step_time,
};
use phext_paper::sim::{Shape, Topology, analyze};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

fn close(found: f64, wanted: f64, share: f64) {
    assert!((found - wanted).abs() <= share * wanted.abs(), "found {found}, wanted {wanted}");
}

fn torus(axes: [usize; 3]) -> Topology {
    Topology::torus(Shape::new(axes).unwrap())
}

/// Jouppi et al., ISCA 2023, table 4.
const TPU_V4: Chip = Chip {
    peak_flops: 275e12,
    memory_bandwidth: 1200e9,
    sparse_cores: 4.0,
    tiles: 16.0,
    lanes: 8.0,
    clock: 1050e6,
    link_bandwidth: 50e9,
};
const TPU_V3: Chip = Chip {
    peak_flops: 123e12,
    memory_bandwidth: 900e9,
    sparse_cores: 2.0,
    clock: 940e6,
    link_bandwidth: 70e9,
    ..TPU_V4
};

fn contest(chips: usize, twisted: bool) -> Contest {
    Contest::new(chips, twisted, TPU_V4, TPU_V3).unwrap()
}

fn typical() -> Assumptions {
    Assumptions {
        batch: 12_288.0,
        width: 90.0,
        exponent: 0.9,
        summed_share: 0.5,
        passes: 4.0,
        memory_efficiency: 0.55,
        link_efficiency: 0.775,
        tile_efficiency: 0.6,
        host_memory_bandwidth: 229e9,
        host_memory_efficiency: 0.45,
        host_elements_per_second: 316e9,
        host_link_bandwidth: 11.3e9,
        host_network_bandwidth: 25e9,
        host_network_efficiency: 0.7,
        dense_efficiency: 0.4,
        lookup_overlap: 0.5,
        step_overlap: 0.5,
    }
}

/// A step small enough to draw for every chip.
fn small_step() -> Step {
    Step {
        batch: 2,
        features: 6,
        tables: 3,
        valency: 10,
        rows_per_table: 1000,
        exponent: 1.0,
        row_bytes: 264,
        header_bytes: 16,
    }
}

fn small_requests(chips: usize, sources: Sources) -> Requests {
    let placement = Placement::new(3000, chips, 4, 5).unwrap();
    draw_requests(&small_step(), &placement, sources, 9).unwrap()
}

#[test]
fn permutation_reaches_every_id_once_for_every_small_size() {
    for size in (1..=130).chain([999, 1000, 1024, 4097]) {
        let permutation = Permutation::new(size, 3).unwrap();
        let mut seen = vec![false; size as usize];
        for id in 0..size {
            let image = permutation.apply(id).unwrap();
            assert!(!std::mem::replace(&mut seen[image as usize], true), "{image} twice of {size}");
            assert_eq!(permutation.invert(image), Some(id));
        }
        assert_eq!((permutation.apply(size), permutation.invert(size)), (None, None));
    }
    assert!(Permutation::new(0, 3).is_err() && Placement::new(10, 65, 4, 7).is_err());
}

#[test]
fn every_row_of_a_full_vocabulary_has_its_own_coordinate_and_chips_are_even() {
    let placement = Placement::new(20_011, 128, 4, 1).unwrap();
    let mut coordinates: Vec<_> = (0..20_011).map(|id| placement.coordinate_of(id).unwrap()).collect();
    for (id, coordinate) in coordinates.iter().enumerate() {
        assert_eq!(placement.id_of(coordinate), Some(id as u64));
    }
    let mut rows = [0_u64; 128];
    (0..20_011).for_each(|id| rows[placement.place_of(id).unwrap().chip] += 1);
    assert!(rows.iter().all(|&rows| (156..=157).contains(&rows)));
    coordinates.sort_unstable();
    coordinates.dedup();
    assert_eq!(coordinates.len(), 20_011);
}

#[test]
fn random_ids_of_a_billion_come_back_from_place_and_coordinate() {
    let placement = Placement::new(1_000_000_000, 4096, 4, 7).unwrap();
    assert_eq!(placement.rows_per_chip(), 244_141);
    let mut random = ChaCha8Rng::seed_from_u64(11);
    for _ in 0..100_000 {
        let id = random.next_u64() % 1_000_000_000;
        let place = placement.place_of(id).unwrap();
        assert_eq!(placement.id_at(place), Some(id));
        let coordinate = placement.coordinate_of(id).unwrap();
        assert_eq!(placement.id_of(&coordinate), Some(id));
        assert!((2..=5).contains(&coordinate.x()[0]));
    }
    assert_eq!(placement.coordinate_of(1_000_000_000), None);
}

#[test]
fn slots_past_one_block_keep_their_own_coordinates() {
    // 64 chips hold 15.6 million rows each: four blocks of 999 x 999 slots on each of four units
    let placement = Placement::new(1_000_000_000, 64, 4, 7).unwrap();
    let mut first = 0;
    for id in (0..1_000_000_000).step_by(99_991) {
        let coordinate = placement.coordinate_of(id).unwrap();
        assert_eq!(placement.id_of(&coordinate), Some(id));
        first = first.max(coordinate.x()[0]);
    }
    assert_eq!(first, 17);
    let refused = Placement::new(1 << 39, 64, 4, 7);
    assert!(matches!(refused, Err(SparseError::WrongCount { name: "the rows of a chip", .. })));
}

#[test]
fn memory_of_a_billion_rows_is_their_size_and_a_table_of_places_is_not_free() {
    let memory = Placement::new(1_000_000_000, 4096, 4, 7).unwrap().memory(64, 4, 32 << 30);
    assert_eq!([memory.row_bytes, memory.bytes], [256, 256_000_000_000]);
    assert_eq!(memory.bytes_per_chip, 244_141 * 256);
    close(memory.share_of_memory, 244_141.0 * 256.0 / 34_359_738_368.0, 1e-12);
    assert_eq!([memory.key_bytes, memory.array_bytes], [48, 6_000_000_000]);
    assert_eq!(memory.hash_table_bytes, (1 << 31) * 17);
}

#[test]
fn popular_ids_spread_over_chips_as_if_at_random() {
    // chi-square of the 65536 most popular ids over 4096 chips: mean 4095, deviation sqrt(2 x 4095)
    let placement = Placement::new(1_000_000_000, 4096, 4, 7).unwrap();
    let mut counts = vec![0.0_f64; 4096];
    (0..65_536).for_each(|id| counts[placement.place_of(id).unwrap().chip] += 1.0);
    let chi: f64 = counts.iter().map(|count| (count - 16.0).powi(2) / 16.0).sum();
    assert!((chi - 4095.0).abs() < 5.0 * 8190_f64.sqrt(), "{chi}");
}

#[test]
fn drawn_rows_agree_with_the_expected_number_of_distinct_ones() {
    let step = Step { batch: 200, features: 1, tables: 1, valency: 1, rows_per_table: 6400, ..small_step() };
    let placement = Placement::new(6400, 64, 4, 1).unwrap();
    let requests = draw_requests(&step, &placement, Sources::All, 3).unwrap();
    let drawn: u64 = requests.rows.iter().flatten().sum();
    close(drawn as f64 / 64.0, Zipf::new(6400, 1.0).unwrap().expected_distinct(200.0), 0.02);
    assert_eq!(requests.lookups.iter().flatten().sum::<u64>(), 64 * 200);
}

#[test]
fn hops_meet_the_analysis_and_the_closed_form_of_a_way_over_gateways() {
    for axes in [[4, 4, 8], [8, 8, 8], [4, 8, 16]] {
        let topology = torus(axes);
        let network = topology.network();
        let found = direct_hops(&network).unwrap();
        let analysis = analyze(&topology);
        assert_eq!([found.best, found.worst], [1, analysis.diameter as u64]);
        close(found.mean, analysis.mean_distance, 1e-12);
        // Cubes apart: rings of n/4 cubes, 4 links each. Inside: 5/4 links on a line of 4, or 1 on a ring.
        let ring =
            |cubes: usize| (0..cubes).map(|at| 4 * at.min(cubes - at)).sum::<usize>() as f64 / cubes as f64;
        let line = |side: usize| if side == 4 { 1.0 } else { 1.25 };
        let sum: f64 = axes.iter().map(|&side| ring(side / 4) + line(side)).sum();
        let chips = network.chips() as f64;
        let over = gateway_hops(&network).unwrap();
        close(over.mean, sum * chips / (chips - 1.0), 1e-12);
        assert!(over.mean >= found.mean && over.worst >= found.worst && over.best == 1);
        assert_eq!(over.there_and_back().worst, 2 * over.worst);
    }
    let flat = Topology::flat_torus(6, 6).unwrap().network();
    assert!(direct_hops(&flat).is_ok() && gateway_hops(&flat).is_err());
}

#[test]
fn all_bytes_sent_are_received_and_every_row_reaches_the_chip_that_asked() {
    let topology = Topology::twisted(Shape::new([4, 4, 8]).unwrap()).unwrap();
    let step = Step { header_bytes: 0, ..small_step() };
    let requests = small_requests(128, Sources::All);
    let wanted = |owner: usize, counts: &[Vec<u64>]| -> u64 {
        (0..128).filter(|&from| from != owner).map(|from| counts[from][owner] * step.row_bytes).sum()
    };
    for batching in Batching::ALL {
        let traffic = count_traffic(&requests, &step, &topology, batching).unwrap();
        assert_eq!(traffic.sent.iter().sum::<u64>(), traffic.received.iter().sum::<u64>());
        let (sent, received) = (&traffic.sent, &traffic.received);
        for chip in 0..128 {
            let counts = if batching == Batching::PerLookup { &requests.lookups } else { &requests.rows };
            let asked: u64 =
                (0..128).filter(|&to| to != chip).map(|to| counts[chip][to] * step.row_bytes).sum();
            // what a gateway passes on adds to both sides
            assert_eq!(received[chip] + asked, sent[chip] + wanted(chip, counts));
            if batching != Batching::PerCube {
                assert_eq!([sent[chip], received[chip]], [asked, wanted(chip, counts)]);
            }
        }
    }
}

#[test]
fn without_repeated_ids_deduplication_saves_nothing() {
    let requests = small_requests(64, Sources::All);
    let plain = Requests { lookups: requests.rows.clone(), ..requests };
    let topology = torus([4, 4, 4]);
    let [all, distinct] = [Batching::PerLookup, Batching::PerRow]
        .map(|batching| count_traffic(&plain, &small_step(), &topology, batching).unwrap());
    assert_eq!(all, distinct);
}

#[test]
fn uniform_requests_cost_messages_times_mean_distance() {
    let topology = torus([4, 8, 8]);
    let ones = vec![vec![1; 256]; 256];
    let requests = Requests { sources: (0..256).collect(), lookups: ones.clone(), rows: ones };
    let distance = analyze(&topology).mean_distance;
    for batching in [Batching::PerLookup, Batching::PerRow, Batching::PerChip] {
        let traffic = count_traffic(&requests, &small_step(), &topology, batching).unwrap();
        assert_eq!(traffic.messages, 256 * 255);
        close(traffic.message_hops as f64, 256.0 * 255.0 * distance, 1e-12);
        assert!(traffic.sent.iter().chain(&traffic.received).all(|&bytes| bytes == 255 * 280));
    }
    let hierarchical = count_traffic(&requests, &small_step(), &topology, Batching::PerCube).unwrap();
    assert_eq!(hierarchical.messages, 256 * (3 + 63));
}

#[test]
fn saturated_reduction_is_its_closed_form() {
    // 4x8x8: flat sum of distances 256 x (1 + 2 + 2); gateways 4 x (2 + 2); in the cube 64 x (1 + 1.25 +
    // 1.25)
    let found = saturated_reduction(&small_step(), &torus([4, 8, 8])).unwrap();
    close(found.against_chips(), 1280.0 / (16.0 + 224.0), 1e-12);
    // 8x8x16: 1024 x 8 over 16 x (2 + 2 + 4) and 64 x 3.75
    let found = saturated_reduction(&small_step(), &torus([8, 8, 16])).unwrap();
    close(found.against_chips(), 8192.0 / (128.0 + 240.0), 1e-12);
}

#[test]
fn the_diagonal_of_y_arms_stands_for_all_chips() {
    let step = Step { batch: 20, ..small_step() };
    let placement = Placement::new(3000, 128, 4, 5).unwrap();
    let [all, diagonal] = [Sources::All, Sources::Diagonal]
        .map(|sources| reductions(&step, &placement, &torus([4, 4, 8]), sources, &[20], 9).unwrap()[0]);
    for (all, diagonal) in all.message_hops.into_iter().zip(diagonal.message_hops) {
        close(diagonal, all, 0.03);
    }
}

#[test]
fn reductions_grow_with_the_batch_against_lookups_and_saturate_against_chips() {
    let placement = Placement::new(3000, 128, 4, 5).unwrap();
    let topology = torus([4, 4, 8]);
    let found =
        reductions(&small_step(), &placement, &topology, Sources::Diagonal, &[1, 4, 16, 64], 9).unwrap();
    assert!(found.windows(2).all(|pair| pair[0].against_lookups() < pair[1].against_lookups()));
    let limit = saturated_reduction(&small_step(), &topology).unwrap().against_chips();
    close(found[3].against_chips(), limit, 0.01);
    assert!(found.iter().all(|one| one.byte_hops[2] <= one.message_hops[2]));
    assert_eq!(crossings(&[(1, 2.0), (2, 5.0), (4, 9.0), (8, 3.0)], 7.7), [[2, 4], [4, 8]]);
}

#[test]
fn results_are_the_same_on_any_number_of_threads() {
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let requests = small_requests(128, Sources::All);
            let traffic =
                count_traffic(&requests, &small_step(), &torus([4, 4, 8]), Batching::PerCube).unwrap();
            (requests, traffic)
        })
    };
    assert!(run(1) == run(3));
}

#[test]
fn no_rival_gains_from_less_bandwidth() {
    let contest = contest(128, false);
    let base = typical();
    let host =
        |assumed: &Assumptions| step_time(&contest.v4, &FIGURE_8, Storage::HostMemory, assumed).unwrap().step;
    for faster in [
        Assumptions { host_memory_bandwidth: 2.0 * base.host_memory_bandwidth, ..base },
        Assumptions { host_network_bandwidth: 2.0 * base.host_network_bandwidth, ..base },
        Assumptions { host_link_bandwidth: 2.0 * base.host_link_bandwidth, ..base },
        Assumptions { host_elements_per_second: 2.0 * base.host_elements_per_second, ..base },
    ] {
        assert!(host(&faster) < host(&base));
    }
    let core =
        |assumed: &Assumptions| step_time(&contest.v4, &FIGURE_8, Storage::SparseCore, assumed).unwrap().step;
    for faster in [
        Assumptions { memory_efficiency: 1.0, ..base },
        Assumptions { link_efficiency: 1.0, ..base },
        Assumptions { tile_efficiency: 1.0, ..base },
    ] {
        assert!(core(&faster) < core(&base));
        assert_eq!(host(&faster), host(&base));
    }
}

#[test]
fn a_host_without_limits_but_its_network_is_bound_like_sparse_cores_on_their_links() {
    let contest = contest(128, false);
    // hardly any id repeats, so that deduplication per host and per chip agree
    let base = Assumptions { batch: 1.0, exponent: 0.0, lookup_overlap: 1.0, ..typical() };
    let links = contest.v4.alltoall_links * contest.v4.chip.link_bandwidth * base.link_efficiency;
    let free = Assumptions {
        host_memory_bandwidth: 1e30,
        host_elements_per_second: 1e30,
        host_link_bandwidth: 1e30,
        host_network_bandwidth: 4.0 * links / base.host_network_efficiency,
        ..base
    };
    let host = step_time(&contest.v4, &FIGURE_8, Storage::HostMemory, &free).unwrap();
    let core = step_time(&contest.v4, &FIGURE_8, Storage::SparseCore, &free).unwrap();
    close(host.lookup, host.exchange, 1e-9);
    // 124 of 128 rows lie on other hosts, 127 of 128 on other chips
    close(host.exchange / core.exchange, 124.0 / 127.0, 1e-3);
}

#[test]
fn without_repeats_bytes_and_times_are_their_closed_form() {
    let contest = contest(64, false);
    let assumed = Assumptions {
        batch: 1.0,
        exponent: 0.0,
        width: 64.0,
        summed_share: 0.0,
        passes: 3.0,
        lookup_overlap: 0.0,
        step_overlap: 0.0,
        ..typical()
    };
    let found = step_time(&contest.v4, &FIGURE_8, Storage::SparseCore, &assumed).unwrap();
    let bytes = 300.0 * 50.5 * 256.0;
    close(found.gather, 3.0 * bytes / (1200e9 * assumed.memory_efficiency), 1e-4);
    let links = analyze(&torus([4, 4, 4])).alltoall_links_per_chip;
    close(found.exchange, 2.0 * bytes * 63.0 / 64.0 / (links * 50e9 * assumed.link_efficiency), 1e-4);
    close(found.compute, 2.0 * bytes / 4.0 / (4.0 * 16.0 * 8.0 * 1.05e9 * assumed.tile_efficiency), 1e-12);
    close(found.step, found.gather + found.exchange + found.compute + found.dense, 1e-12);
}

#[test]
fn equal_machines_gain_nothing_and_wrong_inputs_are_refused() {
    let mut contest = contest(256, false);
    contest.flat = contest.v4;
    let base = typical();
    for part in [Compared::Step, Compared::Lookup] {
        assert_eq!(contest.gain(&FIGURE_8, Rival::FlatTorus, part, &base).unwrap(), 1.0);
    }
    for wrong in [
        Assumptions { step_overlap: 1.5, ..base },
        Assumptions { memory_efficiency: 0.0, ..base },
        Assumptions { host_link_bandwidth: f64::NAN, ..base },
        Assumptions { width: f64::NAN, ..typical() },
    ] {
        assert!(contest.gain(&FIGURE_8, Rival::TpuV3, Compared::Step, &wrong).is_err());
    }
    assert!(Contest::new(100, false, TPU_V4, TPU_V3).is_err());
    assert!(Contest::new(512, true, TPU_V4, TPU_V3).is_err());
}

#[test]
fn bisection_counts_are_those_of_tori_and_ratios_follow_the_links() {
    let found = bisections(5.0 / 7.0).unwrap();
    assert_eq!(found.iter().map(|one| one.chips).collect::<Vec<_>>(), COMPARED_CHIPS);
    // a torus is cut across its longest axis: twice the chips of its face
    assert_eq!(found.iter().map(|one| one.v4_links).collect::<Vec<_>>(), [32, 32, 64, 128, 128]);
    assert_eq!(found.iter().map(|one| one.v3_links).collect::<Vec<_>>(), [16, 16, 32, 32, 64]);
    for one in found {
        close(one.bandwidth_ratio, one.links_ratio * 5.0 / 7.0, 1e-12);
    }
}

#[test]
fn faster_hosts_gain_less_from_sparse_cores_and_better_links_more() {
    let (contest, base) = (contest(64, false), typical());
    let gain = |assumed: &Assumptions| {
        contest.gain(&FIGURE_8, Rival::HostMemory, Compared::Lookup, assumed).unwrap()
    };
    let faster = Assumptions { host_network_bandwidth: 2.0 * base.host_network_bandwidth, ..base };
    assert!(gain(&faster) < gain(&base));
    assert!(gain(&Assumptions { link_efficiency: 0.95, ..base }) > gain(&base));
}
