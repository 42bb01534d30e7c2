//! Lists of records by what they belong to, and the long lists of the screens.
//!
//! A list never ends silently: it either is whole (what belongs to one record) or gives the place of its
//! next page.

use rajut_core::account::{Account, Login};
use rajut_core::complaint::{Complaint, Incident, Priority};
use rajut_core::id::{OfficeId, PersonId, RunId, SiteId};
use rajut_core::number::NumberEntry;
use rajut_core::people::Access;
use rajut_core::procedure::ProcedureCode;
use rajut_core::register::{Device, Link};
use rajut_core::run::{Document, FollowUp, Report, Run, Target};
use rajut_core::stream::{AsState, StreamKind, StreamRef};
use rajut_core::visit::Visit;
use std::collections::BTreeSet;
use uuid::Uuid;

use crate::db::{Part, Row, Tx, Value, args};
use crate::load::{padded, read_row};
use crate::page::{Cursor, Listed, Page};
use crate::project::code;
use crate::{Store, StoreError, Versioned, sql};

/// Which runs are wanted; what is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Not ended yet, or ended.
    pub open: Option<bool>,
    /// Of this procedure, all versions.
    pub procedure: Option<ProcedureCode>,
    /// The runs of complaints, or the others.
    pub for_complaint: Option<bool>,
}

/// Which complaints are wanted; what is `None` does not matter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ComplaintFilter {
    /// Whose run has not ended yet, or has.
    pub open: Option<bool>,
    /// At this site.
    pub site: Option<SiteId>,
    /// Of this office.
    pub office: Option<OfficeId>,
    /// Of this class.
    pub priority: Option<Priority>,
}

/// Which follow-ups are wanted; what is `None` does not matter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FollowUpFilter {
    /// Waiting, or settled.
    pub open: Option<bool>,
    /// At this site.
    pub site: Option<SiteId>,
    /// Given to this person.
    pub owner: Option<PersonId>,
}

/// Which incidents are wanted; what is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IncidentFilter {
    /// Not over yet, or over.
    pub open: Option<bool>,
    /// Of this cause.
    pub cause: Option<String>,
}

/// All that belongs to a run, at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct OfRun {
    /// Its targets.
    pub targets: Vec<Versioned<Target>>,
    /// Its visits, and those of other runs that served its targets.
    pub visits: Vec<Versioned<Visit>>,
    /// Its reports.
    pub reports: Vec<Versioned<Report>>,
    /// The follow-ups opened under it.
    pub follow_ups: Vec<Versioned<FollowUp>>,
}

impl Store {
    /// Everything of a run.
    pub async fn of_run(&self, run: RunId) -> Result<OfRun, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let run = args![run.to_string()];
        let targets: Vec<Versioned<Target>> = typed(&mut tx, sql::TARGETS_OF_RUN, &run).await?;
        let mut visits: Vec<Versioned<Visit>> = typed(&mut tx, sql::VISITS_OF_RUN, &run).await?;
        let known: BTreeSet<_> = visits.iter().map(|visit| visit.state.id).collect();
        let serving: BTreeSet<_> = targets
            .iter()
            .flat_map(|target| &target.state.visits)
            .map(|visit| visit.visit)
            .collect();
        let others: Vec<String> = serving.difference(&known).map(ToString::to_string).collect();
        for ids in others.chunks(sql::IN_LIST) {
            visits.extend(typed(&mut tx, &sql::of(StreamKind::Visit).many, &padded(ids)).await?);
        }
        Ok(OfRun {
            reports: typed(&mut tx, sql::REPORTS_OF_RUN, &run).await?,
            follow_ups: typed(&mut tx, sql::FOLLOW_UPS_OF_RUN, &run).await?,
            targets,
            visits,
        })
    }

    /// Every record of a kind, by id, which is the order in which they were made.
    pub async fn page_of<T: AsState + Clone>(&self, page: &Page) -> Result<Listed<T>, StoreError> {
        let after = page.after.as_ref().map_or(Uuid::nil(), Cursor::id);
        // One more than wanted tells whether there is a next page.
        let args = args![after.to_string(), i64::from(page.limit) + 1];
        let mut tx = self.db.read(Part::Records).await?;
        let mut rows = tx.rows(&sql::of(T::KIND).page, &args).await?;
        let wanted = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let next = match rows.last() {
            Some(last) if more => Some(Cursor::new(String::new(), read_row(T::KIND, last)?.0.id)),
            _ => None,
        };
        Ok(Listed {
            items: rows.iter().map(read_typed).collect::<Result<_, _>>()?,
            next,
        })
    }

    /// Runs, the newest first.
    pub async fn runs(&self, filter: &RunFilter, page: &Page) -> Result<Listed<Run>, StoreError> {
        let mut query = Query::new(Vec::new());
        query.filter(filter.open);
        query.filter(filter.procedure.as_ref().map(code));
        query.filter(filter.for_complaint);
        query.cursor(page.after.as_ref().map(Cursor::by_instant).transpose()?);
        self.listed(&sql::RUNS, query, page, |row| Ok(row.int(3)?.to_string()))
            .await
    }

    /// Complaints, the newest first.
    pub async fn complaints(
        &self,
        filter: &ComplaintFilter,
        page: &Page,
    ) -> Result<Listed<Complaint>, StoreError> {
        let after = page.after.as_ref().map(Cursor::by_instant).transpose()?;
        let sort = |row: &Row| Ok(row.int(3)?.to_string());
        if let (Some(open), None, None) = (filter.open, filter.site, filter.office) {
            let mut query = Query::new(args![open].to_vec());
            query.filter(filter.priority.map(Priority::code));
            query.cursor(after);
            return self.listed(&sql::COMPLAINTS_BY_RUN, query, page, sort).await;
        }
        let mut query = Query::new(Vec::new());
        query.filter(filter.site.map(|site| site.to_string()));
        query.filter(filter.office.map(|office| office.to_string()));
        query.filter(filter.priority.map(Priority::code));
        query.filter(filter.open);
        query.cursor(after);
        self.listed(&sql::COMPLAINTS, query, page, sort).await
    }

    /// Follow-ups, the most urgent first.
    pub async fn follow_ups(
        &self,
        filter: &FollowUpFilter,
        page: &Page,
    ) -> Result<Listed<FollowUp>, StoreError> {
        let mut query = Query::new(Vec::new());
        query.filter(filter.open);
        query.filter(filter.site.map(|site| site.to_string()));
        query.filter(filter.owner.map(|owner| owner.to_string()));
        query.cursor(page.after.as_ref().map(Cursor::by_text));
        self.listed(&sql::FOLLOW_UPS, query, page, |row| Ok(row.text(3)?))
            .await
    }

    /// Incidents, the newest first.
    pub async fn incidents(
        &self,
        filter: &IncidentFilter,
        page: &Page,
    ) -> Result<Listed<Incident>, StoreError> {
        let mut query = Query::new(Vec::new());
        query.filter(filter.open);
        query.filter(filter.cause.as_deref());
        query.cursor(page.after.as_ref().map(Cursor::by_instant).transpose()?);
        self.listed(&sql::INCIDENTS, query, page, |row| Ok(row.int(3)?.to_string()))
            .await
    }

    /// Visits at a site, the newest first.
    pub async fn visits_of_site(&self, site: SiteId, page: &Page) -> Result<Listed<Visit>, StoreError> {
        let mut query = Query::new(args![site.to_string()].to_vec());
        query.cursor(page.after.as_ref().map(Cursor::by_instant).transpose()?);
        self.listed(&sql::VISITS_OF_SITE, query, page, |row| {
            Ok(row.int(3)?.to_string())
        })
        .await
    }

    /// Looks at personal values and erasures, the newest first; of everybody, or of one who asked.
    pub async fn accesses(&self, by: Option<PersonId>, page: &Page) -> Result<Listed<Access>, StoreError> {
        let mut query = Query::new(Vec::new());
        query.filter(by.map(|by| by.to_string()));
        query.cursor(page.after.as_ref().map(Cursor::by_instant).transpose()?);
        self.listed(&sql::ACCESSES, query, page, |row| Ok(row.int(3)?.to_string()))
            .await
    }

    /// The complaints at some sites whose run has not ended, the oldest first.
    pub async fn open_complaints(&self, sites: &[SiteId]) -> Result<Vec<Versioned<Complaint>>, StoreError> {
        let ids: Vec<String> = sites.iter().map(ToString::to_string).collect();
        let mut tx = self.db.read(Part::Records).await?;
        let mut found: Vec<Versioned<Complaint>> = Vec::new();
        for ids in ids.chunks(sql::IN_LIST) {
            found.extend(typed(&mut tx, &sql::OPEN_COMPLAINTS, &padded(ids)).await?);
        }
        found.sort_by_key(|complaint| (complaint.state.received_at, complaint.state.id));
        found.dedup_by_key(|complaint| complaint.state.id);
        Ok(found)
    }

    /// The visits that began between two instants, both included.
    pub async fn visits_between(
        &self,
        from: jiff::Timestamp,
        until: jiff::Timestamp,
    ) -> Result<Vec<Versioned<Visit>>, StoreError> {
        self.typed(
            sql::VISITS_BETWEEN,
            &args![from.as_millisecond(), until.as_millisecond()],
        )
        .await
    }

    /// The reports of a run.
    pub async fn reports_of(&self, run: RunId) -> Result<Vec<Versioned<Report>>, StoreError> {
        self.typed(sql::REPORTS_OF_RUN, &args![run.to_string()]).await
    }

    /// The targets of a run.
    pub async fn targets_of(&self, run: RunId) -> Result<Vec<Versioned<Target>>, StoreError> {
        self.typed(sql::TARGETS_OF_RUN, &args![run.to_string()]).await
    }

    /// The targets, of all runs, at a site.
    pub async fn targets_of_site(&self, site: SiteId) -> Result<Vec<Versioned<Target>>, StoreError> {
        self.typed(sql::TARGETS_OF_SITE, &args![site.to_string()]).await
    }

    /// The devices at a site, by code.
    pub async fn devices_of(&self, site: SiteId) -> Result<Vec<Versioned<Device>>, StoreError> {
        self.typed(sql::DEVICES_OF_SITE, &args![site.to_string()]).await
    }

    /// The devices that carry a serial number, wherever they stand or stood.
    pub async fn devices_of_serial(&self, serial: &str) -> Result<Vec<Versioned<Device>>, StoreError> {
        self.typed(sql::DEVICES_OF_SERIAL, &args![serial]).await
    }

    /// The links that connect a site, by code.
    pub async fn links_of(&self, site: SiteId) -> Result<Vec<Versioned<Link>>, StoreError> {
        self.typed(sql::LINKS_OF_SITE, &args![site.to_string()]).await
    }

    /// The papers that belong to a record, the oldest first.
    pub async fn documents_of(&self, record: StreamRef) -> Result<Vec<Versioned<Document>>, StoreError> {
        self.typed(
            sql::DOCUMENTS_OF_RECORD,
            &args![record.kind.code(), record.id.to_string()],
        )
        .await
    }

    /// The papers of a number: several where registers of different kinds write it alike.
    pub async fn documents_by_number(&self, number: &str) -> Result<Vec<Versioned<Document>>, StoreError> {
        // More than a handful is no number of ours.
        self.typed(sql::DOCUMENTS_BY_NUMBER, &args![number, 16]).await
    }

    /// The entry of an office, site, device, link, service or post by its code; nothing for other kinds,
    /// whose code is not unique.
    pub async fn by_code(
        &self,
        kind: StreamKind,
        code: &str,
    ) -> Result<Option<(StreamRef, Versioned)>, StoreError> {
        let Some(select) = &sql::of(kind).by_code else {
            return Ok(None);
        };
        let mut tx = self.db.read(Part::Records).await?;
        tx.row(select, &args![code])
            .await?
            .map(|row| read_row(kind, &row))
            .transpose()
    }

    /// A complaint by its number.
    pub async fn complaint_by_number(
        &self,
        number: &str,
    ) -> Result<Option<Versioned<Complaint>>, StoreError> {
        Ok(self.typed(sql::COMPLAINT_BY_NUMBER, &args![number]).await?.pop())
    }

    /// The account with this name to sign in with.
    pub async fn account_by_login(&self, login: &Login) -> Result<Option<Versioned<Account>>, StoreError> {
        Ok(self
            .typed(sql::ACCOUNT_BY_LOGIN, &args![login.as_str()])
            .await?
            .pop())
    }

    /// The complaint that a run serves.
    pub async fn complaint_of_run(&self, run: RunId) -> Result<Option<Versioned<Complaint>>, StoreError> {
        Ok(self
            .typed(sql::COMPLAINT_OF_RUN, &args![run.to_string()])
            .await?
            .pop())
    }

    /// The number that a record holds in a register, reserved or used, if it holds one.
    pub async fn number_of(
        &self,
        record: StreamRef,
        register: &str,
    ) -> Result<Option<Versioned<NumberEntry>>, StoreError> {
        let args = args![record.kind.code(), record.id.to_string(), register];
        Ok(self.typed(sql::NUMBER_OF_RECORD, &args).await?.pop())
    }

    /// The highest place given out in a register in a year. Two who ask at once get the same answer; of the
    /// two that then reserve the next place one meets a [`StoreError::Conflict`] and asks again.
    pub async fn last_number(&self, register: &str, year: i16) -> Result<Option<u32>, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let row = tx
            .row(sql::LAST_NUMBER, &args![register, i64::from(year)])
            .await?;
        let last = row.map(|row| row.opt_int(0)).transpose()?.flatten();
        last.map(u32::try_from)
            .transpose()
            .map_err(|error| StoreError::Corrupt {
                what: format!("register {register} {year}"),
                why: error.to_string(),
            })
    }

    async fn typed<T: AsState + Clone>(
        &self,
        select: &'static str,
        args: &[Value],
    ) -> Result<Vec<Versioned<T>>, StoreError> {
        typed(&mut self.db.read(Part::Records).await?, select, args).await
    }

    async fn listed<T: AsState + Clone>(
        &self,
        listing: &'static sql::Listing,
        mut query: Query,
        page: &Page,
        sort: impl Fn(&Row) -> Result<String, StoreError>,
    ) -> Result<Listed<T>, StoreError> {
        // One more than wanted tells whether there is a next page.
        query.args.push(Value::from(i64::from(page.limit) + 1));
        let mut tx = self.db.read(Part::Records).await?;
        let mut rows = tx.rows(listing.statement(&query.chosen), &query.args).await?;
        let wanted = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let next = match rows.last() {
            Some(last) if more => {
                let id = last.text(4)?;
                let id = id.parse().map_err(|_| StoreError::Corrupt {
                    what: format!("a row of {}", T::KIND.code()),
                    why: format!("{id:?} is no id"),
                })?;
                Some(Cursor::new(sort(last)?, id))
            }
            _ => None,
        };
        Ok(Listed {
            items: rows.iter().map(read_typed).collect::<Result<_, _>>()?,
            next,
        })
    }
}

/// The arguments of a listing, and which of its filters they belong to.
struct Query {
    args: Vec<Value>,
    chosen: Vec<bool>,
}

impl Query {
    fn new(fixed: Vec<Value>) -> Self {
        Self {
            args: fixed,
            chosen: Vec::new(),
        }
    }

    fn filter(&mut self, value: Option<impl Into<Value>>) {
        self.chosen.push(value.is_some());
        self.args.extend(value.map(Into::into));
    }

    fn cursor(&mut self, after: Option<[Value; 2]>) {
        self.chosen.push(after.is_some());
        self.args.extend(after.into_iter().flatten());
    }
}

async fn typed<T: AsState + Clone>(
    tx: &mut Tx,
    select: &'static str,
    args: &[Value],
) -> Result<Vec<Versioned<T>>, StoreError> {
    tx.rows(select, args).await?.iter().map(read_typed).collect()
}

fn read_typed<T: AsState + Clone>(row: &Row) -> Result<Versioned<T>, StoreError> {
    let (stream, Versioned { version, state }) = read_row(T::KIND, row)?;
    let state = T::of(&state).cloned().ok_or_else(|| StoreError::Corrupt {
        what: format!("state of {stream}"),
        why: format!("it is a {}", state.kind().code()),
    })?;
    Ok(Versioned { version, state })
}
