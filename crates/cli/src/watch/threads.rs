//! Threads apart from those of the lanes: some answer requests and store what is sent, others compute queries. A query may keep its
//! threads busy for as long as it may run; who asks how the program is, sends rows, or waits for another rule must not wait for that.

use crate::failure::Failure;

/// Some threads.
#[derive(Debug)]
pub(crate) struct Threads {
    runtime: Option<tokio::runtime::Runtime>,
    handle: tokio::runtime::Handle,
}

impl Threads {
    /// Starts so many.
    pub(crate) fn start(name: &'static str, count: usize) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .worker_threads(count.max(1))
            .thread_stack_size(engine::STACK)
            .event_interval(1)
            .thread_name(name)
            .build();
        let failed = |error| Failure::internal(format_args!("threads cannot be started: {error}"));
        let runtime = runtime.map_err(failed)?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime) })
    }

    /// What work is given to them with.
    pub(crate) fn handle(&self) -> tokio::runtime::Handle {
        self.handle.clone()
    }

    /// Does work there, and waits for its end.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, Failure> {
        self.handle.spawn(work).await.map_err(Failure::internal)?
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // Waiting for what still runs is not allowed among tasks, and nobody waits for its answer.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
