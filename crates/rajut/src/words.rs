//! Every word a user reads, by key: Fluent files in `locales/`, Indonesian first.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::Timestamp;
use jiff::civil::Date;
use rajut_core::act::{Refusal, Rule, Unfit};
use rajut_core::calendar::Zone;
use rajut_core::words::{month_name, time_of_day};
use unic_langid::{LanguageIdentifier, langid};

/// The months in English; the Indonesian ones stand in core, where papers need them.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Arguments of refusals that may be empty.
const OPTIONAL: &[&str] = &["value", "open", "run", "year", "detail"];

/// The languages of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Bahasa Indonesia.
    Indonesian,
    /// English.
    English,
}

impl Language {
    /// The language of a code (`id`, `en`, `en_GB.UTF-8`); anything unknown is Indonesian.
    pub fn of(code: &str) -> Self {
        if code.to_ascii_lowercase().starts_with("en") {
            Self::English
        } else {
            Self::Indonesian
        }
    }

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Indonesian => "id",
            Self::English => "en",
        }
    }

    fn identifier(self) -> LanguageIdentifier {
        match self {
            Self::Indonesian => langid!("id-ID"),
            Self::English => langid!("en-GB"),
        }
    }

    fn texts(self) -> &'static [&'static str] {
        match self {
            Self::Indonesian => &[
                include_str!("../../../locales/id/rules.ftl"),
                include_str!("../../../locales/id/help.ftl"),
                include_str!("../../../locales/id/faults.ftl"),
                include_str!("../../../locales/id/screen.ftl"),
                include_str!("../../../locales/id/web.ftl"),
                include_str!("../../../locales/id/setup.ftl"),
            ],
            Self::English => &[
                include_str!("../../../locales/en/rules.ftl"),
                include_str!("../../../locales/en/help.ftl"),
                include_str!("../../../locales/en/faults.ftl"),
                include_str!("../../../locales/en/screen.ftl"),
                include_str!("../../../locales/en/web.ftl"),
                include_str!("../../../locales/en/setup.ftl"),
            ],
        }
    }
}

/// The words of one language.
pub struct Words {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// Reads the words of a language.
    pub fn of(language: Language) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![language.identifier()]);
        // Values stand in the middle of our own sentences; marks around them would show up in terminals.
        bundle.set_use_isolating(false);
        for text in language.texts() {
            // A test reads every file whole; a broken entry costs itself, not the program.
            let (Ok(resource) | Err((resource, _))) = FluentResource::try_new((*text).to_owned());
            bundle.add_resource_overriding(resource);
        }
        Self { language, bundle }
    }

    /// The words of a language, read once for all who ask.
    pub fn shared(language: Language) -> &'static Self {
        static INDONESIAN: LazyLock<Words> = LazyLock::new(|| Words::of(Language::Indonesian));
        static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::of(Language::English));
        match language {
            Language::Indonesian => &INDONESIAN,
            Language::English => &ENGLISH,
        }
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The sentence of a key; the key itself where there is none, so that nothing is ever blank.
    pub fn say(&self, key: &str) -> String {
        self.say_with(key, &BTreeMap::new())
    }

    /// The sentence of a key with its arguments.
    pub fn say_with(&self, key: &str, args: &BTreeMap<String, String>) -> String {
        let mut fluent = FluentArgs::new();
        for (name, value) in args {
            fluent.set(name.as_str(), FluentValue::from(value.as_str()));
        }
        self.say_args(key, &fluent)
    }

    /// The same with arguments of any kind: a number chooses its form of the word.
    pub fn say_args(&self, key: &str, args: &FluentArgs<'_>) -> String {
        // `key.advice` is an attribute of a message.
        let (name, attribute) = match key.split_once('.') {
            Some((name, attribute)) => (name, Some(attribute)),
            None => (key, None),
        };
        let message = self.bundle.get_message(name);
        let pattern = message.and_then(|message| match attribute {
            Some(attribute) => Some(message.get_attribute(attribute)?.value()),
            None => message.value(),
        });
        let Some(pattern) = pattern else {
            return key.to_owned();
        };
        let mut errors = Vec::new();
        let told = self.bundle.format_pattern(pattern, Some(args), &mut errors);
        // A name that ends in a full stop (S.Kom.) ends a sentence too.
        match told.strip_suffix("..") {
            Some(rest) if !rest.ends_with('.') => format!("{rest}."),
            _ => told.into_owned(),
        }
    }

    /// Whether there is a sentence for that key.
    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    /// The word of a code (`word("why", "too_far")`), if there is one.
    pub fn word(&self, of: &str, code: &str) -> Option<String> {
        let key = format!("{of}-{}", code.replace(['_', '.'], "-"));
        self.has(&key).then(|| self.say(&key))
    }

    /// "23 November 2026".
    pub fn date(&self, date: Date) -> String {
        let month = match self.language {
            Language::Indonesian => month_name(date),
            Language::English => MONTHS[usize::from(date.month().unsigned_abs()).saturating_sub(1) % 12],
        };
        format!("{} {month} {}", date.day(), date.year())
    }

    /// "23 November 2026, 09.30 WIB".
    pub fn moment(&self, zone: Zone, at: Timestamp) -> String {
        format!("{}, {}", self.date(zone.date(at)), time_of_day(at, zone))
    }

    /// A refusal as a sentence: codes in words, instants by the agency's clock. Ids of records stay, for the caller
    /// who can look them up. Without a zone, where there is no agency yet, instants keep their offset.
    pub fn refusal(&self, refusal: &Refusal, zone: Option<Zone>) -> String {
        let args = refusal
            .args
            .iter()
            .map(|(name, value)| (name.clone(), self.argument(refusal, name, value, zone)))
            .collect();
        let rule = format!("rule-{}", refusal.rule.code());
        // Some sentences read badly around nothing: those have a second form.
        let without = format!("{rule}-empty");
        let empty = OPTIONAL
            .iter()
            .any(|name| refusal.args.get(*name).is_some_and(String::is_empty))
            || (refusal.rule == Rule::InvalidValue && !refusal.args.contains_key("value"));
        let key = if empty && self.has(&without) {
            without
        } else {
            rule
        };
        self.say_with(&key, &args)
    }

    fn argument(&self, refusal: &Refusal, name: &str, value: &str, zone: Option<Zone>) -> String {
        let of_field = |field: &str| self.word("field", field).unwrap_or_else(|| field.to_owned());
        let list = |word: &dyn Fn(&str) -> String| {
            let words: Vec<String> = value.split(", ").map(word).collect();
            words.join(", ")
        };
        let known = match name {
            // A field of a form bears the label that the procedure gives it; the id is what the command line takes.
            "field" => match refusal.args.get("label") {
                Some(label) => Some(format!("{label} ({value})")),
                None => Some(of_field(value)),
            },
            "faults" => crate::faults::in_refusal(self, value),
            "missing" => Some(list(&of_field)),
            "value" => refusal
                .args
                .get("field")
                .and_then(|field| self.word(field, value)),
            "standing" if refusal.rule == Rule::ReportNotWaiting => self.word("report", value),
            _ => self.word(name, value),
        };
        let told = known.or_else(|| self.time(value, zone));
        // What a record says stays within the sentence.
        crate::rim::plain(&told.unwrap_or_else(|| value.to_owned()))
    }

    /// Why something that was given cannot be used, with the place in its file if there is one.
    pub fn unfit(&self, unfit: &Unfit) -> String {
        let mut args: BTreeMap<String, String> = unfit
            .args
            .iter()
            .map(|(name, value)| {
                let told = match *name {
                    "act" => self.word("act", value),
                    // A problem of a line has a sentence of its own, which names what stands beside it.
                    "problem" => {
                        let beside = unfit
                            .args
                            .iter()
                            .map(|(name, value)| ((*name).to_owned(), value.clone()));
                        let key = format!("problem-{}", value.replace('_', "-"));
                        Some(self.say_with(&key, &beside.collect()))
                    }
                    _ => self.time(value, None),
                };
                (
                    (*name).to_owned(),
                    crate::rim::plain(&told.unwrap_or_else(|| value.clone())),
                )
            })
            .collect();
        let fault = self.say_with(&format!("unfit-{}", unfit.code.code().replace('_', "-")), &args);
        if unfit.line().is_none() {
            return fault;
        }
        args.insert("fault".to_owned(), fault);
        self.say_with("unfit-at-line", &args)
    }

    /// What a fault is about: a field, a setting or a thing by its word; an option or a file as it is.
    pub fn named(&self, what: &str) -> String {
        ["field", "setting", "thing", "measure"]
            .iter()
            .find_map(|of| self.word(of, what))
            .unwrap_or_else(|| crate::rim::plain(what))
    }

    /// An instant or a day, as people write it.
    pub fn time(&self, value: &str, zone: Option<Zone>) -> Option<String> {
        // Other numbers could be read as dates too.
        if value.as_bytes().get(4) != Some(&b'-') {
            return None;
        }
        if value.len() == "2026-11-23".len() {
            return value.parse().ok().map(|date| self.date(date));
        }
        let at: Timestamp = value.parse().ok()?;
        zone.map(|zone| self.moment(zone, at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rajut_core::act::{Act, FieldName, UnfitCode, Wanted, Why};
    use rajut_core::check::ReadingFaultCode;
    use rajut_core::laptop::FileFaultCode;
    use rajut_core::people::PersonalField;

    const BOTH: [Language; 2] = [Language::Indonesian, Language::English];

    #[test]
    fn every_rule_has_a_sentence_in_both_languages() {
        for language in BOTH {
            let words = Words::of(language);
            for rule in Rule::ALL {
                assert!(words.has(&format!("rule-{}", rule.code())), "{language:?} {rule}");
            }
        }
    }

    #[test]
    fn every_code_in_a_refusal_has_words_in_both_languages() {
        let mut codes: Vec<(&str, &str)> = Vec::new();
        codes.extend(Why::ALL.iter().map(|it| ("why", it.code())));
        codes.extend(ReadingFaultCode::ALL.iter().map(|it| ("why", it.code())));
        codes.extend(FileFaultCode::ALL.iter().map(|it| ("why", it.code())));
        codes.extend(FieldName::ALL.iter().map(|it| ("field", it.code())));
        codes.extend(PersonalField::ALL.iter().map(|it| ("field", it.code())));
        codes.extend(Wanted::ALL.iter().map(|it| ("what", it.code())));
        codes.extend(Act::ALL.iter().map(|it| ("act", it.code())));
        codes.extend(UnfitCode::ALL.iter().map(|it| ("unfit", it.code())));
        codes.extend(GIVEN.iter().map(|it| ("field", *it)));
        codes.extend(STEP_KINDS.iter().map(|it| ("kind", *it)));
        codes.extend(["due", "submitted", "returned", "accepted"].map(|it| ("report", it)));
        codes.extend(["draft", "approved", "effective"].map(|it| ("state", it)));
        for language in BOTH {
            let words = Words::of(language);
            let without: Vec<_> = codes
                .iter()
                .filter(|(of, code)| words.word(of, code).is_none())
                .collect();
            assert!(without.is_empty(), "{language:?} {without:?}");
        }
    }

    #[test]
    fn every_code_in_a_table_has_a_word_in_both_languages() {
        let mut codes: Vec<(&str, String)> = Vec::new();
        let all = |of: &'static str, list: &[&str]| {
            list.iter().map(|it| (of, (*it).to_owned())).collect::<Vec<_>>()
        };
        macro_rules! codes_of {
            ($of:literal, $kind:ty) => {
                codes.extend(<$kind>::ALL.iter().map(|it| ($of, it.code().to_owned())));
            };
        }
        codes_of!("role", rajut_core::people::Role);
        codes_of!("flag", rajut_core::visit::FlagCode);
        codes_of!("verdict", rajut_core::visit::Verdict);
        codes_of!("outcome", rajut_core::visit::Outcome);
        codes_of!("action", rajut_core::visit::Action);
        codes_of!("condition", rajut_core::register::DeviceCondition);
        codes_of!("channel", rajut_core::complaint::Channel);
        codes_of!("symptom", rajut_core::complaint::Symptom);
        codes_of!("document", rajut_core::run::DocumentKind);
        codes_of!("purpose", rajut_core::people::Purpose);
        codes.extend(all("status", &["pns", "pppk", "non_asn"]));
        codes.extend(all("assignment", &["definitif", "plt", "plh"]));
        codes.extend(all("batch", &["day", "trip", "week"]));
        codes.extend(all("method", &["icmp_echo", "tcp_connect", "reading"]));
        codes.extend(all("symbol", &["terminator", "process", "decision", "connector"]));
        codes.extend(all(
            "setting",
            &[
                "calendar",
                "thresholds",
                "checklist",
                "numbers",
                "service_levels",
                "causes",
                "agency",
            ],
        ));
        let thresholds = rajut_core::check::Thresholds::read(rajut_core::check::Thresholds::SHIPPED).unwrap();
        codes.extend(thresholds.iter().map(|it| ("measure", it.measure().to_owned())));
        let checklist =
            rajut_core::check::checklist::Checklist::read(rajut_core::check::checklist::Checklist::SHIPPED)
                .unwrap();
        let items = checklist.groups().iter().flat_map(|group| &group.items);
        codes.extend(
            items
                .flat_map(|item| &item.measures)
                .map(|it| ("measure", it.measure.clone())),
        );
        for language in BOTH {
            let words = Words::of(language);
            let without: Vec<_> = codes
                .iter()
                .filter(|(of, code)| words.word(of, code).is_none())
                .collect();
            assert!(without.is_empty(), "{language:?} {without:?}");
        }
    }

    /// What use cases say of a thing that was given and is no field of a record.
    const GIVEN: &[&str] = &[
        "bundle",
        "credentials",
        "demo",
        "inventory",
        "observations",
        "plan",
        "ranks",
        "setup",
        "signer",
        "step",
        "symptom",
        "targets",
    ];

    #[test]
    fn what_cannot_be_used_is_told_with_its_place() {
        let fault = Unfit::from(UnfitCode::CalendarOtherYear)
            .with("date", "2027-05-01")
            .with("year", 2026)
            .at("a\nb = x", 6);
        assert_eq!(
            Words::of(Language::Indonesian).unfit(&fault),
            "baris 2, kolom 5: 1 Mei 2027 bukan hari dalam tahun 2026",
        );
        assert_eq!(
            Words::of(Language::Indonesian).named("calendar"),
            "kalender kerja"
        );
        assert_eq!(Words::of(Language::English).named("--at"), "--at");
    }

    #[test]
    fn the_sentence_of_what_cannot_be_used_needs_the_same_arguments_in_both_languages() {
        for code in UnfitCode::ALL {
            let key = format!("unfit-{} =", code.code().replace('_', "-"));
            let names = BOTH.map(|language| {
                let line = language
                    .texts()
                    .iter()
                    .flat_map(|text| text.lines())
                    .find(|line| line.starts_with(&key))
                    .unwrap();
                let mut names: Vec<&str> = line
                    .split("{ $")
                    .skip(1)
                    .filter_map(|rest| rest.split(' ').next())
                    .collect();
                names.sort_unstable();
                names
            });
            assert_eq!(names[0], names[1], "{code}");
        }
    }

    /// The kinds of step that a procedure may lack.
    const STEP_KINDS: &[&str] = &["order", "disposition", "team", "visit", "report"];

    #[test]
    fn the_files_are_whole() {
        for language in BOTH {
            for text in language.texts() {
                assert!(
                    FluentResource::try_new((*text).to_owned()).is_ok(),
                    "{language:?}"
                );
            }
        }
    }

    #[test]
    fn a_refusal_names_what_it_is_about() {
        let refusal = Refusal::new(Rule::PersonIncomplete)
            .with("person", "Contoh Satu")
            .with("missing", "address, phone");
        for (language, word) in [
            (Language::Indonesian, "belum lengkap: alamat, nomor telepon."),
            (Language::English, "incomplete: address, telephone number."),
        ] {
            let text = Words::of(language).refusal(&refusal, None);
            assert!(text.contains("Contoh Satu") && text.contains(word), "{text}");
        }
    }

    #[test]
    fn a_refusal_tells_times_by_the_clock_of_the_agency() {
        let refusal = Refusal::new(Rule::TimeOutOfBounds)
            .with("at", "2026-05-03T02:30:00Z")
            .with("bound", "2026-05-02");
        let text = |language, zone| Words::of(language).refusal(&refusal, Some(zone));
        let told = text(Language::Indonesian, Zone::Wita);
        assert!(
            told.contains("3 Mei 2026, 10.30 WITA") && told.contains("2 Mei 2026"),
            "{told}"
        );
        let told = text(Language::English, Zone::Wit);
        assert!(told.contains("3 May 2026, 11.30 WIT"), "{told}");
    }

    #[test]
    fn a_value_that_cannot_be_is_told_in_words() {
        let words = Words::of(Language::Indonesian);
        let refusal = Refusal::new(Rule::InvalidValue)
            .with("field", FieldName::Visit)
            .with("value", "2026-05-03T02:30:00Z")
            .with("why", Why::AlreadyLeft);
        assert_eq!(
            words.refusal(&refusal, Some(Zone::Wib)),
            "Isian kunjungan tidak dapat diterima (3 Mei 2026, 09.30 WIB): kunjungan itu sudah diakhiri.",
        );
        let unsaid = Refusal::new(Rule::InvalidValue)
            .with("field", FieldName::People)
            .with("why", Why::None);
        assert_eq!(
            words.refusal(&unsaid, None),
            "Isian orang tidak dapat diterima: tidak ada yang disebut.",
        );
        let nothing = refusal
            .with("field", FieldName::People)
            .with("value", "")
            .with("why", Why::None);
        assert_eq!(
            words.refusal(&nothing, None),
            "Isian orang tidak dapat diterima: tidak ada yang disebut.",
        );
        let form = nothing
            .with("field", "biaya")
            .with("label", "Perkiraan biaya")
            .with("why", Why::Required);
        assert_eq!(
            words.refusal(&form, None),
            "Isian Perkiraan biaya (biaya) tidak dapat diterima: harus diisi.",
        );
    }
}
