//! The table of routes: every route stands in it, and each is closed to whoever it should be closed to.

use axum::http::{Method, StatusCode, header};
use rajut_core::act::Right;
use rajut_core::id::ActId;

use super::world::World;
use crate::web::Mode;
use crate::web::routes::{Access, Route, table};

/// An address of a route.
fn address(world: &World, route: &Route) -> String {
    route
        .path
        .replace("{id}", &world.run.to_string())
        .replace("{file}", "nothing.css")
        .replace("{token}", "nothing")
        .replace("{target}", &world.run.to_string())
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
            Access::Act(_) | Access::Field | Access::Session => {
                assert_eq!(route.method, Method::POST, "{}", route.path);
            }
            Access::Public
                if ["/bertindak-sebagai", "/masuk", "/masuk/pin", "/undangan/{token}"]
                    .contains(&route.path) => {}
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
            Access::SignedIn | Access::Staff | Access::Field if program => {
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{address}");
            }
            Access::Field => unreachable!("what a script sends to is under /api/"),
            Access::SignedIn | Access::Staff => {
                assert_eq!(answer.status, StatusCode::SEE_OTHER, "{address}");
                let to = answer.headers[header::LOCATION].to_str().unwrap();
                assert_eq!(to, format!("/masuk?ke={address}"));
                assert!(answer.body.is_empty(), "{address}");
            }
            Access::Act(_) | Access::Session => {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{address}");
            }
            Access::Public if route.method == Method::POST => {
                assert_eq!(
                    answer.status,
                    StatusCode::FORBIDDEN,
                    "{address}: a form without a token"
                );
            }
            Access::Static | Access::Public => assert!(answer.status.as_u16() < 500, "{address}"),
        }
    }
    assert_eq!(before.seq, world.app.store().head().await.unwrap().seq);
}

/// Every route against every role: pages of the agency are closed to a served office, and a form of an act leaves
/// nothing behind when somebody sends it whose right it is not.
#[tokio::test]
async fn every_route_against_every_role() {
    let world = World::new(Mode::Demo).await;
    let (app, mut tried) = (&world.app, 0);
    let names: Vec<&'static str> = world.people.keys().copied().collect();
    for name in names {
        let person = world.people[name];
        let session = app.sign_in_sample(person, "uji", "127.0.0.1").await.unwrap();
        for route in table() {
            let mut browser = world.browser();
            browser.keep("rajut-session", &session.token);
            let address = address(&world, &route);
            let office = name == "kontak";
            match route.access {
                Access::Staff => {
                    let answer = browser.get(&address).await;
                    let expected = if office {
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
                // One's own account: a sample person has none to change.
                Access::Act(act) if act.authority().right == Right::Own => {}
                Access::Act(act) => {
                    let holder = match route.path {
                        "/pelaksanaan/{id}/disposisi" => "kabid",
                        _ => "kepala",
                    };
                    // Who may, does it elsewhere; a superior or substitute is no stranger to it either.
                    if name == holder || ["kepala", "kabid"].contains(&name) {
                        continue;
                    }
                    let before = app.store().head().await.unwrap();
                    let token = browser.get("/akun").await.input("token").unwrap();
                    let form = [
                        ("token", token),
                        ("key", app.ids().fresh::<ActId>().to_string()),
                        ("note", "uji".to_owned()),
                        ("to", world.kasi_post.to_string()),
                        ("instruction", "uji".to_owned()),
                        ("urgency", "urgent".to_owned()),
                    ];
                    let answer = browser.post(&address, &form).await;
                    assert!(
                        [StatusCode::FORBIDDEN, StatusCode::CONFLICT].contains(&answer.status),
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
                Access::Static | Access::Public | Access::Session => {}
            }
        }
    }
    assert!(tried >= 21, "{tried}");
}

#[tokio::test]
async fn a_served_office_is_not_among_the_sample_people() {
    let world = World::new(Mode::Demo).await;
    let mut browser = world.browser();
    let page = browser.get("/").await;
    let contact = world.people["kontak"].to_string();
    assert!(!page.text().contains(&contact));
    let form = [("token", page.input("token").unwrap()), ("person", contact)];
    assert_eq!(
        browser.post("/bertindak-sebagai", &form).await.status,
        StatusCode::FORBIDDEN
    );
}
