//! Accounts: opening them, signing in and out, what is remembered, and how programs prove who sent them.
//!
//! Hides how secrets are hashed and checked. Nobody reads one back: what checks it goes into the store and stays there.

mod hashing;
mod phones;
mod sign_in;
mod tokens;

use jiff::{SignedDuration, Timestamp};
use rajut_core::account::{Account, Login, password_fault};
use rajut_core::act::{Actor, FieldName, Refusal, Rule, Why};
use rajut_core::flow::{AccountCommand, decide_account};
use rajut_core::id::PersonId;
use rajut_core::journal::{Hash, Record};
use rajut_core::people::{Post, Role};
use rajut_core::stream::{State, StreamKind, StreamRef};
use rajut_store::Session;

pub use phones::PhoneToken;
pub use sign_in::{Attempt, SignIn, SignedIn};
pub use tokens::{NewToken, TokenOwner};

use crate::act::Done;
use crate::{App, AppError, Key, Who};

/// How long an invitation is good: a person on leave still finds it.
const INVITATION: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long the first link is good, which stands on a terminal.
const FIRST_LINK: SignedDuration = SignedDuration::from_hours(1);

/// A link by which somebody sets a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Whose account.
    pub person: PersonId,
    /// The name to sign in with.
    pub login: Login,
    /// The secret part of the link. It is nowhere else.
    pub token: String,
    /// How long it is good.
    pub until: Timestamp,
}

impl std::fmt::Debug for Invitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invitation")
            .field("login", &self.login)
            .finish_non_exhaustive()
    }
}

/// A secret is told once: whoever did not get it has it revoked and asks for another.
fn told_once(done: &Done, what: FieldName) -> Result<(), AppError> {
    if done.committed.repeated {
        return Err(refused(what, Why::ToldOnce));
    }
    Ok(())
}

/// A field that cannot be used, for a reason that has words.
fn refused(field: FieldName, why: Why) -> AppError {
    AppError::Refused(
        Refusal::new(Rule::InvalidValue)
            .with("field", field)
            .with("why", why),
    )
}

fn account_stream(person: PersonId) -> StreamRef {
    StreamRef {
        kind: StreamKind::Account,
        id: person.0,
    }
}

impl App {
    /// A random secret for a link, a cookie or a token, and what is kept of it.
    fn fresh_secret(&self) -> (String, Hash) {
        let secret = hex::encode((self.entropy)());
        let hash = Hash::of(secret.as_bytes());
        (secret, hash)
    }

    /// All accounts, by name.
    pub async fn accounts(&self) -> Result<Vec<Account>, AppError> {
        let all = self.store().all(StreamKind::Account).await?;
        let mut accounts: Vec<Account> = all
            .into_iter()
            .filter_map(|(_, known)| match known.state {
                State::Account(account) => Some(*account),
                _ => None,
            })
            .collect();
        accounts.sort_by(|a, b| a.login.cmp(&b.login));
        Ok(accounts)
    }

    /// The account of a person.
    pub async fn account(&self, person: PersonId) -> Result<Option<Account>, AppError> {
        let loaded = self.store().load(account_stream(person)).await?;
        Ok(loaded.and_then(|known| match known.state {
            State::Account(account) => Some(*account),
            _ => None,
        }))
    }

    /// Does something to an account by the rules.
    async fn on_account(
        &self,
        who: Who,
        key: Key,
        person: PersonId,
        command: &AccountCommand,
    ) -> Result<Done, AppError> {
        let context = self.context().await?;
        let mut records = context.records();
        self.load_into(&mut records, [account_stream(person)]).await?;
        // What was done once would be refused by its own effects.
        let about = |record: &Record| record.stream == account_stream(person);
        if let Some(done) = self.done_already(key, command.act(), about).await? {
            return Ok(done);
        }
        let envelope = self.envelope(who, key.without_time(), command.act());
        let decided = decide_account(context.facts(&records), envelope, self.ids(), person, command);
        let changes = decided.map_err(|refusal| match (refusal.rule, context.person(person)) {
            // Told by the name of its owner: an id says nothing to anybody.
            (Rule::NotFound, Ok(owner)) => AppError::not_found("account", owner.full_name()),
            _ => refusal.into(),
        })?;
        self.commit(changes).await
    }

    /// Opens an account for a person, if there is none, and gives the link by which a password is set. An earlier
    /// link is void.
    ///
    /// # Errors
    /// Without the right; for a person who is not in the register; for a name that somebody else has.
    pub async fn invite(
        &self,
        who: Who,
        key: Key,
        person: PersonId,
        login: Option<&Login>,
    ) -> Result<Invitation, AppError> {
        self.invite_for(who, key, person, login, INVITATION).await
    }

    pub(crate) async fn invite_for(
        &self,
        who: Who,
        key: Key,
        person: PersonId,
        login: Option<&Login>,
        good_for: SignedDuration,
    ) -> Result<Invitation, AppError> {
        let until = self.now().saturating_add(good_for).unwrap_or(Timestamp::MAX);
        let known = if let Some(known) = self.account(person).await? {
            known
        } else {
            let login = login.ok_or_else(|| refused(FieldName::Login, Why::None))?;
            if self.accounts().await?.iter().any(|other| other.login == *login) {
                return Err(refused(FieldName::Login, Why::Taken));
            }
            let open = AccountCommand::Open { login: login.clone() };
            self.on_account(who, Key::default(), person, &open).await?;
            self.account(person)
                .await?
                .ok_or_else(|| AppError::not_found("account", login))?
        };
        let done = self
            .on_account(who, key, person, &AccountCommand::Invite { until })
            .await?;
        told_once(&done, FieldName::Invitation)?;
        let (token, hash) = self.fresh_secret();
        self.store().invite(hash, person, self.now(), until).await?;
        Ok(Invitation {
            person,
            login: known.login,
            token,
            until,
        })
    }

    /// The link for the first administrator: while nobody has set a password, whoever holds a post of that role
    /// today. `None` when somebody can sign in.
    ///
    /// # Errors
    /// Where nobody holds such a post.
    pub async fn first_invitation(&self) -> Result<Option<Invitation>, AppError> {
        let accounts = self.accounts().await?;
        if accounts.iter().any(|account| account.password_set_at.is_some()) {
            return Ok(None);
        }
        let context = self.context().await?;
        let today = context.agency.zone.date(self.now());
        let admin = context
            .people
            .all::<Post>()
            .filter(|post| post.role == Role::Admin)
            .find_map(|post| context.holder(&post.code, today).ok())
            .ok_or_else(|| AppError::not_found("administrator", ""))?
            .id;
        let login: Login = "admin"
            .parse()
            .map_err(|error| AppError::invalid("login", error))?;
        self.invite_for(Who::system(), Key::default(), admin, Some(&login), FIRST_LINK)
            .await
            .map(Some)
    }

    /// The account that an invitation is for; nothing is taken up yet.
    pub async fn invited(&self, token: &str) -> Result<Option<Account>, AppError> {
        let hash = Hash::of(token.as_bytes());
        match self.store().invitation(hash, self.now()).await? {
            Some(person) => Ok(self
                .account(person)
                .await?
                .filter(|account| account.disabled.is_none())),
            None => Ok(None),
        }
    }

    /// Takes an invitation up: its person has this password from now on, and whatever was signed in is signed out.
    ///
    /// # Errors
    /// For a link that is void, and for a password that is none.
    pub async fn take_up(&self, token: &str, password: &str) -> Result<Account, AppError> {
        let account = self
            .invited(token)
            .await?
            .ok_or_else(|| AppError::not_found("invitation", ""))?;
        self.put_password(&account, password).await?;
        self.store().take_invitation(Hash::of(token.as_bytes())).await?;
        self.store().end_sessions(account.person, None).await?;
        Ok(account)
    }

    /// Changes one's own password; other sessions end.
    ///
    /// # Errors
    /// Where the old one is wrong, and for a new one that is none.
    pub async fn change_password(&self, session: &Session, old: &str, new: &str) -> Result<(), AppError> {
        let account = self
            .account(session.person)
            .await?
            .ok_or_else(|| AppError::not_found("account", ""))?;
        self.prove_password(&account, old).await?;
        self.put_password(&account, new).await?;
        self.store()
            .end_sessions(account.person, Some(session.hash))
            .await?;
        Ok(())
    }

    async fn put_password(&self, account: &Account, password: &str) -> Result<(), AppError> {
        if let Some(fault) = password_fault(&account.login, password) {
            return Err(refused(FieldName::Password, fault.into()));
        }
        let check = self.hash_password(password).await?;
        let command = AccountCommand::SetPassword { check };
        self.on_account(
            Who::person(account.person),
            Key::default(),
            account.person,
            &command,
        )
        .await?;
        Ok(())
    }

    /// Closes an account for now; whatever was signed in is signed out.
    pub async fn disable_account(
        &self,
        who: Who,
        key: Key,
        person: PersonId,
        reason: &str,
    ) -> Result<(), AppError> {
        let command = AccountCommand::Disable {
            reason: reason.to_owned(),
        };
        self.on_account(who, key, person, &command).await?;
        self.store().end_sessions(person, None).await?;
        Ok(())
    }

    /// Opens an account again.
    pub async fn enable_account(&self, who: Who, key: Key, person: PersonId) -> Result<(), AppError> {
        self.on_account(who, key, person, &AccountCommand::Enable).await?;
        Ok(())
    }

    /// Signs somebody out wherever they are signed in, and says in how many places that was.
    pub async fn sign_out_everywhere(&self, who: Who, key: Key, person: PersonId) -> Result<u64, AppError> {
        self.on_account(who, key, person, &AccountCommand::SignOut)
            .await?;
        Ok(self.store().end_sessions(person, None).await?)
    }

    /// The person behind whom one acts.
    fn actor_person(who: Who) -> Result<PersonId, AppError> {
        match who.done_by {
            Actor::Person(person) => Ok(person),
            Actor::System | Actor::Outsider => Err(refused(FieldName::Person, Why::None)),
        }
    }
}
