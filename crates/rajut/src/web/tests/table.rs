//! The table of routes: every route stands in it, and each is closed to whoever it should be closed to.

use axum::http::{Method, StatusCode, header};

use super::world::World;
use crate::web::Mode;
use crate::web::routes::{Access, Route, table};

/// An address of a route.
fn address(world: &World, route: &Route) -> String {
    route.path.replace("{id}", &world.run.to_string()).replace("{file}", "nothing.css")
}

#[test]
fn reading_changes_nothing_and_changing_is_an_act() {
    let mut seen = std::collections::BTreeSet::new();
    for route in table() {
        assert!(seen.insert((route.method.to_string(), route.path)), "{} is there twice", route.path);
        match route.access {
            Access::Act(_) => assert_eq!(route.method, Method::POST, "{}", route.path),
            // Choosing whom to act as changes the session only.
            _ if route.path == "/bertindak-sebagai" => {}
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
            waiting.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        looked_at += 1;
        if name == "routes.rs" || name.starts_with("tests") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for builder in [".route(", ".nest(", ".merge(", "Router::new"] {
            assert!(!text.contains(builder), "{name} has {builder}: put the route into the table");
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
            Access::SignedIn if program => assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{address}"),
            Access::SignedIn => {
                assert_eq!(answer.status, StatusCode::SEE_OTHER, "{address}");
                assert_eq!(answer.headers[header::LOCATION], "/", "{address}");
                assert!(answer.body.is_empty(), "{address}");
            }
            Access::Act(_) => assert_eq!(answer.status, StatusCode::FORBIDDEN, "{address}"),
            Access::Public if route.method == Method::POST => {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{address}: a form without a token");
            }
            Access::Static | Access::Public => assert!(answer.status.as_u16() < 500, "{address}"),
        }
    }
    assert_eq!(before.seq, world.app.store().head().await.unwrap().seq);
}

#[tokio::test]
async fn without_the_demo_pages_are_for_looking() {
    let world = World::new(Mode::ReadOnly).await;
    let before = world.app.store().head().await.unwrap();
    for route in table() {
        let address = address(&world, &route);
        let mut browser = world.browser();
        if route.method == Method::POST {
            let answer = browser.post(&address, &[("token", "x".into()), ("key", "x".into())]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{address}");
        } else if !address.starts_with("/assets/") && !address.ends_with("disposisi.pdf") {
            assert_eq!(browser.get(&address).await.status, StatusCode::OK, "{address}");
        }
    }
    assert_eq!(before.seq, world.app.store().head().await.unwrap().seq);
}

#[tokio::test]
async fn a_served_office_is_not_among_the_sample_people() {
    let world = World::new(Mode::Demo).await;
    let mut browser = world.browser();
    let page = browser.get("/").await;
    let contact = world.people["kontak"].to_string();
    assert!(!page.text().contains(&contact));
    let form = [("token", page.input("token").unwrap()), ("person", contact)];
    assert_eq!(browser.post("/bertindak-sebagai", &form).await.status, StatusCode::FORBIDDEN);
}
