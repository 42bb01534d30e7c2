//! Accounts: opening, closing, passwords, second factors, phones, tokens. Who holds the secret has proved it before;
//! here it is decided who may do what to whose account.

use jiff::Timestamp;

use super::rights::Scene;
use super::{Deciding, Facts, invalid, reason};
use crate::account::{
    Account, AccountEvent, ApiToken, Closing, Login, Phone, SecretChange, SecretKind, SecretName, TokenScope,
};
use crate::act::{Act, Actor, Changes, Envelope, Expect, FieldName, Refusal, Right, Wanted, Why};
use crate::id::{FreshIds, PersonId, PhoneId, TokenId};
use crate::people::{Person, Role};
use crate::stream::{StreamKind, StreamRef};

/// No token is in force for longer: 400 days.
const LONGEST_MS: i64 = 400 * 24 * 60 * 60 * 1000;
/// So many phones or tokens in force at once.
const MOST: usize = 20;
const ADMIN: Right = Right::Roles(&[Role::Admin]);

/// What is to become of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountCommand {
    /// Open it.
    Open {
        /// The name to sign in with.
        login: Login,
    },
    /// Send its owner a link by which a password can be set.
    Invite {
        /// How long it is good.
        until: Timestamp,
    },
    /// Set the password; `check` is its hash.
    SetPassword {
        /// The hash.
        check: String,
    },
    /// Ask for a second factor; `check` is its seed. `None` ends it.
    SetSecondFactor {
        /// The seed.
        check: Option<String>,
    },
    /// Close it for now.
    Disable {
        /// Why.
        reason: String,
    },
    /// Open it again.
    Enable,
    /// Sign whatever is signed in out.
    SignOut,
    /// Remember a phone; `check` is the hash of its PIN.
    EnrolPhone {
        /// Its id.
        id: PhoneId,
        /// What its owner calls it.
        label: String,
        /// The hash.
        check: String,
    },
    /// Forget a phone.
    RevokePhone {
        /// Which.
        id: PhoneId,
        /// Why.
        reason: String,
    },
    /// Issue a token; `check` is its hash.
    IssueToken {
        /// Its id.
        id: TokenId,
        /// What its owner calls it.
        label: String,
        /// What it may be used for.
        scope: TokenScope,
        /// In force until.
        until: Timestamp,
        /// The hash.
        check: String,
    },
    /// Take a token out of force.
    RevokeToken {
        /// Which.
        id: TokenId,
        /// Why.
        reason: String,
    },
}

impl AccountCommand {
    /// The act that it is.
    pub fn act(&self) -> Act {
        match self {
            Self::Open { .. } | Self::Invite { .. } => Act::OpenAccount,
            Self::SetPassword { .. } => Act::SetPassword,
            Self::SetSecondFactor { .. } => Act::SetSecondFactor,
            Self::Disable { .. } | Self::Enable => Act::CloseAccount,
            Self::SignOut => Act::SignOut,
            Self::EnrolPhone { .. } => Act::EnrolPhone,
            Self::RevokePhone { .. } => Act::RevokePhone,
            Self::IssueToken { .. } => Act::IssueToken,
            Self::RevokeToken { .. } => Act::RevokeToken,
        }
    }

    /// Whether an administrator may do it for somebody else: what takes a way in away, never what makes one.
    fn by_admin(&self) -> bool {
        match self {
            Self::SetSecondFactor { check } => check.is_none(),
            Self::RevokePhone { .. } | Self::RevokeToken { .. } => true,
            _ => false,
        }
    }
}

/// Decides what becomes of the account of `person`.
pub fn decide_account(
    facts: Facts<'_>,
    mut envelope: Envelope,
    ids: FreshIds,
    person: PersonId,
    command: &AccountCommand,
) -> Result<Changes, Refusal> {
    envelope.act = command.act();
    let mut deciding = Deciding {
        facts,
        ids,
        changes: Changes::new(envelope),
    };
    deciding.check_times()?;
    let own = deciding.changes.envelope.done_by == Actor::Person(person);
    if command.by_admin() && !own {
        deciding.grant_by(ADMIN, Scene::default())?;
    } else {
        let whose = Scene {
            whose: Some(person),
            ..Scene::default()
        };
        deciding.grant(whose)?;
    }
    let stream = StreamRef {
        kind: StreamKind::Account,
        id: person.0,
    };
    let (event, secrets) = if let AccountCommand::Open { login } = command {
        (deciding.account_opened(person, login)?, Vec::new())
    } else {
        let known = facts.records.get::<Account>(person.0)?;
        deciding.account_changed(known, command)?
    };
    let seen = match event {
        AccountEvent::Opened { .. } => Expect::New,
        _ => facts.records.seen(stream),
    };
    deciding.changes.push(stream, seen, event);
    deciding.changes.secrets = secrets;
    Ok(deciding.changes)
}

impl Deciding<'_> {
    fn account_opened(&self, person: PersonId, login: &Login) -> Result<AccountEvent, Refusal> {
        self.facts.records.get::<Person>(person.0)?;
        if self.facts.records.find::<Account>(person.0).is_some() {
            return Err(invalid(FieldName::Person, person, Why::HasAccount));
        }
        let account = Account {
            person,
            login: login.clone(),
            opened_at: self.at(),
            password_set_at: None,
            second_factor_since: None,
            disabled: None,
            phones: std::collections::BTreeMap::default(),
            tokens: std::collections::BTreeMap::default(),
        };
        Ok(AccountEvent::Opened {
            account: Box::new(account),
        })
    }

    fn closing(&self, why: &str, wanted: Wanted) -> Result<Closing, Refusal> {
        reason(why, wanted)?;
        self.check_texts(&[(FieldName::Reason, why)])?;
        Ok(Closing {
            at: self.at(),
            by: super::actor(&self.changes.envelope),
            reason: why.trim().to_owned(),
        })
    }

    #[expect(clippy::too_many_lines, reason = "one arm per command, each a few lines")]
    fn account_changed(
        &self,
        known: &Account,
        command: &AccountCommand,
    ) -> Result<(AccountEvent, Vec<SecretChange>), Refusal> {
        let person = known.person;
        let set = |kind, of, check: Option<String>| {
            vec![SecretChange {
                name: SecretName { person, kind, of },
                check,
            }]
        };
        let only = |kind, check| set(kind, person.0, check);
        if known.disabled.is_some() && !matches!(command, AccountCommand::Enable) {
            return Err(invalid(FieldName::Account, &known.login, Why::Disabled));
        }
        Ok(match command {
            AccountCommand::Open { .. } => return Err(invalid(FieldName::Person, person, Why::HasAccount)),
            AccountCommand::Invite { until } => (AccountEvent::Invited { until: *until }, Vec::new()),
            AccountCommand::SetPassword { check } => (
                AccountEvent::PasswordSet { at: self.at() },
                only(SecretKind::Password, Some(check.clone())),
            ),
            AccountCommand::SetSecondFactor { check } => {
                if check.is_none() && known.second_factor_since.is_none() {
                    return Err(invalid(FieldName::SecondFactor, &known.login, Why::NotSet));
                }
                let since = check.is_some().then(|| self.at());
                (
                    AccountEvent::SecondFactor { since },
                    only(SecretKind::SecondFactor, check.clone()),
                )
            }
            AccountCommand::Disable { reason } => {
                let closing = self.closing(reason, Wanted::CloseAccount)?;
                (AccountEvent::Disabled { closing }, Vec::new())
            }
            AccountCommand::Enable => {
                if known.disabled.is_none() {
                    return Err(invalid(FieldName::Account, &known.login, Why::NotDisabled));
                }
                (AccountEvent::Enabled, Vec::new())
            }
            AccountCommand::SignOut => (AccountEvent::SignedOut { at: self.at() }, Vec::new()),
            AccountCommand::EnrolPhone { id, label, check } => {
                let in_force = known.phones.values().filter(|phone| phone.revoked.is_none());
                if in_force.count() >= MOST || known.phones.contains_key(id) {
                    return Err(invalid(FieldName::RememberedPhone, label, Why::LimitReached));
                }
                let phone = Phone {
                    label: labelled(label)?,
                    since: self.at(),
                    revoked: None,
                };
                (
                    AccountEvent::PhoneEnrolled { id: *id, phone },
                    set(SecretKind::Pin, id.0, Some(check.clone())),
                )
            }
            AccountCommand::RevokePhone { id, reason } => {
                if known.phones.get(id).is_none_or(|phone| phone.revoked.is_some()) {
                    return Err(invalid(FieldName::RememberedPhone, id, Why::AlreadyRevoked));
                }
                let closing = self.closing(reason, Wanted::RevokePhone)?;
                (
                    AccountEvent::PhoneRevoked { id: *id, closing },
                    set(SecretKind::Pin, id.0, None),
                )
            }
            AccountCommand::IssueToken {
                id,
                label,
                scope,
                until,
                check,
            } => {
                let length = until.as_millisecond() - self.at().as_millisecond();
                if !(1..=LONGEST_MS).contains(&length) {
                    return Err(invalid(FieldName::Until, until, Why::Over400Days));
                }
                let at = self.at();
                let in_force = known.tokens.values().filter(|token| token.in_force(at));
                if in_force.count() >= MOST || known.tokens.contains_key(id) {
                    return Err(invalid(FieldName::Token, label, Why::LimitReached));
                }
                let token = ApiToken {
                    label: labelled(label)?,
                    scope: *scope,
                    from: at,
                    until: *until,
                    revoked: None,
                };
                (
                    AccountEvent::TokenIssued { id: *id, token },
                    set(SecretKind::Token, id.0, Some(check.clone())),
                )
            }
            AccountCommand::RevokeToken { id, reason } => {
                if known.tokens.get(id).is_none_or(|token| token.revoked.is_some()) {
                    return Err(invalid(FieldName::Token, id, Why::AlreadyRevoked));
                }
                let closing = self.closing(reason, Wanted::RevokeToken)?;
                (
                    AccountEvent::TokenRevoked { id: *id, closing },
                    set(SecretKind::Token, id.0, None),
                )
            }
        })
    }
}

/// What somebody calls a phone or a token.
fn labelled(label: &str) -> Result<String, Refusal> {
    let label = label.trim();
    if label.is_empty() || label.chars().count() > 60 {
        return Err(invalid(FieldName::Label, label, Why::NotALabel));
    }
    Ok(label.to_owned())
}
