//! When a company is open, through the API: set as a whole, told for now, on the company's own clock.

use serde_json::{Value, json};
use tests::hub::start_of_time;
use tests::{Hub, Options};

const PICK: &str = "businessHours { configured timeZone openNow changesAt weekly { weekday open { opens closes } } \
    holidays { date name open { opens closes } } } eventCursor";

fn movable() -> Options {
    Options { movable_clock: true, bot: false, ..Options::default() }
}

async fn hours(hub: &Hub) -> Value {
    let query = "{ workspace { businessHours { configured openNow changesAt } } }";
    hub.client.data(query, json!({})).await["workspace"]["businessHours"].take()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_company_is_open_when_it_says_so_on_its_own_clock() {
    let hub = Hub::with(movable()).await;
    // Monday, 2026-03-02, 09:00 in London.
    assert_eq!(hours(&hub).await, json!({"configured": false, "openNow": true, "changesAt": null}));
    let zone = hub
        .client
        .mutate("workspaceUpdate", json!({"timeZone": "Asia/Taipei"}), "workspace { timeZone }")
        .await;
    assert_eq!(zone["workspace"]["timeZone"], "Asia/Taipei");
    let day = json!([{"opens": "13:00", "closes": "18:00"}, {"opens": "09:00", "closes": "12:00"}]);
    let input = json!({
        "weekly": [{"weekday": "MONDAY", "open": day}, {"weekday": "SUNDAY", "open": []}],
        "holidays": [{"date": "2026-03-09", "name": "Founding day"}],
    });
    let set = hub.client.mutate("businessHoursUpdate", input, PICK).await;
    let shown = &set["businessHours"];
    assert_eq!(shown["weekly"].as_array().unwrap().len(), 7);
    assert_eq!(shown["weekly"][0]["open"][0], json!({"opens": "09:00", "closes": "12:00"}), "in order");
    assert_eq!(shown["weekly"][1], json!({"weekday": "TUESDAY", "open": []}));
    assert_eq!(shown["holidays"], json!([{"date": "2026-03-09", "name": "Founding day", "open": []}]));
    // In Taipei it is 17:00.
    assert_eq!((&shown["openNow"], &shown["changesAt"]), (&json!(true), &json!("2026-03-02T10:00:00Z")));
    hub.set_clock(start_of_time() + chrono::TimeDelta::hours(1));
    // The next Monday is a holiday.
    assert_eq!(
        hours(&hub).await,
        json!({"configured": true, "openNow": false, "changesAt": "2026-03-16T01:00:00Z"})
    );
    let never = hub.client.mutate("businessHoursUpdate", json!({"weekly": null}), PICK).await;
    assert_eq!(
        (&never["businessHours"]["configured"], &never["businessHours"]["openNow"]),
        (&json!(false), &json!(true))
    );
    let changes = hub.events().await.iter().filter(|event| event.kind() == "WORKSPACE_CHANGED").count();
    assert_eq!(changes, 3);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hours_that_make_no_sense_are_refused_with_what_to_mend() {
    let hub = Hub::with(movable()).await;
    let monday = |open: Value| json!({"weekly": [{"weekday": "MONDAY", "open": open}]});
    let cases = [
        (monday(json!([{"opens": "9am", "closes": "5pm"}])), "weekly", "09:00"),
        (monday(json!([{"opens": "22:00", "closes": "02:00"}])), "weekly", "24:00"),
        (
            monday(json!([{"opens": "09:00", "closes": "12:00"}, {"opens": "11:00", "closes": "13:00"}])),
            "weekly",
            "overlap",
        ),
        (
            json!({"weekly": [{"weekday": "MONDAY", "open": []}, {"weekday": "MONDAY", "open": []}]}),
            "weekly",
            "twice",
        ),
        (json!({"weekly": [], "holidays": [{"date": "2026-12-25", "name": ""}]}), "holidays", "name"),
        (
            json!({"weekly": null, "holidays": [{"date": "2026-12-25", "name": "Christmas"}]}),
            "holidays",
            "weekly",
        ),
    ];
    for (input, field, word) in cases {
        let (_, errors) =
            hub.client.attempt("businessHoursUpdate", input.clone(), "businessHours { configured }").await;
        assert_eq!(errors[0]["field"], json!(["input", field]), "{input}");
        assert!(errors[0]["message"].as_str().unwrap().contains(word), "{errors}");
    }
    let bad = json!({"input": {"weekly": [], "holidays": [{"date": "25.12.2026", "name": "x"}]}});
    let query =
        "mutation ($input: BusinessHoursUpdateInput!) { businessHoursUpdate(input: $input) { eventCursor } }";
    let answer = hub.client.send(query, bad).await;
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("2026-12-25"), "{answer}");
    for (input, field) in [
        (json!({"timeZone": "Mars/Olympus"}), "timeZone"),
        (json!({"locale": "en_US"}), "locale"),
        (json!({"name": "  "}), "name"),
    ] {
        let (_, errors) = hub.client.attempt("workspaceUpdate", input, "workspace { name }").await;
        assert_eq!(errors[0]["field"], json!(["input", field]));
    }
    hub.finish().await;
}
