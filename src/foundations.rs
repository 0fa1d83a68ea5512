//! Runs the code of the paper's appendices as doc-tests.

#[doc = include_str!("../paper/foundations/02-concept-mapping.md")]
struct ConceptMapping;

#[doc = include_str!("../paper/foundations/03-coordinate-scheme.md")]
struct CoordinateScheme;

#[doc = include_str!("../paper/foundations/04-coordinate-routing.md")]
struct CoordinateRouting;

#[doc = include_str!("../paper/foundations/05-sparse-lookup.md")]
struct SparseLookup;

#[doc = include_str!("../paper/foundations/06-topologies.md")]
struct Topologies;

#[doc = include_str!("../paper/foundations/07-fault-tolerance.md")]
struct FaultTolerance;

#[doc = include_str!("../paper/foundations/08-communication.md")]
struct Communication;

#[doc = include_str!("../paper/foundations/09-hierarchical-batching.md")]
struct HierarchicalBatching;

#[doc = include_str!("../paper/foundations/10-learned-coordinates.md")]
struct LearnedCoordinates;
