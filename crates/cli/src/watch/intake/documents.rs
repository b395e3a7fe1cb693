//! Documents of Elasticsearch's clients on their way to the tables: each is placed (`sources::indexed`), those of one table are stored
//! together, and each is told what became of it.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use server::{
    Bytes,
    elastic::{Batch, Document, Documents, Fate},
    intake::{Receipt, Refusal},
};
use sources::indexed;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::{
    HTTP, Receiver,
    committer::{Content, Job, Reading},
    note,
    spool::Spool,
};

/// Tables that the documents of one request may be of.
const TABLES: usize = 100;

#[async_trait]
impl Documents for Receiver {
    async fn begin(&self) -> Result<Box<dyn Batch>, Refusal> {
        let place = self.place().await?;
        Ok(Box::new(Coming { receiver: self.clone(), fates: Vec::new(), parts: BTreeMap::new(), _place: place }))
    }

    fn has_table(&self, index: &str) -> bool {
        indexed::table_of_index(index).is_some()
    }
}

/// The documents of a request.
struct Coming {
    receiver: Receiver,
    /// What became of each; `None` of those that are still to be stored.
    fates: Vec<Option<Fate>>,
    /// By their table; `None` of records that say theirs.
    parts: BTreeMap<Option<String>, Part>,
    _place: OwnedSemaphorePermit,
}

/// The documents of a table.
struct Part {
    spool: Spool,
    /// Which documents they are, in the order of their lines.
    documents: Vec<usize>,
}

#[async_trait]
impl Batch for Coming {
    async fn add(&mut self, document: Document) -> Result<(), Refusal> {
        let placed = indexed::place(&document.index, document.id.as_deref(), &document.source);
        let number = self.fates.len();
        let (table, mut line) = match placed {
            Ok(indexed::Placed { table, line }) => (table, line),
            Err(reason) => {
                self.fates.push(Some(Fate::Rejected { reason }));
                return Ok(());
            }
        };
        if self.parts.len() >= TABLES && !self.parts.contains_key(&table) {
            let reason = format!("documents of more than {TABLES} tables in one request");
            self.fates.push(Some(Fate::Later { reason }));
            return Ok(());
        }
        self.fates.push(None);
        line.push(b'\n');
        let new = || Part { spool: Spool::new(Arc::clone(&self.receiver.room)), documents: Vec::new() };
        let part = self.parts.entry(table).or_insert_with(new);
        part.documents.push(number);
        part.spool.write(Bytes::from(line)).await
    }

    async fn finish(self: Box<Self>) -> Result<Vec<Fate>, Refusal> {
        let Self { receiver, mut fates, parts, _place: place } = *self;
        let mut waiting = Vec::with_capacity(parts.len());
        // All are handed over before the first is waited for, so that they are stored together.
        for (table, Part { spool, documents }) in parts {
            let (answer, answered) = oneshot::channel();
            let content = Content::Body(spool.finish().await?);
            let job = Job { table, content, reading: Reading::Documents, answer };
            receiver.jobs.send(job).await.map_err(|_| stopped())?;
            waiting.push((documents, answered));
        }
        let (mut stored, mut last) = (false, None);
        for (documents, answered) in waiting {
            let outcome = answered.await.map_err(|_| stopped())?;
            note(&receiver.came, HTTP, &outcome);
            stored |= outcome.is_ok();
            for (document, fate) in documents.iter().zip(each(&outcome, documents.len())) {
                if let Some(place) = fates.get_mut(*document) {
                    *place = Some(fate);
                }
            }
            last = outcome.err().or(last);
        }
        drop(place);
        match last {
            // Where nothing at all could be stored for now, that is said of the request.
            Some(refusal @ (Refusal::Unavailable { .. } | Refusal::Failed { .. })) if !stored => Err(refusal),
            _ => Ok(fates.into_iter().map(|fate| fate.unwrap_or(Fate::Stored)).collect()),
        }
    }
}

fn stopped() -> Refusal {
    Refusal::Failed { reason: "the writer has stopped".to_owned() }
}

/// What became of each document of a part.
fn each(outcome: &Result<Receipt, Refusal>, count: usize) -> Vec<Fate> {
    let receipt = match outcome {
        Ok(receipt) => receipt,
        Err(refusal) => {
            let reason = refusal.to_string();
            let fate = match refusal {
                Refusal::UnknownTable { .. } | Refusal::Unfit { .. } | Refusal::TooLarge { .. } => Fate::Rejected { reason },
                Refusal::Unavailable { .. } | Refusal::Failed { .. } => Fate::Later { reason },
            };
            return vec![fate; count];
        }
    };
    // Lines that were not reached are not stored; those before are, and know their rows again.
    let rest = receipt.faults.first().map_or(Fate::Stored, |fault| Fate::Later { reason: fault.clone() });
    let mut fates = vec![rest; count];
    for reject in &receipt.rejects {
        let line = usize::try_from(reject.line.saturating_sub(1)).unwrap_or(usize::MAX);
        if let Some(fate) = fates.get_mut(line) {
            *fate = Fate::Rejected { reason: reject.reason.clone() };
        }
    }
    fates
}

#[cfg(test)]
mod tests {
    use server::intake::Rejected;

    use super::*;

    #[test]
    fn a_line_that_was_rejected_is_the_fate_of_its_document_alone() {
        let rejects = vec![Rejected { line: 2, reason: "no time".to_owned() }];
        let receipt = Receipt { added: 2, rejected: 1, rejects, ..Receipt::default() };
        let no_time = Fate::Rejected { reason: "no time".to_owned() };
        assert_eq!(each(&Ok(receipt.clone()), 3), [Fate::Stored, no_time.clone(), Fate::Stored]);
        let broken = Receipt { faults: vec!["the thread stopped".to_owned()], ..receipt };
        let later = Fate::Later { reason: "the thread stopped".to_owned() };
        assert_eq!(each(&Ok(broken), 3), [later.clone(), no_time, later]);
    }

    #[test]
    fn what_was_not_stored_for_now_may_be_sent_again() {
        let full = Refusal::Unavailable { reason: "the disk is full".to_owned(), retry_after: 30 };
        assert!(each(&Err(full), 2).iter().all(|fate| matches!(fate, Fate::Later { .. })));
        let unfit = Refusal::Unfit { reason: "too many columns".to_owned() };
        assert_eq!(each(&Err(unfit), 1), [Fate::Rejected { reason: "too many columns".to_owned() }]);
    }
}
