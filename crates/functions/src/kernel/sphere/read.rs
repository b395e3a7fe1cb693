//! Arguments of the functions as shapes, and shapes as their results.

use arrow::array::ArrayRef;

use super::{geojson, point::Point};
use crate::kernel::{Args, KernelError, Reals, each_text_or_null};

/// Longitudes and latitudes in two arguments that follow each other.
#[derive(Debug)]
pub struct Places(Reals, Reals);

impl Places {
    /// Those from argument `position` on.
    ///
    /// # Errors
    /// As [`Args::reals`].
    pub fn from(args: &Args, position: usize) -> Result<Self, KernelError> {
        Ok(Self(args.reals(position)?, args.reals(position + 1)?))
    }

    /// The point of a row; `None` if a part is null or out of range.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<Point> {
        Point::new(self.0.get(row)?, self.1.get(row)?)
    }
}

/// The shape read last: where the same text comes again it is not read again.
#[derive(Debug)]
pub struct Remembered<T> {
    read: fn(&str) -> Option<T>,
    last: Option<(String, Option<T>)>,
}

impl<T> Remembered<T> {
    /// Reads texts in this way.
    #[must_use]
    pub const fn new(read: fn(&str) -> Option<T>) -> Self {
        Self { read, last: None }
    }

    /// What the text says.
    pub fn get(&mut self, text: &str) -> Option<&T> {
        if self.last.as_ref().is_none_or(|(known, _)| known != text) {
            self.last = Some((text.to_owned(), (self.read)(text)));
        }
        self.last.as_ref()?.1.as_ref()
    }
}

/// An optional number in metres; `usual` where it is not given, `None` if it is null.
///
/// # Errors
/// As [`Args::reals`].
pub fn metres(args: &Args, position: usize, usual: f64) -> Result<impl Fn(usize) -> Option<f64> + use<>, KernelError> {
    let given = if args.len() > position { Some(args.reals(position)?) } else { None };
    Ok(move |row| given.as_ref().map_or(Some(usual), |given| given.get(row)))
}

/// Shapes for each row as one GeoJSON value; null where there is no answer.
pub fn each_shape(args: &Args, mut shapes: impl FnMut(usize) -> Option<Vec<geojson::Shape>>) -> ArrayRef {
    each_text_or_null(args, |row, out| {
        let found = shapes(row);
        if let Some(found) = &found {
            geojson::write(found, out);
        }
        found.is_some()
    })
}
