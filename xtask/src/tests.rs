//! Runs the tests with a PostgreSQL beside them; the runner's own summary is the last thing printed.

use crate::{Outcome, asked, cargo, clients, installed, postgres, run};

/// Runs the tests whose names contain one of the filters, or all of them.
pub(crate) fn run_matching(filters: &[&str]) -> Outcome {
    // Cargo's own runner prints a summary per crate; the black-box tests come last, because theirs says the most.
    let runners: &[&[&str]] = if installed("nextest") {
        &[&["nextest", "run", "--workspace"]]
    } else {
        &[&["test", "--workspace", "--exclude", "tests", "--"], &["test", "--package", "tests", "--"]]
    };
    // Some tests drive the program itself; built here, none of them has to wait for it.
    run(cargo(&["build", "--package", "server", "--bin", "tertulia"]))?;
    let programs = clients::prepare()?;
    asked::begin()?;
    let (url, server) = postgres::for_tests()?;
    let outcome = runners.iter().try_for_each(|runner| {
        let mut command = cargo(runner);
        command.args(filters).env(postgres::VARIABLE, &url).env(clients::VARIABLE, &programs);
        command.env(asked::VARIABLE, asked::FILE);
        run(command)
    });
    drop(server);
    outcome?;
    if filters.is_empty() { asked::check() } else { Ok(()) }
}
