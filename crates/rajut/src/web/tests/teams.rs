//! Forming teams, spreading targets over them and moving many at once.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{StatusCode, header};
use rajut_app::{NewPerson, Personal, Who};
use rajut_core::act::Act;
use rajut_core::id::{PersonId, PostId, SiteId};
use rajut_core::people::{CivilStatus, Leave, Post, Role};
use rajut_core::register::{Edit, Site};
use rajut_core::run::Run;

use super::filled::{filled, send, set};
use super::world::{Browser, World};
use crate::web::Mode;

/// Technicians besides the one that there is.
async fn technicians(world: &World, count: usize) -> Vec<PersonId> {
    let mut ids = world.app.ids();
    let posts: Vec<Post> = (1..=count)
        .map(|n| Post {
            id: ids.fresh::<PostId>(),
            code: format!("teknisi-{n:02}"),
            title: format!("Teknisi {n}"),
            unit: "Diskominfo".to_owned(),
            superior: Some(world.kasi_post),
            role: Role::Technician,
            office: None,
            former: Vec::new(),
        })
        .collect();
    let edits = posts.iter().map(|post| Edit {
        before: None,
        after: post.clone(),
    });
    let admin = Who::person(world.people["admin"]);
    world
        .app
        .edit_posts(admin, Act::EditPeople, edits.collect())
        .await
        .unwrap();
    let people = posts.iter().enumerate().map(|(n, post)| NewPerson {
        name: format!("Teknisi {n:02}"),
        titles_before: String::new(),
        titles_after: String::new(),
        status: CivilStatus::NonAsn,
        rank: None,
        personal: Personal {
            nip: None,
            address: Some("Jl. Contoh".into()),
            phone: Some("0800".into()),
        },
        post: Some((post.id, jiff::civil::date(2026, 1, 1), "SK/1".to_owned())),
    });
    world.app.enter_people(admin, people.collect()).await.unwrap()
}

/// More sites, in kecamatan of ten.
async fn sites(world: &World, count: usize) -> Vec<SiteId> {
    let known = world.app.sites().await.unwrap();
    let model = known.values().find(|site| site.code == "A").unwrap().clone();
    let mut ids = world.app.ids();
    let edits: Vec<Edit<Site>> = (0..count)
        .map(|n| Edit {
            before: None,
            after: Site {
                id: ids.fresh(),
                code: format!("S{n:03}"),
                name: format!("Kantor {n}"),
                district: format!("Kecamatan {:02}", n / 10),
                ..model.clone()
            },
        })
        .collect();
    let added = edits.iter().map(|edit| edit.after.id).collect();
    world
        .app
        .edit_sites(Who::person(world.people["admin"]), Act::Import, edits)
        .await
        .unwrap();
    added
}

fn here(world: &World) -> String {
    format!("{}/tim", world.page())
}

/// Confirms the proposal as it stands.
async fn confirm(world: &World, kasi: &mut Browser) {
    let page = kasi.get(&here(world)).await;
    let form = filled(&page, &here(world));
    let answer = send(kasi, &here(world), &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
}

#[tokio::test]
async fn a_hundred_sites_are_spread_over_three_teams_by_one_confirmation() {
    let world = World::new(Mode::Demo).await;
    technicians(&world, 8).await;
    let more = sites(&world, 98).await;
    world.disposed(more).await;
    let mut kasi = world.acting_as("kasi").await;
    // From the first page one tap leads to the proposal.
    assert!(
        kasi.get("/")
            .await
            .text()
            .contains(&format!("href=\"{}\"", here(&world)))
    );
    let page = kasi.get(&here(&world)).await;
    let form = filled(&page, &here(&world));
    // The second one confirms it as it stands: nothing is typed, chosen or ticked. That is two of fifteen.
    let (posts, edited) = (1, 0);
    let answer = send(&mut kasi, &here(&world), &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    assert!(1 + posts + edited <= 15);
    let bundle = world.app.bundle(world.run).await.unwrap();
    assert_eq!((bundle.run.teams.len(), bundle.targets.len()), (3, 100));
    let mut shares: BTreeMap<_, usize> = BTreeMap::new();
    let mut days: BTreeMap<_, usize> = BTreeMap::new();
    for target in &bundle.targets {
        *shares.entry(target.team.unwrap()).or_default() += 1;
        *days.entry((target.team, target.planned_on.unwrap())).or_default() += 1;
    }
    assert!(
        shares.values().all(|share| (25..=42).contains(share)),
        "{shares:?}"
    );
    assert!(days.values().all(|sites| *sites <= 3), "at most three a day");
    let members: BTreeSet<PersonId> = bundle
        .run
        .teams
        .values()
        .flat_map(|team| team.members.iter().map(|member| member.person))
        .collect();
    assert_eq!(members.len(), 9, "nobody is in two teams");
    // The same form once more is the same act.
    let before = world.app.store().head().await.unwrap().seq;
    assert_eq!(
        send(&mut kasi, &here(&world), &form).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(world.app.store().head().await.unwrap().seq, before);
}

#[tokio::test]
async fn a_whole_kecamatan_moves_by_one_choice_and_ticked_ones_by_one_button() {
    let world = World::new(Mode::Demo).await;
    technicians(&world, 5).await;
    let more = sites(&world, 20).await;
    world.disposed(more).await;
    let mut kasi = world.acting_as("kasi").await;
    confirm(&world, &mut kasi).await;
    let bundle = world.app.bundle(world.run).await.unwrap();
    let (first, second) = {
        let mut teams = bundle.run.teams.keys().copied();
        (teams.next().unwrap(), teams.next().unwrap())
    };
    let action = format!("{}/sasaran", world.page());
    let page = kasi.get(&here(&world)).await;
    let mut form = filled(&page, &action);
    set(&mut form, "team", &second.to_string());
    set(&mut form, "semua", "Kecamatan 00");
    assert_eq!(
        send(&mut kasi, &action, &form).await.status,
        StatusCode::SEE_OTHER
    );
    let places = world.app.sites().await.unwrap();
    let bundle = world.app.bundle(world.run).await.unwrap();
    let moved = bundle
        .targets
        .iter()
        .filter(|target| places[&target.site].district == "Kecamatan 00");
    assert!(moved.clone().all(|target| target.team == Some(second)) && moved.count() == 10);

    // All that a filter shows is ticked by a link, and moved by one button.
    let address = format!("{}?kecamatan=Ciamis&centang=semua", here(&world));
    let page = kasi.get(&address).await;
    let mut form = filled(&page, &action);
    assert_eq!(form.iter().filter(|field| field.0 == "target").count(), 2);
    set(&mut form, "team", &first.to_string());
    set(&mut form, "day", "2026-12-07");
    assert_eq!(
        send(&mut kasi, &action, &form).await.status,
        StatusCode::SEE_OTHER
    );
    let bundle = world.app.bundle(world.run).await.unwrap();
    for target in bundle
        .targets
        .iter()
        .filter(|it| places[&it.site].district == "Ciamis")
    {
        assert_eq!(
            (target.team, target.planned_on),
            (Some(first), Some(jiff::civil::date(2026, 12, 7)))
        );
    }
    // Nothing ticked is nothing moved, and is said.
    let form = filled(&kasi.get(&here(&world)).await, &action);
    assert_eq!(
        send(&mut kasi, &action, &form).await.status,
        StatusCode::BAD_REQUEST
    );
    // A day outside the order is refused.
    let mut form = filled(&kasi.get(&address).await, &action);
    set(&mut form, "day", "2027-03-01");
    assert_eq!(send(&mut kasi, &action, &form).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_conflict_is_shown_by_name_and_needs_a_reason() {
    let world = World::new(Mode::Demo).await;
    technicians(&world, 2).await;
    let person = world.people["teknisi"];
    let leave = Leave {
        person,
        from: jiff::civil::date(2026, 11, 1),
        until: jiff::civil::date(2026, 12, 31),
        reason: "cuti".to_owned(),
    };
    world
        .app
        .enter_leave(Who::person(world.people["admin"]), leave)
        .await
        .unwrap();
    world.disposed(Vec::new()).await;
    let mut kasi = world.acting_as("kasi").await;
    let page = kasi.get(&here(&world)).await;
    assert!(
        page.text().contains("Contoh teknisi sedang cuti"),
        "{}",
        page.text()
    );
    let mut form = filled(&page, &here(&world));
    let refused = send(&mut kasi, &here(&world), &form).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(
        refused.text().contains("Contoh teknisi"),
        "by name: {}",
        refused.text()
    );
    let key = world.app.ids().fresh::<rajut_core::id::ActId>().to_string();
    set(&mut form, "key", &key);
    set(&mut form, "reason", "sudah setuju");
    assert_eq!(
        send(&mut kasi, &here(&world), &form).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_team_changes_from_a_day_on_and_another_one_is_added() {
    let world = World::new(Mode::Demo).await;
    let new = technicians(&world, 3).await;
    world.disposed(Vec::new()).await;
    let mut kasi = world.acting_as("kasi").await;
    confirm(&world, &mut kasi).await;
    let action = format!("{}/ubah", here(&world));
    let mut form = filled(&kasi.get(&here(&world)).await, &action);
    let team = form.iter().find(|field| field.0 == "team").unwrap().1.clone();
    form.retain(|field| !field.0.starts_with("anggota-"));
    set(&mut form, &format!("ketua-{team}"), &new[1].to_string());
    set(&mut form, &format!("nama-{team}"), "Tim <b>Utara</b>");
    set(&mut form, &format!("kendaraan-{team}"), "Z 1 XX");
    set(&mut form, "from", "2026-12-01");
    set(&mut form, "reason", "pindah tugas");
    let stale = form.clone();
    let done = send(&mut kasi, &action, &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let run: Run = world.app.find(world.run.0).await.unwrap();
    let changed = &run.teams[&team.parse().unwrap()];
    let on = |day| changed.members_on(day).collect::<Vec<_>>();
    assert_eq!(on(jiff::civil::date(2026, 12, 1)), vec![new[1]]);
    assert!(
        on(jiff::civil::date(2026, 11, 30)).len() > 1,
        "they were members until then"
    );
    let page = kasi
        .get(done.headers[header::LOCATION].to_str().unwrap())
        .await
        .text();
    assert!(page.contains("Utara") && !page.contains("<b>Utara"));
    // Whoever had the page from before is told so.
    let mut stale = stale;
    let key = world.app.ids().fresh::<rajut_core::id::ActId>().to_string();
    set(&mut stale, "key", &key);
    assert_eq!(
        send(&mut kasi, &action, &stale).await.status,
        StatusCode::CONFLICT
    );
}

#[tokio::test]
async fn whoever_forms_no_teams_reads_whose_turn_it_is() {
    let world = World::new(Mode::Demo).await;
    let mut clerk = world.acting_as("clerk").await;
    let early = clerk.get(&here(&world)).await.text();
    assert!(early.contains("setelah surat perintah didisposisikan"), "{early}");
    technicians(&world, 2).await;
    world.disposed(Vec::new()).await;
    let text = clerk.get(&here(&world)).await.text();
    assert!(text.contains("Contoh kasi") && !text.contains("method=\"post\" action=\"/pelaksanaan"));
    let mut kasi = world.acting_as("kasi").await;
    let mut form = filled(&kasi.get(&here(&world)).await, &here(&world));
    set(
        &mut form,
        "token",
        &clerk.get("/akun").await.input("token").unwrap(),
    );
    assert_eq!(
        send(&mut clerk, &here(&world), &form).await.status,
        StatusCode::FORBIDDEN
    );
    confirm(&world, &mut kasi).await;
    let text = clerk.get(&here(&world)).await.text();
    assert!(
        text.contains("Kantor A") && !text.contains("name=\"target\""),
        "it is read, not moved"
    );
}

#[tokio::test]
async fn the_board_shows_the_targets_that_the_address_asks_for() {
    let world = World::new(Mode::Demo).await;
    technicians(&world, 5).await;
    let more = sites(&world, 20).await;
    world.disposed(more).await;
    let mut kasi = world.acting_as("kasi").await;
    confirm(&world, &mut kasi).await;
    let page = kasi.get(&world.page()).await.text();
    assert!(
        page.contains("<svg class=\"bar\"") && page.contains("Kecamatan 01") && page.contains("Kantor 3")
    );
    for (filter, there, gone) in [
        ("kecamatan=Kecamatan%2001", "Kantor 15", "Kantor 3<"),
        ("keadaan=rencana", "Kantor 3<", "tidak ada"),
        ("keadaan=terpenuhi", "0 dari 22", "Kantor 3<"),
        ("tim=Tim%201", "Tim 1", "tidak ada"),
        ("tim=%22%3E%3Cscript%3E", "0 dari 22", "\"><script>"),
    ] {
        let text = kasi.get(&format!("{}?{filter}", world.page())).await.text();
        assert!(text.contains(there) && !text.contains(gone), "{filter}");
    }
}
