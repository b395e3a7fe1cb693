//! The state of `scan`: rows taken one after another through steps, and what comes out of each as a list of structs.
//!
//! The rules are those of the reference page's "scan logic" (<https://learn.microsoft.com/kusto/query/scan-operator>): a row meets the
//! steps from the last to the first; a step takes over the state of the one before (check 1), or goes on with its own (check 2).

use std::{
    hash::{Hash, Hasher},
    ops::Range,
    sync::Arc,
};

use datafusion::logical_expr::function::PartitionEvaluatorArgs;
use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, Int64Array, ListArray, RecordBatch, RecordBatchOptions, StructArray, new_empty_array},
        buffer::OffsetBuffer,
        compute::concat,
        datatypes::{DataType, Field, FieldRef, Fields, SchemaRef},
    },
    common::{Result, ScalarValue},
    logical_expr::{Expr, PartitionEvaluator, Signature, Volatility, WindowUDF, WindowUDFImpl, function::WindowUDFFieldArgs},
    physical_expr::PhysicalExpr,
};

/// Which matches of a step come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Output {
    All,
    /// The last of a run of matches.
    Last,
    None,
}

/// A step. Its expressions read a row of [`Program::schema`].
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// Arguments that must be true: parts of the condition that look at the row alone.
    pub(crate) flags: Vec<usize>,
    /// The rest of the condition.
    pub(crate) condition: Option<Arc<dyn PhysicalExpr>>,
    /// Declared columns and their new values.
    pub(crate) assignments: Vec<(usize, Arc<dyn PhysicalExpr>)>,
    pub(crate) output: Output,
}

/// A value that a step remembers: of which step, and what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Remembered {
    pub(crate) step: usize,
    pub(crate) what: Source,
}

/// A column of the row, which is an argument of the function, or a declared one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Source {
    Argument(usize),
    Declared(usize),
}

/// All steps, and what their expressions read: the arguments, then what is remembered.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) steps: Vec<Step>,
    pub(crate) schema: SchemaRef,
    pub(crate) remembered: Vec<Remembered>,
    /// The value of each remembered column where its step has seen nothing.
    pub(crate) forgotten: Vec<ArrayRef>,
    /// The declared columns' defaults.
    pub(crate) declared: Vec<ArrayRef>,
    /// What tells two programs apart: every expression as it was planned.
    pub(crate) identity: Vec<Expr>,
}

/// The rows that come out for each row that goes in: a list of structs `seq`, `id`, `c0`, `c1` ... of declared columns.
pub(crate) fn scan(program: Program, arguments: Vec<Expr>) -> Expr {
    let signature = match arguments.len() {
        0 => Signature::nullary(Volatility::Immutable),
        count => Signature::any(count, Volatility::Immutable),
    };
    Arc::new(WindowUDF::new_from_impl(Scan { program: Arc::new(program), signature })).call(arguments)
}

#[derive(Debug)]
struct Scan {
    program: Arc<Program>,
    signature: Signature,
}

impl Scan {
    fn identity(&self) -> (&[Expr], Vec<Output>, &[Remembered], usize) {
        let outputs = self.program.steps.iter().map(|step| step.output).collect();
        (&self.program.identity, outputs, &self.program.remembered, self.program.declared.len())
    }
}

impl PartialEq for Scan {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Scan {}

impl Hash for Scan {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl Program {
    fn fields(&self) -> Fields {
        let fixed = ["seq", "id"].map(|name| Field::new(name, DataType::Int64, true));
        let declared =
            self.declared.iter().enumerate().map(|(at, value)| Field::new(format!("c{at}"), value.data_type().clone(), true));
        fixed.into_iter().chain(declared).collect()
    }

    fn item(&self) -> FieldRef {
        Arc::new(Field::new("item", DataType::Struct(self.fields()), true))
    }

    /// The emitted rows as a list for each of `rows` rows.
    fn lists(&self, mut emitted: Vec<Emitted>, rows: usize) -> Result<ListArray> {
        emitted.sort_by_key(|emitted| emitted.row);
        let mut lengths = vec![0_usize; rows];
        for one in &emitted {
            lengths[one.row] += 1;
        }
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from_iter_values(emitted.iter().map(|one| one.sequence))),
            Arc::new(Int64Array::from_iter_values(emitted.iter().map(|one| one.id))),
        ];
        for (at, default) in self.declared.iter().enumerate() {
            let values: Vec<&dyn Array> = emitted.iter().map(|one| one.declared[at].as_ref()).collect();
            columns.push(if values.is_empty() { new_empty_array(default.data_type()) } else { concat(&values)? });
        }
        let structs = StructArray::try_new_with_length(self.fields(), columns, None, emitted.len())?;
        Ok(ListArray::try_new(self.item(), OffsetBuffer::from_lengths(lengths), Arc::new(structs), None)?)
    }
}

impl WindowUDFImpl for Scan {
    fn name(&self) -> &'static str {
        "scan"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn partition_evaluator(&self, _args: PartitionEvaluatorArgs) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Run::new(Arc::clone(&self.program))))
    }

    fn field(&self, args: WindowUDFFieldArgs) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(args.name(), DataType::List(self.program.item()), true)))
    }
}

/// A row that matched a step, as far as anything asks for it later.
#[derive(Debug, Clone)]
struct Matched {
    /// One element each.
    arguments: Vec<ArrayRef>,
    declared: Vec<ArrayRef>,
}

/// What a step knows: the last match of every step up to it.
#[derive(Debug, Clone)]
struct State {
    matched: Vec<Matched>,
    id: i64,
}

/// A row that comes out.
#[derive(Debug, Clone)]
struct Emitted {
    row: usize,
    /// Counts what comes out, from 0.
    sequence: i64,
    id: i64,
    declared: Vec<ArrayRef>,
}

/// One pass over the rows.
#[derive(Debug)]
struct Run {
    program: Arc<Program>,
    states: Vec<Option<State>>,
    /// Matches of steps with `output=last` that another may replace.
    pending: Vec<Option<Emitted>>,
    next_id: i64,
    sequence: i64,
}

impl Run {
    fn new(program: Arc<Program>) -> Self {
        let count = program.steps.len();
        Self { program, states: vec![None; count], pending: vec![None; count], next_id: 0, sequence: 0 }
    }

    /// Takes one row through the steps.
    fn row(&mut self, arguments: &[ArrayRef], row: usize, out: &mut Vec<Emitted>) -> Result<()> {
        for number in (0..self.program.steps.len()).rev() {
            if !self.flagged(number, arguments, row) {
                continue;
            }
            let taken_over = match number.checked_sub(1) {
                Some(before) if self.states[before].is_some() => self.matches(number, before, arguments, row)?,
                _ => false,
            };
            if taken_over {
                // The run of matches that the state belonged to is over, here and in the step before.
                out.extend(self.pending[number].take());
                out.extend(self.pending[number - 1].take());
                self.states[number] = self.states[number - 1].take();
                self.take_in(number, arguments, row, out)?;
            } else if (number == 0 || self.states[number].is_some()) && self.matches(number, number, arguments, row)? {
                if self.states[number].is_none() {
                    self.states[number] = Some(State { matched: Vec::new(), id: self.next_id });
                    self.next_id += 1;
                }
                self.take_in(number, arguments, row, out)?;
            }
        }
        Ok(())
    }

    /// Whether the parts of a step's condition hold that look at the row alone.
    fn flagged(&self, number: usize, arguments: &[ArrayRef], row: usize) -> bool {
        self.program.steps[number].flags.iter().all(|flag| {
            let flags = arguments[*flag].as_boolean();
            flags.is_valid(row) && flags.value(row)
        })
    }

    /// Whether the rest of a step's condition holds with the state of step `of`.
    fn matches(&self, number: usize, of: usize, arguments: &[ArrayRef], row: usize) -> Result<bool> {
        let Some(condition) = &self.program.steps[number].condition else { return Ok(true) };
        let truth = condition.evaluate(&self.seen(of, arguments, row)?)?.into_array(1)?;
        let truth = truth.as_boolean();
        Ok(truth.is_valid(0) && truth.value(0))
    }

    /// What expressions read: the row, and what the state of step `of` remembers.
    fn seen(&self, of: usize, arguments: &[ArrayRef], row: usize) -> Result<RecordBatch> {
        let state = self.states[of].as_ref();
        let remembered = self.program.remembered.iter().zip(&self.program.forgotten).map(|(remembered, forgotten)| {
            match state.and_then(|state| state.matched.get(remembered.step)) {
                Some(matched) => match remembered.what {
                    Source::Argument(at) => Arc::clone(&matched.arguments[at]),
                    Source::Declared(at) => Arc::clone(&matched.declared[at]),
                },
                None => Arc::clone(forgotten),
            }
        });
        let columns = arguments.iter().map(|array| array.slice(row, 1)).chain(remembered).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(1));
        Ok(RecordBatch::try_new_with_options(Arc::clone(&self.program.schema), columns, &options)?)
    }

    /// Puts a row that matched into the step's state, its assignments computed, and lets it come out.
    fn take_in(&mut self, number: usize, arguments: &[ArrayRef], row: usize, out: &mut Vec<Emitted>) -> Result<()> {
        let program = Arc::clone(&self.program);
        let step = &program.steps[number];
        let mut declared = program.declared.clone();
        if !step.assignments.is_empty() {
            let seen = self.seen(number, arguments, row)?;
            for (at, value) in &step.assignments {
                declared[*at] = value.evaluate(&seen)?.into_array(1)?;
            }
        }
        let Some(state) = &mut self.states[number] else { return Ok(()) };
        let arguments = arguments.iter().map(|array| array.slice(row, 1)).collect();
        state.matched.truncate(number);
        state.matched.push(Matched { arguments, declared: declared.clone() });
        let emitted = Emitted { row, sequence: self.sequence, id: state.id, declared };
        self.sequence += 1;
        match step.output {
            Output::All => out.push(emitted),
            Output::Last => self.pending[number] = Some(emitted),
            Output::None => {}
        }
        Ok(())
    }
}

impl PartitionEvaluator for Run {
    fn is_causal(&self) -> bool {
        self.supports_bounded_execution()
    }

    /// A match that another may replace can only come out when all rows were seen.
    fn supports_bounded_execution(&self) -> bool {
        self.program.steps.iter().all(|step| step.output != Output::Last)
    }

    fn evaluate(&mut self, values: &[ArrayRef], range: &Range<usize>) -> Result<ScalarValue> {
        let mut out = Vec::new();
        self.row(values, range.start, &mut out)?;
        for emitted in &mut out {
            emitted.row = 0;
        }
        Ok(ScalarValue::List(Arc::new(self.program.lists(out, 1)?)))
    }

    fn evaluate_all(&mut self, values: &[ArrayRef], num_rows: usize) -> Result<ArrayRef> {
        let mut out = Vec::new();
        for row in 0..num_rows {
            self.row(values, row, &mut out)?;
        }
        for pending in &mut self.pending {
            out.extend(pending.take());
        }
        Ok(Arc::new(self.program.lists(out, num_rows)?))
    }
}
