//! A declared kernel as a DataFusion scalar function.

use std::hash::{DefaultHasher, Hash, Hasher};

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion_common::{
    DataFusionError, Result, ScalarValue,
    tree_node::{TreeNode as _, TreeNodeRecursion},
};
use datafusion_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};
use schema::Type;

use super::{Args, memo::Distinct};
use crate::{Cost, Eval, Function};

/// A function bound to the Kusto types of its arguments.
#[derive(Debug)]
pub struct ScalarKernel {
    function: &'static Function,
    types: Vec<Type>,
    returns: Type,
    signature: Signature,
    memoise: bool,
}

impl ScalarKernel {
    /// The function over arguments of `types`, whose result is a `returns`.
    #[must_use]
    pub fn new(function: &'static Function, types: Vec<Type>, returns: Type) -> Self {
        let volatility = if function.cost == Cost::Volatile { Volatility::Volatile } else { Volatility::Immutable };
        let shape = if types.is_empty() { TypeSignature::Nullary } else { TypeSignature::Any(types.len()) };
        let memoise = function.cost == Cost::PerDistinct;
        Self { function, types, returns, signature: Signature::new(shape, volatility), memoise }
    }

    /// The same without remembering answers: for tests that compare both.
    #[must_use]
    pub fn without_memory(mut self) -> Self {
        self.memoise = false;
        self
    }

    /// The declaration.
    #[must_use]
    pub const fn function(&self) -> &'static Function {
        self.function
    }

    /// Kusto types of the arguments.
    #[must_use]
    pub fn types(&self) -> &[Type] {
        &self.types
    }

    /// The answer for constants.
    ///
    /// # Errors
    /// As the kernel.
    pub fn answer(&self, constants: &[ColumnarValue]) -> Result<ScalarValue> {
        ScalarValue::try_from_array(&self.run(constants, 1)?, 0)
    }

    /// What a call is called. DataFusion asks for it at each node of an expression on its way up, and each name holds those of the
    /// nodes below: of a long expression, such as a sum of hundreds, the name is a number.
    fn named(&self, arguments: &[Expr], name: impl Fn(&Expr) -> String) -> String {
        if is_long(arguments) {
            let mut hasher = DefaultHasher::new();
            arguments.hash(&mut hasher);
            return format!("{}(#{:016x})", self.function.name, hasher.finish());
        }
        let names: Vec<String> = arguments.iter().map(name).collect();
        format!("{}({})", self.function.name, names.join(","))
    }

    fn run(&self, values: &[ColumnarValue], rows: usize) -> Result<arrow::array::ArrayRef> {
        let (Eval::Kernel(kernel) | Eval::Tuple(_, kernel)) = self.function.eval else {
            return Err(DataFusionError::Internal(format!("{} has no kernel", self.function.name)));
        };
        kernel(&Args::new(values, &self.types, self.returns, rows))
            .map_err(|error| DataFusionError::Execution(format!("{}(): {error}", self.function.name)))
    }
}

/// More nodes than a person reads.
const LONG: usize = 64;

fn is_long(arguments: &[Expr]) -> bool {
    let mut nodes = 0_usize;
    for argument in arguments {
        // The closure never fails, so that neither does the walk.
        let _ = argument.apply(|_| {
            nodes += 1;
            Ok(if nodes > LONG { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
        });
    }
    nodes > LONG
}

impl PartialEq for ScalarKernel {
    fn eq(&self, other: &Self) -> bool {
        self.function.name == other.function.name && self.types == other.types && self.returns == other.returns
    }
}

impl Eq for ScalarKernel {}

impl Hash for ScalarKernel {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.function.name, &self.types, self.returns).hash(state);
    }
}

impl ScalarUDFImpl for ScalarKernel {
    fn name(&self) -> &str {
        self.function.name
    }

    fn display_name(&self, arguments: &[Expr]) -> Result<String> {
        Ok(self.named(arguments, |argument| argument.to_string()))
    }

    fn schema_name(&self, arguments: &[Expr]) -> Result<String> {
        Ok(self.named(arguments, |argument| argument.schema_name().to_string()))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(self.returns.engine_type())
    }

    fn return_field_from_args(&self, _arguments: ReturnFieldArgs) -> Result<FieldRef> {
        // Text is never null in Kusto, which lets DataFusion drop null checks.
        Ok(Field::new(self.function.name, self.returns.engine_type(), self.returns != Type::String).into())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = args.number_rows;
        let constant = args.args.iter().all(|value| matches!(value, ColumnarValue::Scalar(_)));
        if constant && self.function.cost != Cost::Volatile {
            return Ok(ColumnarValue::Scalar(self.answer(&args.args)?));
        }
        if self.memoise
            && let Some(distinct) = Distinct::find(&args.args)
        {
            let (arguments, count) = distinct.arguments(&args.args);
            let answers = self.run(&arguments, count)?;
            let spread = distinct.spread(&answers).map_err(|error| DataFusionError::Execution(error.to_string()))?;
            return Ok(ColumnarValue::Array(spread));
        }
        Ok(ColumnarValue::Array(self.run(&args.args, rows)?))
    }
}
