//! Threads that answer requests and store what is sent: apart from those that run rules, which a query may keep busy for as long as it
//! may run. Who asks how the program is, or sends rows, must not wait for that.

use crate::failure::Failure;

/// Threads of the front: one answers while the other stores.
const THREADS: usize = 2;
/// Bytes of their stacks: what is sent may be nested.
const STACK: usize = 16 << 20;

/// The threads.
#[derive(Debug)]
pub(crate) struct Front {
    runtime: Option<tokio::runtime::Runtime>,
}

impl Front {
    /// Starts the threads.
    pub(crate) fn start() -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .worker_threads(THREADS)
            .thread_stack_size(STACK)
            .thread_name("spoofwatch-front")
            .build();
        let failed = |error| Failure::internal(format_args!("threads cannot be started: {error}"));
        Ok(Self { runtime: Some(runtime.map_err(failed)?) })
    }

    /// Does work there, and waits for its end.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, Failure> {
        match &self.runtime {
            Some(runtime) => runtime.spawn(work).await.map_err(Failure::internal)?,
            None => Err(Failure::internal("the threads that answer requests have ended")),
        }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        // Waiting for what still runs is not allowed among tasks, and nobody waits for its answer.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
