//! Texts as words and what parts them, for `reduce`: the words of a text with their places, and the pattern they make.

use std::{collections::BTreeSet, sync::Arc};

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, ListBuilder, StringViewBuilder},
        datatypes::{DataType, Field},
    },
    common::{Result, exec_err},
    logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility},
};

/// More words than these are not told apart: the rest of a text is one.
const MAX_WORDS: usize = 256;

/// What parts words.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Separators {
    /// Every character that is no ASCII letter or digit.
    NotAlphanumeric,
    /// These characters and no others.
    These(String),
}

impl Separators {
    fn part(&self, character: char) -> bool {
        match self {
            Self::NotAlphanumeric => !character.is_ascii_alphanumeric(),
            Self::These(characters) => characters.contains(character),
        }
    }

    /// Each word with what stands before it, and at the end what stands behind the last one, as a word that is empty.
    fn pieces<'t>(&self, text: &'t str) -> Vec<(&'t str, &'t str)> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let start = rest.find(|character| !self.part(character)).unwrap_or(rest.len());
            let (before, tail) = rest.split_at(start);
            let end = match pieces.len() < MAX_WORDS {
                true => tail.find(|character| self.part(character)).unwrap_or(tail.len()),
                false => tail.len(),
            };
            let (word, tail) = tail.split_at(end);
            pieces.push((before, word));
            rest = tail;
        }
        pieces
    }
}

/// A number is a value of the moment: it is never part of a pattern.
fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// The words of a text, each as `place:word`; numbers are left out.
pub(crate) fn words(text: Expr, separators: Separators) -> Expr {
    super::call(Words { separators, signature: Signature::any(1, Volatility::Immutable) }, vec![text])
}

/// The text with `*` for every word that is not among the frequent ones, which are as [`words`] gives them; null where no word
/// is left of a text that has some.
pub(crate) fn word_pattern(text: Expr, separators: Separators, frequent: BTreeSet<String>) -> Expr {
    let signature = Signature::any(1, Volatility::Immutable);
    super::call(WordPattern { separators, frequent: Arc::new(frequent), signature }, vec![text])
}

fn placed(place: usize, word: &str, out: &mut String) {
    use std::fmt::Write as _;
    out.clear();
    // Writing to a text cannot fail.
    let _ = write!(out, "{place}:{word}");
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Words {
    separators: Separators,
    signature: Signature,
}

impl ScalarUDFImpl for Words {
    fn name(&self) -> &'static str {
        "words"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(Arc::new(Field::new_list_field(DataType::Utf8View, true))))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let array = only(&args)?;
        let mut lists = ListBuilder::new(StringViewBuilder::new());
        let mut out = String::new();
        for text in array.as_string_view() {
            for (place, (_, word)) in self.separators.pieces(text.unwrap_or("")).into_iter().enumerate() {
                if !is_number(word) {
                    placed(place, word, &mut out);
                    lists.values().append_value(&out);
                }
            }
            lists.append(true);
        }
        Ok(ColumnarValue::Array(Arc::new(lists.finish())))
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct WordPattern {
    separators: Separators,
    frequent: Arc<BTreeSet<String>>,
    signature: Signature,
}

impl WordPattern {
    /// Writes the pattern; false if no word is left.
    fn write(&self, text: &str, key: &mut String, out: &mut String) -> bool {
        out.clear();
        let mut left = text.is_empty();
        for (place, (before, word)) in self.separators.pieces(text).into_iter().enumerate() {
            placed(place, word, key);
            let frequent = !is_number(word) && self.frequent.contains(key.as_str());
            let kept = word.is_empty() || frequent;
            left |= frequent;
            // A separator that looks like a part of a word goes into the `*` beside it: `foo` `Z` `*` is `foo*`.
            let swallowed = |text: &str| text.chars().all(char::is_alphanumeric);
            let beside = out.ends_with('*') || !kept;
            if !(beside && swallowed(before)) {
                out.push_str(before);
            }
            match kept {
                true => out.push_str(word),
                false if out.ends_with('*') => {}
                false => out.push('*'),
            }
        }
        left
    }
}

impl ScalarUDFImpl for WordPattern {
    fn name(&self) -> &'static str {
        "word_pattern"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let array = only(&args)?;
        let mut patterns = StringViewBuilder::with_capacity(array.len());
        let (mut key, mut out) = (String::new(), String::new());
        for text in array.as_string_view() {
            match self.write(text.unwrap_or(""), &mut key, &mut out) {
                true => patterns.append_value(&out),
                false => patterns.append_null(),
            }
        }
        Ok(ColumnarValue::Array(Arc::new(patterns.finish())))
    }
}

fn only(args: &ScalarFunctionArgs) -> Result<ArrayRef> {
    match ColumnarValue::values_to_arrays(&args.args)?.into_iter().next() {
        Some(array) => Ok(array),
        None => exec_err!("a text is wanted"),
    }
}
