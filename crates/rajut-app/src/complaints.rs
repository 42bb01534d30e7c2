//! Complaints: number, receipt, and the ones that a routine check opens by itself.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rajut_core::account::Counted;
use rajut_core::act::{Act, Refusal, Rule, UnfitCode};
use rajut_core::complaint::{Channel, Complaint, Origin, Reporter, Symptom};
use rajut_core::flow::{Command, ComplaintDraft, FollowUpDraft, Receipt};
use rajut_core::id::{ActId, ComplaintId, OfficeId, RunId, ServiceId, SiteId, TargetId, VisitId};
use rajut_core::journal::{Hash, PersonalValue};
use rajut_core::register::{Device, DeviceCondition};
use rajut_core::run::Run;
use rajut_core::stream::{State, StreamKind, StreamRef};
use rajut_core::visit::{Action, Finding, Subject, Verdict, Visit};

use crate::{App, AppError, Key, Who};

/// The register in which complaints are numbered.
const REGISTER: &str = "complaint";

/// A complaint as somebody tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewComplaint {
    /// How it came.
    pub channel: Channel,
    /// Since when.
    pub happened_at: Option<Timestamp>,
    /// Whose.
    pub office: Option<OfficeId>,
    /// Where.
    pub site: SiteId,
    /// Name of the reporter.
    pub reporter: String,
    /// Telephone or electronic mail.
    pub contact: Option<String>,
    /// Post of the reporter.
    pub post: String,
    /// What is wrong.
    pub symptom: Symptom,
    /// In words.
    pub text: String,
    /// How many are hit.
    pub users_affected: Option<u32>,
    /// Services that are hit.
    pub services: BTreeSet<ServiceId>,
}

/// A complaint that was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Its id.
    pub complaint: ComplaintId,
    /// Its run.
    pub run: RunId,
    /// Its number.
    pub number: String,
    /// The code that goes on the receipt: with the number it opens the state of the complaint.
    pub code: String,
}

impl App {
    /// Registers a complaint.
    pub async fn register_complaint(
        &self,
        who: Who,
        key: Key,
        new: NewComplaint,
    ) -> Result<Registered, AppError> {
        self.register(who, key, new, Origin::Reported, None).await
    }

    /// The same with the code of its receipt, made beforehand by [`App::fresh_receipt_code`]: a repetition under the
    /// same key tells the code again to whoever brings it, and to nobody else.
    pub async fn register_complaint_under(
        &self,
        who: Who,
        key: Key,
        new: NewComplaint,
        code: &str,
    ) -> Result<Registered, AppError> {
        if code.len() != CODE_LENGTH || !code.bytes().all(|byte| LETTERS.contains(&byte)) {
            return Err(AppError::invalid("code", UnfitCode::NotAReceipt));
        }
        self.register(who, key, new, Origin::Reported, Some(code.to_owned()))
            .await
    }

    /// A code for the receipt of a complaint that is about to be told.
    pub fn fresh_receipt_code(&self) -> String {
        receipt_code(self.ids().salt())
    }

    /// Where a complaint stands, for whoever holds its receipt; nothing where number and code do not belong together.
    /// Guesses are counted by address and by number, like those of passwords.
    pub async fn check_receipt(
        &self,
        number: &str,
        code: &str,
        address: &str,
    ) -> Result<Option<Complaint>, AppError> {
        let (number, code) = (number.trim(), code.trim().to_uppercase());
        let shown: String = number.to_uppercase().chars().take(40).collect();
        let names = [
            (Counted::Name, format!("receipt:{shown}")),
            (Counted::Address, format!("receipt-address:{address}")),
        ];
        if let Some(until) = self.waits(&names).await? {
            return Err(AppError::TryAgain { until });
        }
        self.count(&names).await?;
        let known = match self.store().complaint_by_number(number).await? {
            Some(known) => Some(known),
            None => self.store().complaint_by_number(&number.to_uppercase()).await?,
        };
        let right = known.filter(|known| known.state.receipt == Receipt::of(&known.state.number, &code).0);
        if right.is_some() {
            self.was_right(&names).await?;
        }
        Ok(right.map(|known| known.state))
    }

    async fn register(
        &self,
        who: Who,
        key: Key,
        new: NewComplaint,
        origin: Origin,
        code: Option<String>,
    ) -> Result<Registered, AppError> {
        let context = self.context().await?;
        let at = key.occurred_at.unwrap_or_else(|| self.now());
        let code_of_procedure = context.agency_file.procedures.complaint.clone();
        let day = context.agency.zone.date(at);
        // Before a number is taken; core asks again when it decides.
        let procedure = context.procedure_on(&code_of_procedure, day).map_err(|_| {
            Refusal::new(Rule::ProcedureNotEffective)
                .with("procedure", &code_of_procedure)
                .with("date", day)
        })?;
        let mut ids = self.ids();
        // The same key gives the same complaint, so that a repetition resumes its number.
        let complaint = match key.key {
            Some(act) => ComplaintId(act.0),
            None => ids.fresh(),
        };
        let key = Key {
            key: Some(key.key.unwrap_or(ActId(complaint.0))),
            ..key
        };
        // A key that stands for another act, or somebody else's, takes no number.
        let envelope = self.envelope(who, key, Act::RegisterComplaint);
        self.repeated(&envelope).await?;
        let stream = StreamRef {
            kind: StreamKind::Complaint,
            id: complaint.0,
        };
        if let Some(known) = self.store().load(stream).await?
            && let State::Complaint(known) = known.state
        {
            return Ok(Registered {
                complaint,
                run: known.run,
                number: known.number.clone(),
                code: code
                    .filter(|code| known.receipt == Receipt::of(&known.number, code).0)
                    .unwrap_or_default(),
            });
        }
        let code = code.unwrap_or_else(|| receipt_code(ids.salt()));
        let name = PersonalValue::seal(&new.reporter, &mut ids);
        let contact = new
            .contact
            .as_deref()
            .map(|contact| PersonalValue::seal(contact, &mut ids));
        let mut draft = ComplaintDraft {
            id: complaint,
            run: ids.fresh(),
            procedure,
            number: uuid::Uuid::nil(),
            channel: new.channel,
            happened_at: new.happened_at,
            office: new.office,
            site: new.site,
            reporter: Reporter {
                name: name.sealed.clone(),
                contact: contact.as_ref().map(|contact| contact.sealed.clone()),
                post: new.post,
            },
            personal: [Some(name), contact].into_iter().flatten().collect(),
            symptom: new.symptom,
            text: new.text,
            users_affected: new.users_affected,
            services: new.services,
            origin,
            receipt: Receipt::of("", &code),
            target: self.open_target(new.site).await?,
        };
        let run = draft.run;
        let asked = Command::RegisterComplaint(Box::new(draft.clone()));
        self.before_number(who, key, &asked).await?;
        // Whoever may complain need not be one who numbers papers: then the number follows from the complaint.
        let entry = match self.reserve(who, key, REGISTER, stream).await {
            Err(AppError::Refused(refusal)) if refusal.rule == Rule::NoRight => {
                self.reserve(Who::system(), key, REGISTER, stream).await?
            }
            other => other?,
        };
        draft.number = entry.id;
        draft.receipt = Receipt::of(&entry.text, &code);
        self.act(who, key, &Command::RegisterComplaint(Box::new(draft)))
            .await?;
        Ok(Registered {
            complaint,
            run,
            number: entry.text,
            code,
        })
    }

    /// The target of a run under way at a site, which a complaint joins by itself.
    async fn open_target(&self, site: SiteId) -> Result<Option<TargetId>, AppError> {
        for target in self.store().targets_of_site(site).await? {
            let target = target.state;
            if target.progress.is_none() || target.settled() {
                continue;
            }
            if self.find::<Run>(target.run.0).await?.end.is_none() {
                return Ok(Some(target.id));
            }
        }
        Ok(None)
    }

    /// What follows from a visit that has ended: a fault for which there was no complaint opens one and so
    /// starts the complaint procedure, and what could not be repaired becomes a follow-up.
    ///
    /// Each follows under a key made of what it follows from: to do it twice is to do it once. Whatever items of the
    /// checklist show that a device or link is faulty, and whoever wrote it down, it is one fault and one complaint.
    pub async fn follow_visit(&self, visit: VisitId) -> Result<Vec<Registered>, AppError> {
        let known = self.find::<Visit>(visit.0).await?;
        let mut opened = Vec::new();
        if known.check_out.is_none() {
            return Ok(opened);
        }
        // A complaint found true speaks for one fault each; which one, nobody is asked to say on site.
        let proven = |verdict: Verdict| {
            matches!(
                verdict,
                Verdict::ProvenRepaired | Verdict::ProvenNotRepaired | Verdict::Escalate
            )
        };
        let told: BTreeSet<ComplaintId> = known
            .verdicts
            .iter()
            .filter(|given| proven(given.verdict))
            .map(|given| given.complaint)
            .collect();
        let mut told = told.len();
        let mut faulty = BTreeSet::new();
        for ((subject, item), findings) in known.holding() {
            for finding in to_follow(&findings) {
                self.follow_finding(&known, finding).await?;
            }
            let Some(finding) = findings.iter().find(|finding| finding.is_fault()) else {
                continue;
            };
            let thing = match subject {
                Subject::Site => format!("site {item}"),
                Subject::Device(id) => format!("device {id}"),
                Subject::Link(id) => format!("link {id}"),
            };
            if !faulty.insert(thing.clone()) {
                continue;
            }
            if told > 0 {
                told -= 1;
            } else {
                let key = derived(&format!("{visit} {thing}"), "complaint");
                opened.push(self.complain_of(&known, finding, key).await?);
            }
        }
        Ok(opened)
    }

    async fn complain_of(
        &self,
        visit: &Visit,
        finding: &Finding,
        key: ActId,
    ) -> Result<Registered, AppError> {
        let symptom = match finding.condition {
            DeviceCondition::Missing | DeviceCondition::Major => Symptom::Damage,
            _ => Symptom::Other,
        };
        let text = if finding.note.trim().is_empty() {
            let context = self.context().await?;
            let item = context.checklist.item(&finding.item);
            item.map_or_else(|| finding.item.clone(), |item| item.label.id.clone())
        } else {
            finding.note.clone()
        };
        let new = NewComplaint {
            channel: Channel::RoutineCheck,
            happened_at: None,
            office: None,
            site: visit.site,
            reporter: "tim pemeliharaan".to_owned(),
            contact: None,
            post: String::new(),
            symptom,
            text,
            users_affected: None,
            services: BTreeSet::new(),
        };
        let key = Key {
            key: Some(key),
            occurred_at: Some(finding.at),
        };
        let origin = Origin::Finding {
            visit: visit.id,
            finding: finding.id,
        };
        self.register(Who::system(), key, new, origin, None).await
    }

    /// The part that a fault waits for: what the team named, else for an escalated one the like of the device it is
    /// on. What else is needed is for the Kasi to say.
    async fn part_for(&self, finding: &Finding) -> Result<Option<rajut_core::run::Part>, AppError> {
        if let Some(awaited) = &finding.awaits {
            return Ok(Some(awaited.part.clone()));
        }
        let Subject::Device(device) = finding.subject else {
            return Ok(None);
        };
        if finding.action != Action::Escalate {
            return Ok(None);
        }
        let device: Device = self.find(device.0).await?;
        let name = format!("{} {}", device.brand, device.model).trim().to_owned();
        Ok((!name.is_empty()).then_some(rajut_core::run::Part { name, quantity: 1 }))
    }

    async fn follow_finding(&self, visit: &Visit, finding: &Finding) -> Result<(), AppError> {
        let due = if let Some(named) = finding.awaits.as_ref().and_then(|it| it.due_on) {
            named
        } else {
            let context = self.context().await?;
            context
                .calendar
                .working_days_after(context.agency.zone.date(finding.at), FOLLOW_UP_DAYS)
                .map_err(|error| AppError::setting("calendar", error))?
        };
        let id = derived(&finding.id, "follow-up");
        let what = if finding.note.trim().is_empty() {
            finding.item.clone()
        } else {
            finding.note.clone()
        };
        let part = self.part_for(finding).await?;
        let draft = FollowUpDraft {
            id: rajut_core::id::FollowUpId(id.0),
            site: visit.site,
            subject: finding.subject,
            visit: Some(visit.id),
            run: visit.run,
            complaint: None,
            what,
            owner: None,
            due_on: due,
            part,
        };
        let key = Key {
            key: Some(id),
            occurred_at: Some(finding.at),
        };
        self.act(Who::system(), key, &Command::OpenFollowUp(Box::new(draft)))
            .await?;
        Ok(())
    }
}

/// The findings of one fault that stays of which a follow-up comes: those that name a part, each of another; where
/// none does, the first.
fn to_follow<'f>(findings: &[&'f Finding]) -> Vec<&'f Finding> {
    let left = || findings.iter().copied().filter(|finding| finding.leaves_fault());
    let mut named: Vec<&Finding> = Vec::new();
    for finding in left().filter(|finding| finding.awaits.is_some()) {
        if named.iter().all(|other| other.awaits != finding.awaits) {
            named.push(finding);
        }
    }
    if named.is_empty() {
        named.extend(left().next());
    }
    named
}

/// Working days that a follow-up gets until the Kasi names another date (replacement of a device: up to five
/// working days in the complaint procedure).
const FOLLOW_UP_DAYS: u32 = 5;

/// A key that follows from a thing and a purpose (version 8 of RFC 9562, from SHA-256): to do what it stands
/// for twice is to do it once.
pub(crate) fn derived(of: &impl std::fmt::Display, purpose: &str) -> ActId {
    let hash = Hash::of(format!("rajut-derived/1\n{of}\n{purpose}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.bytes()[..16]);
    ActId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// What a code is made of: characters that are hard to mistake for one another when read out (no 0, 1, I, L, O).
const LETTERS: &[u8] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// So many of them: 31^8 codes.
const CODE_LENGTH: usize = 8;

fn receipt_code(salt: [u8; 16]) -> String {
    let mut number = u128::from_be_bytes(salt);
    (0..CODE_LENGTH)
        .map(|_| {
            let letter = LETTERS[usize::try_from(number % LETTERS.len() as u128).unwrap_or(0)];
            number /= LETTERS.len() as u128;
            char::from(letter)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rajut_core::id::FindingId;

    #[test]
    fn a_receipt_code_is_easy_to_read_out() {
        let code = receipt_code([7; 16]);
        assert_eq!(code.len(), 8);
        assert!(code.chars().all(|c| !"01ILO".contains(c)));
        assert_ne!(code, receipt_code([8; 16]));
    }

    #[test]
    fn a_finding_gives_one_key_per_purpose() {
        let finding = FindingId(uuid::Uuid::from_u128(5));
        assert_eq!(derived(&finding, "complaint"), derived(&finding, "complaint"));
        assert_ne!(derived(&finding, "complaint"), derived(&finding, "follow-up"));
    }
}
