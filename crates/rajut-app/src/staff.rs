//! Posts and people entered and changed one at a time, as a page does; files of many come in by an import.

use jiff::ToSpan as _;
use rajut_core::act::{Act, Unfit, UnfitCode};
use rajut_core::id::{PersonId, PostId};
use rajut_core::journal::PersonalValue;
use rajut_core::people::{
    CivilId, CivilStatus, FormerLabel, Person, Post, Rank, Ranks, Sealed, default_ranks,
};
use rajut_core::procedure::check_code;
use rajut_core::register::Edit;
use rajut_core::stream::StreamKind;

use crate::act::Done;
use crate::edit::entry;
use crate::{App, AppError, Key, Who};

/// What is written of a person on a form.
#[derive(Clone, Default)]
pub struct PersonForm {
    /// Name without titles.
    pub name: String,
    /// Titles before it.
    pub titles_before: String,
    /// Titles after it.
    pub titles_after: String,
    /// How they are employed; of no civil servant neither number nor rank is kept.
    pub status: Option<CivilStatus>,
    /// Golongan; empty for none.
    pub golongan: String,
    /// NIP or NI PPPK; empty leaves what is known.
    pub nip: String,
    /// Home address; empty leaves what is known.
    pub address: String,
    /// Telephone; empty leaves what is known.
    pub phone: String,
}

impl std::fmt::Debug for PersonForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Personal values stay out of logs.
        f.debug_struct("PersonForm").finish_non_exhaustive()
    }
}

/// The ranks that there are.
///
/// # Errors
/// Where the file of ranks cannot be used.
pub fn ranks() -> Result<Ranks, AppError> {
    Ranks::parse(default_ranks()).map_err(|error| AppError::invalid("ranks", error))
}

/// A name that may not be empty, without the spaces around it.
fn needed(what: &str, text: &str) -> Result<String, AppError> {
    match text.trim() {
        "" => Err(AppError::invalid(what, UnfitCode::Empty)),
        text => Ok(text.to_owned()),
    }
}

impl App {
    /// Adds a post of the agency. The same key twice is one post.
    ///
    /// # Errors
    /// Without the right, for a code that is none or taken, and for a superior that there is not.
    pub async fn add_post(&self, who: Who, key: Key, post: Post) -> Result<Done, AppError> {
        let envelope = self.envelope(who, key.without_time(), Act::EditPeople);
        if let Some(done) = self.repeated(&envelope).await? {
            return Ok(done);
        }
        check_code(&post.code).map_err(|error| AppError::invalid("code", error))?;
        let context = self.context().await?;
        if context.post(&post.code).is_ok() {
            let why = Unfit::from(UnfitCode::Taken).with("value", post.code);
            return Err(AppError::invalid("code", why));
        }
        let after = Post {
            title: needed("title", &post.title)?,
            unit: post.unit.trim().to_owned(),
            ..post
        };
        self.superior_of(&after).await?;
        let edit = entry(StreamKind::Post, after.id.0, Edit { before: None, after });
        self.edit_under(who, key, Act::EditPeople, vec![edit], Vec::new())
            .await
    }

    /// Gives a post another name, unit or superior. Under its old name it stays known for the days until yesterday.
    ///
    /// # Errors
    /// Without the right, for a post that there is not, and for a superior that is none.
    pub async fn change_post(
        &self,
        who: Who,
        key: Key,
        post: PostId,
        (title, unit): (&str, &str),
        superior: Option<PostId>,
    ) -> Result<Done, AppError> {
        let context = self.context().await?;
        let known = context.people.find::<Post>(post.0);
        let before = known.ok_or_else(|| AppError::not_found("post", post))?.clone();
        let mut after = Post {
            title: needed("title", title)?,
            unit: unit.trim().to_owned(),
            superior,
            ..before.clone()
        };
        self.superior_of(&after).await?;
        if (&after.title, &after.unit) != (&before.title, &before.unit) {
            let today = context.agency.zone.date(self.now());
            let until = today.saturating_sub(1.day());
            // Renamed twice on a day, it bore the name in between on none.
            if !after.former.iter().any(|label| label.until == until) {
                after.former.push(FormerLabel {
                    title: before.title.clone(),
                    unit: before.unit.clone(),
                    until,
                });
            }
        }
        let edit = Edit {
            before: Some(before),
            after,
        };
        let edit = entry(StreamKind::Post, post.0, edit);
        self.edit_under(who, key, Act::EditPeople, vec![edit], Vec::new())
            .await
    }

    /// Whether the superior of a post is another post that does not stand below it.
    async fn superior_of(&self, post: &Post) -> Result<(), AppError> {
        let context = self.context().await?;
        let mut above = post.superior;
        let mut steps = 0;
        while let Some(id) = above {
            if id == post.id || steps > 100 {
                let why = Unfit::from(UnfitCode::OwnSuperior).with("post", &post.title);
                return Err(AppError::invalid("superior", why));
            }
            let known = context.people.find::<Post>(id.0);
            above = known.ok_or_else(|| AppError::not_found("post", id))?.superior;
            steps += 1;
        }
        Ok(())
    }

    /// Enters a person. The same key twice is one person.
    ///
    /// # Errors
    /// Without the right, without a name, and for a number or rank that cannot be.
    pub async fn enter_person(
        &self,
        who: Who,
        key: Key,
        form: &PersonForm,
    ) -> Result<Option<PersonId>, AppError> {
        let blank = Person::blank(self.ids().fresh());
        let id = blank.id;
        let done = self.write_person(who, key, None, blank, form).await?;
        Ok((!done.committed.repeated).then_some(id))
    }

    /// Changes what is known of a person. Personal values that the form leaves empty stay as they are.
    ///
    /// # Errors
    /// As [`App::enter_person`], and for a person that there is not.
    pub async fn change_person(
        &self,
        who: Who,
        key: Key,
        person: PersonId,
        form: &PersonForm,
    ) -> Result<Done, AppError> {
        let known = self.context().await?.person(person)?.clone();
        self.write_person(who, key, Some(known.clone()), known, form)
            .await
    }

    async fn write_person(
        &self,
        who: Who,
        key: Key,
        before: Option<Person>,
        mut person: Person,
        form: &PersonForm,
    ) -> Result<Done, AppError> {
        let status = form.status.unwrap_or(person.status);
        if status != person.status {
            // The number was of the other kind.
            person.nip = None;
        }
        person.name = needed("name", &form.name)?;
        form.titles_before.trim().clone_into(&mut person.titles_before);
        form.titles_after.trim().clone_into(&mut person.titles_after);
        person.status = status;
        person.rank = rank(status, &form.golongan)?;
        let mut ids = self.ids();
        let mut personal = Vec::new();
        let mut seal = |slot: &mut Option<Sealed>, text: &str| {
            if !text.trim().is_empty() {
                let value = PersonalValue::seal(text.trim(), &mut ids);
                *slot = Some(value.sealed.clone());
                personal.push(value);
            }
        };
        let digits: String = form.nip.chars().filter(|c| !c.is_whitespace()).collect();
        if status == CivilStatus::NonAsn {
            person.nip = None;
            if !digits.is_empty() {
                return Err(AppError::invalid("nip", UnfitCode::OtherStatus));
            }
        } else if !digits.is_empty() {
            let today = self.context().await?.agency.zone.date(self.now());
            let civil = CivilId::parse(&digits, today).map_err(|error| AppError::invalid("nip", error))?;
            if civil.status() != status {
                return Err(AppError::invalid("nip", UnfitCode::OtherStatus));
            }
            seal(&mut person.nip, &digits);
        }
        seal(&mut person.address, &form.address);
        seal(&mut person.phone, &form.phone);
        let id = person.id.0;
        let edit = Edit {
            before,
            after: person,
        };
        let edits = vec![entry(StreamKind::Person, id, edit)];
        self.edit_under(who, key, Act::EditPeople, edits, personal).await
    }
}

/// The rank with this golongan, which must be one of the status.
fn rank(status: CivilStatus, golongan: &str) -> Result<Option<Rank>, AppError> {
    let golongan = golongan.trim();
    if golongan.is_empty() {
        return Ok(None);
    }
    let ranks = ranks()?;
    let of_status: &[Rank] = match status {
        CivilStatus::Pns => ranks.pns(),
        CivilStatus::Pppk => ranks.pppk(),
        CivilStatus::NonAsn => &[],
    };
    let found = of_status
        .iter()
        .find(|rank| rank.golongan.eq_ignore_ascii_case(golongan));
    let wrong = || {
        let all: Vec<&str> = of_status.iter().map(|rank| rank.golongan.as_str()).collect();
        let why = Unfit::from(UnfitCode::NotOneOf).with("value", golongan);
        AppError::invalid("rank", why.with("allowed", all.join(", ")))
    };
    found.cloned().map(Some).ok_or_else(wrong)
}
