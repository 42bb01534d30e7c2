//! The codes that stand in the arguments of a refusal. Each has its words in `locales/`, under `why-`, `field-` and
//! `what-`; a test of the program walks them all.

use crate::register::coded;

coded! {
    /// Why a value cannot be taken.
    Why {
        /// The visit was left before.
        AlreadyLeft = "already_left",
        /// The key was revoked before.
        AlreadyRevoked = "already_revoked",
        /// The office did not exist yet on that day.
        BeforeTheOffice = "before_the_office",
        /// The paper is dated later.
        BeforeThePaper = "before_the_paper",
        /// A day off, without an overtime order.
        DayOff = "day_off",
        /// The offices before and after do not fit the kind of reorganisation.
        DoesNotFit = "does_not_fit",
        /// There is another act for it.
        HasItsOwnAct = "has_its_own_act",
        /// The day has not come.
        InTheFuture = "in_the_future",
        /// It would point at itself.
        Itself = "itself",
        /// The offices above lead back to it.
        LeadsBack = "leads_back",
        /// Nothing is named.
        None = "none",
        /// It is not written as a code.
        NotACode = "not_a_code",
        /// The office is none of the successors.
        NotASuccessor = "not_a_successor",
        /// Only faults of the paper, E01 to E03, can be accepted.
        NotAcceptable = "not_acceptable",
        /// The number was taken for another day or year.
        NotOfNumber = "not_of_number",
        /// It belongs to none of these offices.
        NotOfTheseOffices = "not_of_these_offices",
        /// The procedure names others to whom this goes.
        NotReceiver = "not_receiver",
        /// Another person signs.
        NotTheSigner = "not_the_signer",
        /// Another person acts.
        NotWhoActs = "not_who_acts",
        /// On leave.
        OnLeave = "on_leave",
        /// It has one office.
        OneOffice = "one_office",
        /// The earlier run follows another procedure.
        OtherProcedure = "other_procedure",
        /// The number was reserved for another record.
        OtherRecord = "other_record",
        /// It is at another site.
        OtherSite = "other_site",
        /// The day has gone by.
        Past = "past",
        /// It is named twice.
        Repeated = "repeated",
        /// It must be filled in.
        Required = "required",
        /// It must lie ahead, and not more than 400 days.
        Over400Days = "over_400_days",
        /// It lies too far ahead.
        TooFar = "too_far",
        /// In two places on one day.
        TwoPlaces = "two_places",
        /// There is no such cause.
        UnknownCause = "unknown_cause",
        /// The form has no such field.
        UnknownField = "unknown_field",
        /// It was withdrawn before.
        Withdrawn = "withdrawn",
        /// It is not of the kind asked for.
        WrongKind = "wrong_kind",
        /// There is an account already.
        HasAccount = "has_account",
        /// It is no name: empty, or longer than 60 characters.
        NotALabel = "not_a_label",
        /// The account is closed.
        Disabled = "disabled",
        /// The account is not closed.
        NotDisabled = "not_disabled",
        /// It is not in use.
        NotSet = "not_set",
        /// There are too many already.
        LimitReached = "limit_reached",
        /// Somebody else has it.
        Taken = "taken",
        /// It is not the right one.
        Wrong = "wrong",
        /// Everybody would guess it.
        Weak = "weak",
        /// It is not a remembered phone.
        NoPhone = "no_phone",
        /// It was told once and is not told again.
        ToldOnce = "told_once",
        /// It has too few characters.
        TooShort = "too_short",
        /// It has too many characters.
        OverLength = "over_length",
        /// It is one that everybody tries first.
        Common = "common",
        /// The account name stands in it.
        HoldsLogin = "holds_login",
    }
}

coded! {
    /// What a command carries, where a refusal names it. Fields of the forms of procedures have labels of their own.
    FieldName {
        /// A fault that is accepted.
        Accept = "accept",
        /// The addressee.
        Addressee = "addressee",
        /// The address.
        Address = "address",
        /// The alias.
        Alias = "alias",
        /// The basis.
        Basis = "basis",
        /// The brand.
        Brand = "brand",
        /// Who orders it.
        By = "by",
        /// The category.
        Category = "category",
        /// The cause.
        Cause = "cause",
        /// The channel.
        Channel = "channel",
        /// The class.
        Class = "class",
        /// The code.
        Code = "code",
        /// Complaints.
        Complaints = "complaints",
        /// The conclusions of a report.
        Conclusions = "conclusions",
        /// The date.
        Date = "date",
        /// The day of the paper.
        Dated = "dated",
        /// Days.
        Days = "days",
        /// The deadline.
        Deadline = "deadline",
        /// The decree.
        Decree = "decree",
        /// The document.
        Document = "document",
        /// The day on which it is due.
        DueOn = "due_on",
        /// The complaint that it repeats.
        DuplicateOf = "duplicate_of",
        /// The answer of a decision.
        Exit = "exit",
        /// The name of a field.
        Field = "field",
        /// Fields.
        Fields = "fields",
        /// The offices before.
        From = "from",
        /// What is given to an office by name.
        Given = "given",
        /// The instruction.
        Instruction = "instruction",
        /// The offices afterwards.
        Into = "into",
        /// An item of a checklist.
        Item = "item",
        /// The key.
        Key = "key",
        /// The measure.
        Measure = "measure",
        /// The model.
        Model = "model",
        /// The name.
        Name = "name",
        /// The NIP.
        Nip = "nip",
        /// The note.
        Note = "note",
        /// The number.
        Number = "number",
        /// How many offices there are before and afterwards.
        Offices = "offices",
        /// The overtime.
        Overtime = "overtime",
        /// The parent.
        Parent = "parent",
        /// The part.
        Part = "part",
        /// People.
        People = "people",
        /// The phone.
        Phone = "phone",
        /// The post.
        Post = "post",
        /// The run before.
        Previous = "previous",
        /// The procedure.
        Procedure = "procedure",
        /// The provider.
        Provider = "provider",
        /// The purpose.
        Purpose = "purpose",
        /// The reason.
        Reason = "reason",
        /// The register.
        Register = "register",
        /// The reporter.
        Reporter = "reporter",
        /// The results of a report.
        Results = "results",
        /// The serial.
        Serial = "serial",
        /// Who signs.
        SignedBy = "signed_by",
        /// Sites.
        Sites = "sites",
        /// The subject.
        Subject = "subject",
        /// The target.
        Target = "target",
        /// The team.
        Team = "team",
        /// The text of a complaint.
        Text = "text",
        /// The version of the thresholds.
        ThresholdsVersion = "thresholds_version",
        /// The title.
        Title = "title",
        /// To whom it goes.
        To = "to",
        /// Until when.
        Until = "until",
        /// A value.
        Value = "value",
        /// From where it was measured.
        Vantage = "vantage",
        /// The vehicle.
        Vehicle = "vehicle",
        /// The visit.
        Visit = "visit",
        /// What it is about.
        What = "what",
        /// The person.
        Person = "person",
        /// What something is called.
        Label = "label",
        /// The account.
        Account = "account",
        /// The second factor.
        SecondFactor = "second_factor",
        /// A token of a program.
        Token = "token",
        /// The account name.
        Login = "login",
        /// The password.
        Password = "password",
        /// The PIN of a phone.
        Pin = "pin",
        /// The link that sets a password.
        Invitation = "invitation",
        /// A remembered phone.
        RememberedPhone = "remembered_phone",
        /// The code of an authenticator.
        OneTimeCode = "one_time_code",
    }
}

coded! {
    /// A text that an act cannot do without, mostly its reason.
    Wanted {
        /// Why: addendum.
        Addendum = "addendum",
        /// What the addendum adds.
        Addition = "addition",
        /// Why: cancel.
        Cancel = "cancel",
        /// Why: carry.
        Carry = "carry",
        /// The cause of lateness.
        Cause = "cause",
        /// How a verbal order was given.
        Channel = "channel",
        /// The legal basis.
        Decree = "decree",
        /// Why: detach.
        Detach = "detach",
        /// The instruction of a disposition.
        Disposition = "disposition",
        /// Why: erase.
        Erase = "people.erase",
        /// Why: excuse.
        Excuse = "excuse",
        /// Why: export.
        Export = "register.export",
        /// What is to be done.
        FollowUp = "follow_up",
        /// What is disturbed.
        Incident = "incident",
        /// Why: key.
        Key = "key",
        /// A name.
        Name = "name",
        /// A number.
        Number = "number",
        /// Why: overtime.
        Overtime = "overtime",
        /// The purpose of an order.
        Purpose = "purpose",
        /// Whose register gave the number.
        Register = "register",
        /// What ended the incident.
        Resolution = "resolution",
        /// Why: return.
        Return = "return",
        /// Why: reveal.
        Reveal = "people.reveal",
        /// The sites of an order.
        Scope = "scope",
        /// Why: team.
        Team = "team",
        /// The teams.
        Teams = "teams",
        /// The text of a complaint.
        Text = "text",
        /// The number of a provider's ticket.
        Ticket = "ticket",
        /// Why: withdraw.
        Withdraw = "withdraw",
        /// Why: print in full.
        Print = "document.print",
        /// Why: close an account.
        CloseAccount = "account.close",
        /// Why: forget a phone.
        RevokePhone = "account.revoke_phone",
        /// Why: revoke a token.
        RevokeToken = "token.revoke",
    }
}
