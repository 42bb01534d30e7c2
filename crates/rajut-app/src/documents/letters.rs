//! Surat Perintah, the change of its annex, and the Lembar Disposisi.

use jiff::civil::Date;
use rajut_core::act::{Act, UnfitCode};
use rajut_core::id::{RunId, SiteId};
use rajut_core::people::{Capacity, Person, Post};
use rajut_core::procedure::StepKind;
use rajut_core::run::{Document, Run, Urgency};
use rajut_pdf::{Paper, paper};

use super::parts::{
    basis, capacity, contact_line, person_line, post_of_step, punctuated, sheet, signature, title_of,
};
use crate::{App, AppError, Key, Who};

impl App {
    /// Freezes the data of a Surat Perintah.
    pub(crate) async fn seal_order_data(
        &self,
        document: &mut Document,
        run: &Run,
        who: Who,
        key: Key,
    ) -> Result<(), AppError> {
        let at = key.occurred_at.unwrap_or_else(|| self.now());
        let paper = self
            .order_paper(run, who, at, Some(document.number.clone()))
            .await?;
        self.freeze_data(document, &paper).await
    }

    /// The Surat Perintah of a run: as it would be issued now, or as a draft without a number.
    pub async fn order_paper(
        &self,
        run: &Run,
        who: Who,
        at: jiff::Timestamp,
        number: Option<String>,
    ) -> Result<Paper, AppError> {
        let context = self.context().await?;
        let zone = context.agency.zone;
        let day = zone.date(at);
        let order = run
            .order
            .as_ref()
            .ok_or_else(|| AppError::not_found("order", ""))?;
        let procedure = context
            .procedures
            .get(&run.procedure)
            .ok_or_else(|| AppError::not_found("procedure", &run.procedure.code))?;
        let places = self.gazetteer().await?;
        let signer = who
            .done_by
            .person()
            .ok_or_else(|| AppError::invalid("signer", UnfitCode::ByAPerson))?;
        let post = post_of_step(&context, procedure, StepKind::Order);
        let capacity = post
            .and_then(|post| capacity(&context, signer, post, day))
            .unwrap_or(Capacity::Own);
        let addressee = context
            .people
            .find::<Post>(order.draft.addressee.0)
            .ok_or_else(|| AppError::not_found("post", order.draft.addressee))?;
        let mut addressees = Vec::new();
        if let Ok(holder) = context.holder(&addressee.code, day) {
            addressees.push(person_line(&context, holder.id, day)?);
        }
        for person in order.named() {
            let name = context.person(*person)?.full_name();
            if !addressees.iter().any(|line| line.name == name) {
                addressees.push(person_line(&context, *person, day)?);
            }
        }
        let contacts = order
            .named()
            .iter()
            .map(|person| contact_line(&context, *person))
            .collect::<Result<Vec<_>, _>>()?;
        let initials = order
            .initials
            .iter()
            .map(|initial| {
                Ok(paper::Initial {
                    post: title_of(&context, initial.by, zone.date(initial.at)),
                    name: context.person(initial.by)?.full_name(),
                    at: Some(zone.civil(initial.at)),
                })
            })
            .collect::<Result<Vec<_>, AppError>>()?;
        let verbal = order
            .verbal
            .as_ref()
            .map(|verbal| {
                Ok::<_, AppError>(paper::VerbalOrder {
                    given_by: title_of(&context, verbal.by, zone.date(verbal.at)),
                    given_at: zone.civil(verbal.at),
                    channel: match verbal.channel.as_str() {
                        "phone" | "telephone" => paper::Channel::Telephone,
                        "message" => paper::Channel::Message,
                        "meeting" => paper::Channel::Meeting,
                        _ => paper::Channel::InPerson,
                    },
                })
            })
            .transpose()?;
        let mut sheet = sheet(&context, number.clone(), day);
        if number.is_none() {
            sheet.standing = paper::Standing::Draft {
                number: None,
                date: None,
                written: day,
            };
        }
        Ok(Paper::Order(paper::Order {
            sheet,
            subject: procedure.identity.title.clone(),
            considering: vec![order.draft.purpose.clone()],
            basis: punctuated(basis(procedure, order)),
            addressees,
            sites: order.scope().map(|site| places.line(site)).collect(),
            valid: paper::Validity {
                from: order.draft.valid_from,
                until: order.valid_until(),
            },
            further_tasks: Vec::new(),
            report_to: post
                .map(|post| post.label_on(day).0.to_owned())
                .unwrap_or_default(),
            report_due: Some(order.valid_until()),
            verbal,
            signature: signature(&context, signer, post, &capacity, day)?,
            copies: Vec::new(),
            initials,
            internal_annex: (!contacts.is_empty()).then_some(contacts),
        }))
    }

    /// Freezes the data of a change of annex.
    #[expect(clippy::too_many_arguments, reason = "they are the fields of one addendum")]
    pub(crate) async fn seal_addendum_data(
        &self,
        document: &mut Document,
        run: &Run,
        add_sites: &[SiteId],
        valid_until: Option<Date>,
        reason: &str,
        who: Who,
        key: Key,
    ) -> Result<(), AppError> {
        let context = self.context().await?;
        let at = key.occurred_at.unwrap_or_else(|| self.now());
        let day = context.agency.zone.date(at);
        let order = run
            .order
            .as_ref()
            .ok_or_else(|| AppError::not_found("order", ""))?;
        let issued = order
            .issued
            .as_ref()
            .ok_or_else(|| AppError::not_found("issued-order", ""))?;
        let procedure = context
            .procedures
            .get(&run.procedure)
            .ok_or_else(|| AppError::not_found("procedure", &run.procedure.code))?;
        let places = self.gazetteer().await?;
        let signer = who
            .done_by
            .person()
            .ok_or_else(|| AppError::invalid("signer", UnfitCode::ByAPerson))?;
        let post = post_of_step(&context, procedure, StepKind::Order);
        let capacity = post
            .and_then(|post| capacity(&context, signer, post, day))
            .unwrap_or(Capacity::Own);
        let paper = Paper::OrderAddendum(paper::OrderAddendum {
            sheet: sheet(&context, Some(document.number.clone()), day),
            order: paper::Reference {
                number: issued.number.clone(),
                date: issued.date,
                subject: procedure.identity.title.clone(),
            },
            ordinal: u32::try_from(order.addenda.len() + 1).unwrap_or(u32::MAX),
            reasons: vec![reason.to_owned()],
            added_sites: add_sites.iter().map(|site| places.line(*site)).collect(),
            removed_sites: Vec::new(),
            valid: valid_until.map(|until| paper::Validity {
                from: order.draft.valid_from,
                until,
            }),
            members: Vec::new(),
            signature: signature(&context, signer, post, &capacity, day)?,
            copies: Vec::new(),
        });
        self.freeze_data(document, &paper).await
    }

    /// The Lembar Disposisi of a run with its whole chain.
    pub async fn disposition_paper(&self, run: RunId) -> Result<Paper, AppError> {
        let context = self.context().await?;
        let zone = context.agency.zone;
        let run: Run = self.find(run.0).await?;
        let order = run
            .order
            .as_ref()
            .ok_or_else(|| AppError::not_found("order", ""))?;
        let issued = order
            .issued
            .as_ref()
            .ok_or_else(|| AppError::not_found("issued-order", ""))?;
        let post_title = |id: rajut_core::id::PostId, day: Date| {
            context
                .people
                .find::<Post>(id.0)
                .map(|post| post.label_on(day).0.to_owned())
                .unwrap_or_default()
        };
        let chain = run
            .dispositions
            .iter()
            .map(|made| {
                let day = zone.date(made.at);
                Ok(paper::DispositionEntry {
                    from_post: post_title(made.from, day),
                    from_name: context.person(made.by)?.full_name(),
                    to: vec![post_title(made.to, day)],
                    instructions: vec![paper::Instruction::Process],
                    note: made.instruction.clone(),
                    urgency: urgency(made.urgency),
                    deadline: made.deadline,
                    at: zone.civil(made.at),
                    entered_by: run
                        .scans
                        .iter()
                        .find(|scan| {
                            scan.act == Act::Dispose && (scan.official, scan.at) == (made.by, made.at)
                        })
                        .map(|scan| context.person(scan.clerk).map(Person::full_name))
                        .transpose()?,
                })
            })
            .collect::<Result<Vec<_>, AppError>>()?;
        let posts = run
            .dispositions
            .iter()
            .map(|made| post_title(made.to, zone.date(made.at)))
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect();
        Ok(Paper::DispositionSheet(paper::DispositionSheet {
            sheet: sheet(&context, None, issued.date),
            letter: paper::IncomingLetter {
                from: title_of(&context, issued.by, issued.date),
                number: issued.number.clone(),
                date: issued.date,
                received: issued.date,
                subject: run.title.clone(),
                urgency: run.dispositions.first().and_then(|made| urgency(made.urgency)),
            },
            posts,
            chain,
        }))
    }
}

fn urgency(urgency: Urgency) -> Option<paper::Urgency> {
    match urgency {
        Urgency::Ordinary => None,
        Urgency::Urgent => Some(paper::Urgency::Urgent),
        Urgency::Immediate => Some(paper::Urgency::VeryUrgent),
        Urgency::Secret => Some(paper::Urgency::Secret),
    }
}
