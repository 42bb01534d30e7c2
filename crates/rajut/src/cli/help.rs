//! `--help` and errors of use in the reader's language.
//!
//! The words stand in `locales/` as `help-<noun>-<verb>` with an attribute for each argument. The English ones are the
//! doc comments beside the arguments; a test holds both together.

use std::ffi::OsString;
use std::sync::LazyLock;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, ArgAction, Command, CommandFactory as _, FromArgMatches as _};

use super::{Arguments, Exit, Format, output};
use crate::problem::Problem;
use crate::rim;
use crate::words::{Language, Words};

/// What the program was called with; where that cannot be read, or help was asked for, how it ends.
/// `usual` is the language of the environment.
pub fn arguments(given: &[OsString], usual: Option<&str>) -> Result<Arguments, Exit> {
    let words = Words::shared(language(given, usual));
    let read = command(words)
        .try_get_matches_from(as_flag(given.to_vec()))
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    read.map_err(|error| told(&error, given, words))
}

/// The language asked for, before anything else can be read.
fn language(given: &[OsString], usual: Option<&str>) -> Language {
    // What is no text is no language and no format; files may be named by it.
    let given: Vec<&str> = given.iter().filter_map(|it| it.to_str()).collect();
    let asked = given
        .iter()
        .position(|it| *it == "--language")
        .and_then(|at| given.get(at + 1).copied())
        .or_else(|| given.iter().find_map(|it| it.strip_prefix("--language=")));
    Language::of(asked.or(usual).unwrap_or_default())
}

/// `rajut help order draft` is `rajut order draft --help`.
fn as_flag(mut given: Vec<OsString>) -> Vec<OsString> {
    if given.get(1).is_some_and(|it| it == "help") {
        given.remove(1);
        given.push("--help".into());
    }
    given
}

/// Tells help or an error of use.
fn told(error: &clap::Error, given: &[OsString], words: &Words) -> Exit {
    let shown = |styled: StyledStr, terminal: bool| {
        let text = if terminal {
            styled.ansi().to_string()
        } else {
            styled.to_string()
        };
        text.replace("[OPTIONS]", &words.say("help-options"))
    };
    if !error.use_stderr() {
        use std::io::{IsTerminal as _, Write as _};
        let mut out = std::io::stdout().lock();
        let text = shown(error.render(), out.is_terminal());
        // A reader that went away (`| head`) ends the output.
        let _ = out.write_all(text.as_bytes());
        return Exit::Done;
    }
    let sentence = sentence(error, words);
    let json = given
        .windows(2)
        .any(|two| two[0] == "--format" && two[1] == "json")
        || given.iter().any(|it| it == "--format=json");
    if json {
        output::fail(Format::Json, &Problem::plain("usage", sentence), words);
        return Exit::Usage;
    }
    rim::tell(&format!("rajut: {sentence}"));
    rim::tell(shown(error.render(), false).trim_end());
    Exit::Usage
}

/// What is wrong with how it was called.
fn sentence(error: &clap::Error, words: &Words) -> String {
    let context = |kind: ContextKind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let args = [
        ("argument", context(ContextKind::InvalidArg)),
        ("value", context(ContextKind::InvalidValue)),
        ("command", context(ContextKind::InvalidSubcommand)),
        ("other", context(ContextKind::PriorArg)),
    ];
    let args = args
        .into_iter()
        .map(|(name, value)| (name.to_owned(), rim::plain(&value)))
        .collect();
    let key = match error.kind() {
        ErrorKind::UnknownArgument => "usage-unknown-argument",
        ErrorKind::InvalidSubcommand => "usage-unknown-command",
        ErrorKind::MissingRequiredArgument => "usage-missing-argument",
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "usage-invalid-value",
        ErrorKind::ArgumentConflict => "usage-conflict",
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "usage-missing-command"
        }
        _ => "usage-wrong",
    };
    words.say_with(key, &args)
}

/// Words that clap keeps for as long as the program runs.
struct Headings {
    options: String,
    common: String,
    arguments: String,
    commands: String,
    command: String,
}

impl Headings {
    fn of(words: &Words) -> &'static Self {
        static INDONESIAN: LazyLock<Headings> = LazyLock::new(|| Headings::read(Language::Indonesian));
        static ENGLISH: LazyLock<Headings> = LazyLock::new(|| Headings::read(Language::English));
        match words.language() {
            Language::Indonesian => &INDONESIAN,
            Language::English => &ENGLISH,
        }
    }

    fn read(language: Language) -> Self {
        let words = Words::shared(language);
        Self {
            options: words.say("help-heading-options"),
            common: words.say("help-heading-common"),
            arguments: words.say("help-heading-arguments"),
            commands: words.say("help-heading-commands"),
            command: words.say("help-command"),
        }
    }
}

/// The command line with its words.
pub fn command(words: &Words) -> Command {
    let command = spoken(Arguments::command(), "help", words);
    command.arg(
        Arg::new("version")
            .short('V')
            .long("version")
            .action(ArgAction::Version)
            .help(words.say("help-version"))
            .help_heading(Headings::of(words).options.as_str()),
    )
}

/// A command, its arguments and what is below it, in words.
fn spoken(command: Command, key: &str, words: &Words) -> Command {
    let below: Vec<String> = command
        .get_subcommands()
        .map(|it| it.get_name().to_owned())
        .collect();
    let headings = Headings::of(words);
    let mut command = command
        .about(words.say(key))
        .long_about(None::<&'static str>)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .subcommand_help_heading(headings.commands.as_str())
        .subcommand_value_name(headings.command.as_str())
        .help_template(format!(
            "{{about}}\n\n{}: {{usage}}\n\n{{all-args}}\n",
            words.say("help-heading-usage")
        ))
        .mut_args(|arg| argument(arg, key, words))
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help(words.say("help-help"))
                .help_heading(Headings::of(words).options.as_str()),
        );
    for name in below {
        let key = format!("{key}-{name}");
        command = command.mut_subcommand(name, |it| spoken(it, &key, words));
    }
    command
}

fn argument(arg: Arg, key: &str, words: &Words) -> Arg {
    let mut help = words.say(&format!("{key}.{}", arg.get_id()));
    let add = |help: &mut String, key: &str, value: String| {
        let args = std::collections::BTreeMap::from([("value".to_owned(), value)]);
        help.push(' ');
        help.push_str(&words.say_with(key, &args));
    };
    let takes_values = arg.get_action().takes_values();
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .map(|it| it.get_name().to_owned())
        .collect();
    if takes_values && !values.is_empty() {
        add(&mut help, "help-values", values.join(", "));
    }
    let default: Vec<String> = arg
        .get_default_values()
        .iter()
        .map(|it| it.to_string_lossy().into_owned())
        .filter(|it| !it.is_empty())
        .collect();
    if takes_values && !default.is_empty() {
        add(&mut help, "help-default", default.join(", "));
    }
    if let Some(variable) = arg.get_env() {
        add(
            &mut help,
            "help-variable",
            variable.to_string_lossy().into_owned(),
        );
    }
    let headings = Headings::of(words);
    let heading = if arg.is_positional() {
        &headings.arguments
    } else if arg.is_global_set() {
        // What every command takes stands apart from what this one does.
        &headings.common
    } else {
        &headings.options
    };
    arg.help(help)
        .long_help(None::<&'static str>)
        .help_heading(heading.as_str())
        .hide_possible_values(takes_values)
        .hide_default_value(takes_values)
        .hide_env(takes_values)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every key that the command line needs, with the doc comment beside it.
    fn keys(command: &Command, key: &str, found: &mut Vec<(String, String)>) {
        let text = |short: Option<&StyledStr>, long: Option<&StyledStr>| {
            let text = long.or(short).map(ToString::to_string).unwrap_or_default();
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        found.push((
            key.to_owned(),
            text(command.get_about(), command.get_long_about()),
        ));
        for arg in command.get_arguments() {
            let doc = text(arg.get_help(), arg.get_long_help());
            found.push((format!("{key}.{}", arg.get_id()), doc));
        }
        for below in command.get_subcommands() {
            keys(below, &format!("{key}-{}", below.get_name()), found);
        }
    }

    #[test]
    fn every_command_and_argument_has_help_in_both_languages() {
        let mut found = Vec::new();
        keys(&Arguments::command(), "help", &mut found);
        let (id, en) = (
            Words::shared(Language::Indonesian),
            Words::shared(Language::English),
        );
        let without: Vec<_> = found.iter().filter(|(key, _)| id.say(key) == *key).collect();
        assert!(without.is_empty(), "without Indonesian words: {without:#?}");
        let other: Vec<_> = found.iter().filter(|(key, doc)| en.say(key) != *doc).collect();
        assert!(
            other.is_empty(),
            "locales/en/help.ftl says something else than the doc comment: {other:#?}"
        );
    }

    #[test]
    fn the_command_line_is_whole() {
        for language in [Language::Indonesian, Language::English] {
            command(Words::shared(language)).debug_assert();
        }
    }

    #[test]
    fn help_and_errors_of_use_speak_the_language_of_the_reader() {
        let words = Words::shared(Language::Indonesian);
        let ended = |given: &[&str]| {
            let error = command(words)
                .try_get_matches_from(as_flag(given.iter().map(|it| (*it).into()).collect()))
                .unwrap_err();
            (error.render().to_string(), sentence(&error, words))
        };
        for given in [
            &["rajut", "order", "draft", "--help"][..],
            &["rajut", "help", "order", "draft"],
        ] {
            let (help, _) = ended(given);
            for word in ["Pemakaian: rajut order draft", "Opsi:"] {
                assert!(help.contains(word), "{word} in {help}");
            }
            for word in [
                "Usage",
                "Options:",
                "Arguments:",
                "Commands:",
                "default:",
                "possible values",
                "Print help",
            ] {
                assert!(!help.contains(word), "{word} in {help}");
            }
        }
        let (_, sentence) = ended(&["rajut", "pesan"]);
        assert_eq!(sentence, "Tidak ada perintah pesan.");
        let (_, sentence) = ended(&["rajut", "run", "list", "--format", "xml"]);
        assert!(
            sentence.contains("--format") && sentence.contains("xml"),
            "{sentence}"
        );
    }

    #[test]
    fn the_language_is_known_before_the_rest() {
        let given = |texts: &[&str]| {
            let texts: Vec<OsString> = texts.iter().map(|it| (*it).into()).collect();
            language(&texts, Some("en_GB.UTF-8"))
        };
        assert_eq!(given(&["rajut", "--language", "en", "--help"]), Language::English);
        assert_eq!(given(&["rajut", "--language=id"]), Language::Indonesian);
        assert_eq!(given(&["rajut", "--help"]), Language::English);
    }

    /// Prints the English file; run by hand when commands changed.
    #[test]
    #[ignore = "writes nothing, prints what locales/en/help.ftl must hold"]
    fn print_the_english_file() {
        let mut found = Vec::new();
        keys(&Arguments::command(), "help", &mut found);
        let escaped = |text: &str| {
            text.replace('{', "\u{1}")
                .replace('}', "{\"}\"}")
                .replace('\u{1}', "{\"{\"}")
        };
        for (key, doc) in found {
            match key.split_once('.') {
                Some((_, argument)) => println!("    .{argument} = {}", escaped(&doc)),
                None => println!("{key} = {}", escaped(&doc)),
            }
        }
    }
}
