//! The texts of a list that is given as texts, dynamic arrays or both, row by row.

use super::{Args, KernelError, Values, json};

/// Lists, one a row.
#[derive(Debug)]
pub struct Lists {
    items: Vec<Values>,
    constant: bool,
    texts: Option<Vec<String>>,
}

impl Lists {
    /// All arguments from `position` on as one list.
    ///
    /// # Errors
    /// An argument does not hold what its type says.
    pub fn of(args: &Args, position: usize) -> Result<Self, KernelError> {
        let constant = (position..args.len()).all(|position| args.is_constant(position));
        Ok(Self { items: Values::from(args, position)?, constant, texts: None })
    }

    /// The list's texts in a row if they may be others than in the row asked for before.
    pub fn changed(&mut self, row: usize) -> Option<&[String]> {
        if self.constant && self.texts.is_some() {
            return None;
        }
        let mut texts = Vec::new();
        for item in &self.items {
            match item.json(row).and_then(json::elements) {
                Some(elements) => texts.extend(elements.filter_map(json::not_null).map(|value| json::text(value).into_owned())),
                None if item.is_null(row) => {}
                None => {
                    let mut text = String::new();
                    item.write_text(row, &mut text);
                    texts.push(text);
                }
            }
        }
        if self.texts.as_ref() == Some(&texts) {
            return None;
        }
        self.texts = Some(texts);
        self.texts.as_deref()
    }
}
