//! Posts in volleys, each fired when the one before is nearly worked off: so there is work left for every
//! kill, however fast or slow posting is beside the work.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use simulator::Simulator;
use tests::Hub;
use tokio::task::JoinHandle;

pub struct Volleys {
    meta: Simulator,
    app: String,
    /// Not fired yet.
    rest: VecDeque<Vec<Vec<u8>>>,
    posters: Vec<JoinHandle<()>>,
}

impl Volleys {
    /// Splits `posts` into `count` volleys.
    pub fn new(hub: &Hub, posts: &[Vec<u8>], count: usize) -> Self {
        let rest = posts.chunks(posts.len().div_ceil(count)).map(<[Vec<u8>]>::to_vec).collect();
        Self { meta: hub.simulator.clone(), app: hub.number.app.clone(), rest, posters: Vec::new() }
    }

    /// Starts to post the next volley, from several connections at once, each body until it gets its 200.
    pub fn fire(&mut self) {
        let volley = self.rest.pop_front().expect("a volley is left");
        let bodies = Arc::new(Mutex::new(volley));
        for _ in 0..6 {
            let (meta, app, bodies) = (self.meta.clone(), self.app.clone(), bodies.clone());
            self.posters.push(tokio::spawn(async move {
                let next = || bodies.lock().expect("no poster panics").pop();
                while let Some(body) = next() {
                    while meta.post_raw(&app, body.clone()).await != 200 {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }
            }));
        }
    }

    /// Whether every body that was fired got its 200.
    pub fn is_posted(&self) -> bool {
        self.posters.iter().all(JoinHandle::is_finished)
    }

    /// Fires what is left and waits until every body got its 200.
    pub async fn finish(mut self) {
        while !self.rest.is_empty() {
            self.fire();
        }
        for poster in self.posters {
            poster.await.expect("every body got its 200");
        }
    }
}
