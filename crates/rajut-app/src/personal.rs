//! Personal values: seen, taken out and erased with a reason, and a record of it before anything is handed out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rajut_core::act::{Act, Changes};
use rajut_core::complaint::Complaint;
use rajut_core::flow::{
    Records, access_personal, access_reporter, edit_entries, erase_personal, erase_reporter,
};
use rajut_core::id::{ComplaintId, PersonId};
use rajut_core::journal::Record;
use rajut_core::people::{
    Access, AccessEvent, Person, PersonalField, Purpose, Ranks, Sealed, default_ranks, masked_name,
};
use rajut_core::register::Edit;
use rajut_core::stream::{Event, StreamKind, StreamRef};
use rajut_store::{Cursor, Page, StoreError};

use crate::act::{Done, used_otherwise};
use crate::import::export::{self, Sheet};
use crate::import::{self, OpenPerson, PeopleRules, Preview, Table};
use crate::{App, AppError, Context, Key, Who};

/// Somebody with the values that were asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct Revealed {
    /// Who.
    pub person: Person,
    /// What is known; a value that was never entered, or was erased, is absent.
    pub values: BTreeMap<PersonalField, String>,
}

impl std::fmt::Debug for Revealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The values stay out of logs.
        f.debug_struct("Revealed")
            .field("person", &self.person)
            .finish_non_exhaustive()
    }
}

/// Who complained, with the values that are known: what was erased is absent.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
pub struct OpenReporter {
    /// Name.
    pub name: Option<String>,
    /// Telephone or electronic mail.
    pub contact: Option<String>,
}

impl std::fmt::Debug for OpenReporter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The values stay out of logs.
        f.debug_struct("OpenReporter").finish_non_exhaustive()
    }
}

/// A page of the log of looks at personal values.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessPage {
    /// The newest first.
    pub items: Vec<Access>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
}

/// How many entries of the log are read at once when one looks for whose they are.
const LOG_PAGE: u32 = 200;

impl App {
    /// Personal values of some people, for a reason. The record of it is committed first, then they are read.
    ///
    /// It happens now, whatever the key says: a right that has ended does not come back by a date. The same key
    /// again shows what its record names, and only that.
    pub async fn reveal(
        &self,
        who: Who,
        key: Key,
        people: &BTreeSet<PersonId>,
        fields: &BTreeSet<PersonalField>,
        reason: &str,
    ) -> Result<Vec<Revealed>, AppError> {
        let context = self.context().await?;
        self.note_access(&context, who, key, people, fields, Purpose::Reveal, reason)
            .await?;
        let opened = self.opened(&context, Some(people)).await?;
        Ok(opened
            .into_iter()
            .map(|open| {
                let values = [
                    (PersonalField::Nip, open.nip),
                    (PersonalField::Address, open.address),
                    (PersonalField::Phone, open.phone),
                ];
                let values = values
                    .into_iter()
                    .filter(|(field, _)| fields.contains(field))
                    .filter_map(|(field, value)| Some((field, value?)))
                    .collect();
                Revealed {
                    person: open.person,
                    values,
                }
            })
            .collect())
    }

    /// All people, with masked values.
    pub async fn export_people(&self) -> Result<Sheet, AppError> {
        let context = self.context().await?;
        Ok(export::people(
            &self.opened(&context, None).await?,
            export::Personal::Masked,
        ))
    }

    /// All people with their values in clear, for a reason: what is written can be imported again. The record of
    /// it is committed first, then the values are read.
    pub async fn export_people_in_clear(&self, who: Who, key: Key, reason: &str) -> Result<Sheet, AppError> {
        let context = self.context().await?;
        let people: BTreeSet<PersonId> = context.people.all::<Person>().map(|person| person.id).collect();
        let fields = PersonalField::ALL.iter().copied().collect();
        self.note_access(&context, who, key, &people, &fields, Purpose::Export, reason)
            .await?;
        Ok(export::people(
            &self.opened(&context, None).await?,
            export::Personal::Revealed,
        ))
    }

    /// Erases personal values of somebody by law: also those that stood there before, as far back as the journal
    /// goes.
    pub async fn erase(
        &self,
        who: Who,
        key: Key,
        person: PersonId,
        fields: &BTreeSet<PersonalField>,
        reason: &str,
    ) -> Result<Done, AppError> {
        let context = self.context().await?;
        let stream = StreamRef {
            kind: StreamKind::Person,
            id: person.0,
        };
        // Read after the context: whatever edit came between, the decision relies on the version before it.
        let mut history: Vec<Edit<Person>> = Vec::new();
        for record in self.store().history(stream).await? {
            let event = serde_json::from_str(&record.event).map_err(|error| {
                AppError::Store(StoreError::Corrupt {
                    what: format!("record {}", record.seq),
                    why: error.to_string(),
                })
            })?;
            if let Event::Person(edit) = event {
                history.push(edit);
            }
        }
        let erased = |record: &Record| {
            named(record).is_some_and(|it| it.people == BTreeSet::from([person]) && it.fields == *fields)
        };
        if let Some(done) = self.done_already(key, Purpose::Erase.act(), erased).await? {
            return Ok(done);
        }
        let envelope = self.envelope(who, key.without_time(), Purpose::Erase.act());
        let facts = context.facts(&context.people);
        let changes = erase_personal(facts, envelope, self.ids(), person, fields, reason, &history)?;
        self.commit(changes).await
    }

    /// The personal values of somebody, as everybody in the agency may see them; a value that is not known is absent.
    pub async fn masked_person(&self, person: PersonId) -> Result<BTreeMap<PersonalField, String>, AppError> {
        let context = self.context().await?;
        let opened = self.opened(&context, Some(&BTreeSet::from([person]))).await?;
        let values = opened.into_iter().flat_map(|open| {
            [
                (PersonalField::Nip, open.nip),
                (PersonalField::Address, open.address),
                (PersonalField::Phone, open.phone),
            ]
        });
        Ok(values
            .filter_map(|(field, value)| Some((field, field.masked(&value?))))
            .collect())
    }

    /// Who complained, and where to reach them, for a reason. The record of it is committed first.
    pub async fn reveal_reporter(
        &self,
        who: Who,
        key: Key,
        complaint: ComplaintId,
        reason: &str,
    ) -> Result<OpenReporter, AppError> {
        let (context, records, known) = self.with_complaint(complaint).await?;
        let envelope = self.envelope(who, key.without_time(), Purpose::Reveal.act());
        let changes = access_reporter(context.facts(&records), envelope, self.ids(), complaint, reason)?;
        self.commit_access(changes).await?;
        self.open_reporter(&known).await
    }

    /// Who complained, as everybody may see it.
    pub async fn masked_reporter(&self, complaint: &Complaint) -> Result<OpenReporter, AppError> {
        let open = self.open_reporter(complaint).await?;
        Ok(OpenReporter {
            name: open.name.map(|name| masked_name(&name)),
            contact: open.contact.map(|contact| PersonalField::Phone.masked(&contact)),
        })
    }

    /// Erases by law who complained. The complaint stays.
    pub async fn erase_reporter(
        &self,
        who: Who,
        key: Key,
        complaint: ComplaintId,
        reason: &str,
    ) -> Result<Done, AppError> {
        let (context, records, _) = self.with_complaint(complaint).await?;
        let envelope = self.envelope(who, key.without_time(), Purpose::Erase.act());
        let changes = erase_reporter(context.facts(&records), envelope, self.ids(), complaint, reason)?;
        self.commit(changes).await
    }

    async fn with_complaint(&self, id: ComplaintId) -> Result<(Arc<Context>, Records, Complaint), AppError> {
        let context = self.context().await?;
        let mut records = context.records();
        let stream = StreamRef {
            kind: StreamKind::Complaint,
            id: id.0,
        };
        self.load_into(&mut records, [stream]).await?;
        let known = records.get::<Complaint>(id.0)?.clone();
        Ok((context, records, known))
    }

    async fn open_reporter(&self, complaint: &Complaint) -> Result<OpenReporter, AppError> {
        let reporter = &complaint.reporter;
        let sealed: Vec<Sealed> = std::iter::once(&reporter.name)
            .chain(&reporter.contact)
            .cloned()
            .collect();
        let values = self.store().personal(&sealed).await?;
        Ok(OpenReporter {
            name: values.get(&reporter.name).cloned(),
            contact: reporter
                .contact
                .as_ref()
                .and_then(|contact| values.get(contact).cloned()),
        })
    }

    /// Who saw whose values and why, and what was erased: the newest first. `by` and `of` narrow it to who asked
    /// and to whom it is about.
    pub async fn access_log(
        &self,
        by: Option<PersonId>,
        of: Option<PersonId>,
        page: &Page,
    ) -> Result<AccessPage, AppError> {
        let Some(of) = of else {
            let listed = self.store().accesses(by, page).await?;
            return Ok(AccessPage {
                items: listed.items.into_iter().map(|it| it.state).collect(),
                next: listed.next,
            });
        };
        // Whom a look is about stands in its body: one person's are found by passing over the log.
        let wanted = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let mut items = Vec::new();
        let mut place = Page {
            after: page.after.clone(),
            limit: LOG_PAGE,
        };
        loop {
            let listed = self.store().accesses(by, &place).await?;
            let found = listed.items.into_iter().map(|it| it.state);
            items.extend(found.filter(|access| access.people.contains(&of)));
            if items.len() > wanted {
                items.truncate(wanted);
                let next = items.last().map(|last| Cursor::at(last.at, last.id.0));
                return Ok(AccessPage { items, next });
            }
            place.after = listed.next;
            if place.after.is_none() {
                return Ok(AccessPage { items, next: None });
            }
        }
    }

    /// What a file of people would do. It tells whether a line differs from what is known, and so whether a guess
    /// is right: only who may edit people is told.
    pub async fn preview_people(&self, who: Who, table: &Table) -> Result<Preview<OpenPerson>, AppError> {
        let ranks = Ranks::parse(default_ranks()).map_err(|error| AppError::invalid("ranks", error))?;
        let context = self.context().await?;
        let envelope = self.envelope(who, Key::default(), Act::EditPeople);
        let facts = context.facts(&context.people);
        // An edit of nothing asks for the right and changes nothing.
        edit_entries(
            facts,
            envelope,
            self.ids(),
            Act::EditPeople,
            Vec::new(),
            Vec::new(),
        )?;
        let rules = PeopleRules {
            ranks,
            today: context.agency.zone.date(self.now()),
        };
        let known = self.opened(&context, None).await?;
        Ok(import::people(table, &known, &rules, &mut self.ids()))
    }

    #[expect(clippy::too_many_arguments, reason = "they are the fields of one record")]
    async fn note_access(
        &self,
        context: &Context,
        who: Who,
        key: Key,
        people: &BTreeSet<PersonId>,
        fields: &BTreeSet<PersonalField>,
        purpose: Purpose,
        reason: &str,
    ) -> Result<(), AppError> {
        let envelope = self.envelope(who, key.without_time(), purpose.act());
        let facts = context.facts(&context.people);
        let changes = access_personal(facts, envelope, self.ids(), people, fields, purpose, reason)?;
        self.commit_access(changes).await
    }

    /// Commits the record of a look. The same key again is the same look, and no other.
    pub(crate) async fn commit_access(&self, changes: Changes) -> Result<(), AppError> {
        let asked = granted(&changes);
        let done = self.commit(changes).await?;
        if !done.committed.repeated {
            return Ok(());
        }
        // The key was used before: nothing is shown that its own record does not name.
        let recorded = self.store().act_of(done.key).await?;
        let named = recorded.iter().find_map(named);
        let same = |a: &Access, b: &Access| {
            (a.by, a.purpose, &a.people, &a.fields, a.about, &a.paper)
                == (b.by, b.purpose, &b.people, &b.fields, b.about, &b.paper)
        };
        match (named, asked) {
            (Some(named), Some(asked)) if same(&named, &asked) => Ok(()),
            _ => Err(used_otherwise()),
        }
    }

    /// People with their values in clear; one that was erased is absent. Not for anybody outside this crate's use
    /// cases: whoever hands values out leaves a record first.
    pub(crate) async fn opened(
        &self,
        context: &Context,
        wanted: Option<&BTreeSet<PersonId>>,
    ) -> Result<Vec<OpenPerson>, AppError> {
        let people: Vec<Person> = context
            .people
            .all::<Person>()
            .filter(|person| wanted.is_none_or(|wanted| wanted.contains(&person.id)))
            .cloned()
            .collect();
        let sealed: Vec<Sealed> = people
            .iter()
            .flat_map(|person| PersonalField::ALL.iter().filter_map(|field| field.of(person)))
            .cloned()
            .collect();
        let values = self.store().personal(&sealed).await?;
        let open = |field: PersonalField, person: &Person| {
            field.of(person).and_then(|sealed| values.get(sealed).cloned())
        };
        Ok(people
            .into_iter()
            .map(|person| OpenPerson {
                nip: open(PersonalField::Nip, &person),
                address: open(PersonalField::Address, &person),
                phone: open(PersonalField::Phone, &person),
                person,
            })
            .collect())
    }
}

/// The look or erasure that a record tells of.
fn named(record: &Record) -> Option<Access> {
    match serde_json::from_str(&record.event).ok()? {
        Event::Access(AccessEvent::Granted { access }) => Some(access),
        _ => None,
    }
}

fn granted(changes: &Changes) -> Option<Access> {
    changes.events.iter().find_map(|change| match &change.event {
        Event::Access(AccessEvent::Granted { access }) => Some(access.clone()),
        _ => None,
    })
}
