//! Issuing numbered papers: reserve, put number and paper on record in one act, keep the bytes.

use rajut_core::act::{Act, UnfitCode};
use rajut_core::flow::issue_document;
use rajut_core::id::{ActId, DocumentId, PersonId, ReportId, RunId, TeamId, VisitId};
use rajut_core::journal::Hash;
use rajut_core::run::{Batch, Document, DocumentKind, Report, Run};
use rajut_core::stream::{State, StreamKind, StreamRef};
use rajut_core::visit::Visit;
use rajut_core::words::short_date;
use rajut_pdf::{Paper, paper};

use super::told::Signing;
use super::visits::recorder;
use crate::act::used_otherwise;
use crate::{App, AppError, Key, Who};

/// How often another number is taken when somebody else was faster.
const TRIES: u32 = 8;

/// A paper that waits for its number.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPaper {
    /// What it is: the register in which it is numbered.
    pub kind: DocumentKind,
    /// The record that it belongs to.
    pub record: StreamRef,
    /// What it is about, as other papers cite it.
    pub subject: String,
    /// Who signs.
    pub signed_by: PersonId,
    /// What it says; number and date are put in when it is issued.
    pub paper: Paper,
}

impl App {
    /// Issues a paper under the next number of its register, dated by when it is issued, and keeps its bytes.
    ///
    /// The same key twice gives the same paper. Whatever stops the program in between, the same record resumes
    /// the number that it had reserved, and bytes that were not kept are made again from the same data.
    pub async fn issue_paper(&self, who: Who, key: Key, new: NewPaper) -> Result<DocumentId, AppError> {
        let act = key.key.unwrap_or_else(|| self.ids().fresh::<ActId>());
        let key = Key {
            key: Some(act),
            ..key
        };
        // The paper takes the id of its act, so that a repetition finds it.
        let id = DocumentId(act.0);
        self.repeated(&self.envelope(who, key, Act::IssueDocument))
            .await?;
        for _ in 0..TRIES {
            if self.issued_under(act, &new).await? {
                self.freeze(id).await?;
                return Ok(id);
            }
            match self.issue_once(who, key, id, &new).await {
                Ok(()) => {
                    self.freeze(id).await?;
                    return Ok(id);
                }
                Err(AppError::Conflict { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        Err(AppError::Conflict {
            what: format!("register {}", new.kind),
        })
    }

    /// Whether the act with this key has issued its paper; a key that issued another one is refused.
    async fn issued_under(&self, act: ActId, new: &NewPaper) -> Result<bool, AppError> {
        let stream = StreamRef {
            kind: StreamKind::Document,
            id: act.0,
        };
        let Some(known) = self.store().load(stream).await? else {
            return Ok(false);
        };
        match known.state {
            State::Document(known) if (known.kind, known.record) == (new.kind, new.record) => Ok(true),
            _ => Err(used_otherwise()),
        }
    }

    async fn issue_once(&self, who: Who, key: Key, id: DocumentId, new: &NewPaper) -> Result<(), AppError> {
        let entry = self.reserve(who, key, new.kind.code(), new.record).await?;
        let context = self.context().await?;
        let envelope = self.envelope(who, key, Act::IssueDocument);
        let date = context.agency.zone.date(envelope.occurred_at);
        let mut paper = new.paper.clone();
        paper.sheet_mut().standing = paper::Standing::Issued {
            number: Some(entry.text.clone()),
            date,
        };
        let mut document = Document {
            id,
            kind: new.kind,
            number: entry.text,
            date,
            subject: new.subject.clone(),
            record: new.record,
            signed_by: new.signed_by,
            issued_at: envelope.occurred_at,
            data_hash: Hash::of(b""),
            data: String::new(),
            mark: None,
            bytes: None,
            signature: None,
        };
        self.freeze_data(&mut document, &paper).await?;
        let mut records = context.records();
        self.load_into(
            &mut records,
            [StreamRef {
                kind: StreamKind::Number,
                id: entry.id,
            }],
        )
        .await?;
        let changes = issue_document(context.facts(&records), envelope, self.ids(), entry.id, &document)?;
        self.commit(changes).await?;
        Ok(())
    }

    /// Issues the Surat Tugas of a team, signed by whoever issues it.
    pub async fn issue_task_letter(
        &self,
        who: Who,
        key: Key,
        run: RunId,
        team: TeamId,
    ) -> Result<DocumentId, AppError> {
        let signed_by = who
            .done_by
            .person()
            .ok_or_else(|| AppError::invalid("signer", UnfitCode::ByAPerson))?;
        let known: Run = self.find(run.0).await?;
        let name = known
            .teams
            .get(&team)
            .map(|team| team.name.clone())
            .unwrap_or_default();
        let signing = Signing::by(signed_by, key.occurred_at.unwrap_or_else(|| self.now()));
        let new = NewPaper {
            kind: DocumentKind::TaskLetter,
            record: StreamRef {
                kind: StreamKind::Run,
                id: run.0,
            },
            subject: name,
            signed_by,
            paper: self.task_letter_paper(run, team, signing).await?,
        };
        self.issue_paper(who, key, new).await
    }

    /// Issues the report of a team, or the final one, signed by whoever submitted it.
    pub async fn issue_report(&self, who: Who, key: Key, report: ReportId) -> Result<DocumentId, AppError> {
        let known: Report = self.find(report.0).await?;
        let signed_by = known
            .submissions
            .last()
            .map(|submission| submission.by)
            .ok_or_else(|| AppError::invalid("report", UnfitCode::NotSubmitted))?;
        let signing = Signing::by(signed_by, key.occurred_at.unwrap_or_else(|| self.now()));
        let (subject, paper) = match known.batch {
            Batch::Team { team, from, until } => {
                let run: Run = self.find(known.run.0).await?;
                let name = run
                    .teams
                    .get(&team)
                    .map(|team| team.name.clone())
                    .unwrap_or_default();
                let subject = format!("{name}, {} - {}", short_date(from), short_date(until));
                (subject, self.team_report_paper(report, signing).await?)
            }
            Batch::Final => {
                let run: Run = self.find(known.run.0).await?;
                (run.title, self.final_report_paper(known.run, signing).await?)
            }
        };
        let record = StreamRef {
            kind: StreamKind::Report,
            id: report.0,
        };
        let new = NewPaper {
            kind: DocumentKind::Report,
            record,
            subject,
            signed_by,
            paper,
        };
        self.issue_paper(who, key, new).await
    }

    /// Issues the Berita Acara of a visit, signed by the first member present.
    pub async fn issue_minutes(&self, who: Who, key: Key, visit: VisitId) -> Result<DocumentId, AppError> {
        let known: Visit = self.find(visit.0).await?;
        let signed_by =
            recorder(&known).ok_or_else(|| AppError::invalid("signer", UnfitCode::NobodyPresent))?;
        let signing = Signing::by(signed_by, key.occurred_at.unwrap_or_else(|| self.now()));
        let paper = self.minutes_paper(visit, signing).await?;
        let site = match &paper {
            Paper::MinutesOfWork(minutes) => minutes.site.clone(),
            _ => String::new(),
        };
        let record = StreamRef {
            kind: StreamKind::Visit,
            id: visit.0,
        };
        let new = NewPaper {
            kind: DocumentKind::Minutes,
            record,
            subject: site,
            signed_by,
            paper,
        };
        self.issue_paper(who, key, new).await
    }
}
