//! Doing an act: load, decide, commit; repeat what may be repeated.

use jiff::Timestamp;
use rajut_core::act::{Act, Actor, Changes, Envelope, Nature, Refusal, Rule, UnfitCode};
use rajut_core::flow::{Command, Records, decide};
use rajut_core::id::{ActId, PersonId};
use rajut_core::journal::{Hash, Record};
use rajut_store::{Committed, StoreError};

use crate::{App, AppError, Context};

/// On whose behalf something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// Who did it.
    pub done_by: Actor,
    /// Who entered it.
    pub entered_by: Actor,
    /// What proves it, where somebody else entered it: a file that was kept before ([`App::attach`]).
    pub scan: Option<Hash>,
}

impl Who {
    /// A person who does and enters it.
    pub fn person(id: PersonId) -> Self {
        Self {
            done_by: Actor::Person(id),
            entered_by: Actor::Person(id),
            scan: None,
        }
    }

    /// The program.
    pub fn system() -> Self {
        Self {
            done_by: Actor::System,
            entered_by: Actor::System,
            scan: None,
        }
    }

    /// A clerk who keys in what somebody else did on paper or by message, with what shows it.
    pub fn clerk(done_by: PersonId, entered_by: PersonId, scan: Option<Hash>) -> Self {
        Self {
            done_by: Actor::Person(done_by),
            entered_by: Actor::Person(entered_by),
            scan,
        }
    }
}

/// The idempotency key and the time of an act, where the caller has them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Key {
    /// The same key twice is one act; `None` makes a fresh one.
    pub key: Option<ActId>,
    /// When it happened; `None` is now.
    pub occurred_at: Option<Timestamp>,
}

impl Key {
    /// A fresh key for something that happened at `at`.
    pub fn at(at: Timestamp) -> Self {
        Self {
            key: None,
            occurred_at: Some(at),
        }
    }

    /// The same key for something that happens now.
    #[must_use]
    pub fn without_time(self) -> Self {
        Self {
            key: self.key,
            occurred_at: None,
        }
    }
}

/// An act that was done.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// Its key.
    pub key: ActId,
    /// Where it stands in the journal.
    pub committed: Committed,
    /// What it changed; empty when it had been done before under the same key.
    pub changes: Option<Changes>,
}

/// How often a decision is taken anew when another act came between.
const TRIES: u32 = 8;

impl App {
    /// Envelope of an act by `who`.
    pub(crate) fn envelope(&self, who: Who, key: Key, act: Act) -> Envelope {
        let now = self.now();
        Envelope {
            key: key.key.unwrap_or_else(|| self.ids().fresh()),
            act,
            occurred_at: key.occurred_at.map_or(now, rajut_core::clock::to_millis),
            received_at: now,
            done_by: who.done_by,
            entered_by: who.entered_by,
            scan: who.scan,
        }
    }

    /// Does a command.
    ///
    /// A lost race of an act of authority is [`AppError::Conflict`]: what the person saw is no longer so. A
    /// field fact never conflicts; where it also edits the register it is decided anew.
    pub async fn act(&self, who: Who, key: Key, command: &Command) -> Result<Done, AppError> {
        let envelope = self.envelope(who, key, command.act());
        let mut tries = 1;
        loop {
            let context = self.context().await?;
            let records = self.records_for(&context, command, envelope.occurred_at).await?;
            match self
                .decide_and_commit(&context, &records, envelope.clone(), command)
                .await
            {
                Err(AppError::Conflict { .. })
                    if command.act().authority().nature == Nature::FieldFact && tries < TRIES =>
                {
                    tries += 1;
                }
                outcome => return outcome,
            }
        }
    }

    /// Asks the rules about a command whose number is not reserved yet: whatever else refuses it does so now, and no
    /// number is taken for nothing.
    pub(crate) async fn before_number(&self, who: Who, key: Key, command: &Command) -> Result<(), AppError> {
        let envelope = self.envelope(who, key, command.act());
        let context = self.context().await?;
        let records = self.records_for(&context, command, envelope.occurred_at).await?;
        match decide(context.facts(&records), envelope, self.ids(), command) {
            // The number is what is missing.
            Err(refusal) if refusal.rule != Rule::NotFound => Err(refusal.into()),
            _ => Ok(()),
        }
    }

    /// What the rules say against a command now, without doing it; nothing where they would let it pass. It serves
    /// to offer: when it is done they are asked again.
    pub async fn would_refuse(&self, who: Who, command: &Command) -> Result<Option<Refusal>, AppError> {
        let envelope = self.envelope(who, Key::default(), command.act());
        let context = self.context().await?;
        let records = self.records_for(&context, command, envelope.occurred_at).await?;
        Ok(decide(context.facts(&records), envelope, self.ids(), command).err())
    }

    async fn decide_and_commit(
        &self,
        context: &Context,
        records: &Records,
        envelope: Envelope,
        command: &Command,
    ) -> Result<Done, AppError> {
        let key = envelope.key;
        // What was done once is done: a repetition gets its first answer, not a refusal by its own effects.
        if let Some(done) = self.repeated(&envelope).await? {
            let text = serde_json::to_string(command).unwrap_or_default();
            let recorded = self.store.act_of(key).await?;
            // It is about the same records, or it is another act.
            if !recorded.iter().any(|it| text.contains(&it.stream.id.to_string())) {
                return Err(used_otherwise());
            }
            return Ok(done);
        }
        let changes = decide(context.facts(records), envelope, self.ids(), command)?;
        self.commit(changes).await
    }

    /// Where an act stands that was done before under this key.
    pub async fn done_before(&self, key: ActId) -> Result<Option<Committed>, AppError> {
        let records = self.store.act_of(key).await?;
        Ok(records
            .first()
            .zip(records.last())
            .map(|(first, last)| Committed {
                first_seq: first.seq,
                last_seq: last.seq,
                repeated: true,
            }))
    }

    /// The same for an act, before it is decided anew. A key that was used for another act, or by somebody else, is
    /// refused: nobody is told that what he asks for was done.
    pub(crate) async fn repeated(&self, envelope: &Envelope) -> Result<Option<Done>, AppError> {
        let records = self.store.act_of(envelope.key).await?;
        let Some((first, last)) = records.first().zip(records.last()) else {
            return Ok(None);
        };
        if first.act != envelope.act || first.done_by != envelope.done_by {
            return Err(used_otherwise());
        }
        Ok(Some(Done {
            key: envelope.key,
            committed: Committed {
                first_seq: first.seq,
                last_seq: last.seq,
                repeated: true,
            },
            changes: None,
        }))
    }

    /// The same for an act on one record, asked after its facts were read and before it is decided anew: what was
    /// done once would be refused by its own effects. A key that was used for something else is refused: nobody is
    /// told that what he asks for was done.
    pub(crate) async fn done_already(
        &self,
        key: Key,
        act: Act,
        about: impl Fn(&Record) -> bool,
    ) -> Result<Option<Done>, AppError> {
        let Some(key) = key.key else {
            return Ok(None);
        };
        let records = self.store.act_of(key).await?;
        let Some((first, last)) = records.first().zip(records.last()) else {
            return Ok(None);
        };
        if first.act != act || !records.iter().any(about) {
            return Err(used_otherwise());
        }
        Ok(Some(Done {
            key,
            committed: Committed {
                first_seq: first.seq,
                last_seq: last.seq,
                repeated: true,
            },
            changes: None,
        }))
    }

    /// Writes changes.
    pub(crate) async fn commit(&self, changes: Changes) -> Result<Done, AppError> {
        let committed = match self.store.commit(&changes).await {
            Err(StoreError::Conflict { stream, .. }) => {
                return Err(AppError::Conflict {
                    what: stream.to_string(),
                });
            }
            other => other?,
        };
        let key = changes.envelope.key;
        if committed.repeated {
            // Two at once under one key: whose came second is held against what came first.
            self.repeated(&changes.envelope).await?;
        }
        Ok(Done {
            key,
            committed,
            changes: (!committed.repeated).then_some(changes),
        })
    }
}

/// That a key stands for another act.
pub(crate) fn used_otherwise() -> AppError {
    AppError::invalid("key", UnfitCode::KeyUsed)
}
