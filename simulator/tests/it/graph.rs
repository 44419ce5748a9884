use serde_json::{Value, json};

use crate::{
    caller::{client, error, get, request, send, text},
    receiver::{LONG, NUMBER, WABA, pair},
};

#[tokio::test]
async fn tokens_and_objects_are_refused_in_metas_words() {
    let (simulator, _receiver) = pair().await;
    let url = format!("{}/v25.0/{NUMBER}", simulator.graph_url());
    let (status, fault) = error(client().get(&url).send().await.unwrap()).await;
    assert_eq!((status, &fault["code"]), (401, &json!(190)));
    let (status, fault) = error(client().get(&url).bearer_auth("wrong").send().await.unwrap()).await;
    assert_eq!((status, &fault["code"]), (401, &json!(190)));
    for path in ["v25.0/1", "1/phone_numbers", "1/subscribed_apps", "v25.0/media", "1/2/3"] {
        let (status, fault) = error(get(&simulator, path).await).await;
        assert_eq!(
            (status, &fault["code"], &fault["error_subcode"]),
            (400, &json!(100), &json!(33)),
            "{path}"
        );
    }
    assert_eq!(error(get(&simulator, "v25.0").await).await.0, 400);
}

#[tokio::test]
async fn a_large_upload_is_refused_in_metas_words_too() {
    let (simulator, _receiver) = pair().await;
    let url = format!("{}/v25.0/{NUMBER}/media", simulator.graph_url());
    let upload = client().post(url).bearer_auth("simulator-token").body(vec![0; 5 << 20]);
    let (status, fault) = error(upload.send().await.unwrap()).await;
    assert_eq!((status, &fault["code"]), (400, &json!(100)));
}

#[tokio::test]
async fn only_the_fields_asked_for_are_given() {
    let (simulator, _receiver) = pair().await;
    let object: Value = get(&simulator, &format!("v25.0/{NUMBER}?fields=verified_name,is_on_biz_app"))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(object, json!({"id": NUMBER, "verified_name": "Lucky Shrub", "is_on_biz_app": true}));
    let account: Value =
        get(&simulator, &format!("{WABA}?fields=owner_business_info")).await.json().await.unwrap();
    assert_eq!(account["owner_business_info"]["id"], "506914307656634");
    assert_eq!(account["id"], WABA);
    let (_, fault) = error(get(&simulator, &format!("{NUMBER}?fields=shoe_size")).await).await;
    assert_eq!(fault["code"], 100);
    let list: Value =
        get(&simulator, &format!("{WABA}/phone_numbers?fields=id,status")).await.json().await.unwrap();
    assert_eq!(list["data"], json!([{"id": NUMBER, "status": "CONNECTED"}]));
}

#[tokio::test]
async fn a_subscription_ends_and_begins_again() {
    let (simulator, receiver) = pair().await;
    let url = format!("{}/v25.0/{WABA}/subscribed_apps", simulator.graph_url());
    let call = |request: reqwest::RequestBuilder| async move {
        request.bearer_auth("simulator-token").send().await.unwrap().json::<Value>().await.unwrap()
    };
    assert_eq!(call(client().get(&url)).await["data"][0]["whatsapp_business_api_data"]["name"], "default");
    assert_eq!(call(client().delete(&url)).await, json!({"success": true}));
    assert_eq!(call(client().get(&url)).await, json!({"data": []}));
    let ada = simulator.customer(None, None, "Ada");
    simulator.customer_says(NUMBER, &ada, "unheard").await;
    assert_eq!(call(client().post(&url)).await, json!({"success": true}));
    simulator.customer_says(NUMBER, &ada, "heard").await;
    assert!(simulator.settled(LONG).await);
    assert_eq!(receiver.elements("messages").len(), 1);
}

#[tokio::test]
async fn a_code_is_exchanged_once_and_the_address_book_is_synchronised() {
    let (simulator, receiver) = pair().await;
    let code = simulator.signup_code(NUMBER);
    let path = format!("oauth/access_token?client_id=1&client_secret=simulator-secret&code={code}");
    let token: Value = get(&simulator, &path).await.json().await.unwrap();
    assert_eq!(token["access_token"], "simulator-token");
    assert_eq!(error(get(&simulator, &path).await).await.1["code"], 100);
    let debug: Value = get(&simulator, "debug_token?input_token=simulator-token").await.json().await.unwrap();
    assert_eq!(debug["data"]["granular_scopes"][0]["target_ids"], json!([WABA]));

    let ada = simulator.customer(None, None, "Ada Lovelace");
    simulator.customer_says(NUMBER, &ada, "hello").await;
    let url = format!("{}/v25.0/{NUMBER}/smb_app_data", simulator.graph_url());
    let body = json!({"messaging_product": "whatsapp", "sync_type": "smb_app_state_sync"});
    let answer: Value = client()
        .post(url)
        .bearer_auth("simulator-token")
        .json(&body)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert!(answer["request_id"].is_string());
    assert!(simulator.settled(LONG).await);
    assert_eq!(receiver.elements("state_sync")[0]["contact"]["first_name"], "Ada");
}

#[tokio::test]
async fn buttons_are_sent_and_other_kinds_refused() {
    let (simulator, receiver) = pair().await;
    let mut body = text("", "r");
    body["type"] = json!("interactive");
    body["interactive"] = json!({"type": "button", "body": {"text": "pick"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]}});
    let answer: Value = send(&simulator, &body).await.json().await.unwrap();
    let sent = &simulator.sends()[0];
    assert_eq!((sent.kind.as_str(), sent.text.as_str()), ("interactive", "pick"));
    let ada = simulator.customer(Some("16505551234"), None, "Ada");
    let to = answer["messages"][0]["id"].as_str().unwrap().to_owned();
    let press = simulator::Content::Button { to, id: "y".into(), title: "Yes".into() };
    simulator.customer_sends(NUMBER, &ada, &press).await;
    assert!(simulator.settled(LONG).await);
    assert_eq!(receiver.elements("messages")[0]["interactive"]["button_reply"]["id"], "y");
    body["type"] = json!("image");
    assert_eq!(error(request(&simulator, &body).send().await.unwrap()).await.1["code"], 131_009);
}

#[tokio::test]
async fn odd_input_is_answered_with_an_error() {
    let (simulator, _receiver) = pair().await;
    let deep = "[".repeat(5000);
    let bodies: [&[u8]; 8] = [
        b"",
        b"{",
        b"null",
        b"[[]]",
        br#""\ud800""#,
        br#"{"messaging_product":"whatsapp","to":[],"text":{"body":null},"context":7}"#,
        br#"{"messaging_product":"whatsapp","status":{},"message_id":[]}"#,
        deep.as_bytes(),
    ];
    for body in bodies {
        let answer = request(&simulator, &Value::Null).body(body.to_vec()).send().await.unwrap();
        assert_eq!(error(answer).await.0, 400);
    }
    for path in ["%ff/%00", "?fields=%ff", &format!("{NUMBER}?fields=}}}}((,{{"), "oauth/access_token?code=%"]
    {
        assert!(get(&simulator, path).await.status().as_u16() <= 400, "{path}");
    }
}
