//! Versions of a procedure through its page: drafted, signed, given back, put in force.

use axum::http::{StatusCode, header};
use rajut_core::procedure::{ProcedureCode, VersionState};

use super::world::{Answer, Browser, World};
use crate::web::Mode;

const PAGE: &str = "/sop/pemeliharaan-jaringan?versi=2";

/// The form with this action, filled in.
async fn send(browser: &mut Browser, page: &str, action: &str, more: &[(&str, &str)]) -> Answer {
    let shown = browser.get(page).await;
    let mut form: Vec<(&str, String)> = shown.form(action);
    for name in ["version", "mark"] {
        let part = shown.text();
        let (_, part) = part.split_once(&format!("action=\"{action}\"")).unwrap();
        let value = part
            .split_once(&format!("name=\"{name}\" value=\""))
            .and_then(|(_, rest)| rest.split_once('"'));
        form.extend(value.map(|(value, _)| (name, value.to_owned())));
    }
    form.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    browser.post(action, &form).await
}

#[tokio::test]
async fn a_version_goes_from_draft_to_force_on_its_page() {
    let world = World::new(Mode::Live).await;
    let mut clerk = world.signed_in("clerk").await;
    let mut head = world.signed_in("kepala").await;
    let mut admin = world.signed_in("admin").await;
    let code: ProcedureCode = "pemeliharaan-jaringan".parse().unwrap();
    let text = include_str!("../../../../../procedures/pemeliharaan-jaringan.toml");
    let next = text
        .replacen("version = 1", "version = 2", 1)
        .replace('\n', "\r\n");
    assert!(next.contains("version = 2"));

    let broken = send(
        &mut clerk,
        "/sop/pemeliharaan-jaringan",
        "/sop",
        &[("text", "version = [")],
    )
    .await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    assert!(broken.text().contains("baris"), "{}", broken.text());
    let drafted = send(
        &mut clerk,
        "/sop/pemeliharaan-jaringan",
        "/sop",
        &[("text", &next)],
    )
    .await;
    assert_eq!(drafted.status, StatusCode::SEE_OTHER, "{}", drafted.text());
    assert_eq!(drafted.headers[header::LOCATION], PAGE);
    // Nobody but the head signs, and nothing is signed without the reasons.
    let sign = "/sop/pemeliharaan-jaringan/sahkan";
    for other in [&mut clerk, &mut admin] {
        assert!(!other.get(PAGE).await.text().contains(sign));
    }
    let silent = send(&mut head, PAGE, sign, &[]).await;
    assert_eq!(silent.status, StatusCode::CONFLICT, "{}", silent.text());
    // The text that was seen is the text that is signed.
    let other = next.replacen("version = 2", "# lain\r\nversion = 2", 1);
    let seen = head.get(PAGE).await;
    let mut stale = seen.form(sign);
    let mark = seen.input("mark").unwrap();
    stale.extend([
        ("version", "2".to_owned()),
        ("mark", mark),
        ("accept-E01", "lama".to_owned()),
    ]);
    send(&mut clerk, PAGE, "/sop", &[("text", &other)]).await;
    assert_eq!(head.post(sign, &stale).await.status, StatusCode::CONFLICT);

    let reasons = [
        ("accept-E01", "nomor menyusul"),
        ("accept-E02", "lama"),
        ("accept-E03", "lama"),
    ];
    let signed = send(&mut head, PAGE, sign, &reasons).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text());
    let back = "/sop/pemeliharaan-jaringan/kembalikan";
    let returned = send(&mut head, PAGE, back, &[("note", "perbaiki langkah 2")]).await;
    assert_eq!(returned.status, StatusCode::SEE_OTHER, "{}", returned.text());
    let signed = send(&mut head, PAGE, sign, &reasons).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text());
    let force = "/sop/pemeliharaan-jaringan/berlakukan";
    assert!(!head.get(PAGE).await.text().contains(force));
    let active = send(&mut admin, PAGE, force, &[("from", "2026-12-01")]).await;
    assert_eq!(active.status, StatusCode::SEE_OTHER, "{}", active.text());
    let context = world.app.context().await.unwrap();
    let version = context.version(&code, 2).unwrap();
    assert!(
        matches!(version.state, VersionState::Effective { from, .. } if from == jiff::civil::date(2026, 12, 1))
    );
    let report = world.app.store().verify(Vec::new(), true, |_| {}).await.unwrap();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
}

#[tokio::test]
async fn the_first_page_is_shared_as_text_without_names_of_people() {
    let world = World::new(Mode::Live).await;
    let mut head = world.signed_in("kepala").await;
    let text = head.get("/").await.text();
    let (_, shared) = text.split_once("readonly>").unwrap();
    let (shared, _) = shared.split_once("</textarea>").unwrap();
    assert!(shared.starts_with("Keadaan jaringan"), "{shared}");
    assert!(
        !shared.contains("Contoh kepala") && !shared.contains("<script>"),
        "{shared}"
    );
}
