//! The table of routes: every address, its method, and by what right it is used. The router is built from it and from
//! nothing else, so a route without an entry cannot exist.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use rajut_core::act::Act;

use super::failure::Failure;
use super::form::OfRoute;
use super::pages::{complaints, home, papers, run, runs, status};
use super::visitor::{self, Visitor};
use super::{Mode, Web, acts, api, assets, health};

/// The largest form, in bytes.
const FORM_LIMIT: usize = 1024 * 1024;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody; it is the same for all.
    Static,
    /// Anybody; what it shows may depend on who asks.
    Public,
    /// Somebody known. While there are no accounts: whoever sits at this machine, or in the demo whoever has chosen a
    /// person.
    SignedIn,
    /// Whoever the rules allow this act.
    Act(Act),
}

/// A row of the table.
pub struct Route {
    /// The method; GET answers HEAD too.
    #[cfg_attr(not(test), expect(dead_code, reason = "the handler knows it; tests read it off the table"))]
    pub method: Method,
    /// The address.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    handler: MethodRouter<Arc<Web>>,
}

fn read(path: &'static str, access: Access, handler: MethodRouter<Arc<Web>>) -> Route {
    Route { method: Method::GET, path, access, handler }
}

fn act(path: &'static str, act: Act, handler: MethodRouter<Arc<Web>>) -> Route {
    Route { method: Method::POST, path, access: Access::Act(act), handler }
}

/// The table.
pub fn table() -> Vec<Route> {
    use Access::{Public, SignedIn, Static};
    vec![
        read("/assets/{file}", Static, get(assets::serve)),
        read("/healthz", Static, get(health::alive)),
        read("/readyz", Static, get(health::ready)),
        read("/", Public, get(home::show)),
        Route {
            method: Method::POST,
            path: "/bertindak-sebagai",
            access: Public,
            handler: post(acts::choose_person),
        },
        read("/pelaksanaan", SignedIn, get(runs::show)),
        read("/pelaksanaan/{id}", SignedIn, get(run::show)),
        read("/pelaksanaan/{id}/surat-perintah.pdf", SignedIn, get(papers::order)),
        read("/pelaksanaan/{id}/disposisi.pdf", SignedIn, get(papers::disposition)),
        act("/pelaksanaan/{id}/terbitkan", Act::IssueOrder, post(acts::issue)),
        act("/pelaksanaan/{id}/kembalikan", Act::ReturnOrder, post(acts::send_back)),
        act("/pelaksanaan/{id}/disposisi", Act::Dispose, post(acts::dispose)),
        read("/status", SignedIn, get(status::show)),
        read("/pengaduan", SignedIn, get(complaints::show)),
        read("/api/v1/runs", SignedIn, get(api::runs)),
        read("/api/v1/runs/{id}", SignedIn, get(api::run)),
        read("/api/v1/status", SignedIn, get(api::status)),
    ]
}

/// The router of the table.
pub fn router(web: Arc<Web>) -> Router {
    table()
        .into_iter()
        .fold(Router::new(), |router, route| {
            let (access, mode) = (route.access, web.mode);
            let gate = move |request: Request, next: Next| enter(access, mode, request, next);
            router.route(route.path, route.handler.route_layer(from_fn(gate)))
        })
        .fallback(|| async { Failure::of(StatusCode::NOT_FOUND) })
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(from_fn_with_state(Arc::clone(&web), visitor::layer))
        .with_state(web)
}

/// Holds a visitor against the row of the table.
async fn enter(access: Access, mode: Mode, mut request: Request, next: Next) -> Response {
    let Some(visitor) = request.extensions().get::<Visitor>() else {
        return Failure::internal("no visitor before the gate").into_response();
    };
    let known = visitor.person.is_some();
    match access {
        Access::Static | Access::Public => {}
        Access::SignedIn if known || mode == Mode::ReadOnly => {}
        // A page leads to where one becomes somebody; a program is told.
        Access::SignedIn if visitor.is_program() => {
            return Failure::because(StatusCode::UNAUTHORIZED, "sign_in", "web-error-choose").into_response();
        }
        Access::SignedIn => return Redirect::to("/").into_response(),
        Access::Act(_) if mode == Mode::ReadOnly => {
            return Failure::because(StatusCode::FORBIDDEN, "read_only", "web-error-read-only").into_response();
        }
        Access::Act(_) if !known => {
            return Failure::because(StatusCode::FORBIDDEN, "sign_in", "web-error-choose").into_response();
        }
        Access::Act(act) => {
            request.extensions_mut().insert(OfRoute(act));
        }
    }
    next.run(request).await
}
