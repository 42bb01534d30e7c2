//! The administrator's pages: accounts of others, tokens, and the journal, which the inspector reads too.

use axum::http::{StatusCode, header};
use rajut_app::Key;
use rajut_core::act::Act;
use rajut_core::journal::{Anchor, Hash};

use super::accounts::code;
use super::filled::{filled, send, set};
use super::world::{Answer, Browser, HOSTILE, PASSWORD, World};
use crate::web::Mode;

/// Fills in a form of a page and sends it.
async fn does(browser: &mut Browser, page: &str, action: &str, more: &[(&str, &str)]) -> Answer {
    let shown = browser.get(page).await;
    let mut form = filled(&shown, action);
    for (name, value) in more {
        set(&mut form, name, value);
    }
    send(browser, action, &form).await
}

/// What stands behind a marker up to the next mark of a tag.
fn behind<'t>(text: &'t str, marker: &str) -> &'t str {
    let (_, rest) = text
        .split_once(marker)
        .unwrap_or_else(|| panic!("{marker} in {text}"));
    rest.split(['<', '"', ' ']).next().unwrap()
}

#[tokio::test]
async fn an_administrator_invites_and_the_link_is_shown_once() {
    let world = World::new(Mode::Live).await;
    let mut admin = world.signed_in("admin").await;
    let kasi = world.people["kasi"];
    let list = admin.get("/pengelolaan/akun?bagian=tanpa&cari=kasi").await.text();
    assert!(
        list.contains("Contoh kasi") && list.contains("belum punya akun"),
        "{list}"
    );
    assert!(!list.contains("Contoh kabid"), "{list}");
    let page = format!("/pengelolaan/akun/{kasi}");
    let action = format!("{page}/undang");
    let shown = admin.get(&page).await;
    assert_eq!(
        filled(&shown, &action)
            .iter()
            .find(|(name, _)| name == "login")
            .unwrap()
            .1,
        "contoh.kasi",
        "a name is suggested"
    );
    let wrong = does(&mut admin, &page, &action, &[("login", "x y")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut form = filled(&shown, &action);
    set(&mut form, "login", "kasi.telematika");
    let invited = send(&mut admin, &action, &form).await;
    assert_eq!(invited.status, StatusCode::OK, "{}", invited.text());
    let text = invited.text();
    let link = format!("/undangan/{}", behind(&text, "http://127.0.0.1:8080/undangan/"));
    assert!(!admin.get(&page).await.text().contains("/undangan/"), "once");
    // The same form again makes no second link.
    assert_eq!(
        send(&mut admin, &action, &form).await.status,
        StatusCode::CONFLICT
    );
    let mut owner = world.browser();
    let token = owner.get(&link).await.input("token").unwrap();
    let chosen = [
        ("token", token),
        ("password", PASSWORD.to_owned()),
        ("again", PASSWORD.to_owned()),
    ];
    assert_eq!(owner.post(&link, &chosen).await.status, StatusCode::SEE_OTHER);
    assert_eq!(owner.get("/akun").await.status, StatusCode::OK);

    // A name that somebody has is not given twice.
    let kabid = format!("/pengelolaan/akun/{}", world.people["kabid"]);
    let same = [("login", "kasi.telematika")];
    let refused = does(&mut admin, &kabid, &format!("{kabid}/undang"), &same).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let list = admin.get("/pengelolaan/akun").await.text();
    assert!(
        list.contains("kasi.telematika") && list.contains("dipakai"),
        "{list}"
    );
    assert_eq!(admin.get("/pengelolaan").await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_administrator_takes_ways_in_away_and_each_is_in_the_journal() {
    let world = World::new(Mode::Live).await;
    let mut admin = world.signed_in("admin").await;
    let mut kasi = world.signed_in("kasi").await;
    let person = world.people["kasi"];
    let page = format!("/pengelolaan/akun/{person}");
    // What the Kasi has: a phone and a token.
    let fields = [("label", "Ponsel kantor"), ("new_pin", "240718")];
    let kept = does(&mut kasi, "/akun", "/akun/ponsel", &fields).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    let issue = [
        ("label", "Papan dinding"),
        ("scope", "read"),
        ("days", "30"),
        ("pin", "240718"),
    ];
    let issued = does(&mut kasi, "/akun", "/akun/token", &issue).await.text();
    let token = format!("rajut_{}", behind(&issued, "rajut_"));

    let shown = admin.get(&page).await.text();
    for told in [
        "Ponsel kantor",
        "Papan dinding",
        "membaca saja",
        "Keluarkan dari semua tempat",
    ] {
        assert!(shown.contains(told), "{told}");
    }
    assert!(!shown.contains(&token));
    // Signed out, but not shut out.
    let out = does(&mut admin, &page, &format!("{page}/keluarkan"), &[]).await;
    assert_eq!(out.headers[header::LOCATION], format!("{page}?kabar=keluar"));
    assert_eq!(kasi.get("/akun").await.status, StatusCode::SEE_OTHER);
    let again = world.browser().sign_in("contoh.kasi", PASSWORD, "").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);

    let reason = [("reason", "hilang di lapangan")];
    let none = does(&mut admin, &page, &format!("{page}/ponsel"), &[("reason", " ")]).await;
    assert_eq!(none.status, StatusCode::CONFLICT, "not without a reason");
    for action in ["ponsel", "token"] {
        let done = does(&mut admin, &page, &format!("{page}/{action}"), &reason).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{action}: {}", done.text());
    }
    assert!(world.app.token_owner(&token).await.unwrap().is_none());
    let closed = does(&mut admin, &page, &format!("{page}/tutup"), &reason).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER);
    let text = admin.get(&page).await.text();
    assert!(
        text.contains("hilang di lapangan") && text.contains("ditutup"),
        "{text}"
    );
    let shut = world.browser().sign_in("contoh.kasi", PASSWORD, "").await;
    assert_eq!(shut.status, StatusCode::UNAUTHORIZED);
    let opened = does(&mut admin, &page, &format!("{page}/buka"), &[]).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER);

    let history = admin
        .get(&format!("/pengelolaan/jurnal?catatan=account%2F{person}"))
        .await
        .text();
    for act in [
        Act::OpenAccount,
        Act::SignOut,
        Act::RevokePhone,
        Act::RevokeToken,
        Act::CloseAccount,
    ] {
        let told = crate::words::Words::shared(crate::words::Language::Indonesian)
            .word("act", act.code())
            .unwrap();
        assert!(history.contains(&told), "{told}");
    }
    assert!(history.contains("Contoh admin"), "{history}");
}

#[tokio::test]
async fn a_lost_authenticator_is_ended_by_the_administrator_but_never_ones_own() {
    let world = World::new(Mode::Live).await;
    let mut admin = world.signed_in("admin").await;
    world.signed_in("kasi").await;
    for name in ["kasi", "admin"] {
        let person = world.people[name];
        let account = world.app.account(person).await.unwrap().unwrap();
        let (seed, _) = world.app.new_second_factor(&account).unwrap();
        let sessions = world
            .app
            .store()
            .sessions_of(person, world.app.now())
            .await
            .unwrap();
        let code = code(&seed, world.app.now());
        world
            .app
            .set_second_factor(&sessions[0], Key::default(), &seed, &code)
            .await
            .unwrap();
    }
    let kasi = format!("/pengelolaan/akun/{}", world.people["kasi"]);
    let ended = does(&mut admin, &kasi, &format!("{kasi}/faktor-kedua"), &[]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.text());
    let account = world.app.account(world.people["kasi"]).await.unwrap().unwrap();
    assert!(account.second_factor_since.is_none());

    // One's own wants the password, on one's own page.
    let own = format!("/pengelolaan/akun/{}", world.people["admin"]);
    let shown = admin.get(&own).await;
    assert!(!shown.text().contains("/faktor-kedua\""), "{}", shown.text());
    let mut form = filled(&shown, &format!("{own}/tutup"));
    form.retain(|(name, _)| name != "reason");
    let refused = send(&mut admin, &format!("{own}/faktor-kedua"), &form).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let account = world.app.account(world.people["admin"]).await.unwrap().unwrap();
    assert!(account.second_factor_since.is_some());
}

#[tokio::test]
async fn a_token_is_shown_once_and_its_scope_is_all_that_it_opens() {
    let world = World::new(Mode::Live).await;
    let mut admin = world.signed_in("admin").await;
    let fields = [("label", "Prometheus"), ("scope", "metrics"), ("days", "30")];
    let issued = does(&mut admin, "/pengelolaan/token", "/pengelolaan/token", &fields).await;
    assert_eq!(issued.status, StatusCode::OK, "{}", issued.text());
    let token = format!("Bearer rajut_{}", behind(&issued.text(), "rajut_"));
    let list = admin.get("/pengelolaan/token").await.text();
    assert!(list.contains("Prometheus") && !list.contains("rajut_"), "{list}");
    let bearer = [("authorization", token.as_str())];
    let mut program = world.browser();
    let get = axum::http::Method::GET;
    let counted = program
        .send(get.clone(), "/metrics", &bearer, String::new())
        .await;
    assert_eq!(counted.status, StatusCode::OK);
    assert!(
        counted
            .text()
            .contains("rajut_requests_total{route=\"/pengelolaan/token\",method=\"POST\"")
    );
    for closed in ["/api/v1/runs", "/api/v1/field/contact", "/api/v1/status"] {
        let answer = program.send(get.clone(), closed, &bearer, String::new()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{closed}");
    }
    // One that may do everything else does not count.
    let fields = [("label", "Papan"), ("scope", "act"), ("days", "30")];
    let other = does(&mut admin, "/pengelolaan/token", "/pengelolaan/token", &fields)
        .await
        .text();
    let other = format!("Bearer rajut_{}", behind(&other, "rajut_"));
    let answer = program
        .send(
            get.clone(),
            "/metrics",
            &[("authorization", &other)],
            String::new(),
        )
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let answer = program
        .send(
            get.clone(),
            "/api/v1/runs",
            &[("authorization", &other)],
            String::new(),
        )
        .await;
    assert_eq!(answer.status, StatusCode::OK);

    let admin_id = world.people["admin"];
    let action = format!("/pengelolaan/akun/{admin_id}/token");
    let ended = does(
        &mut admin,
        "/pengelolaan/token",
        &action,
        &[("reason", "selesai")],
    )
    .await;
    assert_eq!(ended.headers[header::LOCATION], "/pengelolaan/token?kabar=token");
    let answers = [
        program
            .send(get.clone(), "/metrics", &bearer, String::new())
            .await
            .status,
        program
            .send(get, "/api/v1/runs", &[("authorization", &other)], String::new())
            .await
            .status,
    ];
    assert_eq!(
        answers
            .iter()
            .filter(|status| **status == StatusCode::UNAUTHORIZED)
            .count(),
        1,
        "{answers:?}"
    );
}

#[tokio::test]
async fn the_journal_is_read_by_person_and_by_record_a_page_at_a_time() {
    let world = World::new(Mode::Demo).await;
    let mut auditor = world.acting_as("auditor").await;
    let all = auditor.get("/pengelolaan/jurnal").await.text();
    assert!(
        all.contains("mengajukan surat perintah") && all.contains("Contoh kasi"),
        "{all}"
    );
    // Reporters and what they said stand in no list, and markup stays text.
    assert!(!all.contains("Contoh Pelapor") && !all.contains("0812-0000-777"));
    assert!(!all.contains(HOSTILE) && !all.contains("Jl. Contoh"));

    let mine = auditor.get("/pengelolaan/jurnal?orang=contoh+KASI").await.text();
    assert!(
        mine.contains("mengajukan surat perintah") && !mine.contains("mencatat pengaduan"),
        "{mine}"
    );
    let several = auditor.get("/pengelolaan/jurnal?orang=contoh").await.text();
    assert!(
        several.contains("Siapa yang dimaksud") && several.contains("Contoh kabid"),
        "{several}"
    );
    let nobody = auditor.get("/pengelolaan/jurnal?orang=%3Cscript%3E").await.text();
    assert!(nobody.contains("Tidak ada orang atau catatan") && !nobody.contains("value=\"<script>"));

    let number = &world.complaint.number;
    let of = auditor
        .get(&format!("/pengelolaan/jurnal?catatan={number}"))
        .await
        .text();
    assert!(of.contains(number) && !of.contains(&world.other.number), "{of}");
    let run = auditor
        .get(&format!("/pengelolaan/jurnal?catatan=run%2F{}", world.run))
        .await
        .text();
    assert!(run.contains("menyusun konsep surat perintah"), "{run}");

    // From page to page every record comes once, down to the first.
    let head = world.app.store().head().await.unwrap().seq;
    let mut address = "/pengelolaan/jurnal".to_owned();
    let mut seen = Vec::new();
    loop {
        let text = auditor.get(&address).await.text();
        seen.extend(
            text.split("<th scope=\"row\" class=\"fw-normal text-secondary\">")
                .skip(1)
                .map(|rest| rest.split('<').next().unwrap().parse::<i64>().unwrap()),
        );
        let Some((before, _)) = text.split_once("\" rel=\"next\"") else {
            break;
        };
        address = before.rsplit("href=\"").next().unwrap().replace("&#38;", "&");
    }
    assert_eq!(seen, (1..=head).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn the_chain_is_checked_against_the_anchors_that_were_kept() {
    let world = World::new(Mode::Demo).await;
    let mut auditor = world.acting_as("auditor").await;
    let text = auditor.get("/pengelolaan/jurnal").await.text();
    assert!(text.contains("belum menulis jangkar"), "{text}");
    let file = &world.web.anchors;
    let anchor = world
        .app
        .store()
        .write_anchor(file, world.app.now())
        .await
        .unwrap();
    let whole = auditor.get("/pengelolaan/jurnal/periksa").await.text();
    assert!(
        whole.contains("Rantai utuh") && whole.contains("1 jangkar"),
        "{whole}"
    );
    assert!(
        whole.contains(&format!("Jangkar terakhir: catatan {}", anchor.seq)),
        "{whole}"
    );

    // An anchor that does not fit: the chain was built anew since.
    let other = Anchor {
        hash: Hash::of(b"other"),
        ..anchor
    };
    let line = serde_json::to_string(&other).unwrap();
    std::fs::write(file, format!("{line}\n")).unwrap();
    let faulty = auditor.get("/pengelolaan/jurnal/periksa").await.text();
    assert!(
        faulty.contains("alert-danger") && faulty.contains("1 kesalahan"),
        "{faulty}"
    );
    // While one looks another waits.
    let _one = world.web.checking.acquire().await.unwrap();
    let busy = auditor.get("/pengelolaan/jurnal/periksa").await;
    assert_eq!(busy.status, StatusCode::TOO_MANY_REQUESTS);
}
