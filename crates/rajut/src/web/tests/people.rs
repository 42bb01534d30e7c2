//! Posts and people: who holds what, what is masked, what those who keep the register enter.

use axum::http::StatusCode;
use rajut_app::store::Page;
use rajut_core::id::ActId;
use rajut_core::people::{Assignment, Leave};

use super::world::World;
use crate::web::Mode;

#[tokio::test]
async fn the_list_tells_who_holds_a_post_today() {
    let world = World::new(Mode::Demo).await;
    let mut auditor = world.acting_as("auditor").await;
    let list = auditor.get("/orang").await.text();
    assert!(
        list.contains("Contoh kepala") && list.contains("definitif"),
        "{list}"
    );
    assert!(!list.contains("Contoh kontak"), "contacts stand apart");
    assert!(
        auditor
            .get("/orang?bagian=kantor")
            .await
            .text()
            .contains("Contoh kontak")
    );
    let found = auditor.get("/orang?cari=kasi").await.text();
    assert_eq!(found.matches("<th scope=\"row\"").count(), 1);
    let none = auditor.get("/orang?cari=%3Cscript%3E").await.text();
    assert!(none.contains("Tidak ada jabatan") && !none.contains("value=\"<script>"));
}

#[tokio::test]
async fn a_person_is_masked_until_a_reason_is_recorded() {
    let world = World::new(Mode::Demo).await;
    let mut auditor = world.acting_as("auditor").await;
    let person = world.people["teknisi"];
    let page = format!("/orang/{person}");
    let action = format!("{page}/data-pribadi");
    let shown = auditor.get(&page).await;
    assert!(!shown.text().contains("Jl. Contoh") && shown.text().contains("***"));
    let log = || async {
        world
            .app
            .access_log(None, Some(person), &Page::first(9))
            .await
            .unwrap()
            .items
            .len()
    };
    let mut form = shown.form(&action);
    form.push(("reason", " ".to_owned()));
    assert_eq!(auditor.post(&action, &form).await.status, StatusCode::CONFLICT);
    assert_eq!(log().await, 0);
    form[2].1 = "pemeriksaan".to_owned();
    for _ in 0..2 {
        let open = auditor.post(&action, &form).await;
        assert!(open.text().contains("Jl. Contoh"), "{}", open.text());
    }
    assert_eq!(log().await, 1, "a double click is one look");
    // Who may not see them is offered nothing, and nothing to enter either.
    let page = world.acting_as("teknisi").await.get(&page).await.text();
    for offered in [&action, "/cuti\"", "/penugasan\""] {
        assert!(!page.contains(offered), "{offered}");
    }
    let unknown = world.app.ids().fresh::<ActId>();
    for missing in [unknown.to_string(), "x".to_owned()] {
        let answer = auditor.get(&format!("/orang/{missing}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn leave_and_assignments_are_entered_once() {
    let world = World::new(Mode::Demo).await;
    let mut clerk = world.acting_as("clerk").await;
    let (person, kasi) = (world.people["teknisi"], world.people["kasi"]);
    let page = format!("/orang/{kasi}");
    let action = format!("{page}/cuti");
    let mut form = clerk.get(&page).await.form(&action);
    form.extend([
        ("from", "2026-11-23".to_owned()),
        ("until", "2026-11-20".to_owned()),
        ("reason", "sakit".to_owned()),
    ]);
    assert_eq!(clerk.post(&action, &form).await.status, StatusCode::BAD_REQUEST);
    form[3].1 = "2026-11-24".to_owned();
    for _ in 0..2 {
        let done = clerk.post(&action, &form).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    }
    let context = world.app.context().await.unwrap();
    assert_eq!(context.people.all::<Leave>().count(), 1);
    assert!(
        clerk
            .get("/orang")
            .await
            .text()
            .contains("sedang tidak di tempat")
    );

    let page = format!("/orang/{person}");
    let action = format!("{page}/penugasan");
    let before = context.people.all::<Assignment>().count();
    let mut form = clerk.get(&page).await.form(&action);
    form.extend([
        ("post", world.kasi_post.to_string()),
        ("kind", "plh".to_owned()),
        ("from", "2026-11-23".to_owned()),
        ("until", "2026-11-24".to_owned()),
        ("decree", "SK/9".to_owned()),
    ]);
    for _ in 0..2 {
        let done = clerk.post(&action, &form).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    }
    let context = world.app.context().await.unwrap();
    assert_eq!(context.people.all::<Assignment>().count(), before + 1);
    let shown = clerk.get(&page).await.text();
    assert!(shown.contains("SK/9") && shown.contains("Plh."), "{shown}");
    assert!(
        clerk
            .get("/orang?cari=kasi")
            .await
            .text()
            .contains("Contoh teknisi")
    );
    let report = world.app.store().verify(Vec::new(), true, |_| {}).await.unwrap();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
}
