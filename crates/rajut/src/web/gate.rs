//! The gate before every route: whoever asks is held against the row of the table of routes, and let in or told why not.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use rajut_core::account::TokenScope;
use rajut_core::act::Right;
use rajut_core::id::PersonId;
use rajut_core::people::Role;

use super::Web;
use super::failure::Failure;
use super::form::OfRoute;
use super::pages::{admin, sign_in};
use super::routes::Access;
use super::visitor::Visitor;

/// Holds a visitor against the row of the table.
pub async fn enter(access: Access, web: Arc<Web>, mut request: Request, next: Next) -> Response {
    match Box::pin(admit(access, &web, &mut request)).await {
        Ok(()) => next.run(request).await,
        Err(refused) => refused,
    }
}

async fn admit(access: Access, web: &Web, request: &mut Request) -> Result<(), Response> {
    let Some(visitor) = request.extensions().get::<Visitor>() else {
        return Err(Failure::internal("no visitor before the gate").into_response());
    };
    let person = visitor.person;
    // Nothing else can be answered before it is known whose system this is.
    if web.beginning.is_awaited() && !matches!(access, Access::Static | Access::SetUp) {
        let unavailable = StatusCode::SERVICE_UNAVAILABLE;
        return Err(Failure::because(unavailable, "not_set_up", "web-error-not-set-up").into_response());
    }
    let refused = |status, code, key| Failure::because(status, code, key).into_response();
    // What there is is not told either.
    let hidden = || Failure::of(StatusCode::NOT_FOUND).into_response();
    let side = |person| async move { side_of(web, person).await.map_err(Failure::into_response) };
    // Such a token opens nothing else, not even what is open to all.
    let counts = visitor.scope == Some(TokenScope::Metrics);
    if counts && access != Access::Supervisor {
        return Err(refused(StatusCode::FORBIDDEN, "scope", "web-error-scope-metrics"));
    }
    match (access, person) {
        (Access::Supervisor, _) if visitor.is_here => {}
        (Access::Supervisor, Some(person)) if counts => {
            if side(person).await? != Side::Staff {
                return Err(hidden());
            }
        }
        (Access::Supervisor, Some(_)) => {
            return Err(refused(StatusCode::FORBIDDEN, "scope", "web-error-metrics"));
        }
        (Access::Supervisor, None) => {
            return Err(refused(StatusCode::UNAUTHORIZED, "sign_in", "web-error-metrics"));
        }
        (Access::Static | Access::SetUp | Access::Public, _)
        | (Access::SignedIn | Access::Session, Some(_)) => {}
        // A page leads to where one signs in, and back; a program is told.
        (Access::SignedIn | Access::Staff | Access::Office | Access::Roles(_) | Access::Act(_), None)
            if visitor.is_program() =>
        {
            return Err(refused(StatusCode::UNAUTHORIZED, "sign_in", "web-error-sign-in"));
        }
        (Access::Field, None) => {
            return Err(refused(StatusCode::UNAUTHORIZED, "sign_in", "web-error-sign-in"));
        }
        (Access::SignedIn | Access::Staff | Access::Office | Access::Roles(_), None) => {
            let wanted = request.uri().path_and_query().map_or("/", |it| it.as_str());
            return Err(Redirect::to(&sign_in::leading_to(wanted)).into_response());
        }
        (Access::Session | Access::Act(_) | Access::OfficeAct(_) | Access::AdminAct(_), None) => {
            return Err(refused(StatusCode::FORBIDDEN, "sign_in", "web-error-sign-in"));
        }
        (Access::Staff, Some(person)) => {
            if side(person).await? != Side::Staff {
                return Err(hidden());
            }
        }
        (Access::Roles(roles), Some(person)) => {
            if !has_role(web, person, roles)
                .await
                .map_err(Failure::into_response)?
            {
                return Err(hidden());
            }
        }
        (Access::Office, Some(person)) => {
            if side(person).await? != Side::Office {
                return Err(hidden());
            }
        }
        (Access::Act(_) | Access::OfficeAct(_) | Access::AdminAct(_) | Access::Field, Some(_))
            if visitor.scope == Some(TokenScope::Read) =>
        {
            return Err(refused(StatusCode::FORBIDDEN, "scope", "web-error-scope"));
        }
        (Access::Field, Some(person)) => {
            if !goes_out(web, person).await.map_err(Failure::into_response)? {
                return Err(Failure::of(StatusCode::FORBIDDEN).into_response());
            }
        }
        (Access::Act(act), Some(person)) => {
            // A served office acts on pages of its own; who holds no post at all is for the rules to judge.
            if act.authority().right != Right::Own && side(person).await? == Side::Office {
                return Err(hidden());
            }
            request.extensions_mut().insert(OfRoute(act));
        }
        (Access::AdminAct(act), Some(person)) => {
            let admins = admin::ADMINISTRATORS;
            if !has_role(web, person, admins)
                .await
                .map_err(Failure::into_response)?
            {
                return Err(hidden());
            }
            request.extensions_mut().insert(OfRoute(act));
        }
        (Access::OfficeAct(act), Some(person)) => {
            if side(person).await? != Side::Office {
                return Err(hidden());
            }
            request.extensions_mut().insert(OfRoute(act));
        }
    }
    Ok(())
}

/// On which side of the counter somebody stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// In the agency.
    Staff,
    /// In a served office.
    Office,
    /// On neither.
    None,
}

async fn side_of(web: &Web, person: PersonId) -> Result<Side, Failure> {
    let context = web.app.context().await?;
    let duty = web.duty(&context);
    Ok(if duty.is_staff(person) {
        Side::Staff
    } else if duty.offices_of(person).is_empty() {
        Side::None
    } else {
        Side::Office
    })
}

/// Whether somebody holds a post of one of these roles today.
async fn has_role(web: &Web, person: PersonId, roles: &[Role]) -> Result<bool, Failure> {
    let context = web.app.context().await?;
    Ok(web.duty(&context).has_role(person, roles))
}

/// Whether somebody holds a post in the agency today.
pub async fn is_staff(web: &Web, person: PersonId) -> Result<bool, Failure> {
    Ok(side_of(web, person).await? == Side::Staff)
}

/// Whether somebody holds or held a post of those who may record what they see.
async fn goes_out(web: &Web, person: PersonId) -> Result<bool, Failure> {
    let context = web.app.context().await?;
    let (posts, assignments, _) = context.roster();
    Ok(assignments
        .iter()
        .filter(|assignment| assignment.person == person)
        .filter_map(|assignment| posts.iter().find(|post| post.id == assignment.post))
        .any(|post| !matches!(post.role, Role::OfficeUser | Role::Auditor)))
}
