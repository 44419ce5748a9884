//! Bodies as Meta sent them, from a folder beside the project. What must become of each is listed in `real.tsv`.

use std::collections::{BTreeMap, BTreeSet};

use tests::{Hub, Options};

use super::stage::{self, Stage};

/// File name, then the rows of the body in order, with semicolons between.
const EXPECTED: &str = include_str!("real.tsv");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn real_bodies_become_what_is_written_down() {
    let Some(folder) = std::env::var_os("COLLOQUY_FIXTURES") else {
        println!("COLLOQUY_FIXTURES is not set: no real bodies were run");
        return;
    };
    let expected: BTreeMap<&str, &str> = EXPECTED.lines().filter_map(|line| line.split_once('\t')).collect();
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path()).collect();
    files.sort();
    let (mut run, mut elements, mut wrong) = (0, 0, Vec::new());
    for path in files.iter().filter(|path| path.extension().is_some_and(|kind| kind == "json")) {
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
        let body = std::fs::read(path).expect("a readable file");
        let parsed = rows_of(&body);
        if let Some(counted) = elements_of(&body) {
            assert_eq!(
                whatsapp::parse(&body).map_or(1, |elements| elements.len()),
                counted,
                "{name}: elements"
            );
        }
        let rows = Stage::set(&hub, stage::named_in(&body)).await.post(&body).await;
        assert_eq!(rows.len(), parsed, "{name}: elements in, rows out");
        let rows = rows.join("; ");
        if expected.get(name) != Some(&rows.as_str()) {
            wrong.push(format!("{name}\t{rows}"));
        }
        run += 1;
        elements += parsed;
    }
    println!("{run} real bodies with {elements} elements");
    assert!(wrong.is_empty(), "not as written down:\n{}", wrong.join("\n"));
    assert!(run >= expected.len(), "{run} bodies are there, {} are written down", expected.len());
    hub.finish().await;
}

/// The elements of a body, counted without the parser under test: what stands in the lists of a change, or the
/// change itself. None for what is no webhook.
fn elements_of(body: &[u8]) -> Option<usize> {
    const LISTS: [&str; 8] = [
        "errors",
        "messages",
        "statuses",
        "message_echoes",
        "state_sync",
        "user_id_update",
        "calls",
        "user_preferences",
    ];
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let mut elements = 0;
    for entry in body["entry"].as_array()? {
        for change in entry["changes"].as_array()? {
            let items: usize =
                LISTS.iter().filter_map(|list| change["value"][list].as_array()).map(Vec::len).sum();
            elements += items.max(1);
        }
    }
    Some(elements)
}

/// One row for each element; an update of an account concerns each of its numbers.
fn rows_of(body: &[u8]) -> usize {
    let Ok(elements) = whatsapp::parse(body) else { return 1 };
    // The stage links every number of the body, and one for what names no number.
    let numbers_of = |account: &str| {
        let of_account = elements.iter().filter(|element| element.waba_id == account);
        of_account.map(|element| &element.phone_number_id).collect::<BTreeSet<_>>().len()
    };
    let rows = |element: &whatsapp::Element| match (&element.phone_number_id, &element.content) {
        (None, Ok(whatsapp::Content::Account(_))) => numbers_of(&element.waba_id),
        _ => 1,
    };
    elements.iter().map(rows).sum()
}
