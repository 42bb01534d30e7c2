//! A small agency on an empty database, and a browser that keeps its cookies.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use rajut_app::{App, Defaults, Entropy, Key, NewComplaint, NewPerson, Personal, Registered, Who};
use rajut_core::act::Act;
use rajut_core::complaint::{Channel, Symptom};
use rajut_core::flow::Command;
use rajut_core::id::{OfficeId, PersonId, PostId, RunId, SiteId};
use rajut_core::people::{CivilStatus, Post, Role};
use rajut_core::register::{Edit, Office, ServiceWeekKind, Site};
use rajut_core::run::OrderDraft;
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::web::reach::Reach;
use crate::web::{Mode, Web, routes};

/// The password of every account of the tests.
pub const PASSWORD: &str = "kuda baterai jepit";

/// A site's name as somebody hostile would enter it.
pub const HOSTILE: &str = "<script>alert(1)</script>\"'&";

/// An agency with somebody of each role, two sites and an order that waits for the head.
pub struct World {
    pub app: App,
    pub web: Arc<Web>,
    pub run: RunId,
    pub people: BTreeMap<&'static str, PersonId>,
    pub kasi_post: PostId,
    /// Site A.
    pub site: SiteId,
    /// The role of everybody.
    pub roles: BTreeMap<&'static str, Role>,
    /// A complaint of the contact's office at site A.
    pub complaint: Registered,
    /// A complaint of another office at site C, which is that office's.
    pub other: Registered,
    _folder: TempDir,
}

fn entropy() -> Entropy {
    let drawn = AtomicU64::new(0);
    Arc::new(move || {
        let n = drawn.fetch_add(1, Ordering::SeqCst);
        *rajut_core::journal::Hash::of(&n.to_be_bytes()).bytes()
    })
}

/// Somewhere in a working morning, with a calendar.
struct Morning(AtomicU64);

impl rajut_core::clock::Clock for Morning {
    fn now(&self) -> jiff::Timestamp {
        let begin: jiff::Timestamp = "2026-11-23T02:00:00Z".parse().unwrap();
        let later = i64::try_from(self.0.fetch_add(1, Ordering::SeqCst)).unwrap();
        jiff::Timestamp::from_millisecond(begin.as_millisecond() + later).unwrap()
    }
}

/// An office with two sites, and another one with one.
async fn places(app: &App) -> ([Office; 2], [Site; 3]) {
    let mut ids = app.ids();
    let mut office = |code: &str, name: &str| Office {
        id: ids.fresh::<OfficeId>(),
        code: code.to_owned(),
        name: name.to_owned(),
        alias: name.to_owned(),
        parent: None,
        predecessors: Vec::new(),
        ended_on: None,
    };
    let offices = [
        office("disdik", "Dinas Pendidikan"),
        office("dinkes", "Dinas Kesehatan"),
    ];
    let site = |code: &str, name: &str, id: SiteId, office: &Office| Site {
        id,
        code: code.to_owned(),
        name: name.to_owned(),
        offices: vec![office.id],
        district: "Ciamis".to_owned(),
        address: "Jl. Contoh 1".to_owned(),
        place: None,
        service_week: ServiceWeekKind::FiveDays,
        parent: None,
        gateway: None,
        public_counter: false,
        contact_name: None,
        contact_phone: None,
        ended_on: None,
    };
    let sites = [
        site("A", "Kantor A", ids.fresh(), &offices[0]),
        site("B", HOSTILE, ids.fresh(), &offices[0]),
        site("C", "Puskesmas Rahasia", ids.fresh(), &offices[1]),
    ];
    let system = Who::system();
    let new = offices
        .iter()
        .map(|office| Edit {
            before: None,
            after: office.clone(),
        })
        .collect();
    app.edit_offices(system, Act::Import, new).await.unwrap();
    let edits = sites
        .iter()
        .map(|site| Edit {
            before: None,
            after: site.clone(),
        })
        .collect();
    app.edit_sites(system, Act::Import, edits).await.unwrap();
    (offices, sites)
}

/// A complaint that somebody hostile told.
pub fn told(site: SiteId, office: Option<OfficeId>) -> NewComplaint {
    NewComplaint {
        channel: Channel::Phone,
        happened_at: None,
        office,
        site,
        reporter: "Contoh Pelapor".to_owned(),
        contact: Some("0812-0000-777".to_owned()),
        post: String::new(),
        symptom: Symptom::Slow,
        text: format!("Lambat {HOSTILE}"),
        users_affected: Some(3),
        services: std::collections::BTreeSet::new(),
    }
}

/// Head, Kabid, Kasi, and the contact of a served office, who may not see these pages.
fn posts(app: &App, office: &Office) -> Vec<Post> {
    let mut ids = app.ids();
    let chain = [
        ("kepala", Role::AgencyHead),
        ("kabid-telematika", Role::DivisionHead),
        ("kasi-telematika", Role::SectionHead),
    ];
    let mut posts: Vec<Post> = Vec::new();
    for (code, role) in chain {
        let superior = posts.last().map(|post| post.id);
        posts.push(Post {
            id: ids.fresh(),
            code: code.to_owned(),
            title: format!("Jabatan {code}"),
            unit: "Diskominfo".to_owned(),
            superior,
            role,
            office: None,
            former: Vec::new(),
        });
    }
    for (code, role) in [
        ("teknisi", Role::Technician),
        ("petugas-layanan-1", Role::ServiceOfficer),
        ("pengadministrasi", Role::Clerk),
        ("auditor", Role::Auditor),
        ("admin", Role::Admin),
    ] {
        let superior = Some(posts[2].id);
        posts.push(Post {
            id: ids.fresh(),
            code: code.to_owned(),
            title: format!("Jabatan {code}"),
            unit: "Diskominfo".to_owned(),
            superior,
            role,
            office: None,
            former: Vec::new(),
        });
    }
    // A served office's contact, who may not see these pages.
    posts.push(Post {
        id: ids.fresh(),
        code: "kontak-disdik".to_owned(),
        title: "Kontak".to_owned(),
        unit: office.name.clone(),
        superior: None,
        role: Role::OfficeUser,
        office: Some(office.id),
        former: Vec::new(),
    });
    posts
}

impl World {
    pub async fn new(mode: Mode) -> Self {
        Self::with(mode, false).await
    }

    pub async fn with(mode: Mode, behind_proxy: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("rajut.db").display());
        let app = App::open(&url, Arc::new(Morning(AtomicU64::new(0))), entropy())
            .await
            .unwrap();
        let from = jiff::civil::date(2026, 1, 1);
        app.set_up(&Defaults::demo(), from, &Defaults::demo_reasons())
            .await
            .unwrap();
        let mut ids = app.ids();
        let system = Who::system();
        let (offices, sites) = places(&app).await;
        let posts = posts(&app, &offices[0]);
        let edits = posts
            .iter()
            .map(|post| Edit {
                before: None,
                after: post.clone(),
            })
            .collect();
        app.edit_posts(system, Act::EditPeople, edits).await.unwrap();
        let names = [
            "kepala", "kabid", "kasi", "teknisi", "petugas", "clerk", "auditor", "admin", "kontak",
        ];
        let people = names.iter().zip(&posts).map(|(name, post)| NewPerson {
            name: format!("Contoh {name}"),
            titles_before: String::new(),
            titles_after: String::new(),
            status: CivilStatus::NonAsn,
            rank: None,
            personal: Personal {
                nip: None,
                address: Some("Jl. Contoh".into()),
                phone: Some("0800".into()),
            },
            post: Some((post.id, from, "SK/1".to_owned())),
        });
        let entered = app.enter_people(system, people.collect()).await.unwrap();
        let people: BTreeMap<_, _> = names.into_iter().zip(entered).collect();
        let roles = names
            .into_iter()
            .zip(posts.iter().map(|post| post.role))
            .collect();
        let desk = Who::person(people["petugas"]);
        let mut complaints = Vec::new();
        for (site, office) in [(&sites[0], &offices[0]), (&sites[2], &offices[1])] {
            let new = told(site.id, Some(office.id));
            let told = app.register_complaint(desk, Key::default(), new).await;
            complaints.push(told.unwrap());
        }
        let [complaint, other] = complaints.try_into().unwrap();
        let run = ids.fresh();
        let context = app.context().await.unwrap();
        let day = context.agency.zone.date(app.now());
        let command = Command::DraftOrder {
            run,
            procedure: context
                .procedure_on(&context.agency_file.procedures.routine, day)
                .unwrap(),
            title: "Pengecekan triwulan".to_owned(),
            draft: OrderDraft {
                scope: sites[..2].iter().map(|site| site.id).collect(),
                valid_from: day,
                valid_until: jiff::civil::date(2026, 12, 23),
                addressee: posts[1].id,
                named: Vec::new(),
                purpose: "memeriksa jaringan".to_owned(),
                basis: String::new(),
            },
            previous: None,
        };
        let kasi = Who::person(people["kasi"]);
        app.act(kasi, Key::default(), &command).await.unwrap();
        app.act(kasi, Key::default(), &Command::SubmitOrder { run })
            .await
            .unwrap();
        let anchors = folder.path().join("rajut.anchors.jsonl");
        let reach = Reach {
            local_only: true,
            behind_proxy,
            https: None,
        };
        let web = Arc::new(Web::new(app.clone(), mode, reach, entropy(), anchors));
        Self {
            app,
            web,
            run,
            people,
            kasi_post: posts[2].id,
            site: sites[0].id,
            roles,
            complaint,
            other,
            _folder: folder,
        }
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.web)
    }

    /// A browser in which somebody has been chosen.
    pub async fn acting_as(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        self.sign_in_sample(&mut browser, name).await;
        browser
    }

    /// Chooses a sample person.
    pub async fn sign_in_sample(&self, browser: &mut Browser, name: &str) -> Answer {
        let page = browser.get("/").await;
        let person = self.people[name].to_string();
        let form = [("token", page.input("token").unwrap()), ("person", person)];
        let answer = browser.post("/bertindak-sebagai", &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        answer
    }

    /// An account for somebody, whose password is `PASSWORD`.
    pub async fn account(&self, name: &str) {
        let login = format!("contoh.{name}").parse().unwrap();
        let admin = Who::person(self.people["admin"]);
        let person = self.people[name];
        let invitation = self
            .app
            .invite(admin, Key::default(), person, Some(&login))
            .await
            .unwrap();
        self.app.take_up(&invitation.token, PASSWORD).await.unwrap();
    }

    /// A browser in which somebody has signed in by password.
    pub async fn signed_in(&self, name: &str) -> Browser {
        self.account(name).await;
        let mut browser = self.browser();
        let answer = browser.sign_in(&format!("contoh.{name}"), PASSWORD, "").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        browser
    }

    /// The address of the run's page.
    pub fn page(&self) -> String {
        format!("/pelaksanaan/{}", self.run)
    }
}

/// A browser that keeps its cookies.
pub struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
}

/// An answer, read whole.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// The pages over a database in which nobody has set anything up.
pub async fn empty() -> (Arc<Web>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("rajut.db").display());
    let app = App::open(&url, Arc::new(Morning(AtomicU64::new(0))), entropy())
        .await
        .unwrap();
    let reach = Reach {
        local_only: true,
        behind_proxy: false,
        https: None,
    };
    let anchors = folder.path().join("rajut.anchors.jsonl");
    (
        Arc::new(Web::new(app, Mode::Live, reach, entropy(), anchors)),
        folder,
    )
}

impl Browser {
    /// A browser without cookies.
    pub fn new(web: &Arc<Web>) -> Self {
        Self {
            router: routes::router(Arc::clone(web)),
            cookies: BTreeMap::new(),
        }
    }

    /// Sends a form with a file.
    pub async fn upload(&mut self, address: &str, form: &[(&str, String)], name: &str, file: &str) -> Answer {
        const BOUNDARY: &str = "batas-formulir";
        let part = |head: &str, body: &str| {
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")
        };
        let fields = form
            .iter()
            .map(|(field, value)| part(&format!("name=\"{field}\""), value));
        let file = part(&format!("name=\"file\"; filename=\"{name}\""), file);
        let body = format!("{}{file}--{BOUNDARY}--\r\n", fields.collect::<String>());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let own = [
            ("origin", "http://127.0.0.1:8080"),
            ("sec-fetch-site", "same-origin"),
            ("content-type", kind.as_str()),
        ];
        self.send(Method::POST, address, &own, body).await
    }

    /// Fills in the sign-in form.
    pub async fn sign_in(&mut self, login: &str, password: &str, code: &str) -> Answer {
        let page = self.get("/masuk").await;
        let form = [
            ("token", page.input("token").unwrap()),
            ("login", login.to_owned()),
            ("password", password.to_owned()),
            ("code", code.to_owned()),
        ];
        self.post("/masuk", &form).await
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> String {
        self.cookies[name].clone()
    }

    /// Holds a cookie.
    pub fn keep(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    pub async fn get(&mut self, address: &str) -> Answer {
        self.send(Method::GET, address, &[], String::new()).await
    }

    pub async fn post(&mut self, address: &str, form: &[(&str, String)]) -> Answer {
        let own = [
            ("origin", "http://127.0.0.1:8080"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send(Method::POST, address, &own, encoded(form)).await
    }

    pub async fn send(
        &mut self,
        method: Method,
        address: &str,
        headers: &[(&'static str, &str)],
        body: String,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(address)
            .header(header::HOST, "127.0.0.1:8080");
        if !body.is_empty() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        for (name, value) in self.cookies.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(header::COOKIE, format!("{name}={value}"));
        }
        let response = self
            .router
            .clone()
            .oneshot(request.body(Body::from(body)).unwrap())
            .await
            .unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of the first hidden input of this name.
    pub fn input(&self, name: &str) -> Option<String> {
        inputs(&self.text(), name)
    }

    /// The hidden inputs of the form with this action: token and key.
    pub fn form(&self, action: &str) -> Vec<(&'static str, String)> {
        let text = self.text();
        let (_, form) = text
            .split_once(&format!("action=\"{action}\""))
            .expect("the form is on the page");
        vec![
            ("token", inputs(form, "token").unwrap()),
            ("key", inputs(form, "key").unwrap()),
        ]
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

fn inputs(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

/// Fields as a browser sends them.
pub fn encoded(form: &[(&str, String)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect()
    };
    form.iter()
        .map(|(name, value)| format!("{name}={}", escape(value)))
        .collect::<Vec<_>>()
        .join("&")
}
