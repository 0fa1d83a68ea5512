//! The palette on a dark page, for drawings that stand inside HTML.
//!
//! A drawing keeps its colours as attributes; a style sheet may overrule them. Drawings with colours outside
//! the palette, such as the steps of a heat map, stay on white.

use std::fmt::Write;

use super::palette::{
    BLUE, GREEN, INK, LINE, PALE_BLUE, PALE_GREEN, PALE_VERMILION, PAPER, PURPLE, SOFT, VERMILION,
};

/// Each colour of the palette with the one that takes its place on a dark page.
const PAIRS: [(&str, &str); 11] = [
    (PAPER, "#16181b"),
    (INK, "#e6e6e6"),
    (SOFT, "#a8a8a8"),
    (LINE, "#5c6066"),
    (BLUE, "#4fa9e2"),
    (VERMILION, "#f0843f"),
    (GREEN, "#3dba93"),
    (PURPLE, "#cf8cc3"),
    (PALE_BLUE, "#1b3a50"),
    (PALE_VERMILION, "#4f2d17"),
    (PALE_GREEN, "#17402f"),
];

/// Class of a drawing that has a dark form.
pub const CLASS: &str = "follows";

/// Returns whether all colours of a drawing have a place on a dark page.
pub fn follows(svg: &str) -> bool {
    let colours = svg.split('"').filter(|part| part.starts_with('#') && part.len() == 7);
    colours.into_iter().all(|colour| PAIRS.iter().any(|(light, _)| *light == colour))
}

/// Style rules that turn the palette dark where a reader prefers it.
pub fn style() -> String {
    let mut rules = String::from("@media screen and (prefers-color-scheme: dark) {\n");
    let _ = writeln!(rules, "  .{CLASS} {{ background: none; }}");
    for (light, dark) in PAIRS {
        let _ = writeln!(rules, "  .{CLASS} [fill=\"{light}\"] {{ fill: {dark}; }}");
        let _ = writeln!(rules, "  .{CLASS} [stroke=\"{light}\"] {{ stroke: {dark}; }}");
    }
    rules + "}\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contrast(a: &str, b: &str) -> f64 {
        let channel = |colour: &str, at: usize| {
            u8::from_str_radix(&colour[at..at + 2], 16).expect("two hexadecimal digits")
        };
        let channels = |colour: &str| [1, 3, 5].map(|at| channel(colour, at));
        super::super::rules::contrast(channels(a), channels(b))
    }

    #[test]
    fn text_has_the_contrast_of_wcag_aa_on_light_and_on_dark_pages() {
        let dark = |wanted: &str| PAIRS.iter().find(|(light, _)| *light == wanted).expect("a pair").1;
        for text in [INK, SOFT, BLUE, VERMILION, GREEN, PURPLE] {
            assert!(contrast(text, PAPER) >= 4.5, "{text} on paper: {}", contrast(text, PAPER));
            let ratio = contrast(dark(text), dark(PAPER));
            assert!(ratio >= 4.5, "{text} on a dark page: {ratio}");
        }
        for fill in [PALE_BLUE, PALE_VERMILION, PALE_GREEN] {
            assert!(contrast(INK, fill) >= 4.5 && contrast(dark(INK), dark(fill)) >= 4.5, "ink on {fill}");
        }
        for fill in [BLUE, VERMILION, GREEN, PURPLE] {
            assert!(
                contrast(PAPER, fill) >= 4.5 && contrast(dark(PAPER), dark(fill)) >= 4.5,
                "paper on {fill}"
            );
        }
    }

    #[test]
    fn a_drawing_with_a_colour_of_its_own_stays_light() {
        assert!(follows("<rect fill=\"#0072b2\" stroke=\"none\"/>"));
        assert!(!follows("<rect fill=\"#0072b2\"/><rect fill=\"#123456\"/>"));
    }
}
