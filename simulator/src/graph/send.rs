//! `POST /{phone_number_id}/messages`: receipt, decision, record, and only then the answer.
//!
//! Invariant: a message is recorded and on the customer's phone before anything waits, and what
//! follows the acceptance runs on when the caller hangs up.

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::{
    message::{self, To, Wish},
    request::Request,
};
use crate::{
    content::Content,
    customer::Customer,
    fault::Fault,
    ladder::{self, Climber},
    listener::Cut,
    lock::lock,
    number::Number,
    pending::Pending,
    sent::{Outcome, Read, Sent},
    thread::{Side, ThreadMessage},
    world::Simulator,
};

/// How an accepted send ends for its caller.
enum Ending {
    Answer(Value),
    Error(Fault),
    Cut,
}

pub(crate) async fn post(
    simulator: &Simulator,
    id: &str,
    request: &Request,
    line: &Cut,
) -> Result<Value, Fault> {
    let (wish, number) = match check(simulator, id, request) {
        Ok(checked) => checked,
        Err(fault) => {
            if !is_receipt(request) {
                record_refused(simulator, id, request, fault.code);
            }
            return Err(fault);
        }
    };
    let to = match wish {
        Wish::Send(to) => to,
        Wish::Read { message_id, typing } => {
            let read = Read { phone_number_id: id.into(), message_id, typing, at: simulator.now() };
            lock(&simulator.world.book).reads.push(read);
            simulator.changed();
            return Ok(json!({ "success": true }));
        }
    };
    let (To::Phone(name) | To::UserId(name)) = &to;
    if lock(&simulator.world.people).is_given_up(name) {
        let fault = Fault::undeliverable();
        record_refused(simulator, id, request, fault.code);
        return Err(fault);
    }
    let customer = match &to {
        To::Phone(phone) => simulator.customer(Some(phone), None, ""),
        To::UserId(user_id) => simulator.customer(None, Some(user_id), ""),
    };
    let fault = trouble(simulator, &number, &customer);
    if let Some(fault) = fault.as_ref().filter(|fault| !fault.after_accept) {
        record_refused(simulator, id, request, fault.code);
        let delay = simulator.settings(|settings| settings.answer_delay);
        tokio::time::sleep(simulator.world.dice.delay(delay)).await;
        return Err(fault.clone());
    }
    let (wamid, ending) = accept(simulator, &number, &customer, &to, request, fault);
    wait(simulator, number, customer, wamid, request).await;
    match ending {
        Ending::Answer(value) => Ok(value),
        Ending::Error(fault) => Err(fault),
        Ending::Cut => {
            line.cut();
            Ok(Value::Null)
        }
    }
}

/// What is wrong with the request itself.
fn check(simulator: &Simulator, id: &str, request: &Request) -> Result<(Wish, Number), Fault> {
    let number = request.number(simulator, id)?;
    if simulator.is_offboarded(id) {
        return Err(Fault::not_registered());
    }
    let body =
        request.json.as_ref().ok_or_else(|| Fault::parameter("Invalid parameter").details("not JSON"))?;
    Ok((message::read(body)?, number))
}

/// What goes wrong with a valid request: first the limits, then the script.
fn trouble(simulator: &Simulator, number: &Number, customer: &Customer) -> Option<Fault> {
    let at = simulator.now();
    let (window, throughput, pair) = simulator.settings(|s| (s.window, s.throughput, s.pair));
    if window {
        let last = lock(&simulator.world.book).last_customer_message(&number.phone_number_id, customer.id);
        if last.is_none_or(|last| at - last >= chrono::TimeDelta::hours(24)) {
            return Some(Fault::window_closed());
        }
    }
    {
        let mut limits = lock(&simulator.world.limits);
        if !limits.pass_number(&number.phone_number_id, throughput, at) {
            return Some(Fault::throttled());
        }
        if !limits.pass_pair(&number.phone_number_id, customer.id, pair, at) {
            return Some(Fault::pair_throttled());
        }
    }
    simulator.settings(|settings| settings.take_fault(&simulator.world.dice))
}

fn accept(
    simulator: &Simulator,
    number: &Number,
    customer: &Customer,
    to: &To,
    request: &Request,
    fault: Option<Fault>,
) -> (String, Ending) {
    let wamid = simulator.world.dice.wamid();
    let dropped = simulator.settings(|settings| settings.take_drop(&simulator.world.dice));
    let mut sent = sent(simulator, &number.phone_number_id, request);
    sent.wamid = Some(wamid.clone());
    sent.outcome = if dropped || fault.is_some() { Outcome::DroppedAfterAccept } else { Outcome::Accepted };
    let entry = ThreadMessage {
        from: Side::Business,
        app: false,
        text: sent.text.clone(),
        wamid: wamid.clone(),
        reply_to: sent.reply_to.clone(),
        edited: false,
        revoked: false,
        reaction: None,
        unseen: false,
        at: sent.at,
    };
    let input = sent.to.clone().or_else(|| sent.recipient.clone());
    let content = Content::Text(sent.text.clone());
    lock(&simulator.world.book).write(&number.phone_number_id, customer.id, entry, &content);
    record(simulator, sent);
    let contact = match to {
        To::Phone(phone) => json!({"input": input, "wa_id": phone}),
        To::UserId(user_id) => json!({"input": input, "user_id": user_id}),
    };
    let answer =
        json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [{ "id": wamid }]});
    let ending = match fault {
        _ if dropped => Ending::Cut,
        Some(fault) => Ending::Error(fault),
        None => Ending::Answer(answer),
    };
    (wamid, ending)
}

/// Waits until the answer may go out; the statuses follow it, or run ahead if the script says so.
async fn wait(simulator: &Simulator, number: Number, customer: Customer, wamid: String, request: &Request) {
    let json = request.json.as_ref();
    let (delay, ahead, fails) =
        simulator.settings(|s| (s.answer_delay, s.statuses_before_answer, s.take_later()));
    let climber = Climber {
        number,
        customer,
        wamid: wamid.clone(),
        reference: json.and_then(|body| body["biz_opaque_callback_data"].as_str()).map(str::to_owned),
        fails,
        pending: Pending::new(&simulator.world.pending),
    };
    let delay = simulator.world.dice.delay(delay);
    let mut held = simulator.world.held.subscribe();
    let (answer, answered) = oneshot::channel();
    let (inner, listening) = (simulator.inner(), simulator.inner());
    simulator.spawn(async move {
        let hold = async {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            // An error means that the simulator is gone, and so is the caller.
            let _ = held.wait_for(|held| !held).await;
            // The caller may have given up; the message is sent all the same.
            if answer.send(()).is_err() {
                unheard(&listening, &wamid);
            }
        };
        if ahead {
            tokio::join!(hold, ladder::climb(inner, climber));
        } else {
            hold.await;
            ladder::climb(inner, climber).await;
        }
    });
    let _ = answered.await;
}

/// The caller left before the answer.
fn unheard(simulator: &Simulator, wamid: &str) {
    let mut book = lock(&simulator.world.book);
    if let Some(sent) = book.sends.iter_mut().rev().find(|sent| sent.wamid.as_deref() == Some(wamid)) {
        sent.outcome = Outcome::DroppedAfterAccept;
    }
}

/// Records a send that did not leave.
pub(crate) fn record_refused(simulator: &Simulator, id: &str, request: &Request, code: i64) {
    let mut sent = sent(simulator, id, request);
    sent.outcome = Outcome::Refused(code);
    record(simulator, sent);
}

fn is_receipt(request: &Request) -> bool {
    request.json.as_ref().is_some_and(|body| body["status"].is_string())
}

fn sent(simulator: &Simulator, id: &str, request: &Request) -> Sent {
    Sent::read(id, request.json.as_ref().unwrap_or(&Value::Null), simulator.now())
}

fn record(simulator: &Simulator, mut sent: Sent) {
    {
        let mut book = lock(&simulator.world.book);
        sent.sequence = book.sends.len() as u64 + 1;
        book.sends.push(sent);
    }
    simulator.changed();
}
