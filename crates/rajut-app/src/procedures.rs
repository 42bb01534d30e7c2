//! The life of a procedure's version: drafted, signed, returned, put in force.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rajut_core::flow::{VersionCommand, decide_version};
use rajut_core::procedure::{
    DEFAULT_REGULATIONS, KnownProcedure, Lint, LintCode, LintFacts, Procedure, ProcedureCode,
    ProcedureVersion, lint, parse_regulations,
};

use crate::act::Done;
use crate::context::procedure_stream;
use crate::{App, AppError, Context, Key, Who};

/// A version that was put down, and what its format is found wanting.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftedProcedure {
    /// Its code.
    pub code: ProcedureCode,
    /// Its version.
    pub version: u32,
    /// The mark of its text, by which who signs it names it.
    pub mark: String,
    /// The faults of its text; they matter when it is signed.
    pub found: Vec<Lint>,
}

/// Judges a procedure as the register knows it today.
pub fn lint_procedure(procedure: &Procedure, known: &[&Procedure], today: Date) -> Vec<Lint> {
    let known: Vec<KnownProcedure> = known
        .iter()
        .map(|procedure| KnownProcedure {
            code: procedure.code.clone(),
            title: procedure.identity.title.clone(),
        })
        .collect();
    // The shipped list is checked by a test of core.
    let regulations = parse_regulations(DEFAULT_REGULATIONS).unwrap_or_default();
    let nip_ok = |text: &str| rajut_core::people::CivilId::parse(text, today).is_ok();
    lint(
        procedure,
        &LintFacts {
            today,
            known_procedures: &known,
            regulations: &regulations,
            nip_ok: &nip_ok,
        },
    )
}

impl Context {
    /// One version of a procedure.
    pub fn version(&self, code: &ProcedureCode, version: u32) -> Result<&ProcedureVersion, AppError> {
        self.versions()
            .find(|known| known.code == *code && known.version == version)
            .ok_or_else(|| AppError::not_found("version", format!("{code} {version}")))
    }

    fn lints(&self, procedure: &Procedure, day: Date) -> Vec<Lint> {
        let known: Vec<&Procedure> = self.procedures.values().chain([procedure]).collect();
        lint_procedure(procedure, &known, day)
    }
}

impl App {
    /// Puts down the next version of a procedure, or another text for its draft. Faults are told and refuse
    /// nothing; only a file that is no procedure does, and a number that is not the next.
    pub async fn draft_procedure(
        &self,
        who: Who,
        key: Key,
        text: &str,
    ) -> Result<DraftedProcedure, AppError> {
        let procedure =
            Procedure::parse(text).map_err(|error| AppError::procedure_file("procedure", error))?;
        let (code, version) = (procedure.code.clone(), procedure.version);
        let command = VersionCommand::Draft {
            procedure: &procedure,
        };
        let done = self.on_version(who, key, &code, version, &command).await?;
        let context = self.context().await?;
        if done.committed.repeated && context.version(&code, version)?.text != text {
            return Err(crate::act::used_otherwise());
        }
        let day = context
            .agency
            .zone
            .date(key.occurred_at.unwrap_or_else(|| self.now()));
        Ok(DraftedProcedure {
            mark: ProcedureVersion::mark_of(text),
            code,
            version,
            found: context.lints(&procedure, day),
        })
    }

    /// Signs a draft (Pengesahan). Faults E04 to E10 refuse it, E01 to E03 need a reason each.
    pub async fn approve_procedure(
        &self,
        who: Who,
        key: Key,
        code: &ProcedureCode,
        version: u32,
        seen: &str,
        accepted: &BTreeMap<LintCode, String>,
    ) -> Result<Done, AppError> {
        let context = self.context().await?;
        let known = context.version(code, version)?;
        let procedure =
            Procedure::parse(&known.text).map_err(|error| AppError::procedure_file("procedure", error))?;
        let day = context
            .agency
            .zone
            .date(key.occurred_at.unwrap_or_else(|| self.now()));
        let found = context.lints(&procedure, day);
        let command = VersionCommand::Approve {
            found: &found,
            accepted,
        };
        // Decided over the text that was judged: another draft put down meanwhile is a conflict.
        self.decide_version_in(&context, who, key, code, version, &command, Some(seen))
            .await
    }

    /// Takes the signature back, so that the version can be edited.
    pub async fn return_procedure(
        &self,
        who: Who,
        key: Key,
        code: &ProcedureCode,
        version: u32,
        note: &str,
    ) -> Result<Done, AppError> {
        self.on_version(who, key, code, version, &VersionCommand::Return { note })
            .await
    }

    /// Puts an approved version in force from a day. Runs that began under an older one stay under it.
    pub async fn activate_procedure(
        &self,
        who: Who,
        key: Key,
        code: &ProcedureCode,
        version: u32,
        from: Date,
    ) -> Result<Done, AppError> {
        self.on_version(who, key, code, version, &VersionCommand::Activate { from })
            .await
    }

    async fn on_version(
        &self,
        who: Who,
        key: Key,
        code: &ProcedureCode,
        version: u32,
        command: &VersionCommand<'_>,
    ) -> Result<Done, AppError> {
        let context = self.context().await?;
        self.decide_version_in(&context, who, key, code, version, command, None)
            .await
    }

    #[expect(clippy::too_many_arguments, reason = "they are the fields of one act")]
    async fn decide_version_in(
        &self,
        context: &Context,
        who: Who,
        key: Key,
        code: &ProcedureCode,
        version: u32,
        command: &VersionCommand<'_>,
        seen: Option<&str>,
    ) -> Result<Done, AppError> {
        let envelope = self.envelope(who, key, command.act());
        if let Some(done) = self.repeated(&envelope).await? {
            return Ok(done);
        }
        let records = context.records();
        let stream = procedure_stream(code, version);
        let changes = decide_version(context.facts(&records), envelope, self.ids(), stream, command)?;
        // Asked last: who may not sign is told so, whatever they have read.
        if let Some(seen) = seen {
            let mark = context.version(code, version)?.mark();
            if seen.trim().to_lowercase() != mark {
                return Err(AppError::Conflict {
                    what: format!("{code} {version} ({mark})"),
                });
            }
        }
        self.commit(changes).await
    }
}
