//! Registers from and to files; backup and restore.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use rajut_app::import::{FileError, Limits, Problem, Problems, Table};
use rajut_app::{AppError, FileOf, Key, Prepared};
use rajut_core::act::UnfitCode;

use super::output::{Format, Output, code};
use super::{Error, Exit, Session};

/// The registers that come from files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Register {
    /// Perangkat daerah.
    Offices,
    /// Lokasi.
    Sites,
    /// Perangkat.
    Devices,
    /// Koneksi.
    Links,
    /// Layanan.
    Services,
    /// Orang.
    People,
}

impl From<Register> for FileOf {
    fn from(register: Register) -> Self {
        match register {
            Register::Offices => Self::Offices,
            Register::Sites => Self::Sites,
            Register::Devices => Self::Devices,
            Register::Links => Self::Links,
            Register::Services => Self::Services,
            Register::People => Self::People,
        }
    }
}

/// Arguments of `rajut import`.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// Which register.
    register: Register,
    /// The CSV or XLSX file.
    file: PathBuf,
    /// Say what would be done, and do nothing.
    #[arg(long)]
    preview: bool,
}

/// Arguments of `rajut export`.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// Which register.
    register: Register,
    /// The file; `-` for standard output.
    file: PathBuf,
    /// People with their NIP, address and telephone in clear; the journal keeps who took them and why.
    #[arg(long, requires = "reason")]
    reveal: bool,
    /// Why they are needed in clear.
    #[arg(long, requires = "reveal")]
    reason: Option<String>,
}

fn table(path: &Path) -> Result<Table, AppError> {
    let wrong = |error: FileError| AppError::invalid(&path.display().to_string(), error);
    let failed = |error| AppError::file(path, error);
    let limits = Limits::default();
    // What is far too large is not even read.
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > limits.file_bytes as u64 {
        return Err(wrong(FileError::TooLarge {
            bytes: usize::try_from(size).unwrap_or(usize::MAX),
            most: limits.file_bytes,
        }));
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    Table::read(&bytes, &limits).map_err(wrong)
}

/// Prints what a file would do, and whether it can be done.
fn show(prepared: &Prepared, wanted: bool, out: &Output) -> bool {
    if !prepared.problems.is_empty() {
        problems(&prepared.problems, out);
        return false;
    }
    if wanted {
        let rows = prepared
            .lines
            .iter()
            .map(|it| {
                vec![
                    out.label(it.what),
                    it.line.to_string(),
                    it.name.clone(),
                    it.field.clone(),
                    it.before.clone(),
                    it.after.clone(),
                ]
            })
            .collect();
        let value = serde_json::json!({
            "source": prepared.source, "lines": prepared.lines, "unchanged": prepared.told.unchanged,
        });
        out.print(
            &value,
            &["what", "line", "name", "field", "before", "after"],
            rows,
        );
    }
    out.say_with(
        if wanted { "import-preview" } else { "import-doing" },
        &[
            ("new", &prepared.told.new.to_string()),
            ("changed", &prepared.told.changed.to_string()),
            ("unchanged", &prepared.told.unchanged.to_string()),
        ],
    );
    true
}

fn problems(found: &Problems, out: &Output) {
    let sentence = |problem: &Problem| {
        let args = problem
            .args
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        let key = format!("problem-{}", code(&problem.code).replace('_', "-"));
        out.words.say_with(&key, &args)
    };
    let rows = found
        .shown
        .iter()
        .map(|it| {
            vec![
                it.line.to_string(),
                it.column.clone(),
                it.value.clone(),
                sentence(it),
            ]
        })
        .collect();
    out.print(found, &["line", "column", "found", "problem"], rows);
    out.say_with("import-refused", &[("count", &found.total.to_string())]);
}

pub(super) async fn import(asked: ImportArguments, session: &Session, out: &Output) -> Result<Exit, Error> {
    let app = &session.app;
    let table = table(&asked.file)?;
    let who = if asked.preview {
        None
    } else {
        Some(session.who_sets_up().await?)
    };
    let register = FileOf::from(asked.register);
    // Whoever has the database itself may look at what a file would do to a register; people are asked for.
    let asking = match (who, register) {
        (None, FileOf::People) => Some(session.who_sets_up().await?),
        (None, _) => None,
        (who, _) => who,
    };
    let prepared = app.prepare_import(asking, register, &table).await?;
    if !show(&prepared, asked.preview, out) {
        return Ok(Exit::Refused);
    }
    if let Some(who) = who {
        app.take_in(who, Key::default(), prepared).await?;
    }
    Ok(Exit::Done)
}

pub(super) async fn export(asked: ExportArguments, session: &Session, out: &Output) -> Result<Exit, Error> {
    if asked.reveal && asked.register != Register::People {
        return Err(AppError::invalid("--reveal", UnfitCode::OnlyPeopleMasked));
    }
    let sheet = match &asked.reason {
        Some(reason) => {
            session
                .app
                .export_people_in_clear(session.who()?, session.key(), reason)
                .await?
        }
        None => session.app.sheet(asked.register.into()).await?,
    };
    let ends_in_json = asked
        .file
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let text = if ends_in_json || out.format() == Format::Json {
        format!("{:#}\n", sheet.to_json())
    } else {
        sheet.to_csv(asked.file.as_os_str() != "-")
    };
    if asked.file.as_os_str() == "-" {
        Output::text(&text);
    } else {
        write_export(&asked.file, &text, asked.reason.is_some())
            .map_err(|error| AppError::file(&asked.file, error))?;
    }
    Ok(Exit::Done)
}

/// Writes an export; one with personal values in clear is its owner's alone.
fn write_export(path: &Path, text: &str, in_clear: bool) -> std::io::Result<()> {
    if !in_clear {
        return std::fs::write(path, text);
    }
    private_file(path)?.write_all(text.as_bytes())
}

/// An empty file that is its owner's alone, also where one was there before.
pub(super) fn private_file(path: &Path) -> std::io::Result<std::fs::File> {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    let file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    Ok(file)
}

pub(super) async fn backup(session: &Session, file: &Path, out: &Output) -> Result<Exit, Error> {
    let manifest = session.app.store().backup(file, session.app.now()).await?;
    let row = vec![
        manifest.anchor.seq.to_string(),
        manifest.anchor.hash.to_string(),
        manifest.entries.len().to_string(),
    ];
    out.print(&manifest, &["records", "hash", "entries"], vec![row]);
    Ok(Exit::Done)
}

pub(super) async fn restore(database: &str, file: &Path, out: &Output) -> Result<Exit, Error> {
    let store = rajut_app::store::Store::open(database).await?;
    let report = store.restore(file).await?;
    let (records, faults) = (report.records.to_string(), report.faults.len().to_string());
    out.say_with("journal-verified", &[("records", &records), ("faults", &faults)]);
    Ok(if report.faults.is_empty() {
        Exit::Done
    } else {
        Exit::Refused
    })
}
