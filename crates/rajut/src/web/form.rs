//! Forms: every one bears the token of its session, and an act the key that makes a repetition the same act.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Form;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use rajut_app::store::Session;
use rajut_app::{AppError, Key, Who};
use rajut_core::act::{Act, Nature};
use rajut_core::flow::Command;
use rajut_core::id::{ActId, PersonId};
use rajut_core::procedure::LintCode;
use rajut_core::stream::StreamRef;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Web;
use super::failure::Failure;
use super::visitor::Visitor;

/// A form that came from one of our pages.
pub struct Sent<T> {
    /// Its fields.
    pub fields: T,
    key: Option<String>,
    pin: Option<String>,
}

/// What every form carries.
#[derive(Deserialize)]
struct Carried {
    #[serde(default)]
    token: String,
    key: Option<String>,
    /// The PIN of a remembered phone, which confirms an act of authority.
    pin: Option<String>,
}

impl<T: DeserializeOwned> FromRequest<Arc<Web>> for Sent<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, web).await?;
        let stale = || Failure::because(StatusCode::FORBIDDEN, "token", "web-error-token");
        let ticket = visitor.ticket.ok_or_else(stale)?;
        let whole = Request::from_parts(parts.clone(), body);
        let bytes = Bytes::from_request(whole, web)
            .await
            .map_err(|why| Failure::of(why.status()))?;
        let again = |bytes: Bytes| Request::from_parts(parts.clone(), Body::from(bytes));
        let Form(carried) = Form::<Carried>::from_request(again(bytes.clone()), web)
            .await
            .map_err(|why| Failure::of(why.status()))?;
        if !ticket.is_form_token(&carried.token) {
            return Err(stale());
        }
        let Form(fields) = Form::<T>::from_request(again(bytes), web)
            .await
            .map_err(|why| Failure::of(why.status()))?;
        Ok(Self {
            fields,
            key: carried.key,
            pin: carried.pin,
        })
    }
}

/// A form without fields of its own.
#[derive(Deserialize)]
pub struct Nothing {}

/// The fields of a form in which a name may come more than once, as ticked boxes do.
#[derive(Deserialize, Default)]
#[serde(transparent)]
pub struct Many(Vec<(String, String)>);

impl Many {
    /// Fields that were read elsewhere.
    pub fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// The values of a name.
    pub fn all<'f>(&'f self, name: &str) -> impl Iterator<Item = &'f str> {
        self.0
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.trim())
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// The value of a name; empty where it was not sent.
    pub fn one(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// Why faults of a procedure's paper are accepted: the fields `accept-E01` to `accept-E03` that say something.
    pub fn reasons(&self) -> BTreeMap<LintCode, String> {
        LintCode::ACCEPTABLE
            .map(|code| (code, self.one(&format!("accept-{code}")).to_owned()))
            .into_iter()
            .filter(|(_, reason)| !reason.is_empty())
            .collect()
    }

    /// What follows a prefix in the names that begin with it, with the values.
    pub fn under<'f>(&'f self, prefix: &'f str) -> impl Iterator<Item = (&'f str, &'f str)> {
        self.0
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.trim())))
    }

    /// The value of a name as an id or a code.
    pub fn parsed<V: std::str::FromStr>(&self, name: &str) -> Result<V, Failure> {
        self.one(name)
            .parse()
            .map_err(|_| Failure::of(StatusCode::BAD_REQUEST))
    }

    /// All values of a name as ids or codes.
    pub fn all_parsed<V: std::str::FromStr>(&self, name: &str) -> Result<Vec<V>, Failure> {
        self.all(name)
            .map(|value| value.parse().map_err(|_| Failure::of(StatusCode::BAD_REQUEST)))
            .collect()
    }
}

/// An act asked for by a form: who, under which key, and which act the route stands for.
pub struct Asked<T> {
    /// Its fields.
    pub fields: T,
    /// Who asks.
    pub person: PersonId,
    /// The form's key.
    pub key: Key,
    act: Act,
}

/// The act that the table of routes names; put on the request by the route itself.
#[derive(Debug, Clone, Copy)]
pub struct OfRoute(pub Act);

impl<T: DeserializeOwned + Send> FromRequest<Arc<Web>> for Asked<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, Failure> {
        let act = request.extensions().get::<OfRoute>().copied();
        let OfRoute(act) = act.ok_or_else(|| Failure::internal("the route stands for no act"))?;
        let visitor = request.extensions().get::<Visitor>().cloned();
        let (person, session) = visitor.map_or((None, None), |visitor| (visitor.person, visitor.session));
        let sent = Sent::<T>::from_request(request, web).await?;
        let key = key_of(sent.key.as_deref().unwrap_or_default())?;
        let person = person.ok_or_else(|| Failure::of(StatusCode::FORBIDDEN))?;
        confirm(
            web,
            session.as_ref(),
            act,
            sent.pin.as_deref().unwrap_or_default(),
        )
        .await?;
        Ok(Self {
            fields: sent.fields,
            person,
            key,
            act,
        })
    }
}

/// The key of a form: without one of its own it could be done twice by a double click.
pub fn key_of(text: &str) -> Result<Key, Failure> {
    let key = text
        .parse::<ActId>()
        .map_err(|_| Failure::of(StatusCode::BAD_REQUEST))?;
    Ok(Key {
        key: Some(key),
        occurred_at: None,
    })
}

/// On a remembered phone, which lies about and stays signed in, the PIN says that its owner holds it.
pub async fn confirm(web: &Web, session: Option<&Session>, act: Act, pin: &str) -> Result<(), Failure> {
    if let Some(session) = session.filter(|session| session.phone.is_some())
        && act.authority().nature == Nature::Authority
    {
        web.app.confirm_pin(session, pin).await?;
    }
    Ok(())
}

impl<T> Asked<T> {
    /// On whose behalf.
    pub fn who(&self) -> Who {
        Who::person(self.person)
    }

    /// A form that somebody filled in while the record was changed shows what is no longer so: it is a conflict,
    /// unless it has been done already and is only sent once more.
    pub async fn still_as_seen(&self, web: &Web, record: StreamRef, seen: &str) -> Result<(), Failure> {
        if let Some(key) = self.key.key
            && web.app.done_before(key).await?.is_some()
        {
            return Ok(());
        }
        let seen: i64 = seen.parse().map_err(|_| Failure::of(StatusCode::BAD_REQUEST))?;
        let known = web.app.store().load(record).await?;
        if known.map_or(0, |known| known.version) == seen {
            Ok(())
        } else {
            Err(AppError::Conflict {
                what: record.to_string(),
            }
            .into())
        }
    }

    /// Does a command, which must be of the act that the route stands for.
    pub async fn perform(&self, web: &Web, command: &Command) -> Result<(), Failure> {
        if command.act() != self.act {
            let why = format!("a route for {} did {}", self.act.code(), command.act().code());
            return Err(Failure::internal(why));
        }
        web.app.act(self.who(), self.key, command).await?;
        Ok(())
    }
}
