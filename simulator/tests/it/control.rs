use serde_json::{Value, json};
use simulator::{Config, Outcome, Simulator};

use crate::{
    caller::{client, send, text},
    receiver::{LONG, NUMBER, Receiver, WABA, pair},
};

async fn post(simulator: &Simulator, path: &str, body: &Value) -> (u16, Value) {
    let url = format!("{}{path}", simulator.control_url().unwrap());
    let response = client().post(url).json(body).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap_or_default())
}

async fn get(simulator: &Simulator, path: &str) -> Value {
    let url = format!("{}{path}", simulator.control_url().unwrap());
    client().get(url).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_scene_can_be_played_by_http_alone() {
    let receiver = Receiver::start().await;
    let control_addr = Some("127.0.0.1:0".parse().unwrap());
    let simulator = Simulator::start(Config { control_addr, ..Config::default() }).await.unwrap();
    let number = json!({"phone_number_id": NUMBER, "display_phone_number": "15550783881", "waba_id": WABA,
        "business_id": "1", "verified_name": "Shop", "access_token": "simulator-token", "app": "default",
        "app_secret": "simulator-secret", "callback_url": receiver.url});
    assert_eq!(post(&simulator, "/numbers", &number).await.0, 200);
    for (token, verified) in [("vt", true), ("wrong", false)] {
        let shake = json!({"app": "default", "verify_token": token});
        assert_eq!(post(&simulator, "/handshake", &shake).await, (200, json!({ "verified": verified })));
    }
    let say = json!({"phone_number_id": NUMBER, "wa_id": "16505551234", "name": "Ada", "text": "open?"});
    let (status, said) = post(&simulator, "/customers/say", &say).await;
    assert_eq!((status, &said["customer"]["name"]), (200, &json!("Ada")));
    let typed = json!({"phone_number_id": NUMBER, "wa_id": "16505551234", "text": "yes"});
    assert_eq!(post(&simulator, "/business/type", &typed).await.0, 200);
    let press = json!({"phone_number_id": NUMBER, "wa_id": "16505551234",
        "content": {"reaction": {"to": said["wamid"], "emoji": "👍"}}});
    assert_eq!(post(&simulator, "/customers/say", &press).await.0, 200);
    send(&simulator, &text("from the API", "r")).await;
    assert!(simulator.settled(LONG).await);
    assert_eq!(receiver.elements("messages").len(), 2);
    assert_eq!(receiver.elements("message_echoes").len(), 1);
    let threads = get(&simulator, &format!("/threads?phone_number_id={NUMBER}")).await;
    assert_eq!(threads["threads"][0]["messages"].as_array().unwrap().len(), 3);
    assert_eq!(get(&simulator, "/sends").await["sends"][0]["text"], "from the API");
    assert_eq!(get(&simulator, "/sends?after=1").await["sends"], json!([]));
    let index = get(&simulator, "/").await;
    assert_eq!(index["graph_url"], simulator.graph_url());
    assert!(
        !index.to_string().contains("simulator-token") && !index.to_string().contains("simulator-secret")
    );
}

#[tokio::test]
async fn faults_are_ordered_by_http() {
    let (simulator, _receiver) = pair().await;
    let order = json!({"fail_next": {"count": 1, "error": {"http": 429, "code": 130429, "retry_after": 1}},
        "ladder": {"sent": [0, 0], "delivered": null, "read": null}, "batch": 4, "throughput": null});
    assert_eq!(post(&simulator, "/faults", &order).await.0, 200);
    assert_eq!(send(&simulator, &text("x", "r")).await.status(), 429);
    assert_eq!(send(&simulator, &text("x", "r")).await.status(), 200);
    assert_eq!(simulator.sends()[0].outcome, Outcome::Refused(130_429));
    assert_eq!(post(&simulator, "/offboard", &json!({"id": WABA})).await.0, 200);
    assert_eq!(send(&simulator, &text("x", "r")).await.status(), 400);
    assert_eq!(post(&simulator, "/reconnect", &json!({"id": NUMBER})).await.0, 200);
    assert_eq!(send(&simulator, &text("x", "r")).await.status(), 200);
    assert_eq!(post(&simulator, "/offboard", &json!({"id": "0"})).await.0, 404);
}

#[tokio::test]
async fn bad_orders_and_web_pages_are_refused() {
    let (simulator, _receiver) = pair().await;
    assert_eq!(post(&simulator, "/faults", &json!({"outtage": "refused"})).await.0, 422);
    let unknown = json!({"phone_number_id": "0", "wa_id": "1", "text": "x"});
    assert_eq!(post(&simulator, "/customers/say", &unknown).await.0, 404);
    let nobody = json!({"phone_number_id": NUMBER, "text": "x"});
    assert_eq!(post(&simulator, "/customers/say", &nobody).await.0, 400);
    let url = simulator.control_url().unwrap();
    let page = client().get(&url).header("origin", "http://evil.example").send().await.unwrap();
    assert_eq!(page.status(), 403);
    let rebound = client().get(&url).header("host", "evil.example").send().await.unwrap();
    assert_eq!(rebound.status(), 403);
    let form = client().post(format!("{url}/faults")).body("{}").send().await.unwrap();
    assert_eq!(form.status(), 415);
}

#[tokio::test]
async fn the_control_api_stays_on_loopback() {
    let control_addr = Some("0.0.0.0:0".parse().unwrap());
    let refused = Simulator::start(Config { control_addr, ..Config::default() }).await;
    assert_eq!(refused.err().unwrap().kind(), std::io::ErrorKind::InvalidInput);
}

#[tokio::test]
async fn it_serves_until_told_to_stop() {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(simulator::serve(Config::default(), stopped));
    stop.send(()).unwrap();
    served.await.unwrap().unwrap();
}

#[tokio::test]
async fn accounts_and_the_looks_of_numbers_are_ordered_by_http() {
    let (simulator, receiver) = pair().await;
    let looks = json!({"number_status": "BANNED", "on_business_app": false, "pair_limit": {"every": 60_000, "burst": 1}});
    assert_eq!(post(&simulator, "/faults", &looks).await.0, 200);
    let shown: Value = crate::caller::get(&simulator, &format!("{NUMBER}?fields=status,is_on_biz_app"))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(shown, json!({"id": NUMBER, "status": "BANNED", "is_on_biz_app": false}));
    assert_eq!(send(&simulator, &text("x", "r")).await.status(), 200);
    assert_eq!(send(&simulator, &text("x", "r")).await.status(), 400, "one in a minute");
    assert_eq!(post(&simulator, "/faults", &json!({"pair_limit": null})).await.0, 200);
    assert_eq!(send(&simulator, &text("x", "r")).await.status(), 200);

    let removed = json!({"id": NUMBER, "field": "account_update", "value": {"event": "PARTNER_REMOVED"}});
    assert_eq!(post(&simulator, "/account/news", &removed).await.0, 200);
    assert!(simulator.settled(LONG).await);
    let told = receiver
        .bodies()
        .into_iter()
        .rev()
        .find(|body| body["entry"][0]["changes"][0]["field"] == "account_update");
    let entry = &told.unwrap()["entry"][0];
    assert_eq!(
        (&entry["id"], &entry["changes"][0]["value"]),
        (&json!(WABA), &json!({"event": "PARTNER_REMOVED"}))
    );
    assert_eq!(
        post(&simulator, "/account/news", &json!({"id": "0", "field": "x", "value": {}})).await.0,
        404
    );

    assert!(simulator.is_subscribed(NUMBER));
    assert_eq!(post(&simulator, "/unsubscribe", &json!({"id": NUMBER})).await.0, 200);
    assert!(!simulator.is_subscribed(WABA));
    let before = receiver.elements("messages").len();
    let say = json!({"phone_number_id": NUMBER, "wa_id": "16505551234", "text": "anybody?"});
    assert_eq!(post(&simulator, "/customers/say", &say).await.0, 200);
    assert!(simulator.settled(LONG).await);
    assert_eq!(receiver.elements("messages").len(), before, "nobody hears");
    assert_eq!(post(&simulator, "/unsubscribe", &json!({"id": "0"})).await.0, 404);
}
