//! The kinds of charts by the names that authors write.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::VariantAccess;

use super::Spec;
use super::bar::Bar;
use super::distribution::{BoxPlot, Violin};
use super::ecdf::Ecdf;
use super::heat::Heat;
use super::heatmap::Heatmap;
use super::histogram::Histogram;
use super::interval::Interval;
use super::line::Line;
use super::scatter::Scatter;

/// Declares the kinds: each with its name, and what it says of itself.
macro_rules! kinds {
    ($($(#[$told:meta])* $name:literal = $kind:ident($spec:ty),)*) => {
        /// A chart of one kind.
        #[derive(Clone, Debug, Deserialize, JsonSchema)]
        pub enum Chart {
            $($(#[$told])* #[serde(rename = $name)] $kind(Box<$spec>),)*
        }

        impl Chart {
            /// The names of all kinds, in their order.
            pub const KINDS: &[&str] = &[$($name),*];

            /// Returns what the author wrote.
            pub fn spec(&self) -> &dyn Spec {
                match self { $(Self::$kind(spec) => spec.as_ref(),)* }
            }

            /// Reads a chart of the kind with this name; nothing where there is no such kind.
            ///
            /// # Errors
            /// Those of its content.
            pub fn read<'de, C: VariantAccess<'de>>(kind: &str, content: C) -> Result<Option<Self>, C::Error> {
                match kind {
                    $($name => content.newtype_variant().map(Self::$kind).map(Some),)*
                    _ => Ok(None),
                }
            }

            /// Returns the schemas of all kinds, each with its name.
            pub fn schemas(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
                vec![$(($name, generator.subschema_for::<$spec>())),*]
            }
        }
    };
}

kinds! {
    /// Bars side by side or stacked.
    "bar" = Bar(Bar),
    /// Quartiles, whiskers and outliers.
    "box" = Box(BoxPlot),
    /// The share of rows up to each value.
    "ecdf" = Ecdf(Ecdf),
    /// A map over two keys of facts.
    "heat" = Heat(Heat),
    /// A map over two columns of rows.
    "heatmap" = Heatmap(Heatmap),
    /// How many rows have values in each range.
    "histogram" = Histogram(Histogram),
    /// Values with their ranges.
    "interval" = Interval(Interval),
    /// Lines.
    "line" = Line(Line),
    /// A dot for each row.
    "scatter" = Scatter(Scatter),
    /// Densities of values.
    "violin" = Violin(Violin),
}
