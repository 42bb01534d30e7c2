//! Plain text of a set paper: the words at the places where they stand on the page, in the manner of a terminal.
//!
//! It is read off the finished pages, so it says what the paper says and templates need no second version.

use typst::layout::{Frame, FrameItem, Point};
use typst_layout::PagedDocument;

use crate::clean::BREAK_HERE;

/// Width of a column of the text in points: a bit less than a letter of the body, so that columns of tables stay
/// apart.
const COLUMN_PT: f64 = 4.6;

/// Baselines closer than this, in points, are one line.
const SAME_LINE_PT: f64 = 2.5;

struct Run {
    x: f64,
    y: f64,
    width: f64,
    size: f64,
    text: String,
}

/// The text of all pages; pages are divided by a form feed.
pub fn text(document: &PagedDocument) -> String {
    let pages: Vec<String> = document
        .pages()
        .iter()
        .map(|page| page_text(&page.frame))
        .collect();
    pages.join("\n\u{c}\n")
}

fn page_text(frame: &Frame) -> String {
    let mut runs = Vec::new();
    collect(frame, Point::zero(), &mut runs);
    runs.sort_by(|a, b| a.y.total_cmp(&b.y));
    let left = runs.iter().map(|run| run.x).fold(f64::INFINITY, f64::min);

    let mut out = String::new();
    let mut previous: Option<f64> = None;
    let mut rest = runs.as_mut_slice();
    while let Some(first) = rest.first() {
        let (y, size) = (first.y, first.size);
        let end = rest
            .iter()
            .position(|run| run.y - y > SAME_LINE_PT)
            .unwrap_or(rest.len());
        let (line, after) = rest.split_at_mut(end);
        line.sort_by(|a, b| a.x.total_cmp(&b.x));
        if previous.is_some_and(|above| y - above > size * 1.9) {
            out.push('\n');
        }
        out.push_str(line_text(line, left).trim_end());
        out.push('\n');
        previous = Some(y);
        rest = after;
    }
    out
}

fn line_text(runs: &[Run], left: f64) -> String {
    let mut line = String::new();
    let mut length = 0;
    let mut end = f64::NEG_INFINITY;
    for run in runs {
        let gap = run.x - end;
        // A gap wider than two letters is a column; a narrower one is a space or nothing.
        let spaces = if gap > run.size * 0.9 {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "columns are few and >= 0"
            )]
            let column = ((run.x - left) / COLUMN_PT).round().max(0.0) as usize;
            column.saturating_sub(length).max(usize::from(length > 0) * 2)
        } else {
            usize::from(gap > run.size * 0.12 && !line.ends_with(' ') && !run.text.starts_with(' '))
        };
        line.extend(std::iter::repeat_n(' ', spaces));
        line.push_str(&run.text);
        length += spaces + run.text.chars().count();
        end = run.x + run.width;
    }
    line
}

fn collect(frame: &Frame, origin: Point, runs: &mut Vec<Run>) {
    for (position, item) in frame.items() {
        let at = origin + *position;
        match item {
            FrameItem::Text(run) => {
                let text: String = run
                    .text
                    .chars()
                    .filter(|c| *c != BREAK_HERE)
                    .map(|c| if c == '\u{a0}' { ' ' } else { c })
                    .collect();
                if !text.trim().is_empty() {
                    let (x, y) = (at.x.to_pt(), at.y.to_pt());
                    runs.push(Run {
                        x,
                        y,
                        width: run.width().to_pt(),
                        size: run.size.to_pt(),
                        text,
                    });
                }
            }
            // What is turned (the draft mark across the page) is decoration and stands in words elsewhere.
            FrameItem::Group(group) if group.transform.is_only_translate() => {
                let shift = Point::new(group.transform.tx, group.transform.ty);
                collect(&group.frame, at + shift, runs);
            }
            FrameItem::Group(_)
            | FrameItem::Shape(..)
            | FrameItem::Image(..)
            | FrameItem::Link(..)
            | FrameItem::Tag(_) => {}
        }
    }
}
