//! The table of routes: every address, its method, and by what right it is used. The router is built from it and from
//! nothing else, so a route without an entry cannot exist.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use rajut_app::{Checked, FieldData, RunView, StatusReport};
use rajut_core::account::TokenScope;
use rajut_core::act::{Act, Right};
use rajut_core::id::PersonId;
use rajut_core::people::Role;
use rajut_core::run::Run;

use super::api::openapi::{Answer, Operation};
use super::failure::Failure;
use super::form::OfRoute;
use super::pages::complaint::{acts as on_complaint, new as new_complaint};
use super::pages::office::complaint as office_complaint;
use super::pages::{
    account, admin, certificate, check, check_paper, complaint, complaints, draft, field as field_page, home,
    invitation, office, papers, people, procedure, reports, run, runs, sign_in, sites, status, teams,
};
use super::visitor::{self, Visitor};
use super::{Web, acts, api, assets, field, health, live, metrics};

/// The largest form, in bytes.
const FORM_LIMIT: usize = 1024 * 1024;

/// The largest form of somebody who is nobody yet: it holds a name and a password.
const PUBLIC_LIMIT: usize = 16 * 1024;

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
    /// Somebody who speaks for a served office today: it shows that office's things alone.
    Office,
    /// One's own session: it changes nothing but that.
    Session,
    /// What was seen and done on site, from whoever has ever worked for the agency: a field fact that comes after the
    /// end of an assignment is kept and flagged. Not inspectors, served offices, and tokens that only read.
    Field,
    /// Whoever holds a post of one of these roles today, to read; whatever others, it is not there.
    Roles(&'static [Role]),
    /// Supervisors that count: a program on this machine, or one with a token for that of somebody of the agency. It
    /// tells how much is going on, and nothing of people and records.
    Supervisor,
    /// Whoever the rules allow this act; not a served office, which acts on pages of its own.
    Act(Act),
    /// The same for a served office, on its own things alone.
    OfficeAct(Act),
    /// The same for an administrator, on anybody's account; for others it is not there.
    AdminAct(Act),
}

/// A row of the table.
pub struct Route {
    /// The method; GET answers HEAD too.
    pub method: Method,
    /// The address.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    /// What it is in the description of the API.
    pub told: Option<Operation>,
    handler: MethodRouter<Arc<Web>>,
}

impl Route {
    /// The same with its part of the description of the API.
    #[must_use]
    pub fn told(self, operation: Operation) -> Self {
        Self {
            told: Some(operation),
            ..self
        }
    }
}

/// A row that changes nothing.
pub fn read(path: &'static str, access: Access, handler: MethodRouter<Arc<Web>>) -> Route {
    Route {
        method: Method::GET,
        path,
        access,
        told: None,
        handler,
    }
}

fn act(path: &'static str, act: Act, handler: MethodRouter<Arc<Web>>) -> Route {
    Route {
        method: Method::POST,
        path,
        access: Access::Act(act),
        told: None,
        handler,
    }
}

/// A row to which something is sent.
pub fn form(path: &'static str, access: Access, handler: MethodRouter<Arc<Web>>) -> Route {
    Route {
        method: Method::POST,
        path,
        access,
        told: None,
        handler,
    }
}

/// The table.
pub fn table() -> Vec<Route> {
    let mut table = common();
    table.extend(field_and_programs());
    table.extend(api::record_routes());
    table.extend(api::act_routes());
    table.extend(complaints_and_registers());
    table.extend(runs_and_orders());
    table.extend(teams_and_reports());
    table.extend(administration());
    table
}

/// What is not about one run.
fn common() -> Vec<Route> {
    use Access::{Public, Session, SignedIn, Staff, Static, Supervisor};
    vec![
        read("/assets/{file}", Static, get(assets::serve)),
        read("/healthz", Static, get(health::alive)),
        read("/readyz", Static, get(health::ready)),
        read("/metrics", Supervisor, get(metrics::tell)),
        read("/", Public, get(home::show)),
        read("/masuk", Public, get(sign_in::show)),
        form("/masuk", Public, post(sign_in::by_password)),
        form("/masuk/pin", Public, post(sign_in::by_pin)),
        form("/bertindak-sebagai", Public, post(sign_in::as_sample)),
        read("/sertifikat", Public, get(certificate::show)),
        read("/sertifikat/rajut.crt", Static, get(certificate::download)),
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
        read("/siaran", Staff, get(live::stream)),
        read("/status", Staff, get(status::show)),
        read("/pengaduan", Staff, get(complaints::show)),
    ]
}

/// The visit on the phone, and what programs ask.
fn field_and_programs() -> Vec<Route> {
    use Access::{Field, Public, Staff, Static};
    vec![
        read("/sw.js", Static, get(assets::worker)),
        read("/rajut.webmanifest", Static, get(field_page::manifest)),
        read("/lapangan", Public, get(field_page::show)),
        read("/lapangan/{target}", Public, get(field_page::show)),
        read("/api/v1/field", Staff, get(field::data)).told(Operation::reading(Answer::of::<FieldData>())),
        read("/api/v1/field/contact", Public, get(field::contact))
            .told(Operation::reading(Answer::of::<field::Contact>())),
        form("/api/v1/acts", Field, post(field::acts)).told(Operation::taking::<Vec<field::Entry>>(
            Answer::of::<field::Answered>(),
        )),
        form("/api/v1/attachments", Field, post(field::attach)).told(Operation::taking_bytes(
            Answer::of::<field::Kept>(),
            field::PHOTOS,
        )),
        read("/api/v1/openapi.json", Public, get(api::openapi::show))
            .told(Operation::reading(Answer::of::<serde_json::Value>())),
        read("/api/v1/runs", Staff, get(api::runs))
            .told(Operation::reading(Answer::of::<api::Items<Run>>()).asked_with::<api::WantedRuns>()),
        read("/api/v1/runs/{id}", Staff, get(api::run)).told(Operation::reading(Answer::of::<RunView>())),
        read("/api/v1/paper-check", Staff, get(api::paper_check))
            .told(Operation::reading(Answer::of::<Checked>()).asked_with::<api::WantedCheck>()),
        read("/api/v1/paper-key", Staff, get(api::paper_key))
            .told(Operation::reading(Answer::of::<api::PaperKey>())),
        read("/api/v1/status", Staff, get(api::status))
            .told(Operation::reading(Answer::of::<StatusReport>())),
    ]
}

/// Complaints, sites, people, and the pages of served offices.
fn complaints_and_registers() -> Vec<Route> {
    use Access::{Office, OfficeAct, Public, Staff};
    vec![
        read("/pengaduan/baru", Staff, get(new_complaint::show)),
        act(
            "/pengaduan/baru",
            Act::RegisterComplaint,
            post(new_complaint::register),
        ),
        read("/sop", Staff, get(procedure::list)),
        read("/sop/{procedure}", Staff, get(procedure::show)),
        read("/sop/{procedure}/sop.pdf", Staff, get(procedure::paper)),
        read("/lokasi", Staff, get(sites::list)),
        read("/lokasi/{code}", Staff, get(sites::show)),
        read("/orang", Staff, get(people::list)),
        read("/orang/{person}", Staff, get(people::show)),
        act(
            "/orang/{person}/data-pribadi",
            Act::RevealPersonal,
            post(people::reveal),
        ),
        act("/orang/{person}/cuti", Act::EditPeople, post(people::enter_leave)),
        act("/orang/{person}/penugasan", Act::EditPeople, post(people::assign)),
        read("/cek-pengaduan", Public, get(check::show)),
        form("/cek-pengaduan", Public, post(check::tell)),
        read("/periksa-naskah", Public, get(check_paper::show)),
        form("/periksa-naskah", Public, post(check_paper::tell)),
        read("/pengaduan/{number}", Staff, get(complaint::show)),
        act(
            "/pengaduan/{number}/pelapor",
            Act::RevealPersonal,
            post(on_complaint::reveal),
        ),
        act(
            "/pengaduan/{number}/klasifikasi",
            Act::ClassifyComplaint,
            post(on_complaint::classify),
        ),
        act(
            "/pengaduan/{number}/langkah",
            Act::CompleteStep,
            post(on_complaint::step),
        ),
        act(
            "/pengaduan/{number}/jeda",
            Act::PauseRun,
            post(on_complaint::pause),
        ),
        act(
            "/pengaduan/{number}/lanjut",
            Act::ResumeRun,
            post(on_complaint::resume),
        ),
        act(
            "/pengaduan/{number}/gangguan",
            Act::AttachIncident,
            post(on_complaint::attach),
        ),
        act(
            "/pengaduan/{number}/gangguan/lepas",
            Act::DetachIncident,
            post(on_complaint::detach),
        ),
        act(
            "/pengaduan/{number}/gangguan/baru",
            Act::OpenIncident,
            post(on_complaint::open_incident),
        ),
        read("/kantor/pengaduan", Office, get(office::list)),
        read("/kantor/pengaduan/baru", Office, get(office_complaint::new)),
        form(
            "/kantor/pengaduan/baru",
            OfficeAct(Act::RegisterComplaint),
            post(office_complaint::register),
        ),
        read("/kantor/pengaduan/{number}", Office, get(office_complaint::show)),
        form(
            "/kantor/pengaduan/{number}/langkah",
            OfficeAct(Act::CompleteStep),
            post(office_complaint::step),
        ),
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
        read("/pelaksanaan/{id}/daftar-periksa.pdf", Staff, get(papers::blanks)),
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

/// What the administrator keeps.
fn administration() -> Vec<Route> {
    use Access::Roles;
    use admin::{ADMINISTRATORS, JOURNAL_READERS, account as one, accounts, journal, tokens};
    let admins = Roles(ADMINISTRATORS);
    let act = |path, act, handler| form(path, Access::AdminAct(act), handler);
    vec![
        read("/pengelolaan", admins, get(admin::show)),
        read("/pengelolaan/akun", admins, get(accounts::list)),
        read("/pengelolaan/akun/{person}", admins, get(one::show)),
        act(
            "/pengelolaan/akun/{person}/undang",
            Act::OpenAccount,
            post(one::invite),
        ),
        act(
            "/pengelolaan/akun/{person}/tutup",
            Act::CloseAccount,
            post(one::close),
        ),
        act(
            "/pengelolaan/akun/{person}/buka",
            Act::CloseAccount,
            post(one::open),
        ),
        act(
            "/pengelolaan/akun/{person}/keluarkan",
            Act::SignOut,
            post(one::sign_out),
        ),
        act(
            "/pengelolaan/akun/{person}/faktor-kedua",
            Act::SetSecondFactor,
            post(one::end_second_factor),
        ),
        act(
            "/pengelolaan/akun/{person}/ponsel",
            Act::RevokePhone,
            post(one::forget_phone),
        ),
        act(
            "/pengelolaan/akun/{person}/token",
            Act::RevokeToken,
            post(one::revoke_token),
        ),
        read("/pengelolaan/token", admins, get(tokens::list)),
        act("/pengelolaan/token", Act::IssueToken, post(tokens::issue)),
        act(
            "/pengelolaan/laptop/cabut",
            Act::RevokeLaptop,
            post(tokens::revoke_laptop),
        ),
        read("/pengelolaan/jurnal", Roles(JOURNAL_READERS), get(journal::show)),
        read(
            "/pengelolaan/jurnal/periksa",
            Roles(JOURNAL_READERS),
            get(journal::check),
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
            let mut handler = route.handler.route_layer(from_fn(gate));
            if route.access == Access::Public && route.method == Method::POST {
                handler = handler.layer(DefaultBodyLimit::max(PUBLIC_LIMIT));
            }
            router.route(route.path, handler)
        })
        .fallback(|| async { Failure::of(StatusCode::NOT_FOUND) })
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(from_fn_with_state(Arc::clone(&web), visitor::layer))
        .with_state(web)
}

/// Holds a visitor against the row of the table.
async fn enter(access: Access, web: Arc<Web>, mut request: Request, next: Next) -> Response {
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
        (Access::Static | Access::Public, _) | (Access::SignedIn | Access::Session, Some(_)) => {}
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
