//! Live updates: told to whoever may look, ended with the program.

use std::sync::Arc;

use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode, header};
use futures_util::StreamExt as _;
use rajut_app::{Key, Who};
use rajut_core::flow::Command;
use tower::ServiceExt as _;

use super::world::World;
use crate::web::{Mode, routes};

async fn next(stream: &mut BodyDataStream) -> Option<String> {
    let bytes = stream.next().await?.unwrap();
    Some(String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn a_page_hears_that_something_happened_and_the_end() {
    let world = World::new(Mode::Demo).await;
    let feed = Arc::clone(&world.web.feed);
    let following = tokio::spawn(Arc::clone(&feed).follow(world.app.clone()));
    let person = world.people["kasi"];
    let session = world
        .app
        .sign_in_sample(person, "uji", "127.0.0.1")
        .await
        .unwrap();
    let request = Request::get("/siaran")
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::COOKIE, format!("rajut-session={}", session.token))
        .body(Body::empty())
        .unwrap();
    let answer = routes::router(Arc::clone(&world.web))
        .oneshot(request)
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut stream = answer.into_body().into_data_stream();
    let first = next(&mut stream).await.unwrap();
    assert!(first.starts_with("event: tumbuh\n"), "{first}");

    let command = Command::InitialOrder { run: world.run };
    let kabid = Who::person(world.people["kabid"]);
    world.app.act(kabid, Key::default(), &command).await.unwrap();
    let head = world.app.store().head().await.unwrap().seq;
    let told = format!("data: {head}\n");
    // The place of the act is told, not what was done; what came before it may be told first.
    loop {
        let event = next(&mut stream).await.unwrap();
        assert!(!event.contains("order"), "{event}");
        if event.contains(&told) {
            break;
        }
    }
    feed.end();
    assert_eq!(next(&mut stream).await, None, "the program can end");
    following.abort();
}
