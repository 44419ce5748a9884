//! The job layer alone: apalis' tables and our workers on both databases, no rule of ours. One test for each
//! thing that was found about apalis.

mod ground;
mod outage;
mod table;
mod worker;

pub use ground::{Ground, Recorder, Script, eventually};

/// Makes of each `async fn name(ground: &Ground)` two tests, `sqlite::name` and `postgres::name`.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                crate::job_layer::ground::on_sqlite(super::$name).await;
            }
        )+}
        mod postgres {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                crate::job_layer::ground::on_postgres(super::$name).await;
            }
        )+}
    };
}
use on_both;
