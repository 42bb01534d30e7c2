//! `rajut serve`: opens database and door, starts the jobs, and ends all in the right order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use rajut_app::store::DbUrl;
use rajut_app::{App, AppError};
use rajut_core::act::{Unfit, UnfitCode};
use rajut_core::clock::Clock as _;
use rajut_core::people::Role;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::reach::{Https, Reach};
use super::{Mode, Web, routes, say};
use crate::cli::Exit;
use crate::door::{Certificates, Door, Fault, HostName, Limits, Source};
use crate::jobs::{Jobs, anchor_file, demo_anchor_file};
use crate::rim::SystemClock;
use crate::words::Words;

/// How long requests may go on after the program was told to end.
const LAST_REQUESTS: Duration = Duration::from_secs(10);
/// How often the certificate is looked after.
const RENEWAL: Duration = Duration::from_hours(6);

/// Serve the pages.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct ServeArguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Serve the demo regency, with sample people to act as.
    #[arg(long)]
    pub demo: bool,
    /// A proxy in front has the certificate: cookies are for HTTPS only, and the browser's address is the one that the
    /// proxy names (X-Forwarded-For).
    #[arg(long, conflicts_with_all = ["demo", "tls"])]
    pub behind_proxy: bool,
    /// The folder of the demo's database.
    #[arg(long, value_name = "DIR", default_value = "demo", requires = "demo")]
    pub data: PathBuf,
    /// Serve HTTPS with this certificate (PEM): the server's own, then those between it and the authority. It is read
    /// again every six hours and on SIGHUP.
    #[arg(long, value_name = "FILE", group = "tls", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The key of the certificate (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Serve HTTPS under these names and addresses with an authority of your own, which the first start makes. The page
    /// /sertifikat shows how a phone comes to trust it.
    #[arg(long, value_name = "NAME,ADDRESS", group = "tls", value_delimiter = ',')]
    pub tls_own: Vec<HostName>,
    /// The file of the authority, if not beside the database. Several programs share a copy.
    #[arg(long, value_name = "FILE", requires = "tls_own")]
    pub tls_authority: Option<PathBuf>,
    /// Where plain HTTP is answered too: it leads to HTTPS.
    #[arg(long, value_name = "ADDR", requires = "tls")]
    pub listen_http: Option<SocketAddr>,
    /// Look at no device by itself: this is a copy of a database, or another program looks.
    #[arg(long, conflicts_with = "demo")]
    pub no_monitoring: bool,
    /// Write the log as JSON, one object a line; with -v one for each request.
    #[arg(long)]
    pub log_json: bool,
}

impl ServeArguments {
    /// Where the authority stands: beside the data.
    fn authority(&self, database: &str) -> PathBuf {
        match (&self.tls_authority, database.strip_prefix("sqlite:")) {
            (Some(file), _) => file.clone(),
            (None, _) if self.demo => self.data.join("demo.authority.json"),
            (None, Some(path)) => Path::new(path).with_extension("authority.json"),
            (None, None) => PathBuf::from("rajut.authority.json"),
        }
    }

    /// Where the certificate comes from; nothing where pages go in clear.
    fn source(&self, database: &str) -> Option<Source> {
        match (&self.tls_cert, &self.tls_key) {
            (Some(certificate), Some(key)) => Some(Source::Files {
                certificate: certificate.clone(),
                key: key.clone(),
            }),
            _ if self.tls_own.is_empty() => None,
            _ => Some(Source::Own {
                file: self.authority(database),
                names: self.tls_own.clone(),
            }),
        }
    }
}

/// Why nothing is served.
#[derive(Debug)]
pub enum NotServed {
    /// As with any other command.
    App(AppError),
    /// For want of a certificate.
    Certificate(Fault),
}

impl From<AppError> for NotServed {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl From<Fault> for NotServed {
    fn from(fault: Fault) -> Self {
        Self::Certificate(fault)
    }
}

/// Serves until the program is told to end (SIGTERM, SIGINT).
pub async fn serve(arguments: ServeArguments, database: &str, words: &Words) -> Result<Exit, NotServed> {
    let certificates = match arguments.source(database) {
        Some(source) => Some(Arc::new(Certificates::open(source, SystemClock.now())?)),
        None => None,
    };
    let loopback = arguments.listen.ip().is_loopback();
    let (app, mode) = if arguments.demo {
        (demo(&arguments.data).await?, Mode::Demo)
    } else if loopback || arguments.behind_proxy || certificates.is_some() {
        (crate::cli::new_app(database).await?, Mode::Live)
    } else {
        return Err(AppError::invalid("--listen", UnfitCode::PasswordsInClear).into());
    };
    let main = listen("--listen", arguments.listen).await?;
    let clear = match arguments.listen_http {
        Some(address) => Some(listen("--listen-http", address).await?),
        None => None,
    };
    let (mut terminate, mut interrupt, hangup) = signals(arguments.listen)?;
    let asked = arguments.listen;
    let bound = |listener: &TcpListener| {
        let address = listener.local_addr();
        address.map_err(|error| cannot_listen("--listen", asked, error))
    };
    let address = bound(&main)?;
    let clear_port = clear
        .as_ref()
        .map(bound)
        .transpose()?
        .map(|address| address.port());
    let https = certificates.as_ref().map(|certificates| Https {
        port: address.port(),
        clear_port: clear_port.unwrap_or(address.port()),
        trust: certificates.trust(),
    });
    let reach = Reach {
        // A proxy passes on the name that browsers know the system by.
        local_only: loopback && !arguments.behind_proxy,
        behind_proxy: arguments.behind_proxy,
        https,
    };
    let anchors = match mode {
        Mode::Demo => demo_anchor_file(&arguments.data),
        Mode::Live => anchor_file(database),
    };
    let web = Arc::new(Web::new(app.clone(), mode, reach, crate::rim::entropy(), anchors));
    // Before the door opens: nobody comes past the set-up.
    let secret = (!app.is_set_up().await?).then(|| hex::encode((web.entropy)()));
    if let Some(secret) = &secret {
        web.beginning.await_by(secret);
    }
    let router = routes::router(Arc::clone(&web));
    let listeners = [Some(main), clear].into_iter().flatten().collect();
    let mut limits = Limits::default();
    if arguments.behind_proxy {
        limits.of_one = usize::MAX;
    }
    let door = Door::open(listeners, &router, certificates.as_ref(), limits)?;
    web.metrics.count_connections(door.counter());
    let start = || match mode {
        Mode::Demo => Jobs::demo(&app, &arguments.data, &web.jobs),
        Mode::Live if arguments.no_monitoring => Jobs::blind(&app, database, &web.jobs),
        Mode::Live => Jobs::start(&app, database, &web.jobs),
    };
    let mut jobs = secret.is_none().then(start);
    announce(&web, address, arguments.listen_http.and(clear_port), words);
    if mode == Mode::Demo {
        introduce(&app, &arguments.data, words).await?;
    }
    let base = web.reach.base(address);
    match secret {
        Some(secret) => lead_to_set_up(database, &format!("{base}/pemasangan/{secret}"), words),
        None if mode == Mode::Live => invite_the_first(&app, &base, words).await,
        None => {}
    }
    let following = tokio::spawn(Arc::clone(&web.feed).follow(app.clone()));
    let renewing = tokio::spawn(look_after(certificates, hangup));
    let begun = web.beginning.wait(&app);
    tokio::pin!(begun);
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            () = &mut begun, if jobs.is_none() => jobs = Some(start()),
        }
    }
    web.feed.end();
    if !door.close(LAST_REQUESTS).await {
        tracing::warn!("some requests were still running");
    }
    renewing.abort();
    following.abort();
    if let Some(jobs) = jobs {
        jobs.stop().await;
    }
    app.store().close().await;
    Ok(Exit::Done)
}

/// Why an address cannot be listened on.
fn cannot_listen(option: &str, address: SocketAddr, error: std::io::Error) -> NotServed {
    let why = Unfit::from(UnfitCode::CannotListen).with("address", address);
    AppError::invalid(option, why.with("detail", error)).into()
}

async fn listen(option: &str, address: SocketAddr) -> Result<TcpListener, NotServed> {
    TcpListener::bind(address)
        .await
        .map_err(|error| cannot_listen(option, address, error))
}

fn signals(address: SocketAddr) -> Result<(Signal, Signal, Signal), NotServed> {
    let of = |kind| signal(kind).map_err(|error| cannot_listen("--listen", address, error));
    Ok((
        of(SignalKind::terminate())?,
        of(SignalKind::interrupt())?,
        of(SignalKind::hangup())?,
    ))
}

/// Says where the pages are.
fn announce(web: &Web, address: SocketAddr, clear_port: Option<u16>, words: &Words) {
    // Scripts and tests wait for this line.
    let scheme = if web.reach.https.is_some() {
        "https"
    } else {
        "http"
    };
    crate::rim::tell(&format!("listening on {scheme}://{address}"));
    if let Some(port) = clear_port {
        crate::rim::tell(&format!("listening on http port {port}"));
    }
    let Some(https) = &web.reach.https else { return };
    if let Some(trust) = &https.trust {
        let args = [
            ("name", trust.name.as_str().into()),
            ("fingerprint", trust.fingerprint().into()),
            ("until", super::show::date(words, trust.until).into()),
            ("link", https.page_in_clear(None).into()),
        ];
        crate::rim::tell(&say(words, "web-authority", &args));
    }
}

/// Where the demo's data is, and for each role one of the sample people.
async fn introduce(app: &App, folder: &Path, words: &Words) -> Result<(), AppError> {
    let folder = folder.display().to_string();
    crate::rim::tell(&say(words, "demo-where", &[("folder", folder.into())]));
    let context = app.context().await?;
    let today = context.agency.zone.date(app.now());
    let (posts, _, _) = context.roster();
    for role in Role::ALL {
        let held = posts.iter().filter(|post| post.role == role);
        let sample = held
            .filter_map(|post| Some((post, context.holder(&post.code, today).ok()?)))
            .min_by_key(|(post, _)| &post.code);
        if let Some((post, person)) = sample {
            crate::rim::tell(&format!("    {}: {}", post.label_on(today).0, person.full_name()));
        }
    }
    Ok(())
}

/// Tells the link that opens the set-up, and of which database: it may be one that was mistyped.
fn lead_to_set_up(database: &str, link: &str, words: &Words) {
    let database = database.parse::<DbUrl>().map(|url| url.to_string());
    let told = [
        ("database", database.unwrap_or_default().into()),
        ("link", link.into()),
    ];
    crate::rim::tell(&say(words, "web-set-up-link", &told));
}

/// Keeps the certificate in force, and reads it again on SIGHUP.
async fn look_after(certificates: Option<Arc<Certificates>>, mut hangup: Signal) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(RENEWAL) => {}
            _ = hangup.recv() => {}
        }
        let Some(certificates) = &certificates else {
            continue;
        };
        match certificates.renew(SystemClock.now()) {
            Ok(true) => tracing::info!("another certificate is shown from now on"),
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the certificate stays as it was"),
        }
    }
}

/// Tells the link by which the first administrator sets a password, while nobody can sign in. A system whose register
/// names no administrator, or whose database is away, serves all the same.
async fn invite_the_first(app: &App, base: &str, words: &Words) {
    match app.first_invitation().await {
        Ok(None) => {}
        Ok(Some(first)) => {
            let link = format!("{base}/undangan/{}", first.token);
            let told = [("login", first.login.as_str().into()), ("link", link.into())];
            crate::rim::tell(&say(words, "web-first-link", &told));
        }
        Err(AppError::NotFound { .. }) => crate::rim::tell(&words.say("web-no-administrator")),
        Err(error) => tracing::error!(%error, "nobody can be invited"),
    }
}

/// The demo's database, filled when it is new.
async fn demo(folder: &Path) -> Result<App, AppError> {
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
