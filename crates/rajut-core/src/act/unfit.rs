//! Why something that was given cannot be used: a code with its arguments, of which the words stand in `locales/`
//! (`unfit-<code>`). Hides how a place in a file is told.

use std::collections::BTreeMap;
use std::fmt;

use crate::register::coded;

coded! {
    /// Why something that was given cannot be used.
    UnfitCode {
        /// What a library or the operating system says of it.
        Detail = "detail",
        /// It is empty.
        Empty = "empty",
        /// It must be given.
        Needed = "needed",
        /// It is not understood.
        NotUnderstood = "not_understood",
        /// It is none of those that there are.
        NotOneOf = "not_one_of",
        /// It is written in another form.
        WriteAs = "write_as",
        /// It is no time.
        NotATime = "not_a_time",
        /// It is not written as a code.
        NotACode = "not_a_code",
        /// The last day lies before the first.
        DaysReversed = "days_reversed",
        /// Several fit.
        SeveralFit = "several_fit",
        /// There is one already.
        Taken = "taken",
        /// An entry of a list is wrong.
        Entry = "entry",
        /// There is no such file.
        FileMissing = "file_missing",
        /// The file may not be read or written.
        FileDenied = "file_denied",
        /// It is a folder.
        FileIsFolder = "file_is_folder",
        /// The file exists already.
        FileExists = "file_exists",
        /// The file is no text.
        FileNotText = "file_not_text",
        /// The disk is full.
        DiskFull = "disk_full",
        /// More than is read.
        TooLarge = "too_large",
        /// The number is of another kind than the status.
        OtherStatus = "other_status",
        /// The key stands for another act.
        KeyUsed = "key_used",
        /// A person does it.
        ByAPerson = "by_a_person",
        /// Nobody is named.
        SayWhoActs = "say_who_acts",
        /// Nobody is named to sign.
        NobodySigns = "nobody_signs",
        /// Nobody was present.
        NobodyPresent = "nobody_present",
        /// The days do not suffice.
        PlanTooLong = "plan_too_long",
        /// It was read twice.
        ReadTwice = "read_twice",
        /// The register has come to its end.
        RegisterFull = "register_full",
        /// The final report is of no team.
        FinalReport = "final_report",
        /// The report was not submitted yet.
        NotSubmitted = "not_submitted",
        /// It is no code of a receipt.
        NotAReceipt = "not_a_receipt",
        /// The key enrolled a laptop before.
        LaptopKeyUsed = "laptop_key_used",
        /// Of another format.
        OtherFormat = "other_format",
        /// The clock of the machine lies outside the key's days.
        MachineClock = "machine_clock",
        /// Passwords would go over the network in clear.
        PasswordsInClear = "passwords_in_clear",
        /// The address cannot be listened on.
        CannotListen = "cannot_listen",
        /// It is not of this site.
        NotOfSite = "not_of_site",
        /// The procedure has none like it.
        NotOfProcedure = "not_of_procedure",
        /// The act takes a number, or is judged here.
        NumberedHere = "numbered_here",
        /// Several registers gave this number.
        SeveralRegisters = "several_registers",
        /// Only a fault that stays waits for a part.
        NoFaultWaits = "no_fault_waits",
        /// A replacement needs the code of the device put in.
        NewCodeNeeded = "new_code_needed",
        /// It is none of those named by `--into`.
        NotOfInto = "not_of_into",
        /// The register knows no address.
        NoAddress = "no_address",
        /// Only registered addresses are looked at.
        NotRegistered = "not_registered",
        /// More addresses than one types on purpose.
        TooManyAddresses = "too_many_addresses",
        /// More than one sweep asks.
        TooMuchForOneSweep = "too_much_for_one_sweep",
        /// Neither an address nor a block of them.
        NotABlock = "not_a_block",
        /// Only who may open raw sockets is told by the hops of a way.
        NeedsRawSocket = "needs_raw_socket",
        /// Addresses that belong to no one host.
        NotOneHost = "not_one_host",
        /// Only people have values that are masked.
        OnlyPeopleMasked = "only_people_masked",
        /// The database is already set up.
        AlreadySetUp = "already_set_up",
        /// Neither file nor run is named.
        NameFileOrRun = "name_file_or_run",
        /// The file names sites already.
        SitesNamed = "sites_named",
        /// The team is there already.
        CheckedIn = "checked_in",
        /// Neither run nor site is named.
        NameRunOrSite = "name_run_or_site",
        /// Neither visit nor run and site are named.
        NameVisit = "name_visit",
        /// More than one visit is open.
        VisitsOpen = "visits_open",
        /// Several people bear the name.
        Namesakes = "namesakes",
        /// The database is not empty.
        DatabaseNotEmpty = "database_not_empty",
        /// The setting was never loaded.
        NotLoaded = "not_loaded",
        /// It is no name to sign in with.
        LoginForm = "login_form",
        /// The days off of a year are not known.
        MissingYear = "missing_year",
        /// Beyond the last date that can be written.
        BeyondTime = "beyond_time",
        /// There is no year at all.
        CalendarNoYear = "calendar_no_year",
        /// The same year twice.
        CalendarYearTwice = "calendar_year_twice",
        /// A day is listed under another year.
        CalendarOtherYear = "calendar_other_year",
        /// A local day in a year that the file does not hold.
        CalendarUnknownYear = "calendar_unknown_year",
        /// A day is listed twice.
        CalendarDayTwice = "calendar_day_twice",
        /// A month of fasting does not last 29 or 30 days.
        RamadanLength = "ramadan_length",
        /// Two months of fasting touch the same day.
        RamadanOverlap = "ramadan_overlap",
        /// A year without Ramadan.
        RamadanMissing = "ramadan_missing",
        /// The end is not after the beginning.
        Reversed = "reversed",
        /// A break lies outside the day or touches the one before it.
        BreakOutside = "break_outside",
        /// The days do not add up to the week.
        WeekSum = "week_sum",
        /// A placeholder is unknown.
        TemplateUnknown = "template_unknown",
        /// Two records would share a number.
        TemplateRepeats = "template_repeats",
        /// A brace is left open.
        TemplateOpen = "template_open",
        /// A class of priority has no service level.
        LevelMissing = "level_missing",
        /// A cause is empty, has no label, or stands twice.
        CauseWrong = "cause_wrong",
        /// A golongan or pangkat is empty.
        RankEmpty = "rank_empty",
        /// A golongan is written twice.
        RankTwice = "rank_twice",
        /// A field of the file is empty.
        FieldEmpty = "field_empty",
        /// No failure would be enough.
        MonitoringFailures = "monitoring_failures",
        /// The version is empty.
        VersionEmpty = "version_empty",
        /// There is no threshold.
        NoThresholds = "no_thresholds",
        /// The unit is empty.
        UnitEmpty = "unit_empty",
        /// Two thresholds for one measure and scope.
        ThresholdTwice = "threshold_twice",
        /// The measure has another unit elsewhere.
        OtherUnit = "other_unit",
        /// A threshold without a class.
        NoClass = "no_class",
        /// The first class has no lower bound.
        FirstClassFrom = "first_class_from",
        /// Only the first class lacks a lower bound.
        OnlyFirstClass = "only_first_class",
        /// The bound is not finite.
        FromNotFinite = "from_not_finite",
        /// The bounds do not ascend.
        FromNotLarger = "from_not_larger",
        /// A class is named twice.
        ClassTwice = "class_twice",
        /// A group without items.
        GroupEmpty = "group_empty",
        /// An item about both.
        DevicesOrLinks = "devices_or_links",
        /// An id is used twice.
        IdTwice = "id_twice",
        /// It is not in the list above.
        NotDeclared = "not_declared",
        /// The table holds no credential.
        CredentialTable = "credential_table",
        /// A community of another version.
        CommunityVersion = "community_version",
        /// A user of another version.
        UserVersion = "user_version",
        /// Secrecy without a proof.
        PrivNeedsAuth = "priv_needs_auth",
        /// Neither or both.
        CommunityOrUser = "community_or_user",
        /// The password is too short.
        SnmpPassword = "snmp_password",
        /// The protocol is not known.
        SnmpProtocol = "snmp_protocol",
        /// A protocol without its password, or the other way round.
        SnmpPair = "snmp_pair",
        /// More devices than are looked at once.
        TooManyDevices = "too_many_devices",
        /// A match of a device family that fits every device.
        MatchesAll = "matches_all",
        /// An act of authority that is dated.
        HappensNow = "happens_now",
        /// Lines of an import have problems.
        ImportRefused = "import_refused",
        /// The file is empty.
        FileEmpty = "file_empty",
        /// Neither text nor a workbook.
        NotATable = "not_a_table",
        /// An old or encrypted workbook.
        OldWorkbook = "old_workbook",
        /// The workbook is damaged.
        Workbook = "workbook",
        /// The workbook unpacks to more than is allowed.
        WorkbookBomb = "workbook_bomb",
        /// The workbook has too many parts.
        WorkbookParts = "workbook_parts",
        /// Too many lines.
        TooManyLines = "too_many_lines",
        /// Too many columns.
        TooManyColumns = "too_many_columns",
        /// Too much text.
        TooMuchText = "too_much_text",
        /// Not eighteen digits.
        NipLength = "nip_length",
        /// A character that is no digit.
        NipNotADigit = "nip_not_a_digit",
        /// There is no such month of birth.
        NipBirthMonth = "nip_birth_month",
        /// The month of birth has no such day.
        NipBirthDay = "nip_birth_day",
        /// Neither a month of appointment nor a kind of PPPK.
        NipStartMonth = "nip_start_month",
        /// The number of a PPPK.
        NipIsPppk = "nip_is_pppk",
        /// The number of a PNS.
        NipIsPns = "nip_is_pns",
        /// The sex is neither 1 nor 2.
        NipSex = "nip_sex",
        /// The serial number is 000.
        NipSerial = "nip_serial",
        /// The appointment lies in the future.
        NipStartInFuture = "nip_start_in_future",
        /// An age at the appointment that is not believed.
        NipAge = "nip_age",
        /// Two hold one post in the same way.
        HoldersOverlap = "holders_overlap",
        /// An assignment ends before it begins.
        AssignmentReversed = "assignment_reversed",
        /// The superior of a post is unknown.
        SuperiorUnknown = "superior_unknown",
        /// A post is its own superior.
        OwnSuperior = "own_superior",
    }
}

/// Why something that was given cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// The reason.
    pub code: UnfitCode,
    /// What its sentence names. `line` and `column` are the place in a file, counted from 1.
    pub args: BTreeMap<&'static str, String>,
}

impl Unfit {
    /// What a library or the operating system says: its words are not ours to translate.
    pub fn detail(detail: impl fmt::Display) -> Self {
        Self::from(UnfitCode::Detail).with("detail", detail)
    }

    /// What the reader of TOML says, with the place.
    pub fn toml(text: &str, error: &toml::de::Error) -> Self {
        let start = error.span().map_or(0, |span| span.start);
        Self::detail(error.message()).at(text, start)
    }

    /// The same with an argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.insert(name, value.to_string());
        self
    }

    /// The same with the place of a byte in the file's text.
    #[must_use]
    pub fn at(self, text: &str, byte: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        self.with("line", before.matches('\n').count() + 1)
            .with("column", before[line_start..].chars().count() + 1)
    }

    /// The line in the file, from 1, if there is one.
    pub fn line(&self) -> Option<usize> {
        self.args.get("line")?.parse().ok()
    }
}

impl From<UnfitCode> for Unfit {
    fn from(code: UnfitCode) -> Self {
        Self {
            code,
            args: BTreeMap::new(),
        }
    }
}

/// For the log; people read the sentence of the code.
impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.code != UnfitCode::Detail {
            write!(f, "{}", self.code)?;
        }
        for (name, value) in &self.args {
            match *name {
                "detail" => write!(f, " {value}")?,
                name => write!(f, " {name}={value:?}")?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for Unfit {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_fault_is_counted_from_one() {
        let text = "a = 1\nbé = [";
        let byte = text.find('[').unwrap();
        let told = Unfit::from(UnfitCode::Empty).at(text, byte);
        assert_eq!((told.line(), told.args["column"].as_str()), (Some(2), "6"));
        let told = Unfit::toml(text, &toml::from_str::<toml::Table>(text).unwrap_err());
        assert_eq!(told.line(), Some(2));
        assert_eq!(told.code, UnfitCode::Detail);
    }
}
