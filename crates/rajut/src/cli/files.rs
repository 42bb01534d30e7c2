//! Registers from and to files; backup and restore.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use rajut_app::import::{self, FileError, Limits, Preview, Problem, Problems, Registers, Table};
use rajut_app::{AppError, OwnedRegisters};
use rajut_core::act::{Act, UnfitCode};
use rajut_core::register::Edit;
use serde::Serialize;

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

/// A line of a preview.
#[derive(Debug, Serialize)]
struct Told {
    what: &'static str,
    line: Option<u64>,
    name: String,
    field: String,
    before: String,
    after: String,
}

fn told<T>(preview: &Preview<T>, name: impl Fn(&T) -> String) -> Vec<Told> {
    let new = preview.new.iter().map(|entry| Told {
        what: "new",
        line: None,
        name: name(entry),
        field: String::new(),
        before: String::new(),
        after: String::new(),
    });
    let changed = preview.changed.iter().flat_map(|changed| {
        let name = name(&changed.after);
        changed.fields.iter().map(move |field| Told {
            what: "changed",
            line: Some(changed.line),
            name: name.clone(),
            field: field.field.to_owned(),
            before: field.before.clone(),
            after: field.after.clone(),
        })
    });
    new.chain(changed).collect()
}

/// Prints what a file would do, and whether it can be done.
fn show<T>(preview: &Preview<T>, name: impl Fn(&T) -> String, wanted: bool, out: &Output) -> bool {
    if !preview.problems.is_empty() {
        problems(&preview.problems, out);
        return false;
    }
    if wanted {
        let lines = told(preview, name);
        let rows = lines
            .iter()
            .map(|it| {
                vec![
                    out.label(it.what),
                    it.line.map(|line| line.to_string()).unwrap_or_default(),
                    it.name.clone(),
                    it.field.clone(),
                    it.before.clone(),
                    it.after.clone(),
                ]
            })
            .collect();
        let value =
            serde_json::json!({"source": preview.source, "lines": lines, "unchanged": preview.unchanged});
        out.print(
            &value,
            &["what", "line", "name", "field", "before", "after"],
            rows,
        );
    }
    out.say_with(
        if wanted { "import-preview" } else { "import-doing" },
        &[
            ("new", &preview.new.len().to_string()),
            ("changed", &preview.changed.len().to_string()),
            ("unchanged", &preview.unchanged.to_string()),
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
    let held = app.registers().await?;
    let mut ids = app.ids();
    macro_rules! entries {
        ($of:ident, $edit:ident) => {{
            let preview = import::$of(&table, &registers(&held), &mut ids);
            if !show(&preview, |entry| entry.code.clone(), asked.preview, out) {
                return Ok(Exit::Refused);
            }
            let (Some(who), Ok(edits)) = (who, preview.into_edits()) else {
                return Ok(Exit::Done);
            };
            if !edits.is_empty() {
                app.$edit(who, Act::Import, edits).await?;
            }
        }};
    }
    match asked.register {
        Register::Offices => entries!(offices, edit_offices),
        Register::Sites => entries!(sites, edit_sites),
        Register::Devices => {
            entries!(devices, edit_devices);
            // A site that now has one router in use goes out by it.
            let held = app.registers().await?;
            let gateways: Vec<Edit<_>> = import::gateways(&held.sites, &held.devices);
            if let Some(who) = who.filter(|_| !gateways.is_empty()) {
                app.edit_sites(who, Act::Import, gateways).await?;
            }
        }
        Register::Links => entries!(links, edit_links),
        Register::Services => entries!(services, edit_services),
        Register::People => {
            let editor = match who {
                Some(who) => who,
                None => session.who_sets_up().await?,
            };
            let preview = app.preview_people(editor, &table).await?;
            if !show(&preview, |open| open.person.full_name(), asked.preview, out) {
                return Ok(Exit::Refused);
            }
            let (Some(who), Ok(people)) = (who, preview.into_people(&mut ids)) else {
                return Ok(Exit::Done);
            };
            if !people.edits.is_empty() {
                app.edit_people(who, Act::Import, people.edits, people.personal)
                    .await?;
            }
        }
    }
    Ok(Exit::Done)
}

fn registers(held: &OwnedRegisters) -> Registers<'_> {
    Registers {
        offices: &held.offices,
        sites: &held.sites,
        devices: &held.devices,
        links: &held.links,
        services: &held.services,
    }
}

pub(super) async fn export(asked: ExportArguments, session: &Session, out: &Output) -> Result<Exit, Error> {
    use rajut_app::import::export;
    if asked.reveal && asked.register != Register::People {
        return Err(AppError::invalid("--reveal", UnfitCode::OnlyPeopleMasked));
    }
    let held = session.app.registers().await?;
    let registers = registers(&held);
    let sheet = match asked.register {
        Register::Offices => export::offices(&registers),
        Register::Sites => export::sites(&registers),
        Register::Devices => export::devices(&registers),
        Register::Links => export::links(&registers),
        Register::Services => export::services(&registers),
        Register::People => match &asked.reason {
            Some(reason) => {
                session
                    .app
                    .export_people_in_clear(session.who()?, session.key(), reason)
                    .await?
            }
            None => session.app.export_people().await?,
        },
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
