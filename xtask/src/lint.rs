//! Everything that can be found wrong without running the program.

use crate::{Outcome, cargo, installed, run};

/// Checks the format, then the lints, then the docs, then (where cargo-deny is installed) the dependencies.
pub(crate) fn run_all() -> Outcome {
    run(cargo(&["fmt", "--all", "--check"]))?;
    run(cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    let mut docs = cargo(&["doc", "--workspace", "--no-deps"]);
    docs.env("RUSTDOCFLAGS", "-D warnings");
    run(docs)?;
    if installed("deny") {
        // Advisories need the advisory database from the network; they have their own, scheduled run.
        run(cargo(&["deny", "--workspace", "check", "bans", "licenses", "sources"]))?;
    } else {
        eprintln!("xtask: cargo-deny is not installed, so the dependencies were not checked");
    }
    Ok(())
}
