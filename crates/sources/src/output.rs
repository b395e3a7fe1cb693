//! From parsed items to the caller's sink, with the sums.

use std::collections::HashSet;
use std::ops::ControlFlow;

use crate::{Item, Notice, ReadSummary, Reject, SourceError};

/// What a piece of input gave.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) items: Vec<Item>,
    pub(crate) rows: u64,
    pub(crate) rejected: u64,
    /// Rejects because no table was found, and what was seen in the first of them.
    pub(crate) homeless: Option<(u64, Homeless)>,
    /// What kept rows from becoming a batch.
    pub(crate) fault: Option<SourceError>,
}

/// A record that belongs to no table.
#[derive(Debug)]
pub(crate) struct Homeless {
    pub(crate) columns: Vec<String>,
    pub(crate) candidates: Vec<String>,
}

impl Parsed {
    pub(crate) fn reject(&mut self, reject: Reject) {
        self.rejected += 1;
        self.items.push(Item::Reject(reject));
    }
}

/// Why reading ends before the input does.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The sink said so.
    Sink,
    /// The input is at fault.
    Fault(SourceError),
}

impl From<SourceError> for Stop {
    fn from(fault: SourceError) -> Self {
        Self::Fault(fault)
    }
}

/// How far a step came.
pub(crate) type Outcome = Result<(), Stop>;

/// The way to the sink.
pub(crate) struct Output<'s> {
    sink: &'s mut dyn FnMut(usize, Item) -> ControlFlow<()>,
    /// Which of the inputs what comes now is from.
    pub(crate) input: usize,
    pub(crate) summary: ReadSummary,
    /// Unknown columns already told of.
    told: HashSet<(String, String)>,
}

impl<'s> Output<'s> {
    pub(crate) fn new(sink: &'s mut dyn FnMut(usize, Item) -> ControlFlow<()>) -> Self {
        Self { sink, input: 0, summary: ReadSummary::default(), told: HashSet::new() }
    }

    /// Hands out what a piece of the input gave. `first` is true for the first piece of a file: where none of its rows
    /// belongs to a table, the file as a whole is at fault, and its rows are not rejected one by one.
    pub(crate) fn deliver(&mut self, source: &str, parsed: Parsed, first: bool) -> Outcome {
        match parsed.homeless {
            Some((count, homeless)) if first && parsed.rows == 0 && count == parsed.rejected => {
                let Homeless { columns, candidates } = homeless;
                return Err(SourceError::NoTable { source_name: source.to_owned(), columns, candidates }.into());
            }
            _ => {}
        }
        self.summary.rows += parsed.rows;
        self.summary.rejected += parsed.rejected;
        for item in parsed.items {
            self.item(item)?;
        }
        parsed.fault.map_or(Ok(()), |fault| Err(fault.into()))
    }

    pub(crate) fn item(&mut self, item: Item) -> Outcome {
        if let Item::Notice(Notice::UnknownColumn { table, column, .. }) = &item
            && !self.told.insert((table.clone(), column.clone()))
        {
            return Ok(());
        }
        match (self.sink)(self.input, item) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stop::Sink),
        }
    }

    /// Notes a fault and lets the rest go on; passes on the sink's wish to stop.
    pub(crate) fn settle(&mut self, outcome: Outcome) -> Outcome {
        match outcome {
            Err(Stop::Fault(fault)) => {
                self.summary.faults.push(fault);
                Ok(())
            }
            other => other,
        }
    }
}
