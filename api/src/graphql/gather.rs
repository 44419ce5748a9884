//! Reads that are asked for at the same time become one: they begin when every resolver that can ask has asked.
//!
//! Resolvers of an operation are polled by one task. So are its reads, here, each time after the resolvers: whatever
//! these asked for in one go is gathered without any pause, and a list of up to a thousand is one read.

use std::cell::RefCell;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake};
use std::time::Duration;

use async_graphql::dataloader::DataLoader;
use async_graphql::{Data, Executor, Request, Response};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, FuturesUnordered, Stream, StreamExt};
use futures_util::task::AtomicWaker;

/// A read that begins soon.
type Read = BoxFuture<'static, ()>;

thread_local! {
    /// What the operation that is polled now asked for.
    static ASKED: RefCell<Option<Vec<Read>>> = const { RefCell::new(None) };
}

/// Begins a read beside the operation that asks for it; where none is polled, as a task of its own.
fn begin(read: Read) {
    ASKED.with_borrow_mut(|asked| match asked {
        Some(asked) => asked.push(read),
        None => drop(tokio::spawn(read)),
    });
}

/// A loader that gathers what an operation asks for.
pub(super) fn loader<T>(reads: T) -> DataLoader<T> {
    // No pause: without the feature `tokio-timer` one of nothing is over at once.
    DataLoader::new(reads, begin).delay(Duration::ZERO)
}

/// A schema whose operations gather their reads.
#[derive(Clone)]
pub struct Gathering<S>(pub S);

impl<S: Executor> Executor for Gathering<S> {
    async fn execute(&self, request: Request) -> Response {
        let response = stream::once(self.0.execute(request));
        Gathered::of(Box::pin(response), false).next().await.unwrap_or_default()
    }

    fn execute_stream(&self, request: Request, session: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        // A socket polls nothing while it writes to a slow reader, and reads hold a connection.
        Gathered::of(self.0.execute_stream(request, session), true).boxed()
    }
}

/// Resolvers of a long list are polled in portions; so many are waited for at most before reads begin all the same.
const PORTIONS: usize = 10_000;

/// Responses, and the reads that they wait for.
struct Gathered<S> {
    responses: S,
    signal: Arc<Signal>,
    portions: usize,
    asked: Vec<Read>,
    reads: FuturesUnordered<Read>,
    /// Reads are tasks of their own, which go on while nobody takes the next response.
    apart: bool,
}

impl<S> Gathered<S> {
    fn of(responses: S, apart: bool) -> Self {
        let signal = Arc::new(Signal { woken: AtomicBool::new(true), outer: AtomicWaker::new() });
        Self { responses, signal, portions: 0, asked: Vec::new(), reads: FuturesUnordered::new(), apart }
    }
}

impl<S: Stream + Unpin> Gathered<S> {
    fn poll_responses(&mut self) -> Poll<Option<S::Item>> {
        let here = Here::new();
        let waker = self.signal.clone().into();
        let polled = self.responses.poll_next_unpin(&mut Context::from_waker(&waker));
        self.asked.extend(here.asked());
        if polled.is_ready() {
            // Whoever asks for the next one polls again.
            self.signal.woken.store(true, Ordering::Release);
        }
        polled
    }
}

impl<S: Stream + Unpin> Stream for Gathered<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.signal.outer.register(context.waker());
        loop {
            if self.signal.was_woken() {
                let polled = self.poll_responses();
                if polled.is_ready() {
                    return polled;
                }
                if self.signal.is_woken() && self.portions < PORTIONS {
                    // They only paused, and may ask for more of the same.
                    self.portions += 1;
                    return Poll::Pending;
                }
                self.portions = 0;
                let asked = std::mem::take(&mut self.asked);
                match self.apart {
                    true => asked.into_iter().for_each(|read| drop(tokio::spawn(read))),
                    false => self.reads.extend(asked),
                }
            }
            // One that ended is an answer to somebody: they are polled before the next read goes on.
            let ended = matches!(self.reads.poll_next_unpin(context), Poll::Ready(Some(())));
            if !ended && !self.signal.is_woken() {
                return Poll::Pending;
            }
        }
    }
}

/// Whether resolvers can go on: tells what wakes them from what wakes their reads.
struct Signal {
    woken: AtomicBool,
    outer: AtomicWaker,
}

impl Signal {
    fn is_woken(&self) -> bool {
        self.woken.load(Ordering::Acquire)
    }

    fn was_woken(&self) -> bool {
        self.woken.swap(false, Ordering::AcqRel)
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.outer.wake();
    }
}

/// As long as it lives, reads are gathered. It keeps what was there before: operations do not nest, but might.
struct Here(Option<Vec<Read>>);

impl Here {
    fn new() -> Self {
        Self(ASKED.replace(Some(Vec::new())))
    }

    fn asked(&self) -> Vec<Read> {
        ASKED.with_borrow_mut(|asked| asked.as_mut().map(std::mem::take).unwrap_or_default())
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        ASKED.set(self.0.take());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::atomic::AtomicUsize;

    use async_graphql::dataloader::Loader;
    use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};

    use super::*;

    struct Doubles(Arc<AtomicUsize>);

    impl Loader<i32> for Doubles {
        type Value = i32;
        type Error = String;

        async fn load(&self, keys: &[i32]) -> Result<HashMap<i32, i32>, String> {
            self.0.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Ok(keys.iter().map(|key| (*key, key * 2)).collect())
        }
    }

    struct Node(i32);

    #[Object]
    impl Node {
        async fn double(&self, context: &async_graphql::Context<'_>) -> async_graphql::Result<Node> {
            let loader = context.data_unchecked::<DataLoader<Doubles>>();
            Ok(Node(loader.load_one(self.0).await?.unwrap_or_default()))
        }

        async fn value(&self) -> i32 {
            self.0
        }
    }

    struct Query;

    #[Object]
    impl Query {
        async fn all(&self) -> Vec<Node> {
            (0..1_000).map(Node).collect()
        }
    }

    /// Two levels of a list are two reads, whatever the threads do: nobody waits for a clock.
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_level_of_a_list_is_one_read() {
        for _ in 0..20 {
            let reads = Arc::new(AtomicUsize::new(0));
            let loader = loader(Doubles(reads.clone()));
            let schema = Schema::build(Query, EmptyMutation, EmptySubscription).data(loader).finish();
            let query = "{ all { double { double { value } } } }";
            let response = tokio::spawn(async move { Gathering(schema).execute(query.into()).await });
            let data = response.await.unwrap().into_result().unwrap().data.into_json().unwrap();
            assert_eq!(data["all"][999]["double"]["double"]["value"], 999 * 4);
            assert_eq!(reads.load(Ordering::Relaxed), 2);
        }
    }
}
