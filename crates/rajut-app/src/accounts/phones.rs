//! Remembered phones: a PIN signs in there and confirms acts of authority. Several people may share one; each has
//! their own PIN, and the phone holds a secret for each.

use rajut_core::account::{Counted, SecretKind, SecretName, pin_fault};
use rajut_core::act::{FieldName, Why};
use rajut_core::flow::AccountCommand;
use rajut_core::id::{PersonId, PhoneId};
use rajut_core::journal::Hash;
use rajut_store::Session;

use super::sign_in::{SignIn, SignedIn};
use super::{refused, told_once};
use crate::{App, AppError, Key, Who};

/// What a phone holds for one of its people: it is worth nothing without the PIN, and the PIN nothing without it.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneToken {
    /// Whose.
    pub person: PersonId,
    /// Which phone.
    pub phone: PhoneId,
    /// The secret.
    pub secret: String,
}

impl std::fmt::Debug for PhoneToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PhoneToken").finish_non_exhaustive()
    }
}

impl std::fmt::Display for PhoneToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.person, self.phone, self.secret)
    }
}

impl std::str::FromStr for PhoneToken {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.splitn(3, '.');
        let mut next = || parts.next().ok_or(());
        Ok(Self {
            person: next()?.parse().map_err(drop)?,
            phone: next()?.parse().map_err(drop)?,
            secret: next()?.to_owned(),
        })
    }
}

impl App {
    /// Remembers the phone on which somebody is signed in, under a PIN. The session goes on as one of the phone.
    ///
    /// # Errors
    /// For a PIN that is none, and a name that is none.
    pub async fn enrol_phone(
        &self,
        session: &Session,
        key: Key,
        label: &str,
        pin: &str,
    ) -> Result<(PhoneToken, SignedIn), AppError> {
        if pin_fault(pin) {
            return Err(refused(FieldName::Pin, Why::Weak));
        }
        let (secret, hash) = self.fresh_secret();
        let id: PhoneId = self.ids().fresh();
        let check = format!("{hash}:{}", self.hash_password(pin).await?);
        let command = AccountCommand::EnrolPhone {
            id,
            label: label.to_owned(),
            check,
        };
        let person = session.person;
        let done = self
            .on_account(Who::person(person), key, person, &command)
            .await?;
        told_once(&done, FieldName::RememberedPhone)?;
        let signed_in = self
            .begin(person, Some(id), &session.agent, &session.address)
            .await?;
        self.store().end_session(session.hash).await?;
        let token = PhoneToken {
            person,
            phone: id,
            secret,
        };
        Ok((token, signed_in))
    }

    /// Signs in on a remembered phone.
    pub async fn sign_in_by_pin(
        &self,
        token: &PhoneToken,
        pin: &str,
        agent: &str,
        address: &str,
    ) -> Result<SignIn, AppError> {
        let names = [
            (Counted::Name, format!("phone:{}", token.phone)),
            (Counted::Address, format!("address:{address}")),
        ];
        if let Some(until) = self.waits(&names).await? {
            return Ok(SignIn::Wait { until });
        }
        self.count(&names).await?;
        let known = self.account(token.person).await?.is_some_and(|account| {
            account.disabled.is_none()
                && account
                    .phones
                    .get(&token.phone)
                    .is_some_and(|phone| phone.revoked.is_none())
        });
        let check = self.pin_check(token.person, token.phone).await?;
        let check = check.filter(|(hash, _)| known && *hash == Hash::of(token.secret.as_bytes()).to_string());
        if !self.is_password(check.map(|(_, pin)| pin), pin).await? {
            return Ok(SignIn::Wrong);
        }
        self.was_right(&names).await?;
        let signed_in = self
            .begin(token.person, Some(token.phone), agent, address)
            .await?;
        Ok(SignIn::Done(Box::new(signed_in)))
    }

    /// Holds a PIN against the phone of a session: whoever has the phone in hand is its owner.
    ///
    /// # Errors
    /// Where it is wrong, and [`AppError::TryAgain`] after too many tries.
    pub async fn confirm_pin(&self, session: &Session, pin: &str) -> Result<(), AppError> {
        let phone = session
            .phone
            .ok_or_else(|| refused(FieldName::Pin, Why::NoPhone))?;
        let names = [(Counted::Name, format!("phone:{phone}"))];
        if let Some(until) = self.waits(&names).await? {
            return Err(AppError::TryAgain { until });
        }
        self.count(&names).await?;
        let check = self.pin_check(session.person, phone).await?;
        if !self.is_password(check.map(|(_, pin)| pin), pin).await? {
            return Err(refused(FieldName::Pin, Why::Wrong));
        }
        self.was_right(&names).await?;
        Ok(())
    }

    /// Forgets a phone; what is signed in there is signed out.
    pub async fn revoke_phone(
        &self,
        who: Who,
        key: Key,
        person: PersonId,
        phone: PhoneId,
        reason: &str,
    ) -> Result<(), AppError> {
        let command = AccountCommand::RevokePhone {
            id: phone,
            reason: reason.to_owned(),
        };
        self.on_account(who, key, person, &command).await?;
        self.store().end_sessions_of_phone(person, phone).await?;
        Ok(())
    }

    /// The hash of the phone's secret, and that of the PIN.
    async fn pin_check(
        &self,
        person: PersonId,
        phone: PhoneId,
    ) -> Result<Option<(String, String)>, AppError> {
        let name = SecretName {
            person,
            kind: SecretKind::Pin,
            of: phone.0,
        };
        let kept = self.store().secret(name).await?;
        Ok(kept.and_then(|kept| {
            let (hash, pin) = kept.split_once(':')?;
            Some((hash.to_owned(), pin.to_owned()))
        }))
    }
}
