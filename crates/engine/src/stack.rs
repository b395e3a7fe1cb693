//! Room for recursion: planning and running walk trees as deep as a query is long, on whichever thread calls.
//!
//! Must not know what runs. Walkers that look at the stack themselves (`recursive::recursive`, DataFusion's tree walks) go on by
//! themselves; what compares, prints, copies and drops a tree does not, and neither do streams that poll streams. So whatever the
//! engine does, it does here. Start with [`roomy`].

use std::{
    any::Any,
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use datafusion::{
    arrow::{array::RecordBatch, datatypes::SchemaRef},
    common::runtime::{JoinSetTracer, set_join_set_tracer},
    error::Result,
    execution::{RecordBatchStream, SendableRecordBatchStream},
    logical_expr::LogicalPlan,
};
use futures::{FutureExt, Stream, future::BoxFuture};

/// Bytes that are there at least: the longest query the planner lets through, unoptimised, and as much again. It is address space;
/// memory is taken as far down as a walk goes.
const NEEDED: usize = 64 << 20;
/// Bytes of a stack that is made, with room for a call within a call. A program whose threads have stacks of this size pays nothing
/// for any of this.
pub const STACK: usize = 128 << 20;
/// Bytes that walkers keep free for what they call, and of the stacks they make. Their own measure, 128 KiB, is for optimised code.
const WALKER: (usize, usize) = (2 << 20, 16 << 20);

/// Does `work` where the stack has room.
pub(crate) fn roomy<T>(work: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(NEEDED, STACK, work)
}

/// Has whatever runs in this process do so where the stack has room, tasks that DataFusion starts among it. Once is enough.
pub(crate) fn prepare() {
    recursive::set_minimum_stack_size(WALKER.0);
    recursive::set_stack_allocation_size(WALKER.1);
    // A program that traces such tasks by itself has its own way; its threads then want stacks for the queries it runs.
    let _ = set_join_set_tracer(&Tasks);
}

/// Tasks of DataFusion.
struct Tasks;

impl JoinSetTracer for Tasks {
    fn trace_future(&self, task: BoxFuture<'static, Box<dyn Any + Send>>) -> BoxFuture<'static, Box<dyn Any + Send>> {
        polled(task).boxed()
    }

    fn trace_block(
        &self,
        work: Box<dyn FnOnce() -> Box<dyn Any + Send> + Send>,
    ) -> Box<dyn FnOnce() -> Box<dyn Any + Send> + Send> {
        Box::new(|| roomy(work))
    }
}

/// Waits for `work`, which runs where the stack has room each time it goes on.
pub(crate) async fn polled<F: Future>(work: F) -> F::Output {
    let mut work = Dropped(Some(Box::pin(work)));
    poll_fn(move |context| match &mut work.0 {
        Some(work) => roomy(|| work.as_mut().poll(context)),
        None => Poll::Pending,
    })
    .await
}

/// A value that is dropped where the stack has room.
struct Dropped<T>(Option<T>);

impl<T> Drop for Dropped<T> {
    fn drop(&mut self) {
        let value = self.0.take();
        roomy(|| drop(value));
    }
}

/// A stream that is polled and dropped where the stack has room.
pub(crate) struct Batches(Dropped<SendableRecordBatchStream>, SchemaRef);

impl Batches {
    pub(crate) fn of(stream: SendableRecordBatchStream) -> SendableRecordBatchStream {
        let schema = stream.schema();
        Box::pin(Self(Dropped(Some(stream)), schema))
    }
}

impl Stream for Batches {
    type Item = Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.0.0 {
            Some(stream) => roomy(|| stream.as_mut().poll_next(context)),
            None => Poll::Ready(None),
        }
    }
}

impl RecordBatchStream for Batches {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.1)
    }
}

/// A plan that is dropped where the stack has room.
#[derive(Debug, Clone)]
pub(crate) struct Plan(Arc<LogicalPlan>);

impl Plan {
    pub(crate) const fn new(plan: Arc<LogicalPlan>) -> Self {
        Self(plan)
    }

    pub(crate) const fn get(&self) -> &Arc<LogicalPlan> {
        &self.0
    }
}

impl Drop for Plan {
    fn drop(&mut self) {
        let plan = std::mem::take(&mut self.0);
        // Only the last one has a tree to take down.
        if Arc::strong_count(&plan) == 1 {
            roomy(|| drop(plan));
        }
    }
}
