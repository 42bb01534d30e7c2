//! The pages and the API of the program: what use cases do and tell, for browsers and for other programs.
//!
//! Hides HTTP, HTML, sessions and the words on the screen. It decides nothing: every act goes through one use case, and
//! whether it is allowed is said by the rules. Every route stands in one table ([`routes`]) with the right it needs; the
//! router is built from that table.
//!
//! People sign in with accounts; in the demo whoever comes chooses one of the sample people. Without a certificate the
//! pages answer on this machine alone, or to a proxy that has one.

mod acts;
mod api;
mod assets;
mod duty;
mod failure;
mod failure_page;
mod field;
mod form;
mod frame;
mod guard;
mod health;
mod live;
mod pages;
mod routes;
mod session;
mod show;
#[cfg(test)]
mod tests;
mod visitor;

use rajut_core::act::{Unfit, UnfitCode};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use fluent_bundle::{FluentArgs, FluentValue};
use jiff::civil::Date;
use rajut_app::{App, AppError, Context, Entropy};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, Semaphore};

use crate::cli::Exit;
use crate::words::Words;
use duty::Duty;

/// How long requests may go on after the program was told to end.
const LAST_REQUESTS: Duration = Duration::from_secs(10);
/// How many papers are set at once: each takes a processor for itself.
const PAPERS_AT_ONCE: usize = 2;

/// Serve the pages.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Serve the demo regency, with sample people to act as.
    #[arg(long)]
    pub demo: bool,
    /// A proxy in front has the certificate: cookies are for HTTPS only, and the browser's address is the one that the
    /// proxy names (X-Forwarded-For).
    #[arg(long, conflicts_with = "demo")]
    pub behind_proxy: bool,
    /// The folder of the demo's database.
    #[arg(long, value_name = "DIR", default_value = "demo", requires = "demo")]
    pub data: PathBuf,
}

/// How one becomes somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// By an account.
    Live,
    /// By choosing one of the sample people.
    Demo,
}

/// What every handler works with.
pub struct Web {
    app: App,
    mode: Mode,
    local_only: bool,
    behind_proxy: bool,
    /// Whether cookies are for HTTPS only.
    secure: bool,
    entropy: Entropy,
    papers: Semaphore,
    feed: Arc<live::Feed>,
}

impl Web {
    fn new(app: App, mode: Mode, local_only: bool, behind_proxy: bool, entropy: Entropy) -> Self {
        let papers = Semaphore::new(PAPERS_AT_ONCE);
        Self {
            app,
            mode,
            local_only,
            behind_proxy,
            secure: behind_proxy,
            entropy,
            papers,
            feed: Arc::new(live::Feed::new()),
        }
    }

    /// The date on the agency's wall.
    fn today(&self, context: &Context) -> Date {
        context.agency.zone.date(self.app.now())
    }

    /// Posts and people today.
    fn duty<'c>(&self, context: &'c Context) -> Duty<'c> {
        Duty::on(context, self.today(context))
    }
}

/// The sentence of a key with its arguments; numbers choose their form of the word.
fn say(words: &Words, key: &str, args: &[(&'static str, FluentValue<'_>)]) -> String {
    words.say_args(key, &args.iter().cloned().collect::<FluentArgs<'_>>())
}

/// Serves until the program is told to end (SIGTERM, SIGINT).
pub async fn serve(arguments: ServeArguments, database: &str) -> Result<Exit, AppError> {
    let loopback = arguments.listen.ip().is_loopback();
    let (app, mode) = if arguments.demo {
        (demo(&arguments.data).await?, Mode::Demo)
    } else if loopback || arguments.behind_proxy {
        (crate::cli::app(database).await?, Mode::Live)
    } else {
        return Err(AppError::invalid("--listen", UnfitCode::PasswordsInClear));
    };
    // A proxy passes on the name that browsers know the system by.
    let local_only = loopback && !arguments.behind_proxy;
    let failed = |error: std::io::Error| {
        let why = Unfit::from(UnfitCode::CannotListen).with("address", arguments.listen);
        AppError::invalid("--listen", why.with("detail", error))
    };
    let listener = TcpListener::bind(arguments.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let web = Arc::new(Web::new(
        app.clone(),
        mode,
        local_only,
        arguments.behind_proxy,
        crate::rim::entropy(),
    ));
    let jobs = match mode {
        Mode::Demo => crate::jobs::Jobs::demo(&app, &arguments.data),
        Mode::Live => crate::jobs::Jobs::start(&app, database),
    };
    // Scripts and tests wait for this line.
    crate::rim::tell(&format!("listening on http://{address}"));
    if mode == Mode::Live {
        invite_the_first(&app, address).await;
    }
    let feed = Arc::clone(&web.feed);
    let following = tokio::spawn(Arc::clone(&feed).follow(app.clone()));
    let ending = Arc::new(Notify::new());
    let told = Arc::clone(&ending);
    let server = axum::serve(
        listener,
        routes::router(web).into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        feed.end();
        told.notify_one();
    });
    let patience = async {
        ending.notified().await;
        tokio::time::sleep(LAST_REQUESTS).await;
    };
    tokio::select! {
        ended = server.into_future() => ended.map_err(failed)?,
        () = patience => tracing::warn!("some requests were still running"),
    }
    following.abort();
    jobs.stop().await;
    app.store().close().await;
    Ok(Exit::Done)
}

/// Tells the link by which the first administrator sets a password, while nobody can sign in. A system whose register
/// names no administrator, or whose database is away, serves all the same.
async fn invite_the_first(app: &App, address: SocketAddr) {
    let words = Words::shared(crate::words::Language::Indonesian);
    match app.first_invitation().await {
        Ok(None) => {}
        Ok(Some(first)) => {
            let link = format!("http://{address}/undangan/{}", first.token);
            let told = [("login", first.login.as_str().into()), ("link", link.into())];
            crate::rim::tell(&say(words, "web-first-link", &told));
        }
        Err(AppError::NotFound { .. }) => crate::rim::tell(&words.say("web-no-administrator")),
        Err(error) => tracing::error!(%error, "nobody can be invited"),
    }
}

/// The demo's database, filled when it is new.
async fn demo(folder: &std::path::Path) -> Result<App, AppError> {
    let path = folder.join("demo.db");
    tokio::fs::create_dir_all(folder)
        .await
        .map_err(|error| AppError::file(folder, error))?;
    let app = crate::demo::open(&format!("sqlite:{}", path.display())).await?;
    if !app.is_set_up().await? {
        crate::rim::tell(&format!("filling the demo regency into {}", path.display()));
        crate::demo::fill(&app).await?;
    }
    Ok(app)
}
