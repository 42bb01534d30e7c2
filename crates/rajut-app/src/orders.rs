//! Numbers and papers: reserve, decide, freeze.

use std::collections::BTreeMap;

use rajut_core::act::{Act, UnfitCode};
use rajut_core::flow::{Command, Records, cancel_number, left_by, next_number, reserve_number};
use rajut_core::id::{DocumentId, ReportId, RunId, SiteId};
use rajut_core::number::{NumberEntry, NumberStanding};
use rajut_core::procedure::ProcedureCode;
use rajut_core::run::{CarriedOver, Document, DocumentKind, Order, Run, RunEnd};
use rajut_core::stream::{AsState, StreamKind, StreamRef};

use rajut_store::{Page, RunFilter};

use crate::act::Done;
use crate::{App, AppError, Key, Who};

/// How often a reservation asks for the next number when others are faster.
const TRIES: u32 = 256;

impl App {
    /// The number of a record in a register: the one that it has reserved and not used yet, else the next one.
    ///
    /// A reservation is an act of its own: whatever stops the program before the number is used, the same
    /// record resumes it, and none is lost or used twice.
    pub async fn reserve(
        &self,
        who: Who,
        key: Key,
        register: &str,
        record: StreamRef,
    ) -> Result<NumberEntry, AppError> {
        let context = self.context().await?;
        let records = context.records();
        let occurred_at = Key {
            key: None,
            occurred_at: key.occurred_at,
        };
        if let Some(known) = self.store().number_of(record, register).await?
            && known.state.standing == NumberStanding::Reserved
        {
            let day = context
                .agency
                .zone
                .date(key.occurred_at.unwrap_or_else(|| self.now()));
            if known.state.year == day.year() {
                return Ok(known.state);
            }
            // The counter begins anew with the year of the paper's date: a number of last year stays, explained.
            self.cancel_reserved(who, occurred_at, known.state.id, "tahun berganti sebelum dipakai")
                .await?;
        }
        for _ in 0..TRIES {
            let envelope = self.envelope(who, occurred_at, Act::ReserveNumber);
            let year = context.agency.zone.date(envelope.occurred_at).year();
            let last = self.store().last_number(register, year).await?;
            let seq =
                next_number(last).ok_or_else(|| AppError::invalid(register, UnfitCode::RegisterFull))?;
            let facts = context.facts(&records);
            let (entry, changes) = reserve_number(
                facts,
                envelope,
                self.ids(),
                &context.templates,
                register,
                seq,
                record,
            )?;
            match self.commit(changes).await {
                Ok(_) => return Ok(entry),
                Err(AppError::Conflict { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        Err(AppError::Conflict {
            what: format!("register {register}"),
        })
    }

    /// Cancels a reserved number with a reason: it stays in its register.
    pub async fn cancel_reserved(
        &self,
        who: Who,
        key: Key,
        number: uuid::Uuid,
        why: &str,
    ) -> Result<Done, AppError> {
        let context = self.context().await?;
        let mut records = context.records();
        let stream = StreamRef {
            kind: StreamKind::Number,
            id: number,
        };
        self.load_into(&mut records, [stream]).await?;
        let envelope = self.envelope(who, key, Act::CancelNumber);
        let facts = context.facts(&records);
        let changes = cancel_number(facts, envelope, self.ids(), number, why)?;
        self.commit(changes).await
    }

    /// The run from which the next one of a procedure takes over: the newest that was not cancelled, and whose order,
    /// where it has one, is in force.
    pub async fn previous_run(&self, procedure: &ProcedureCode) -> Result<Option<Run>, AppError> {
        let filter = RunFilter {
            procedure: Some(procedure.clone()),
            for_complaint: Some(false),
            open: None,
        };
        let mut page = Page::first(20);
        loop {
            let listed = self.store().runs(&filter, &page).await?;
            let counts = |run: &Run| {
                !matches!(run.end, Some(RunEnd::Cancelled { .. }))
                    && run.order.as_ref().is_none_or(Order::in_force)
            };
            if let Some(found) = listed.items.into_iter().find(|run| counts(&run.state)) {
                return Ok(Some(found.state));
            }
            match listed.next {
                Some(next) => page.after = Some(next),
                None => return Ok(None),
            }
        }
    }

    /// The sites that a run leaves to the next one, with the reason, as far as they are still in use.
    pub async fn carried_over(&self, previous: &Run) -> Result<BTreeMap<SiteId, CarriedOver>, AppError> {
        let mut records = Records::new();
        self.load_left(&mut records, previous.id).await?;
        let sites = self.sites().await?;
        let mut left = left_by(&records, previous);
        left.retain(|site, _| sites.get(site).is_some_and(|site| site.ended_on.is_none()));
        Ok(left)
    }

    /// Issues the order of a run: reserves its number, decides, then writes the paper and keeps its bytes.
    pub async fn issue_order(&self, who: Who, key: Key, run: RunId) -> Result<Done, AppError> {
        let stream = StreamRef {
            kind: StreamKind::Run,
            id: run.0,
        };
        // The same key twice is one act: without this the repetition would reserve a number for nothing.
        if let Some(done) = self.repeated(&self.envelope(who, key, Act::IssueOrder)).await? {
            return Ok(done);
        }
        let known = self.find::<Run>(stream.id).await?;
        // Ask before a number is taken whether the order could be issued at all.
        let blank = self.blank_document(stream, DocumentKind::Order, who, key).await?;
        let asked = Command::IssueOrder {
            run,
            number: uuid::Uuid::nil(),
            document: Box::new(blank),
        };
        self.before_number(who, key, &asked).await?;
        let entry = self.reserve(who, key, DocumentKind::Order.code(), stream).await?;
        let mut document = self.blank_document(stream, DocumentKind::Order, who, key).await?;
        document.number.clone_from(&entry.text);
        document.subject = known.title.clone();
        self.seal_order_data(&mut document, &known, who, key).await?;
        let document_id = document.id;
        let command = Command::IssueOrder {
            run,
            number: entry.id,
            document: Box::new(document),
        };
        let done = self.act(who, key, &command).await?;
        self.freeze(document_id).await?;
        Ok(done)
    }

    /// Extends an issued order by a numbered change of annex.
    #[expect(clippy::too_many_arguments, reason = "they are the fields of one addendum")]
    pub async fn addend_order(
        &self,
        who: Who,
        key: Key,
        run: RunId,
        add_sites: Vec<SiteId>,
        valid_until: Option<jiff::civil::Date>,
        named: Option<Vec<rajut_core::id::PersonId>>,
        reason: &str,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.repeated(&self.envelope(who, key, Act::AddendOrder)).await? {
            return Ok(done);
        }
        let stream = StreamRef {
            kind: StreamKind::Run,
            id: run.0,
        };
        let known = self.find::<Run>(stream.id).await?;
        let blank = self
            .blank_document(stream, DocumentKind::Addendum, who, key)
            .await?;
        let asked = Command::AddendOrder {
            run,
            number: uuid::Uuid::nil(),
            document: Box::new(blank),
            add_sites: add_sites.clone(),
            valid_until,
            named: named.clone(),
            reason: reason.to_owned(),
        };
        self.before_number(who, key, &asked).await?;
        let entry = self
            .reserve(who, key, DocumentKind::Addendum.code(), stream)
            .await?;
        let mut document = self
            .blank_document(stream, DocumentKind::Addendum, who, key)
            .await?;
        document.number.clone_from(&entry.text);
        document.subject = known.title.clone();
        self.seal_addendum_data(&mut document, &known, &add_sites, valid_until, reason, who, key)
            .await?;
        let document_id = document.id;
        let command = Command::AddendOrder {
            run,
            number: entry.id,
            document: Box::new(document),
            add_sites,
            valid_until,
            named,
            reason: reason.to_owned(),
        };
        let done = self.act(who, key, &command).await?;
        self.freeze(document_id).await?;
        Ok(done)
    }

    /// A record by its id.
    pub async fn find<T: AsState + Clone>(&self, id: uuid::Uuid) -> Result<T, AppError> {
        let stream = StreamRef { kind: T::KIND, id };
        self.store()
            .load(stream)
            .await?
            .and_then(|versioned| T::of(&versioned.state).cloned())
            .ok_or_else(|| AppError::not_found(T::KIND.code(), stream.id))
    }

    /// A paper without a number and without its data.
    async fn blank_document(
        &self,
        record: StreamRef,
        kind: DocumentKind,
        who: Who,
        key: Key,
    ) -> Result<Document, AppError> {
        let context = self.context().await?;
        let at = key.occurred_at.unwrap_or_else(|| self.now());
        let signed_by = who
            .done_by
            .person()
            .ok_or_else(|| AppError::invalid("signer", UnfitCode::ByAPerson))?;
        Ok(Document {
            id: self.ids().fresh::<DocumentId>(),
            kind,
            number: String::new(),
            date: context.agency.zone.date(at),
            subject: String::new(),
            record,
            signed_by,
            issued_at: at,
            data_hash: rajut_core::journal::Hash::of(b""),
            data: String::new(),
            mark: None,
            bytes: None,
            signature: None,
        })
    }

    /// The report of a team and batch, or a fresh one: a team's report of the same days is the same report.
    pub async fn report_of(
        &self,
        run: RunId,
        team: rajut_core::id::TeamId,
        from: jiff::civil::Date,
        until: jiff::civil::Date,
    ) -> Result<ReportId, AppError> {
        let bundle = self.bundle(run).await?;
        let batch = rajut_core::run::Batch::Team { team, from, until };
        Ok(bundle
            .reports
            .iter()
            .find(|report| report.batch == batch)
            .map_or_else(|| self.ids().fresh(), |report| report.id))
    }
}
