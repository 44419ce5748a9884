//! Contacts from before the migration are found after it, and it can be taken back.

use domain::database::{Database, Durability};
use migration::Status;
use tests::wait::until;
use tests::{Hub, Options};

use super::{contacts, hidden};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contacts_from_before_are_found_after_the_migration() {
    let mut hub = Hub::with(Options { bot: false, ..Options::default() }).await;
    hub.stored(&hub.says(&hidden(&hub, "TW.AbC", "Lin 小明"), "hello").await).await;
    hub.stored(&hub.says(&hub.customer("Ada"), "hello").await).await;
    hub.quiet().await;
    hub.stop().await;
    let database = Database::open(hub.database_url(), Durability::Process).await.unwrap();
    for _ in 0..2 {
        until("the migration is taken back", async || {
            migration::down(database.writer(), 1).await.unwrap();
            match migration::status(database.writer()).await.unwrap() {
                Status::Behind(missing) => {
                    missing.iter().any(|name| name.ends_with("_contacts")).then_some(())
                }
                other => panic!("{other:?}"),
            }
        })
        .await;
        migration::up(database.writer()).await.unwrap();
    }
    database.close().await.unwrap();
    hub.restart(false).await;
    let all = contacts(&hub, &hub.actor).await;
    assert_eq!(
        all.iter().map(|(row, _)| row.name.as_deref().unwrap()).collect::<Vec<_>>(),
        ["Ada", "Lin 小明"]
    );
    let scope = hub.scope();
    let page = domain::page::Page { after: None, before: None, backwards: false, limit: 100 };
    for search in ["小明", "lin", "tw.abc"] {
        let found = domain::contact::list(&scope, Some(search), &page).await.unwrap();
        assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), [all[1].0.id], "{search}");
    }
    hub.stop().await;
}
