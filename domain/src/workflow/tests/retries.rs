//! A step that could not be done, and what becomes of its run.

use serde_json::json;

use super::scenes::begin;
use super::{facts, library};
use crate::workflow::definition::Name;
use crate::workflow::journal::Effect;
use crate::workflow::run::{At, Cancel, Ended, FaultCode, Signal};
use crate::workflow::{Stimulus, step};

#[test]
fn a_failed_step_is_tried_again_and_not_the_steps_before_it() {
    let definition = json!({
        "variables": [{"name": "n"}],
        "start": "first",
        "steps": [
            {"id": "first", "kind": "SEND", "text": "One", "next": "second", "failed": "end"},
            {"id": "second", "kind": "SEND", "text": "{{ conversation.tags[0] }}", "next": "end", "failed": "end"},
            {"id": "end", "kind": "END"},
        ],
    });
    let library = library(&[("w", definition)]);
    let run = begin(&library, "w", "Hello");
    let At::Ended { how: Ended::Failed { fault, .. } } = &run.state().at else { panic!("{:?}", run.state()) };
    assert_eq!(fault.code, FaultCode::Expression);
    assert!(fault.message.starts_with("text: undefined value"), "{fault}");
    let mut facts = facts();
    facts.conversation.tags = vec!["Two".to_owned()];
    let again = step(&library, run.state(), Stimulus::Retry, &facts);
    let texts: Vec<&Effect> = again.effects().map(|(_, effect)| effect).collect();
    assert_eq!(texts, [&Effect::Send { text: "Two".into(), passages: Vec::new(), confidence: None }]);
    assert!(matches!(again.state.at, At::Ended { how: Ended::Completed { .. } }));
}

#[test]
fn a_failed_run_follows_who_is_responsible_and_ends_with_its_session() {
    let definition = json!({
        "start": "say",
        "steps": [
            {"id": "say", "kind": "SEND", "text": "{{ conversation.tags[0] }}", "next": "end", "failed": "end"},
            {"id": "end", "kind": "END"},
        ],
    });
    let library = library(&[("w", definition)]);
    let failed = begin(&library, "w", "Hello").state().clone();
    let heard = |state, stimulus| step(&library, state, stimulus, &facts()).state;
    let paused = heard(&failed, Stimulus::Pause);
    let tried = step(&library, &paused, Stimulus::Retry, &facts());
    assert_eq!((tried.entries.len(), &tried.state.at), (0, &At::Ready), "not while a person is responsible");
    let cancelled = heard(&failed, Stimulus::Cancel(Cancel::SessionClosed));
    assert_eq!(cancelled.at, At::Ended { how: Ended::Cancelled { reason: Cancel::SessionClosed } });
    assert_eq!(heard(&cancelled, Stimulus::Retry), cancelled, "and it is not revived");
}

#[test]
fn a_step_that_waited_is_not_done_twice_when_it_is_tried_again() {
    let definition = json!({
        "variables": [{"name": "x"}],
        "start": "wait",
        "steps": [
            {"id": "wait", "kind": "WAIT", "until": {"afterSeconds": 60}, "elapsed": "end",
             "signal": {"name": "go", "saveAs": "x", "then": "end"}},
            {"id": "end", "kind": "END"},
        ],
    });
    let library = library(&[("w", definition)]);
    let mut run = begin(&library, "w", "Hello");
    let deep = (0..40).fold(json!(1), |value, _| json!([value]));
    run.signal(Signal { name: Name::from("go"), payload: deep });
    let At::Ended { how: Ended::Failed { fault, .. } } = &run.state().at else { panic!("{:?}", run.state()) };
    assert_eq!(fault.code, FaultCode::TooLarge);
    let again = step(&library, run.state(), Stimulus::Retry, &facts());
    assert!(
        again.entries.iter().all(|entry| entry.visit == 0),
        "it is not begun once more: {:?}",
        again.entries
    );
}
