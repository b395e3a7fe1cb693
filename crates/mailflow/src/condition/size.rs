//! `size = { over = 1000000, under = 20000000 }`: how large a message is, in bytes.

use crate::{
    Fault,
    read::{self, Value},
};

/// Limits; a message of exactly `over` or `under` bytes is neither.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    over: Option<u64>,
    under: Option<u64>,
}

impl Size {
    pub(super) fn read(value: &Value<'_>) -> Result<Self, Fault> {
        let mut size = Self { over: None, under: None };
        for (key, part) in read::table(value, "`size`")?.iter() {
            match key.get_ref().as_ref() {
                "over" => size.over = Some(read::number(part, "`over`")?),
                "under" => size.under = Some(read::number(part, "`under`")?),
                _ => return Err(read::unknown(key, "`size`", &["over", "under"])),
            }
        }
        if size.over.is_none() && size.under.is_none() {
            return Err(Fault::new(value.span(), "`size` needs `over` or `under`, in bytes"));
        }
        Ok(size)
    }

    pub(super) fn holds(self, size: u64) -> Option<String> {
        let fits = self.over.is_none_or(|over| size > over) && self.under.is_none_or(|under| size < under);
        fits.then(|| format!("{size} bytes"))
    }

    pub(super) fn words(self) -> String {
        let over = self.over.map(|over| format!("over {over} bytes"));
        let under = self.under.map(|under| format!("under {under} bytes"));
        over.into_iter().chain(under).collect::<Vec<_>>().join(" and ")
    }
}
