//! Runs that all want to go on within ten minutes: how late they do.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use domain::database::Durability;
use domain::id::ConversationId;
use domain::workflow::live;
use domain::{Scope, Time};
use rand::Rng;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use tests::wait::until;
use tests::{Hub, Options};
use uuid::Uuid;

use crate::workflows::{publish, start};
use crate::{Sample, line};

/// Runs.
const RUNS: usize = 100_000;
/// Runs of one conversation.
const OF_ONE: usize = 20;
/// Within how long they become due.
const WITHIN: Duration = Duration::from_secs(600);
/// How long writing them takes at most.
const AHEAD: Duration = Duration::from_secs(90);
/// Rows written at once.
const AT_ONCE: usize = 500;

pub async fn run() {
    let hub = Hub::with(Options { durability: Durability::PowerCut, ..Options::default() }).await;
    let asked = hub.stored(&hub.says(&hub.customer("Ada"), "hello").await).await;
    hub.quiet().await;
    let waits = json!({"start": "wait", "steps": [
        {"id": "wait", "kind": "WAIT", "until": {"afterSeconds": 86_400}, "elapsed": "end"},
        {"id": "end", "kind": "END"},
    ]});
    let workflow = publish(&hub, "waits", waits).await;
    let run = start(&hub, workflow, ConversationId(asked.conversation_id)).await;
    let original = until("it waits", async || {
        let rows = live::load(&hub.scope(), &[run]).await.expect("the database answers");
        rows.into_iter().next().filter(|run| run.due_at.is_some() && run.entries > 0)
    })
    .await;
    live::command::cancel(&hub.env, &hub.actor, run).await.expect("it ends");
    hub.quiet().await;
    let began = Instant::now();
    let due = multiply(&hub, &original).await;
    assert!(began.elapsed() < AHEAD, "they were due before they were written");
    tokio::time::sleep(AHEAD + WITHIN - began.elapsed()).await;
    let ended = all_ended(&hub).await;
    let late = |(id, due): (&Uuid, &Time)| (ended[id] - *due).to_std().expect("none goes on before its time");
    let sample = Sample { each: due.iter().map(late).collect(), total: WITHIN };
    let most = sample.at(1.0).as_secs_f64();
    line(
        "lateness of 100,000 runs due at random within ten minutes",
        &format!("{}, most {most:.1} s", sample.percentiles()),
    );
    hub.finish().await;
}

/// Copies the run, each copy with a time of its own, into conversations that are copies too.
async fn multiply(hub: &Hub, run: &entity::workflow_run::Model) -> HashMap<Uuid, Time> {
    let scope = hub.scope();
    let conversation = one::<entity::conversation::Entity>(&scope).await;
    let contact = one::<entity::contact::Entity>(&scope).await;
    let session = one::<entity::session::Entity>(&scope).await;
    let first = hub.env.clock.now() + AHEAD;
    let (mut contacts, mut sessions, mut conversations) = (Vec::new(), Vec::new(), Vec::new());
    let (mut runs, mut due) = (Vec::new(), HashMap::new());
    for _ in 0..RUNS / OF_ONE {
        let (person, talk, chat) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        contacts.push(entity::contact::Model { id: person, ..contact.clone() });
        conversations.push(entity::conversation::Model {
            id: chat,
            contact_id: person,
            session_id: Some(talk),
            ..conversation.clone()
        });
        sessions.push(entity::session::Model { id: talk, conversation_id: chat, ..session.clone() });
        for _ in 0..OF_ONE {
            let at = first + Duration::from_micros(rand::rng().random_range(0..600_000_000));
            let id = Uuid::now_v7();
            due.insert(id, at);
            runs.push(entity::workflow_run::Model {
                id,
                conversation_id: chat,
                session_id: Some(talk),
                cause: format!("copy {id}"),
                state: waiting_until(&run.state, at),
                due_at: Some(at),
                ..run.clone()
            });
        }
    }
    write::<entity::contact::Entity, _>(hub, contacts).await;
    write::<entity::conversation::Entity, _>(hub, conversations).await;
    write::<entity::session::Entity, _>(hub, sessions).await;
    write::<entity::workflow_run::Entity, _>(hub, runs).await;
    due
}

/// The state of a run that waits until then.
fn waiting_until(state: &str, at: Time) -> String {
    let mut state: serde_json::Value = serde_json::from_str(state).expect("a state is JSON");
    let until = &mut state["at"]["wait"]["until"];
    assert!(until.is_string(), "it waits for a time");
    *until = json!(at);
    state.to_string()
}

async fn one<E>(scope: &Scope) -> E::Model
where
    E: EntityTrait + domain::scope::Scoped,
{
    let found = scope.find::<E>().one(scope.reader()).await;
    found.expect("the database answers").expect("there is one")
}

async fn write<E, A>(hub: &Hub, rows: Vec<E::Model>)
where
    E: EntityTrait,
    E::Model: IntoActiveModel<A>,
    A: sea_orm::ActiveModelTrait<Entity = E>,
{
    for some in rows.chunks(AT_ONCE) {
        let some = some.iter().cloned().map(IntoActiveModel::into_active_model);
        E::insert_many(some)
            .exec_without_returning(hub.env.database.writer())
            .await
            .expect("they are written");
    }
}

/// When each run ended.
async fn all_ended(hub: &Hub) -> HashMap<Uuid, Time> {
    use entity::workflow_run::{Column, Entity};
    let began = Instant::now();
    loop {
        let scope = hub.scope();
        let query = scope.find::<Entity>().filter(Column::Status.eq("COMPLETED"));
        let rows = query.all(scope.reader()).await.expect("the database answers");
        if rows.len() == RUNS {
            return rows.into_iter().filter_map(|run| Some((run.id, run.ended_at?))).collect();
        }
        assert!(began.elapsed() < WITHIN, "only {} runs went on", rows.len());
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
}
