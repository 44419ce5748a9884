//! The program as a process of its own, for tests that kill it: the test binary starts itself again
//! and runs [`colloquy::run`].

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Names the child's arguments, separated by spaces.
const ARGUMENTS: &str = "COLLOQUY_TEST_PROGRAM";

/// A running child; killed when it is dropped.
pub struct Program(Child);

impl Program {
    /// Starts `colloquy` with these arguments and settings; nothing else of the environment is passed on.
    pub fn start(arguments: &str, settings: &[(&str, String)]) -> Self {
        Self(
            command(arguments, settings).stdout(Stdio::null()).spawn().expect("the test binary starts again"),
        )
    }

    /// Runs a short command to its end; gives back what it printed.
    pub fn output(arguments: &str, settings: &[(&str, String)]) -> String {
        let done = command(arguments, settings).output().expect("the test binary starts again");
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    /// Runs a command and kills it (-9) as soon as it has printed so many lines with `word` in them; gives back how many
    /// it printed, fewer if it ended before.
    pub fn killed_after(arguments: &str, settings: &[(&str, String)], lines: usize, word: &str) -> usize {
        let child = command(arguments, settings).stdout(Stdio::piped()).spawn();
        let mut program = Self(child.expect("the test binary starts again"));
        let printed = BufReader::new(program.0.stdout.take().expect("it is piped")).lines();
        let seen = printed.map_while(Result::ok).filter(|line| line.contains(word)).take(lines).count();
        program.kill();
        seen
    }

    /// Asks it to stop (SIGTERM); gives back whether it ended by itself, and well, within `patience`.
    pub fn stops(&mut self, patience: Duration) -> bool {
        let asked = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        assert!(asked.is_ok_and(|status| status.success()), "the signal is sent");
        let began = Instant::now();
        while began.elapsed() < patience {
            if let Ok(Some(status)) = self.0.try_wait() {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
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

fn command(arguments: &str, settings: &[(&str, String)]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("the test binary"));
    let log = std::env::var_os("COLLOQUY_TEST_LOG").is_some();
    command
        .args(["--exact", "program::child", "--ignored", "--nocapture", "--test-threads=1"])
        .env_clear()
        .env(ARGUMENTS, arguments)
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stderr(if log { Stdio::inherit() } else { Stdio::null() });
    command
}

/// What the child runs; does nothing in a normal run.
pub fn child() {
    if let Ok(arguments) = std::env::var(ARGUMENTS) {
        let arguments = std::iter::once("colloquy").chain(arguments.split(' ')).map(Into::into);
        if colloquy::run(arguments) != std::process::ExitCode::SUCCESS {
            panic!("the program failed");
        }
    }
}
