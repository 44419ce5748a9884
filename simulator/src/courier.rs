//! Carries webhooks to their callback and again until they get a 200.
//!
//! Invariant: one queue per number (and one per account), one body of it on the way at a time; only
//! what the script holds back leaves its place.

mod bundle;
mod client;

use std::{collections::HashMap, io, sync::Mutex, time::Duration};

use serde_json::Value;
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{Instant, sleep, sleep_until},
};

use crate::{
    escape,
    fault::Delay,
    lock::lock,
    number::{App, Number},
    pending::Pending,
    signature,
    world::Simulator,
};

const FIRST_RETRY: Duration = Duration::from_millis(50);
const LAST_RETRY: Duration = Duration::from_secs(2);
/// How long a batch waits for company.
const LINGER: Duration = Duration::from_millis(10);

/// Whether a callback is one that the simulator calls: http on a loopback host.
pub(crate) fn may_call(url: &str) -> bool {
    client::callback(url).is_some()
}

/// One element on its way.
pub(crate) struct Update {
    app: String,
    waba: String,
    field: String,
    value: Value,
    due: Instant,
    _pending: Pending,
}

pub(crate) struct Courier {
    client: reqwest::Client,
    queues: Mutex<HashMap<String, UnboundedSender<Update>>>,
}

impl Courier {
    pub(crate) fn new() -> io::Result<Courier> {
        Ok(Courier { client: client::build()?, queues: Mutex::default() })
    }

    /// Puts an element behind the others of its queue, unless nobody subscribes to its account.
    pub(crate) fn queue(&self, simulator: &Simulator, key: &str, number: &Number, field: &str, value: Value) {
        if lock(&simulator.world.accounts).unsubscribed.contains(&number.waba_id) {
            return;
        }
        let dice = &simulator.world.dice;
        let (delay, (rate, by)) = simulator.settings(|s| (s.webhook_delay, s.reorder));
        let update = Update {
            app: number.app.clone(),
            waba: number.waba_id.clone(),
            field: field.to_owned(),
            value,
            due: Instant::now() + dice.delay(delay),
            _pending: Pending::new(&simulator.world.pending),
        };
        if dice.chance(rate) {
            let (by, simulator) = (dice.delay(by), simulator.inner());
            simulator.clone().spawn(async move {
                sleep_until(update.due + by).await;
                deliver(&simulator, vec![update]).await;
            });
            return;
        }
        let mut queues = lock(&self.queues);
        let sender = queues.entry(key.to_owned()).or_insert_with(|| {
            let (sender, receiver) = unbounded_channel();
            let simulator = simulator.inner();
            simulator.clone().spawn(work(simulator, receiver));
            sender
        });
        // The worker ends only with the simulator, when nothing needs to be carried.
        let _ = sender.send(update);
    }

    /// Posts a body once; `None` when nobody answered.
    pub(crate) async fn post(&self, simulator: &Simulator, app: &str, body: &[u8]) -> Option<u16> {
        let (app, url) = address(simulator, app)?;
        let request = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .header("user-agent", "facebookexternalua")
            .header("x-hub-signature-256", signature::sign(&app.secret, body))
            .body(body.to_vec());
        match request.send().await {
            Ok(response) => Some(response.status().as_u16()),
            Err(error) => {
                tracing::debug!(%error, "the callback did not answer");
                None
            }
        }
    }

    /// Asks the callback to echo a challenge; `None` when nobody answered.
    pub(crate) async fn handshake(&self, simulator: &Simulator, app: &str, token: &str) -> Option<bool> {
        let (_, mut url) = address(simulator, app)?;
        let challenge = simulator.world.dice.digits(10);
        url.query_pairs_mut()
            .append_pair("hub.mode", "subscribe")
            .append_pair("hub.challenge", &challenge)
            .append_pair("hub.verify_token", token);
        let answer = self.client.get(url).send().await.ok()?;
        let taken = answer.status() == reqwest::StatusCode::OK;
        Some(taken && answer.text().await.ok()? == challenge)
    }
}

/// An app and its callback. Looked up at each attempt: the hub may have moved since the last one.
fn address(simulator: &Simulator, app: &str) -> Option<(App, reqwest::Url)> {
    let app = lock(&simulator.world.accounts).apps.get(app).cloned()?;
    let url = client::callback(&app.callback);
    if url.is_none() {
        tracing::warn!("a callback must be http on a loopback host; nothing was sent");
    }
    url.map(|url| (app, url))
}

/// Empties one queue, in order.
async fn work(simulator: Simulator, mut queue: UnboundedReceiver<Update>) {
    let mut next = None;
    loop {
        let first = match next.take() {
            Some(update) => update,
            None => match queue.recv().await {
                Some(update) => update,
                None => return,
            },
        };
        sleep_until(first.due).await;
        let most = simulator.settings(|settings| settings.batch);
        let mut batch = vec![first];
        if most > 1 {
            sleep(LINGER).await;
            let size = 1 + simulator.world.dice.below(most);
            while batch.len() < size {
                match queue.try_recv() {
                    Ok(update) if update.due <= Instant::now() && update.app == batch[0].app => {
                        batch.push(update)
                    }
                    Ok(update) => {
                        next = Some(update);
                        break;
                    }
                    Err(_) => break,
                }
            }
        }
        deliver(&simulator, batch).await;
    }
}

/// Posts until there is a 200, then perhaps once more. The updates count as pending until then.
async fn deliver(simulator: &Simulator, batch: Vec<Update>) {
    let Some(app) = batch.first().map(|update| update.app.clone()) else { return };
    let body = escape::to_bytes(&bundle::body(&batch, &simulator.world.dice, simulator.now()));
    until_taken(simulator, &app, &body).await;
    let (rate, after): (f64, Delay) = simulator.settings(|settings| settings.duplicates);
    if simulator.world.dice.chance(rate) {
        let after = simulator.world.dice.delay(after);
        let (simulator, pending) = (simulator.inner(), Pending::new(&simulator.world.pending));
        simulator.clone().spawn(async move {
            sleep(after).await;
            until_taken(&simulator, &app, &body).await;
            drop(pending);
        });
    }
}

async fn until_taken(simulator: &Simulator, app: &str, body: &[u8]) {
    let mut pause = FIRST_RETRY;
    while simulator.world.courier.post(simulator, app, body).await != Some(200) {
        sleep(pause).await;
        pause = (pause * 2).min(LAST_RETRY);
    }
}
