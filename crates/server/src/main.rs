//! The program.
use std::process::ExitCode;

/// Half the page faults of the system's allocator under many short requests.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::finish(&server::run(std::env::args_os()))
}
