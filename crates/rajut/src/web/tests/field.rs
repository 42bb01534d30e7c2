//! What a phone brings from a visit: every entry answered, each once, from the person's own page only.

use axum::http::{Method, StatusCode, header};
use rajut_app::{Key, Who};
use rajut_core::flow::{Command, PlannedTarget};
use rajut_core::id::{ActId, FindingId, TargetId, TeamId, VisitId};
use rajut_core::journal::Hash;
use rajut_core::run::{BatchRule, Member, Team, Urgency};
use rajut_core::visit::{FlagCode, Visit};
use serde_json::{Value, json};

use super::world::{Answer, Browser, World};
use crate::web::Mode;

/// A team of the technician that has both sites.
async fn out(world: &World) -> (TeamId, Vec<TargetId>) {
    let (app, run) = (&world.app, world.run);
    let who = |name: &str| Who::person(world.people[name]);
    app.issue_order(who("kepala"), Key::default(), run).await.unwrap();
    let dispose = Command::Dispose {
        run,
        to: world.kasi_post,
        instruction: "Laksanakan".to_owned(),
        urgency: Urgency::Urgent,
        deadline: None,
    };
    app.act(who("kabid"), Key::default(), &dispose).await.unwrap();
    let day = jiff::civil::date(2026, 11, 23);
    let leader = world.people["teknisi"];
    let team = Team {
        id: app.ids().fresh(),
        name: "Tim 1".to_owned(),
        leader,
        members: vec![Member {
            person: leader,
            from: day,
            until: None,
        }],
        vehicle: "Z 1 CONTOH".to_owned(),
        batch: BatchRule::Day,
    };
    let targets: Vec<TargetId> = app
        .bundle(run)
        .await
        .unwrap()
        .targets
        .iter()
        .map(|it| it.id)
        .collect();
    let plan = targets
        .iter()
        .map(|target| PlannedTarget {
            target: *target,
            team: team.id,
            planned_on: Some(day),
            due_on: day,
        })
        .collect();
    let id = team.id;
    let form = Command::FormTeams {
        run,
        teams: vec![team],
        plan,
        reason: String::new(),
    };
    app.act(who("kasi"), Key::default(), &form).await.unwrap();
    (id, targets)
}

async fn token(browser: &mut Browser) -> String {
    let contact = browser.get("/api/v1/field/contact").await.json();
    contact["token"].as_str().unwrap().to_owned()
}

async fn send(browser: &mut Browser, token: &str, entries: &Value) -> Answer {
    let headers = [("content-type", "application/json"), ("x-rajut-token", token)];
    browser
        .send(Method::POST, "/api/v1/acts", &headers, entries.to_string())
        .await
}

fn outcomes(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["outcome"].as_str().unwrap().to_owned())
        .collect()
}

/// A visit as a phone writes it down: arrival, a finding with a photo, a reading, departure.
fn queue(world: &World, team: TeamId, data: &Value, photo: Hash) -> (VisitId, Value) {
    let mut ids = world.app.ids();
    let visit: VisitId = ids.fresh();
    let target = &data["targets"][0];
    let at = world.app.now().to_string();
    let finding: FindingId = ids.fresh();
    let mut entry =
        |command: Value| json!({ "key": ids.fresh::<ActId>().to_string(), "at": at, "command": command });
    let entries = json!([
        entry(json!({ "check_in": {
            "visit": visit, "site": target["site"]["id"], "run": world.run, "team": team,
            "targets": [target["id"]], "present": [world.people["teknisi"]], "at": at,
            "clock_off_ms": 10_800_000, "place": { "latitude": -7.3, "longitude": 108.3, "accuracy": "exact" },
        } })),
        entry(json!({ "record_finding": {
            "visit": visit, "new_device": null,
            "finding": {
                "id": finding, "subject": { "on": "site" }, "item": "mains", "condition": "minor",
                "action": "escalate", "repair_minutes": null, "replacement": null, "note": "steker longgar",
                "photos": [photo], "corrects": null, "at": at,
                "awaits": { "part": { "name": "steker", "quantity": 1 }, "due_on": "2026-12-01" },
            },
        } })),
        entry(json!({ "record_readings": {
            "visit": visit, "vantage": "instrument", "subject": { "on": "site" }, "scope": "any",
            "values": ["mains=221 V"], "raw": null,
        } })),
        entry(json!({ "check_out": {
            "visit": visit, "outcome": "complete", "met": null, "personal": [], "note": "", "at": at,
        } })),
    ]);
    (visit, entries)
}

#[tokio::test]
async fn a_visit_arrives_once_however_often_it_is_sent() {
    let world = World::new(Mode::Live).await;
    let (team, targets) = out(&world).await;
    let mut phone = world.signed_in("teknisi").await;
    let data = phone.get("/api/v1/field").await.json();
    assert_eq!(data["targets"].as_array().unwrap().len(), targets.len());
    assert_eq!(data["person"]["id"], world.people["teknisi"].to_string());
    assert!(!data["checklist"].as_array().unwrap().is_empty());
    let token = token(&mut phone).await;

    let picture = "RIFF0000WEBP and the rest";
    let headers = [("content-type", "image/webp"), ("x-rajut-token", token.as_str())];
    let mut kept = Vec::new();
    for _ in 0..2 {
        let answer = phone
            .send(Method::POST, "/api/v1/attachments", &headers, picture.to_owned())
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        kept.push(answer.json()["sha256"].as_str().unwrap().to_owned());
    }
    let photo = Hash::of(picture.as_bytes());
    assert_eq!(kept, [photo.to_string(), photo.to_string()]);
    assert!(world.app.store().attachment(photo).await.unwrap().is_some());

    let (visit, entries) = queue(&world, team, &data, photo);
    let first = send(&mut phone, &token, &entries).await;
    assert_eq!(outcomes(&first), ["done"; 4], "{}", first.text());
    let after = world.app.store().head().await.unwrap();
    let again = send(&mut phone, &token, &entries).await;
    assert_eq!(outcomes(&again), ["repeated"; 4]);
    let records = |answer: &Answer| -> Vec<Value> {
        let items = answer.json()["items"].as_array().unwrap().clone();
        items.into_iter().map(|item| item["record"].clone()).collect()
    };
    assert_eq!(records(&first), records(&again), "the answer is the same");
    assert_eq!(world.app.store().head().await.unwrap().seq, after.seq);

    let visit: Visit = world.app.find(visit.0).await.unwrap();
    assert_eq!(
        (visit.findings.len(), visit.measured.len()),
        (1, 1),
        "{:?}",
        visit.flags
    );
    assert_eq!(visit.findings[0].photos, [photo]);
    assert_eq!(visit.measured[0].classes["mains"], "good");
    assert!((visit.place.unwrap().latitude + 7.3).abs() < 1e-9);
    let told: Vec<FlagCode> = visit.flags.iter().map(|flag| flag.code).collect();
    assert_eq!(told, [FlagCode::ClockSkew], "what the phone corrected is marked");
    // What could not be repaired became a follow-up, as from the command line.
    assert_eq!(world.app.bundle(world.run).await.unwrap().follow_ups.len(), 1);
}

#[tokio::test]
async fn one_entry_that_cannot_be_used_holds_up_no_other() {
    let world = World::new(Mode::Live).await;
    let (team, _) = out(&world).await;
    let mut phone = world.signed_in("teknisi").await;
    let data = phone.get("/api/v1/field").await.json();
    let token = token(&mut phone).await;
    let (_, entries) = queue(&world, team, &data, Hash::of(b"x"));
    let key = || world.app.ids().fresh::<ActId>().to_string();
    let at = "2026-11-23T01:00:00Z";
    let authority =
        json!({ "key": key(), "at": at, "command": { "cancel_run": { "run": world.run, "reason": "x" } } });
    let judged = json!({ "key": key(), "at": at, "command": { "record_observation": {} } });
    let unit = json!({ "key": key(), "at": at, "command": { "record_readings": {
        "visit": entries[0]["command"]["check_in"]["visit"], "vantage": "instrument",
        "subject": { "on": "site" }, "scope": "any", "values": ["mains=221 A"] } } });
    let mixed = json!([
        { "key": 7 },
        entries[1].clone(),
        entries[0].clone(),
        authority,
        judged,
        unit,
        entries[1].clone()
    ]);
    let answer = send(&mut phone, &token, &mixed).await;
    assert_eq!(
        outcomes(&answer),
        [
            "refused", "refused", "done", "refused", "refused", "refused", "done"
        ],
        "{}",
        answer.text()
    );
    let items = answer.json()["items"].as_array().unwrap().clone();
    assert_eq!(items[0]["key"], 7);
    assert_eq!(items[1]["code"], "not_found", "a finding before its arrival");
    assert_eq!(items[3]["code"], "not_a_field_fact");
    for item in items.iter().filter(|item| item["outcome"] == "refused") {
        assert!(!item["message"].as_str().unwrap().is_empty());
    }
    let run: rajut_core::run::Run = world.app.find(world.run.0).await.unwrap();
    assert!(run.end.is_none());
    let many = Value::from(vec![json!({}); 201]);
    assert_eq!(
        send(&mut phone, &token, &many).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

#[tokio::test]
async fn only_the_persons_own_page_sends() {
    let world = World::new(Mode::Live).await;
    out(&world).await;
    let mut phone = world.signed_in("teknisi").await;
    let mut other = world.signed_in("kasi").await;
    let (mine, theirs) = (token(&mut phone).await, token(&mut other).await);
    let empty = json!([]);
    for wrong in ["", "00", theirs.as_str()] {
        let answer = send(&mut phone, wrong, &empty).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert_eq!(answer.json()["error"]["code"], "token");
    }
    assert!(outcomes(&send(&mut phone, &mine, &empty).await).is_empty());
    let evil = [
        ("content-type", "application/json"),
        ("x-rajut-token", mine.as_str()),
        ("origin", "http://evil.example"),
    ];
    let answer = phone
        .send(Method::POST, "/api/v1/acts", &evil, "[]".to_owned())
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    // Whoever is not signed in is told so, and that nobody is.
    let mut nobody = world.browser();
    assert_eq!(
        send(&mut nobody, &mine, &empty).await.status,
        StatusCode::UNAUTHORIZED
    );
    let contact = nobody.get("/api/v1/field/contact").await.json();
    assert_eq!(
        (&contact["person"], &contact["token"]),
        (&Value::Null, &Value::Null)
    );
    assert!(contact["now"].is_string());
}

#[tokio::test]
async fn what_is_no_photo_or_too_large_is_not_kept() {
    let world = World::new(Mode::Demo).await;
    let mut phone = world.acting_as("teknisi").await;
    let token = token(&mut phone).await;
    // What it calls itself does not count.
    let headers = [("content-type", "image/jpeg"), ("x-rajut-token", token.as_str())];
    let too_large = format!("RIFF0000WEBP{}", "x".repeat(64 << 20));
    for (body, status) in [
        (String::new(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("RIFF".to_owned(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (
            "<svg xmlns='x'></svg>".to_owned(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        ("%PDF-1.7 and more".to_owned(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (too_large, StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let answer = phone
            .send(Method::POST, "/api/v1/attachments", &headers, body)
            .await;
        assert_eq!(answer.status, status, "{}", answer.text());
        assert!(answer.json()["error"]["message"].is_string());
    }
}

#[tokio::test]
async fn a_phone_keeps_a_page_that_is_nobodys() {
    let world = World::new(Mode::Demo).await;
    let (mut nobody, mut somebody) = (world.browser(), world.acting_as("teknisi").await);
    let page = nobody.get("/lapangan").await;
    assert_eq!(page.status, StatusCode::OK);
    for path in ["/lapangan", &format!("/lapangan/{}", world.run)] {
        let theirs = somebody.get(path).await;
        assert_eq!(
            page.text(),
            theirs.text(),
            "it is the same for all, at every address"
        );
    }
    assert!(!page.text().contains("\u{7b}$unknown"));
    let worker = nobody.get("/sw.js").await;
    assert_eq!(worker.headers[header::CACHE_CONTROL], "no-cache");
    assert_eq!(
        worker.headers[header::CONTENT_TYPE],
        "text/javascript; charset=utf-8"
    );
    let text = worker.text();
    let (kept, _) = text
        .strip_prefix("self.kept=")
        .unwrap()
        .split_once(";\n")
        .unwrap();
    let kept: Vec<String> = serde_json::from_str(kept).unwrap();
    assert!(kept.iter().any(|file| file.starts_with("/assets/pic-")));
    for file in kept {
        assert_eq!(nobody.get(&file).await.status, StatusCode::OK, "{file}");
    }
    let manifest = nobody.get("/rajut.webmanifest").await;
    assert_eq!(manifest.json()["start_url"], "/lapangan");
}
