//! Entering offices, sites, devices, links, services and people.

use jiff::civil::Date;
use rajut_core::act::{Act, UnfitCode};
use rajut_core::flow::{EntryEdit, edit_entries};
use rajut_core::id::{AssignmentId, PersonId, PostId};
use rajut_core::journal::PersonalValue;
use rajut_core::people::{Assignment, CivilId, CivilStatus, Leave, Person, Post, Rank, Sealed};
use rajut_core::register::{Device, Edit, Link, Office, Service, Site};
use rajut_core::stream::{Event, StreamKind, StreamRef};
use uuid::Uuid;

use crate::act::{Done, used_otherwise};
use crate::{App, AppError, Key, Who};

/// Personal values of a person, in clear, on their way in.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Personal {
    /// NIP or NI PPPK.
    pub nip: Option<String>,
    /// Home address.
    pub address: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
}

impl std::fmt::Debug for Personal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Personal(..)")
    }
}

/// A person who is not in the register yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    /// Name without titles.
    pub name: String,
    /// Titles before it.
    pub titles_before: String,
    /// Titles after it.
    pub titles_after: String,
    /// How they are employed.
    pub status: CivilStatus,
    /// Rank.
    pub rank: Option<Rank>,
    /// Personal values.
    pub personal: Personal,
    /// The post that they hold, from when, by which decree.
    pub post: Option<(PostId, Date, String)>,
}

/// A last day does not lie before the first.
fn in_order(from: Date, until: Option<Date>) -> Result<(), AppError> {
    if until.is_some_and(|until| until < from) {
        return Err(AppError::invalid("until", UnfitCode::DaysReversed));
    }
    Ok(())
}

/// An edit of a register entry that has an id.
pub(crate) fn entry<T>(kind: StreamKind, id: Uuid, edit: Edit<T>) -> EntryEdit
where
    Event: From<Edit<T>>,
{
    let new = edit.before.is_none();
    EntryEdit {
        stream: StreamRef { kind, id },
        event: edit.into(),
        new,
    }
}

macro_rules! editor {
    ($($(#[$doc:meta])* $name:ident($t:ty, $kind:ident);)+) => {
        impl App {
            $($(#[$doc])*
            pub async fn $name(&self, who: Who, act: Act, edits: Vec<Edit<$t>>) -> Result<Done, AppError> {
                let edits = edits
                    .into_iter()
                    .map(|edit| entry(StreamKind::$kind, edit.after.id.0, edit))
                    .collect();
                self.edit(who, act, edits, Vec::new()).await
            })+
        }
    };
}

editor! {
    /// Edits offices, all or none.
    edit_offices(Office, Office);
    /// Edits sites, all or none.
    edit_sites(Site, Site);
    /// Edits devices, all or none.
    edit_devices(Device, Device);
    /// Edits links, all or none.
    edit_links(Link, Link);
    /// Edits services, all or none.
    edit_services(Service, Service);
    /// Edits posts, all or none.
    edit_posts(Post, Post);
    /// Edits assignments, all or none.
    edit_assignments(Assignment, Assignment);
}

impl App {
    /// Edits register entries under one act, all or none.
    pub async fn edit(
        &self,
        who: Who,
        act: Act,
        edits: Vec<EntryEdit>,
        personal: Vec<PersonalValue>,
    ) -> Result<Done, AppError> {
        self.edit_under(who, Key::default(), act, edits, personal).await
    }

    /// The same under a key: the same key twice is one edit.
    pub(crate) async fn edit_under(
        &self,
        who: Who,
        key: Key,
        act: Act,
        edits: Vec<EntryEdit>,
        personal: Vec<PersonalValue>,
    ) -> Result<Done, AppError> {
        let envelope = self.envelope(who, key.without_time(), act);
        // The same key twice is one act: its own effects do not refuse the repetition.
        if let Some(done) = self.repeated(&envelope).await? {
            let recorded = self.store().act_of(envelope.key).await?;
            let same = |edit: &EntryEdit| recorded.iter().any(|it| it.stream.kind == edit.stream.kind);
            return if edits.iter().all(same) {
                Ok(done)
            } else {
                Err(used_otherwise())
            };
        }
        let context = self.context().await?;
        let mut records = context.records();
        let known: Vec<StreamRef> = edits
            .iter()
            .filter(|edit| !edit.new)
            .map(|edit| edit.stream)
            .collect();
        self.load_into(&mut records, known).await?;
        let changes = edit_entries(
            context.facts(&records),
            envelope,
            self.ids(),
            act,
            edits,
            personal,
        )?;
        self.commit(changes).await
    }

    /// Enters people, with the posts that they hold: all or none. A NIP that is not valid names the person and
    /// what is wrong.
    pub async fn enter_people(&self, who: Who, people: Vec<NewPerson>) -> Result<Vec<PersonId>, AppError> {
        let mut ids = self.ids();
        let today = rajut_core::calendar::Zone::Wib.date(self.now());
        let (mut edits, mut personal, mut entered) = (Vec::new(), Vec::new(), Vec::new());
        for new in people {
            if let Some(nip) = &new.personal.nip {
                let civil = CivilId::parse(nip, today)
                    .map_err(|error| AppError::invalid(&format!("NIP {}", new.name), error))?;
                if civil.status() != new.status {
                    return Err(AppError::invalid(
                        &format!("NIP {}", new.name),
                        UnfitCode::OtherStatus,
                    ));
                }
            }
            let mut seal = |value: &Option<String>| -> Option<Sealed> {
                let value = value
                    .as_deref()
                    .map(str::trim)
                    .filter(|value| !value.is_empty())?;
                let sealed = PersonalValue::seal(value, &mut ids);
                personal.push(sealed.clone());
                Some(sealed.sealed)
            };
            let (nip, address, phone) = (
                seal(&new.personal.nip),
                seal(&new.personal.address),
                seal(&new.personal.phone),
            );
            let id: PersonId = ids.fresh();
            let person = Person {
                id,
                name: new.name,
                titles_before: new.titles_before,
                titles_after: new.titles_after,
                status: new.status,
                rank: new.rank,
                nip,
                address,
                phone,
            };
            edits.push(entry(
                StreamKind::Person,
                id.0,
                Edit {
                    before: None,
                    after: person,
                },
            ));
            if let Some((post, from, decree)) = new.post {
                let assignment = Assignment {
                    id: ids.fresh::<AssignmentId>(),
                    person: id,
                    post,
                    kind: rajut_core::people::AssignmentKind::Definitif,
                    from,
                    until: None,
                    decree,
                };
                let assignment_id = assignment.id.0;
                edits.push(entry(
                    StreamKind::Assignment,
                    assignment_id,
                    Edit {
                        before: None,
                        after: assignment,
                    },
                ));
            }
            entered.push(id);
        }
        self.edit(who, Act::EditPeople, edits, personal).await?;
        Ok(entered)
    }

    /// Gives somebody a post. The same key twice is one assignment.
    ///
    /// # Errors
    /// Without the right, for a person or a post that there is not, or when the last day lies before the first.
    pub async fn assign_under(&self, who: Who, key: Key, assignment: Assignment) -> Result<Done, AppError> {
        let context = self.context().await?;
        context.person(assignment.person)?;
        if context.people.find::<Post>(assignment.post.0).is_none() {
            return Err(AppError::not_found("post", assignment.post));
        }
        in_order(assignment.from, assignment.until)?;
        let id = assignment.id.0;
        let edit = Edit {
            before: None,
            after: assignment,
        };
        let edits = vec![entry(StreamKind::Assignment, id, edit)];
        self.edit_under(who, key, Act::EditPeople, edits, Vec::new())
            .await
    }

    /// Enters days of leave.
    pub async fn enter_leave(&self, who: Who, leave: Leave) -> Result<Done, AppError> {
        self.enter_leave_under(who, Key::default(), leave).await
    }

    /// The same under a key: the same key twice is entered once.
    ///
    /// # Errors
    /// Without the right, for a person that there is not, or when the last day lies before the first.
    pub async fn enter_leave_under(&self, who: Who, key: Key, leave: Leave) -> Result<Done, AppError> {
        self.context().await?.person(leave.person)?;
        in_order(leave.from, Some(leave.until))?;
        let id: Uuid = self.ids().fresh();
        let edits = vec![entry(
            StreamKind::Leave,
            id,
            Edit {
                before: None,
                after: leave,
            },
        )];
        self.edit_under(who, key, Act::EditPeople, edits, Vec::new())
            .await
    }
}
