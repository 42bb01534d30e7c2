//! Acts by forms: done once, by whom the rules allow, from our own pages only.

use axum::http::{Method, StatusCode, header};

use super::world::{World, encoded};
use crate::web::Mode;

fn issue(world: &World) -> String {
    format!("{}/terbitkan", world.page())
}

#[tokio::test]
async fn the_head_issues_in_two_taps_and_the_kabid_disposes() {
    let world = World::new(Mode::Demo).await;
    let mut head = world.acting_as("kepala").await;
    let home = head.get("/").await.text();
    assert!(home.contains(&format!("href=\"{}\"", world.page())), "the waiting order is on the first page");
    let form = head.get(&world.page()).await.form(&issue(&world));
    let done = head.post(&issue(&world), &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let page = head.get(done.headers[header::LOCATION].to_str().unwrap()).await.text();
    let run: rajut_core::run::Run = world.app.find(world.run.0).await.unwrap();
    let number = run.order.unwrap().issued.unwrap().number;
    assert!(page.contains(&number), "the number is shown");
    let paper = head.get(&format!("{}/surat-perintah.pdf", world.page())).await;
    assert_eq!((paper.status, &paper.headers[header::CONTENT_TYPE]), (StatusCode::OK, &"application/pdf".parse().unwrap()));
    assert!(paper.body.starts_with(b"%PDF-"));

    let mut kabid = world.acting_as("kabid").await;
    let action = format!("{}/disposisi", world.page());
    let mut form = kabid.get(&world.page()).await.form(&action);
    form.extend([
        ("to", world.kasi_post.to_string()),
        ("instruction", "Laksanakan & laporkan".to_owned()),
        ("urgency", "urgent".to_owned()),
        ("deadline", "2026-12-01".to_owned()),
    ]);
    assert_eq!(kabid.post(&action, &form).await.status, StatusCode::SEE_OTHER);
    let page = kabid.get(&world.page()).await.text();
    assert!(page.contains("Laksanakan &#38; laporkan") || page.contains("Laksanakan &amp; laporkan"), "{page}");
    let sheet = kabid.get(&format!("{}/disposisi.pdf", world.page())).await;
    assert!(sheet.body.starts_with(b"%PDF-"));
}

#[tokio::test]
async fn a_double_click_and_the_back_button_are_one_act() {
    let world = World::new(Mode::Demo).await;
    let mut head = world.acting_as("kepala").await;
    let form = head.get(&world.page()).await.form(&issue(&world));
    let first = head.post(&issue(&world), &form).await;
    let after = world.app.store().head().await.unwrap();
    let second = head.post(&issue(&world), &form).await;
    assert_eq!((first.status, second.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    assert_eq!(first.headers[header::LOCATION], second.headers[header::LOCATION]);
    assert_eq!(after.seq, world.app.store().head().await.unwrap().seq, "nothing more in the journal");
}

#[tokio::test]
async fn a_form_without_the_sessions_token_does_nothing() {
    let world = World::new(Mode::Demo).await;
    let mut head = world.acting_as("kepala").await;
    let mut other = world.acting_as("kepala").await;
    let form = head.get(&world.page()).await.form(&issue(&world));
    let strange = other.get(&world.page()).await.form(&issue(&world));
    let before = world.app.store().head().await.unwrap();
    let key = ("key", form[1].1.clone());
    let without = [key.clone()];
    let wrong = [("token", "00".repeat(32)), key.clone()];
    let of_another = [strange[0].clone(), key];
    for fields in [&without[..], &wrong[..], &of_another[..]] {
        assert_eq!(head.post(&issue(&world), fields).await.status, StatusCode::FORBIDDEN, "{fields:?}");
    }
    let from_elsewhere: [&[_]; 2] =
        [&[("origin", "http://evil.example")], &[("sec-fetch-site", "cross-site")]];
    for headers in from_elsewhere {
        let answer = head.send(Method::POST, &issue(&world), headers, encoded(&form)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    // Without a key of its own a form is no act.
    assert_eq!(head.post(&issue(&world), &form[..1]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(before.seq, world.app.store().head().await.unwrap().seq);
}

#[tokio::test]
async fn who_may_not_reads_why_and_who_could() {
    let world = World::new(Mode::Demo).await;
    let mut kasi = world.acting_as("kasi").await;
    let page = kasi.get(&world.page()).await;
    assert!(!page.text().contains("terbitkan\""), "no form for what one may not do");
    let token = kasi.get("/").await.input("token").unwrap();
    let key = world.app.ids().fresh::<rajut_core::id::ActId>().to_string();
    let answer = kasi.post(&issue(&world), &[("token", token), ("key", key)]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let text = answer.text();
    assert!(text.contains("Jabatan kepala (Contoh kepala)"), "{text}");
    assert!(text.contains(&format!("href=\"{}\"", world.page())), "a way back");
    assert!(text.contains(answer.headers["x-request-id"].to_str().unwrap()), "the incident");
}

#[tokio::test]
async fn a_draft_goes_back_with_a_note() {
    let world = World::new(Mode::Demo).await;
    let mut head = world.acting_as("kepala").await;
    let action = format!("{}/kembalikan", world.page());
    let mut form = head.get(&world.page()).await.form(&action);
    form.push(("note", "Tambah lokasi".to_owned()));
    assert_eq!(head.post(&action, &form).await.status, StatusCode::SEE_OTHER);
    let page = head.get(&world.page()).await.text();
    assert!(page.contains("Tambah lokasi"));
    assert!(!page.contains("terbitkan\""), "what was sent back waits for nobody's signature");
}

#[tokio::test]
async fn a_form_is_bounded() {
    let world = World::new(Mode::Demo).await;
    let mut head = world.acting_as("kepala").await;
    let action = format!("{}/kembalikan", world.page());
    let form = head.get(&world.page()).await.form(&action);
    let with = |length: usize| {
        let mut form = form.clone();
        form.push(("note", "x".repeat(length)));
        form
    };
    assert_eq!(head.post(&action, &with(2 * 1024 * 1024)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    // Below that the rules have the word.
    let answer = head.post(&action, &with(20_000)).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text().contains("10000"), "the limit is named");
}
