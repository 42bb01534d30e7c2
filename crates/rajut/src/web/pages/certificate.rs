//! How a phone or computer comes to trust the agency's own certificate authority. The page answers in clear as well: who
//! needs it does not trust us yet. What it shows can therefore be checked against the fingerprint that the administrator
//! was told.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use qrcode::QrCode;
use qrcode::render::svg;

use super::{Page, rendered};
use crate::door::Trust;
use crate::web::failure::Failure;
use crate::web::frame::Frame;
use crate::web::reach::{Https, host_of};
use crate::web::visitor::Visitor;
use crate::web::{Web, show};

/// The systems for which there are steps, with how many each has.
const SYSTEMS: &[(&str, usize)] = &[("android", 4), ("ios", 4), ("windows", 4)];

/// Steps for one system.
struct Steps {
    name: String,
    steps: Vec<String>,
}

#[derive(Template)]
#[template(path = "certificate.html")]
struct CertificatePage {
    frame: Frame,
    name: String,
    /// In rows, as one reads it out.
    fingerprint: Vec<String>,
    until: String,
    address: String,
    page: String,
    picture: String,
    systems: Vec<Steps>,
}

/// The authority, where there is one of our own.
fn own(web: &Web) -> Result<(&Https, &Trust), Failure> {
    let https = web.reach.https.as_ref();
    https
        .and_then(|https| Some((https, https.trust.as_ref()?)))
        .ok_or_else(|| Failure::because(StatusCode::NOT_FOUND, "not_found", "web-certificate-none"))
}

/// `/sertifikat`.
pub async fn show(State(web): State<Arc<Web>>, visitor: Visitor, headers: HeaderMap) -> Page {
    let (https, trust) = own(&web)?;
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let host = host_of(&headers);
    let asked = host.as_ref().map(axum::http::uri::Authority::host);
    let page = https.page_in_clear(asked);
    let picture = QrCode::new(page.as_bytes())
        .map_err(Failure::internal)?
        .render::<svg::Color<'_>>()
        .min_dimensions(200, 200)
        .build();
    let fingerprint = trust.fingerprint();
    let pairs: Vec<&str> = fingerprint.split(':').collect();
    let systems = SYSTEMS.iter().map(|(system, steps)| Steps {
        name: words.say(&format!("web-certificate-{system}")),
        steps: (1..=*steps)
            .map(|step| words.say(&format!("web-certificate-{system}-{step}")))
            .collect(),
    });
    rendered(&CertificatePage {
        name: trust.name.clone(),
        fingerprint: pairs.chunks(8).map(|row| row.join(":")).collect(),
        until: show::date(words, trust.until),
        address: https.address(asked),
        page,
        picture,
        systems: systems.collect(),
        frame,
    })
}

/// `/sertifikat/rajut.crt`: the certificate as phones take it.
pub async fn download(State(web): State<Arc<Web>>) -> Result<impl IntoResponse, Failure> {
    let (_, trust) = own(&web)?;
    let media = [(header::CONTENT_TYPE, "application/x-x509-ca-cert")];
    Ok((media, trust.certificate.clone()))
}
