//! Notes what a story asks of a server, for the check that no row of the client API is left out.

use std::fs::File;
use std::io::Write as _;

use super::wire::{Answer, Request};
use super::work::variable;

/// Adds a request and its answer to the file that the test command names.
pub(crate) fn note(request: &Request, answer: &Answer) {
    line(&format!("{} {} {}\n", request.method, request.path(), answer.status));
}

/// The same for a stream, whose answer does not end.
pub(crate) fn line(text: &str) {
    if let Some(path) = variable("TEST_ASKED") {
        let mut file = File::options().append(true).create(true).open(path).expect("the file of what is asked");
        file.write_all(text.as_bytes()).expect("a line");
    }
}
