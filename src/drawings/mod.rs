//! Drawings of the machine: what no chart can show.

mod architecture;
mod arrow;
mod curves;
mod fault;
mod label;
mod panel;
mod pipeline;
mod routing;
mod topology;

use schemars::{Schema, SchemaGenerator};
use serde::de::{Error, VariantAccess};

use paper_engine::diagnostic::Diagnostics;
use paper_engine::figure::canvas::Canvas;
use paper_engine::figure::{Draw, Lookup, StudyDrawing};

/// One of the drawings.
#[derive(Debug)]
pub enum Drawing {
    /// The machine with its coordinates.
    Architecture(Box<architecture::Architecture>),
    /// A failed cube and its spare.
    Fault(fault::FaultPanels),
    /// A sparse lookup.
    Pipeline(pipeline::Pipeline),
    /// Routes through a slice.
    Routing(routing::RoutingPanels),
    /// Slices wired in different ways.
    Topology(topology::TopologyPanels),
}

impl StudyDrawing for Drawing {
    const KINDS: &'static [&'static str] = &["architecture", "fault", "pipeline", "routing", "topology"];

    fn read<'de, C: VariantAccess<'de>>(kind: &str, content: C) -> Result<Self, C::Error> {
        match kind {
            "architecture" => content.newtype_variant().map(Self::Architecture),
            "fault" => content.newtype_variant().map(Self::Fault),
            "pipeline" => content.newtype_variant().map(Self::Pipeline),
            "routing" => content.newtype_variant().map(Self::Routing),
            "topology" => content.newtype_variant().map(Self::Topology),
            _ => Err(C::Error::unknown_variant(kind, Self::KINDS)),
        }
    }

    fn schema(kind: &str, generator: &mut SchemaGenerator) -> Option<Schema> {
        Some(match kind {
            "architecture" => generator.subschema_for::<architecture::Architecture>(),
            "fault" => generator.subschema_for::<fault::FaultPanels>(),
            "pipeline" => generator.subschema_for::<pipeline::Pipeline>(),
            "routing" => generator.subschema_for::<routing::RoutingPanels>(),
            "topology" => generator.subschema_for::<topology::TopologyPanels>(),
            _ => return None,
        })
    }
}

impl Draw for Drawing {
    fn draw<'a>(&self, lookup: &Lookup<'_>, canvas: Canvas<'a>) -> Result<Canvas<'a>, Diagnostics> {
        match self {
            Self::Architecture(drawing) => architecture::draw(drawing, lookup, canvas),
            Self::Fault(drawing) => fault::draw(drawing, lookup, canvas),
            Self::Pipeline(drawing) => pipeline::draw(drawing, lookup, canvas),
            Self::Routing(drawing) => routing::draw(drawing, lookup, canvas),
            Self::Topology(drawing) => topology::draw(drawing, lookup, canvas),
        }
    }
}
