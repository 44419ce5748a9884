//! What the world saw: sends, threads, read receipts, and waiting for them.

use std::time::Duration;

use tokio::time::timeout;

use crate::{
    customer::Customer,
    lock::lock,
    sent::{Read, Sent},
    thread::ThreadMessage,
    world::Simulator,
};

impl Simulator {
    /// Every `POST /messages` so far, in the order of arrival, read receipts excepted.
    pub fn sends(&self) -> Vec<Sent> {
        lock(&self.world.book).sends.clone()
    }

    /// Every read receipt so far.
    pub fn reads(&self) -> Vec<Read> {
        lock(&self.world.book).reads.clone()
    }

    /// What the customer's phone shows, in order; the business's phone shows the same.
    pub fn thread(&self, phone_number_id: &str, customer: &Customer) -> Vec<ThreadMessage> {
        lock(&self.world.book).thread(phone_number_id, customer.id).to_vec()
    }

    /// Every thread of a number: the chat list of the business's phone.
    pub fn threads(&self, phone_number_id: &str) -> Vec<(Customer, Vec<ThreadMessage>)> {
        let ids = lock(&self.world.book).partners(phone_number_id);
        let customers: Vec<Customer> = {
            let people = lock(&self.world.people);
            ids.into_iter().filter_map(|id| people.by_id(id)).collect()
        };
        customers
            .into_iter()
            .map(|customer| (customer.clone(), self.thread(phone_number_id, &customer)))
            .collect()
    }

    /// How many calls wait on the wire now (see [`Script::stall`](crate::Script::stall)).
    pub fn stalled(&self) -> usize {
        *self.world.stalled.borrow()
    }

    /// Whether webhooks of an account, or of a number's account, are sent at all.
    pub fn is_subscribed(&self, id: &str) -> bool {
        let accounts = lock(&self.world.accounts);
        accounts.waba(id).is_some_and(|waba| !accounts.unsubscribed.contains(&waba))
    }

    /// The first send that fits, also one that came before; `None` when none came in time. Each is
    /// judged once, as it stands when it arrives.
    pub async fn wait_for_send(&self, fits: impl Fn(&Sent) -> bool, within: Duration) -> Option<Sent> {
        let mut changes = self.world.changes.subscribe();
        let mut seen = 0;
        let search = async {
            loop {
                changes.borrow_and_update();
                {
                    let book = lock(&self.world.book);
                    if let Some(sent) = book.sends[seen..].iter().find(|sent| fits(sent)) {
                        return Some(sent.clone());
                    }
                    seen = book.sends.len();
                }
                if changes.changed().await.is_err() {
                    return None;
                }
            }
        };
        timeout(within, search).await.ok().flatten()
    }

    /// Waits until no webhook waits for its 200 and no status is still to come; false when that took
    /// longer.
    pub async fn settled(&self, within: Duration) -> bool {
        let mut pending = self.world.pending.subscribe();
        timeout(within, pending.wait_for(|pending| *pending == 0)).await.is_ok_and(|seen| seen.is_ok())
    }
}
