//! Accounts: how people of the register sign in, from which phones, and for which programs.
//!
//! Hides what belongs to an account and how it changes. Secrets (the hash of a password, the seed of a second factor,
//! the hash of a PIN or token) are never here: they stand in a side table that is written by the same act.

mod login;
mod secret;
mod throttle;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::act::{Act, Actor};
use crate::id::{PersonId, PhoneId, TokenId};
use crate::register::coded;
use crate::stream::Fold;

pub use login::{Login, LoginError, PASSWORD_LEAST, PASSWORD_MOST, PasswordFault, password_fault, pin_fault};
pub use secret::{SecretChange, SecretKind, SecretName};
pub use throttle::{Counted, forgotten_before, waits_until};

/// The account of a person; its stream has the person's id, so nobody has two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Account {
    /// Whose.
    pub person: PersonId,
    /// The name to sign in with.
    pub login: Login,
    /// Since when it is there.
    pub opened_at: Timestamp,
    /// When the password was last set; `None` until the invitation is taken up.
    pub password_set_at: Option<Timestamp>,
    /// Since when a second factor (TOTP, RFC 6238) is asked for.
    pub second_factor_since: Option<Timestamp>,
    /// Closed for now: nobody signs in, and what was signed in is signed out.
    pub disabled: Option<Closing>,
    /// Phones that are remembered.
    pub phones: BTreeMap<PhoneId, Phone>,
    /// Tokens for programs.
    pub tokens: BTreeMap<TokenId, ApiToken>,
}

/// Why and when something was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Closing {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// Why.
    pub reason: String,
}

/// A phone that is remembered: a PIN there confirms acts of authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Phone {
    /// What its owner calls it.
    pub label: String,
    /// Since when.
    pub since: Timestamp,
    /// Lost, or given away.
    pub revoked: Option<Closing>,
}

coded! {
    /// What a token may be used for.
    TokenScope {
        /// Reading only.
        Read = "read",
        /// Everything that its owner may do.
        Act = "act",
        /// Counting what the program does, and nothing else.
        Metrics = "metrics",
    }
}

/// A token with which a program acts for its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ApiToken {
    /// What its owner calls it.
    pub label: String,
    /// What it may be used for.
    pub scope: TokenScope,
    /// In force from.
    pub from: Timestamp,
    /// In force until.
    pub until: Timestamp,
    /// Taken out of force before its time.
    pub revoked: Option<Closing>,
}

/// What happens to an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountEvent {
    /// It was opened.
    Opened {
        /// As it stands.
        account: Box<Account>,
    },
    /// Its owner was sent a link by which a password can be set.
    Invited {
        /// How long it is good.
        until: Timestamp,
    },
    /// Its owner set a password.
    PasswordSet {
        /// When.
        at: Timestamp,
    },
    /// A second factor is asked for from now on, or no longer.
    SecondFactor {
        /// Since when; `None` ends it.
        since: Option<Timestamp>,
    },
    /// It was closed for now.
    Disabled {
        /// How.
        closing: Closing,
    },
    /// It was opened again.
    Enabled,
    /// Whatever was signed in was signed out by an administrator.
    SignedOut {
        /// When.
        at: Timestamp,
    },
    /// A phone is remembered.
    PhoneEnrolled {
        /// Its id.
        id: PhoneId,
        /// The phone.
        phone: Phone,
    },
    /// A phone is not remembered any more.
    PhoneRevoked {
        /// Which.
        id: PhoneId,
        /// How.
        closing: Closing,
    },
    /// A token was issued.
    TokenIssued {
        /// Its id.
        id: TokenId,
        /// The token.
        token: ApiToken,
    },
    /// A token was taken out of force.
    TokenRevoked {
        /// Which.
        id: TokenId,
        /// How.
        closing: Closing,
    },
}

impl AccountEvent {
    /// The act by which it comes about.
    pub fn act(&self) -> Act {
        match self {
            Self::Opened { .. } | Self::Invited { .. } => Act::OpenAccount,
            Self::PasswordSet { .. } => Act::SetPassword,
            Self::SecondFactor { .. } => Act::SetSecondFactor,
            Self::Disabled { .. } | Self::Enabled => Act::CloseAccount,
            Self::SignedOut { .. } => Act::SignOut,
            Self::PhoneEnrolled { .. } => Act::EnrolPhone,
            Self::PhoneRevoked { .. } => Act::RevokePhone,
            Self::TokenIssued { .. } => Act::IssueToken,
            Self::TokenRevoked { .. } => Act::RevokeToken,
        }
    }
}

impl ApiToken {
    /// Whether it is in force.
    pub fn in_force(&self, at: Timestamp) -> bool {
        self.revoked.is_none() && self.from <= at && at < self.until
    }
}

impl Fold for Account {
    type Event = AccountEvent;

    fn fold(state: Option<Self>, event: &AccountEvent) -> Result<Self, String> {
        let mut account = match (state, event) {
            (None, AccountEvent::Opened { account }) => return Ok((**account).clone()),
            (None, _) => return Err("the account is not opened".to_owned()),
            (Some(_), AccountEvent::Opened { .. }) => return Err("the account is opened already".to_owned()),
            (Some(account), _) => account,
        };
        match event {
            AccountEvent::Opened { .. } | AccountEvent::Invited { .. } | AccountEvent::SignedOut { .. } => {}
            AccountEvent::PasswordSet { at } => account.password_set_at = Some(*at),
            AccountEvent::SecondFactor { since } => account.second_factor_since = *since,
            AccountEvent::Disabled { closing } => account.disabled = Some(closing.clone()),
            AccountEvent::Enabled => account.disabled = None,
            AccountEvent::PhoneEnrolled { id, phone } => {
                if account.phones.insert(*id, phone.clone()).is_some() {
                    return Err("the phone is remembered already".to_owned());
                }
            }
            AccountEvent::PhoneRevoked { id, closing } => match account.phones.get_mut(id) {
                Some(phone) if phone.revoked.is_none() => phone.revoked = Some(closing.clone()),
                _ => return Err("no such phone is remembered".to_owned()),
            },
            AccountEvent::TokenIssued { id, token } => {
                if account.tokens.insert(*id, token.clone()).is_some() {
                    return Err("the token is issued already".to_owned());
                }
            }
            AccountEvent::TokenRevoked { id, closing } => match account.tokens.get_mut(id) {
                Some(token) if token.revoked.is_none() => token.revoked = Some(closing.clone()),
                _ => return Err("no such token is in force".to_owned()),
            },
        }
        Ok(account)
    }
}
