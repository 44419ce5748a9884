//! SQLite is for one `serve`: an OS lock on a file beside the database, gone with its process.

use std::fs::File;
use std::path::PathBuf;

use crate::Fault;

/// Held as long as the process may write as the one server. Nothing to hold on PostgreSQL.
pub struct Alone(#[expect(dead_code, reason = "the lock lives as long as the file is open")] Option<File>);

/// Takes the lock.
///
/// # Errors
/// Says that another process has it.
pub fn alone(database_url: &str) -> Result<Alone, Fault> {
    let Some(path) = database_file(database_url) else { return Ok(Alone(None)) };
    // Beside the file itself, whatever link leads to it, and under its whole name.
    let path = path.canonicalize().unwrap_or(path);
    let mut lock = path.clone().into_os_string();
    lock.push(".lock");
    let lock = PathBuf::from(lock);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock)
        .map_err(|error| format!("cannot open {}: {error}", lock.display()))?;
    match fs4::FileExt::try_lock(&file) {
        Ok(()) => Ok(Alone(Some(file))),
        Err(fs4::TryLockError::WouldBlock) => Err(format!(
            "another colloquy serves {}: SQLite is for one process, use PostgreSQL for several",
            path.display()
        )
        .into()),
        Err(fs4::TryLockError::Error(error)) => {
            Err(format!("cannot lock {}: {error}", lock.display()).into())
        }
    }
}

fn database_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
}
