//! A refusal: the rule that stood in the way, and who could act now.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::PostId;

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// The rules that can refuse an act. The code is the key of the sentence in `locales/`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule { $($(#[$doc])* $name),+ }

        impl Rule {
            /// All rules.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }
        }

        impl FromStr for Rule {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text { $($code => Ok(Self::$name),)+ other => Err(format!("{other:?} is not the code of a rule")) }
            }
        }
    };
}

rules! {
    /// The record does not exist. Args: `record`.
    NotFound = "not-found",
    /// The person holds no post that may do this on that date. Args: `act`, `date`.
    NoRight = "no-right",
    /// What somebody else did by hand is keyed in by a clerk, and what is one's own by nobody else. Args: `act`, `date`.
    NotForOthers = "not-for-others",
    /// What somebody else did by hand is keyed in with a scan of it. Args: `act`.
    ScanMissing = "scan-missing",
    /// The step is not open. Args: `step`, `open`.
    StepNotOpen = "step-not-open",
    /// The decision has no such exit. Args: `exit`, `allowed`.
    UnknownExit = "unknown-exit",
    /// The run has ended. Args: `run`.
    RunEnded = "run-ended",
    /// The run is paused. Args: `reason`.
    RunPaused = "run-paused",
    /// The run is not paused.
    NotPaused = "not-paused",
    /// The step allows no pause for that reason. Args: `reason`, `allowed`.
    PauseReasonUnknown = "pause-reason-unknown",
    /// The run has no order yet.
    OrderMissing = "order-missing",
    /// The order is already issued.
    OrderAlreadyIssued = "order-already-issued",
    /// The draft lacks something. Args: `what`.
    OrderIncomplete = "order-incomplete",
    /// A person named lacks something the order must state. Args: `person`, `missing`.
    PersonIncomplete = "person-incomplete",
    /// A draft takes at most three initials, one from a person.
    TooManyInitials = "too-many-initials",
    /// The order's validity ends before it begins, or shrinks. Args: `from`, `until`.
    ValidityWrong = "validity-wrong",
    /// The sites are already in the order, or repeated. Args: `site`.
    SiteRepeated = "site-repeated",
    /// The order must be written before the run closes.
    VerbalNotPapered = "verbal-not-papered",
    /// A team needs a leader among its members. Args: `team`.
    TeamWithoutLeader = "team-without-leader",
    /// The team is not of this run. Args: `team`.
    TeamUnknown = "team-unknown",
    /// Somebody is in two places, on leave, or on a day off without an overtime order: give a reason.
    /// Args: `person`, `why`, `date`.
    NeedsReason = "needs-reason",
    /// The date lies outside the order's validity. Args: `date`, `from`, `until`.
    OutsideOrder = "outside-order",
    /// A reason is needed. Args: `what`.
    ReasonMissing = "reason-missing",
    /// Targets are neither met nor excused. Args: `count`, `first`.
    TargetsOpen = "targets-open",
    /// Complaints have no verdict. Args: `count`, `first`.
    ComplaintsOpen = "complaints-open",
    /// Visits of the run were never left. Args: `count`, `first`.
    VisitsOpen = "visits-open",
    /// Reports are not accepted yet, or visits stand in none. Args: `count`, `first` (the report or visit).
    ReportsOpen = "reports-open",
    /// The final report is missing.
    FinalReportMissing = "final-report-missing",
    /// The target is already met or excused. Args: `site`.
    TargetSettled = "target-settled",
    /// The report is not waiting for that. Args: `standing`.
    ReportNotWaiting = "report-not-waiting",
    /// The batch holds no ended visit. Args: `day`.
    BatchEmpty = "batch-empty",
    /// A text is longer than allowed. Args: `field`, `limit`, `found`.
    TooLong = "too-long",
    /// The time lies in the future or before what it follows. Args: `at`, `bound`.
    TimeOutOfBounds = "time-out-of-bounds",
    /// The entry was changed by somebody else in between. Args: `record`.
    StaleEntry = "stale-entry",
    /// The value is not valid. Args: `field`, `value`, `why`.
    InvalidValue = "invalid-value",
    /// The number is not reserved. Args: `number`.
    NumberNotReserved = "number-not-reserved",
    /// The procedure has no step of that kind. Args: `kind`.
    StepMissing = "step-missing",
    /// The incident is over. Args: `incident`.
    IncidentOver = "incident-over",
    /// The complaint is joined to an incident already. Args: `complaint`.
    ComplaintJoined = "complaint-joined",
    /// The follow-up is already settled.
    FollowUpSettled = "follow-up-settled",
    /// The procedure's version is not effective. Args: `procedure`, `date`.
    ProcedureNotEffective = "procedure-not-effective",
    /// That actor of a joint step has done their part; others have yet to. Args: `step`, `waits_for`.
    PartDone = "part-done",
    /// Joint actors do not say the same. Args: `field`, `value`, `before`.
    JointDisagrees = "joint-disagrees",
    /// The number of the version is not the next one. Args: `procedure`, `version`, `next`.
    VersionNotNext = "version-not-next",
    /// The version is no draft any more. Args: `procedure`, `version`, `state`.
    VersionNotDraft = "version-not-draft",
    /// The version is not approved, or already in force. Args: `procedure`, `version`, `state`.
    VersionNotApproved = "version-not-approved",
    /// E04 to E10: the version must be repaired. Args: `faults`.
    VersionFaulty = "version-faulty",
    /// E01 to E03: a fault of the paper needs a reason for which it is accepted. Args: `faults`.
    FaultsUnacknowledged = "faults-unacknowledged",
    /// The effective date lies before the signing. Args: `from`, `approved_on`.
    EffectiveBeforeApproval = "effective-before-approval",
    /// The effective date lies before the day of the act, or before that of an earlier version. Args: `from`,
    /// `bound`.
    EffectiveTooEarly = "effective-too-early",
    /// A laptop's file is not taken in. Args: `line`, `why`, `detail`.
    LaptopFile = "laptop-file",
    /// A reading typed in cannot be put into a class. Args: `reading`, `why`, `expected`.
    ReadingUnusable = "reading-unusable",
    /// The office no longer exists. Args: `office`, `date`.
    OfficeEnded = "office-ended",
    /// Another entry has the code. Args: `code`.
    CodeTaken = "code-taken",
    /// Things would belong to an office that no longer exists. Args: `count`, `first`.
    WithoutOffice = "without-office",
    /// The calendar lacks a year. Args: `year`.
    CalendarYearMissing = "calendar-year-missing",
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// An act that the rules do not allow. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error, schemars::JsonSchema)]
#[error("refused by rule {rule} {args:?}")]
pub struct Refusal {
    /// The rule.
    pub rule: Rule,
    /// What the sentence needs.
    pub args: BTreeMap<String, String>,
    /// The posts whose holder could do it now.
    pub who_could: Vec<PostId>,
}

impl Refusal {
    /// A refusal by `rule`.
    pub fn new(rule: Rule) -> Self {
        Self {
            rule,
            args: BTreeMap::new(),
            who_could: Vec::new(),
        }
    }

    /// Adds an argument of the sentence.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }

    /// Names who could do it.
    #[must_use]
    pub fn who_could(mut self, posts: impl IntoIterator<Item = PostId>) -> Self {
        self.who_could.extend(posts);
        self
    }
}
