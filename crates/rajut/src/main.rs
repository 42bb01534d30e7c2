//! Rajut: the management information system on which a regional government runs the maintenance of its intranet.
//!
//! This program is the rim: it reads arguments and the clock, opens the database, and hands everything to the use
//! cases. It decides nothing.

mod cli;
mod demo;
mod door;
mod faults;
mod jobs;
mod names;
mod problem;
mod rim;
mod web;
mod words;

use std::process::ExitCode;

fn main() -> ExitCode {
    let given: Vec<_> = std::env::args_os().collect();
    #[expect(
        clippy::disallowed_methods,
        reason = "the words of --help are needed before the arguments are read"
    )]
    let usual = std::env::var("RAJUT_LANG").ok();
    let arguments = match cli::arguments(&given, usual.as_deref()) {
        Ok(arguments) => arguments,
        Err(exit) => return ExitCode::from(exit as u8),
    };
    rim::log(arguments.verbose, arguments.logs_json());
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            rim::tell(&format!("rajut: the system gives no threads: {error}"));
            return ExitCode::from(cli::Exit::Store as u8);
        }
    };
    let language = words::Language::of(&arguments.language);
    let format = arguments.format;
    match runtime.block_on(cli::run(arguments)) {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(error) => {
            let words = words::Words::of(language);
            let (exit, problem) = cli::explain(&error, &words);
            cli::fail(format, &problem, &words);
            ExitCode::from(exit as u8)
        }
    }
}
