//! Topologies: published and closed-form values, conservation, switch maps, and an exact linear programme.

use crate::programmes::least_load;
use good_lp::{Expression, ProblemVariables, Solution, SolverModel, default_solver, variable};
use phext_paper::sim::fabric::{SWITCHES, SwitchMaps, entries_changed};
use phext_paper::sim::routing::{link_loads, port_loads, shortest_path};
use phext_paper::sim::{Analysis, Shape, ShapeError, Topology, analyze, analyze_network};

fn shape(text: &str) -> Shape {
    text.parse().expect(text)
}

fn torus(text: &str) -> Topology {
    Topology::torus(shape(text))
}

fn twisted(text: &str) -> Topology {
    Topology::twisted(shape(text)).expect(text)
}

fn close(found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance, "found {found}, wanted {wanted}");
}

#[test]
fn slices_have_the_known_values() {
    for (text, regular, twist) in [
        ("4x4x8", (8, 4.0315, 0.9922, 32), (6, 3.4646, 1.7318, 64)),
        ("4x8x8", (10, 5.020, 0.996, 64), (6, 4.329, 1.386, 128)),
        ("8x8x16", (16, 8.008, 0.4995, 128), (12, 6.976, 0.860, 256)),
        ("8x16x16", (20, 10.005, 0.49988, 256), (12, 8.723, 0.6878, 512)),
    ] {
        for (topology, (diameter, mean, alltoall, bisection)) in
            [(torus(text), regular), (twisted(text), twist)]
        {
            let found = analyze(&topology);
            assert_eq!(found.chips, shape(text).chips());
            assert_eq!(found.diameter, diameter, "{text} {:?}", topology.kind());
            close(found.mean_distance, mean, 5.1e-4);
            close(found.alltoall_links_per_chip, alltoall, 5.1e-4);
            assert_eq!(found.bisection_links, bisection, "{text} {:?}", topology.kind());
        }
    }
    let gain = |text| {
        analyze(&twisted(text)).alltoall_links_per_chip / analyze(&torus(text)).alltoall_links_per_chip
    };
    close(gain("4x4x8"), 1.7455, 5e-5);
    close(gain("4x8x8"), 1.3913, 5e-5);
    close(gain("8x8x16"), 1.722, 5e-4);
}

#[test]
fn the_full_machine_has_its_counts() {
    let full = analyze(&torus("16x16x16"));
    assert_eq!((full.chips, full.diameter, full.bisection_links), (4096, 24, 512));
    close(full.alltoall_links_per_chip, 0.5, 2e-4);
    let maps = SwitchMaps::of(&torus("16x16x16")).expect("cubes");
    assert_eq!((maps.cubes(), maps.electrical_links(), maps.optical_links()), (64, 9216, 3072));
    assert_eq!(maps.network().cables(), 9216 + 3072);
}

/// The mean of the distances on a ring of even size n is n/4; a torus adds its rings.
#[test]
fn tori_follow_their_closed_forms() {
    let check = |found: Analysis, sizes: &[usize]| {
        let chips: usize = sizes.iter().product();
        let sum: f64 = sizes.iter().map(|&size| size as f64 / 4.0).sum();
        let others = chips as f64 - 1.0;
        assert_eq!(found.diameter, sizes.iter().sum::<usize>() / 2);
        close(found.mean_distance, sum * chips as f64 / others, 1e-9);
        let longest = *sizes.iter().max().expect("axes");
        close(found.alltoall_links_per_chip, others / (chips as f64 * longest as f64 / 8.0), 1e-9);
        assert_eq!(found.bisection_links, 2 * chips / longest);
    };
    for text in ["4x4x4", "4x4x12", "8x12x16", "4x4x192", "16x16x16", "32x32x64"] {
        check(analyze(&torus(text)), &shape(text).axes());
    }
    for (a, b) in [(64, 64), (4, 4), (6, 10), (32, 32), (8, 128)] {
        check(analyze(&Topology::flat_torus(a, b).expect("even")), &[a, b]);
    }
}

/// The mean over ordered pairs of |i - j| on a path of n is (n^2 - 1) / 3n, pairs of equals included.
#[test]
fn meshes_follow_their_closed_forms() {
    for text in ["4x4x4", "4x4x8", "8x4x12"] {
        let topology = Topology::mesh(shape(text)).expect(text);
        let found = analyze(&topology);
        let axes = shape(text).axes();
        let chips = found.chips as f64;
        let sum: f64 = axes.iter().map(|&n| (n * n - 1) as f64 / (3 * n) as f64).sum();
        close(found.mean_distance, sum * chips / (chips - 1.0), 1e-9);
        assert_eq!(found.diameter, axes.iter().map(|n| n - 1).sum::<usize>());
        let longest = *axes.iter().max().expect("axes");
        assert_eq!(found.bisection_links, found.chips / longest);
        let cut = chips * chips / 4.0 / found.bisection_links as f64;
        assert!(found.alltoall_links_per_chip <= (chips - 1.0) / cut + 1e-9, "no better than its cut");
    }
}

#[test]
fn loads_conserve_distance_and_one_source_is_enough() {
    for topology in [torus("4x4x8"), twisted("4x4x8"), twisted("4x8x8"), torus("8x4x4")] {
        let network = topology.network();
        let one = port_loads(&network, 0).expect("connected");
        let all = link_loads(&network).expect("connected");
        close(one.loads.iter().sum(), one.distances as f64, 1e-9 * one.distances as f64);
        close(all.loads.iter().sum(), all.distances as f64, 1e-9 * all.distances as f64);
        assert_eq!(all.distances, one.distances * network.chips() as u64);
        for (link, load) in all.loads.iter().enumerate() {
            close(*load, one.loads[link % network.ports()], 1e-9 * one.largest());
        }
        assert_eq!(port_loads(&network, 77).map(|loads| loads.distances), Some(one.distances));
    }
    let mesh = Topology::mesh(shape("4x4x8")).expect("small").network();
    let all = link_loads(&mesh).expect("connected");
    close(all.loads.iter().sum(), all.distances as f64, 1e-6);
}

#[test]
fn switch_maps_are_permutations_and_wire_the_same_network() {
    for topology in [torus("4x4x4"), torus("8x12x4"), twisted("4x4x8"), twisted("8x16x16"), twisted("8x8x16")]
    {
        let maps = SwitchMaps::of(&topology).expect("cubes");
        assert!(maps.are_permutations());
        for switch in 0..SWITCHES {
            let mut targets: Vec<usize> =
                maps.map(switch).expect("48").iter().flatten().map(|&cube| usize::from(cube)).collect();
            targets.sort_unstable();
            assert!(targets.into_iter().eq(0..maps.cubes()));
        }
        assert_eq!(maps.network(), topology.network());
        assert_eq!(maps.optical_links(), 48 * maps.cubes());
    }
    let mesh = Topology::mesh(shape("8x8x4")).expect("small");
    let maps = SwitchMaps::of(&mesh).expect("cubes");
    assert!(!maps.are_permutations());
    assert_eq!(maps.network(), mesh.network());
    assert_eq!(analyze_network(&maps.network()), Some(analyze(&mesh)));
    assert!(SwitchMaps::of(&Topology::flat_torus(64, 64).expect("even")).is_err());
}

#[test]
fn changed_entries_are_a_distance() {
    let maps: Vec<SwitchMaps> = [torus("4x8x8"), twisted("4x8x8"), torus("4x4x16"), torus("4x4x8")]
        .iter()
        .map(|topology| SwitchMaps::of(topology).expect("cubes"))
        .collect();
    for a in &maps {
        assert_eq!(entries_changed(a, a), 0);
        for b in &maps {
            assert_eq!(entries_changed(a, b), entries_changed(b, a));
            assert_eq!(entries_changed(a, b) == 0, a == b);
        }
    }
    // only the 16 switches of x change, each for all four cubes
    assert_eq!(entries_changed(&maps[0], &maps[1]), 64);
}

#[test]
fn bad_maps_are_refused() {
    let identity: Vec<Option<u16>> = vec![Some(0), Some(1)];
    let good = vec![identity.clone(); SWITCHES];
    assert!(SwitchMaps::new([1, 1, 2], good.clone()).is_ok());
    assert!(SwitchMaps::new([1, 1, 2], good[1..].to_vec()).is_err());
    assert!(SwitchMaps::new([1, 1, 3], good.clone()).is_err());
    for bad in [vec![Some(0), Some(0)], vec![Some(0), Some(2)]] {
        let mut maps = good.clone();
        maps[17] = bad;
        let message = SwitchMaps::new([1, 1, 2], maps).expect_err("bad").to_string();
        assert!(message.contains("switch 17") && message.contains("cube 1"), "{message}");
    }
    let apart = SwitchMaps::new([1, 1, 2], good).expect("good").network();
    assert_eq!(analyze_network(&apart), None, "two cubes that are not joined");
}

#[test]
fn shapes_are_checked() {
    assert_eq!(shape("4x4x8").to_string(), "4x4x8");
    assert_eq!(shape("8x4x4").sorted(), shape("4x4x8"));
    assert_eq!(analyze(&twisted("8x4x4")), analyze(&twisted("4x4x8")));
    for text in
        ["", "4", "4x4", "4x4x4x4", "4x4x", "x4x4", "4 x4x4", "+4x4x4", "-4x4x4", "04x4x4", "4X4X4", "axbxc"]
    {
        assert!(matches!(text.parse::<Shape>(), Err(ShapeError::Malformed(_))), "{text:?}");
    }
    let fault = "4x6x8".parse::<Shape>().expect_err("not cubes").to_string();
    assert_eq!(fault, "axis 2 of 4x6x8 is 6: every axis must be a positive multiple of 4");
    assert!(matches!("0x4x4".parse::<Shape>(), Err(ShapeError::NotCubes { .. })));
    assert!("64x128x128".parse::<Shape>().is_ok());
    for text in ["64x128x132", "18446744073709551612x4x4", "99999999999999999999999x4x4"] {
        assert!(matches!(text.parse::<Shape>(), Err(ShapeError::TooLarge { .. })), "{text}");
    }
    for text in ["4x4x4", "4x8x16", "8x8x8", "4x4x12"] {
        let fault = Topology::twisted(shape(text)).expect_err(text).to_string();
        assert!(fault.contains("k x k x 2k") && fault.contains("k x 2k x 2k"), "{fault}");
    }
    assert!(Topology::mesh(shape("32x32x32")).is_err());
    assert!(Topology::flat_torus(5, 4).is_err() && Topology::flat_torus(2, 4).is_err());
    assert!(Topology::flat_torus(usize::MAX - 1, 4).is_err());
}

#[test]
fn no_routing_beats_equal_splitting() {
    for topology in [torus("4x4x8"), twisted("4x4x8")] {
        let best = (topology.chips() as f64 - 1.0) / least_load(&topology.network());
        close(analyze(&topology).alltoall_links_per_chip, best, 1e-6);
    }
}

/// Solves for the smallest load that any routing can reach for all-to-all over directed links of any graph.
///
/// One flow for each source sends 1 to every other chip; no link may carry more than the load in sum.
fn least_load_of(chips: usize, links: &[[usize; 2]]) -> f64 {
    let mut variables = ProblemVariables::new();
    let load = variables.add(variable().min(0.0));
    let flow = variables.add_vector(variable().min(0.0), chips * links.len());
    let mut balance = vec![Expression::from(0.0); chips * chips];
    let mut carried = vec![Expression::from(0.0); links.len()];
    for source in 0..chips {
        for (link, &[from, to]) in links.iter().enumerate() {
            let share = flow[source * links.len() + link];
            balance[source * chips + from] -= share;
            balance[source * chips + to] += share;
            carried[link] += share;
        }
    }
    let mut model = variables.minimise(load).using(default_solver);
    for (pair, balance) in balance.into_iter().enumerate() {
        if pair / chips != pair % chips {
            model = model.with(balance.eq(1.0));
        }
    }
    for carried in carried {
        model = model.with((carried - load).leq(0.0));
    }
    model.solve().expect("solvable").value(load)
}

#[test]
fn adding_a_link_never_lowers_the_flow_bound() {
    let topology = Topology::flat_torus(4, 4).unwrap();
    let network = topology.network();
    let chips = network.chips();
    let mut links: Vec<[usize; 2]> = (0..chips)
        .flat_map(|chip| (0..network.ports()).map(move |port| (chip, port)))
        .filter_map(|(chip, port)| Some([chip, network.neighbor(chip, port)?]))
        .collect();
    let mut bound = (chips as f64 - 1.0) / least_load_of(chips, &links);
    close(analyze(&topology).alltoall_links_per_chip, bound, 1e-6);
    for [from, to] in [[0, 10], [5, 15], [2, 3]] {
        links.extend([[from, to], [to, from]]);
        let with_link = (chips as f64 - 1.0) / least_load_of(chips, &links);
        assert!(with_link > bound - 1e-9, "{with_link} with a link {from} to {to}, {bound} without");
        bound = with_link;
    }
}

#[test]
fn a_hypercube_has_its_closed_forms() {
    for dimensions in [2_u32, 5, 9] {
        let network = phext_paper::sim::hypercube(dimensions).unwrap();
        let found = phext_paper::sim::analyze_network(&network).unwrap();
        let (chips, d) = (2_f64.powi(dimensions as i32), f64::from(dimensions));
        assert_eq!((found.chips, found.diameter), (1 << dimensions, dimensions as usize));
        assert!((found.mean_distance - d / 2.0 * chips / (chips - 1.0)).abs() < 1e-12);
        // every directed link carries half of the chips' traffic: bit equal here, different there
        assert!((found.alltoall_links_per_chip - (chips - 1.0) / (chips / 2.0)).abs() < 1e-9);
        assert_eq!(found.bisection_links, 1 << (dimensions - 1));
    }
    assert!(phext_paper::sim::hypercube(1).is_err() && phext_paper::sim::hypercube(40).is_err());
}

#[test]
fn shortest_paths_follow_links_and_are_as_long_as_distances() {
    for topology in [torus("4x4x8"), twisted("4x4x8")] {
        let network = topology.network();
        let mut links = 0;
        for to in 1..network.chips() {
            let path = shortest_path(&network, 0, to).expect("every chip is in reach");
            assert_eq!((path.first(), path.last()), (Some(&0), Some(&to)));
            for pair in path.windows(2) {
                assert!((0..network.ports()).any(|port| network.neighbor(pair[0], port) == Some(pair[1])));
            }
            links += path.len() - 1;
        }
        let mean = links as f64 / (network.chips() - 1) as f64;
        close(mean, analyze(&topology).mean_distance, 1e-12);
    }
}
