//! One palette for all drawings, safe for colour-blind readers and in grey.
//!
//! Hues after Okabe and Ito, "Color Universal Design" (2008), darkened where text needs contrast.

/// Paper of the drawing, so that it reads in dark mode too.
pub const PAPER: &str = "#ffffff";
/// Text and strong lines.
pub const INK: &str = "#1a1a1a";
/// Secondary text; 5.7 to 1 against the paper.
pub const SOFT: &str = "#666666";
/// Thin lines.
pub const LINE: &str = "#b5b5b5";
/// First series: machine, electrical.
pub const BLUE: &str = "#0072b2";
/// Second series: what changed, optical.
pub const VERMILION: &str = "#c24e00";
/// Third series: spares.
pub const GREEN: &str = "#007a58";
/// Light fill of the machine.
pub const PALE_BLUE: &str = "#d6e8f5";
/// Light fill of spares.
pub const PALE_GREEN: &str = "#d3ece4";
/// Fourth series.
pub const PURPLE: &str = "#8a3f7d";
/// Light fill of what changed, the second series.
pub const PALE_VERMILION: &str = "#f8dcc6";
