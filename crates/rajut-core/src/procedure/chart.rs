//! The flowchart of a procedure as cells: which symbol stands in which lane of which row, and the lines that join them.
//!
//! Hides the routing. A line runs through cells only, in percent of each, so that rows may be as high as their texts
//! and no arrow crosses a text. Down to the next row is straight; every other way leaves by the side and runs in a
//! track of its own beside the symbols of the lane where it ends.

use serde::Serialize;

use super::codes::LaneId;
use super::model::Procedure;
use super::step::{Goal, Joint, Step, Symbol};

/// A point of a cell, in percent of its width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Point {
    /// From the left.
    pub x: i16,
    /// From the top.
    pub y: i16,
}

/// The middle of a cell, where its symbol stands.
const MIDDLE: Point = Point { x: 50, y: 50 };

/// The tracks beside a symbol, the nearest first: right of it, then left of it.
const TRACKS: [i16; 6] = [84, 90, 96, 16, 10, 4];

/// A piece of a line within a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Stroke {
    /// Where it begins.
    pub from: Point,
    /// Where it ends.
    pub to: Point,
    /// Whether it only joins actors of whom any may act for all.
    pub dashed: bool,
}

/// A side of a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Above.
    Top,
    /// To the right.
    Right,
    /// To the left.
    Left,
}

/// What is written beside a line: the label of the exit that it leaves by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Label {
    /// Where.
    pub at: Point,
    /// The words.
    pub text: String,
    /// Whether the exit leads to the end, to which no line is drawn.
    pub ends: bool,
}

/// A cell: one lane in one row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ChartCell {
    /// The symbol in its middle.
    pub symbol: Option<Symbol>,
    /// The lines through it.
    pub strokes: Vec<Stroke>,
    /// The sides on which an arrow meets its symbol.
    pub heads: Vec<Side>,
    /// What is written beside its lines.
    pub labels: Vec<Label>,
}

/// The chart: for each step a row of cells, one for each lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chart {
    /// The rows, in the order of the steps.
    pub rows: Vec<Vec<ChartCell>>,
}

/// A line from a step to a later or an earlier one, by cells.
struct Way {
    strokes: Vec<(usize, usize, Stroke)>,
    head: (usize, usize, Side),
    label: Option<(usize, usize, Label)>,
}

/// Rows of a lane in which a track is taken.
struct Taken {
    lane: usize,
    track: i16,
    rows: (usize, usize),
}

impl Procedure {
    /// Its flowchart.
    pub fn chart(&self) -> Chart {
        let mut rows = vec![vec![ChartCell::default(); self.lanes.len()]; self.steps.len()];
        for (row, step) in self.steps.iter().enumerate() {
            self.put_symbols(&mut rows[row], step);
        }
        let mut taken: Vec<Taken> = Vec::new();
        for (row, step) in self.steps.iter().enumerate() {
            for (exit, goal) in step.ways() {
                let label = exit
                    .and_then(|code| step.exit(&code))
                    .map(|exit| exit.label.clone())
                    .filter(|label| !label.is_empty());
                let to = match &goal {
                    Goal::Step(id) => self.steps.iter().position(|step| step.id == *id),
                    Goal::End => None,
                };
                // The end is a terminator of its own row; what leads nowhere is for lint to say.
                let Some(way) = to.and_then(|to| self.way(row, to, label.clone(), &mut taken)) else {
                    if let (Some(text), Some(lane)) = (label, self.lane_of(step)) {
                        let at = Point { x: 50, y: 90 };
                        rows[row][lane].labels.push(Label { at, text, ends: true });
                    }
                    continue;
                };
                for (row, lane, stroke) in way.strokes {
                    rows[row][lane].strokes.push(stroke);
                }
                let (row, lane, side) = way.head;
                if !rows[row][lane].heads.contains(&side) {
                    rows[row][lane].heads.push(side);
                }
                if let Some((row, lane, mut label)) = way.label {
                    // Labels on one side stand above each other.
                    let labels = &mut rows[row][lane].labels;
                    while labels.iter().any(|other| other.at == label.at) {
                        label.at.y -= 16;
                    }
                    labels.push(label);
                }
            }
        }
        Chart { rows }
    }

    /// The symbols of a step, one for each actor, joined by a line.
    fn put_symbols(&self, row: &mut [ChartCell], step: &Step) {
        let lanes: Vec<usize> = step.from.iter().filter_map(|id| self.place_of(id)).collect();
        for lane in &lanes {
            row[*lane].symbol = Some(step.symbol.clone());
        }
        let (Some(first), Some(last)) = (lanes.iter().min(), lanes.iter().max()) else {
            return;
        };
        let dashed = step.joint == Some(Joint::Either);
        for stroke in across(0, *first, *last, 50) {
            row[stroke.1].strokes.push(Stroke { dashed, ..stroke.2 });
        }
    }

    fn place_of(&self, id: &LaneId) -> Option<usize> {
        self.lanes.iter().position(|lane| lane.id == *id)
    }

    /// The first lane in which a step stands.
    fn lane_of(&self, step: &Step) -> Option<usize> {
        step.from.iter().find_map(|id| self.place_of(id))
    }

    /// The lanes of two steps that lie nearest to each other.
    fn nearest(&self, from: &Step, to: &Step) -> Option<(usize, usize)> {
        let lanes = |step: &Step| {
            step.from
                .iter()
                .filter_map(|id| self.place_of(id))
                .collect::<Vec<_>>()
        };
        let (ours, theirs) = (lanes(from), lanes(to));
        ours.iter()
            .flat_map(|a| theirs.iter().map(|b| (*a, *b)))
            .min_by_key(|(a, b)| a.abs_diff(*b))
    }

    /// The way from one row to another.
    fn way(&self, from: usize, to: usize, label: Option<String>, taken: &mut Vec<Taken>) -> Option<Way> {
        let (a, b) = self.nearest(&self.steps[from], &self.steps[to])?;
        let beside = |lane: usize| {
            self.steps[from]
                .from
                .iter()
                .any(|id| self.place_of(id) == Some(lane))
        };
        let free = (a.min(b)..=a.max(b)).all(|lane| lane == a || !beside(lane));
        if to == from + 1 && free {
            return Some(straight(from, a, b, label));
        }
        let rows = (from.min(to), from.max(to));
        let track = TRACKS.into_iter().find(|track| {
            !taken
                .iter()
                .any(|it| it.lane == b && it.track == *track && it.rows.0 <= rows.1 && rows.0 <= it.rows.1)
        })?;
        taken.push(Taken { lane: b, track, rows });
        // A line that ends where it began, or beside other actors, keeps clear of the symbols' middle.
        let level = if from == to { 60 } else { 50 };
        Some(around((from, a), (to, b), track, level, label))
    }
}

/// The pieces of a level line from the middle of one lane to that of another.
fn across(row: usize, a: usize, b: usize, y: i16) -> Vec<(usize, usize, Stroke)> {
    let (first, last) = (a.min(b), a.max(b));
    (first..=last)
        .filter(|_| first != last)
        .map(|lane| {
            let from = if lane == first { 50 } else { 0 };
            let to = if lane == last { 50 } else { 100 };
            (row, lane, line((from, y), (to, y)))
        })
        .collect()
}

fn line(from: (i16, i16), to: (i16, i16)) -> Stroke {
    let point = |(x, y)| Point { x, y };
    Stroke {
        from: point(from),
        to: point(to),
        dashed: false,
    }
}

/// The label of a line.
fn leading(at: Point, text: String) -> Label {
    Label {
        at,
        text,
        ends: false,
    }
}

/// Along the row to the lane of the next step, then down into it.
fn straight(row: usize, a: usize, b: usize, label: Option<String>) -> Way {
    let mut strokes = across(row, a, b, MIDDLE.y);
    strokes.push((row, b, line((50, 50), (50, 100))));
    strokes.push((row + 1, b, line((50, 0), (50, 50))));
    let at = Point { x: 54, y: 92 };
    Way {
        strokes,
        head: (row + 1, b, Side::Top),
        label: label.map(|text| (row, b, leading(at, text))),
    }
}

/// Along the row to a track beside the other step's lane, in it to the other row, and in from the side.
fn around(from: (usize, usize), to: (usize, usize), track: i16, level: i16, label: Option<String>) -> Way {
    let ((row, a), (goal, b)) = (from, to);
    let mut strokes = Vec::new();
    // To the track, through the lanes between.
    for (row, lane, mut stroke) in across(row, a, b, level) {
        if lane == b {
            // From the left edge or from the right one.
            let edge = if a < b { 0 } else { 100 };
            stroke = line((edge, level), (track, level));
        }
        strokes.push((row, lane, stroke));
    }
    if a == b {
        strokes.push((row, b, line((50, level), (track, level))));
    }
    // In the track. A step that leads to itself goes around above its symbol.
    if row == goal {
        strokes.push((row, b, line((track, level), (track, 14))));
        strokes.push((row, b, line((track, 14), (50, 14))));
        strokes.push((row, b, line((50, 14), (50, 50))));
    } else {
        let down = row < goal;
        let (leave, enter) = if down { (100, 0) } else { (0, 100) };
        strokes.push((row, b, line((track, level), (track, leave))));
        for between in row.min(goal) + 1..row.max(goal) {
            strokes.push((between, b, line((track, 0), (track, 100))));
        }
        strokes.push((goal, b, line((track, enter), (track, 50))));
        strokes.push((goal, b, line((track, 50), (50, 50))));
    }
    let side = match (row == goal, track > 50) {
        (true, _) => Side::Top,
        (false, true) => Side::Right,
        (false, false) => Side::Left,
    };
    // Beside where it leaves its own symbol.
    let right = if a == b { track > 50 } else { a < b };
    let at = Point {
        x: if right { 76 } else { 24 },
        y: 36,
    };
    Way {
        strokes,
        head: (goal, b, side),
        label: label.map(|text| (row, a, leading(at, text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped(name: &str) -> Procedure {
        let text = match name {
            "routine" => include_str!("../../../../procedures/pemeliharaan-jaringan.toml"),
            _ => include_str!("../../../../procedures/penanganan-pengaduan.toml"),
        };
        Procedure::parse(text).unwrap()
    }

    #[test]
    fn the_paper_is_a_stair_of_five_symbols() {
        let procedure = shipped("routine");
        let chart = procedure.chart();
        let stairs: Vec<usize> = chart
            .rows
            .iter()
            .map(|row| row.iter().position(|cell| cell.symbol.is_some()).unwrap())
            .collect();
        assert_eq!(stairs, [1, 2, 3, 4, 4]);
        assert_eq!(chart.rows[0][1].symbol, Some(Symbol::Terminator));
        assert_eq!(chart.rows[1][2].heads, [Side::Top]);
        // From the head to the Kabid: to the right, and down.
        assert_eq!(chart.rows[0][1].strokes, [line((50, 50), (100, 50))]);
        assert_eq!(
            chart.rows[0][2].strokes,
            [line((0, 50), (50, 50)), line((50, 50), (50, 100))],
        );
        assert!(chart.rows[4][4].strokes.iter().all(|stroke| stroke.to == MIDDLE));
    }

    /// Every end of a piece meets a symbol, another piece of its cell, or goes on in the cell beside it.
    #[test]
    fn no_line_ends_in_the_air_and_every_arrow_is_met() {
        for name in ["routine", "complaint"] {
            let procedure = shipped(name);
            let chart = procedure.chart();
            let lanes = procedure.lanes.len();
            let mut drawn = 0;
            for (row, cells) in chart.rows.iter().enumerate() {
                for (lane, cell) in cells.iter().enumerate() {
                    let touches = |row: usize, lane: usize, at: Point| {
                        chart.rows[row][lane]
                            .strokes
                            .iter()
                            .filter(|other| other.from == at || other.to == at)
                            .count()
                    };
                    for stroke in &cell.strokes {
                        drawn += 1;
                        assert!(
                            stroke.from.x == stroke.to.x || stroke.from.y == stroke.to.y,
                            "{name} {row} {lane}: only level and upright"
                        );
                        for end in [stroke.from, stroke.to] {
                            let other = |x, y| Point { x, y };
                            let goes_on = match (end.x, end.y) {
                                (0, y) => lane > 0 && touches(row, lane - 1, other(100, y)) > 0,
                                (100, y) => lane + 1 < lanes && touches(row, lane + 1, other(0, y)) > 0,
                                (x, 0) => row > 0 && touches(row - 1, lane, other(x, 100)) > 0,
                                (x, 100) => {
                                    row + 1 < chart.rows.len() && touches(row + 1, lane, other(x, 0)) > 0
                                }
                                (50, _) if cell.symbol.is_some() => true,
                                _ => touches(row, lane, end) > 1,
                            };
                            assert!(goes_on, "{name} row {row} lane {lane}: {end:?} of {stroke:?}");
                        }
                    }
                    for side in &cell.heads {
                        assert!(cell.symbol.is_some(), "{name} {row} {lane} {side:?}");
                    }
                }
            }
            let ways: usize = procedure
                .steps
                .iter()
                .flat_map(Step::ways)
                .filter(|(_, goal)| *goal != Goal::End)
                .count();
            let heads: usize = chart.rows.iter().flatten().map(|cell| cell.heads.len()).sum();
            assert!(heads > 0 && heads <= ways && drawn >= ways, "{name}");
        }
    }

    #[test]
    fn the_exits_of_a_decision_are_written_beside_their_lines() {
        let procedure = shipped("complaint");
        let chart = procedure.chart();
        for (row, step) in procedure.steps.iter().enumerate() {
            let told: Vec<&str> = chart.rows[row]
                .iter()
                .flat_map(|cell| &cell.labels)
                .map(|label| label.text.as_str())
                .collect();
            for exit in step.exits() {
                assert!(told.contains(&exit.label.as_str()), "{} {told:?}", step.id);
            }
        }
    }
}
