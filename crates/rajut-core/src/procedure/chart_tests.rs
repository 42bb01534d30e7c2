//! The flowchart: where symbols, lines and words stand.

use super::chart::{ChartCell, FOOT, Label, MIDDLE, Point, Side, Stroke, line};
use super::model::Procedure;
use super::step::{Goal, Step, Symbol};

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
                            (x, 100) => row + 1 < chart.rows.len() && touches(row + 1, lane, other(x, 0)) > 0,
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
            .flat_map(|label| label.text.split(" / "))
            .collect();
        for exit in step.exits() {
            let by_time = exit.standard.is_some() && told.iter().any(|it| exit.label.starts_with(it));
            assert!(
                by_time || told.contains(&exit.label.as_str()),
                "{} {told:?}",
                step.id
            );
        }
    }
}

#[test]
fn exits_that_can_be_told_apart_leave_by_ways_of_their_own() {
    let third = include_str!("../../tests/fixtures/penggantian-perangkat.toml");
    let procedure = Procedure::parse(third).unwrap();
    let chart = procedure.chart();
    // Agreed goes on to the left; returned leaves at the foot, and up again.
    let row = procedure
        .steps
        .iter()
        .position(|step| step.id.as_str() == "persetujuan")
        .unwrap();
    let cell = chart.rows[row].iter().find(|cell| cell.symbol.is_some()).unwrap();
    for expected in [
        line((0, 50), (50, 50)),
        line((50, 50), (50, FOOT)),
        line((0, FOOT), (50, FOOT)),
    ] {
        assert!(cell.strokes.contains(&expected), "{expected:?}: {cell:?}");
    }
}

#[test]
fn no_line_runs_where_words_stand() {
    let third = include_str!("../../tests/fixtures/penggantian-perangkat.toml");
    let mut written = 0;
    for procedure in [shipped("complaint"), Procedure::parse(third).unwrap()] {
        for (number, row) in procedure.chart().rows.iter().enumerate() {
            for (lane, cell) in row.iter().enumerate() {
                for (nth, label) in cell.labels.iter().enumerate() {
                    written += 1;
                    assert!(label.room.1 - label.room.0 >= 20, "{number} {lane}: {label:?}");
                    let same = |other: &Label| other.corner == label.corner;
                    assert!(!cell.labels[..nth].iter().any(same), "{number} {lane}: {label:?}");
                    assert_eq!(
                        crossing(row, lane, label),
                        [],
                        "{} {number} {lane}: {label:?}",
                        procedure.code
                    );
                }
            }
        }
    }
    assert!(written > 10, "{written}");
}

/// The pieces of lines of a row that run through the room of a label.
fn crossing(row: &[ChartCell], lane: usize, label: &Label) -> Vec<Stroke> {
    let (top, bottom) = if label.corner.below { (72, 100) } else { (0, 28) };
    let shift = |at: usize| (i16::try_from(at).unwrap() - i16::try_from(lane).unwrap()) * 100;
    row.iter()
        .enumerate()
        .flat_map(|(at, cell)| cell.strokes.iter().map(move |stroke| (shift(at), stroke)))
        .filter(|(by, it)| {
            let (left, right) = (it.from.x.min(it.to.x) + by, it.from.x.max(it.to.x) + by);
            left < label.room.1
                && right > label.room.0
                && it.from.y.min(it.to.y) < bottom
                && it.from.y.max(it.to.y) > top
        })
        .map(|(_, stroke)| *stroke)
        .collect()
}
