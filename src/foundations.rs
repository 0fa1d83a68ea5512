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
