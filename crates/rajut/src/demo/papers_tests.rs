//! Two sites played through the use cases, and what the papers say of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::{Date, date};
use rajut_app::{App, AppError, ComplaintsOf, Key, Paper, Signing, Who, paper_text};
use rajut_core::flow::{Command, PlannedTarget};
use rajut_core::id::{ActId, DocumentId, RunId, TeamId, VisitId};
use rajut_core::people::{Post, Purpose, Role};
use rajut_core::register::{Device, DeviceCondition, Link};
use rajut_core::run::{BatchRule, Document, DocumentKind, Member, Run, Team, Urgency};
use rajut_core::stream::{StreamKind, StreamRef};
use rajut_core::visit::{Action, Outcome, Visit};

use super::clock::{PlayClock, entropy};
use super::{fill, visits};

const DAY: Date = date(2026, 10, 1);
const UNTIL: Date = date(2026, 10, 30);

struct Played {
    app: App,
    clock: Arc<PlayClock>,
    run: RunId,
    team: TeamId,
    people: BTreeMap<&'static str, Who>,
    replaced: VisitId,
    locked: VisitId,
    _folder: tempfile::TempDir,
}

impl Played {
    fn at(&self, day: Date, hour: i8, minute: i8) -> Key {
        at(&self.clock, day, hour, minute)
    }

    /// Who may see everything.
    fn printer(&self) -> Who {
        self.people["kasi-telematika"]
    }

    async fn text(&self, paper: &Paper) -> String {
        let record = StreamRef {
            kind: StreamKind::Run,
            id: self.run.0,
        };
        let printing = self
            .app
            .print_paper(self.printer(), Key::default(), "uji", record, paper, "uji");
        flat(paper_text(&printing.await.unwrap()))
    }

    async fn issued(&self, id: DocumentId) -> (Document, String) {
        let document: Document = self.app.find(id.0).await.unwrap();
        let printing = self
            .app
            .print_document(self.printer(), Key::default(), &document, "uji");
        let text = flat(paper_text(&printing.await.unwrap()));
        (document, text)
    }
}

/// One space between words, whatever the columns.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn at(clock: &PlayClock, day: Date, hour: i8, minute: i8) -> Key {
    let at = rajut_core::calendar::Zone::Wib.instant(day.at(hour, minute, 0, 0));
    clock.set(at);
    Key::at(at)
}

/// An order over two sites, one team of two; the first site gets a new device and two people disagree there, the
/// second is locked.
#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
async fn play() -> Result<Played, AppError> {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let clock = Arc::new(PlayClock::at("2026-10-01T00:30:00Z"));
    let url = format!("sqlite:{}", folder.path().join("papers.db").display());
    let app = App::open(&url, Arc::clone(&clock) as _, entropy(7)).await?;
    let mut regency = fill::register(&app, 2026).await?;
    let with_ap = |site: &rajut_core::register::Site| {
        site.parent.is_some()
            && regency
                .devices
                .iter()
                .filter(|device| device.site == site.id)
                .count()
                > 2
    };
    let two: Vec<_> = regency
        .sites
        .iter()
        .filter(|site| with_ap(site))
        .take(2)
        .cloned()
        .collect();
    regency.sites = two;
    fill::complaints(&app, &regency, 1).await?;
    let context = app.context().await?;
    let posts = [
        "kepala",
        "kabid-telematika",
        "kasi-telematika",
        "pengadministrasi",
        "teknisi-1",
        "teknisi-2",
    ];
    let mut people = BTreeMap::new();
    for post in posts {
        people.insert(post, Who::person(context.holder(post, DAY)?.id));
    }
    let run = fill::draft(&app, &regency, DAY, UNTIL, None).await?;
    app.issue_order(people["kepala"], at(&clock, DAY, 8, 0), run)
        .await?;
    let dispose = Command::Dispose {
        run,
        to: context.post("kasi-telematika")?.id,
        instruction: "Laksanakan".to_owned(),
        urgency: Urgency::Ordinary,
        deadline: None,
    };
    app.act(people["kabid-telematika"], at(&clock, DAY, 8, 5), &dispose)
        .await?;
    let members: Vec<Member> = ["teknisi-1", "teknisi-2"]
        .iter()
        .filter_map(|post| people[post].done_by.person())
        .map(|person| Member {
            person,
            from: DAY,
            until: None,
        })
        .collect();
    let team = Team {
        id: app.ids().fresh(),
        name: "Tim 1".to_owned(),
        leader: members[0].person,
        members: members.clone(),
        vehicle: "Z 1 CONTOH".to_owned(),
        batch: BatchRule::Day,
    };
    let targets = app.bundle(run).await?.targets;
    let plan = targets
        .iter()
        .map(|target| PlannedTarget {
            target: target.id,
            team: team.id,
            planned_on: Some(DAY),
            due_on: UNTIL,
        })
        .collect();
    let form = Command::FormTeams {
        run,
        teams: vec![team.clone()],
        plan,
        reason: String::new(),
    };
    app.act(people["kasi-telematika"], at(&clock, DAY, 8, 20), &form)
        .await?;
    let mut seen = Vec::new();
    for (index, site) in regency.sites.iter().enumerate() {
        let bundle = app.bundle(run).await?;
        let target = bundle
            .targets
            .iter()
            .find(|target| target.site == site.id)
            .expect("a target for each site");
        let devices: Vec<Device> = app
            .store()
            .devices_of(site.id)
            .await?
            .into_iter()
            .map(|it| it.state)
            .collect();
        let links: Vec<Link> = app
            .store()
            .links_of(site.id)
            .await?
            .into_iter()
            .map(|it| it.state)
            .collect();
        let hour = if index == 0 { 9 } else { 11 };
        let plan = visits::Plan {
            run,
            team: team.id,
            present: members.iter().map(|member| member.person).collect(),
            target: target.id,
            complaints: target.unanswered().collect(),
            arrive: at(&clock, DAY, hour, 0).occurred_at.expect("a moment was given"),
            outcome: if index == 0 {
                Outcome::Complete
            } else {
                Outcome::Locked
            },
            trouble: (index == 0).then_some(visits::Trouble::Replaced),
        };
        let (devices, links): (Vec<&Device>, Vec<&Link>) = (devices.iter().collect(), links.iter().collect());
        let at_site = visits::AtSite {
            site,
            devices: &devices,
            links: &links,
        };
        let mut queue = visits::queue(&app, &context.checklist, &plan, &at_site);
        let first = queue.iter().find_map(|entry| match &entry.command {
            Command::RecordFinding { visit, finding, .. } => Some((entry.at, *visit, finding.clone())),
            _ => None,
        });
        if let Some((when, visit, mut other)) = first {
            // The other technician saw it otherwise: both are kept.
            other.id = app.ids().fresh();
            other.condition = DeviceCondition::Minor;
            other.action = Action::Clean;
            "berdebu".clone_into(&mut other.note);
            let command = Command::RecordFinding {
                visit,
                finding: other,
                new_device: None,
            };
            let key = app.ids().fresh::<ActId>();
            queue.insert(
                2,
                visits::Queued {
                    who: people["teknisi-2"],
                    key,
                    at: when,
                    command,
                },
            );
        }
        at(&clock, DAY, hour + 2, 0);
        seen.push(visits::send(app.clone(), queue).await?.ended[&site.id]);
    }
    let team = team.id;
    Ok(Played {
        app,
        clock,
        run,
        team,
        people,
        replaced: seen[0],
        locked: seen[1],
        _folder: folder,
    })
}

fn says(text: &str, all: &[&str]) {
    for one in all {
        assert!(text.contains(one), "{one:?} is not in:\n{text}");
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
async fn papers_say_what_the_records_say() {
    let played = play().await.unwrap();
    let app = &played.app;
    let (kasi, clerk) = (
        played.people["kasi-telematika"],
        played.people["pengadministrasi"],
    );

    let letter = app
        .issue_task_letter(kasi, played.at(DAY, 14, 0), played.run, played.team)
        .await
        .unwrap();
    let (document, letter) = played.issued(letter).await;
    says(
        &letter,
        &[
            "SURAT TUGAS",
            "Nomor: 800.1.11.1/001/",
            "Tim 1, terdiri atas",
            "Ketua Tim",
            "Z 1 CONTOH",
        ],
    );
    says(
        &letter,
        &[
            "Surat Perintah Nomor 100.3.5/001/",
            "Kepala Seksi Telematika",
            "NIP. 1981",
        ],
    );
    // Personal values stand in the data as commitments only.
    assert!(
        document.data.contains("sealed:") && !document.data.contains("19810101"),
        "{}",
        document.data
    );

    let morning = played.at(DAY, 8, 30);
    let open = Signing {
        by: None,
        at: morning.occurred_at,
    };
    let list = app
        .complaint_list_paper(played.run, Some(played.team), ComplaintsOf::Open, open)
        .await
        .unwrap();
    let list = played.text(&list).await;
    says(
        &list,
        &[
            "DAFTAR PENGADUAN",
            "ADU-2026-00001",
            "Contoh Pelapor 1",
            "Aplikasi kepegawaian lambat",
            "Tim 1",
        ],
    );
    assert!(
        !list.contains("0800-001"),
        "the reporter's telephone is no part of the list"
    );
    let verified = app
        .complaint_list_paper(played.run, None, ComplaintsOf::Verified, Signing::default())
        .await
        .unwrap();
    says(
        &played.text(&verified).await,
        &["TELAH DIVERIFIKASI", "ADU-2026-00001", "Terbukti", "Ganti: "],
    );

    let record = app
        .visit_record_paper(played.replaced, Signing::default())
        .await
        .unwrap();
    let text = played.text(&record).await;
    says(
        &text,
        &[
            "DAFTAR PERIKSA KUNJUNGAN",
            "Rusak berat",
            "perangkat diganti",
            "C. Penggantian",
            "CTH-",
        ],
    );
    says(
        &text,
        &[
            "Berbeda catatan",
            "berdebu",
            "Rusak ringan",
            "Menyatakan sesuai",
            "Normal dengan catatan.",
        ],
    );
    says(&text, &["Terbukti", "Contoh Kontak"]);
    let record = app
        .visit_record_paper(played.locked, Signing::default())
        .await
        .unwrap();
    let text = played.text(&record).await;
    says(
        &text,
        &[
            "Lokasi terkunci",
            "Tidak ada butir yang diperiksa.",
            "Belum dapat disimpulkan",
            "Belum dikonfirmasi",
        ],
    );

    let minutes = app
        .issue_minutes(clerk, played.at(DAY, 15, 0), played.replaced)
        .await
        .unwrap();
    let (_, minutes) = played.issued(minutes).await;
    says(
        &minutes,
        &[
            "BERITA ACARA PENGGANTIAN PERANGKAT",
            "/BA-001/Diskominfo/X/2026",
            "2 (dua)",
        ],
    );
    says(
        &minutes,
        &["hari ini Kamis tanggal satu bulan Oktober tahun dua ribu dua puluh enam"],
    );
    says(
        &minutes,
        &[
            "pengaduan nomor ADU-2026-00001",
            "Contoh Kontak",
            "Mengetahui, Kepala Seksi Telematika",
        ],
    );
    let minutes = app
        .minutes_paper(played.locked, Signing::default())
        .await
        .unwrap();
    says(
        &played.text(&minutes).await,
        &["TIDAK DAPAT DILAKSANAKAN", "karena: Lokasi terkunci", "DRAF"],
    );

    let leader = played.people["teknisi-1"];
    let report = app.report_of(played.run, played.team, DAY, DAY).await.unwrap();
    let submit = Command::SubmitReport {
        report,
        run: played.run,
        team: played.team,
        from: DAY,
        until: DAY,
        results: "Dua kunjungan".to_owned(),
        conclusions: "Satu lokasi terkunci".to_owned(),
    };
    app.act(leader, played.at(DAY, 15, 10), &submit).await.unwrap();
    let accept = Command::AcceptReport {
        report,
        note: "diterima".to_owned(),
    };
    app.act(kasi, played.at(DAY, 15, 20), &accept).await.unwrap();
    let id = app
        .issue_report(clerk, played.at(DAY, 15, 25), report)
        .await
        .unwrap();
    let (team_report, text) = played.issued(id).await;
    says(
        &text,
        &[
            "LAPORAN HASIL PENGECEKAN TIM 1",
            "Surat Tugas Nomor 800.1.11.1/001/",
            "Dua kunjungan",
        ],
    );
    says(
        &text,
        &[
            "Terpenuhi",
            "terpenuhi",
            "terkunci",
            "ADU-2026-00001",
            "Satu lokasi terkunci",
        ],
    );

    // What somebody outside the team recorded is kept, and shown to whoever has to look at it.
    let when = played.at(DAY, 15, 40);
    let finding = rajut_core::flow::FindingDraft {
        id: app.ids().fresh(),
        subject: rajut_core::visit::Subject::Site,
        item: "mains".to_owned(),
        condition: DeviceCondition::Major,
        action: Action::None,
        repair_minutes: None,
        replacement: None,
        note: "stop kontak hangus".to_owned(),
        photos: Vec::new(),
        awaits: None,
        corrects: None,
        at: when.occurred_at.unwrap(),
    };
    let visit = played.locked;
    let late = Command::RecordFinding {
        visit,
        finding: Box::new(finding),
        new_device: None,
    };
    app.act(kasi, when, &late).await.unwrap();
    let record = app.visit_record_paper(visit, Signing::default()).await.unwrap();
    let text = played.text(&record).await;
    says(
        &text,
        &[
            "Yang perlu diperiksa atasan",
            "bukan anggota tim pada hari itu",
            "stop kontak hangus",
        ],
    );

    let paper = app
        .final_report_paper(played.run, Signing::default())
        .await
        .unwrap();
    let text = played.text(&paper).await;
    says(
        &text,
        &[
            "TENTANG PEMELIHARAAN JARINGAN INTRA PEMERINTAH",
            "oleh 1 tim",
            &team_report.number,
        ],
    );
    says(
        &text,
        &["kepada Kepala Dinas Komunikasi dan Informatika", "E. Penutup"],
    );
}

/// Whoever may read a paper reads a masked copy; who needs the values says why, and the journal keeps it.
#[tokio::test]
async fn personal_values_are_printed_for_a_reason_only() {
    let played = play().await.unwrap();
    let app = &played.app;
    let run: Run = app.find(played.run.0).await.unwrap();
    let order: Document = app
        .find(run.order.unwrap().issued.unwrap().document.0)
        .await
        .unwrap();
    let log = async || {
        let page = rajut_app::store::Page {
            after: None,
            limit: 50,
        };
        app.access_log(None, None, &page).await.unwrap().items
    };

    let copy = flat(paper_text(&app.copy_of_document(&order).await.unwrap()));
    says(&copy, &["****** * ***", "Salinan dengan data pribadi disamarkan"]);
    assert!(log().await.is_empty());

    let technician = played.people["teknisi-1"];
    for (who, reason) in [(technician, "ingin tahu"), (played.printer(), " ")] {
        let refused = app.print_document(who, Key::default(), &order, reason).await;
        assert!(matches!(refused, Err(AppError::Refused(_))));
    }
    assert!(log().await.is_empty());

    let printing = app.print_document(played.printer(), Key::default(), &order, "arsip");
    let printed = flat(paper_text(&printing.await.unwrap()));
    assert!(
        !printed.contains("****") && !printed.contains("Salinan"),
        "{printed}"
    );
    let seen = log().await.remove(0);
    assert_eq!((seen.purpose, seen.reason.as_str()), (Purpose::Print, "arsip"));
    assert_eq!(
        (seen.paper.as_deref(), seen.about),
        (Some(&*order.number), Some(order.record))
    );
    assert!(
        seen.people.contains(&order.signed_by) && seen.values > 0,
        "{seen:?}"
    );

    // A list of complaints tells who complained, and where to reach them.
    let list = app
        .complaint_list_paper(played.run, None, ComplaintsOf::Open, Signing::at(order.issued_at))
        .await
        .unwrap();
    let copy = flat(paper_text(&app.copy_of_paper(&list).await.unwrap()));
    assert!(
        copy.contains("C*** P*** 1***") && !copy.contains("Contoh Pelapor 1"),
        "{copy}"
    );
}

/// Who complained is masked, seen for a reason, and erased by law; the complaint stays.
#[tokio::test]
async fn a_reporter_is_seen_and_erased_as_people_are() {
    let played = play().await.unwrap();
    let app = &played.app;
    let complaint = app
        .store()
        .complaint_by_number("ADU-2026-00001")
        .await
        .unwrap()
        .unwrap()
        .state;
    let masked = app.masked_reporter(&complaint).await.unwrap();
    assert_eq!(masked.name.as_deref(), Some("C*** P*** 1***"));

    let context = app.context().await.unwrap();
    let admins = context.people.all::<Post>().find(|post| post.role == Role::Admin);
    let admin = context.holder(&admins.unwrap().code, DAY).unwrap().id;
    let (technician, kasi, admin) = (played.people["teknisi-1"], played.printer(), Who::person(admin));
    let see = async |who| {
        app.reveal_reporter(who, Key::default(), complaint.id, "menelepon balik")
            .await
    };
    assert!(matches!(see(technician).await, Err(AppError::Refused(_))));
    assert_eq!(see(kasi).await.unwrap().name.as_deref(), Some("Contoh Pelapor 1"));

    let erase = async |who| {
        app.erase_reporter(who, Key::default(), complaint.id, "permintaan yang bersangkutan")
            .await
    };
    assert!(matches!(erase(kasi).await, Err(AppError::Refused(_))));
    erase(admin).await.unwrap();
    let gone = see(kasi).await.unwrap();
    assert_eq!((gone.name, gone.contact), (None, None));
    let report = app.store().verify(Vec::new(), true, |_| {}).await.unwrap();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
}

#[tokio::test]
async fn a_paper_is_issued_once_and_resumes_its_number() {
    let played = play().await.unwrap();
    let app = &played.app;
    let clerk = played.people["pengadministrasi"];
    let record = StreamRef {
        kind: StreamKind::Visit,
        id: played.replaced.0,
    };

    // The program stopped between the reservation and the paper.
    let entry = app
        .reserve(clerk, Key::default(), DocumentKind::Minutes.code(), record)
        .await
        .unwrap();
    let key = Key {
        key: Some(app.ids().fresh()),
        occurred_at: None,
    };
    let first = app.issue_minutes(clerk, key, played.replaced).await.unwrap();
    let again = app.issue_minutes(clerk, key, played.replaced).await.unwrap();
    assert_eq!(first, again);
    let (document, _) = played.issued(first).await;
    assert_eq!(document.number, entry.text);
    let visit: Visit = app.find(played.replaced.0).await.unwrap();
    assert!(
        visit.present.contains(&document.signed_by),
        "a member who was there signs"
    );
    assert_eq!(app.store().documents_of(record).await.unwrap().len(), 1);
    assert_eq!(app.store().last_number("minutes", 2026).await.unwrap(), Some(1));
    assert!({
        let printing = app.print_document(played.printer(), Key::default(), &document, "uji");
        printing.await.unwrap().pdf.starts_with(b"%PDF")
    });

    // Whoever keeps no register issues nothing, and takes no number for nothing.
    let technician = played.people["teknisi-1"];
    let refused = app
        .issue_minutes(technician, Key::default(), played.locked)
        .await
        .unwrap_err();
    assert!(matches!(refused, AppError::Refused(_)), "{refused}");
    assert_eq!(app.store().last_number("minutes", 2026).await.unwrap(), Some(1));
}

#[tokio::test]
async fn a_number_reserved_last_year_is_cancelled_and_the_new_year_begins_at_one() {
    let played = play().await.unwrap();
    let app = &played.app;
    let clerk = played.people["pengadministrasi"];
    let record = StreamRef {
        kind: StreamKind::Visit,
        id: played.replaced.0,
    };
    let minutes = DocumentKind::Minutes.code();
    let eve = played.at(date(2026, 12, 31), 15, 0);
    let old = app.reserve(clerk, eve, minutes, record).await.unwrap();
    let new_year = played.at(date(2027, 1, 4), 8, 0);
    let new = app.reserve(clerk, new_year, minutes, record).await.unwrap();
    assert_eq!((old.year, new.year, new.seq), (2026, 2027, 1));
    let kept: rajut_core::number::NumberEntry = app.find(old.id).await.unwrap();
    assert!(
        matches!(
            kept.standing,
            rajut_core::number::NumberStanding::Cancelled { .. }
        ),
        "{kept:?}"
    );
    assert_eq!(app.reserve(clerk, new_year, minutes, record).await.unwrap(), new);
}
