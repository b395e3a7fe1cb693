//! The pattern of `parse`: texts and columns, matched against a text, captures as a struct of texts.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, StringViewBuilder, StructArray},
        buffer::NullBuffer,
        datatypes::{DataType, Field, Fields},
    },
    common::Result,
    logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility},
};
use regex::Regex;
use schema::Type;

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    regex: Regex,
    captures: Vec<Capture>,
    /// `kind=relaxed`: a value that does not convert leaves the others as they are.
    relaxed: bool,
}

/// A column of the pattern: its group in the expression and what its text must convert to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Capture {
    pub(crate) group: usize,
    pub(crate) ty: Type,
}

impl Pattern {
    pub(crate) const fn new(regex: Regex, captures: Vec<Capture>, relaxed: bool) -> Self {
        Self { regex, captures, relaxed }
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.regex.as_str() == other.regex.as_str() && self.captures == other.captures && self.relaxed == other.relaxed
    }
}

impl Eq for Pattern {}

impl std::hash::Hash for Pattern {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.regex.as_str(), &self.captures, self.relaxed).hash(state);
    }
}

/// What a pattern captures of a text: a struct `c0`, `c1` ... of texts, null as a whole where the text does not match.
pub(crate) fn parse(text: Expr, pattern: Pattern) -> Expr {
    super::call(Parse { pattern, signature: Signature::any(1, Volatility::Immutable) }, vec![text])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Parse {
    pattern: Pattern,
    signature: Signature,
}

impl Parse {
    fn fields(&self) -> Fields {
        (0..self.pattern.captures.len()).map(|position| Field::new(format!("c{position}"), DataType::Utf8View, true)).collect()
    }

    /// One column fitting its type is demanded of every row, unless the pattern is relaxed.
    fn fits(&self, texts: &[Option<&str>]) -> bool {
        self.pattern.relaxed
            || self.pattern.captures.iter().zip(texts).all(|(capture, text)| text.is_some_and(|text| converts(text, capture.ty)))
    }
}

fn converts(text: &str, ty: Type) -> bool {
    use schema::text;
    match ty {
        Type::String | Type::Dynamic => true,
        Type::Bool => text::bool::parse(text).is_some(),
        Type::Int => text::int::parse(text).is_some(),
        Type::Long => text::long::parse(text).is_some(),
        Type::Real => text::real::parse(text).is_some(),
        Type::Decimal => text::decimal::parse(text).is_some(),
        Type::Datetime => text::datetime::parse(text).is_some(),
        Type::Timespan => text::timespan::parse(text).is_some(),
        Type::Guid => text::guid::parse(text).is_some(),
    }
}

impl ScalarUDFImpl for Parse {
    fn name(&self) -> &'static str {
        "parse"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(self.fields()))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let Some(array) = arrays.first() else { return datafusion::common::exec_err!("parse needs a text") };
        let texts = array.as_string_view();
        let mut columns: Vec<StringViewBuilder> = self.pattern.captures.iter().map(|_| StringViewBuilder::new()).collect();
        let mut matched = Vec::with_capacity(texts.len());
        for row in 0..texts.len() {
            let text = if texts.is_null(row) { "" } else { texts.value(row) };
            let found: Option<Vec<Option<&str>>> = self.pattern.regex.captures(text).map(|groups| {
                self.pattern.captures.iter().map(|capture| groups.get(capture.group).map(|group| group.as_str())).collect()
            });
            let found = found.filter(|texts| self.fits(texts));
            matched.push(found.is_some());
            for (position, column) in columns.iter_mut().enumerate() {
                column.append_option(found.as_ref().and_then(|texts| texts.get(position).copied().flatten()));
            }
        }
        let columns: Vec<ArrayRef> = columns.iter_mut().map(|column| -> ArrayRef { Arc::new(column.finish()) }).collect();
        let structs = StructArray::try_new(self.fields(), columns, Some(NullBuffer::from(matched)))?;
        Ok(ColumnarValue::Array(Arc::new(structs)))
    }
}
