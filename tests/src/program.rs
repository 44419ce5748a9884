//! The program as a process of its own, for tests that kill it: the test binary starts itself again
//! and runs [`colloquy::run`].

use std::process::{Child, Command, Stdio};

/// Names the child's arguments, separated by spaces.
const ARGUMENTS: &str = "COLLOQUY_TEST_PROGRAM";

/// A running child; killed when it is dropped.
pub struct Program(Child);

impl Program {
    /// Starts `colloquy` with these arguments and settings; nothing else of the environment is passed on.
    pub fn start(arguments: &str, settings: &[(&str, String)]) -> Self {
        let binary = std::env::current_exe().expect("the test binary");
        let child = Command::new(binary)
            .args(["--exact", "program::child", "--ignored", "--nocapture", "--test-threads=1"])
            .env_clear()
            .env(ARGUMENTS, arguments)
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(if std::env::var_os("COLLOQUY_TEST_LOG").is_some() {
                Stdio::inherit()
            } else {
                Stdio::null()
            })
            .spawn()
            .expect("the test binary starts again");
        Self(child)
    }

    /// kill -9, and waits until it is gone.
    pub fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Whether it is still running.
    pub fn is_running(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What the child runs; does nothing in a normal run.
pub fn child() {
    if let Ok(arguments) = std::env::var(ARGUMENTS) {
        let arguments = std::iter::once("colloquy").chain(arguments.split(' ')).map(Into::into);
        let _ = colloquy::run(arguments);
    }
}
