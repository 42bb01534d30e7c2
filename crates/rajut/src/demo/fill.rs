//! Filling an empty database with the demo regency.

use jiff::civil::{Date, date};
use rajut_app::demo::{DemoRegency, regency};
use rajut_app::{App, AppError, Defaults, Key, NewComplaint, NewPerson, Personal, Who};
use rajut_core::act::{Act, Unfit, UnfitCode};
use rajut_core::complaint::{Channel, Symptom};
use rajut_core::flow::{Command, PlannedTarget};
use rajut_core::id::{PostId, RunId};
use rajut_core::people::{CivilStatus, Post, Ranks, Role, default_ranks};
use rajut_core::register::Edit;
use rajut_core::run::{BatchRule, Member, OrderDraft, Team, Urgency};

/// The day from which the demo's settings and procedures are in force.
const IN_FORCE: Date = date(2021, 1, 4);

/// The seed of the regency that is served.
pub const SEED: u64 = 2026;

/// The unit of the agency's posts.
const UNIT: &str = "Dinas Komunikasi dan Informatika";

/// Sets an empty database up and enters the demo regency.
pub async fn register(app: &App, seed: u64) -> Result<DemoRegency, AppError> {
    app.set_up(&Defaults::demo(), IN_FORCE, &Defaults::demo_reasons())
        .await?;
    let regency = regency(seed);
    let who = Who::system();
    app.edit_offices(who, Act::Import, new(&regency.offices)).await?;
    app.edit_sites(who, Act::Import, new(&regency.sites)).await?;
    app.edit_devices(who, Act::Import, new(&regency.devices)).await?;
    app.edit_links(who, Act::Import, new(&regency.links)).await?;
    app.edit_services(who, Act::Import, new(&regency.services))
        .await?;
    people(app, &regency).await?;
    Ok(regency)
}

fn new<T: Clone>(all: &[T]) -> Vec<Edit<T>> {
    all.iter()
        .map(|one| Edit {
            before: None,
            after: one.clone(),
        })
        .collect()
}

async fn people(app: &App, regency: &DemoRegency) -> Result<(), AppError> {
    let mut ids = app.ids();
    let post_ids: std::collections::BTreeMap<&str, PostId> = regency
        .posts
        .iter()
        .map(|post| (post.code.as_str(), ids.fresh()))
        .collect();
    let posts: Vec<Post> = regency
        .posts
        .iter()
        .map(|post| {
            let role = Role::from_code(&post.role).ok_or_else(|| {
                AppError::invalid(
                    "demo",
                    Unfit::from(UnfitCode::NotUnderstood).with("value", &post.role),
                )
            })?;
            let office = regency.offices.iter().find(|office| office.code == post.office);
            Ok(Post {
                id: post_ids[post.code.as_str()],
                code: post.code.clone(),
                title: post.title.clone(),
                unit: if role == Role::OfficeUser {
                    office.map(|office| office.name.clone()).unwrap_or_default()
                } else {
                    UNIT.to_owned()
                },
                superior: post
                    .superior
                    .as_deref()
                    .and_then(|code| post_ids.get(code).copied()),
                role,
                // The agency's own posts serve everybody; the others speak for their office.
                office: (role == Role::OfficeUser)
                    .then(|| office.map(|office| office.id))
                    .flatten(),
                former: Vec::new(),
            })
        })
        .collect::<Result<_, AppError>>()?;
    app.edit_posts(Who::system(), Act::EditPeople, new(&posts))
        .await?;
    let ranks = Ranks::parse(default_ranks()).map_err(|error| AppError::invalid("ranks", error))?;
    let people = regency
        .people
        .iter()
        .map(|person| NewPerson {
            name: person.name.clone(),
            titles_before: person.titles_before.clone(),
            titles_after: person.titles_after.clone(),
            status: match person.status.as_str() {
                "pns" => CivilStatus::Pns,
                "pppk" => CivilStatus::Pppk,
                _ => CivilStatus::NonAsn,
            },
            rank: person
                .rank
                .as_deref()
                .and_then(|golongan| ranks.find(golongan).cloned()),
            personal: Personal {
                nip: person.number.clone(),
                address: Some(person.address.clone()),
                phone: Some(person.phone.clone()),
            },
            post: post_ids
                .get(person.post.as_str())
                .map(|post| (*post, person.since, person.decree.clone())),
        })
        .collect();
    app.enter_people(Who::system(), people).await?;
    Ok(())
}

/// Complaints that people made before the order.
pub async fn complaints(app: &App, regency: &DemoRegency, many: usize) -> Result<(), AppError> {
    let context = app.context().await?;
    let day = context.agency.zone.date(app.now());
    let officer = Who::person(context.holder("petugas-layanan-1", day)?.id);
    let told = [
        (Symptom::Slow, "Aplikasi kepegawaian lambat dibuka sejak pagi"),
        (Symptom::Wireless, "Wi-Fi ruang pelayanan sering putus"),
        (Symptom::Down, "Tidak ada koneksi sama sekali"),
        (Symptom::Flapping, "Koneksi hilang timbul setiap hujan"),
        (Symptom::Damage, "Lampu switch mati"),
        (Symptom::Application, "Absensi elektronik tidak terkirim"),
    ];
    for (index, site) in regency
        .sites
        .iter()
        .filter(|site| site.parent.is_some())
        .step_by(7)
        .take(many)
        .enumerate()
    {
        let (symptom, text) = told[index % told.len()];
        let new = NewComplaint {
            channel: if index % 2 == 0 {
                Channel::Phone
            } else {
                Channel::Message
            },
            happened_at: None,
            office: site.offices.first().copied(),
            site: site.id,
            reporter: format!("Contoh Pelapor {}", index + 1),
            contact: Some(format!("0800-001-{index:04}")),
            post: "Staf".to_owned(),
            symptom,
            text: text.to_owned(),
            users_affected: u32::try_from(3 + index).ok(),
            services: std::collections::BTreeSet::new(),
        };
        app.register_complaint(officer, Key::default(), new).await?;
    }
    Ok(())
}

/// Drafts the order of a quarter and lays it before the head.
pub async fn draft(
    app: &App,
    regency: &DemoRegency,
    from: Date,
    until: Date,
    previous: Option<RunId>,
) -> Result<RunId, AppError> {
    let context = app.context().await?;
    let day = context.agency.zone.date(app.now());
    let kasi = Who::person(context.holder("kasi-telematika", day)?.id);
    let kabid = Who::person(context.holder("kabid-telematika", day)?.id);
    let procedure = context.procedure_on(&context.agency_file.procedures.routine, day)?;
    let run: RunId = app.ids().fresh();
    let draft = OrderDraft {
        scope: regency.sites.iter().map(|site| site.id).collect(),
        valid_from: from,
        valid_until: until,
        addressee: context.post("kabid-telematika")?.id,
        named: Vec::new(),
        purpose: "bahwa perangkat dan koneksi jaringan intra pemerintah perlu diperiksa secara rutin setiap triwulan"
            .to_owned(),
        basis: String::new(),
    };
    let title = format!(
        "Pengecekan rutin triwulan, {} s.d. {}",
        rajut_core::words::long_date(from),
        rajut_core::words::long_date(until)
    );
    let command = Command::DraftOrder {
        run,
        procedure,
        title,
        draft,
        previous,
    };
    app.act(kasi, Key::default(), &command).await?;
    app.act(kabid, Key::default(), &Command::InitialOrder { run })
        .await?;
    app.act(kasi, Key::default(), &Command::SubmitOrder { run })
        .await?;
    Ok(run)
}

/// The teams of the order that is under way, with the posts of their members; the first leads.
const UNDER_WAY: [(&str, &[&str]); 2] = [
    ("Tim A", &["teknisi-1", "teknisi-2"]),
    ("Tim B", &["teknisi-3", "teknisi-4"]),
];

/// So many sites each of them has, two a day.
const SITES_OF_A_TEAM: usize = 40;

/// An order under which two teams are out from today on: whoever acts as a technician has visits to make.
pub async fn under_way(app: &App, regency: &DemoRegency) -> Result<RunId, AppError> {
    let context = app.context().await?;
    let today = context.agency.zone.date(app.now());
    let holder = |post: &str| context.holder(post, today).map(|person| Who::person(person.id));
    let (head, kabid, kasi) = (
        holder("kepala")?,
        holder("kabid-telematika")?,
        holder("kasi-telematika")?,
    );
    let mut sites: Vec<_> = regency
        .sites
        .iter()
        .filter(|site| site.parent.is_some())
        .collect();
    sites.sort_by_key(|site| (site.district.clone(), site.code.clone()));
    sites.truncate(SITES_OF_A_TEAM * UNDER_WAY.len());
    let mut days = vec![today];
    while days.len() < SITES_OF_A_TEAM / 2 {
        let last = days.last().copied().unwrap_or(today);
        let next = context
            .calendar
            .working_days_after(last, 1)
            .map_err(|error| AppError::invalid("calendar", error))?;
        days.push(next);
    }
    let until = days.last().copied().unwrap_or(today);
    let run: RunId = app.ids().fresh();
    let command = Command::DraftOrder {
        run,
        procedure: context.procedure_on(&context.agency_file.procedures.routine, today)?,
        title: "Pengecekan susulan".to_owned(),
        draft: OrderDraft {
            scope: sites.iter().map(|site| site.id).collect(),
            valid_from: today,
            valid_until: until,
            addressee: context.post("kabid-telematika")?.id,
            named: Vec::new(),
            purpose: "bahwa lokasi yang belum diperiksa pada triwulan lalu perlu diperiksa".to_owned(),
            basis: String::new(),
        },
        previous: None,
    };
    app.act(kasi, Key::default(), &command).await?;
    app.act(kasi, Key::default(), &Command::SubmitOrder { run })
        .await?;
    app.issue_order(head, Key::default(), run).await?;
    let dispose = Command::Dispose {
        run,
        to: context.post("kasi-telematika")?.id,
        instruction: "Laksanakan sesuai SOP".to_owned(),
        urgency: Urgency::Urgent,
        deadline: Some(until),
    };
    app.act(kabid, Key::default(), &dispose).await?;
    let mut ids = app.ids();
    let mut teams = Vec::new();
    for (index, (name, posts)) in UNDER_WAY.into_iter().enumerate() {
        let mut members = Vec::new();
        for post in posts {
            members.push(Member {
                person: context.holder(post, today)?.id,
                from: today,
                until: None,
            });
        }
        teams.push(Team {
            id: ids.fresh(),
            name: name.to_owned(),
            leader: members[0].person,
            members,
            vehicle: format!("Z {} CONTOH", 2000 + index),
            batch: BatchRule::Week,
        });
    }
    let bundle = app.bundle(run).await?;
    let plan = sites
        .iter()
        .enumerate()
        .filter_map(|(index, site)| {
            let target = bundle.targets.iter().find(|target| target.site == site.id)?;
            Some(PlannedTarget {
                target: target.id,
                team: teams[index / SITES_OF_A_TEAM].id,
                planned_on: days.get(index % SITES_OF_A_TEAM / 2).copied(),
                due_on: until,
            })
        })
        .collect();
    let form = Command::FormTeams {
        run,
        teams,
        plan,
        reason: String::new(),
    };
    app.act(kasi, Key::default(), &form).await?;
    Ok(run)
}

/// An empty database becomes the demo: the regency, two teams that are out, some complaints, and an order that waits
/// for the head.
pub async fn fill(app: &App) -> Result<(), AppError> {
    let regency = register(app, SEED).await?;
    under_way(app, &regency).await?;
    complaints(app, &regency, 12).await?;
    let context = app.context().await?;
    let today = context.agency.zone.date(app.now());
    let until = context
        .calendar
        .working_days_after(today, 40)
        .map_err(|error| AppError::invalid("calendar", error))?;
    draft(app, &regency, today, until, None).await?;
    Ok(())
}
