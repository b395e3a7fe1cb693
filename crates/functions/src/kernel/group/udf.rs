//! A grouping as a DataFusion aggregate.

use std::{fmt::Debug, hash::Hash, sync::Arc};

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion_common::{Result, ScalarValue};
use datafusion_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Expr, GroupsAccumulator, Signature, TypeSignature, Volatility,
    function::{AccumulatorArgs, StateFieldsArgs},
    utils::{AggregateOrderSensitivity, format_state_name},
};

use super::{GroupState, single::SingleGroup};

/// What an aggregate is called, what its states look like, and how one starts.
pub trait Grouping: Debug + Clone + PartialEq + Eq + Hash + Send + Sync + 'static {
    /// The state of all groups.
    type State: GroupState;

    /// Name in plans.
    fn name(&self) -> &'static str;

    /// Number of arguments.
    fn arity(&self) -> usize;

    /// Arrow type of the result for arguments of these types.
    fn returns(&self, arguments: &[DataType]) -> DataType;

    /// Names and Arrow types of a partial state's columns.
    fn state(&self, arguments: &[DataType]) -> Vec<(&'static str, DataType)>;

    /// A state without groups.
    fn start(&self, arguments: &[DataType]) -> Self::State;

    /// The result of a group without rows.
    ///
    /// # Errors
    /// The type has no null.
    fn empty(&self, returns: &DataType) -> Result<ScalarValue> {
        ScalarValue::try_from(returns)
    }
}

/// A call of the aggregate; rows for which `predicate` is not true are left out.
#[must_use]
pub fn aggregate<G: Grouping>(grouping: G, args: Vec<Expr>, predicate: Option<Expr>) -> Expr {
    let udf = Arc::new(AggregateUDF::new_from_impl(GroupUdf::new(grouping)));
    match predicate {
        Some(predicate) => crate::kernel::native::aggregate_if(udf, args, predicate),
        None => crate::kernel::native::aggregate(udf, args),
    }
}

/// A [`Grouping`] as a DataFusion aggregate function.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct GroupUdf<G: Grouping> {
    grouping: G,
    signature: Signature,
}

impl<G: Grouping> GroupUdf<G> {
    /// The aggregate.
    #[must_use]
    pub fn new(grouping: G) -> Self {
        let signature = Signature::new(TypeSignature::Any(grouping.arity()), Volatility::Immutable);
        Self { grouping, signature }
    }

    /// What it aggregates.
    #[must_use]
    pub const fn grouping(&self) -> &G {
        &self.grouping
    }
}

fn types(fields: &[FieldRef]) -> Vec<DataType> {
    fields.iter().map(|field| field.data_type().clone()).collect()
}

impl<G: Grouping> AggregateUDFImpl for GroupUdf<G> {
    fn name(&self) -> &str {
        self.grouping.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        Ok(self.grouping.returns(arguments))
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(SingleGroup::new(self.grouping.start(&types(args.expr_fields)))))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let states = self.grouping.state(&types(args.input_fields));
        Ok(states.into_iter().map(|(name, ty)| Field::new(format_state_name(args.name, name), ty, true).into()).collect())
    }

    fn groups_accumulator_supported(&self, _args: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(self.grouping.start(&types(args.expr_fields))))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn default_value(&self, returns: &DataType) -> Result<ScalarValue> {
        self.grouping.empty(returns)
    }
}
