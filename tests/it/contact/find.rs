//! Listing, searching and naming contacts through the API.

use serde_json::{Value, json};
use tests::{Hub, Options};

use super::hidden;

const LIST: &str = "query ($search: String, $first: Int, $after: String) { \
    contacts(search: $search, first: $first, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } } }";
const NAMES: &str = "contact { name givenName profileName } eventCursor";

async fn found(hub: &Hub, search: &str) -> Vec<String> {
    let page = hub.client.data(LIST, json!({"search": search})).await["contacts"]["nodes"].take();
    page.as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap_or("-").to_owned()).collect()
}

async fn people(hub: &Hub) -> String {
    let lin = hidden(hub, "TW.AbC123", "林小明 Émile");
    hub.stored(&hub.says(&lin, "hello").await).await;
    let ada = hub.simulator.customer(Some("886912345678"), Some("GB.ada_1"), "Ada 100%");
    hub.stored(&hub.says(&ada, "hello").await).await;
    let contacts = hub.client.data("{ contacts(search: \"小明\") { nodes { id } } }", json!({})).await;
    contacts["contacts"]["nodes"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contacts_are_found_by_a_part_of_any_name_whatever_its_case() {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    people(&hub).await;
    let (lin, ada) = ("林小明 Émile", "Ada 100%");
    for search in ["小明", "林", "émILE", "ＩＬＥ", "abc12", "tw.ABC123", " émile "] {
        assert_eq!(found(&hub, search).await, [lin], "{search}");
    }
    for search in ["ada", "0%", "912345", "+886 912-345 678", "a_1"] {
        assert_eq!(found(&hub, search).await, [ada], "{search}");
    }
    for search in ["", "  "] {
        assert_eq!(found(&hub, search).await, [ada, lin], "nothing to look for finds everybody");
    }
    // Neither a wildcard nor a match across two names.
    for search in ["%ada", "a_a", "100%gb", "nobody", "\\"] {
        assert_eq!(found(&hub, search).await, Vec::<String>::new(), "{search}");
    }
    let too_long = hub.client.send(LIST, json!({"search": "x".repeat(201)})).await;
    assert_eq!(too_long["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    let first = hub.client.data(LIST, json!({"search": "1", "first": 1})).await["contacts"].take();
    assert_eq!((&first["nodes"][0]["name"], &first["pageInfo"]["hasNextPage"]), (&json!(ada), &json!(true)));
    let after = &first["pageInfo"]["endCursor"];
    let second = hub.client.data(LIST, json!({"search": "1", "first": 1, "after": after})).await;
    assert_eq!(second["contacts"]["nodes"], json!([{"name": lin}]));
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_given_name_stays_until_it_is_taken_away() {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    let id = people(&hub).await;
    let rename = async |name: &str| -> (Value, Value) {
        hub.client.attempt("contactRename", json!({"contactId": id, "name": name}), NAMES).await
    };
    let (renamed, _) = rename("  王老闆 ").await;
    assert_eq!(
        renamed["contact"],
        json!({"name": "王老闆", "givenName": "王老闆", "profileName": "林小明 Émile"})
    );
    assert!(renamed["eventCursor"].is_string());
    assert!(rename("王老闆").await.0["eventCursor"].is_null(), "the same name again changes nothing");
    assert_eq!(found(&hub, "老闆").await, ["王老闆"]);
    assert_eq!(found(&hub, "小明").await, ["王老闆"], "the profile's name still finds them");

    let lin = hidden(&hub, "TW.AbC123", "Lin the Second");
    hub.stored(&hub.says(&lin, "I have a new profile").await).await;
    assert_eq!(
        found(&hub, "second").await,
        ["王老闆"],
        "a later profile name does not replace the given one"
    );

    for wrong in ["x".repeat(201), "two\nlines".to_owned(), "nul\0".to_owned()] {
        let (shown, errors) = rename(&wrong).await;
        assert_eq!(
            (&errors[0]["field"], &errors[0]["code"]),
            (&json!(["input", "name"]), &json!("INVALID_INPUT"))
        );
        assert_eq!(shown["contact"]["name"], "王老闆");
    }
    assert_eq!(rename(&"名".repeat(200)).await.1, json!([]));
    let (cleared, _) = rename(" \t").await;
    assert_eq!(
        cleared["contact"],
        json!({"name": "Lin the Second", "givenName": null, "profileName": "Lin the Second"})
    );
    assert_eq!(found(&hub, "名名").await, Vec::<String>::new());
    hub.finish().await;
}
