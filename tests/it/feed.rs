//! The feed under many writers: dense, in order, nothing missed, nothing repeated.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::id::ConversationId;
use domain::{conversation, feed, seam};
use tests::{Hub, Options};

const WRITERS: usize = 64;
const WRITES: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_reader_misses_or_repeats_a_position_while_64_writers_pause_before_their_commit() {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    let mut conversations = Vec::new();
    for n in 0..WRITERS {
        let customer = hub.customer(&format!("Customer {n}"));
        let message = hub.stored(&hub.says(&customer, "hello").await).await;
        conversations.push(ConversationId(message.conversation_id));
    }
    hub.quiet().await;
    let start = feed::head(&hub.scope()).await.unwrap().last;

    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..4)
        .map(|reader| tokio::spawn(read(hub.env.clone(), hub.scope(), start, reader, done.clone())))
        .collect();
    let writers: Vec<_> = conversations
        .into_iter()
        .enumerate()
        .map(|(n, id)| {
            let (env, actor) = (hub.env.clone(), hub.actor.clone());
            tokio::spawn(async move {
                for write in 0..WRITES {
                    let pause = Duration::from_micros(((n * 7 + write * 13) % 5) as u64 * 700);
                    let pin = conversation::pin(&env, &actor, id, write % 2 == 0);
                    seam::pausing_after_feed(pause, pin).await.expect("it is pinned");
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    done.store(true, Ordering::SeqCst);
    let last = feed::head(&hub.scope()).await.unwrap().last;
    assert_eq!(last - start, (WRITERS * WRITES) as i64, "every write is one event");
    for reader in readers {
        assert_eq!(reader.await.unwrap(), last, "a reader ended where the feed ends");
    }
    hub.finish().await;
}

/// Reads as a subscriber does, now and then starting again from its cursor, and checks every step.
async fn read(env: domain::Env, scope: domain::Scope, start: i64, reader: u64, done: Arc<AtomicBool>) -> i64 {
    let mut pokes = env.hints.feed(scope.workspace());
    let mut position = start;
    let mut round = reader;
    loop {
        let finished = done.load(Ordering::SeqCst);
        round += 1;
        // Pages of every size, so that their ends fall everywhere.
        let entries = feed::after(&scope, position, 1 + round % 17).await.expect("no gap");
        for entry in &entries {
            assert_eq!(entry.position, position + 1);
            position = entry.position;
        }
        if entries.is_empty() {
            if finished {
                return position;
            }
            let _ = tokio::time::timeout(Duration::from_millis(50), pokes.changed()).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_of_another_feed_or_from_the_future_must_start_again() {
    let hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    let scope = hub.scope();
    let head = feed::head(&scope).await.unwrap();
    let here =
        feed::Cursor { workspace: scope.workspace(), generation: head.generation, position: head.last };
    assert_eq!(feed::resume(&scope, &here).await.unwrap(), Ok(()));
    assert_eq!(here.to_string().parse::<feed::Cursor>(), Ok(here));
    let others = [
        feed::Cursor { position: head.last + 1, ..here },
        feed::Cursor { generation: uuid::Uuid::new_v4(), ..here },
        feed::Cursor { workspace: domain::id::WorkspaceId::new(), ..here },
    ];
    for other in others {
        assert_eq!(feed::resume(&scope, &other).await.unwrap(), Err(feed::Lost::Resync));
    }
    hub.finish().await;
}
