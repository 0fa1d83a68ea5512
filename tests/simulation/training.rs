//! A training step: volumes in closed form, conservation, controls, and limits of the step time.

use phext_paper::sim::flow;
use phext_paper::sim::learned::{Translations, random_permutations};
use phext_paper::sim::search::{Machine, Settings, Transformer};
use phext_paper::sim::training::{
    Costs, Experts, Paths, Phase, Placed, Problem, Search, Split, Volumes, Workload, balanced, best_step,
    equal_loads, least_step, natural_layouts, place, ring_volume, splits, step_time,
};
use phext_paper::sim::{Network, Shape, Topology};

const SEARCH: Search<'_> = Search { moves: 10, seeds: &[1], finalists: 3 };

fn gpt3() -> Workload {
    let dense = Transformer {
        layers: 96,
        width: 12_288,
        feed_forward: 49_152,
        heads: 96,
        sequence: 2048,
        vocabulary: 50_257,
    };
    Workload { dense, experts: None }
}

fn glam() -> Workload {
    let dense = Transformer {
        layers: 32,
        width: 4096,
        feed_forward: 8192,
        heads: 32,
        sequence: 1024,
        vocabulary: 256_000,
    };
    Workload { dense, experts: Some(Experts { layers: 16, count: 64, chosen: 2, inner: 16_384 }) }
}

/// A transformer for 64 chips, with experts or without.
fn small(experts: bool) -> Workload {
    let feed_forward = if experts { 8192 } else { 16_384 };
    let dense =
        Transformer { layers: 32, width: 4096, feed_forward, heads: 32, sequence: 1024, vocabulary: 32_768 };
    let experts = experts.then_some(Experts { layers: 16, count: 16, chosen: 2, inner: 16_384 });
    Workload { dense, experts }
}

fn machine() -> Machine {
    let memory = 32.0 * 1_073_741_824.0;
    Machine { peak_flops: 275e12, link_bandwidth: 50e9, memory, hop_latency: 1e-6 }
}

fn settings(efficiency: f64, overlap: f64) -> Settings {
    Settings {
        efficiency,
        overlap,
        bytes_per_weight: 2.0,
        bytes_per_gradient: 2.0,
        optimizer_bytes: 12.0,
        bytes_per_activation: 2.0,
        sequences_per_step: 256,
        microbatches: 256,
        recompute: true,
    }
}

fn shape() -> Shape {
    "4x4x4".parse().unwrap()
}

fn placed(network: &Network, workload: &Workload) -> Vec<Placed> {
    let (machine, settings) = (machine(), settings(0.6, 0.4));
    let problem = Problem { workload, machine: &machine, settings: &settings, shape: shape() };
    let found = place(&Paths::new(network).unwrap(), &problem, &SEARCH);
    assert!(!found.is_empty());
    found
}

fn near(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * a.abs().max(b.abs()), "{a} is not {b}");
}

#[test]
fn volumes_are_those_of_closed_forms() {
    near(ring_volume(1, 7.0), 0.0);
    near(ring_volume(2, 7.0), 7.0);
    near(ring_volume(8, 8.0), 14.0);
    // Narayanan et al. 2021, section 3.2: 8 b s h (t - 1) / t values for each layer without recomputation,
    // half as much again with it; values have two bytes
    let split = Split { pipeline: 1, data: 2, tensor: 8, rings: 1, experts: 1 };
    let Volumes { tensor, pipeline, experts, gradients, .. } = gpt3().volumes(&split, &settings(0.6, 0.0));
    let values = (2048 * 12_288) as f64;
    near(tensor, 96.0 * 1.5 * 8.0 * values * 7.0 / 8.0 * 2.0);
    assert_eq!([pipeline, experts], [0.0, 0.0]);
    // two replicas exchange all gradients of a shard once
    near(gradients, gpt3().dense.weights() / 8.0 * 2.0);
    // stages cut layers and gradients; what arrives is gathered once forward and once back: one all-reduce's
    // worth
    let split = Split { pipeline: 4, ..split };
    let of_stage = gpt3().volumes(&split, &settings(0.6, 0.0));
    near(of_stage.tensor, tensor / 4.0 + ring_volume(8, values * 2.0));
    near(of_stage.pipeline, values * 2.0 / 8.0);
    // two tokens' worth go out and come back in each of three passes of 16 / 4 layers, to 64 chips alike
    let split = Split { pipeline: 4, data: 16, tensor: 4, rings: 1, experts: 64 };
    let experts = glam().volumes(&split, &settings(0.6, 0.0)).experts;
    near(64.0 * experts, 3.0 * 2.0 * 4.0 * 2.0 * (1024 * 4096) as f64 * 2.0 / 4.0);
}

#[test]
fn operations_and_weights_are_those_published() {
    // Narayanan et al. 2021, equation 3: 96 B s l h^2 (1 + s / 6 h + V / 16 l h)
    let [b, s, l, h, v] = [256.0, 2048.0, 96.0, 12_288.0, 50_257.0];
    let published = 96.0 * b * s * l * h * h * (1.0 + s / (6.0 * h) + v / (16.0 * l * h));
    near(gpt3().flops(&settings(0.6, 0.0)), published);
    // Du et al. 2022, table 4: 143 billion weights, 9.8 billion of them at work for a token
    let glam = glam();
    let all = glam.dense.weights() + glam.expert_weights();
    assert!((all / 143e9 - 1.0).abs() < 0.01, "{all}");
    let at_work = glam.dense.weights() + glam.expert_weights() * 2.0 / 64.0;
    assert!((at_work / 9.8e9 - 1.0).abs() < 0.03, "{at_work}");
    // a model of one expert for each token and layer is the dense model of that width
    let one = Workload { experts: Some(Experts { layers: 32, count: 1, chosen: 1, inner: 8192 }), ..glam };
    let dense = Workload { dense: Transformer { feed_forward: 16_384, ..glam.dense }, experts: None };
    near(one.flops(&settings(0.6, 0.0)), dense.flops(&settings(0.6, 0.0)));
}

#[test]
fn splits_divide_the_chips_and_the_model_and_fit() {
    let (machine, settings) = (machine(), settings(0.6, 0.0));
    for workload in [gpt3(), glam()] {
        for chips in [256, 512] {
            let found = splits(&workload, &machine, &settings, chips);
            assert!(!found.is_empty());
            for split in found {
                assert_eq!(split.chips(), chips);
                let Transformer { layers, heads, .. } = workload.dense;
                assert_eq!([layers % split.pipeline, heads % split.tensor], [0, 0]);
                assert!(workload.memory(&split, &settings, 1) <= machine.memory);
                assert!(split.experts == 1 || 64 % split.experts == 0);
            }
        }
    }
}

#[test]
fn every_chip_has_one_rank_and_receives_what_it_sends() {
    let network = random_permutations(shape(), 1).unwrap().network();
    for experts in [false, true] {
        let workload = small(experts);
        for one in placed(&network, &workload) {
            let split = one.layout.split();
            let mut chips: Vec<usize> =
                (0..split.chips()).map(|rank| one.layout.chip(rank).unwrap()).collect();
            chips.sort_unstable();
            assert_eq!(chips, (0..64).collect::<Vec<_>>());
            let volumes = workload.volumes(split, &settings(0.6, 0.4));
            let ranks = split.chips() as f64;
            let between_stages = 2.0 * volumes.pipeline * ranks * (1.0 - 1.0 / split.pipeline as f64);
            let to_experts = volumes.experts * ranks * (split.experts as f64 - 1.0);
            let gradients = (volumes.gradients + volumes.expert_gradients) * ranks;
            let expected = [volumes.tensor * ranks, between_stages, to_experts, gradients];
            for phase in Phase::ALL {
                let mut balance = [0.0; 64];
                let mut total = 0.0;
                for transfer in one.layout.transfers(phase) {
                    balance[transfer.from] -= transfer.bytes;
                    balance[transfer.to] += transfer.bytes;
                    total += transfer.bytes;
                }
                near(total, expected[phase as usize]);
                assert!(balance.iter().all(|left| left.abs() <= 1e-9 * total), "{phase:?}");
            }
        }
    }
}

#[test]
fn balanced_loads_are_near_their_bound_and_take_at_least_a_link_each() {
    let network = random_permutations(shape(), 1).unwrap().network();
    let (workload, machine, settings) = (small(true), machine(), settings(0.6, 0.4));
    let problem = Problem { workload: &workload, machine: &machine, settings: &settings, shape: shape() };
    for one in placed(&network, &workload) {
        let found =
            balanced(&Paths::new(&network).unwrap(), &problem, &one, flow::Settings::default()).unwrap();
        for phase in Phase::ALL {
            let [least, load] = [found.least_loads, found.costs.loads].map(|loads| loads[phase as usize]);
            let total: f64 = one.layout.transfers(phase).iter().map(|transfer| transfer.bytes).sum();
            // every message takes a link, and there are six for each of 64 chips
            assert!(total / (6.0 * 64.0) <= load * (1.0 + 1e-9));
            assert!(least <= load * (1.0 + 1e-9) && load <= 1.1 * least, "{phase:?}: {least} {load}");
        }
    }
}

#[test]
fn the_same_wiring_by_another_name_takes_the_same_time_to_the_last_bit() {
    let torus = Topology::torus(shape()).network();
    let maps = Translations::of_torus(shape()).maps().unwrap().network();
    let (workload, machine, settings) = (small(true), machine(), settings(0.6, 0.4));
    let problem = Problem { workload: &workload, machine: &machine, settings: &settings, shape: shape() };
    let times = [&torus, &maps].map(|network| {
        let paths = Paths::new(network).unwrap();
        let costs: Vec<Costs> = placed(network, &workload)
            .iter()
            .map(|one| balanced(&paths, &problem, one, flow::Settings::default()).unwrap().costs)
            .collect();
        best_step(&workload, &machine, &settings, &costs).unwrap().1.total
    });
    assert_eq!(times[0] / times[1], 1.0);
}

#[test]
fn wirings_differ_less_and_less_as_computing_dominates() {
    let split = Split { pipeline: 4, data: 4, tensor: 4, rings: 1, experts: 1 };
    let one = Costs { split, loads: [1e9, 1e7, 0.0, 1e9], hops: [100.0, 2.0, 0.0, 10.0] };
    let other = Costs { loads: one.loads.map(|load| 3.0 * load), ..one };
    let workload = small(false);
    let ratio = |efficiency| {
        let time = |costs| step_time(&workload, &machine(), &settings(efficiency, 0.0), costs).total;
        time(&other) / time(&one)
    };
    let ratios = [0.9, 0.1, 0.01, 1e-5].map(ratio);
    assert!(ratios.windows(2).all(|pair| pair[0] > pair[1]), "{ratios:?}");
    assert!(ratios[0] > 1.5 && ratios[3] - 1.0 < 1e-3, "{ratios:?}");
}

#[test]
fn a_step_lasts_from_the_longer_part_to_the_sum_and_never_less_than_without_messages() {
    let split = Split { pipeline: 4, data: 4, tensor: 4, rings: 1, experts: 1 };
    let costs = Costs { split, loads: [1e9, 1e7, 0.0, 1e9], hops: [100.0, 2.0, 0.0, 10.0] };
    let workload = small(false);
    let at = |overlap| step_time(&workload, &machine(), &settings(0.6, overlap), &costs);
    near(at(0.0).total, at(0.0).compute + at(0.0).communication());
    near(at(1.0).total, at(1.0).compute.max(at(1.0).communication()));
    let least = least_step(&workload, &machine(), &settings(0.6, 1.0), &[split]).unwrap();
    assert!(least <= at(1.0).total * (1.0 + 1e-12));
    // 64 microbatches of one sequence in four stages: three slots of bubble
    let flops = workload.flops(&settings(0.6, 1.0));
    near(least, flops / (64.0 * 275e12 * 0.6) * 67.0 / 64.0);
}

/// A line of four chips around the torus is a ring: half of 2 (n - 1) / n of the bytes goes each way, and no
/// other group shares its links.
#[test]
fn an_all_reduce_around_a_line_takes_what_its_closed_form_says() {
    let (network, workload) = (Topology::torus(shape()).network(), small(false));
    let split = Split { pipeline: 1, data: 16, tensor: 4, rings: 1, experts: 1 };
    let settings = settings(0.6, 0.0);
    let bytes = (1024 * 4096) as f64 * 2.0;
    let all_reduces = workload.volumes(&split, &settings).all_reduces;
    near(all_reduces, 3.0 * 2.0 * 32.0);
    let layouts = natural_layouts(shape(), split, &workload.volumes(&split, &settings));
    assert!(!layouts.is_empty());
    for layout in layouts {
        // the same around a square of four, whose chips are neighbours as well
        let loads = equal_loads(&network, &layout).unwrap();
        near(loads[Phase::Tensor as usize], 0.5 * 2.0 * 3.0 / 4.0 * bytes * all_reduces);
    }
}

#[test]
fn annealing_is_never_worse_than_its_start_and_the_same_for_any_number_of_threads() {
    let network = random_permutations(shape(), 1).unwrap().network();
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| placed(&network, &small(false)))
    };
    let found = with(1);
    assert!(found.iter().all(|one| one.gain <= 1.0), "{found:?}");
    assert!(found.iter().any(|one| one.gain < 1.0));
    assert!(found == with(3));
}
