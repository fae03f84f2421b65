//! What the server is tried with: clients that others wrote, installed in an environment of their own, and a browser.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Outcome, run};

/// The variable the tests read: the folder with the clients' programs.
pub(crate) const VARIABLE: &str = "TEST_CLIENTS";

const WANTED: &str = include_str!("../../tests/apps/requirements.txt");

/// The folder of the clients' programs; they are installed unless these very ones are.
pub(crate) fn prepare() -> Outcome<PathBuf> {
    let browser = Command::new("chromedriver").arg("--version").output();
    browser.map_err(|_missing| "Chromium and its driver are missing: apt-get install chromium chromium-driver")?;
    let home = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/clients"));
    let stamp = home.join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == WANTED) {
        return Ok(home.join("bin"));
    }
    let mut make = Command::new("python3");
    make.args(["-m", "venv", "--clear"]).arg(home);
    run(make).map_err(|reason| {
        format!("{reason}\nPython 3 with its venv module is missing: apt-get install python3-venv")
    })?;
    let mut install = Command::new(home.join("bin/pip"));
    install.args(["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"]);
    install.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/apps/requirements.txt"));
    run(install)?;
    fs::write(&stamp, WANTED).map_err(|error| format!("cannot write {}: {error}", stamp.display()))?;
    Ok(home.join("bin"))
}
