//! Asks for many ids over one socket, which takes queries, mutations and subscriptions alike.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use serde_json::{Value, json};
use tests::client::Client;
use tests::socket::Subscriber;

use super::ids;
use super::place::Place;

/// Operations at a time on one socket; the server allows 100.
const IN_FLIGHT: usize = 80;

/// Asks for every id in this place. Each must answer NOT_FOUND and nothing else, and the socket must be as
/// good as new afterwards. Gives back how many were tried.
pub async fn refused(client: &Client, place: &Place, ids: Vec<String>) -> usize {
    let mut socket = Subscriber::connect(client).await;
    let mut waiting = HashMap::new();
    let mut answered = HashSet::new();
    let mut next: VecDeque<&String> = ids.iter().collect();
    let (mut done, mut asked) = (0, 0);
    while done < ids.len() {
        while waiting.len() < IN_FLIGHT
            && let Some(id) = next.pop_front()
        {
            asked += 1;
            socket.subscribe(&asked.to_string(), &place.document, &place.variables(id)).await;
            waiting.insert(asked.to_string(), id);
        }
        let message = socket.receive().await;
        let operation = message["id"].as_str().expect("it is about an operation").to_owned();
        let id = waiting[&operation];
        if codes(&message) == ["UNAVAILABLE"] && asked < 2 * ids.len() {
            // The machine is busy, not the question wrong: once more.
            waiting.remove(&operation);
            next.push_back(id);
            continue;
        }
        if message["type"] != "complete" {
            assert_eq!(codes(&message), ["NOT_FOUND"], "{} with {id}: {message}", place.name);
            assert!(answered.insert(operation.clone()), "{} with {id}: {message}", place.name);
        }
        // A result of nothing but errors is followed by the end; an error is the end itself.
        if message["type"] != "next" {
            assert!(answered.contains(&operation), "{} with {id} says nothing", place.name);
            waiting.remove(&operation);
            done += 1;
        }
    }
    usable(&mut socket, place).await;
    done
}

async fn usable(socket: &mut Subscriber, place: &Place) {
    let own = if place.name.starts_with("subscription") {
        "subscription { events { cursor } }"
    } else {
        "{ workspace { id } }"
    };
    socket.subscribe("own", own, &json!({})).await;
    let answer = socket.first("own").await;
    assert_eq!((&answer["type"], codes(&answer).len()), (&json!("next"), 0), "{}: {answer}", place.name);
}

/// Finds the types that the place is for among the asker's own ids: with them the same question is answered.
/// A list is still refused when there is one wrong id beside a right one.
pub async fn fitting(client: &Client, place: &Place, own: &BTreeMap<String, String>) -> Vec<String> {
    let mut socket = Subscriber::connect(client).await;
    let mut fitting = Vec::new();
    for (prefix, id) in own {
        let answer = ask(&mut socket, place, &place.variables(id)).await;
        if codes(&answer).is_empty() {
            if let Some(mixed) = place.variables_of_two(id, &ids::one(prefix)) {
                let answer = ask(&mut socket, place, &mixed).await;
                assert_eq!(codes(&answer), ["NOT_FOUND"], "{} with {mixed}: {answer}", place.name);
            }
            fitting.push(prefix.clone());
        } else {
            assert_eq!(codes(&answer), ["NOT_FOUND"], "{} with {id}: {answer}", place.name);
        }
    }
    assert!(!fitting.is_empty(), "{} takes none of the owner's ids", place.name);
    fitting
}

async fn ask(socket: &mut Subscriber, place: &Place, variables: &Value) -> Value {
    let id = uuid::Uuid::new_v4().to_string();
    socket.subscribe(&id, &place.document, variables).await;
    socket.first(&id).await
}

/// The codes of a message's errors.
fn codes(message: &Value) -> Vec<&str> {
    let payload = &message["payload"];
    let errors = if message["type"] == "error" { payload } else { &payload["errors"] };
    let errors = errors.as_array().into_iter().flatten();
    errors.map(|error| error["extensions"]["code"].as_str().unwrap_or_default()).collect()
}
