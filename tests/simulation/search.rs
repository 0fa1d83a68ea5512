//! The search of partitions: products, closed forms, symmetry, memory, and refused inputs.

use phext_paper::sim::Shape;
use phext_paper::sim::search::{
    Configuration, Evaluation, Grid, Machine, Partition, SearchError, Settings, Sharding, Transformer,
    compare, evaluate, evaluate_mapping, flops_per_step, mappings, memory_per_chip, partitions, search,
    shapes_of, spread,
};

const GIB: f64 = 1_073_741_824.0;

fn shape(text: &str) -> Shape {
    text.parse().expect(text)
}

/// The published shape of GPT-3 (Brown et al., 2020, table 2.1).
fn gpt3() -> Transformer {
    Transformer {
        layers: 96,
        width: 12288,
        feed_forward: 4 * 12288,
        heads: 96,
        sequence: 2048,
        vocabulary: 50257,
    }
}

/// A transformer that fits on one chip.
fn small() -> Transformer {
    Transformer { layers: 32, width: 2048, feed_forward: 8192, heads: 512, sequence: 1024, vocabulary: 32768 }
}

fn machine() -> Machine {
    Machine { peak_flops: 275e12, link_bandwidth: 50e9, memory: 32.0 * GIB, hop_latency: 0.0 }
}

fn settings() -> Settings {
    Settings {
        efficiency: 0.6,
        overlap: 0.25,
        bytes_per_weight: 2.0,
        bytes_per_gradient: 2.0,
        optimizer_bytes: 12.0,
        bytes_per_activation: 2.0,
        sequences_per_step: 1536,
        microbatches: 256,
        recompute: true,
    }
}

fn configuration(text: &str, parts: [usize; 4], sharding: Sharding) -> Configuration {
    Configuration { shape: shape(text), partition: Partition::new(parts), sharding }
}

fn expert() -> Configuration {
    configuration("8x8x8", [8, 1, 8, 8], Sharding::TwoTwo)
}

fn speed(model: &Transformer, settings: &Settings, one: &Configuration) -> f64 {
    evaluate(model, &machine(), settings, one).unwrap().sequences_per_second
}

fn close(found: f64, wanted: f64) {
    assert!((found - wanted).abs() <= 1e-9 * wanted.abs(), "found {found}, wanted {wanted}");
}

#[test]
fn every_partition_and_mapping_has_as_many_parts_as_chips() {
    let all = partitions(512);
    // 2^9 over four groups: 12 choose 3
    assert_eq!(all.len(), 220);
    assert!(all.iter().all(|one| one.chips() == Some(512)));
    let shapes = shapes_of(512);
    assert_eq!(shapes, ["4x4x32", "4x8x16", "8x8x8"].map(shape));
    for shape in shapes {
        for mapping in mappings(shape) {
            assert_eq!(mapping.partition().chips(), Some(512), "{mapping:?}");
            let groups = [0, 1, 2, 3].map(|way| mapping.group(&[way]).size);
            assert_eq!(groups, mapping.partition().parts());
            assert_eq!(mapping.group(&[0, 1, 2, 3]).size, 512);
        }
    }
    assert!(partitions(0).is_empty());
    assert_eq!(partitions(1).len(), 1);
    // three primes over four groups each: 4^3, and every shape of 12 cubes
    assert_eq!(partitions(30).len(), 64);
    assert_eq!(shapes_of(64 * 12).len(), 4);
    assert!(shapes_of(100).is_empty() && shapes_of(0).is_empty());
}

#[test]
fn a_group_has_two_links_on_a_whole_axis_one_on_a_line_and_shares_cables_with_its_neighbours() {
    let on = |parts: [[usize; 4]; 3]| {
        mappings(shape("8x8x8")).into_iter().find(|mapping| mapping.parts() == parts).unwrap()
    };
    let whole = on([[1, 1, 8, 1], [1, 1, 1, 8], [8, 1, 1, 1]]);
    assert_eq!((whole.group(&[3]).links, whole.group(&[3]).hops), (2.0, 4.0));
    assert_eq!((whole.group(&[2, 3]).links, whole.group(&[2, 3]).hops), (4.0, 8.0));
    assert_eq!(whole.group(&[0, 1, 2, 3]).links, 6.0);
    let split = on([[1, 1, 2, 4], [1, 1, 1, 8], [2, 2, 2, 1]]);
    // model2: a line of four and a ring of eight
    assert_eq!((split.group(&[3]).links, split.group(&[3]).hops), (3.0, 7.0));
    // model1: two of eight, four apart, and a line of two
    assert_eq!((split.group(&[2]).links, split.group(&[2]).hops), (1.5, 5.0));
    // data: every second of four in a line; pipeline: opposite ends of the axis
    assert_eq!((split.group(&[1]).links, split.group(&[1]).hops), (0.5, 2.0));
    assert_eq!((split.group(&[0]).links, split.group(&[0]).hops), (0.5, 4.0));
    // both model axes join on the first axis
    assert_eq!(split.group(&[2, 3]).links, 5.0);
    assert_eq!(split.group(&[1]).neighbour_hops, 2.0);
}

#[test]
fn the_work_of_a_step_is_the_formula_of_narayanan_et_al() {
    let (model, settings) = (gpt3(), settings());
    let [b, s, l, h, v] =
        [settings.sequences_per_step, model.sequence, model.layers, model.width, model.vocabulary]
            .map(|number| number as f64);
    let with = 96.0 * b * s * l * h * h * (1.0 + s / (6.0 * h) + v / (16.0 * l * h));
    close(flops_per_step(&model, &settings), with);
    let without = 72.0 * b * s * l * h * h * (1.0 + s / (6.0 * h) + v / (12.0 * l * h));
    close(flops_per_step(&model, &Settings { recompute: false, ..settings }), without);
    assert!((model.weights() / 175e9 - 1.0).abs() < 0.01);
}

#[test]
fn data_parallelism_alone_takes_computing_and_one_all_reduce() {
    let (model, settings) = (small(), settings());
    let all = configuration("8x8x8", [1, 512, 1, 1], Sharding::OneOne);
    let found = evaluate(&model, &machine(), &settings, &all).unwrap();
    let compute = flops_per_step(&model, &settings) / (512.0 * 275e12 * 0.6);
    let all_reduce = 2.0 * model.weights() * 2.0 * (511.0 / 512.0) / (6.0 * 50e9);
    close(found.compute_seconds, compute);
    close(found.communication_seconds, all_reduce);
    close(found.step_seconds, compute + all_reduce - 0.25 * compute.min(all_reduce));
    close(found.sequences_per_second, 1536.0 / found.step_seconds);
}

#[test]
fn a_pipeline_has_the_bubble_of_its_stages_over_its_microbatches() {
    let settings = Settings { microbatches: 3, sequences_per_step: 3 * 16, ..settings() };
    let one = configuration("8x8x8", [32, 16, 1, 1], Sharding::OneOne);
    let found = evaluate(&small(), &machine(), &settings, &one).unwrap();
    let ideal = flops_per_step(&small(), &settings) / (512.0 * 275e12 * 0.6);
    assert_eq!(found.microbatches, 3);
    close(found.compute_seconds, ideal * (1.0 + 31.0 / 3.0));
}

#[test]
fn tensor_parallelism_takes_two_all_reduces_a_pass() {
    let model = small();
    let settings = Settings { overlap: 0.0, recompute: false, ..settings() };
    let one = configuration("8x8x8", [1, 1, 8, 64], Sharding::OneOne);
    let found = evaluate(&model, &machine(), &settings, &one).unwrap();
    let activations = 1536.0 * 1024.0 * 2048.0 * 2.0;
    let all_reduce = 2.0 * activations * (511.0 / 512.0) / (6.0 * 50e9);
    close(found.communication_seconds, 32.0 * 2.0 * 2.0 * all_reduce);
    close(found.step_seconds, found.compute_seconds + found.communication_seconds);
}

#[test]
fn hidden_communication_never_makes_a_step_shorter_than_its_longer_part() {
    let all = Settings { overlap: 1.0, ..settings() };
    let found = evaluate(&gpt3(), &machine(), &all, &expert()).unwrap();
    close(found.step_seconds, found.compute_seconds.max(found.communication_seconds));
}

#[test]
fn all_shardings_are_as_fast_without_a_first_model_axis() {
    let settings = Settings { microbatches: 1, ..settings() };
    let speeds = Sharding::ALL.map(|sharding| {
        let one = configuration("4x8x16", [1, 64, 1, 8], sharding);
        speed(&small(), &settings, &one)
    });
    speeds.iter().for_each(|&one| close(one, speeds[0]));
}

#[test]
fn the_first_model_axis_of_2d_1d_is_one_more_data_axis() {
    let first = configuration("8x8x8", [1, 8, 8, 8], Sharding::TwoOne);
    let data = configuration("8x8x8", [1, 64, 1, 8], Sharding::OneOne);
    close(speed(&small(), &settings(), &first), speed(&small(), &settings(), &data));
}

#[test]
fn shapes_with_the_same_axes_in_another_order_are_as_fast() {
    for parts in [[16, 4, 1, 8], [1, 4, 16, 8], [4, 4, 4, 8]] {
        for sharding in Sharding::ALL {
            let speeds = ["4x8x16", "16x8x4", "8x16x4"]
                .map(|text| speed(&small(), &settings(), &configuration(text, parts, sharding)));
            speeds.iter().for_each(|&one| close(one, speeds[0]));
        }
    }
}

#[test]
fn the_best_mapping_of_a_configuration_is_what_evaluation_returns() {
    let one = configuration("4x8x16", [16, 4, 1, 8], Sharding::OneOne);
    let of_mapping = |mapping| {
        evaluate_mapping(&gpt3(), &machine(), &settings(), one.sharding, &mapping)
            .unwrap()
            .sequences_per_second
    };
    let all = mappings(one.shape).into_iter().filter(|mapping| mapping.partition() == one.partition);
    let best = all.map(of_mapping).fold(0.0, f64::max);
    assert_eq!(best, speed(&gpt3(), &settings(), &one));
}

#[test]
fn a_search_respects_memory_and_never_loses_to_the_expert() {
    let found = search(&gpt3(), &machine(), &settings(), &expert()).unwrap();
    assert!(found.configurations.len() > 100 && found.out_of_memory > 100);
    for one in &found.configurations {
        let Evaluation { configuration, microbatches, memory_bytes, .. } = *one;
        let each = 1536 / configuration.partition.data / microbatches;
        let needed = memory_per_chip(
            &gpt3(),
            &configuration.partition,
            configuration.sharding,
            &settings(),
            microbatches,
            each,
        );
        assert_eq!(memory_bytes, needed);
        assert!(needed <= 32.0 * GIB, "{one:?}");
        assert!(one.sequences_per_second <= found.best.sequences_per_second);
        // no configuration beats the peak
        let ideal = flops_per_step(&gpt3(), &settings()) / (512.0 * 275e12 * 0.6);
        assert!(one.step_seconds >= ideal * (1.0 - 1e-12), "{one:?}");
    }
    assert!(found.configurations.contains(&found.expert) && found.ratio >= 1.0);
    // a smaller memory leaves fewer and no faster configurations
    let smaller = Machine { memory: 16.0 * GIB, ..machine() };
    let less = search(&gpt3(), &smaller, &settings(), &expert()).unwrap();
    assert!(less.configurations.len() < found.configurations.len());
    assert!(less.best.sequences_per_second <= found.best.sequences_per_second);
}

#[test]
fn memory_holds_the_state_of_every_weight_once_and_the_activations_of_one_layer() {
    let (model, settings) = (small(), Settings { recompute: false, ..settings() });
    let alone = Partition::new([1, 1, 1, 1]);
    let found = memory_per_chip(&model, &alone, Sharding::OneOne, &settings, 4, 1);
    let (s, h, a) = (1024.0, 2048.0, 512.0);
    close(found, 16.0 * model.weights() + 32.0 * s * h * (34.0 + 5.0 * a * s / h));
    // four stages hold four microbatches of a quarter of the layers, and the embedding
    let staged = memory_per_chip(&model, &Partition::new([4, 1, 1, 1]), Sharding::OneOne, &settings, 4, 1);
    close(found - staged, 16.0 * 0.75 * 32.0 * model.layer_weights());
}

#[test]
fn a_faster_link_or_more_overlap_never_slows_a_configuration() {
    let speed = |link_bandwidth: f64, overlap: f64| {
        let machine = Machine { link_bandwidth, ..machine() };
        let settings = Settings { overlap, ..settings() };
        evaluate(&gpt3(), &machine, &settings, &expert()).unwrap().sequences_per_second
    };
    assert!(speed(100e9, 0.25) > speed(50e9, 0.25));
    assert!(speed(50e9, 0.75) > speed(50e9, 0.25));
}

#[test]
fn a_spread_covers_the_grid_and_does_not_depend_on_the_number_of_threads() {
    let grid = Grid {
        efficiency: vec![0.5, 0.7],
        overlap: vec![0.0, 0.5],
        bytes_per_weight: vec![2.0],
        optimizer_bytes: vec![12.0, 1e6],
        bytes_per_activation: vec![2.0],
        sequences_per_step: vec![1536],
        microbatches: vec![64],
        recompute: vec![true],
    };
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| spread(&gpt3(), &machine(), &grid, &expert()).unwrap())
    };
    let found = run(2);
    assert_eq!(found, run(1));
    assert_eq!((found.outcomes.len(), found.refused(), found.ratios.len()), (8, 4, 4));
    for outcome in &found.outcomes {
        assert_eq!(outcome.ratio().is_some(), outcome.settings.optimizer_bytes < 1e6);
    }
    let one = search(&gpt3(), &machine(), &found.outcomes[0].settings, &expert()).unwrap();
    assert_eq!(found.outcomes[0].ratio(), Some(one.ratio));
    let [min, median, max] = [found.min(), found.quantile(0.5), found.max()].map(Option::unwrap);
    assert!(1.0 <= min && min <= median && median <= max);
    assert_eq!(found.quantiles().unwrap()[2], median);
    // the best against the expert's alone, and the expert's against itself
    let best = found.outcomes[0].best.unwrap().configuration;
    let pair = compare(&gpt3(), &machine(), &grid, &best, &expert()).unwrap();
    assert_eq!(pair.outcomes[0], found.outcomes[0]);
    assert!(pair.max().unwrap() <= max);
    assert_eq!(compare(&gpt3(), &machine(), &grid, &expert(), &expert()).unwrap().ratios, [1.0; 4]);
    let empty = Grid { overlap: Vec::new(), ..grid };
    assert_eq!(empty.settings().unwrap_err(), SearchError::EmptyGrid("the overlap"));
}

#[test]
fn impossible_inputs_are_refused() {
    let run = |model: Transformer, machine: Machine, settings: Settings, one: Configuration| {
        evaluate(&model, &machine, &settings, &one).unwrap_err().to_string()
    };
    let wrong = configuration("8x8x8", [8, 1, 8, 4], Sharding::OneOne);
    let text = run(gpt3(), machine(), settings(), wrong);
    assert_eq!(text, "the partition [8, 1, 8, 4] has 256 parts for 512 chips");
    let text = run(gpt3(), machine(), settings(), configuration("8x8x8", [64, 1, 1, 8], Sharding::OneOne));
    assert!(text.contains("the layers do not divide evenly"), "{text}");
    let text = run(gpt3(), machine(), settings(), configuration("8x8x8", [1, 1, 64, 8], Sharding::OneOne));
    assert!(text.contains("the heads do not divide evenly"), "{text}");
    let text = run(gpt3(), machine(), settings(), configuration("8x8x8", [1, 512, 1, 1], Sharding::OneOne));
    assert!(text.contains("bytes a chip, more than 3.436e10"), "{text}");
    let text = run(Transformer { layers: 0, ..gpt3() }, machine(), settings(), expert());
    assert_eq!(text, "the number of layers is 0: expected 1 to 2^24");
    let text = run(Transformer { heads: 7, ..gpt3() }, machine(), settings(), expert());
    assert_eq!(text, "7 heads do not divide the width 12288");
    for machine in [
        Machine { peak_flops: 0.0, ..machine() },
        Machine { link_bandwidth: -1.0, ..machine() },
        Machine { memory: f64::NAN, ..machine() },
        Machine { hop_latency: f64::INFINITY, ..machine() },
    ] {
        let text = run(gpt3(), machine, settings(), expert());
        assert!(text.contains("expected a finite number"), "{text}");
    }
    for settings in [
        Settings { efficiency: 0.0, ..settings() },
        Settings { efficiency: 1.2, ..settings() },
        Settings { overlap: -0.1, ..settings() },
        Settings { bytes_per_weight: 0.0, ..settings() },
        Settings { optimizer_bytes: -1.0, ..settings() },
        Settings { microbatches: 0, ..settings() },
        Settings { sequences_per_step: 0, ..settings() },
    ] {
        let text = run(gpt3(), machine(), settings, expert());
        assert!(text.contains("expected"), "{text}");
    }
    let large = configuration("16x16x32", [8192, 1, 1, 1], Sharding::OneOne);
    assert!(run(gpt3(), machine(), settings(), large).contains("no slice here has 8192 chips"));
}
