//! The waves as a drawing: phases from top to bottom, and a line from each wave to those that build on it.

use std::collections::{BTreeMap, BTreeSet};

use svg::Document;
use svg::node::element::{Description, Group, Path, Rectangle, Style, Text, Title};

use super::board::{Board, Status, WaveState};

const WIDTH: f64 = 152.0;
const HEIGHT: f64 = 58.0;
const GAP: f64 = 14.0;
const ROW_GAP: f64 = 30.0;
const MARGIN: f64 = 14.0;
const HEADER: f64 = 26.0;
/// The most waves side by side.
const COLUMNS: usize = 5;
/// Characters of a title in one line, and its lines.
const LINE: usize = 24;
const LINES: usize = 2;
const STYLE: &str = include_str!("assets/graph.css");

/// Where a wave stands.
#[derive(Clone, Copy, Debug, PartialEq)]
struct NodePlace {
    x: f64,
    y: f64,
}

/// Draws all waves. A dependency that follows from others is left out.
#[must_use]
pub fn dependency_graph(board: &Board) -> String {
    let edges = reduced(&board.waves);
    let (places, bands, height) = layout(board, &edges);
    let width = 2.0 * MARGIN + COLUMNS as f64 * WIDTH + (COLUMNS - 1) as f64 * GAP;
    let described = format!(
        "{} waves in {} phases from top to bottom: {}. Each box names a wave and its status in words; lines lead \
         from a wave to those that build on it.",
        board.waves.len(),
        board.gates.len(),
        board.totals()
    );
    let mut document = Document::new()
        .set("viewBox", (0.0, 0.0, width, height))
        .set("width", width)
        .set("height", height)
        .set("class", "rally-graph")
        .set("role", "img")
        .set("aria-labelledby", "rally-graph-title rally-graph-desc")
        .add(Title::new("Waves and what they build on").set("id", "rally-graph-title"))
        .add(Description::new().set("id", "rally-graph-desc").add(svg::node::Text::new(described)))
        .add(Style::new(STYLE));
    for (top, bottom) in &bands {
        let band = Rectangle::new().set("class", "rally-band").set("x", 1).set("y", *top).set("rx", 8);
        document = document.add(band.set("width", width - 2.0).set("height", bottom - top));
    }
    let mut lines = Group::new().set("class", "rally-lines");
    for (from, to) in &edges {
        if let (Some(a), Some(b)) = (places.get(from), places.get(to)) {
            lines = lines.add(Path::new().set("d", curve(*a, *b)));
        }
    }
    document = document.add(lines);
    // Names stand over the lines that cross them.
    for (gate, (top, _)) in board.gates.iter().zip(&bands) {
        let name = format!("Phase {}: {}", gate.id, gate.title);
        document = document.add(text(&name, MARGIN, top + 18.0, "rally-phase"));
    }
    for wave in &board.waves {
        if let Some(place) = places.get(&wave.id) {
            document = document.add(node(wave, *place));
        }
    }
    format!("{document}\n")
}

/// Returns the dependencies that follow from no chain of others.
fn reduced(waves: &[WaveState]) -> Vec<(u32, u32)> {
    let before: BTreeMap<u32, &[u32]> = waves.iter().map(|wave| (wave.id, wave.after.as_slice())).collect();
    let mut all: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    // The plan has no circle, so each pass settles at least the next wave of a chain.
    for _ in waves {
        for wave in waves {
            let mut found: BTreeSet<u32> = wave.after.iter().copied().collect();
            found.extend(wave.after.iter().filter_map(|id| all.get(id)).flatten());
            all.insert(wave.id, found);
        }
    }
    let mut edges = Vec::new();
    for wave in waves {
        for &from in &wave.after {
            let mut others = before[&wave.id].iter().filter(|&&other| other != from);
            if !others.any(|other| all.get(other).is_some_and(|known| known.contains(&from))) {
                edges.push((from, wave.id));
            }
        }
    }
    edges
}

/// Returns the place of each wave, the top and bottom of each phase, and the height of all.
fn layout(board: &Board, edges: &[(u32, u32)]) -> (BTreeMap<u32, NodePlace>, Vec<(f64, f64)>, f64) {
    let mut places: BTreeMap<u32, NodePlace> = BTreeMap::new();
    let mut bands = Vec::new();
    let mut y = 2.0;
    for gate in &board.gates {
        let top = y;
        y += HEADER;
        for level in levels(&board.waves_of(gate.id).collect::<Vec<_>>()) {
            let rows = level.len().div_ceil(COLUMNS).max(1);
            let in_row = level.len().div_ceil(rows);
            let mut ordered: Vec<(f64, u32)> =
                level.iter().map(|wave| (mean_of_sources(wave.id, edges, &places), wave.id)).collect();
            ordered.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            for row in ordered.chunks(in_row.max(1)) {
                let used = row.len() as f64 * WIDTH + (row.len() - 1) as f64 * GAP;
                let whole = COLUMNS as f64 * WIDTH + (COLUMNS - 1) as f64 * GAP;
                let left = MARGIN + (whole - used) / 2.0;
                for (column, (_, id)) in row.iter().enumerate() {
                    places.insert(*id, NodePlace { x: left + column as f64 * (WIDTH + GAP), y });
                }
                y += HEIGHT + ROW_GAP;
            }
        }
        y += MARGIN - ROW_GAP;
        bands.push((top, y));
        y += ROW_GAP / 2.0;
    }
    (places, bands, y)
}

/// Returns the waves of a phase by the longest chain of waves of the same phase before them.
fn levels<'b>(waves: &[&'b WaveState]) -> Vec<Vec<&'b WaveState>> {
    let mut depth: BTreeMap<u32, usize> = waves.iter().map(|wave| (wave.id, 0)).collect();
    for _ in waves {
        for wave in waves {
            let before = wave.after.iter().filter_map(|id| depth.get(id)).max();
            if let Some(before) = before.copied() {
                depth.insert(wave.id, before + 1);
            }
        }
    }
    let deepest = depth.values().max().map_or(0, |deepest| deepest + 1);
    let of = |level: usize| waves.iter().filter(|wave| depth[&wave.id] == level).copied().collect();
    (0..deepest).map(of).collect()
}

/// Returns the mean place of the waves that one builds on, so that lines cross less.
fn mean_of_sources(id: u32, edges: &[(u32, u32)], places: &BTreeMap<u32, NodePlace>) -> f64 {
    let sources: Vec<f64> = edges
        .iter()
        .filter(|(_, to)| *to == id)
        .filter_map(|(from, _)| places.get(from))
        .map(|place| place.x)
        .collect();
    if sources.is_empty() { 0.0 } else { sources.iter().sum::<f64>() / sources.len() as f64 }
}

fn curve(from: NodePlace, to: NodePlace) -> String {
    let (x1, y1) = (from.x + WIDTH / 2.0, from.y + HEIGHT);
    let (x2, y2) = (to.x + WIDTH / 2.0, to.y);
    let bend = ((y2 - y1) / 2.0).clamp(10.0, 60.0);
    format!("M{x1:.1} {y1:.1}C{x1:.1} {:.1} {x2:.1} {:.1} {x2:.1} {y2:.1}", y1 + bend, y2 - bend)
}

fn node(wave: &WaveState, place: NodePlace) -> Group {
    let NodePlace { x, y } = place;
    let mut group = Group::new()
        .set("class", format!("rally-node rally-{}", wave.status.word().replace(' ', "-")))
        .add(Rectangle::new().set("x", x).set("y", y).set("width", WIDTH).set("height", HEIGHT).set("rx", 5))
        .add(text(&wave.id.to_string(), x + 8.0, y + 16.0, "rally-number"))
        .add(mark(wave.status, x + 34.0, y + 12.0))
        .add(text(wave.status.word(), x + 44.0, y + 16.0, "rally-word"));
    for (index, line) in lines(&wave.title).iter().enumerate() {
        group = group.add(text(line, x + 8.0, y + 33.0 + 14.0 * index as f64, "rally-title"));
    }
    group
}

/// Returns a form for each status: disc, half disc, lozenge, ring.
fn mark(status: Status, x: f64, y: f64) -> Path {
    const R: f64 = 4.5;
    let (left, right) = (x - R, x + R);
    let ring = format!("M{left} {y}a{R} {R} 0 1 0 {0} 0a{R} {R} 0 1 0 -{0} 0z", 2.0 * R);
    let form = match status {
        Status::Done | Status::Open => ring,
        Status::TestsApart => format!("M{x} {0}a{R} {R} 0 0 0 0 {1}z{ring}", y - R, 2.0 * R),
        Status::Waiting => format!("M{left} {y}L{x} {}L{right} {y}L{x} {}z", y - R, y + R),
    };
    Path::new().set("class", "rally-mark").set("d", form)
}

fn text(content: &str, x: f64, y: f64, class: &str) -> Text {
    Text::new(content).set("x", x).set("y", y).set("class", class)
}

/// Returns a title in lines that fit a box; what does not fit ends in an ellipsis.
fn lines(title: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in title.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= LINE => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    if lines.len() > LINES {
        lines.truncate(LINES);
        if let Some(last) = lines.last_mut() {
            *last = last.chars().take(LINE - 1).chain(['…']).collect();
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(id: u32, phase: u32, after: &[u32]) -> WaveState {
        WaveState {
            id,
            phase,
            title: format!("A title that needs more than one line {id}"),
            output: String::new(),
            after: after.to_vec(),
            blocked_by: Vec::new(),
            status: Status::Open,
            criteria: Vec::new(),
            digest: String::new(),
        }
    }

    #[test]
    fn what_follows_from_a_chain_is_left_out() {
        let waves = [wave(1, 1, &[]), wave(2, 1, &[1]), wave(3, 1, &[2, 1]), wave(4, 1, &[1, 3])];
        assert_eq!(reduced(&waves), [(1, 2), (2, 3), (3, 4)]);
    }

    #[test]
    fn no_two_waves_overlap_and_each_stands_below_those_it_builds_on() {
        let mut waves = vec![wave(1, 1, &[]), wave(2, 1, &[1])];
        waves.extend((3..15).map(|id| wave(id, 2, &[1 + id % 2])));
        waves.push(wave(15, 2, &[3, 9]));
        let gate = |id| super::super::board::GateState {
            id,
            title: "Phase".to_owned(),
            hours: 1.0,
            question: String::new(),
            status: Status::Open,
            criteria: Vec::new(),
            digest: String::new(),
        };
        let board = Board { gates: vec![gate(1), gate(2)], waves, tests: None };
        let (places, bands, height) = layout(&board, &reduced(&board.waves));
        assert_eq!((places.len(), bands.len()), (15, 2));
        for (a, one) in &places {
            assert!(one.x >= MARGIN && one.y + HEIGHT < height);
            let apart =
                |other: &NodePlace| (one.x - other.x).abs() >= WIDTH || (one.y - other.y).abs() >= HEIGHT;
            assert!(places.iter().all(|(b, other)| a == b || apart(other)));
            let wave = board.wave(*a).unwrap();
            assert!(wave.after.iter().all(|before| places[before].y < one.y));
        }
        let drawn = dependency_graph(&board);
        assert_eq!(drawn.matches("rally-node rally-open").count(), 15);
        usvg::roxmltree::Document::parse(&drawn).unwrap();
    }
}
