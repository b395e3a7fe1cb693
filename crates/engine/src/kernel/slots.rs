//! The slots that bags have, as an aggregate: their names and what kinds of values they hold, as JSON.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use datafusion::{
    arrow::{
        array::{ArrayRef, AsArray},
        datatypes::DataType,
    },
    common::{Result, ScalarValue},
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, Expr, LogicalPlanBuilder, Signature, Volatility, function::AccumulatorArgs,
    },
};
use diag::Span;
use functions::kernel::{
    json::{self, Kind},
    native,
};
use schema::Type;

use crate::{
    error::At,
    relation::{Column, Relation, column},
};

/// More slots than these are not told apart: each would be a column.
pub(crate) const MAX_SLOTS: usize = 1_000;

/// The kinds of the values of a slot, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SlotKinds(u8);

impl SlotKinds {
    const STRING: u8 = 1;
    const LONG: u8 = 2;
    const REAL: u8 = 4;
    const BOOL: u8 = 8;
    const NESTED: u8 = 16;

    fn of(value: &str) -> Self {
        Self(match json::kind(value) {
            Kind::Null => 0,
            Kind::Bool => Self::BOOL,
            Kind::String => Self::STRING,
            Kind::Number if value.parse::<i64>().is_ok() => Self::LONG,
            Kind::Number => Self::REAL,
            Kind::Array | Kind::Bag => Self::NESTED,
        })
    }

    /// The type of the column: that of the values if they have one, else `dynamic`.
    pub(crate) const fn ty(self) -> Type {
        match self.0 {
            Self::STRING => Type::String,
            Self::LONG => Type::Long,
            Self::REAL => Type::Real,
            Self::BOOL => Type::Bool,
            _ => Type::Dynamic,
        }
    }

    /// What the aggregate has written, sorted by name.
    pub(crate) fn read(text: &str) -> Vec<(String, Self)> {
        serde_json::from_str::<Vec<(String, u8)>>(text)
            .map(|found| found.into_iter().map(|(name, kinds)| (name, Self(kinds))).collect())
            .unwrap_or_default()
    }
}

/// One row: the slots of the bags in the table's only column.
pub(crate) fn slots(bags: &Relation, span: Span) -> crate::error::Result<Relation> {
    let Some(bag) = bags.columns.first() else { return Ok(bags.clone()) };
    let slots = native::aggregate(Arc::new(AggregateUDF::new_from_impl(Slots)), vec![column(&bag.name)]).alias("slots");
    let plan = bags.builder().aggregate(Vec::<Expr>::new(), vec![slots]).and_then(LogicalPlanBuilder::build).at(span)?;
    Ok(Relation::new(plan, vec![Column::new("slots", Type::Dynamic)]))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Slots;

impl AggregateUDFImpl for Slots {
    fn name(&self) -> &'static str {
        "bag_slots"
    }

    fn signature(&self) -> &Signature {
        static SIGNATURE: LazyLock<Signature> = LazyLock::new(|| Signature::any(1, Volatility::Immutable));
        &SIGNATURE
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn accumulator(&self, _args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Found::default()))
    }
}

/// The slots seen so far.
#[derive(Debug, Default)]
struct Found {
    slots: BTreeMap<String, u8>,
    /// The view of the bag looked at last: bags that follow each other are often the same.
    last: String,
}

impl Found {
    fn add(&mut self, name: String, kinds: u8) {
        // One more than the limit is enough to know that there are too many.
        if self.slots.len() <= MAX_SLOTS || self.slots.contains_key(&name) {
            *self.slots.entry(name).or_default() |= kinds;
        }
    }

    fn look_into(&mut self, bag: &str) {
        if bag == self.last {
            return;
        }
        for (key, value) in json::members(bag).into_iter().flatten() {
            let kinds = SlotKinds::of(value).0;
            match self.slots.get_mut(key) {
                Some(known) => *known |= kinds,
                None => self.add(json::string(&format!("\"{key}\"")).map_or_else(|| key.to_owned(), Into::into), kinds),
            }
        }
        bag.clone_into(&mut self.last);
    }
}

impl Accumulator for Found {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for bag in values.iter().flat_map(|array| array.as_string_view().iter().flatten()) {
            self.look_into(bag);
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for state in states.iter().flat_map(|array| array.as_string_view().iter().flatten()) {
            for (name, kinds) in SlotKinds::read(state) {
                self.add(name, kinds.0);
            }
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let found: Vec<(&String, &u8)> = self.slots.iter().collect();
        Ok(ScalarValue::Utf8View(Some(serde_json::json!(found).to_string())))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.last.capacity() + self.slots.keys().map(|name| name.capacity() + 64).sum::<usize>()
    }
}
