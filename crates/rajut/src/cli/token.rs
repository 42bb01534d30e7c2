//! `rajut token`: the keys of laptops that measure on site without a server, and tokens of programs.

use rajut_core::act::{Unfit, UnfitCode};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use jiff::SignedDuration;
use rajut_app::AppError;
use rajut_app::laptop::LaptopFor;
use rajut_core::account::TokenScope;
use rajut_core::id::{LaptopKeyId, RunId, VisitId};
use rajut_core::laptop::LaptopKey;

use super::names::Names;
use super::output::Output;
use super::{Error, Exit, Session};

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Enrol a laptop for a visit, and write the bundle that it takes along.
    Create(CreateArguments),
    /// Issue a token with which a program acts for whoever acts here; it is told once.
    Issue {
        /// What it is for.
        #[arg(long)]
        label: String,
        /// read, act or metrics.
        #[arg(long, default_value = "read")]
        scope: TokenScope,
        /// Days that it is in force.
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=400))]
        days: u16,
    },
    /// The keys, with what came in under them.
    List,
    /// Take a key out of force: the laptop was lost, or somebody else goes.
    Revoke {
        /// Its id.
        key: LaptopKeyId,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

/// Arguments of `token create`.
#[derive(Debug, clap::Args)]
pub struct CreateArguments {
    /// For a laptop: the one kind of token that there is so far.
    #[arg(long, required = true)]
    laptop: bool,
    /// A visit that has begun: its id, or the code of its site.
    #[arg(long, conflicts_with_all = ["run", "site"], required_unless_present = "site")]
    visit: Option<String>,
    /// The run of a visit that has not begun yet.
    #[arg(long, requires = "site")]
    run: Option<String>,
    /// The site of a visit that has not begun yet; the bundle names the visit for `visit check-in --id`.
    #[arg(long, requires = "run")]
    site: Option<String>,
    /// Who will measure, if not who acts.
    #[arg(long = "for", value_name = "PERSON")]
    owner: Option<String>,
    /// Days that the key is in force.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u8).range(1..=31))]
    days: u8,
    /// The bundle. It holds the private key, for its owner alone.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    match verb {
        Verb::Create(asked) => create(asked, session, out).await,
        Verb::Issue { label, scope, days } => {
            // Counted from now, whatever time the act is said to have happened at.
            let until = session
                .app
                .now()
                .saturating_add(SignedDuration::from_hours(24 * i64::from(days)))
                .map_err(|error| AppError::invalid("--days", Unfit::detail(error)))?;
            let issued = session
                .app
                .issue_token(session.who()?, session.key(), &label, scope, until)
                .await?;
            let told = serde_json::json!({"id": issued.id, "token": issued.token, "until": until});
            out.print(
                &told,
                &["id", "token"],
                vec![vec![issued.id.to_string(), issued.token]],
            );
            Ok(Exit::Done)
        }
        Verb::List => {
            let keys = session.app.laptop_keys().await?;
            print(&keys, session, out).await
        }
        Verb::Revoke { key, reason } => {
            session
                .app
                .revoke_laptop(session.who()?, session.key(), key, &reason)
                .await?;
            print_one(key, session, out).await
        }
    }
}

async fn create(asked: CreateArguments, session: &Session, out: &Output) -> Result<Exit, Error> {
    let who = session.who()?;
    let person = match &asked.owner {
        Some(owner) => session.person(owner).await?,
        None => who
            .done_by
            .person()
            .ok_or_else(|| AppError::invalid("--for", UnfitCode::Needed))?,
    };
    // By the real clock, whatever --at says: a key is made now.
    let until = session
        .app
        .now()
        .saturating_add(SignedDuration::from_hours(24 * i64::from(asked.days)))
        .map_err(|error| AppError::invalid("--days", Unfit::detail(error)))?;
    let of = match (&asked.visit, &asked.run, &asked.site) {
        (Some(visit), ..) => {
            let visit = session.visit(visit).await?;
            LaptopFor {
                person,
                visit: visit.id,
                site: visit.site,
                run: visit.run,
                targets: visit.targets,
                until,
            }
        }
        (None, Some(run), Some(site)) => {
            let bundle = session.bundle(run).await?;
            let site = session.site(site).await?.id;
            let run: RunId = bundle.run.id;
            let targets = bundle.targets.iter().filter(|target| target.site == site);
            LaptopFor {
                person,
                visit: session.app.ids().fresh::<VisitId>(),
                site,
                run: Some(run),
                targets: targets.map(|target| target.id).collect(),
                until,
            }
        }
        _ => {
            return Err(AppError::invalid("token create", UnfitCode::NameVisit));
        }
    };
    // A file that cannot be written is known before a key is enrolled for it.
    let mut file = private_file(&asked.out)?;
    let written = async {
        let bundle = session.app.enrol_laptop(who, session.key(), &of).await?;
        file.write_all(bundle.to_json()?.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|error| AppError::file(&asked.out, error))?;
        Ok(bundle.key.id)
    };
    match written.await {
        Ok(key) => {
            out.say_with("laptop-ready", &[("file", &asked.out.display().to_string())]);
            print_one(key, session, out).await
        }
        Err(error) => {
            // Half a bundle is of no use to anybody.
            let _ = std::fs::remove_file(&asked.out);
            Err(error)
        }
    }
}

/// A new file that only its owner can read; one that is there already stays as it is.
fn private_file(path: &Path) -> Result<std::fs::File, AppError> {
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| AppError::file(path, error))
}

async fn print_one(key: LaptopKeyId, session: &Session, out: &Output) -> Result<Exit, Error> {
    let keys = session.app.laptop_keys().await?;
    let keys: Vec<LaptopKey> = keys.into_iter().filter(|known| known.id == key).collect();
    print(&keys, session, out).await
}

async fn print(keys: &[LaptopKey], session: &Session, out: &Output) -> Result<Exit, Error> {
    let names = Names::read(&session.app).await?;
    let rows = keys
        .iter()
        .map(|key| {
            let files = key.files.len().to_string();
            let revoked = key.revoked.as_ref();
            vec![
                key.id.to_string(),
                names.person(key.person),
                key.visit.to_string(),
                names.time(key.from),
                names.time(key.until),
                revoked
                    .map(|revoked| format!("{} ({})", names.time(revoked.at), revoked.reason))
                    .unwrap_or_default(),
                files,
            ]
        })
        .collect();
    out.list(
        &keys,
        None,
        &["id", "person", "visit", "from", "until", "revoked", "files"],
        rows,
    );
    Ok(Exit::Done)
}
