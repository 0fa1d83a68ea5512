//! Kinds of drawings: the charts of the engine, and those that a study adds.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, EnumAccess, Error, VariantAccess, Visitor};

use super::canvas::Canvas;
use super::{Lookup, chart};
use crate::diagnostic::Diagnostics;

/// A drawing as its author describes it.
pub trait Draw: fmt::Debug + Send + Sync + 'static {
    /// Draws it on an empty canvas.
    ///
    /// # Errors
    /// Names that are no facts, and drawings that show nothing, located.
    fn draw<'a>(&self, lookup: &Lookup<'_>, canvas: Canvas<'a>) -> Result<Canvas<'a>, Diagnostics>;

    /// Returns whether it shows rows of an author's results, which may be many.
    fn has_rows(&self) -> bool {
        false
    }
}

/// The drawings of a study.
pub trait StudyDrawing: Draw + Sized {
    /// The names of their kinds, as figures write them.
    const KINDS: &'static [&'static str];

    /// Reads a drawing of one of the kinds.
    ///
    /// # Errors
    /// Those of the content, and of a kind that is none of [`Self::KINDS`].
    fn read<'de, C: VariantAccess<'de>>(kind: &str, content: C) -> Result<Self, C::Error>;

    /// Returns the schema of a drawing of one of the kinds; nothing of a kind that is none of
    /// [`Self::KINDS`].
    fn schema(kind: &str, generator: &mut SchemaGenerator) -> Option<Schema>;
}

/// The drawings of a study that has none.
#[derive(Debug)]
pub enum NoDrawing {}

impl Draw for NoDrawing {
    fn draw<'a>(&self, _: &Lookup<'_>, _: Canvas<'a>) -> Result<Canvas<'a>, Diagnostics> {
        match *self {}
    }
}

impl StudyDrawing for NoDrawing {
    const KINDS: &'static [&'static str] = &[];

    fn read<'de, C: VariantAccess<'de>>(kind: &str, _: C) -> Result<Self, C::Error> {
        Err(C::Error::unknown_variant(kind, Self::KINDS))
    }

    fn schema(_: &str, _: &mut SchemaGenerator) -> Option<Schema> {
        None
    }
}

/// The charts of the engine.
#[derive(Debug)]
pub(super) enum Chart {
    One(chart::Chart),
    Panels(chart::Panels),
}

/// The name of several charts in one drawing.
const PANELS: &str = "panels";

impl Draw for Chart {
    fn draw<'a>(&self, lookup: &Lookup<'_>, canvas: Canvas<'a>) -> Result<Canvas<'a>, Diagnostics> {
        match self {
            Self::One(drawing) => chart::draw(drawing.spec(), lookup, canvas),
            Self::Panels(drawing) => chart::draw_panels(drawing, lookup, canvas),
        }
    }

    fn has_rows(&self) -> bool {
        match self {
            Self::One(drawing) => drawing.spec().rows(Path::new("")).is_some(),
            Self::Panels(drawing) => drawing.has_rows(),
        }
    }
}

/// A chart, or a drawing of the study.
pub(super) enum AnyDrawing<D> {
    Chart(Box<Chart>),
    Study(D),
}

impl<D: StudyDrawing> AnyDrawing<D> {
    pub fn shared(self) -> Arc<dyn Draw> {
        match self {
            Self::Chart(chart) => Arc::from(chart as Box<dyn Draw>),
            Self::Study(drawing) => Arc::new(drawing),
        }
    }
}

/// One kind with its content.
impl<D: StudyDrawing> JsonSchema for AnyDrawing<D> {
    fn schema_name() -> Cow<'static, str> {
        "Drawing".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut kinds: Vec<(&str, Schema)> = chart::Chart::schemas(generator);
        kinds.push((PANELS, generator.subschema_for::<chart::Panels>()));
        kinds.extend(D::KINDS.iter().filter_map(|kind| Some((*kind, D::schema(kind, generator)?))));
        let one = |(kind, schema): (&str, Schema)| {
            json_schema!({
                "type": "object",
                "properties": { kind: schema },
                "required": [kind],
                "additionalProperties": false
            })
        };
        let kinds: Vec<Schema> = kinds.into_iter().map(one).collect();
        json_schema!({ "description": "A chart, or a drawing of the study.", "oneOf": kinds })
    }
}

impl<'de, D: StudyDrawing> Deserialize<'de> for AnyDrawing<D> {
    fn deserialize<T: Deserializer<'de>>(deserializer: T) -> Result<Self, T::Error> {
        struct Kinds<D>(PhantomData<D>);

        impl<'de, D: StudyDrawing> Visitor<'de> for Kinds<D> {
            type Value = AnyDrawing<D>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a kind of drawing")
            }

            fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Self::Value, A::Error> {
                let (kind, content) = data.variant::<String>()?;
                let kind = kind.as_str();
                if kind == PANELS {
                    let panels = content.newtype_variant().map(Chart::Panels);
                    return panels.map(|panels| AnyDrawing::Chart(Box::new(panels)));
                }
                if D::KINDS.contains(&kind) {
                    return D::read(kind, content).map(AnyDrawing::Study);
                }
                if let Some(chart) = chart::Chart::read(kind, content)? {
                    return Ok(AnyDrawing::Chart(Box::new(Chart::One(chart))));
                }
                let mut kinds: Vec<&str> =
                    chart::Chart::KINDS.iter().chain(&[PANELS]).chain(D::KINDS).copied().collect();
                kinds.sort_unstable();
                let listed = kinds.join("`, `");
                Err(A::Error::custom(format!("unknown variant `{kind}`, expected one of `{listed}`")))
            }
        }
        deserializer.deserialize_enum("Drawing", chart::Chart::KINDS, Kinds(PhantomData))
    }
}
