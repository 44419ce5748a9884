//! Scenes that a company knows.

use chrono::TimeDelta;
use serde_json::{Value as Json, json};

use super::{effects, facts, library, said, steps, world};
use crate::workflow::Library;
use crate::workflow::definition::{Key, Name};
use crate::workflow::facts::Silence;
use crate::workflow::journal::Effect;
use crate::workflow::run::{At, Cancel, Doubt, Ended, FaultCode, MAX_DEPTH, Signal};
use crate::workflow::simulate::Simulation;
use crate::workflow::step::Outcome;
use crate::workflow::step::answer::Finding;
use crate::workflow::step::http::Response;

fn assistant() -> Json {
    json!({
        "afterHandBack": "RESTART",
        "start": "answer",
        "steps": [
            {"id": "answer", "kind": "ANSWER", "answered": "listen", "unsure": "person", "failed": "person"},
            {"id": "listen", "kind": "ASK", "answered": "answer", "failed": "end"},
            {"id": "person", "kind": "HAND_OVER", "next": "end"},
            {"id": "end", "kind": "END"},
        ],
    })
}

fn order() -> Json {
    json!({
        "variables": [{"name": "name"}, {"name": "order"}, {"name": "found"}],
        "start": "who",
        "steps": [
            {"id": "who", "kind": "ASK", "text": "What is your name?", "saveAs": "name", "answered": "which",
             "failed": "person"},
            {"id": "which", "kind": "ASK", "text": "Which order, {{ vars.name }}?", "saveAs": "order",
             "timeoutSeconds": 3600, "answered": "look", "timedOut": "person", "failed": "person"},
            {"id": "look", "kind": "HTTP", "method": "GET", "url": "https://shop.example/orders/{{ vars.order|urlencode }}",
             "timeoutSeconds": 5, "saveAs": "found", "succeeded": "tell", "failed": "person", "timedOut": "person"},
            {"id": "tell", "kind": "SEND", "text": "It is {{ vars.found.body.state }}.", "next": "more", "failed": "person"},
            {"id": "more", "kind": "ASK", "text": "Anything else?", "answered": "person", "failed": "end"},
            {"id": "person", "kind": "HAND_OVER",
             "note": "{{ vars.name or 'Somebody' }}, order {{ vars.order or 'unknown' }}", "next": "end"},
            {"id": "end", "kind": "END"},
        ],
    })
}

fn follow_up() -> Json {
    json!({
        "start": "silent",
        "steps": [
            {"id": "silent", "kind": "WAIT", "until": {"afterSeconds": 72_000}, "elapsed": "remind",
             "customerWrote": "silent", "signal": {"name": "stop", "then": "end"}},
            {"id": "remind", "kind": "SEND", "text": "Are you still there, {{ contact.name }}?", "next": "end", "failed": "end"},
            {"id": "end", "kind": "END"},
        ],
    })
}

pub(super) fn begin<'a>(library: &'a Library, key: &str, text: &str) -> Simulation<'a> {
    Simulation::begin(library, &Key::from(key), Some(text), world()).unwrap()
}

fn found(text: &str) -> Outcome {
    Outcome::Knowledge(Finding::Found { text: text.to_owned(), passages: Vec::new(), confidence: 0.9 })
}

fn answered(status: u16, body: &str) -> Outcome {
    Outcome::Http(Response::Answered { status, body: body.to_owned() })
}

#[test]
fn the_assistant_answers_until_it_is_unsure() {
    let library = library(&[("assistant", assistant())]);
    let mut run = begin(&library, "assistant", "When do you open?");
    let first = run.pending().unwrap();
    assert_eq!(first.effect, Effect::Answer { question: "When do you open?".into(), threshold: None });
    run.outside(first.visit, found("At nine."));
    assert_eq!(said(&run), ["At nine."]);
    assert_eq!(run.pending(), None, "it listens");
    run.customer_writes("And what is the meaning of it?");
    let second = run.pending().unwrap();
    assert_ne!(first.visit, second.visit);
    run.outside(second.visit, Outcome::Knowledge(Finding::Doubtful { doubt: Doubt::Unsure }));
    let person = Effect::HandOver { doubt: Some(Doubt::Unsure), note: None };
    assert_eq!(effects(&run).last(), Some(&person));
    assert!(matches!(run.state().at, At::Ended { how: Ended::Completed { .. } }));
}

#[test]
fn what_the_customer_writes_while_a_server_is_asked_is_not_lost() {
    let library = library(&[("order", order())]);
    let mut run = begin(&library, "order", "Hello");
    run.customer_writes("Ana");
    run.customer_writes("4 / 711");
    let call = run.pending().unwrap();
    let Effect::Http(request) = &call.effect else { panic!("{call:?}") };
    assert_eq!(request.url, "https://shop.example/orders/4%20/%20711");
    run.customer_writes("and please hurry");
    assert_eq!(run.pending(), Some(call.clone()), "the call goes on");
    run.outside(call.visit, answered(200, r#"{"state": "on its way"}"#));
    assert_eq!(
        said(&run),
        ["What is your name?", "Which order, Ana?", "It is on its way.", "Anything else?"]
    );
    assert_eq!(run.state().message.as_ref().unwrap().text.as_deref(), Some("and please hurry"));
    let note = Some("Ana, order 4 / 711".to_owned());
    assert_eq!(effects(&run).last(), Some(&Effect::HandOver { doubt: None, note }));
    // What comes late or twice is nothing to anybody.
    let before = run.state().clone();
    run.outside(call.visit, answered(500, ""));
    assert_eq!(run.state(), &before);
}

#[test]
fn every_call_to_the_outside_has_a_way_out_whatever_comes_of_it() {
    let library = library(&[("order", order())]);
    for (result, path) in [
        (Some(answered(404, "not json")), "look.failed"),
        (Some(answered(200, &"x".repeat(100_000))), "look.failed"),
        (Some(Outcome::Http(Response::Unreachable { error: "no route".into() })), "look.failed"),
        (Some(Outcome::Http(Response::TimedOut)), "look.timedOut"),
        (None, "look.timedOut"),
    ] {
        let mut run = begin(&library, "order", "Hello");
        run.customer_writes("Ana");
        run.customer_writes("4711");
        let call = run.pending().unwrap();
        match result {
            Some(result) => run.outside(call.visit, result),
            // Its job never said anything.
            None => run.advance(TimeDelta::minutes(10)),
        }
        assert!(steps(&run).contains(&path.to_owned()), "{:?}", steps(&run));
        assert!(matches!(run.state().at, At::Ended { how: Ended::Completed { .. } }));
    }
}

#[test]
fn an_unanswered_question_times_out_on_its_own_clock() {
    let library = library(&[("order", order())]);
    let mut run = begin(&library, "order", "Hello");
    run.customer_writes("Ana");
    run.advance(TimeDelta::seconds(3_599));
    assert!(!steps(&run).contains(&"which.timedOut".to_owned()));
    run.advance(TimeDelta::seconds(1));
    assert_eq!(steps(&run).last().unwrap(), "end ends");
    assert!(steps(&run).contains(&"which.timedOut".to_owned()));
}

#[test]
fn a_customer_who_is_silent_for_20_hours_is_reminded_once() {
    let library = library(&[("follow-up", follow_up())]);
    let mut run = begin(&library, "follow-up", "Hello");
    run.advance(TimeDelta::hours(19));
    run.customer_writes("one moment");
    run.advance(TimeDelta::hours(19));
    assert_eq!(said(&run), [""; 0]);
    run.advance(TimeDelta::hours(1));
    assert_eq!(said(&run), ["Are you still there, Ana?"]);
    run.advance(TimeDelta::days(3));
    assert_eq!(said(&run).len(), 1);

    let mut stopped = begin(&library, "follow-up", "Hello");
    stopped.signal(Signal { name: Name::from("go"), payload: Json::Null });
    stopped.signal(Signal { name: Name::from("stop"), payload: Json::Null });
    stopped.advance(TimeDelta::hours(22));
    assert_eq!(said(&stopped), [""; 0]);
}

#[test]
fn a_person_who_takes_over_pauses_the_run_and_a_hand_back_resumes_it_where_it_stood() {
    let library = library(&[("order", order())]);
    let mut run = begin(&library, "order", "Hello");
    run.customer_writes("Ana");
    let before = steps(&run).len();
    run.person_acts();
    run.customer_writes("4711");
    run.advance(TimeDelta::hours(2));
    assert_eq!(steps(&run).len(), before, "nothing happens while a person is responsible");
    assert_eq!(run.state().wake_at(), None);
    run.hand_back();
    assert_eq!(steps(&run)[before..], ["which.answered", "look waits"], "the answer counts, not the time");
}

#[test]
fn a_session_that_ends_ends_its_run() {
    let library = library(&[("order", order())]);
    let mut run = begin(&library, "order", "Hello");
    run.advance(TimeDelta::hours(24));
    let how = Ended::Cancelled { reason: Cancel::SessionClosed };
    assert_eq!(run.state().at, At::Ended { how });
}

#[test]
fn nothing_is_said_when_nothing_may_be_said() {
    let library = library(&[("order", order()), ("follow-up", follow_up())]);
    let silent = |silent, asked| {
        let facts = crate::workflow::facts::Facts { silent, asked, ..facts() };
        let world = crate::workflow::simulate::World { facts, ..world() };
        Simulation::begin(&library, &Key::from("order"), Some("Hello"), world).unwrap()
    };
    for run in [
        silent(Some(Silence::WindowClosed), false),
        silent(Some(Silence::PersonActed), false),
        silent(None, true),
    ] {
        assert_eq!(said(&run), [""; 0]);
        assert_eq!(steps(&run), ["who.failed", "person.next", "end ends"]);
    }
}

#[test]
fn a_workflow_calls_another_and_goes_on_with_its_result() {
    let caller = json!({
        "variables": [{"name": "sum"}],
        "start": "add",
        "steps": [
            {"id": "add", "kind": "CALL", "workflow": "adder", "inputs": [{"variable": "a", "value": "message.number + 1"}],
             "saveAs": "sum", "returned": "say", "failed": "sorry"},
            {"id": "say", "kind": "SEND", "text": "{{ vars.sum }}", "next": "end", "failed": "end"},
            {"id": "sorry", "kind": "SEND", "text": "Sorry", "next": "end", "failed": "end"},
            {"id": "end", "kind": "END", "result": "vars.sum"},
        ],
    });
    let adder = json!({
        "variables": [{"name": "a", "initial": "0"}, {"name": "b"}],
        "start": "ask",
        "steps": [
            {"id": "ask", "kind": "ASK", "text": "And what?", "saveAs": "b", "answered": "end", "failed": "end"},
            {"id": "end", "kind": "END", "result": "vars.a + vars.b|int"},
        ],
    });
    let library = library(&[("caller", caller.clone()), ("adder", adder)]);
    let mut run = begin(&library, "caller", "Hello");
    assert_eq!(run.state().frames.len(), 2);
    run.customer_writes("40");
    assert_eq!(said(&run), ["And what?", "42"]);
    assert_eq!(run.state().at, At::Ended { how: Ended::Completed { result: json!(42) } });

    // What the called one cannot do takes the caller's own way out, and so does one that there is not.
    let mut run = begin(&library, "caller", "Hello");
    run.customer_writes("many");
    assert_eq!(said(&run), ["And what?", "Sorry"], "{:?}", steps(&run));
    let alone = super::unchecked(&[("caller", caller)]);
    assert_eq!(said(&begin(&alone, "caller", "Hello")), ["Sorry"]);
}

#[test]
fn workflows_that_call_each_other_for_ever_come_to_an_end() {
    let circle = json!({
        "start": "again",
        "steps": [
            {"id": "again", "kind": "CALL", "workflow": "circle", "returned": "end", "failed": "end"},
            {"id": "end", "kind": "END"},
        ],
    });
    let library = library(&[("circle", circle)]);
    let run = begin(&library, "circle", "Hello");
    assert_eq!(run.state().at, At::Ended { how: Ended::Completed { result: Json::Null } });
    let (deep, back): (Vec<_>, Vec<_>) = steps(&run).into_iter().partition(|step| step == "again calls");
    assert_eq!(deep.len(), MAX_DEPTH);
    assert_eq!((back[0].as_str(), back[2].as_str()), ("again.failed", "again.returned"));
}

#[test]
fn steps_see_what_the_steps_before_them_did() {
    let definition = json!({
        "start": "tag",
        "steps": [
            {"id": "tag", "kind": "TAG", "add": ["vip"], "next": "person"},
            {"id": "person", "kind": "HAND_OVER", "next": "which"},
            {"id": "which", "kind": "BRANCH", "otherwise": "end",
             "cases": [{"when": "'vip' in conversation.tags and not conversation.bot", "then": "back"}]},
            {"id": "back", "kind": "HAND_BACK", "next": "close"},
            {"id": "close", "kind": "CLOSE"},
            {"id": "end", "kind": "END"},
        ],
    });
    let library = library(&[("w", definition)]);
    let run = begin(&library, "w", "Hello");
    assert_eq!(steps(&run), ["tag.next", "person.next", "which.cases[0]", "back.next", "close ends"]);
}

#[test]
fn what_does_not_fit_takes_the_way_out_of_its_step() {
    let filled = |n: usize| json!({"name": format!("v{n}"), "initial": "'x' * 32000"});
    let definition = json!({
        "variables": [filled(0), filled(1), filled(2), filled(3), {"name": "found"}],
        "start": "look",
        "steps": [
            {"id": "look", "kind": "HTTP", "method": "POST", "url": "https://shop.example/", "timeoutSeconds": 5,
             "saveAs": "found", "succeeded": "end", "failed": "end", "timedOut": "end"},
            {"id": "end", "kind": "END"},
        ],
    });
    let library = library(&[("w", definition)]);
    for body in [format!("\"{}\"", "y".repeat(8_000)), "[".repeat(100) + &"]".repeat(100)] {
        let mut run = begin(&library, "w", "Hello");
        run.outside(run.pending().unwrap().visit, answered(200, &body));
        assert_eq!(steps(&run), ["look waits", "look.failed", "end ends"]);
    }
    let too_much = json!({
        "variables": (0..50).map(filled).collect::<Vec<_>>(), "start": "end", "steps": [{"id": "end", "kind": "END"}],
    });
    let library = super::library(&[("w", too_much)]);
    let fault = Simulation::begin(&library, &Key::from("w"), None, world()).unwrap_err();
    assert_eq!(fault.code, FaultCode::TooLarge);
}

#[test]
fn a_backlog_is_worked_off_and_signals_push_out_no_message() {
    let definition = json!({
        "start": "answer",
        "steps": [
            {"id": "answer", "kind": "ANSWER", "answered": "listen", "unsure": "listen", "failed": "listen"},
            {"id": "listen", "kind": "ASK", "answered": "which", "failed": "end"},
            {"id": "which", "kind": "BRANCH", "cases": [{"when": "message.text == 'stop'", "then": "end"}], "otherwise": "listen"},
            {"id": "end", "kind": "END"},
        ],
    });
    let library = library(&[("w", definition)]);
    let mut run = begin(&library, "w", "Hello");
    let busy = run.pending().unwrap().visit;
    for n in 0..80 {
        run.customer_writes(&format!("message {n}"));
    }
    for _ in 0..150 {
        run.signal(Signal { name: Name::from("position"), payload: Json::Null });
    }
    run.outside(busy, found("At nine."));
    assert!(matches!(run.state().at, At::Waiting { .. }), "{:?}", run.state().at);
    assert_eq!(run.state().message.as_ref().unwrap().text.as_deref(), Some("message 79"));
}

#[test]
fn a_workflow_that_restarts_begins_anew_after_a_hand_back() {
    let library = library(&[("assistant", assistant())]);
    let mut run = begin(&library, "assistant", "When do you open?");
    run.outside(run.pending().unwrap().visit, found("At nine."));
    run.person_acts();
    run.customer_writes("And on Sundays?");
    run.hand_back();
    let question = run.pending().unwrap().effect;
    assert_eq!(question, Effect::Answer { question: "And on Sundays?".into(), threshold: None });
}

#[test]
fn a_choice_is_made_by_its_number_or_its_words() {
    let menu = json!({
        "variables": [{"name": "topic"}],
        "start": "menu",
        "steps": [
            {"id": "menu", "kind": "CHOOSE", "text": "What is it about?", "saveAs": "topic",
             "options": [{"label": "My order", "then": "done"}, {"label": "退貨", "then": "done"}],
             "timeoutSeconds": 60, "otherwise": "menu", "timedOut": "late", "failed": "done"},
            {"id": "late", "kind": "SEND", "text": "Nobody there?", "next": "done", "failed": "done"},
            {"id": "done", "kind": "END", "result": "vars.topic"},
        ],
    });
    let library = library(&[("menu", menu)]);
    for (written, chosen) in [("1", "My order"), (" 2. ", "退貨"), ("my ORDER", "My order"), ("退貨", "退貨")]
    {
        let mut simulation = Simulation::begin(&library, &Key::from("menu"), None, world()).unwrap();
        assert_eq!(said(&simulation), ["What is it about?\n1. My order\n2. 退貨"]);
        simulation.customer_writes("0");
        assert_eq!(said(&simulation).len(), 2, "it is asked again");
        simulation.customer_writes(written);
        let ended = At::Ended { how: Ended::Completed { result: json!(chosen) } };
        assert_eq!(simulation.state().at, ended, "{written}");
    }
    let mut simulation = Simulation::begin(&library, &Key::from("menu"), None, world()).unwrap();
    simulation.advance(TimeDelta::seconds(60));
    assert_eq!(said(&simulation)[1..], ["Nobody there?"]);
}
