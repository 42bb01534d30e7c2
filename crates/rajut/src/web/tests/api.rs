//! The API: lists and acts by token, each act closed to whoever it should be closed to.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use rajut_app::{Key, Who};
use rajut_core::account::TokenScope;
use rajut_core::id::ActId;
use serde_json::{Value, json};

use super::world::{Answer, Browser, World};
use crate::web::Mode;
use crate::web::api::openapi;
use crate::web::routes::{Access, table};

/// A program with a token of somebody.
struct Program {
    browser: Browser,
    bearer: String,
}

impl Program {
    async fn of(world: &World, name: &str, scope: TokenScope) -> Self {
        let person = world.people[name];
        let until = world.app.now() + jiff::SignedDuration::from_hours(24);
        let issued = world
            .app
            .issue_token(Who::person(person), Key::default(), "uji", scope, until)
            .await
            .unwrap();
        Self {
            browser: world.browser(),
            bearer: format!("Bearer {}", issued.token),
        }
    }

    async fn with_account(world: &World, name: &str, scope: TokenScope) -> Self {
        world.account(name).await;
        Self::of(world, name, scope).await
    }

    async fn get(&mut self, address: &str) -> Answer {
        let headers = [("authorization", self.bearer.as_str())];
        self.browser
            .send(Method::GET, address, &headers, String::new())
            .await
    }

    async fn post(&mut self, address: &str, body: &Value) -> Answer {
        let headers = [
            ("authorization", self.bearer.as_str()),
            ("content-type", "application/json"),
        ];
        self.browser
            .send(Method::POST, address, &headers, body.to_string())
            .await
    }

    async fn acts(&mut self, name: &str, body: &Value) -> Answer {
        self.post(&format!("/api/v1/acts/{name}"), body).await
    }
}

/// A value that fits a schema, with the ids of things that there are.
fn sample(world: &World, root: &Value, name: &str, schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let there = root.pointer(reference.trim_start_matches('#')).unwrap();
        return sample(world, root, name, there);
    }
    if let Some(codes) = schema["enum"].as_array() {
        return codes[0].clone();
    }
    if !schema["const"].is_null() {
        return schema["const"].clone();
    }
    for several in ["anyOf", "oneOf"] {
        if let Some(list) = schema[several].as_array() {
            let first = list.iter().find(|one| one["type"] != "null").unwrap();
            return sample(world, root, name, first);
        }
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds[0].as_str().unwrap(),
        kind => kind.as_str().unwrap_or("object"),
    };
    match kind {
        "string" => json!(match schema["format"].as_str() {
            Some("uuid") => match name {
                "run" => world.run.to_string(),
                "complaint" => world.complaint.complaint.to_string(),
                "site" => world.site.to_string(),
                "to" => world.kasi_post.to_string(),
                _ => world.people["teknisi"].to_string(),
            },
            Some("date-time") => "2026-11-23T02:00:00Z".to_owned(),
            Some("date") => "2026-12-01".to_owned(),
            _ => match schema["pattern"].as_str() {
                Some(_) => "0".repeat(64),
                None => "uji".to_owned(),
            },
        }),
        "integer" => json!(1),
        "number" => json!(1.5),
        "boolean" => json!(true),
        "array" => {
            if schema["items"].is_object() {
                json!([sample(world, root, name.trim_end_matches('s'), &schema["items"])])
            } else {
                json!([])
            }
        }
        _ => {
            let fields = schema["properties"].as_object();
            let told = fields.into_iter().flatten();
            Value::Object(
                told.map(|(field, schema)| (field.clone(), sample(world, root, field, schema)))
                    .collect(),
            )
        }
    }
}

/// Every act of the table against everybody whose right it is not.
#[tokio::test]
async fn every_act_of_the_api_against_every_role() {
    let world = World::new(Mode::Live).await;
    let told = openapi::document();
    let names: Vec<&'static str> = world.people.keys().copied().collect();
    let (mut tried, mut unread) = (0, BTreeSet::new());
    for name in names {
        let mut program = Program::with_account(&world, name, TokenScope::Act).await;
        let mut reader = Program::of(&world, name, TokenScope::Read).await;
        let before = world.app.store().head().await.unwrap();
        for route in table() {
            let Some(of) = route.path.strip_prefix("/api/v1/acts/") else {
                continue;
            };
            let schema =
                &told["paths"][route.path]["post"]["requestBody"]["content"]["application/json"]["schema"];
            let mut body = sample(&world, &told, of, schema);
            body["key"] = json!(world.app.ids().fresh::<ActId>());
            body.as_object_mut().unwrap().remove("seen");
            body.as_object_mut().unwrap().remove("at");
            let refused = reader.post(route.path, &body).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{name} {of}");
            // Whose right it may be does it in a test of its own.
            let stranger = match route.access {
                // What was seen on site is taken from everybody who ever worked for the agency.
                Access::Field => ["auditor", "kontak"].contains(&name),
                Access::Act(act) => match act.authority().right {
                    rajut_core::act::Right::Roles(roles) => !roles.contains(&world.roles[name]),
                    _ => ["auditor", "kontak", "admin"].contains(&name),
                },
                other => panic!("{of} is no act: {other:?}"),
            };
            if !stranger {
                continue;
            }
            let answer = program.post(route.path, &body).await;
            let code = answer.json()["error"]["code"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            if code == "invalid" {
                unread.insert(of);
            }
            let expected: &[u16] = match (name, route.access) {
                (_, Access::Field) => &[403],
                ("kontak", _) => &[404],
                _ => &[400, 403, 404, 409],
            };
            assert!(
                expected.contains(&answer.status.as_u16()),
                "{name} {of}: {} {}",
                answer.status,
                answer.text()
            );
            tried += 1;
        }
        assert_eq!(world.app.store().head().await.unwrap().seq, before.seq, "{name}");
    }
    assert!(tried > 150, "{tried}");
    // A body that cannot be read proves nothing about rights: nearly all can.
    assert!(unread.len() <= 8, "{unread:?}");
}

#[tokio::test]
async fn a_program_registers_and_classifies_a_complaint_once() {
    let world = World::new(Mode::Live).await;
    let mut desk = Program::with_account(&world, "petugas", TokenScope::Act).await;
    let key = world.app.ids().fresh::<ActId>();
    let told = json!({"key": key, "do": {
        "channel": "phone", "site": world.site, "reporter": "Contoh Pelapor",
        "symptom": "slow", "text": "Lambat sejak pagi",
    }});
    let first = desk.acts("register_complaint", &told).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    let number = first.json()["made"]["number"].as_str().unwrap().to_owned();
    let again = desk.acts("register_complaint", &told).await.json();
    assert_eq!(
        again["made"]["number"],
        json!(number),
        "the same key is the same complaint"
    );
    assert_eq!(
        (&first.json()["repeated"], &again["repeated"]),
        (&json!(false), &json!(true))
    );

    let address = format!("/api/v1/complaints/{number}");
    let known = desk.get(&address).await.json();
    assert!(!known.to_string().contains("Contoh Pelapor"), "names are sealed");
    let mut classified = json!({
        "key": world.app.ids().fresh::<ActId>(),
        "seen": known["seen"],
        "do": {"complaint": known["id"], "category": "jaringan", "priority": "p2", "duplicate_of": null},
    });
    let done = desk.acts("classify_complaint", &classified).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    assert_eq!(done.json()["repeated"], false);
    let repeated = desk.acts("classify_complaint", &classified).await;
    assert_eq!(repeated.json()["repeated"], true, "{}", repeated.text());
    classified["key"] = json!(world.app.ids().fresh::<ActId>());
    let stale = desk.acts("classify_complaint", &classified).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert_eq!(stale.json()["error"]["code"], "conflict");

    // An act of authority happens now, and a used key stands for no other complaint.
    classified["at"] = json!("2026-11-20T02:00:00Z");
    let dated = desk.acts("classify_complaint", &classified).await;
    assert_eq!(dated.status, StatusCode::BAD_REQUEST, "{}", dated.text());
    let other = json!({"key": first.json()["key"], "do": {
        "complaint": world.other.complaint, "category": "jaringan", "priority": "p2", "duplicate_of": null,
    }});
    assert_eq!(
        desk.acts("classify_complaint", &other).await.status,
        StatusCode::BAD_REQUEST
    );

    let open = desk.get("/api/v1/complaints?open=true&limit=1").await.json();
    assert_eq!(open["items"].as_array().unwrap().len(), 1);
    let next = open["next"].as_str().unwrap();
    let rest = desk
        .get(&format!("/api/v1/complaints?open=true&after={next}"))
        .await
        .json();
    assert!(!rest["items"].as_array().unwrap().is_empty());
    for wrong in ["open=perhaps", "limit=0", "limit=999", "after=x", "colour=red"] {
        let refused = desk.get(&format!("/api/v1/complaints?{wrong}")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(refused.json()["error"]["message"].is_string());
    }
    for (body, status) in [
        (json!({"key": "x", "do": {}}), StatusCode::BAD_REQUEST),
        (
            json!({"key": key, "do": {"run": world.run, "colour": 1}}),
            StatusCode::BAD_REQUEST,
        ),
        (json!([]), StatusCode::BAD_REQUEST),
    ] {
        let refused = desk.acts("issue_order", &body).await;
        assert_eq!(refused.status, status, "{body}");
        assert_eq!(refused.json()["error"]["code"], "invalid");
    }
}

#[tokio::test]
async fn a_program_imports_a_register_all_or_nothing() {
    let world = World::new(Mode::Live).await;
    let mut admin = Program::with_account(&world, "admin", TokenScope::Act).await;
    let sent = |text: &str| json!({"key": world.app.ids().fresh::<ActId>(), "do": {"register": "office", "text": text}});
    let good = sent("code,name\ndinas-baru,Dinas Contoh Baru\n");
    let done = admin.acts("import", &good).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    assert_eq!(done.json()["made"]["new"], 1);
    let offices = admin.get("/api/v1/offices").await.json();
    assert!(offices.to_string().contains("Dinas Contoh Baru"));
    let before = world.app.store().head().await.unwrap().seq;
    let again = admin.acts("import", &good).await.json();
    assert_eq!((&again["repeated"], &again["made"]), (&json!(true), &Value::Null));
    let bad = admin
        .acts(
            "import",
            &sent("code,name\ndinas-lain,Dinas Lain\nDinas Salah!,Dinas Salah\n"),
        )
        .await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    let message = bad.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(
        message.contains("baris 3") && message.contains("Bukan kode"),
        "{message}"
    );
    assert_eq!(world.app.store().head().await.unwrap().seq, before);
    // A session of a browser does not act here: it has pages, where a PIN confirms.
    let mut browser = world.signed_in("kasi").await;
    let headers = [("content-type", "application/json")];
    let refused = browser
        .send(Method::POST, "/api/v1/acts/import", &headers, good.to_string())
        .await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
}
