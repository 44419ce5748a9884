//! How long the first `cargo build` takes: every dependency, nothing left over. Needs the crates fetched before.

use std::process::Command;
use std::time::Instant;

use crate::line;

pub fn run() {
    let folder = tempfile::tempdir().expect("a folder");
    let began = Instant::now();
    // By name, as a person would: a toolchain manager then chooses one toolchain for every dependency.
    let built = Command::new("cargo")
        .args(["build", "--quiet", "--locked", "--offline", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .env("CARGO_TARGET_DIR", folder.path())
        .status();
    let figure = match built {
        Ok(status) if status.success() => format!("{} s", began.elapsed().as_secs()),
        _ => "it failed: run `cargo fetch` first".to_owned(),
    };
    line("clean build (`cargo build`, debug, empty target directory)", &figure);
}
