//! The table of routes: every address, its method, and by what right it is used. The router is built from it and from
//! nothing else, so a route without an entry cannot exist.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};
use rajut_app::{Checked, FieldData, RunView, StatusReport};
use rajut_core::act::Act;
use rajut_core::people::Role;
use rajut_core::run::Run;

use super::api::openapi::{Answer, Operation};
use super::failure::Failure;
use super::gate::enter;
use super::pages::complaint::{acts as on_complaint, new as new_complaint};
use super::pages::office::complaint as office_complaint;
use super::pages::procedure_acts as on_version;
use super::pages::{
    account, admin, by_hand, certificate, check, check_paper, complaint, complaints, draft,
    field as field_page, home, import, invitation, office, papers, people, person_form, procedure, reports,
    run, runs, set_up, sign_in, sites, status, teams,
};
use super::visitor;
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
    /// Whoever has the link by which a new database is set up; once it is, the link leads on or nowhere.
    SetUp,
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
    /// The largest body, where it is not that of any form.
    limit: Option<usize>,
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

    /// The same for bodies up to this many bytes.
    fn up_to(self, limit: usize) -> Self {
        Self {
            limit: Some(limit),
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
        limit: None,
        handler,
    }
}

fn act(path: &'static str, act: Act, handler: MethodRouter<Arc<Web>>) -> Route {
    Route {
        method: Method::POST,
        path,
        access: Access::Act(act),
        told: None,
        limit: None,
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
        limit: None,
        handler,
    }
}

/// The table.
pub fn table() -> Vec<Route> {
    let mut table = common();
    table.extend(field_and_programs());
    table.extend(api::record_routes());
    table.extend(api::act_routes());
    table.extend(complaints());
    table.extend(registers());
    table.extend(runs_and_orders());
    table.extend(teams_and_reports());
    table.extend(administration());
    table
}

/// What is not about one run.
fn common() -> Vec<Route> {
    use Access::{Public, Session, SetUp, SignedIn, Staff, Static, Supervisor};
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
        read("/pemasangan/{token}", SetUp, get(set_up::show)),
        form("/pemasangan/{token}", SetUp, post(set_up::set_up)),
        read("/sertifikat", Static, get(certificate::show)),
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

/// Complaints, and the pages of served offices.
fn complaints() -> Vec<Route> {
    use Access::{Office, OfficeAct, Public, Staff};
    vec![
        read("/pengaduan/baru", Staff, get(new_complaint::show)),
        act(
            "/pengaduan/baru",
            Act::RegisterComplaint,
            post(new_complaint::register),
        ),
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

/// Procedures, sites, people, and how registers come from files.
fn registers() -> Vec<Route> {
    use Access::{Roles, Staff};
    vec![
        read("/sop", Staff, get(procedure::list)),
        act("/sop", Act::DraftProcedure, post(on_version::draft)),
        act(
            "/sop/{procedure}/sahkan",
            Act::ApproveProcedure,
            post(on_version::sign),
        ),
        act(
            "/sop/{procedure}/kembalikan",
            Act::ReturnProcedure,
            post(on_version::give_back),
        ),
        act(
            "/sop/{procedure}/berlakukan",
            Act::ActivateProcedure,
            post(on_version::activate),
        ),
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
        read("/orang-baru", Roles(person_form::KEEPERS), get(person_form::new)),
        act("/orang-baru", Act::EditPeople, post(person_form::enter)),
        read(
            "/orang/{person}/ubah",
            Roles(person_form::KEEPERS),
            get(person_form::edit),
        ),
        act("/orang/{person}/ubah", Act::EditPeople, post(person_form::change)),
        read("/impor", Roles(import::REGISTRARS), get(import::show)),
        act("/impor/{register}", Act::Import, post(import::preview)).up_to(import::UPLOAD),
        act("/impor/{register}/terima", Act::Import, post(import::take_in)).up_to(import::RETURNED),
        read("/ekspor/{register}", Staff, get(import::export)),
    ]
}

/// Runs and their orders.
fn runs_and_orders() -> Vec<Route> {
    use Access::{Roles, Staff};
    vec![
        read("/pelaksanaan", Staff, get(runs::show)),
        read("/pelaksanaan/{id}", Staff, get(run::show)),
        read(
            "/pelaksanaan/{id}/atas-nama",
            Roles(by_hand::CLERKS),
            get(by_hand::show),
        ),
        act(
            "/pelaksanaan/{id}/atas-nama/terbitkan",
            Act::IssueOrder,
            post(by_hand::issue),
        )
        .up_to(by_hand::SCAN),
        act(
            "/pelaksanaan/{id}/atas-nama/disposisi",
            Act::Dispose,
            post(by_hand::dispose),
        )
        .up_to(by_hand::SCAN),
        read("/pelaksanaan/{id}/pindaian/{hash}", Staff, get(by_hand::scan)),
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
    use admin::{
        ADMINISTRATORS, JOURNAL_READERS, account as one, accounts, journal, posts, settings, tokens,
    };
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
        read("/pengelolaan/jabatan", admins, get(posts::list)),
        act("/pengelolaan/jabatan", Act::EditPeople, post(posts::add)),
        act("/pengelolaan/jabatan/ubah", Act::EditPeople, post(posts::change)),
        read("/pengelolaan/pengaturan", admins, get(settings::list)),
        read("/pengelolaan/pengaturan/{kind}", admins, get(settings::show_one)),
        act(
            "/pengelolaan/pengaturan/{kind}",
            Act::EditSettings,
            post(settings::load),
        ),
        act("/pengelolaan/kop", Act::EditSettings, post(settings::identify)),
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
            } else if let Some(limit) = route.limit {
                handler = handler.layer(DefaultBodyLimit::max(limit));
            }
            router.route(route.path, handler)
        })
        .fallback(|| async { Failure::of(StatusCode::NOT_FOUND) })
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(from_fn_with_state(Arc::clone(&web), visitor::layer))
        .with_state(web)
}
