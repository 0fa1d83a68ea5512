//! Tables of paths of any network: links in order need few channels, and false paths are refused.

use phext_paper::sim::packet::{
    LinkOrder, PacketConfig, PacketError, Path, PathError, PathTable, Symmetry, simulate_routed,
};
use phext_paper::sim::{Network, Topology};

/// Returns a flat torus and one path per pair that only goes forward.
fn forward_only() -> (Network, Vec<Path>) {
    let network = Topology::flat_torus(4, 4).unwrap().network();
    let chips = network.chips();
    // rows first, then columns, always forward
    let path = |from: usize, to: usize| {
        let rows = (to / 4 + 4 - from / 4) % 4;
        let columns = (to % 4 + 4 - from % 4) % 4;
        Path::new(&[vec![0; rows], vec![2; columns]].concat()).unwrap()
    };
    let pairs = (0..chips).flat_map(|from| (0..chips).map(move |to| (from, to)));
    (network, pairs.map(|(from, to)| path(from, to)).collect())
}

#[test]
fn any_network_takes_paths_of_its_own_and_refuses_false_ones() {
    let (network, paths) = forward_only();
    let chips = network.chips();
    let order: Vec<u32> = (0..64).collect();
    let table = |order: &[u32], paths: &[Path]| {
        PathTable::new(
            &network,
            Symmetry::own(chips),
            LinkOrder::of_places(order.to_vec()),
            1,
            paths.to_vec(),
        )
    };
    let good = table(&order, &paths).unwrap();
    assert_eq!(good.longest(), 6);
    // a packet that wraps leaves a late link for an early one: once by row, once by column, and at the turn
    assert!((2..=4).contains(&good.virtual_channels()));
    // with one place for all links every hop takes a new channel
    assert_eq!(table(&[0; 64], &paths).unwrap().virtual_channels(), 6);
    let config =
        PacketConfig { load: 4.0, cycles: 2000, buffer_flits: 1, drain: true, ..PacketConfig::default() };
    let result = simulate_routed(&network, &config, &good).unwrap();
    assert_eq!((result.in_flight, result.injected), (0, result.delivered));
    let mut astray = paths.clone();
    astray[1] = Path::new(&[0]).unwrap();
    assert_eq!(table(&order, &astray), Err(PathError::Astray { from: 0, to: 1 }));
    assert!(matches!(table(&order[1..], &paths), Err(PathError::Length { .. })));
    assert!(matches!(table(&order, &paths[1..]), Err(PathError::Length { .. })));
    let mut names: Vec<u32> = (0..16).collect();
    names.swap(0, 1);
    let turned = Symmetry { renaming: vec![0; chips], names };
    // rows come first on every path, so columns as the earlier stage would be returned to
    let by_axis =
        |stages: [u8; 4]| LinkOrder::of_stages((0..64).map(move |link| (stages[link as usize % 4], link)));
    let ordered = |stages| PathTable::new(&network, Symmetry::own(chips), by_axis(stages), 1, paths.clone());
    assert_eq!(ordered([0, 0, 1, 1]).unwrap().virtual_channels(), 2);
    assert!(matches!(ordered([1, 1, 0, 0]), Err(PathError::Backward { .. })));
    let refused = PathTable::new(&network, turned, LinkOrder::of_places(order.clone()), 1, paths.clone());
    assert!(matches!(refused, Err(PathError::NotSymmetric { .. })), "{refused:?}");
    let other = Topology::torus("4x4x4".parse().unwrap()).network();
    assert_eq!(simulate_routed(&other, &PacketConfig::default(), &good), Err(PacketError::OtherNetwork));
    let few = PacketConfig { virtual_channels: 1, ..PacketConfig::default() };
    assert!(matches!(simulate_routed(&network, &few, &good), Err(PacketError::VirtualChannels { .. })));
    assert_eq!(Path::new(&[6]), None);
    assert_eq!(Path::new(&[0; 25]), None);
    for ports in [&[][..], &[0], &[0, 5, 3], &[5; 24], &[0; 24]] {
        let path = Path::new(ports).unwrap();
        assert!(path.ports().eq(ports.iter().copied()) && path.hops() == ports.len());
    }
}
