//! Searching a large body of knowledge: what other companies know takes no place in it.

use domain::document::{self, Kind, NewDocument, NewVersion};
use domain::knowledge;
use domain::{Actor, Env, workspace};
use tests::knowledge::{QUESTION, SHIPPING};
use tests::{Hub, Options};

/// A document of so many passages about `word`.
async fn fill(env: &Env, actor: &Actor, passages: usize, word: &str) {
    let text: Vec<String> = (0..passages)
        .map(|n| {
            format!("Q: How much is {word} number {n}?\nA: The {word} number {n} costs {} dollars.", n + 1)
        })
        .collect();
    let version = NewVersion { language: "en".into(), text: text.join("\n\n") };
    let new = NewDocument { kind: Kind::Other, title: format!("All about {word}"), version };
    let (_, version, _) = document::create(env, actor, &new).await.unwrap();
    document::activate(env, actor, version).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_is_found_among_many_passages_and_beside_another_companys() {
    let hub = Hub::with(Options::default()).await;
    let founded = workspace::found(&hub.env, "A parcel service").await.unwrap();
    let secret = founded.token.unwrap().secret;
    let other = domain::token::authenticate(&hub.env, &secret).await.unwrap().unwrap();
    // More than the index lets through, and closer to the question than the right answer.
    fill(&hub.env, &other, 1_100, "shipping").await;
    fill(&hub.env, &hub.actor, 400, "tea").await;
    let found = knowledge::best(&hub.scope(), QUESTION).await.unwrap().expect("something fits");
    assert!(found.passage.text.contains(SHIPPING), "{}", found.passage.text);
    assert_eq!(found.passage.workspace_id, hub.actor.workspace.0);
    hub.finish().await;
}
