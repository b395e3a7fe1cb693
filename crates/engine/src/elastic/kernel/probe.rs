//! A condition on the values within one column, computed once for each distinct value of a batch.

use std::borrow::Cow;

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, BooleanArray, StringViewArray},
        compute::take,
        datatypes::{DataType, Field, FieldRef},
    },
    common::{Result, ScalarValue, exec_err},
    logical_expr::{ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility},
};
use functions::kernel::distinct_views;

use crate::elastic::{
    leaf::{Leaf, LeafTest},
    route::{Route, any_object},
};

/// What the texts of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    /// A value each; the empty text is none.
    Text,
    /// JSON each; null is none.
    Json,
}

/// A condition on a document's part that one column holds. It is true or false, and false for what is not there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Probe {
    All,
    Never,
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    /// Some value there passes.
    Leaf(Route, LeafTest),
    /// Some object there satisfies a condition, whose paths begin at the object.
    Object(String, Box<Self>),
}

impl Probe {
    fn holds(&self, json: &str) -> bool {
        match self {
            Self::All => true,
            Self::Never => false,
            Self::And(all) => all.iter().all(|probe| probe.holds(json)),
            Self::Or(any) => any.iter().any(|probe| probe.holds(json)),
            Self::Not(inner) => !inner.holds(json),
            Self::Leaf(route, test) => route.any(json, &mut |leaf| test.holds(leaf)),
            Self::Object(path, inner) => any_object(json, path, &mut |object| inner.holds(object)),
        }
    }

    fn holds_of_text(&self, text: &str) -> bool {
        match self {
            Self::Leaf(_, test) => test.holds(&Leaf::Text(Cow::Borrowed(text))),
            other => other.holds(text),
        }
    }
}

/// Whether the condition holds for what `column` has: never null.
pub(crate) fn probe(column: Expr, form: Form, condition: Probe) -> Expr {
    let signature = Signature::any(1, Volatility::Immutable);
    crate::kernel::call(ElasticMatch { form, condition, signature }, vec![column])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ElasticMatch {
    form: Form,
    condition: Probe,
    signature: Signature,
}

impl ElasticMatch {
    fn one(&self, value: Option<&str>) -> bool {
        match (self.form, value) {
            (_, None) | (Form::Text, Some("")) => false,
            (Form::Text, Some(text)) => self.condition.holds_of_text(text),
            (Form::Json, Some(json)) => self.condition.holds(json),
        }
    }

    fn each(&self, texts: &StringViewArray) -> BooleanArray {
        texts.iter().map(|text| Some(self.one(text))).collect()
    }

    fn of(&self, array: &ArrayRef) -> Result<ArrayRef> {
        let Some(texts) = array.as_string_view_opt() else { return exec_err!("elastic_match needs texts") };
        let Some((firsts, rows)) = distinct_views(texts) else { return Ok(std::sync::Arc::new(self.each(texts))) };
        let distinct: BooleanArray = firsts
            .iter()
            .map(|&row| {
                let row = row as usize;
                Some(self.one(texts.is_valid(row).then(|| texts.value(row))))
            })
            .collect();
        Ok(take(&distinct, &rows, None)?)
    }
}

impl ScalarUDFImpl for ElasticMatch {
    fn name(&self) -> &'static str {
        "elastic_match"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn return_field_from_args(&self, _arguments: ReturnFieldArgs) -> Result<FieldRef> {
        Ok(Field::new("elastic_match", DataType::Boolean, false).into())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.first() {
            Some(ColumnarValue::Array(array)) => self.of(array).map(ColumnarValue::Array),
            Some(ColumnarValue::Scalar(value)) => {
                Ok(ColumnarValue::Scalar(ScalarValue::Boolean(Some(self.one(value.try_as_str().flatten())))))
            }
            None => exec_err!("elastic_match needs a column"),
        }
    }
}
