//! The key that seals access tokens: given by the operator, or generated once into a 0600 file under
//! the user's state folder, never beside the database.

use std::io::Write;
use std::path::Path;

use domain::secret::Keyring;

use crate::Fault;
use crate::settings::Settings;

/// The operator's key, or the generated one.
pub fn load(settings: &Settings) -> Result<Keyring, Fault> {
    if let Some(key) = &settings.secret_key {
        return Ok(Keyring::parse(key)?);
    }
    let file = settings.state_dir.join("secret-key");
    match std::fs::read_to_string(&file) {
        Ok(key) => Ok(Keyring::parse(key.trim()).map_err(|error| format!("{}: {error}", file.display()))?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = Keyring::generate();
            write_private(&file, &key)?;
            tracing::warn!(
                file = %file.display(),
                "generated a secret key; back it up: without it the stored access tokens cannot be read"
            );
            Ok(Keyring::parse(&key)?)
        }
        Err(error) => Err(format!("cannot read {}: {error}", file.display()).into()),
    }
}

/// Whether files can be made in the folder, which is made if it is missing.
pub fn check_writable(folder: &Path) -> Result<(), Fault> {
    let failed =
        |error: std::io::Error| format!("COLLOQUY_STATE_DIR: cannot write to {}: {error}", folder.display());
    std::fs::create_dir_all(folder).map_err(failed)?;
    let probe = folder.join(format!(".probe-{}", std::process::id()));
    std::fs::write(&probe, "").and_then(|()| std::fs::remove_file(&probe)).map_err(failed)?;
    Ok(())
}

/// Writes a file that only its owner can read; fails if it is there already.
pub fn write_private(file: &Path, text: &str) -> Result<(), Fault> {
    let failed = |error: std::io::Error| format!("cannot write {}: {error}", file.display());
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file).map_err(failed)?;
    writeln!(out, "{text}").and_then(|()| out.sync_all()).map_err(failed)?;
    Ok(())
}
