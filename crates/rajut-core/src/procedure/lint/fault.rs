//! What can be wrong with a procedure, as codes with arguments.

use std::collections::BTreeMap;

use crate::register::coded;

coded! {
    /// What is wrong. Message and advice stand in `locales/` under `lint-<code>`.
    LintFault {
        /// Pencatatan dan Pendataan is empty.
        RecordsEmpty = "records_empty",
        /// No routine frequency.
        FrequencyMissing = "frequency_missing",
        /// A field of the identity page is empty. Args: `key`.
        FieldEmpty = "field_empty",
        /// In force before it was made. Args: `effective`, `created`.
        EffectiveBeforeCreated = "effective_before_created",
        /// Revised before it was made. Args: `revised`, `created`.
        RevisedBeforeCreated = "revised_before_created",
        /// No NIP. Args: `nip`.
        NipImpossible = "nip_impossible",
        /// Keterkaitan is empty.
        RelatedEmpty = "related_empty",
        /// No SOP of the register has that title. Args: `title`.
        RelatedUnknown = "related_unknown",
        /// It starts a procedure that Keterkaitan does not name. Args: `procedure`.
        StartsUnrelated = "starts_unrelated",
        /// Not reviewed for more than twelve months. Args: `since`.
        NotReviewed = "not_reviewed",
        /// A regulation that is repealed. Args: `name`, `by`.
        Repealed = "repealed",
        /// A regulation that is amended. Args: `name`, `by`.
        Amended = "amended",
        /// A lane without a step. Args: `lane`.
        LaneIdle = "lane_idle",
        /// Many steps without a branch. Args: `count`.
        NoBranch = "no_branch",
        /// The start is drawn as something else.
        StartNoTerminator = "start_no_terminator",
        /// An end is drawn as something else.
        EndNoTerminator = "end_no_terminator",
        /// A terminator in the middle.
        TerminatorInside = "terminator_inside",
        /// The start is not of the whole run.
        StartNotOfRun = "start_not_of_run",
        /// Nothing ends it.
        NoEnd = "no_end",
        /// No way leads there.
        Unreachable = "unreachable",
        /// No way leads from there to an end.
        Endless = "endless",
        /// No symbol.
        SymbolMissing = "symbol_missing",
        /// None of the symbols. Args: `symbol`.
        SymbolUnknown = "symbol_unknown",
        /// Several exits of what is no decision.
        ExitsOfNoDecision = "exits_of_no_decision",
        /// A decision with fewer than two exits.
        DecisionWithoutExits = "decision_without_exits",
        /// An exit without a label. Args: `exit`.
        ExitUnlabelled = "exit_unlabelled",
        /// Two exits with one name. Args: `label`, `exit`.
        ExitRepeated = "exit_repeated",
        /// No actor.
        NobodyActs = "nobody_acts",
        /// No such lane. Args: `lane`.
        LaneUnknown = "lane_unknown",
        /// Several actors, and how they act is not said.
        JointUnsaid = "joint_unsaid",
        /// One actor who acts jointly.
        JointAlone = "joint_alone",
        /// Each must act in a step that one act finishes.
        JointNotOfKind = "joint_not_of_kind",
        /// An arrow that leads nowhere. Args: `to`.
        ArrowLost = "arrow_lost",
        /// An exit that stops the clock for an unknown reason. Args: `exit`, `pause`.
        ExitPauseUnknown = "exit_pause_unknown",
        /// A timer that takes an unknown exit. Args: `exit`.
        TimerExitUnknown = "timer_exit_unknown",
        /// A verdict that leads nowhere. Args: `verdict`, `to`.
        VerdictLost = "verdict_lost",
        /// A connector without a single partner. Args: `mark`.
        ConnectorAlone = "connector_alone",
        /// A connector without a mark.
        ConnectorUnmarked = "connector_unmarked",
        /// A time that cannot be read. Args: `text`.
        TimeUnreadable = "time_unreadable",
        /// No time.
        TimeEmpty = "time_empty",
        /// No output.
        OutputEmpty = "output_empty",
        /// A merged cell without a time. Args: `group`, as for all that follow of a group.
        GroupTimeEmpty = "group_time_empty",
        /// A merged cell whose time cannot be read. Args: `text`.
        GroupTimeUnreadable = "group_time_unreadable",
        /// A merged cell beside no step. Args: `row`.
        GroupStepUnknown = "group_step_unknown",
        /// A row of a merged cell has a time of its own. Args: `row`.
        GroupStepTimed = "group_step_timed",
        /// A row of a merged cell has an output of its own. Args: `row`.
        GroupStepOutput = "group_step_output",
        /// A row in two merged cells. Args: `row`, `other`.
        GroupShares = "group_shares",
        /// A merged cell over fewer than two rows.
        GroupShort = "group_short",
        /// A merged cell over rows that do not follow one another.
        GroupApart = "group_apart",
        /// The column Kelengkapan is absent.
        CompletenessAbsent = "completeness_absent",
        /// Kelengkapan is empty.
        CompletenessEmpty = "completeness_empty",
        /// An output that no later step needs. Args: `output`.
        OutputUnused = "output_unused",
        /// An output that does not fit the kind of step. Args: `output`, `wanted`.
        OutputUnfit = "output_unfit",
        /// Total standard time and longest path. Args: `minutes`, `longest`.
        Total = "total",
        /// Total standard time, where no path reaches the end. Args: `minutes`.
        TotalWithoutPath = "total_without_path",
        /// A person's name. Args: `text`.
        PersonNamed = "person_named",
        /// A lane with a person's name. Args: `lane`, `text`.
        LanePersonNamed = "lane_person_named",
        /// A condition in what is no decision. Args: `word`.
        Condition = "condition",
        /// No verb at the beginning.
        NoVerb = "no_verb",
        /// Two activities in one row.
        TwoActivities = "two_activities",
        /// An abbreviation that is not explained. Args: `term`.
        AbbreviationUnexplained = "abbreviation_unexplained",
    }
}

impl LintFault {
    /// The fault with an argument of its sentences.
    pub(super) fn with(self, name: &str, value: impl std::fmt::Display) -> Finding {
        Finding::from(self).with(name, value)
    }
}

/// A fault with the arguments of its sentences.
pub(super) struct Finding {
    pub(super) fault: LintFault,
    pub(super) args: BTreeMap<String, String>,
}

impl Finding {
    /// Adds an argument.
    pub(super) fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}

impl From<LintFault> for Finding {
    fn from(fault: LintFault) -> Self {
        Self {
            fault,
            args: BTreeMap::new(),
        }
    }
}
