//! Chunks parsed on several threads and handed out in the order of the input.
//!
//! The caller's thread reads and runs the sink; the others parse. A file of one chunk starts no thread.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::{Builder, Scope, ScopedJoinHandle};

use crate::assemble::Assembler;
use crate::format::chunk::Chunk;
use crate::output::{Outcome, Output, Parsed};
use crate::route::Router;
use crate::{Options, SourceError};

type Job = (Chunk, Sender<Parsed>);

/// Runs `produce` with a place to put chunks, and hands what they give to `output`.
///
/// Chunks put before a fault are handed out before the fault is returned.
pub(crate) fn run(
    source: &Arc<str>,
    options: &Arc<Options>,
    router: &Router,
    output: &mut Output<'_>,
    produce: impl FnOnce(&mut dyn FnMut(Chunk) -> Outcome) -> Outcome,
) -> Outcome {
    std::thread::scope(|scope| {
        let new_assembler = || Assembler::new(source, options, router);
        let mut pipeline = Pipeline {
            source,
            threads: options.threads,
            held: None,
            local: new_assembler(),
            work: None,
            waiting: VecDeque::new(),
            // Where lines are documents the first of them say nothing about the others.
            delivered: options.lines,
        };
        let mut workers = Vec::new();
        let produced = produce(&mut |chunk| {
            if pipeline.starts_now() {
                pipeline.work = start(scope, options.threads, new_assembler, &mut workers);
            }
            pipeline.put(chunk, output)
        });
        let finished = match &produced {
            Err(crate::output::Stop::Sink) => Ok(()),
            _ => pipeline.finish(output),
        };
        // Without work to wait for, the threads end. One that panicked has already shown itself by an answer that never came.
        drop(pipeline);
        for worker in workers {
            let _ = worker.join();
        }
        finished.and(produced)
    })
}

struct Pipeline<'a> {
    source: &'a Arc<str>,
    threads: usize,
    /// The first chunk, until a second shows that threads pay.
    held: Option<Chunk>,
    local: Assembler,
    work: Option<SyncSender<Job>>,
    /// Answers to come, in the order of the input.
    waiting: VecDeque<Receiver<Parsed>>,
    delivered: bool,
}

/// Starts the parsing threads; `None` where the system gives not a single one.
fn start<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    threads: usize,
    new_assembler: impl Fn() -> Assembler,
    workers: &mut Vec<ScopedJoinHandle<'scope, ()>>,
) -> Option<SyncSender<Job>> {
    let (work, jobs) = sync_channel::<Job>(threads);
    let jobs = Arc::new(Mutex::new(jobs));
    for _ in 0..threads {
        let (jobs, mut assembler) = (Arc::clone(&jobs), new_assembler());
        let worker = Builder::new().name("parse".to_owned()).spawn_scoped(scope, move || {
            while let Some((chunk, answer)) = next(&jobs) {
                // Nobody waits for the answer after the sink has stopped.
                let _ = answer.send(assembler.parse(&chunk));
            }
        });
        workers.extend(worker);
    }
    (!workers.is_empty()).then_some(work)
}

fn next(jobs: &Mutex<Receiver<Job>>) -> Option<Job> {
    jobs.lock().ok()?.recv().ok()
}

impl Pipeline<'_> {
    /// True when the second chunk is about to come.
    fn starts_now(&self) -> bool {
        self.work.is_none() && self.held.is_some() && self.threads > 0
    }

    fn put(&mut self, chunk: Chunk, output: &mut Output<'_>) -> Outcome {
        let Some(first) = self.held.take() else {
            if self.work.is_some() {
                return self.send(chunk, output);
            }
            self.held = Some(chunk);
            return Ok(());
        };
        if self.work.is_some() {
            self.send(first, output)?;
            return self.send(chunk, output);
        }
        // No threads: one chunk is parsed, the next one held.
        self.held = Some(chunk);
        let parsed = self.local.parse(&first);
        self.deliver(parsed, output)
    }

    fn send(&mut self, chunk: Chunk, output: &mut Output<'_>) -> Outcome {
        let (answer, answered) = channel();
        let gone = self.work.as_ref().is_none_or(|work| work.send((chunk, answer)).is_err());
        if gone {
            return Err(SourceError::Thread { source_name: self.source.to_string() }.into());
        }
        self.waiting.push_back(answered);
        while self.waiting.len() > self.threads {
            self.deliver_oldest(output)?;
        }
        // What is ready goes out at once, so that the sink works while the threads parse.
        while let Some(oldest) = self.waiting.front() {
            match oldest.try_recv() {
                Ok(parsed) => {
                    self.waiting.pop_front();
                    self.deliver(parsed, output)?;
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        Ok(())
    }

    fn deliver_oldest(&mut self, output: &mut Output<'_>) -> Outcome {
        let Some(oldest) = self.waiting.pop_front() else { return Ok(()) };
        let parsed = oldest.recv().map_err(|_| SourceError::Thread { source_name: self.source.to_string() })?;
        self.deliver(parsed, output)
    }

    fn deliver(&mut self, parsed: Parsed, output: &mut Output<'_>) -> Outcome {
        let first = !std::mem::replace(&mut self.delivered, true);
        output.deliver(self.source, parsed, first)
    }

    fn finish(&mut self, output: &mut Output<'_>) -> Outcome {
        while !self.waiting.is_empty() {
            self.deliver_oldest(output)?;
        }
        match self.held.take() {
            Some(chunk) => {
                let parsed = self.local.parse(&chunk);
                self.deliver(parsed, output)
            }
            None => Ok(()),
        }
    }
}
