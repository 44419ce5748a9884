//! Faults on order: the script's switches as one JSON object, each of them optional.

mod form;

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::refusal;
use crate::{lock::lock, script::Script, world::Simulator};
use form::{Orders, delay};

/// An account, or one of its numbers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    id: String,
}

pub(crate) async fn faults(State(simulator): State<Simulator>, Json(orders): Json<Orders>) -> Response {
    obey(orders, &simulator);
    done()
}

pub(crate) async fn offboard(State(simulator): State<Simulator>, Json(which): Json<Which>) -> Response {
    board(&simulator, &which.id, true)
}

pub(crate) async fn reconnect(State(simulator): State<Simulator>, Json(which): Json<Which>) -> Response {
    board(&simulator, &which.id, false)
}

pub(crate) async fn unsubscribe(State(simulator): State<Simulator>, Json(which): Json<Which>) -> Response {
    if lock(&simulator.world.accounts).waba(&which.id).is_none() {
        return refusal(StatusCode::NOT_FOUND, "no such account or number");
    }
    simulator.script().unsubscribe(&which.id);
    done()
}

/// News of an account, as Meta writes them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct News {
    id: String,
    field: String,
    value: serde_json::Value,
}

pub(crate) async fn account_news(State(simulator): State<Simulator>, Json(news): Json<News>) -> Response {
    match simulator.account_news(&news.id, &news.field, &news.value) {
        true => done(),
        false => refusal(StatusCode::NOT_FOUND, "no such account or number"),
    }
}

fn board(simulator: &Simulator, id: &str, off: bool) -> Response {
    if lock(&simulator.world.accounts).waba(id).is_none() {
        return refusal(StatusCode::NOT_FOUND, "no such account or number");
    }
    simulator.board(id, off);
    done()
}

fn done() -> Response {
    Json(json!({ "success": true })).into_response()
}

/// Passes an order on, if it was given.
fn turn<T>(script: &Script, order: Option<T>, switch: impl FnOnce(&Script, T)) {
    if let Some(order) = order {
        switch(script, order);
    }
}

fn obey(orders: Orders, simulator: &Simulator) {
    let script = &simulator.script();
    if orders.calm {
        script.calm();
    }
    turn(script, orders.statuses, |s, on| _ = s.statuses(on));
    turn(script, orders.statuses_before_answer, |s, on| _ = s.statuses_before_answer(on));
    turn(script, orders.ladder, |s, steps| _ = s.ladder(steps.into()));
    turn(script, orders.answer_delay, |s, millis| _ = s.answer_delay(delay(millis)));
    turn(script, orders.fail_next, |s, o| _ = s.fail_next(o.count, o.error.into()));
    turn(script, orders.fail_later, |s, o| _ = s.fail_later(o.count, o.error.into()));
    turn(script, orders.fail_rate, |s, o| _ = s.fail_rate(o.rate, o.error.into()));
    turn(script, orders.drop_next, |s, n| _ = s.drop_next(n));
    turn(script, orders.drop_rate, |s, rate| _ = s.drop_rate(rate));
    turn(script, orders.outage, |s, away| _ = s.outage(away.into()));
    turn(script, orders.stall, |s, on| _ = s.stall(on));
    turn(script, orders.expire_tokens, |s, on| _ = s.expire_tokens(on));
    turn(script, orders.duplicates, |s, c| _ = s.duplicates(c.rate, delay(c.millis)));
    turn(script, orders.reorder, |s, c| _ = s.reorder(c.rate, delay(c.millis)));
    turn(script, orders.ghosts, |s, c| _ = s.ghosts(c.rate, delay(c.millis)));
    turn(script, orders.webhook_delay, |s, millis| _ = s.webhook_delay(delay(millis)));
    turn(script, orders.batch, |s, most| _ = s.batch(most));
    turn(script, orders.enforce_window, |s, on| _ = s.enforce_window(on));
    turn(script, orders.throughput, |s, most| _ = s.throughput(most));
    turn(script, orders.pair_limit, |s, pair| {
        s.pair_limit(pair.map(|pair| (Duration::from_millis(pair.every), pair.burst)));
    });
    turn(script, orders.on_business_app, |s, on| _ = s.on_business_app(on));
    turn(script, orders.number_status, |s, status| _ = s.number_status(&status));
    match orders.hold {
        Some(true) => simulator.hold_sends(),
        Some(false) => simulator.release_sends(),
        None => {}
    }
}
