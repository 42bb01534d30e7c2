//! Tokens of programs: hashed, scoped, expiring, owned by a person.

use jiff::Timestamp;
use rajut_core::account::{SecretKind, TokenScope};
use rajut_core::act::FieldName;
use rajut_core::flow::AccountCommand;
use rajut_core::id::{PersonId, TokenId};
use rajut_core::journal::Hash;

use super::told_once;
use crate::{App, AppError, Key, Who};

/// What every token begins with, so that a search for leaked secrets finds it.
const PREFIX: &str = "rajut_";

/// A token as its owner sees it, once.
#[derive(Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Its id.
    pub id: TokenId,
    /// What the program sends. It is nowhere else.
    pub token: String,
}

impl std::fmt::Debug for NewToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewToken")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// On whose behalf a program asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenOwner {
    /// Who.
    pub person: PersonId,
    /// Which token.
    pub token: TokenId,
    /// What it may be used for.
    pub scope: TokenScope,
}

impl App {
    /// Issues a token for oneself.
    pub async fn issue_token(
        &self,
        who: Who,
        key: Key,
        label: &str,
        scope: TokenScope,
        until: Timestamp,
    ) -> Result<NewToken, AppError> {
        let person = Self::actor_person(who)?;
        let (secret, _) = self.fresh_secret();
        let token = format!("{PREFIX}{secret}");
        let id: TokenId = self.ids().fresh();
        let command = AccountCommand::IssueToken {
            id,
            label: label.to_owned(),
            scope,
            until,
            check: Hash::of(token.as_bytes()).to_string(),
        };
        let done = self.on_account(who, key, person, &command).await?;
        told_once(&done, FieldName::Token)?;
        Ok(NewToken { id, token })
    }

    /// Takes a token out of force.
    pub async fn revoke_token(
        &self,
        who: Who,
        key: Key,
        person: PersonId,
        id: TokenId,
        reason: &str,
    ) -> Result<(), AppError> {
        let reason = reason.to_owned();
        let command = AccountCommand::RevokeToken { id, reason };
        self.on_account(who, key, person, &command).await?;
        Ok(())
    }

    /// Who sent a program with this token; `None` for one that is not in force.
    pub async fn token_owner(&self, token: &str) -> Result<Option<TokenOwner>, AppError> {
        let hash = Hash::of(token.as_bytes()).to_string();
        let Some((person, id)) = self.store().secret_owner(SecretKind::Token, &hash).await? else {
            return Ok(None);
        };
        let (id, now) = (TokenId(id), self.now());
        let account = self.account(person).await?;
        Ok(account
            .filter(|account| account.disabled.is_none())
            .and_then(|account| account.tokens.get(&id).cloned())
            .filter(|known| known.in_force(now))
            .map(|known| TokenOwner {
                person,
                token: id,
                scope: known.scope,
            }))
    }
}
