//! What pages and the API answer: headers, languages, escapes, errors.

use axum::http::{Method, StatusCode, header};

use super::world::{HOSTILE, World};
use crate::web::Mode;
use crate::words::{Language, Words};

#[tokio::test]
async fn a_procedure_is_a_paper_on_its_page_and_for_programs() {
    let world = World::new(Mode::Demo).await;
    let mut head = world.acting_as("kepala").await;
    let page = head.get("/sop/pemeliharaan-jaringan").await.text();
    let link = "/sop/pemeliharaan-jaringan/sop.pdf?versi=1";
    assert!(page.contains(link), "{page}");
    let api = "/api/v1/procedures/pemeliharaan-jaringan/paper";
    for address in [link, api, &format!("{api}?version=1")] {
        let paper = head.get(address).await;
        assert_eq!(paper.status, StatusCode::OK, "{address}");
        assert_eq!(paper.headers[header::CONTENT_TYPE], "application/pdf");
        assert!(paper.body.starts_with(b"%PDF-"), "{address}");
    }
    let missing = head.get("/sop/pemeliharaan-jaringan/sop.pdf?versi=9").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_answer_bears_the_headers_that_keep_browsers_safe() {
    let world = World::new(Mode::Demo).await;
    let mut head = world.acting_as("kepala").await;
    let style = crate::web::assets::address("app.css");
    let paper = format!("{}/surat-perintah.pdf", world.page());
    for address in [
        "/",
        "/pelaksanaan",
        &world.page(),
        "/nowhere",
        "/healthz",
        "/api/v1/runs",
        "/api/v1/x",
        &style,
        &paper,
    ] {
        let answer = head.get(address).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"),
            "{address}"
        );
        assert_eq!(
            answer.headers[header::X_CONTENT_TYPE_OPTIONS],
            "nosniff",
            "{address}"
        );
        assert!(answer.headers.contains_key(header::REFERRER_POLICY), "{address}");
        assert!(answer.headers.contains_key("x-request-id"), "{address}");
        let kept = answer.headers[header::CACHE_CONTROL].to_str().unwrap();
        assert_eq!(
            kept.contains("immutable"),
            address.starts_with("/assets/"),
            "{address}"
        );
        if answer
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.to_str().unwrap().starts_with("text/html"))
        {
            let text = answer.text();
            for inline in [
                "<style",
                " style=",
                "onclick=",
                "onload=",
                "javascript:",
                "<script>",
            ] {
                assert!(!text.contains(inline), "{address} has {inline}");
            }
        }
    }
}

#[tokio::test]
async fn the_session_cookie_is_closed_to_scripts_and_other_sites() {
    let world = World::new(Mode::Demo).await;
    let mut browser = world.browser();
    for (answer, name) in [
        (browser.get("/").await, "rajut-visit="),
        (
            world.sign_in_sample(&mut browser, "kepala").await,
            "rajut-session=",
        ),
    ] {
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(
            cookie.starts_with(name) && cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"),
            "{cookie}"
        );
    }
    // Behind a proxy that has the certificate it never goes over the network in clear.
    let proxied = World::with(Mode::Live, true).await;
    let answer = proxied.browser().get("/").await;
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.ends_with("; Secure"), "{cookie}");
}

#[tokio::test]
async fn what_others_entered_is_text() {
    let world = World::new(Mode::Demo).await;
    let mut head = world.acting_as("kepala").await;
    let form = head
        .get(&world.page())
        .await
        .form(&format!("{}/terbitkan", world.page()));
    head.post(&format!("{}/terbitkan", world.page()), &form).await;
    let page = head.get(&world.page()).await.text();
    assert!(!page.contains(HOSTILE) && !page.contains("<script>"));
    assert!(page.contains("alert(1)"), "the site is on the page");
}

#[tokio::test]
async fn pages_speak_the_language_that_was_chosen() {
    let world = World::new(Mode::Demo).await;
    let mut browser = world.browser();
    assert!(browser.get("/").await.text().contains("<html lang=\"id\">"));
    assert!(
        browser
            .get("/?lang=en")
            .await
            .text()
            .contains("<html lang=\"en\">")
    );
    assert!(
        browser.get("/").await.text().contains("<html lang=\"en\">"),
        "it is kept"
    );
    assert!(
        browser
            .get("/?lang=xx")
            .await
            .text()
            .contains("<html lang=\"en\">"),
        "what is no language is none"
    );
    assert!(
        browser
            .get("/?lang=id")
            .await
            .text()
            .contains("<html lang=\"id\">")
    );
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_taken() {
    let world = World::new(Mode::Demo).await;
    let mut head = world.acting_as("kepala").await;
    let unknown = world.app.ids().fresh::<rajut_core::id::RunId>();
    for address in [
        "/nowhere".to_owned(),
        format!("/pelaksanaan/{unknown}"),
        "/pelaksanaan/x".to_owned(),
    ] {
        let answer = head.get(&address).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        assert!(answer.text().contains("href=\"/\""), "{address}: a way back");
    }
    let answer = head.send(Method::DELETE, "/status", &[], String::new()).await;
    assert_eq!(
        (answer.status, &answer.headers[header::ALLOW]),
        (StatusCode::METHOD_NOT_ALLOWED, &"GET,HEAD".parse().unwrap())
    );
    let answer = head.send(Method::HEAD, "/", &[], String::new()).await;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, 0));
    assert_eq!(
        head.get("/pelaksanaan?after=nonsense").await.status,
        StatusCode::BAD_REQUEST
    );
    let strange = head
        .send(Method::GET, "http://evil.example/", &[], String::new())
        .await;
    assert_eq!(
        strange.status,
        StatusCode::MISDIRECTED_REQUEST,
        "a name pointed at this machine"
    );
}

#[tokio::test]
async fn a_failed_read_is_an_error_and_no_empty_list() {
    let world = World::new(Mode::Demo).await;
    let mut head = world.acting_as("kepala").await;
    world.app.store().close().await;
    for address in [
        "/",
        "/pelaksanaan",
        "/pengaduan",
        "/status",
        "/readyz",
        "/api/v1/runs",
        "/api/v1/status",
    ] {
        let answer = head.get(address).await;
        assert!(answer.status.is_server_error(), "{address}: {}", answer.status);
        let id = answer.headers["x-request-id"].to_str().unwrap();
        assert!(answer.text().contains(id), "{address}: the incident");
        assert!(
            !answer.text().contains("sqlite") && !answer.text().contains("pool"),
            "{address}: no frank words"
        );
    }
    assert_eq!(head.get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_api_says_what_the_command_line_says() {
    let world = World::new(Mode::Demo).await;
    let mut head = world.acting_as("kepala").await;
    let runs = head.get("/api/v1/runs").await.json();
    assert_eq!(runs["items"][0]["id"], world.run.to_string());
    assert!(runs["next"].is_null());
    let run = head.get(&format!("/api/v1/runs/{}", world.run)).await.json();
    let view = world.app.run_view(world.run, world.app.now()).await.unwrap();
    assert_eq!(run["label"], view.label);
    assert_eq!(run["totals"], serde_json::to_value(view.totals).unwrap());
    assert!(head.get("/api/v1/status").await.json()["sites"].is_array());
    let nothing = head
        .get(&format!(
            "/api/v1/runs/{}",
            world.app.ids().fresh::<rajut_core::id::RunId>()
        ))
        .await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    let error = &nothing.json()["error"];
    assert_eq!(error["code"], "not_found");
    assert_eq!(
        error["incident"],
        nothing.headers["x-request-id"].to_str().unwrap()
    );
    assert!(error["rule"].is_null() && error["who_could"].as_array().unwrap().is_empty());
}

#[test]
fn every_word_of_the_pages_is_there() {
    let here = env!("CARGO_MANIFEST_DIR");
    let mut waiting: Vec<std::path::PathBuf> = ["src/web", "templates"]
        .iter()
        .map(|folder| std::path::Path::new(here).join(folder))
        .collect();
    let mut found = std::collections::BTreeSet::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(
                std::fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        // Every key of ours is written out somewhere as a string of its own.
        for part in text.split('"').filter(|part| part.starts_with("web-")) {
            if part.chars().all(|c| c.is_ascii_lowercase() || c == '-') && part != "web-" {
                found.insert(part.to_owned());
            }
        }
    }
    assert!(found.len() > 100, "{}", found.len());
    for language in [Language::Indonesian, Language::English] {
        let words = Words::shared(language);
        for key in &found {
            assert_ne!(words.say(key), *key, "{language:?}");
        }
    }
}
