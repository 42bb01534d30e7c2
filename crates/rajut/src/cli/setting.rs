//! `rajut setting`: load, list.

use std::path::PathBuf;

use clap::Subcommand;
use rajut_core::register::Setting;
use rajut_core::stream::{State, StreamKind};

use super::output::{Output, code};
use super::session::{coded, read};
use super::{Error, Exit, Session};

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Load a new version of a setting.
    Load {
        /// calendar, thresholds, checklist, numbers, `service_levels`, causes or agency.
        kind: String,
        /// The file.
        file: PathBuf,
        /// First day on which it is in force.
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: jiff::civil::Date,
    },
    /// The versions of all settings.
    List,
}

pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    let app = &session.app;
    if let Verb::Load { kind, file, from } = verb {
        let kind = coded("kind", &kind)?;
        app.load_setting(session.who_sets_up().await?, kind, from, &read(&file)?)
            .await?;
    }
    let mut settings: Vec<Setting> = app
        .store()
        .all(StreamKind::Setting)
        .await?
        .into_iter()
        .filter_map(|(_, known)| match known.state {
            State::Setting(setting) => Some(*setting),
            _ => None,
        })
        .collect();
    settings.sort_by_key(|setting| (setting.kind, setting.version));
    let rows = settings
        .iter()
        .map(|it| {
            vec![
                out.word("setting", &code(&it.kind)),
                it.version.to_string(),
                it.effective_from.to_string(),
            ]
        })
        .collect();
    out.list(&settings, None, &["kind", "version", "effective-from"], rows);
    Ok(Exit::Done)
}
