//! The program. Everything is in [`colloquy::run`], so that tests can start it too.

fn main() -> std::process::ExitCode {
    colloquy::run(std::env::args_os())
}
