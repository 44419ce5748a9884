//! Random graphs that may be published.

use domain::workflow::check::ProblemCode;
use domain::workflow::definition::Key;
use domain::workflow::{Definition, Library, check};
use rand::Rng;
use rand::rngs::StdRng;
use serde_json::{Value, json};

/// What the graphs call: one that asks and gives back what it heard.
pub fn child() -> Value {
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

/// A graph that may be published.
pub fn sound(rng: &mut StdRng, shop: &str, library: &Library) -> Definition {
    loop {
        let count = rng.random_range(2..9);
        let steps: Vec<Value> = (0..count).map(|place| step(rng, shop, place, count)).collect();
        let after = one_of(rng, &["RESUME", "RESTART"]);
        let graph = json!({"variables": [{"name": "x"}, {"name": "y", "initial": "0"}], "afterHandBack": after,
            "start": "s0", "steps": steps});
        let mut graph: Definition = serde_json::from_value(graph).unwrap();
        let mut all = library.clone();
        all.publish(Key::from("graph"), 1, std::sync::Arc::new(graph.clone()));
        let problems = check(&graph, &all);
        let unreached: Vec<_> = problems
            .into_iter()
            .filter(|problem| problem.code == ProblemCode::UnreachableStep)
            .filter_map(|problem| problem.step)
            .collect();
        graph.steps.retain(|step| !unreached.contains(&step.id));
        if graph.steps.len() > 1 && check(&graph, &all).is_empty() {
            return graph;
        }
    }
}

fn one_of<'a>(rng: &mut StdRng, many: &[&'a str]) -> &'a str {
    many[rng.random_range(0..many.len())]
}

fn step(rng: &mut StdRng, shop: &str, place: usize, count: usize) -> Value {
    let mut to = || format!("s{}", rng.random_range(0..count));
    let (a, b, c) = (to(), to(), to());
    let text = one_of(
        rng,
        &[
            "Hi {{ contact.name }}",
            "{{ vars.x }}",
            "{{ vars.x.missing.too }}",
            " ",
            "{{ message.text or '-' }}",
        ],
    );
    let value = one_of(
        rng,
        &[
            "1",
            "vars.x",
            "message.text",
            "vars.x + 1",
            "doubt",
            "now",
            "['a', {'b': 2}]",
            "1 / 11",
            "session.number",
        ],
    );
    let (seconds, yes) = (rng.random_range(1..200), rng.random_bool(0.5));
    // Hubs of tests begin at nine. What is past does not wait, and what is no time is a fault.
    let at = format!("'2026-03-02T{:02}:{:02}:00Z'", rng.random_range(9..15), rng.random_range(0..60));
    let at = one_of(rng, &[&at, &at, "now", "vars.y"]);
    let id = format!("s{place}");
    match rng.random_range(0..22) {
        0 => json!({"id": id, "kind": "SEND", "text": text, "next": a, "failed": b}),
        1 | 2 if yes => {
            json!({"id": id, "kind": "ASK", "text": text, "saveAs": "x", "timeoutSeconds": seconds, "answered": a, "timedOut": b, "failed": c})
        }
        1 | 2 => json!({"id": id, "kind": "ASK", "answered": a, "failed": c}),
        3 => {
            json!({"id": id, "kind": "BRANCH", "cases": [{"when": value, "then": a}, {"when": "vars.y", "then": b}], "otherwise": c})
        }
        4 => {
            json!({"id": id, "kind": "SET", "assignments": [{"variable": if yes { "x" } else { "y" }, "value": value}], "next": a})
        }
        5 | 6 if yes => {
            json!({"id": id, "kind": "WAIT", "until": {"afterSeconds": seconds}, "elapsed": a, "customerWrote": b, "signal": {"name": "go", "saveAs": "y", "then": c}})
        }
        5 | 6 => json!({"id": id, "kind": "WAIT", "until": {"afterSeconds": seconds}, "elapsed": a}),
        7 => json!({"id": id, "kind": "ANSWER", "answered": a, "unsure": b, "failed": c}),
        8 => json!({"id": id, "kind": "HAND_OVER", "note": text, "next": a}),
        9 => json!({"id": id, "kind": "HAND_BACK", "next": a}),
        10 => json!({"id": id, "kind": "TAG", "add": ["t"], "remove": ["u"], "next": a}),
        11 | 16..=20 => {
            json!({"id": id, "kind": "HTTP", "method": "GET", "url": format!("{shop}/{}", if yes { "none" } else { "1" }), "timeoutSeconds": 5, "saveAs": "y", "succeeded": a, "failed": b, "timedOut": c})
        }
        12 => {
            json!({"id": id, "kind": "CALL", "workflow": "child", "inputs": [{"variable": "heard", "value": value}], "saveAs": "x", "returned": a, "failed": c})
        }
        13 => json!({"id": id, "kind": "CLOSE"}),
        14 => {
            json!({"id": id, "kind": "CHOOSE", "text": text, "options": [{"label": "Ana", "then": a}, {"label": "4711", "then": b}], "otherwise": c, "failed": a})
        }
        15 => json!({"id": id, "kind": "WAIT", "until": {"at": at}, "elapsed": a, "customerWrote": b}),
        _ => json!({"id": id, "kind": "END", "result": value}),
    }
}
