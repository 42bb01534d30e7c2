//! Every word a user reads, by key: Fluent files in `locales/`, Indonesian first.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rajut_core::act::Refusal;
use unic_langid::{LanguageIdentifier, langid};

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

    fn texts(self) -> [&'static str; 3] {
        match self {
            Self::Indonesian => [
                include_str!("../../../locales/id/rules.ftl"),
                include_str!("../../../locales/id/screen.ftl"),
                include_str!("../../../locales/id/web.ftl"),
            ],
            Self::English => [
                include_str!("../../../locales/en/rules.ftl"),
                include_str!("../../../locales/en/screen.ftl"),
                include_str!("../../../locales/en/web.ftl"),
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
            let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(text.to_owned());
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
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut errors = Vec::new();
        self.bundle
            .format_pattern(pattern, Some(args), &mut errors)
            .into_owned()
    }

    /// A refusal as a sentence.
    pub fn refusal(&self, refusal: &Refusal) -> String {
        self.say_with(&format!("rule-{}", refusal.rule.code()), &refusal.args)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rajut_core::act::Rule;

    #[test]
    fn every_rule_has_a_sentence_in_both_languages() {
        for language in [Language::Indonesian, Language::English] {
            let words = Words::of(language);
            for rule in Rule::ALL {
                let key = format!("rule-{}", rule.code());
                assert_ne!(words.say(&key), key, "{language:?}");
            }
        }
    }

    #[test]
    fn the_files_are_whole() {
        for language in [Language::Indonesian, Language::English] {
            for text in language.texts() {
                assert!(FluentResource::try_new(text.to_owned()).is_ok(), "{language:?}");
            }
        }
    }

    #[test]
    fn a_refusal_names_what_it_is_about() {
        let refusal = Refusal::new(Rule::PersonIncomplete)
            .with("person", "Contoh Satu")
            .with("missing", "phone");
        for (language, word) in [
            (Language::Indonesian, "belum lengkap"),
            (Language::English, "incomplete"),
        ] {
            let text = Words::of(language).refusal(&refusal);
            assert!(
                text.contains("Contoh Satu") && text.contains("phone") && text.contains(word),
                "{text}"
            );
        }
    }
}
