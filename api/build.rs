//! Says whether the files of GraphiQL were built (`graphiql/build.mjs`) and are to be embedded.

use std::{
    hash::{DefaultHasher, Hasher},
    path::Path,
};

const FILES: [&str; 2] = ["graphiql/dist/graphiql.js", "graphiql/dist/graphiql.css"];

fn main() {
    println!("cargo::rustc-check-cfg=cfg(graphiql_embedded)");
    // The folder is always there; a path that is not would run this at every build.
    println!("cargo::rerun-if-changed=graphiql/dist");
    let files: Option<Vec<Vec<u8>>> = FILES.iter().map(|file| std::fs::read(Path::new(file)).ok()).collect();
    if let Some(files) = files {
        let mut hasher = DefaultHasher::new();
        files.iter().for_each(|file| hasher.write(file));
        println!("cargo::rustc-cfg=graphiql_embedded");
        println!("cargo::rustc-env=GRAPHIQL_VERSION={:016x}", hasher.finish());
    }
}
