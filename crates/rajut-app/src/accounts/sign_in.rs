//! Signing in by password and second factor, what a cookie is worth, and signing out.

use jiff::{SignedDuration, Timestamp};
use rajut_core::account::{Account, Counted, Login, SecretKind, SecretName, forgotten_before, waits_until};
use rajut_core::act::{FieldName, Unfit, Why};
use rajut_core::flow::AccountCommand;
use rajut_core::id::{PersonId, PhoneId};
use rajut_core::journal::Hash;
use rajut_store::Session;
use totp_rs::{Algorithm, Secret, TOTP};

use super::refused;
use crate::act::Done;
use crate::{App, AppError, Key, Who};

/// A session at a desk: a working day and its overtime.
const DESK: SignedDuration = SignedDuration::from_hours(12);
/// A session on a remembered phone, where a PIN confirms acts of authority.
const ON_PHONE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How exactly it is noted when a session was last used.
const NOTED: SignedDuration = SignedDuration::from_secs(60);
/// RFC 6238: 30 seconds, one step of tolerance to both sides for clocks that differ.
const STEP: u64 = 30;

/// What somebody types to sign in, and from where.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// The name.
    pub login: &'a str,
    /// The password.
    pub password: &'a str,
    /// The code of the second factor, if one was typed.
    pub code: Option<&'a str>,
    /// From which address.
    pub address: &'a str,
    /// What the browser calls itself.
    pub agent: &'a str,
}

/// Somebody who signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// What the browser keeps. It is nowhere else.
    pub token: String,
    /// The session.
    pub session: Session,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").finish_non_exhaustive()
    }
}

/// How an attempt ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// Signed in.
    Done(Box<SignedIn>),
    /// The password is right; the code of the second factor is missing or wrong.
    SecondFactor,
    /// Name or password is wrong; which one is not told.
    Wrong,
    /// Too many tries; from then on another one counts.
    Wait {
        /// When.
        until: Timestamp,
    },
}

impl App {
    /// Until when one waits under these names.
    pub(crate) async fn waits(&self, names: &[(Counted, String)]) -> Result<Option<Timestamp>, AppError> {
        let now = self.now();
        let mut until = None;
        for (of, name) in names {
            if let Some(failures) = self.store().failures(name).await? {
                until = until.max(waits_until(*of, failures.count, failures.last_at, now));
            }
        }
        Ok(until)
    }

    pub(crate) async fn count(&self, names: &[(Counted, String)]) -> Result<(), AppError> {
        let now = self.now();
        for (_, name) in names {
            self.store().count_try(name, now, forgotten_before(now)).await?;
        }
        Ok(())
    }

    /// The try was a right one: the name starts anew, and the address - a whole office sits behind one - loses this try
    /// alone, or a working morning of right passwords would close the door.
    pub(crate) async fn was_right(&self, names: &[(Counted, String)]) -> Result<(), AppError> {
        for (of, name) in names {
            match of {
                Counted::Name => self.store().forgive(name).await?,
                Counted::Address => self.store().uncount_try(name).await?,
            }
        }
        Ok(())
    }

    /// Signs somebody in.
    pub async fn sign_in(&self, attempt: Attempt<'_>) -> Result<SignIn, AppError> {
        let login = attempt.login.parse::<Login>();
        let name = login
            .as_ref()
            .map_or_else(|_| "login:?".to_owned(), |login| format!("login:{login}"));
        let names = [
            (Counted::Name, name),
            (Counted::Address, format!("address:{}", attempt.address)),
        ];
        if let Some(until) = self.waits(&names).await? {
            return Ok(SignIn::Wait { until });
        }
        self.count(&names).await?;
        let account = match &login {
            Ok(login) => self.account_of(login).await?,
            Err(_) => None,
        };
        let check = match &account {
            Some(account) => {
                self.store()
                    .secret(SecretName::only(account.person, SecretKind::Password))
                    .await?
            }
            None => None,
        };
        let right = self.is_password(check, attempt.password).await?;
        let Some(account) = account.filter(|account| right && account.disabled.is_none()) else {
            tracing::info!(address = attempt.address, "a wrong name or password");
            return Ok(SignIn::Wrong);
        };
        if account.second_factor_since.is_some()
            && !self
                .is_code(account.person, attempt.code.unwrap_or_default())
                .await?
        {
            return Ok(SignIn::SecondFactor);
        }
        self.was_right(&names).await?;
        let signed_in = self
            .begin(account.person, None, attempt.agent, attempt.address)
            .await?;
        Ok(SignIn::Done(Box::new(signed_in)))
    }

    /// Begins a session for somebody who has proved who they are.
    pub(super) async fn begin(
        &self,
        person: PersonId,
        phone: Option<PhoneId>,
        agent: &str,
        address: &str,
    ) -> Result<SignedIn, AppError> {
        let (token, hash) = self.fresh_secret();
        let now = self.now();
        let length = if phone.is_some() { ON_PHONE } else { DESK };
        let session = Session {
            hash,
            id: self.ids().fresh(),
            person,
            began_at: now,
            seen_at: now,
            ends_at: now.saturating_add(length).unwrap_or(Timestamp::MAX),
            phone,
            agent: agent.chars().filter(|c| !c.is_control()).take(200).collect(),
            address: address.to_owned(),
        };
        self.store().begin_session(&session).await?;
        tracing::info!(%person, address, "signed in");
        Ok(SignedIn { token, session })
    }

    /// Begins a session for a sample person of the demo, who has nothing to protect.
    pub async fn sign_in_sample(
        &self,
        person: PersonId,
        agent: &str,
        address: &str,
    ) -> Result<SignedIn, AppError> {
        self.begin(person, None, agent, address).await
    }

    async fn account_of(&self, login: &Login) -> Result<Option<Account>, AppError> {
        Ok(self
            .store()
            .account_by_login(login)
            .await?
            .map(|known| known.state))
    }

    /// Who holds this token of a browser. An account that was closed, and a phone that was lost, hold nothing; nor does
    /// a sample person, who has no account, but for the demo (`samples`).
    pub async fn session(&self, token: &str, samples: bool) -> Result<Option<Session>, AppError> {
        let (hash, now) = (Hash::of(token.as_bytes()), self.now());
        let Some(session) = self.store().session(hash, now).await? else {
            return Ok(None);
        };
        let held = match self.account(session.person).await? {
            None => samples,
            Some(account) => {
                let lost = session.phone.is_some_and(|id| {
                    account
                        .phones
                        .get(&id)
                        .is_none_or(|phone| phone.revoked.is_some())
                });
                account.disabled.is_none() && !lost
            }
        };
        if !held {
            return Ok(None);
        }
        if session
            .seen_at
            .saturating_add(NOTED)
            .is_ok_and(|noted| noted < now)
        {
            self.store().see_session(hash, now).await?;
        }
        Ok(Some(session))
    }

    /// Signs out.
    pub async fn sign_out(&self, session: &Session) -> Result<(), AppError> {
        self.store().end_session(session.hash).await?;
        Ok(())
    }

    /// Signs out everywhere else; says in how many places.
    pub async fn sign_out_elsewhere(&self, session: &Session) -> Result<u64, AppError> {
        Ok(self
            .store()
            .end_sessions(session.person, Some(session.hash))
            .await?)
    }

    /// Holds a password against an account, as its owner does again before something weighty.
    pub(super) async fn prove_password(&self, account: &Account, password: &str) -> Result<(), AppError> {
        let names = [(Counted::Name, format!("login:{}", account.login))];
        if let Some(until) = self.waits(&names).await? {
            return Err(AppError::TryAgain { until });
        }
        self.count(&names).await?;
        let name = SecretName::only(account.person, SecretKind::Password);
        let check = self.store().secret(name).await?;
        if !self.is_password(check, password).await? {
            return Err(refused(FieldName::Password, Why::Wrong));
        }
        self.was_right(&names).await?;
        Ok(())
    }

    /// A new seed for a second factor: as text, and as the address that an authenticator reads off a QR code.
    /// Nothing is kept until a code proves that the authenticator has it.
    pub fn new_second_factor(&self, account: &Account) -> Result<(String, String), AppError> {
        let seed = Secret::Raw((self.entropy)()[..20].to_vec())
            .to_encoded()
            .to_string();
        let address = totp(&seed, account.login.as_str())?.get_url();
        Ok((seed, address))
    }

    /// Asks for a second factor from now on; the code proves that the authenticator has the seed.
    pub async fn set_second_factor(
        &self,
        session: &Session,
        key: Key,
        seed: &str,
        code: &str,
    ) -> Result<(), AppError> {
        let step =
            step_of(seed, code, self.now(), 0)?.ok_or_else(|| refused(FieldName::OneTimeCode, Why::Wrong))?;
        let command = AccountCommand::SetSecondFactor {
            check: Some(format!("{seed}:{step}")),
        };
        self.on_account(Who::person(session.person), key, session.person, &command)
            .await?;
        self.store()
            .end_sessions(session.person, Some(session.hash))
            .await?;
        Ok(())
    }

    /// Ends the second factor: its owner proves the password; an administrator helps whoever lost a telephone.
    pub async fn end_second_factor(
        &self,
        who: Who,
        key: Key,
        person: PersonId,
        password: Option<&str>,
    ) -> Result<Done, AppError> {
        if Self::actor_person(who)? == person {
            let account = self
                .account(person)
                .await?
                .ok_or_else(|| AppError::not_found("account", ""))?;
            self.prove_password(&account, password.unwrap_or_default())
                .await?;
        }
        self.on_account(who, key, person, &AccountCommand::SetSecondFactor { check: None })
            .await
    }

    /// Whether a code is right; each is good once.
    async fn is_code(&self, person: PersonId, code: &str) -> Result<bool, AppError> {
        let name = SecretName::only(person, SecretKind::SecondFactor);
        let Some(kept) = self.store().secret(name).await? else {
            return Ok(false);
        };
        let (seed, last) = kept.split_once(':').unwrap_or((&kept, "0"));
        let Some(step) = step_of(seed, code, self.now(), last.parse().unwrap_or(0))? else {
            return Ok(false);
        };
        Ok(self
            .store()
            .renew_secret(name, &kept, &format!("{seed}:{step}"))
            .await?)
    }
}

fn totp(seed: &str, login: &str) -> Result<TOTP, AppError> {
    let secret = Secret::Encoded(seed.to_owned())
        .to_bytes()
        .map_err(|_| refused(FieldName::OneTimeCode, Why::Wrong))?;
    let wrong = |error: totp_rs::TotpUrlError| AppError::invalid("second_factor", Unfit::detail(error));
    TOTP::new(
        Algorithm::SHA1,
        6,
        1,
        STEP,
        secret,
        Some("Rajut".to_owned()),
        login.to_owned(),
    )
    .map_err(wrong)
}

/// The step of time in which a code is right, later than the last that was used.
fn step_of(seed: &str, code: &str, now: Timestamp, last: u64) -> Result<Option<u64>, AppError> {
    let totp = totp(seed, "rajut")?;
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let step = u64::try_from(now.as_second()).unwrap_or(0) / STEP;
    Ok((step.saturating_sub(1)..=step + 1)
        .filter(|step| *step > last)
        .find(|step| totp.generate(step * STEP) == code))
}
