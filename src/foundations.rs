//! Runs the code of the paper's appendices as doc-tests.

#[doc = include_str!("../paper/foundations/02-concept-mapping.md")]
struct ConceptMapping;

#[doc = include_str!("../paper/foundations/03-coordinate-scheme.md")]
struct CoordinateScheme;
