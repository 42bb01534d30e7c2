//! The table of routes: every address, its method, and by what right it is used. The router is built from it and from
//! nothing else, so a route without an entry cannot exist.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use rajut_core::account::TokenScope;
use rajut_core::act::Act;
use rajut_core::id::PersonId;
use rajut_core::people::Role;

use super::failure::Failure;
use super::form::OfRoute;
use super::pages::{
    account, complaints, draft, home, invitation, papers, reports, run, runs, sign_in, status, teams,
};
use super::visitor::{self, Visitor};
use super::{Web, acts, api, assets, health};

/// The largest form, in bytes.
const FORM_LIMIT: usize = 1024 * 1024;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody; it is the same for all.
    Static,
    /// Anybody; what it shows may depend on who asks.
    Public,
    /// Somebody who has signed in.
    SignedIn,
    /// Somebody who has signed in and holds a post in the agency today; a served office sees its own things only, on
    /// pages of its own.
    Staff,
    /// One's own session: it changes nothing but that.
    Session,
    /// Whoever the rules allow this act.
    Act(Act),
}

/// A row of the table.
pub struct Route {
    /// The method; GET answers HEAD too.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the handler knows it; tests read it off the table")
    )]
    pub method: Method,
    /// The address.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    handler: MethodRouter<Arc<Web>>,
}

fn read(path: &'static str, access: Access, handler: MethodRouter<Arc<Web>>) -> Route {
    Route {
        method: Method::GET,
        path,
        access,
        handler,
    }
}

fn act(path: &'static str, act: Act, handler: MethodRouter<Arc<Web>>) -> Route {
    Route {
        method: Method::POST,
        path,
        access: Access::Act(act),
        handler,
    }
}

fn form(path: &'static str, access: Access, handler: MethodRouter<Arc<Web>>) -> Route {
    Route {
        method: Method::POST,
        path,
        access,
        handler,
    }
}

/// The table.
pub fn table() -> Vec<Route> {
    let mut table = common();
    table.extend(runs_and_orders());
    table.extend(teams_and_reports());
    table
}

/// What is not about one run.
fn common() -> Vec<Route> {
    use Access::{Public, Session, SignedIn, Staff, Static};
    vec![
        read("/assets/{file}", Static, get(assets::serve)),
        read("/healthz", Static, get(health::alive)),
        read("/readyz", Static, get(health::ready)),
        read("/", Public, get(home::show)),
        read("/masuk", Public, get(sign_in::show)),
        form("/masuk", Public, post(sign_in::by_password)),
        form("/masuk/pin", Public, post(sign_in::by_pin)),
        form("/bertindak-sebagai", Public, post(sign_in::as_sample)),
        read("/undangan/{token}", Public, get(invitation::show)),
        form("/undangan/{token}", Public, post(invitation::take_up)),
        form("/keluar", Session, post(sign_in::out)),
        form("/akun/keluar-lain", Session, post(account::out_elsewhere)),
        read("/akun", SignedIn, get(account::show)),
        act("/akun/sandi", Act::SetPassword, post(account::password)),
        act(
            "/akun/faktor-kedua",
            Act::SetSecondFactor,
            post(account::second_factor),
        ),
        act(
            "/akun/faktor-kedua/akhiri",
            Act::SetSecondFactor,
            post(account::end_second_factor),
        ),
        act("/akun/ponsel", Act::EnrolPhone, post(account::enrol_phone)),
        act(
            "/akun/ponsel/cabut",
            Act::RevokePhone,
            post(account::revoke_phone),
        ),
        act("/akun/token", Act::IssueToken, post(account::issue_token)),
        act("/akun/token/cabut", Act::RevokeToken, post(account::revoke_token)),
        read("/status", Staff, get(status::show)),
        read("/pengaduan", Staff, get(complaints::show)),
        read("/api/v1/runs", Staff, get(api::runs)),
        read("/api/v1/runs/{id}", Staff, get(api::run)),
        read("/api/v1/status", Staff, get(api::status)),
    ]
}

/// Runs and their orders.
fn runs_and_orders() -> Vec<Route> {
    use Access::Staff;
    vec![
        read("/pelaksanaan", Staff, get(runs::show)),
        read("/pelaksanaan/{id}", Staff, get(run::show)),
        read("/pelaksanaan/{id}/surat-perintah.pdf", Staff, get(papers::order)),
        read("/pelaksanaan/{id}/disposisi.pdf", Staff, get(papers::disposition)),
        act(
            "/pelaksanaan/{id}/terbitkan",
            Act::IssueOrder,
            post(acts::run::issue),
        ),
        act(
            "/pelaksanaan/{id}/kembalikan",
            Act::ReturnOrder,
            post(acts::run::send_back),
        ),
        act(
            "/pelaksanaan/{id}/disposisi",
            Act::Dispose,
            post(acts::run::dispose),
        ),
        read("/perintah/baru", Staff, get(draft::new)),
        act("/perintah", Act::DraftOrder, post(acts::order::draft)),
        read("/pelaksanaan/{id}/perintah", Staff, get(draft::of_run)),
        act(
            "/pelaksanaan/{id}/perintah",
            Act::DraftOrder,
            post(acts::order::revise),
        ),
        act(
            "/pelaksanaan/{id}/paraf",
            Act::InitialOrder,
            post(acts::order::initial),
        ),
        act(
            "/pelaksanaan/{id}/ajukan",
            Act::SubmitOrder,
            post(acts::order::submit),
        ),
        act(
            "/pelaksanaan/{id}/lisan",
            Act::RecordVerbalOrder,
            post(acts::order::verbal),
        ),
        act(
            "/pelaksanaan/{id}/perubahan",
            Act::AddendOrder,
            post(acts::order::addend),
        ),
        act(
            "/pelaksanaan/{id}/sebab",
            Act::ExplainLateness,
            post(acts::run::explain),
        ),
    ]
}

/// Teams, targets and reports of a run.
fn teams_and_reports() -> Vec<Route> {
    use Access::Staff;
    vec![
        read("/pelaksanaan/{id}/tim", Staff, get(teams::show)),
        act("/pelaksanaan/{id}/tim", Act::FormTeams, post(acts::team::form)),
        act(
            "/pelaksanaan/{id}/tim/ubah",
            Act::ChangeTeam,
            post(acts::team::change),
        ),
        act(
            "/pelaksanaan/{id}/sasaran",
            Act::PlanTargets,
            post(acts::team::plan),
        ),
        read("/pelaksanaan/{id}/laporan", Staff, get(reports::show)),
        act(
            "/pelaksanaan/{id}/laporan",
            Act::SubmitReport,
            post(acts::report::submit),
        ),
        act(
            "/pelaksanaan/{id}/kembali",
            Act::RecordReturn,
            post(acts::report::returned),
        ),
        act(
            "/pelaksanaan/{id}/laporan-akhir",
            Act::SubmitFinalReport,
            post(acts::report::last),
        ),
        act(
            "/pelaksanaan/{id}/tutup",
            Act::CloseRun,
            post(acts::report::close),
        ),
        act(
            "/pelaksanaan/{id}/kecualikan",
            Act::ExcuseTarget,
            post(acts::report::excuse),
        ),
        act(
            "/pelaksanaan/{id}/terima-sebagian",
            Act::AcceptPartial,
            post(acts::report::accept_partial),
        ),
        read("/laporan/{report}", Staff, get(reports::one)),
        act(
            "/laporan/{report}/terima",
            Act::AcceptReport,
            post(acts::report::accept),
        ),
        act(
            "/laporan/{report}/kembalikan",
            Act::ReturnReport,
            post(acts::report::send_back),
        ),
    ]
}

/// The router of the table.
pub fn router(web: Arc<Web>) -> Router {
    table()
        .into_iter()
        .fold(Router::new(), |router, route| {
            let (access, of) = (route.access, Arc::clone(&web));
            let gate = move |request: Request, next: Next| enter(access, Arc::clone(&of), request, next);
            router.route(route.path, route.handler.route_layer(from_fn(gate)))
        })
        .fallback(|| async { Failure::of(StatusCode::NOT_FOUND) })
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(from_fn_with_state(Arc::clone(&web), visitor::layer))
        .with_state(web)
}

/// Holds a visitor against the row of the table.
async fn enter(access: Access, web: Arc<Web>, mut request: Request, next: Next) -> Response {
    let Some(visitor) = request.extensions().get::<Visitor>() else {
        return Failure::internal("no visitor before the gate").into_response();
    };
    let person = visitor.person;
    let refused = |status, code, key| Failure::because(status, code, key).into_response();
    match (access, person) {
        (Access::Static | Access::Public, _) | (Access::SignedIn | Access::Session, Some(_)) => {}
        // A page leads to where one signs in, and back; a program is told.
        (Access::SignedIn | Access::Staff, None) if visitor.is_program() => {
            return refused(StatusCode::UNAUTHORIZED, "sign_in", "web-error-sign-in");
        }
        (Access::SignedIn | Access::Staff, None) => {
            let wanted = request.uri().path_and_query().map_or("/", |it| it.as_str());
            return Redirect::to(&sign_in::leading_to(wanted)).into_response();
        }
        (Access::Session | Access::Act(_), None) => {
            return refused(StatusCode::FORBIDDEN, "sign_in", "web-error-sign-in");
        }
        (Access::Staff, Some(person)) => match is_staff(&web, person).await {
            Ok(true) => {}
            // What there is is not told either.
            Ok(false) => return Failure::of(StatusCode::NOT_FOUND).into_response(),
            Err(failure) => return failure.into_response(),
        },
        (Access::Act(_), Some(_)) if visitor.scope == Some(TokenScope::Read) => {
            return refused(StatusCode::FORBIDDEN, "scope", "web-error-scope");
        }
        (Access::Act(act), Some(_)) => {
            request.extensions_mut().insert(OfRoute(act));
        }
    }
    next.run(request).await
}

/// Whether somebody holds a post in the agency today.
pub async fn is_staff(web: &Web, person: PersonId) -> Result<bool, Failure> {
    let context = web.app.context().await?;
    let duty = web.duty(&context);
    let posts = duty.roster().posts_of(person, web.today(&context));
    Ok(posts.iter().any(|(post, _)| post.role != Role::OfficeUser))
}
