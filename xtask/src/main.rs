//! The developer's commands: one that checks everything, and the pieces it is made of.

mod asked;
mod clients;
mod gallery;
mod lint;
mod postgres;
mod tests;

use std::ffi::OsStr;
use std::process::{Command, ExitCode};

/// What every step answers: nothing, or the one line that says why the run stops.
type Outcome<T = ()> = Result<T, String>;

const HELP: &str = "\
cargo xtask test              check format, lints, docs and dependencies, then run every test on both databases
cargo xtask test FILTER…      run the matching tests only, without the lints
cargo xtask lint              the checks without the tests
cargo xtask gallery           take pictures of every page of a demo community, and keep some in docs/gallery
cargo xtask postgres          run a throw-away PostgreSQL in the foreground and print its URL";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        ["test"] => lint::run_all().and_then(|()| tests::run_matching(&[])),
        ["test", filters @ ..] => tests::run_matching(filters),
        ["lint"] => lint::run_all(),
        ["gallery"] => gallery::take(),
        ["postgres"] => postgres::foreground(),
        _ => Err(format!("no such command: {}\n{HELP}", words.join(" "))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("xtask: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// Runs cargo in the workspace, by the same cargo that runs us.
fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    command.args(arguments).current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    command
}

/// Whether a cargo sub-command is installed here.
fn installed(subcommand: &str) -> bool {
    cargo(&[subcommand, "--version"]).output().is_ok_and(|output| output.status.success())
}

/// Shows a command, runs it, and stops everything when it fails.
fn run(mut command: Command) -> Outcome {
    let words: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
    let line = format!("{} {}", command.get_program().to_string_lossy(), words.join(" "));
    eprintln!("xtask: {line}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{line}` failed: {status}")),
        Err(error) => Err(format!("cannot run `{line}`: {error}")),
    }
}

/// Reads one variable of the environment.
#[expect(clippy::disallowed_methods, reason = "a developer's tool has no settings file; this is its only look")]
fn env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
