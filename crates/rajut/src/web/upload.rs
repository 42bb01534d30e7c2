//! A form that carries a file (RFC 7578): the same token, key and PIN as any other form, and the bytes of the file.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::StatusCode;
use rajut_app::{Key, Who};
use rajut_core::id::PersonId;

use super::Web;
use super::failure::Failure;
use super::form::{Many, OfRoute, confirm, key_of};
use super::visitor::Visitor;

/// The longest field beside the file, in bytes.
const FIELD: usize = 64 * 1024;
/// How many fields there may be.
const FIELDS: usize = 64;

/// A file that somebody sent.
pub struct File {
    /// Its name on the machine of whoever sent it; never a path here.
    pub name: String,
    /// What it holds.
    pub bytes: Bytes,
}

/// An act asked for by a form with a file.
pub struct Uploaded {
    /// The fields.
    pub fields: Many,
    /// The file; none where none was chosen.
    pub file: Option<File>,
    /// Who asks.
    pub person: PersonId,
    /// The form's key.
    pub key: Key,
}

impl Uploaded {
    /// On whose behalf.
    pub fn who(&self) -> Who {
        Who::person(self.person)
    }

    /// The file, without which there is nothing to do.
    pub fn file(&self) -> Result<&File, Failure> {
        let missing = || Failure::because(StatusCode::BAD_REQUEST, "invalid", "web-error-no-file");
        self.file.as_ref().ok_or_else(missing)
    }
}

fn wrong(error: &MultipartError) -> Failure {
    Failure::of(error.status())
}

impl FromRequest<Arc<Web>> for Uploaded {
    type Rejection = Failure;

    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, Failure> {
        let act = request.extensions().get::<OfRoute>().copied();
        let OfRoute(act) = act.ok_or_else(|| Failure::internal("the route stands for no act"))?;
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, web).await?;
        let stale = || Failure::because(StatusCode::FORBIDDEN, "token", "web-error-token");
        let ticket = visitor.ticket.clone().ok_or_else(stale)?;
        let mut form = Multipart::from_request(Request::from_parts(parts, body), web)
            .await
            .map_err(|why| Failure::of(why.status()))?;
        let (mut fields, mut file) = (Vec::new(), None);
        while let Some(field) = form.next_field().await.map_err(|why| wrong(&why))? {
            let name = field.name().unwrap_or_default().to_owned();
            if let Some(of_file) = field.file_name().map(str::to_owned) {
                let bytes = field.bytes().await.map_err(|why| wrong(&why))?;
                // A browser sends an empty file where none was chosen.
                if file.is_none() && !bytes.is_empty() {
                    file = Some(File { name: of_file, bytes });
                }
                continue;
            }
            let text = field.text().await.map_err(|why| wrong(&why))?;
            if text.len() > FIELD || fields.len() == FIELDS {
                return Err(Failure::of(StatusCode::PAYLOAD_TOO_LARGE));
            }
            fields.push((name, text));
        }
        let fields = Many::of(fields);
        if !ticket.is_form_token(fields.one("token")) {
            return Err(stale());
        }
        let key = key_of(fields.one("key"))?;
        let person = visitor.person.ok_or_else(|| Failure::of(StatusCode::FORBIDDEN))?;
        confirm(web, visitor.session.as_ref(), act, fields.one("pin")).await?;
        Ok(Self {
            fields,
            file,
            person,
            key,
        })
    }
}
