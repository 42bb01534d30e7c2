//! Rajut: the management information system on which a regional government runs the maintenance of its intranet.
//!
//! This program is the rim: it reads arguments and the clock, opens the database, and hands everything to the use
//! cases. It decides nothing.

mod cli;
mod demo;
mod jobs;
mod names;
mod rim;
mod web;
mod words;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    rim::log(arguments.verbose);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("rajut: the system gives no threads: {error}");
            return ExitCode::from(cli::Exit::Store as u8);
        }
    };
    let language = words::Language::of(&arguments.language);
    match runtime.block_on(cli::run(arguments)) {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(error) => {
            let (exit, message) = cli::explain(&error, &words::Words::of(language));
            eprintln!("rajut: {message}");
            ExitCode::from(exit as u8)
        }
    }
}
