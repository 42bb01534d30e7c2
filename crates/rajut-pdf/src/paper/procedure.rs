//! SOP: identity page and flowchart page.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Sheet;

/// A version of a procedure in the form of SOP AP (Permenpan-RB 35/2012).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Procedure {
    /// What every paper carries. Of the letterhead only the emblem is printed: agency and unit stand in the identity.
    pub sheet: Sheet,
    /// Page one.
    pub identity: ProcedureIdentity,
    /// Title of the flowchart page.
    pub annex: String,
    /// Words of its own for the columns.
    pub columns: ChartColumns,
    /// The actors, one column each.
    pub lanes: Vec<String>,
    /// The steps, one row each; every row has a cell for each actor.
    pub rows: Vec<ChartRow>,
    /// Some symbols or arrows are not those of a signed paper but read from its wording; a note says so.
    pub inferred: bool,
}

/// The identity page. What is empty is printed empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProcedureIdentity {
    /// Instansi.
    pub agency: String,
    /// Satuan kerja.
    pub unit: String,
    /// Nomor SOP.
    pub number: String,
    /// Tanggal pembuatan.
    pub created: Option<Date>,
    /// Tanggal revisi.
    pub revised: Option<Date>,
    /// Tanggal efektif.
    pub effective: Option<Date>,
    /// Disahkan oleh: post.
    pub approver_post: String,
    /// Disahkan oleh: name.
    pub approver_name: String,
    /// Disahkan oleh: rank.
    pub approver_rank: String,
    /// Disahkan oleh: NIP as it is to be printed. It stands on the paper that is hung up, and is no sealed value.
    pub approver_nip: String,
    /// Judul SOP.
    pub title: String,
    /// Dasar hukum.
    pub legal_basis: Vec<String>,
    /// Kualifikasi pelaksana.
    pub qualifications: Vec<String>,
    /// Keterkaitan.
    pub related: Vec<String>,
    /// Peralatan.
    pub equipment: Vec<String>,
    /// Peringatan.
    pub warnings: Vec<String>,
    /// Pencatatan dan pendataan.
    pub records: Vec<String>,
}

/// Words over the columns; absent ones are the usual words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartColumns {
    /// For `Kegiatan`.
    pub activity: Option<String>,
    /// For `Pelaksana`.
    pub lanes: Option<String>,
    /// For `Mutu Baku`.
    pub standard: Option<String>,
    /// For `Kelengkapan`, a column that is left out when no step fills it.
    pub completeness: Option<String>,
    /// For `Waktu`.
    pub time: Option<String>,
    /// For `Output`.
    pub output: Option<String>,
    /// For `Ket.`
    pub note: Option<String>,
}

/// A row of the flowchart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChartRow {
    /// Its number.
    pub number: u32,
    /// What is done.
    pub activity: String,
    /// One cell for each actor.
    pub cells: Vec<ChartCell>,
    /// What has to be at hand.
    pub completeness: Vec<String>,
    /// Time; `None` where a cell of a row above spans this one.
    pub time: Option<MergedCell>,
    /// Output; `None` where a cell of a row above spans this one.
    pub output: Option<MergedCell>,
    /// Remark.
    pub note: String,
}

/// A cell that may span rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergedCell {
    /// Its entries; several are numbered.
    pub lines: Vec<String>,
    /// How many rows it spans, its own counted; at least one.
    pub rows: u32,
}

/// An actor's cell in a row: a symbol, and pieces of lines in percent of the cell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartCell {
    /// The symbol in its middle.
    pub symbol: Option<ChartSymbol>,
    /// The symbol, or the arrow from it, is inferred.
    pub inferred: bool,
    /// Level and upright pieces of lines.
    pub lines: Vec<ChartLine>,
    /// The sides on which arrows meet the symbol.
    pub heads: Vec<ChartSide>,
    /// What is written beside its lines.
    pub labels: Vec<ChartLabel>,
}

/// The symbols of SOP AP; the fifth is the arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartSymbol {
    /// Kapsul.
    Terminator,
    /// Kotak.
    Process,
    /// Belah ketupat.
    Decision,
    /// Segi lima.
    Connector,
}

/// A piece of a line, from point to point (x, y) in percent of its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartLine {
    /// Where it begins.
    pub from: (i16, i16),
    /// Where it ends.
    pub to: (i16, i16),
    /// Drawn dashed: it joins actors of whom any may act for all.
    pub dashed: bool,
}

/// A side of a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartSide {
    /// Above.
    Top,
    /// To the right.
    Right,
    /// To the left.
    Left,
}

/// Words in a corner of a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartLabel {
    /// Right of the middle, else left of it.
    pub right: bool,
    /// Below the symbol, else above it.
    pub below: bool,
    /// From where to where they may reach, in percent of the cell's width; beyond 0 and 100 over cells beside it.
    pub room: (i16, i16),
    /// The words.
    pub text: String,
    /// The exit leads to the end.
    pub ends: bool,
}
