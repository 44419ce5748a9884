//! What a run said is stopped before it was sent: what it answered is left again.

use chrono::TimeDelta;
use domain::conversation;
use tests::wait::until;

use super::calls::{calling, calls, movable, switch};
use super::stage::said;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_after_a_call_that_is_not_sent_is_given_anew() {
    let (hub, shop, _, id) = calling(movable(), "RESUME").await;
    hub.simulator.script().fail_next(1, simulator::Fault::throttled().retry_after(300));
    shop.hold(false);
    hub.stand(id, &[("QUEUED", 1)]).await;
    switch(&hub, false).await;
    switch(&hub, true).await;
    hub.quiet().await;
    hub.advance(TimeDelta::seconds(301));
    calls(&shop, 2).await;
    until("it asks anew", async || (said(&hub, id).await == ["Which?", "Which?"]).then_some(())).await;
    hub.quiet().await;
    let states: Vec<_> = hub.states(id).await.into_iter().map(|(state, _)| state).collect();
    assert_eq!(states[0], "CANCELLED");
    hub.finish().await;
}

/// Two messages during one call: the turn that brought the second said nothing, so that only the first one's shows that
/// an answer was stopped.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_later_turn_covered_is_left_again_too() {
    let (hub, shop, ada, id) = calling(movable(), "RESUME").await;
    hub.stored(&hub.says(&ada, "this one").await).await;
    let scope = hub.scope();
    until("it is handed on", async || {
        let turns = scope.find::<entity::turn::Entity>().all(scope.reader()).await.unwrap();
        (turns.len() == 2 && turns.iter().all(|turn| turn.ended_at.is_some())).then_some(())
    })
    .await;
    hub.simulator.script().fail_next(1, simulator::Fault::throttled().retry_after(300));
    shop.hold(false);
    hub.stand(id, &[("QUEUED", 1), ("QUEUED", 0)]).await;
    conversation::join(&hub.env, &hub.actor, id).await.unwrap();
    hub.quiet().await;
    hub.advance(TimeDelta::seconds(301));
    conversation::hand_back(&hub.env, &hub.actor, id).await.unwrap();
    calls(&shop, 2).await;
    let texts = ["Which?", "You wrote this one.", "Which?"];
    until("it is answered anew", async || (said(&hub, id).await == texts).then_some(())).await;
    hub.quiet().await;
    let states: Vec<_> = hub.states(id).await.into_iter().map(|(state, _)| state).collect();
    assert_eq!(states[..2], ["CANCELLED", "CANCELLED"]);
    hub.finish().await;
}
