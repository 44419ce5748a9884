//! The phones: customers, and the business's own app.
//!
//! Invariant: what a phone sends is in its thread before its webhook is queued; while the number is
//! offboarded the thread grows and no webhook is queued.

use serde_json::Value;

use crate::{
    content::Content,
    customer::Customer,
    lock::lock,
    number::Number,
    payload,
    pending::Pending,
    thread::{Side, ThreadMessage},
    world::Simulator,
};

impl Simulator {
    /// The customer with this number or user id, made when unknown. Without both a phone number is
    /// made up, without a user id that is; a user id alone is a customer who hides the number.
    pub fn customer(&self, wa_id: Option<&str>, user_id: Option<&str>, name: &str) -> Customer {
        lock(&self.world.people).find_or_make(wa_id, user_id, name, &self.world.dice)
    }

    /// The customer writes a text. Returns its id at once; the webhook is on its way.
    pub async fn customer_says(&self, phone_number_id: &str, customer: &Customer, text: &str) -> String {
        self.customer_sends(phone_number_id, customer, &Content::Text(text.into())).await
    }

    /// The customer sends anything.
    pub async fn customer_sends(
        &self,
        phone_number_id: &str,
        customer: &Customer,
        content: &Content,
    ) -> String {
        let (wamid, customer) = (self.world.dice.wamid(), self.current(customer));
        let unseen = self.write(phone_number_id, &customer, Side::Customer, &wamid, content);
        let Some(number) = self.number(phone_number_id).filter(|_| !unseen) else { return wamid };
        let at = self.now();
        let most = self.settings(|settings| settings.throughput);
        lock(&self.world.limits).count_inbound(phone_number_id, most, at);
        let real = payload::message(&number, &customer, &wamid, content, at);
        let ghost = match content.target() {
            None => self.settings(|settings| settings.take_ghost(&self.world.dice)),
            Some(_) => None,
        };
        match ghost {
            None => self.queue(&number, "messages", real),
            Some(gap) => {
                self.queue(&number, "messages", payload::ghost(&number, &customer, &wamid, at));
                let (simulator, pending) = (self.inner(), Pending::new(&self.world.pending));
                self.spawn(async move {
                    tokio::time::sleep(gap).await;
                    simulator.queue(&number, "messages", real);
                    drop(pending);
                });
            }
        }
        wamid
    }

    /// The placeholder of a message that never becomes readable (131060).
    pub async fn customer_ghost(&self, phone_number_id: &str, customer: &Customer) -> String {
        let (wamid, customer) = (self.world.dice.wamid(), self.current(customer));
        let unseen =
            self.write(phone_number_id, &customer, Side::Customer, &wamid, &Content::Text(String::new()));
        if let Some(number) = self.number(phone_number_id).filter(|_| !unseen) {
            self.queue(&number, "messages", payload::ghost(&number, &customer, &wamid, self.now()));
        }
        wamid
    }

    /// Somebody types a text in the business's phone app.
    pub async fn business_types(&self, phone_number_id: &str, customer: &Customer, text: &str) -> String {
        self.business_sends(phone_number_id, customer, &Content::Text(text.into())).await
    }

    /// Somebody sends anything from the business's phone app.
    pub async fn business_sends(
        &self,
        phone_number_id: &str,
        customer: &Customer,
        content: &Content,
    ) -> String {
        let (wamid, customer) = (self.world.dice.wamid(), self.current(customer));
        let unseen = self.write(phone_number_id, &customer, Side::Business, &wamid, content);
        if let Some(number) = self.number(phone_number_id).filter(|_| !unseen) {
            let echo = payload::echo(&number, &customer, &wamid, content, self.now());
            self.queue(&number, "smb_message_echoes", echo);
        }
        wamid
    }

    /// The customer gets a new user id; `user_id_update` is queued. The old handle stays good.
    pub async fn change_user_id(
        &self,
        phone_number_id: &str,
        customer: &Customer,
        user_id: &str,
    ) -> Customer {
        let previous = self.current(customer).user_id;
        let customer = lock(&self.world.people).set_user_id(customer, user_id);
        if let Some(number) = self.number(phone_number_id) {
            let update = payload::user_id_update(&number, &customer, &previous, self.now());
            self.queue(&number, "user_id_update", update);
        }
        customer
    }

    /// The customer moves to another phone number; the notice of it is queued. The old handle stays good.
    pub async fn change_number(&self, phone_number_id: &str, customer: &Customer, wa_id: &str) -> Customer {
        let before = self.current(customer);
        let customer = lock(&self.world.people).set_phone(customer, wa_id);
        if let Some(number) = self.number(phone_number_id) {
            let wamid = self.world.dice.wamid();
            let notice = payload::number_change(&number, &before, wa_id, &wamid, self.now());
            self.queue(&number, "messages", notice);
        }
        customer
    }

    /// Posts exactly these bytes once to the app's callback, signed. Returns the status, 0 when there
    /// was no answer.
    pub async fn post_raw(&self, app: &str, body: Vec<u8>) -> u16 {
        self.world.courier.post(self, app, &body).await.unwrap_or(0)
    }

    /// The handshake that Meta makes when a callback is saved: true when the callback echoed the
    /// challenge with a 200.
    pub async fn handshake(&self, app: &str, verify_token: &str) -> bool {
        self.world.courier.handshake(self, app, verify_token).await.unwrap_or(false)
    }

    /// The account leaves the Cloud API, or comes back.
    pub(crate) fn board(&self, id: &str, off: bool) {
        let numbers: Vec<Number> = {
            let mut accounts = lock(&self.world.accounts);
            let Some(waba) = accounts.waba(id) else { return };
            let changed = if off {
                accounts.offboarded.insert(waba.clone())
            } else {
                accounts.offboarded.remove(&waba)
            };
            if !changed {
                return;
            }
            accounts.of_waba(&waba).cloned().collect()
        };
        let event = if off { "ACCOUNT_OFFBOARDED" } else { "ACCOUNT_RECONNECTED" };
        self.tell_apps(&numbers, "account_update", &payload::account_update(event));
    }

    /// News of an account (or of a number's account) in one of Meta's account-level fields, as it is written: for
    /// example `account_update` with `{"event": "PARTNER_REMOVED"}`. False when nobody has the account.
    pub fn account_news(&self, id: &str, field: &str, value: &Value) -> bool {
        let numbers: Vec<Number> = {
            let accounts = lock(&self.world.accounts);
            let waba = accounts.waba(id);
            waba.iter().flat_map(|waba| accounts.of_waba(waba)).cloned().collect()
        };
        self.tell_apps(&numbers, field, value);
        !numbers.is_empty()
    }

    /// Names only the account, so each app hears it once.
    fn tell_apps(&self, numbers: &[Number], field: &str, value: &Value) {
        let mut told: Vec<&str> = Vec::new();
        for number in numbers {
            if !told.contains(&number.app.as_str()) {
                told.push(&number.app);
                let key = format!("{} of {}", number.waba_id, number.app);
                self.world.courier.queue(self, &key, number, field, value.clone());
            }
        }
    }

    /// Puts it on the phones; true when no webhook may tell of it.
    fn write(&self, number: &str, customer: &Customer, from: Side, wamid: &str, content: &Content) -> bool {
        let unseen = self.is_offboarded(number);
        let entry = ThreadMessage {
            from,
            app: from == Side::Business,
            text: content.text().to_owned(),
            wamid: wamid.to_owned(),
            reply_to: content.quotes().map(str::to_owned),
            edited: false,
            revoked: false,
            reaction: None,
            unseen,
            at: self.now(),
        };
        lock(&self.world.book).write(number, customer.id, entry, content);
        self.changed();
        unseen
    }

    /// Whether the number's account has left.
    pub(crate) fn is_offboarded(&self, phone_number_id: &str) -> bool {
        let accounts = lock(&self.world.accounts);
        accounts
            .numbers
            .get(phone_number_id)
            .is_some_and(|number| accounts.offboarded.contains(&number.waba_id))
    }
}
