//! What is recorded at a site: findings, replacements, measurements.

use rajut_core::act::UnfitCode;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use rajut_app::{AppError, Held, Readings};
use rajut_core::check::Vantage;
use rajut_core::check::checklist::{About, Item};
use rajut_core::flow::{Command, FindingDraft};
use rajut_core::id::VisitId;
use rajut_core::laptop::MOST_BYTES;
use rajut_core::register::{Device, DeviceCondition, Identity, Link};
use rajut_core::run::Part;
use rajut_core::stream::{State, StreamKind};
use rajut_core::visit::{Action, Awaited, Replacement, Subject, leaves_fault};

use super::output::Output;
use super::session::coded;
use super::visit::{FindingArguments, MeasureArguments, TypedVantage};
use super::{Session, check};

/// The bytes of a file.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, AppError> {
    std::fs::read(path).map_err(|error| AppError::file(path, error))
}

/// A subject by its code.
pub(super) async fn subject(session: &Session, subject: Subject) -> String {
    let code = match subject {
        Subject::Site => return "-".to_owned(),
        Subject::Device(id) => session.app.find::<Device>(id.0).await.map(|device| device.code),
        Subject::Link(id) => session.app.find::<Link>(id.0).await.map(|link| link.code),
    };
    code.unwrap_or_else(|_| format!("{subject:?}"))
}

/// The device with this code.
pub(super) async fn device(session: &Session, code: &str) -> Result<Device, AppError> {
    match session
        .app
        .store()
        .by_code(StreamKind::Device, code)
        .await?
        .map(|(_, known)| known.state)
    {
        Some(State::Device(device)) => Ok(*device),
        _ => Err(AppError::not_found("device", code)),
    }
}

async fn link(session: &Session, code: &str) -> Result<Link, AppError> {
    match session
        .app
        .store()
        .by_code(StreamKind::Link, code)
        .await?
        .map(|(_, known)| known.state)
    {
        Some(State::Link(link)) => Ok(*link),
        _ => Err(AppError::not_found("link", code)),
    }
}

/// Whether an item of the checklist is about a subject.
fn is_about(item: &Item, subject: Subject, kind: &str) -> bool {
    match (&item.about, subject) {
        (About::Site, Subject::Site) => true,
        (About::Devices(kinds), Subject::Device(_)) => kinds.iter().any(|known| known == kind),
        (About::Links(media), Subject::Link(_)) => media.iter().any(|known| known == kind),
        _ => false,
    }
}

/// Records findings.
pub(super) async fn finding(session: &Session, asked: FindingArguments) -> Result<VisitId, AppError> {
    let app = &session.app;
    let visit = session.visit(&asked.visit).await?;
    if let Some(group) = &asked.all_good {
        all_good(session, &visit, group).await?;
        return Ok(visit.id);
    }
    let old = match &asked.device {
        Some(code) => Some(device(session, code).await?),
        None => None,
    };
    let (subject, kind) = match (&old, &asked.link) {
        (Some(device), _) => (Subject::Device(device.id), device.kind.code()),
        (None, Some(code)) => {
            let link = link(session, code).await?;
            (Subject::Link(link.id), link.medium.code())
        }
        (None, None) => (Subject::Site, ""),
    };
    let context = app.context().await?;
    let item = match &asked.item {
        Some(id) => context
            .checklist
            .item(id)
            .ok_or_else(|| AppError::not_found("checklist-item", id))?,
        None => context
            .checklist
            .groups()
            .iter()
            .flat_map(|group| &group.items)
            .find(|item| is_about(item, subject, kind))
            .ok_or_else(|| AppError::not_found("checklist-item", kind))?,
    };
    let mut photos = Vec::new();
    for photo in &asked.photo {
        photos.push(app.attach(bytes(photo)?).await?);
    }
    let (replacement, new_device) = match (&asked.action, old) {
        (Action::Replace, Some(old)) => {
            let (replacement, new) = replaced(session, &asked, &old)?;
            (Some(replacement), Some(Box::new(new)))
        }
        _ => (None, None),
    };
    let awaits = awaited(&asked)?;
    let finding = FindingDraft {
        id: app.ids().fresh(),
        subject,
        item: item.id.clone(),
        condition: asked.condition,
        action: asked.action,
        repair_minutes: asked.repair_minutes,
        replacement,
        note: asked.note,
        photos,
        awaits,
        corrects: None,
        at: session.now(),
    };
    let command = Command::RecordFinding {
        visit: visit.id,
        finding: Box::new(finding),
        new_device,
    };
    session.act(&command).await?;
    Ok(visit.id)
}

/// The part that a fault waits for; what was put right waits for none.
fn awaited(asked: &FindingArguments) -> Result<Option<Awaited>, AppError> {
    let Some(name) = &asked.part else {
        return Ok(None);
    };
    if !leaves_fault(asked.condition, asked.action) {
        return Err(AppError::invalid("--part", UnfitCode::NoFaultWaits));
    }
    let part = Part {
        name: name.clone(),
        quantity: asked.quantity,
    };
    Ok(Some(Awaited {
        part,
        due_on: asked.part_due,
    }))
}

fn identity(text: &str) -> Identity {
    match text.trim() {
        "" | "none" => Identity::None,
        "unreadable" => Identity::Unreadable,
        "unknown" => Identity::Unknown,
        known => Identity::Known(known.to_owned()),
    }
}

fn replaced(
    session: &Session,
    asked: &FindingArguments,
    old: &Device,
) -> Result<(Replacement, Device), AppError> {
    let code = asked
        .new_code
        .clone()
        .ok_or_else(|| AppError::invalid("--new-code", UnfitCode::NewCodeNeeded))?;
    let id = session.app.ids().fresh();
    let brand = asked.new_brand.clone().unwrap_or_else(|| old.brand.clone());
    let model = asked.new_model.clone().unwrap_or_else(|| old.model.clone());
    let owner = asked.owner.unwrap_or(old.owner);
    let (serial, inventory_number) = (identity(&asked.new_serial), identity(&asked.new_inventory));
    let new = Device {
        id,
        code,
        brand: brand.clone(),
        model: model.clone(),
        serial: serial.clone(),
        inventory_number: inventory_number.clone(),
        owner,
        replaces: Some(old.id),
        ..old.clone()
    };
    let replacement = Replacement {
        new_device: id,
        brand,
        model,
        old_serial: old.serial.clone(),
        new_serial: serial,
        new_inventory_number: inventory_number,
        owner,
    };
    Ok((replacement, new))
}

/// Everything of a group (all of them when it is empty) that exists at the site is good.
async fn all_good(session: &Session, visit: &rajut_core::visit::Visit, group: &str) -> Result<(), AppError> {
    let app = &session.app;
    let context = app.context().await?;
    let groups = context.checklist.groups();
    if !group.is_empty() && !groups.iter().any(|known| known.id == group) {
        return Err(AppError::not_found("checklist-group", group));
    }
    let mut subjects = vec![(Subject::Site, "")];
    let devices = app.store().devices_of(visit.site).await?;
    subjects.extend(
        devices
            .iter()
            .filter(|device| device.state.in_use())
            .map(|device| (Subject::Device(device.state.id), device.state.kind.code())),
    );
    let links = app.store().links_of(visit.site).await?;
    subjects.extend(
        links
            .iter()
            .filter(|link| link.state.ended_on.is_none())
            .map(|link| (Subject::Link(link.state.id), link.state.medium.code())),
    );
    let mut ids = app.ids();
    for item in groups
        .iter()
        .filter(|known| group.is_empty() || known.id == group)
        .flat_map(|known| &known.items)
    {
        for (subject, _) in subjects
            .iter()
            .filter(|(subject, kind)| is_about(item, *subject, kind))
        {
            // What has a finding already keeps it: "all good" is said about the rest.
            if visit
                .findings
                .iter()
                .any(|known| known.subject == *subject && known.item == item.id)
            {
                continue;
            }
            let finding = FindingDraft {
                id: ids.fresh(),
                subject: *subject,
                item: item.id.clone(),
                condition: DeviceCondition::Good,
                action: Action::None,
                repair_minutes: None,
                replacement: None,
                note: String::new(),
                photos: Vec::new(),
                awaits: None,
                corrects: None,
                at: session.now(),
            };
            let command = Command::RecordFinding {
                visit: visit.id,
                finding: Box::new(finding),
                new_device: None,
            };
            session.act(&command).await?;
        }
    }
    Ok(())
}

/// Measures the registered devices of the site from here, or records what a person read.
pub(super) async fn measure(
    session: &Session,
    asked: &MeasureArguments,
    out: &Output,
) -> Result<VisitId, AppError> {
    let app = &session.app;
    let visit = session.visit(&asked.visit).await?;
    let (who, key) = (session.who()?, session.key());
    let Some(vantage) = asked.vantage else {
        let (network, _) = check::network(out);
        app.measure_visit(
            who,
            key,
            &mut Held::new(network),
            Arc::new(crate::rim::SystemClock),
            visit.id,
        )
        .await?;
        return Ok(visit.id);
    };
    let subject = match (&asked.device, &asked.link) {
        (Some(code), _) => Subject::Device(device(session, code).await?.id),
        (None, Some(code)) => Subject::Link(link(session, code).await?.id),
        (None, None) => Subject::Site,
    };
    let readings = Readings {
        vantage: match vantage {
            TypedVantage::Phone => Vantage::Phone,
            TypedVantage::Instrument => Vantage::Instrument,
        },
        subject,
        scope: coded("--scope", &asked.scope)?,
        values: asked.value.clone(),
        raw: asked.raw.clone(),
    };
    app.record_readings(who, key, visit.id, &readings).await?;
    Ok(visit.id)
}

/// Takes in a laptop's file.
pub(super) async fn import(session: &Session, file: &Path, out: &Output) -> Result<VisitId, AppError> {
    let who = session.who()?;
    // One byte more than is allowed shows that there are too many, without reading them.
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .and_then(|opened| opened.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| AppError::file(file, error))?;
    let told = session.app.import_observations(who, &bytes).await?;
    let key = if told.already {
        "laptop-already-imported"
    } else {
        "laptop-imported"
    };
    out.say_with(key, &[("count", &told.observations.to_string())]);
    Ok(told.visit)
}
