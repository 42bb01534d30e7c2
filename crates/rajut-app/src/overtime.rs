//! Overtime orders: numbered by us or by another register, and withdrawn with a reason.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rajut_core::act::{Act, UnfitCode};
use rajut_core::flow::{cancel_overtime, order_overtime};
use rajut_core::id::{ActId, OvertimeId, PersonId};
use rajut_core::journal::Record;
use rajut_core::people::{Overtime, OvertimePaper};
use rajut_core::stream::{StreamKind, StreamRef};
use uuid::Uuid;

use crate::act::{Done, used_otherwise};
use crate::{App, AppError, Key, Who};

/// The register in which our own overtime orders are numbered.
const REGISTER: &str = "overtime";

/// An overtime order on its way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOvertime {
    /// A paper of another register; `None` numbers one in ours.
    pub paper: Option<OvertimePaper>,
    /// Who is to work.
    pub people: BTreeSet<PersonId>,
    /// On which days.
    pub days: BTreeSet<Date>,
    /// Why.
    pub reason: String,
}

impl App {
    /// Orders people to work on days off.
    pub async fn order_overtime(&self, who: Who, key: Key, new: NewOvertime) -> Result<OvertimeId, AppError> {
        // The order takes the id of its act, so that a repetition finds it and resumes its number.
        let act = key.key.unwrap_or_else(|| self.ids().fresh::<ActId>());
        let key = Key {
            key: Some(act),
            ..key
        };
        let id = OvertimeId(act.0);
        let envelope = self.envelope(who, key, Act::OrderOvertime);
        if self.repeated(&envelope).await?.is_some() {
            // The withdrawal of another order is an act of the same kind.
            return self
                .find::<Overtime>(id.0)
                .await
                .map(|_| id)
                .map_err(|_| used_otherwise());
        }
        let by = who
            .done_by
            .person()
            .ok_or_else(|| AppError::invalid("overtime", UnfitCode::ByAPerson))?;
        let context = self.context().await?;
        let day = context.agency.zone.date(envelope.occurred_at);
        let mut order = Overtime {
            id,
            paper: new.paper.unwrap_or(OvertimePaper {
                number: String::new(),
                dated: day,
                register: None,
            }),
            people: new.people,
            days: new.days,
            reason: new.reason,
            by,
            withdrawn: None,
        };
        let mut records = context.records();
        let mut number: Option<Uuid> = None;
        if order.paper.register.is_none() {
            // Ask before a number is taken whether the order could be given at all: by a paper that has one.
            let numbered = Overtime {
                paper: OvertimePaper {
                    number: "?".to_owned(),
                    dated: day,
                    register: Some("?".to_owned()),
                },
                ..order.clone()
            };
            order_overtime(
                context.facts(&records),
                envelope.clone(),
                self.ids(),
                &numbered,
                None,
            )?;
            let stream = StreamRef {
                kind: StreamKind::Overtime,
                id: id.0,
            };
            let entry = self.reserve(who, key, REGISTER, stream).await?;
            order.paper.number.clone_from(&entry.text);
            number = Some(entry.id);
            let of_number = StreamRef {
                kind: StreamKind::Number,
                id: entry.id,
            };
            self.load_into(&mut records, [of_number]).await?;
        }
        let changes = order_overtime(context.facts(&records), envelope, self.ids(), &order, number)?;
        self.commit(changes).await?;
        Ok(id)
    }

    /// Withdraws an overtime order with a reason.
    pub async fn cancel_overtime(
        &self,
        who: Who,
        key: Key,
        order: OvertimeId,
        why: &str,
    ) -> Result<Done, AppError> {
        let context = self.context().await?;
        let withdrawn = |record: &Record| record.stream.id == order.0 && record.version > 1;
        if let Some(done) = self.done_already(key, Act::OrderOvertime, withdrawn).await? {
            return Ok(done);
        }
        let envelope = self.envelope(who, key, Act::OrderOvertime);
        let facts = context.facts(&context.people);
        let changes = cancel_overtime(facts, envelope, self.ids(), order, why)?;
        self.commit(changes).await
    }
}
