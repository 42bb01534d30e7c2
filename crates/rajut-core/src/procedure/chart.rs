//! The flowchart of a procedure as cells: which symbol stands in which lane of which row, and the lines that join them.
//!
//! Hides the routing. A line runs through cells only, in percent of each, so that rows may be as high as their texts
//! and no arrow crosses a text. Down to the next row is straight; every other way leaves by the side and runs in a
//! track of its own beside the symbols of the lane where it ends.

use serde::Serialize;

use super::codes::LaneId;
use super::model::Procedure;
use super::step::{Exit, Goal, Joint, Step, Symbol};

/// A point of a cell, in percent of its width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Point {
    /// From the left.
    pub x: i16,
    /// From the top.
    pub y: i16,
}

/// The middle of a cell, where its symbol stands.
pub(super) const MIDDLE: Point = Point { x: 50, y: 50 };

/// The tracks beside a symbol, the nearest first: right of it, then left of it; those between are for charts that
/// need more.
const TRACKS: [i16; 10] = [84, 90, 96, 16, 10, 4, 87, 93, 13, 7];

/// How high a corner of a cell is: no line but an upright one runs there, so words have room.
const CORNER: i16 = 28;

/// How far words stay away from an upright line.
const CLEAR: i16 = 3;

/// The level of a line that leaves a symbol at its foot and goes aside, because its side is taken.
pub(super) const FOOT: i16 = 88;

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

/// A corner of a cell, beside its symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Corner {
    /// Right of the middle, else left of it.
    pub right: bool,
    /// Below the symbol, else above it.
    pub below: bool,
}

/// What is written beside a line: the labels of the exits that it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Label {
    /// In which corner.
    pub corner: Corner,
    /// From where to where it may reach, in percent of the cell's width; beyond 0 and 100 where the cells beside it
    /// leave room. No line runs there.
    pub room: (i16, i16),
    /// The words.
    pub text: String,
    /// Whether the exit leads to the end, to which no line is drawn.
    pub ends: bool,
}

impl Label {
    /// A point where the words may begin (right of the middle) or end (left of it).
    pub fn at(&self) -> Point {
        Point {
            x: if self.corner.right { 50 + CLEAR } else { 50 - CLEAR },
            y: if self.corner.below { 90 } else { 16 },
        }
    }
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
    /// The lane that it leaves from.
    lane: usize,
    leaves: Leave,
}

/// Where a line leaves its symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leave {
    /// Straight down.
    Down,
    /// By a side.
    Aside { right: bool },
    /// At the foot, and then aside.
    Foot { right: bool },
    /// There is no line: the end.
    Nowhere,
}

/// Words that wait for a corner.
struct Waiting {
    row: usize,
    lane: usize,
    leaves: Leave,
    text: String,
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
        let mut waiting: Vec<Waiting> = Vec::new();
        for (row, step) in self.steps.iter().enumerate() {
            let Some(own) = self.lane_of(step) else { continue };
            let mut goals: Vec<(Option<usize>, String)> = goals(step)
                .into_iter()
                .map(|(goal, text)| match goal {
                    Goal::Step(id) => (self.steps.iter().position(|step| step.id == id), text),
                    Goal::End => (None, text),
                })
                .collect();
            // What goes straight on chooses its side first, and the words of the end take what is left.
            goals.sort_by_key(|(to, _)| (to.is_none(), *to != Some(row + 1)));
            let mut left: Vec<Leave> = Vec::new();
            for (to, text) in goals {
                let way = to.and_then(|to| self.way(row, to, &left, &mut taken));
                // The end is a terminator of its own row; what leads nowhere is for lint to say.
                let (lane, leaves) = way
                    .as_ref()
                    .map_or((own, Leave::Nowhere), |way| (way.lane, way.leaves));
                left.push(leaves);
                if !text.is_empty() {
                    waiting.push(Waiting {
                        row,
                        lane,
                        leaves,
                        text,
                    });
                }
                let Some(way) = way else { continue };
                for (row, lane, stroke) in way.strokes {
                    rows[row][lane].strokes.push(stroke);
                }
                let (row, lane, side) = way.head;
                if !rows[row][lane].heads.contains(&side) {
                    rows[row][lane].heads.push(side);
                }
            }
        }
        // Only now all lines are known, and with them which corners they leave free.
        for label in waiting {
            write_beside(&mut rows[label.row], label);
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
    fn way(&self, from: usize, to: usize, left: &[Leave], taken: &mut Vec<Taken>) -> Option<Way> {
        let (a, b) = self.nearest(&self.steps[from], &self.steps[to])?;
        let beside = |lane: usize| {
            self.steps[from]
                .from
                .iter()
                .any(|id| self.place_of(id) == Some(lane))
        };
        let free = (a.min(b)..=a.max(b)).all(|lane| lane == a || !beside(lane));
        if to == from + 1 && free {
            return Some(straight(from, a, b));
        }
        let rows = (from.min(to), from.max(to));
        let free = TRACKS.into_iter().find(|track| {
            !taken
                .iter()
                .any(|it| it.lane == b && it.track == *track && it.rows.0 <= rows.1 && rows.0 <= it.rows.1)
        });
        // More lines than tracks: the last one is shared, rather than a line left out.
        let track = free.unwrap_or(TRACKS[TRACKS.len() - 1]);
        taken.push(Taken { lane: b, track, rows });
        let right = if a == b { track > 50 } else { a < b };
        let aside = Leave::Aside { right };
        // Two exits by one side could not be told apart: the second one leaves at the foot.
        let foot = left.contains(&aside) && !left.contains(&Leave::Down) && from != to;
        let leaves = if foot { Leave::Foot { right } } else { aside };
        // A line that ends where it began, or beside other actors, keeps clear of the symbols' middle.
        let level = match (foot, from == to) {
            (true, _) => FOOT,
            (false, true) => 60,
            (false, false) => 50,
        };
        Some(around((from, a), (to, b), track, level, leaves))
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

pub(super) fn line(from: (i16, i16), to: (i16, i16)) -> Stroke {
    let point = |(x, y)| Point { x, y };
    Stroke {
        from: point(from),
        to: point(to),
        dashed: false,
    }
}

/// The steps to which a step leads, each once, with what is written beside the line: the labels of the exits that
/// lead there. Exits with times of their own are told one by one in the column of times: beside their common line
/// stands what they have in common.
fn goals(step: &Step) -> Vec<(Goal, String)> {
    let mut goals: Vec<(Goal, Vec<&Exit>)> = Vec::new();
    for (exit, goal) in step.ways() {
        let exit = exit.and_then(|code| step.exit(&code));
        match goals.iter_mut().find(|(known, _)| *known == goal) {
            Some((_, exits)) => exits.extend(exit),
            None => goals.push((goal, exit.into_iter().collect())),
        }
    }
    let told = |exits: &[&Exit]| {
        let labels: Vec<&str> = exits.iter().map(|exit| exit.label.as_str()).collect();
        let first = |label: &str| label.split([',', ' ']).next().unwrap_or_default().to_owned();
        let common = labels.first().map(|label| first(label)).unwrap_or_default();
        let timed = exits.len() > 1 && exits.iter().all(|exit| exit.standard.is_some());
        if timed && !common.is_empty() && labels.iter().all(|label| first(label) == common) {
            common
        } else {
            labels
                .into_iter()
                .filter(|label| !label.is_empty())
                .collect::<Vec<_>>()
                .join(" / ")
        }
    };
    goals
        .into_iter()
        .map(|(goal, exits)| (goal, told(&exits)))
        .collect()
}

/// Puts words into the corner that lies nearest to where their line leaves and that no line or label has taken.
fn write_beside(row: &mut [ChartCell], waiting: Waiting) {
    let corner = |right, below| Corner { right, below };
    let level = |right: bool| {
        row[waiting.lane].strokes.iter().any(|it| {
            it.from.y == 50
                && it.to.y == 50
                && if right {
                    it.from.x.max(it.to.x) > 50
                } else {
                    it.from.x.min(it.to.x) < 50
                }
        })
    };
    let (right, below) = match waiting.leaves {
        Leave::Down => (true, true),
        Leave::Aside { right } => (right, false),
        Leave::Foot { right } => (!right, true),
        // On the side where no line could be taken for it.
        Leave::Nowhere => (level(false) && !level(true), true),
    };
    let wanted = [
        corner(right, below),
        corner(right, !below),
        corner(!right, below),
        corner(!right, !below),
    ];
    let labels = &row[waiting.lane].labels;
    let free = wanted.into_iter().find(|corner| {
        let (from, to) = room(row, waiting.lane, *corner);
        to - from >= 20 && !labels.iter().any(|label| label.corner == *corner)
    });
    let corner = free.unwrap_or(wanted[0]);
    let label = Label {
        corner,
        room: room(row, waiting.lane, corner),
        text: waiting.text,
        ends: waiting.leaves == Leave::Nowhere,
    };
    row[waiting.lane].labels.push(label);
}

/// How far a corner of a cell reaches from the middle before it meets a line; also over the cells beside it, where
/// nobody acts.
fn room(row: &[ChartCell], lane: usize, corner: Corner) -> (i16, i16) {
    let (top, bottom) = if corner.below {
        (100 - CORNER, 100)
    } else {
        (0, CORNER)
    };
    // Lines as they lie right of the middle of the cell, a cell on the left seen in a mirror.
    let nearest = |cell: &ChartCell, from: i16| {
        cell.strokes
            .iter()
            .filter(|it| it.from.y.min(it.to.y) < bottom && it.from.y.max(it.to.y) > top)
            .flat_map(|it| [it.from.x, it.to.x])
            .map(|x| if corner.right { x } else { 100 - x })
            .filter(|x| *x > from)
            .min()
    };
    let level = row[lane].strokes.iter().any(|it| {
        let beside = if corner.right {
            it.from.x.max(it.to.x) > 50
        } else {
            it.from.x.min(it.to.x) < 50
        };
        it.from.y == it.to.y && (top..=bottom).contains(&it.from.y) && beside
    });
    let mut reach = if level { 50 } else { 100 };
    match nearest(&row[lane], 50) {
        Some(x) if !level => reach = x - CLEAR,
        Some(_) => {}
        None if level => {}
        None => {
            let mut at = lane;
            loop {
                let beside = if corner.right { at + 1 } else { at.wrapping_sub(1) };
                let Some(cell) = row.get(beside).filter(|cell| cell.symbol.is_none()) else {
                    break;
                };
                at = beside;
                match nearest(cell, -1) {
                    Some(x) => {
                        reach += (x - CLEAR).max(0);
                        break;
                    }
                    None => reach += 100,
                }
            }
        }
    }
    if corner.right {
        (50 + CLEAR, reach)
    } else {
        (100 - reach, 50 - CLEAR)
    }
}

/// Along the row to the lane of the next step, then down into it.
fn straight(row: usize, a: usize, b: usize) -> Way {
    let mut strokes = across(row, a, b, MIDDLE.y);
    strokes.push((row, b, line((50, 50), (50, 100))));
    strokes.push((row + 1, b, line((50, 0), (50, 50))));
    Way {
        strokes,
        head: (row + 1, b, Side::Top),
        lane: a,
        leaves: if a == b {
            Leave::Down
        } else {
            Leave::Aside { right: a < b }
        },
    }
}

/// Along the row to a track beside the other step's lane, in it to the other row, and in from the side.
fn around(from: (usize, usize), to: (usize, usize), track: i16, level: i16, leaves: Leave) -> Way {
    let ((row, a), (goal, b)) = (from, to);
    let mut strokes = Vec::new();
    if level == FOOT {
        strokes.push((row, a, line((50, 50), (50, FOOT))));
    }
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
    Way {
        strokes,
        head: (goal, b, side),
        lane: a,
        leaves,
    }
}
