//! The committed schema is the served one, and it explains itself.

use std::path::Path;

#[test]
fn the_committed_schema_is_what_the_server_serves() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.graphql");
    let served = api::sdl();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&file, &served).expect("the schema is written");
    }
    let committed = std::fs::read_to_string(&file).expect("schema.graphql is there");
    assert!(committed == served, "schema.graphql is stale: UPDATE_SCHEMA=1 cargo test -p tests schema");
}

#[test]
fn everything_in_the_schema_is_described() {
    let sdl = api::sdl();
    let mut bare = Vec::new();
    let mut described = false;
    let mut inside = false;
    for line in sdl.lines().map(str::trim) {
        if line.starts_with("\"\"\"") {
            // A description on one line opens and closes at once.
            let closed = line.len() > 3 && line.ends_with("\"\"\"");
            inside = !inside && !closed;
            described = true;
            continue;
        }
        if inside || line.is_empty() || line.starts_with('#') || ["{", "}", ")", "schema {"].contains(&line) {
            continue;
        }
        let closing = line.starts_with(')')
            || line.starts_with("query:")
            || line.starts_with("mutation:")
            || line.starts_with("subscription:");
        if !described && !closing && !line.starts_with("directive") && !line.starts_with("union") {
            bare.push(line.to_owned());
        }
        described = false;
    }
    assert!(bare.is_empty(), "no description: {bare:#?}");
}
