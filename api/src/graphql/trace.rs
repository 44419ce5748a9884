//! What a request changes can be found by the id of the request: its events carry it as their `traceId`.

use std::sync::Arc;

use async_graphql::Response;
use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};

use super::Operation;

/// Runs every operation under the id that its answer names.
pub(super) struct Trace;

impl ExtensionFactory for Trace {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for Trace {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let run = next.run(ctx, operation_name);
        match ctx.data::<Operation>() {
            Ok(operation) => domain::trace::within(operation.request_id(), run).await,
            Err(_) => run.await,
        }
    }
}
