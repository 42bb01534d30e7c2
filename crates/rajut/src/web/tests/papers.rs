//! What a holder of a paper sees who scans its code, or types what stands beside it.

use axum::http::StatusCode;
use rajut_core::mark::{AgencySecret, MarkTold, short_code};
use rajut_core::run::{Document, Run};

use super::world::{Answer, Browser, World};
use crate::web::Mode;

/// The order, issued.
async fn issued(world: &World) -> Document {
    let mut head = world.acting_as("kepala").await;
    let action = format!("{}/terbitkan", world.page());
    let form = head.get(&world.page()).await.form(&action);
    assert_eq!(head.post(&action, &form).await.status, StatusCode::SEE_OTHER);
    let run: Run = world.app.find(world.run.0).await.unwrap();
    let document = run.order.unwrap().issued.unwrap().document;
    world.app.find(document.0).await.unwrap()
}

async fn ask(browser: &mut Browser, fields: &[(&'static str, &str)]) -> Answer {
    let token = browser.get("/periksa-naskah").await.input("token").unwrap();
    let mut form = vec![("token", token)];
    form.extend(fields.iter().map(|(name, value)| (*name, (*value).to_owned())));
    browser.post("/periksa-naskah", &form).await
}

#[tokio::test]
async fn a_scanned_code_shows_what_was_signed_and_no_name() {
    let world = World::new(Mode::Demo).await;
    let document = issued(&world).await;
    let mark = document.mark.clone().unwrap();
    let code = short_code(&document.data_hash);
    let mut anybody = world.browser();
    let scanned = anybody.get(&format!("/periksa-naskah?kode={}", mark.text)).await;
    let pasted = ask(&mut anybody, &[("kode", &mark.text)]).await;
    let typed = [
        ("nomor", document.number.as_str()),
        ("singkat", &code.to_lowercase()),
    ];
    let typed = ask(&mut anybody, &typed).await;
    for answer in [scanned, pasted, typed] {
        let text = answer.text();
        assert_eq!(answer.status, StatusCode::OK, "{text}");
        assert!(text.contains("Asli: ini ditandatangani") && text.contains("tercatat dalam register"));
        assert!(text.contains("Bandingkan dengan naskahnya"), "{text}");
        assert!(text.contains("23 November 2026"), "{text}");
        let signer = world
            .app
            .context()
            .await
            .unwrap()
            .person(document.signed_by)
            .unwrap()
            .full_name();
        assert!(!text.contains(&signer), "{text}");
    }
    // A program asks for the same.
    let mut head = world.acting_as("kepala").await;
    let told = head
        .get(&format!("/api/v1/paper-check?mark={}", mark.text))
        .await
        .text();
    assert!(
        told.contains("\"finding\":\"genuine\"") && told.contains("\"kind\":\"order\""),
        "{told}"
    );
    let key = head.get("/api/v1/paper-key").await.text();
    assert!(key.contains(&mark.key.to_string()), "{key}");
}

#[tokio::test]
async fn what_was_forged_altered_or_signed_by_others_is_told_apart() {
    let world = World::new(Mode::Demo).await;
    let document = issued(&world).await;
    let mark = document.mark.clone().unwrap();
    let told = MarkTold {
        number: document.number.clone(),
        date: document.date,
        post: "Kepala".to_owned(),
        subject: "Perintah palsu".to_owned(),
        data_hash: document.data_hash,
    };
    let strange = told.sign(&AgencySecret::from_random([9; 32]));
    let mut altered = mark.text.clone();
    let last = altered.len() - 40;
    let other = if &altered[last..=last] == "A" { "B" } else { "A" };
    altered.replace_range(last..=last, other);
    let mut anybody = world.browser();
    for (text, expected) in [
        (altered.as_str(), "Tidak asli"),
        (&strange, "Tidak dapat dipastikan"),
        ("bukan tanda", "Tidak dapat dipastikan"),
    ] {
        let answer = ask(&mut anybody, &[("kode", text)]).await.text();
        assert!(answer.contains(expected), "{expected}: {answer}");
        assert!(
            !answer.contains("Asli:") && !answer.contains("Perintah palsu"),
            "{answer}"
        );
    }
    // Guessing the code of a number is slowed, and says nothing of whether there is such a paper.
    for _ in 0..6 {
        ask(
            &mut anybody,
            &[("nomor", &document.number), ("singkat", "AAAA-AAAA-AAAA")],
        )
        .await;
    }
    let code = short_code(&document.data_hash);
    let waits = ask(
        &mut world.browser(),
        &[("nomor", &document.number), ("singkat", &code)],
    )
    .await;
    assert_eq!(waits.status, StatusCode::TOO_MANY_REQUESTS, "{}", waits.text());
}

/// Papers of before there were marks are copied as they were, without one.
#[tokio::test]
async fn a_paper_without_a_mark_stays_as_it_was() {
    let world = World::new(Mode::Demo).await;
    let document = issued(&world).await;
    let with = world.app.copy_of_document(&document).await.unwrap().text;
    assert!(with.contains("Kode pemeriksaan dokumen"), "{with}");
    let old: serde_json::Value = {
        let mut old = serde_json::to_value(&document).unwrap();
        let fields = old.as_object_mut().unwrap();
        assert!(fields.remove("mark").is_some() && fields.remove("signature").is_some());
        old
    };
    let old: Document = serde_json::from_value(old).unwrap();
    let without = world.app.copy_of_document(&old).await.unwrap().text;
    assert!(!without.contains("Kode pemeriksaan dokumen"), "{without}");
}
