//! Random graphs in random trouble: whatever their authors drew and whatever happens, a run keeps its promises.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};

use super::{facts, library};
use crate::workflow::definition::{Definition, Key, Name};
use crate::workflow::facts::{Facts, Silence, Written};
use crate::workflow::journal::{Effect, Entry, Outcome as Led, Transition};
use crate::workflow::run::{At, Cancel, Doubt, Ended, FaultCode, Mail, Signal, State, Wait};
use crate::workflow::step::Outcome;
use crate::workflow::step::answer::Finding;
use crate::workflow::step::http::Response;
use crate::workflow::{Library, MAX_STEPS, Stimulus, begin, check, step};

/// What the graphs call: one that asks and gives back what it heard.
fn child() -> Json {
    json!({
        "variables": [{"name": "heard"}],
        "start": "ask",
        "steps": [
            {"id": "ask", "kind": "ASK", "saveAs": "heard", "timeoutSeconds": 30, "answered": "end", "timedOut": "odd", "failed": "end"},
            {"id": "odd", "kind": "END", "result": "vars.heard.missing"},
            {"id": "end", "kind": "END", "result": "vars.heard"},
        ],
    })
}

/// A step of any kind, whose paths lead to any of `count` steps.
fn a_step(place: usize, count: usize) -> impl Strategy<Value = Json> {
    let to = move || (0..count).prop_map(|n| format!("s{n}"));
    let text = select(vec![
        "Hi {{ contact.name }}",
        "{{ vars.x }}",
        "{{ vars.x.missing.too }}",
        " ",
        "{{ message.text or '-' }}",
    ]);
    let value = select(vec![
        "1",
        "vars.x",
        "message.text",
        "vars.x + 1",
        "doubt",
        "now",
        "['a', {'b': 2}]",
        "1 / 11",
    ]);
    (0..14_u8, to(), to(), to(), to(), text, value, 1..200_u64, any::<bool>()).prop_map(
        move |(kind, a, b, c, d, text, value, seconds, yes)| {
            let id = format!("s{place}");
            match kind {
                0 => json!({"id": id, "kind": "SEND", "text": text, "next": a, "failed": b}),
                1 if yes => json!({"id": id, "kind": "ASK", "text": text, "saveAs": "x", "timeoutSeconds": seconds, "answered": a, "timedOut": b, "failed": c}),
                1 => json!({"id": id, "kind": "ASK", "answered": a, "failed": c}),
                2 => json!({"id": id, "kind": "BRANCH", "cases": [{"when": value, "then": a}, {"when": "vars.y", "then": b}], "otherwise": c}),
                3 => json!({"id": id, "kind": "SET", "assignments": [{"variable": if yes { "x" } else { "y" }, "value": value}], "next": a}),
                4 if yes => json!({"id": id, "kind": "WAIT", "until": {"afterSeconds": seconds}, "elapsed": a, "customerWrote": b, "signal": {"name": "go", "saveAs": "y", "then": c}}),
                4 => json!({"id": id, "kind": "WAIT", "until": {"at": value}, "elapsed": a}),
                5 => json!({"id": id, "kind": "ANSWER", "answered": a, "unsure": b, "failed": c}),
                6 => json!({"id": id, "kind": "HAND_OVER", "note": text, "next": a}),
                7 => json!({"id": id, "kind": "HAND_BACK", "next": a}),
                8 => json!({"id": id, "kind": "TAG", "add": ["t"], "remove": ["u"], "next": a}),
                9 => json!({"id": id, "kind": "HTTP", "method": "POST", "url": format!("https://x.example/{value}"), "body": text, "timeoutSeconds": 1 + seconds % 10, "saveAs": "y", "succeeded": a, "failed": b, "timedOut": c}),
                10 => json!({"id": id, "kind": "CALL", "workflow": if yes { "child" } else { "nobody" }, "inputs": [{"variable": "heard", "value": value}], "saveAs": "x", "returned": a, "failed": d}),
                11 => json!({"id": id, "kind": "CLOSE"}),
                12 => json!({"id": id, "kind": "CHOOSE", "text": text, "options": [{"label": "Ana", "then": a}, {"label": "Bea", "then": b}], "saveAs": "x", "timeoutSeconds": seconds, "otherwise": c, "timedOut": d, "failed": a}),
                _ => json!({"id": id, "kind": "END", "result": value}),
            }
        },
    )
}

/// A graph; what cannot be reached is taken away, so that more of them are sound.
fn a_graph() -> impl Strategy<Value = Definition> {
    let steps =
        (1..9_usize).prop_flat_map(|count| (0..count).map(|place| a_step(place, count)).collect::<Vec<_>>());
    steps.prop_map(|steps| {
        let graph = json!({"variables": [{"name": "x"}, {"name": "y", "initial": "0"}], "start": "s0", "steps": steps});
        let mut graph: Definition = serde_json::from_value(graph).unwrap();
        let unreached: BTreeSet<_> = check(&graph, &Library::default())
            .into_iter()
            .filter(|problem| problem.code == check::ProblemCode::UnreachableStep)
            .filter_map(|problem| problem.step)
            .collect();
        graph.steps.retain(|step| !unreached.contains(&step.id));
        graph
    })
}

/// Something that happens; results are for the step that waits, or for one that does not.
#[derive(Debug, Clone)]
enum Trouble {
    Writes(String),
    Media,
    Signal(bool),
    Time(i64),
    Result(u8, bool),
    Pause,
    Resume,
    Silence(Option<Silence>),
    Asked(bool),
    Look,
    Retry,
    Cancel,
}

fn trouble() -> impl Strategy<Value = Trouble> {
    prop_oneof![
        6 => select(vec!["Ana", "4711", "", "a longer text\nof two lines"]).prop_map(|text| Trouble::Writes(text.to_owned())),
        1 => Just(Trouble::Media),
        2 => any::<bool>().prop_map(Trouble::Signal),
        6 => (0..400_i64).prop_map(Trouble::Time),
        6 => (0..6_u8, prop::bool::weighted(0.8)).prop_map(|(kind, right)| Trouble::Result(kind, right)),
        1 => Just(Trouble::Pause),
        2 => Just(Trouble::Resume),
        1 => select(vec![None, None, Some(Silence::WindowClosed), Some(Silence::PersonActed)]).prop_map(Trouble::Silence),
        1 => prop::bool::weighted(0.2).prop_map(Trouble::Asked),
        1 => Just(Trouble::Look),
        2 => Just(Trouble::Retry),
        1 => prop::bool::weighted(0.05).prop_map(|yes| if yes { Trouble::Cancel } else { Trouble::Look }),
    ]
}

fn result(kind: u8) -> Outcome {
    match kind {
        0 => Outcome::Knowledge(Finding::Found {
            text: "At nine.".into(),
            passages: Vec::new(),
            confidence: 0.8,
        }),
        1 => Outcome::Knowledge(Finding::Doubtful { doubt: Doubt::Requested }),
        2 => Outcome::Knowledge(Finding::Doubtful { doubt: Doubt::ModelDown }),
        3 => Outcome::Http(Response::Answered {
            status: 200,
            body: r#"{"a": [1, 0.13999999999999999]}"#.into(),
        }),
        4 => Outcome::Http(Response::Unreachable { error: "no route".into() }),
        _ => Outcome::Http(Response::TimedOut),
    }
}

struct World {
    facts: Facts,
    written: i64,
}

impl World {
    fn turn(&mut self, state: &State, trouble: Trouble) -> Stimulus {
        match trouble {
            Trouble::Writes(text) => self.message(Some(text)),
            Trouble::Media => self.message(None),
            Trouble::Signal(known) => {
                let name = Name::from(if known { "go" } else { "stay" });
                Stimulus::Signal(Signal { name, payload: json!({"n": self.written}) })
            }
            Trouble::Time(seconds) => {
                self.facts.now += TimeDelta::seconds(seconds);
                Stimulus::Look
            }
            Trouble::Result(kind, right) => {
                let waiting = match &state.at {
                    At::Waiting { visit, .. } => *visit,
                    At::Ready | At::Ended { .. } => 0,
                };
                Stimulus::Result { visit: if right { waiting } else { waiting + 1 }, outcome: result(kind) }
            }
            Trouble::Pause => Stimulus::Pause,
            Trouble::Resume => Stimulus::Resume,
            Trouble::Silence(silent) => {
                self.facts.silent = silent;
                Stimulus::Look
            }
            Trouble::Asked(asked) => {
                self.facts.asked = asked;
                Stimulus::Look
            }
            Trouble::Look => Stimulus::Look,
            Trouble::Retry => Stimulus::Retry,
            Trouble::Cancel => Stimulus::Cancel(Cancel::Command),
        }
    }

    fn message(&mut self, text: Option<String>) -> Stimulus {
        self.written += 1;
        Stimulus::Message(Written::one(self.written, text))
    }
}

/// The step that waits, or did before it failed.
fn waits_at(at: &At) -> Option<u64> {
    match at {
        At::Waiting { visit, .. } => Some(*visit),
        At::Ended { how: Ended::Failed { was, .. } } => waits_at(was),
        At::Ready | At::Ended { .. } => None,
    }
}

fn mail(state: &State) -> usize {
    state.mailbox.iter().filter(|mail| matches!(mail, Mail::Message(_))).count()
}

/// How many messages steps took.
fn taken(transition: &Transition) -> usize {
    let took = |entry: &&Entry| match &entry.outcome {
        Led::Went { path } => path == "customerWrote" || entry.input.contains_key("answer"),
        Led::Waits | Led::Called | Led::Ended | Led::TooLate | Led::Failed { .. } => false,
    };
    transition.entries.iter().filter(took).count()
}

fn keeps_its_promises(
    library: &Library,
    sound: bool,
    before: &State,
    stimulus: &Stimulus,
    facts: &Facts,
) -> State {
    let transition = step(library, before, stimulus.clone(), facts);
    // The same again, also from a stored state, is the same.
    let stored: State = serde_json::from_str(&serde_json::to_string(before).unwrap()).unwrap();
    assert_eq!(&stored, before);
    assert_eq!(step(library, &stored, stimulus.clone(), facts), transition);
    let after = &transition.state;
    assert_eq!(&serde_json::from_value::<State>(serde_json::to_value(after).unwrap()).unwrap(), after);

    let ended_before = matches!(before.at, At::Ended { .. });
    let failed_before = matches!(before.at, At::Ended { how: Ended::Failed { .. } });
    if ended_before && !failed_before {
        assert_eq!((after, transition.entries.len()), (before, 0), "what is over stays over");
    }
    if failed_before && *stimulus != Stimulus::Retry {
        assert_eq!(transition.entries.len(), 0, "a failed run does nothing by itself");
    }
    if after.paused {
        assert_eq!(transition.entries.len(), 0, "nothing happens in a paused run");
    }
    // It stands somewhere, unless it is paused.
    assert!(after.paused || after.at != At::Ready, "it goes on as far as it can");
    if let Some(at) = after.wake_at() {
        assert!(at > facts.now, "what is due was done");
    }
    // New steps are numbered without gaps, and no step is begun twice.
    let waited = waits_at(&before.at);
    let mut begun: Vec<u64> = transition.entries.iter().map(|entry| entry.visit).collect();
    begun.retain(|visit| *visit >= before.visits);
    begun.dedup();
    let fresh: BTreeSet<u64> = begun.iter().copied().collect();
    assert_eq!(fresh, (before.visits..after.visits).collect());
    assert!(fresh.len() <= MAX_STEPS * (mail(before) + 2));
    assert!(
        transition
            .entries
            .first()
            .is_none_or(|entry| entry.visit >= before.visits || Some(entry.visit) == waited)
    );
    // A call to the outside that a run waits for was made, once.
    if let At::Waiting { visit, wait: Wait::Outside { .. } } = after.at
        && visit >= before.visits
    {
        let calls = transition
            .effects()
            .filter(|(of, effect)| *of == visit && matches!(effect, Effect::Http(_) | Effect::Answer { .. }));
        assert_eq!(calls.count(), 1);
    }
    for entry in &transition.entries {
        if matches!(entry.outcome, Led::Failed { .. }) {
            assert_eq!(entry.effects, [], "a step that faults has done nothing");
        }
        assert!(
            facts.silent.is_none()
                || !entry.effects.iter().any(|effect| matches!(effect, Effect::Send { .. })),
            "silent"
        );
    }
    if sound && let At::Ended { how: Ended::Failed { fault, .. } } = &after.at {
        assert_eq!(fault.code, FaultCode::Expression, "{fault}");
    }
    // No message is lost.
    if !matches!(after.at, At::Ended { .. }) {
        let posted = usize::from(matches!(stimulus, Stimulus::Message(_)));
        assert_eq!(mail(before) + posted, mail(after) + taken(&transition), "{:#?}", transition.entries);
    }
    transition.state
}

fn cases() -> u32 {
    if std::env::var_os("COLLOQUY_LONG").is_some() { 5_000 } else { 300 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn whatever_happens_a_run_keeps_its_promises(graph in a_graph(), troubles in prop::collection::vec(trouble(), 1..40)) {
        let mut library = library(&[("child", child())]);
        let sound = check(&graph, &library).is_empty();
        library.publish(Key::from("graph"), 1, graph.into());
        let mut world = World { facts: facts(), written: 0 };
        let first = Some(Written::one(0, Some("Hello".into())));
        let mut state = begin(&library, &Key::from("graph"), first, &world.facts).unwrap();
        state = keeps_its_promises(&library, sound, &state, &Stimulus::Look, &world.facts);
        for trouble in troubles {
            let stimulus = world.turn(&state, trouble);
            let next = keeps_its_promises(&library, sound, &state, &stimulus, &world.facts);
            // The same result once more, or a look without a reason, changes nothing.
            if matches!(stimulus, Stimulus::Result { .. } | Stimulus::Look) {
                prop_assert_eq!(&step(&library, &next, stimulus, &world.facts).state, &next);
            }
            state = next;
        }
    }
}

#[test]
fn enough_of_the_random_graphs_are_sound() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let library = library(&[("child", child())]);
    let sound = (0..400)
        .filter(|_| check(&a_graph().new_tree(&mut runner).unwrap().current(), &library).is_empty())
        .count();
    assert!(sound > 40, "{sound} of 400");
}
