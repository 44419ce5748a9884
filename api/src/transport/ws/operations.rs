//! The operations that run on one socket, by the ids that the client chose.
//!
//! Each becomes a stream of [`Event`]s that ends with exactly one last event. An operation that the client
//! completes says nothing more, so its id may be used again at once.

use std::{collections::HashMap, panic::AssertUnwindSafe, pin::Pin, sync::Arc};

use async_graphql::{Response, ServerError, parser::types::OperationType};
use futures_util::{
    Stream, StreamExt,
    stream::{self, AbortHandle, Abortable, BoxStream, SelectAll},
};
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant, timeout_at};

use super::super::{
    fault::{self, Fault},
    nulls::{Asked, Shape},
};

/// What an operation has to say.
pub(super) struct Event {
    pub id: Arc<str>,
    pub news: News,
}

/// All but `Next` are the last word of their operation.
pub(super) enum News {
    /// A result; more may follow.
    Next(Response),
    /// A result of nothing but errors, after which the stream cannot be trusted to be whole: it ends here,
    /// and the client may subscribe again from the last cursor it has.
    Last(Response),
    /// Nothing was executed, or the execution broke off.
    Error(Vec<ServerError>),
    /// The stream has ended.
    Complete,
}

type Events = Pin<Box<dyn Stream<Item = Event> + Send>>;

#[derive(Default)]
pub(super) struct Operations {
    running: SelectAll<Events>,
    handles: HashMap<Arc<str>, AbortHandle>,
}

impl Operations {
    pub fn len(&self) -> usize {
        self.handles.len()
    }

    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    pub fn contains(&self, id: &str) -> bool {
        self.handles.contains_key(id)
    }

    pub fn start(&mut self, id: &str, run: Run) {
        let id: Arc<str> = id.into();
        let (handle, registration) = AbortHandle::new_pair();
        let events = Abortable::new(run.events(id.clone()), registration);
        self.running.push(Box::pin(events));
        self.handles.insert(id, handle);
    }

    /// Ends an operation without a word; an unknown id is one that has just ended by itself.
    pub fn stop(&mut self, id: &str) {
        if let Some(handle) = self.handles.remove(id) {
            handle.abort();
        }
    }

    /// The next event of any operation. Never asks an operation further than that.
    pub async fn next(&mut self) -> Option<Event> {
        let event = self.running.next().await?;
        match event.news {
            News::Next(_) => {}
            News::Last(_) | News::Error(_) | News::Complete => {
                self.handles.remove(&event.id);
            }
        }
        Some(event)
    }
}

/// An operation about to run.
pub(super) struct Run {
    pub kind: Option<OperationType>,
    pub responses: BoxStream<'static, Response>,
    pub request_id: String,
    pub asked: Asked,
    pub shape: Arc<Shape>,
    /// How long anything but a subscription may take.
    pub timeout: Duration,
}

impl Run {
    fn events(self, id: Arc<str>) -> impl Stream<Item = Event> + Send {
        let deadline = match self.kind {
            Some(OperationType::Subscription) => None,
            Some(OperationType::Query | OperationType::Mutation) | None => {
                Some(Instant::now() + self.timeout)
            }
        };
        let responses = match self.kind {
            Some(OperationType::Subscription) => self.responses,
            Some(OperationType::Query | OperationType::Mutation) | None => on_its_own_task(self.responses),
        };
        let source = AssertUnwindSafe(responses).catch_unwind().boxed();
        let running = Running {
            source,
            deadline,
            fresh: true,
            request_id: self.request_id,
            asked: self.asked,
            shape: self.shape,
        };
        stream::unfold(Some(running), move |running| {
            let id = id.clone();
            async move {
                let mut running = running?;
                let news = running.news().await;
                let goes_on = matches!(news, News::Next(_));
                Some((Event { id, news }, goes_on.then_some(running)))
            }
        })
    }
}

/// The socket's loop stands still while a slow reader is written to; an operation that stood still with it
/// would keep its transaction, and its locks, for as long. Ends with its stream.
fn on_its_own_task(mut responses: BoxStream<'static, Response>) -> BoxStream<'static, Response> {
    let mut task = JoinSet::new();
    task.spawn(async move { responses.next().await });
    let answer = async move {
        match task.join_next().await? {
            Ok(answer) => answer,
            Err(failed) if failed.is_panic() => std::panic::resume_unwind(failed.into_panic()),
            Err(_) => None,
        }
    };
    stream::once(answer).filter_map(std::future::ready).boxed()
}

struct Running {
    source: BoxStream<'static, std::thread::Result<Response>>,
    deadline: Option<Instant>,
    /// Nothing was said yet.
    fresh: bool,
    request_id: String,
    asked: Asked,
    shape: Arc<Shape>,
}

impl Running {
    async fn news(&mut self) -> News {
        let next = match self.deadline {
            None => self.source.next().await,
            Some(deadline) => match timeout_at(deadline, self.source.next()).await {
                Ok(next) => next,
                Err(_) => return self.fault(Fault::unavailable("the operation took too long")),
            },
        };
        let fresh = std::mem::replace(&mut self.fresh, false);
        match next {
            None => News::Complete,
            Some(Err(panic)) => {
                let panic = fault::panic_text(panic.as_ref());
                tracing::error!(request_id = self.request_id, panic, "an operation panicked");
                self.fault(Fault::internal())
            }
            Some(Ok(mut response)) => {
                self.shape.complete(&self.asked, &mut response);
                fault::complete(&mut response, &self.request_id);
                match fault::no_data(&response) {
                    true if fresh && fault::is_request_error(&response) => News::Error(response.errors),
                    true => News::Last(response),
                    false => News::Next(response),
                }
            }
        }
    }

    fn fault(&self, fault: Fault) -> News {
        let mut errors = [fault.into()];
        fault::complete_errors(&mut errors, &self.request_id);
        News::Error(errors.into())
    }
}
