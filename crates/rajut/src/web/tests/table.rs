//! The table of routes: every route stands in it, and each is closed to whoever it should be closed to.

use axum::http::{Method, StatusCode, header};
use rajut_app::Defaults;
use rajut_core::act::{Act, Right};
use rajut_core::id::{ActId, RunId, TeamId};
use rajut_core::people::Role;
use rajut_core::procedure::StepKind;
use rajut_core::visit::Outcome;

use super::filled::send;
use super::world::World;
use crate::web::Mode;
use crate::web::routes::{Access, Route, table};

/// An address of a route.
fn address(world: &World, route: &Route) -> String {
    route
        .path
        .replace("{id}", &world.run.to_string())
        .replace("{report}", &world.run.to_string())
        .replace("{file}", "nothing.css")
        .replace("{token}", "nothing")
        .replace("{target}", &world.run.to_string())
        .replace("{number}", &world.complaint.number)
        .replace("{code}", "A")
        .replace("{register}", "offices")
        .replace("{hash}", "nothing")
        .replace("{kind}", "calendar")
        .replace("{procedure}", "pemeliharaan-jaringan")
        .replace("{person}", &world.people["kasi"].to_string())
}

/// Whether the role of somebody gives the right for an act, whatever the step.
fn may(world: &World, act: Act, name: &str) -> bool {
    matches!(act.authority().right, Right::Roles(roles) if roles.contains(&world.roles[name]))
}

#[test]
fn reading_changes_nothing_and_changing_is_an_act() {
    let mut seen = std::collections::BTreeSet::new();
    for route in table() {
        assert!(
            seen.insert((route.method.to_string(), route.path)),
            "{} is there twice",
            route.path
        );
        match route.access {
            // Signing in and out changes the session only.
            Access::Act(_) | Access::OfficeAct(_) | Access::AdminAct(_) | Access::Field | Access::Session => {
                assert_eq!(route.method, Method::POST, "{}", route.path);
            }
            Access::Public
                if [
                    "/bertindak-sebagai",
                    "/cek-pengaduan",
                    "/masuk",
                    "/masuk/pin",
                    "/periksa-naskah",
                    "/undangan/{token}",
                ]
                .contains(&route.path) => {}
            // By a link, once.
            Access::SetUp => {}
            _ => assert_eq!(route.method, Method::GET, "{}", route.path),
        }
    }
}

#[test]
fn no_router_is_built_beside_the_table() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/web");
    let mut waiting = vec![std::path::PathBuf::from(folder)];
    let mut looked_at = 0;
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(
                std::fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        looked_at += 1;
        if name == "routes.rs" || name.starts_with("tests") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for builder in [".route(", ".nest(", ".merge(", "Router::new"] {
            assert!(
                !text.contains(builder),
                "{name} has {builder}: put the route into the table"
            );
        }
    }
    assert!(looked_at > 10);
}

#[tokio::test]
async fn who_is_nobody_comes_nowhere() {
    let world = World::new(Mode::Demo).await;
    let before = world.app.store().head().await.unwrap();
    for route in table() {
        let address = address(&world, &route);
        let mut browser = world.browser();
        let answer = match route.method {
            Method::POST => browser.post(&address, &[("key", "x".into())]).await,
            _ => browser.get(&address).await,
        };
        let program = address.starts_with("/api/");
        match route.access {
            Access::SignedIn | Access::Staff | Access::Office | Access::Field | Access::Act(_) if program => {
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{address}");
            }
            Access::Supervisor => assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{address}"),
            Access::Field => unreachable!("what a script sends to is under /api/"),
            Access::SignedIn | Access::Staff | Access::Office | Access::Roles(_) => {
                assert_eq!(answer.status, StatusCode::SEE_OTHER, "{address}");
                let to = answer.headers[header::LOCATION].to_str().unwrap();
                assert_eq!(to, format!("/masuk?ke={address}"));
                assert!(answer.body.is_empty(), "{address}");
            }
            Access::Act(_) | Access::OfficeAct(_) | Access::AdminAct(_) | Access::Session => {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{address}");
            }
            Access::Public if route.method == Method::POST => {
                assert_eq!(
                    answer.status,
                    StatusCode::FORBIDDEN,
                    "{address}: a form without a token"
                );
            }
            // There is nothing to set up.
            Access::SetUp => assert!(
                [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&answer.status),
                "{address}"
            ),
            Access::Static | Access::Public => assert!(answer.status.as_u16() < 500, "{address}"),
        }
    }
    assert_eq!(before.seq, world.app.store().head().await.unwrap().seq);
}

/// Fills in every field that any form has, so that it is the right that fails and not the form.
struct Stranger {
    report: String,
    team: String,
    target: String,
    seen: String,
}

impl Stranger {
    fn form(&self, world: &World, token: String) -> Vec<(String, String)> {
        let (nama, ketua) = (format!("nama-{}", self.team), format!("ketua-{}", self.team));
        [
            ("token", token),
            ("key", world.app.ids().fresh::<ActId>().to_string()),
            ("note", "uji".to_owned()),
            ("to", world.kasi_post.to_string()),
            ("instruction", "uji".to_owned()),
            ("urgency", "urgent".to_owned()),
            ("step", "check".to_owned()),
            ("place", world.run.to_string()),
            ("cause", "power".to_owned()),
            ("run", world.app.ids().fresh::<RunId>().to_string()),
            ("seen", self.seen.clone()),
            ("cakupan", "semua".to_owned()),
            ("from", "2026-11-23".to_owned()),
            ("until", "2026-12-23".to_owned()),
            ("purpose", "uji".to_owned()),
            ("given_by", world.people["kepala"].to_string()),
            ("given_at", "2026-11-23T09:00".to_owned()),
            ("channel", "phone".to_owned()),
            ("reason", "uji".to_owned()),
            ("team", self.team.clone()),
            ("report", self.report.clone()),
            ("visit", self.team.clone()),
            ("results", "uji".to_owned()),
            (nama.as_str(), "Tim uji".to_owned()),
            (ketua.as_str(), world.people["teknisi"].to_string()),
            ("target", self.target.clone()),
            ("day", "2026-12-01".to_owned()),
            ("category", "uji".to_owned()),
            ("priority", "p1".to_owned()),
            ("incident", world.run.to_string()),
            ("post", world.kasi_post.to_string()),
            ("kind", "plh".to_owned()),
            ("decree", "uji".to_owned()),
            ("site", world.site.to_string()),
            ("symptom", "slow".to_owned()),
            ("text", "uji".to_owned()),
            ("reporter", "Contoh".to_owned()),
            ("code", "ABCDEFGH".to_owned()),
            ("what", "uji".to_owned()),
            ("name", "Contoh".to_owned()),
            ("titles_before", String::new()),
            ("titles_after", String::new()),
            ("status", "non_asn".to_owned()),
            ("rank", String::new()),
            ("nip", String::new()),
            ("address", String::new()),
            ("phone", String::new()),
            ("official", world.people["auditor"].to_string()),
            ("at", "2026-11-23T09:00".to_owned()),
            ("version", "1".to_owned()),
            ("file", "uji.csv".to_owned()),
            ("bytes", hex::encode("code,name\nuji,Uji\n")),
            ("mark", String::new()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }
}

/// Whether a record of the API is asked for by the id of another.
fn nothing_of(address: &str) -> bool {
    if address.ends_with("/pindaian/nothing") {
        return true;
    }
    let mut parts = address.strip_prefix("/api/v1/").unwrap_or_default().split('/');
    !["", "runs", "complaints"].contains(&parts.next().unwrap_or_default()) && parts.next().is_some()
}

/// Every route against every role: pages of the agency are closed to a served office, and a form of an act leaves
/// nothing behind when somebody sends it whose right it is not.
#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one arm per sort of access")]
async fn every_route_against_every_role() {
    let world = World::new(Mode::Demo).await;
    let (app, mut tried) = (&world.app, 0);
    let report = world.reported(&[Outcome::Complete]).await.to_string();
    let bundle = app.bundle(world.run).await.unwrap();
    let stranger = Stranger {
        report: report.clone(),
        team: app.ids().fresh::<TeamId>().to_string(),
        target: bundle.targets[0].id.to_string(),
        seen: bundle.version.to_string(),
    };
    let names: Vec<&'static str> = world.people.keys().copied().collect();
    for name in names {
        let person = world.people[name];
        let session = app.sign_in_sample(person, "uji", "127.0.0.1").await.unwrap();
        for route in table() {
            // What programs send is tried with tokens, by tests of the API.
            if route.path.starts_with("/api/v1/acts/") {
                continue;
            }
            let mut browser = world.browser();
            browser.keep("rajut-session", &session.token);
            let address = match route.path.strip_prefix("/laporan/{report}") {
                Some(rest) => format!("/laporan/{report}{rest}"),
                None => address(&world, &route),
            };
            let office = name == "kontak";
            match route.access {
                // It has no end.
                Access::Staff if address == "/siaran" && name != "kontak" => {}
                Access::Staff => {
                    let answer = browser.get(&address).await;
                    let expected = if office || nothing_of(&address) {
                        StatusCode::NOT_FOUND
                    } else {
                        StatusCode::OK
                    };
                    // Without a disposition there is no sheet yet, for whomever it is.
                    if office || !address.ends_with("disposisi.pdf") {
                        assert_eq!(answer.status, expected, "{name} {address}");
                    }
                }
                Access::SignedIn => {
                    assert_eq!(
                        browser.get(&address).await.status,
                        StatusCode::OK,
                        "{name} {address}"
                    );
                }
                // What was seen on site comes from whoever may go there, with the token of the session.
                Access::Field => {
                    let token = browser.get("/akun").await.input("token").unwrap();
                    let before = app.store().head().await.unwrap();
                    for (token, status) in [("", StatusCode::FORBIDDEN), (token.as_str(), StatusCode::OK)] {
                        let json = address.ends_with("acts");
                        let (kind, body) = if json {
                            ("application/json", "[]")
                        } else {
                            ("image/png", "\u{89}PNG")
                        };
                        let headers = [("content-type", kind), ("x-rajut-token", token)];
                        let answer = browser
                            .send(Method::POST, &address, &headers, body.to_owned())
                            .await;
                        let expected = match name {
                            "kontak" | "auditor" => StatusCode::FORBIDDEN,
                            _ if status == StatusCode::OK && !json => StatusCode::UNSUPPORTED_MEDIA_TYPE,
                            _ => status,
                        };
                        assert_eq!(answer.status, expected, "{name} {address}");
                    }
                    assert_eq!(app.store().head().await.unwrap().seq, before.seq);
                }
                Access::Roles(roles) => {
                    let expected = if roles.contains(&world.roles[name]) {
                        StatusCode::OK
                    } else {
                        StatusCode::NOT_FOUND
                    };
                    assert_eq!(browser.get(&address).await.status, expected, "{name} {address}");
                }
                // Counting needs no person, and no person is enough.
                Access::Supervisor => {
                    let answer = browser.get(&address).await;
                    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name} {address}");
                }
                Access::Office => {
                    let expected = if office {
                        StatusCode::OK
                    } else {
                        StatusCode::NOT_FOUND
                    };
                    assert_eq!(browser.get(&address).await.status, expected, "{name} {address}");
                }
                // What an administrator does is tried by tests of its own.
                Access::AdminAct(_) if world.roles[name] == Role::Admin => {}
                // One's own account: a sample person has none to change.
                Access::Act(act) if act.authority().right == Right::Own => {}
                // What an office does on its own pages is tried by its own tests.
                Access::OfficeAct(_) if office => {}
                Access::Act(act) if !office && may(&world, act, name) => {}
                Access::Act(act) | Access::OfficeAct(act) | Access::AdminAct(act) => {
                    let hidden = office || !matches!(route.access, Access::Act(_));
                    let holder = match route.path {
                        "/pelaksanaan/{id}/disposisi" => "kabid",
                        "/pengaduan/{number}/langkah" => "petugas",
                        _ => "kepala",
                    };
                    // Who receives the reports and forms the teams is the Kasi; the report is the team's.
                    let of_kasi = matches!(
                        act.authority().right,
                        Right::StepActor(StepKind::Team) | Right::StepReceiver(StepKind::Report)
                    );
                    if !hidden && (of_kasi || act == Act::RecordReturn) && name == "kasi" {
                        continue;
                    }
                    // Who may, does it elsewhere; a superior or substitute is no stranger to it either.
                    if !hidden && (name == holder || ["kepala", "kabid"].contains(&name)) {
                        continue;
                    }
                    let before = app.store().head().await.unwrap();
                    let token = browser.get("/akun").await.input("token").unwrap();
                    let mut form = stranger.form(&world, token);
                    if address == "/sop" {
                        // What is no procedure is told to everybody.
                        form.retain(|(name, _)| name != "text");
                        form.push(("text".to_owned(), Defaults::demo().procedures.remove(0)));
                    }
                    let answer = if address == "/impor/offices" || address.contains("/atas-nama/") {
                        let form: Vec<(&str, String)> = form
                            .iter()
                            .map(|(name, value)| (name.as_str(), value.clone()))
                            .collect();
                        browser.upload(&address, &form, "uji", "%PDF-1.7 uji").await
                    } else {
                        send(&mut browser, &address, &form).await
                    };
                    let expected: &[StatusCode] = if hidden {
                        &[StatusCode::NOT_FOUND]
                    } else {
                        &[StatusCode::FORBIDDEN, StatusCode::CONFLICT]
                    };
                    assert!(
                        expected.contains(&answer.status),
                        "{name} {address} {act:?}: {}",
                        answer.status
                    );
                    assert_eq!(
                        app.store().head().await.unwrap().seq,
                        before.seq,
                        "{name} {address}"
                    );
                    tried += 1;
                }
                Access::SetUp if route.method == Method::GET => {
                    let answer = browser.get(&address).await;
                    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name} {address}");
                }
                Access::Static | Access::Public | Access::Session | Access::SetUp => {}
            }
        }
    }
    assert!(tried >= 21, "{tried}");
}
