//! Which sites and services are without connection, and how old that knowledge is.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;

use super::home::down_sentence;
use super::{Page, rendered};
use crate::web::frame::Frame;
use crate::web::visitor::Visitor;
use crate::web::{Web, say, show};

struct Row {
    href: String,
    code: String,
    name: String,
    district: String,
    connection: String,
    colour: &'static str,
    since: String,
    cause: String,
    incidents: Vec<String>,
    age: String,
}

#[derive(Template)]
#[template(path = "status.html")]
struct StatusPage {
    frame: Frame,
    sentence: String,
    colour: &'static str,
    services: Vec<String>,
    rows: Vec<Row>,
    at: String,
}

/// `/status`.
pub async fn show(State(web): State<Arc<Web>>, visitor: Visitor) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let zone = web.app.context().await?.agency.zone;
    let now = web.app.now();
    let status = web.app.status(now).await?;
    let rows = status
        .sites
        .iter()
        .map(|site| {
            let (key, colour) = match site.connection {
                "connected" => ("web-connected", "green"),
                "without" => ("web-without", "red"),
                _ => ("web-unknown", "secondary"),
            };
            Row {
                href: format!("/lokasi/{}", show::escaped(&site.code)),
                code: site.code.clone(),
                name: site.name.clone(),
                district: site.district.clone(),
                connection: words.say(key),
                colour,
                since: site
                    .since
                    .map(|since| show::moment(words, zone, since))
                    .unwrap_or_default(),
                cause: site.cause.clone().unwrap_or_default(),
                incidents: site
                    .incidents
                    .iter()
                    .map(|it| format!("{}: {}", it.cause, it.what))
                    .collect(),
                age: match site.age_s {
                    Some(age) => {
                        let time = show::minutes(words, age / 60);
                        say(words, "web-ago", &[("time", time.into())])
                    }
                    None => words.say("web-never-seen"),
                },
            }
        })
        .collect();
    rendered(&StatusPage {
        sentence: down_sentence(words, &status),
        colour: match (status.without, status.unknown) {
            (0, 0) => "success",
            (0, _) => "warning",
            _ => "danger",
        },
        services: status.services.clone(),
        rows,
        at: show::moment(words, zone, now),
        frame,
    })
}
