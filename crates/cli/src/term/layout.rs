//! Which form a result is shown in: a grid where every column has room for its words, else a record a row. Pure.
//!
//! A grid whose words are broken in the middle cannot be read, searched or copied, so there is none.

/// What a column needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need {
    /// Cells of its widest text, the name included.
    pub(crate) whole: usize,
    /// Cells of its widest word: less cannot be given without breaking it.
    pub(crate) word: usize,
    /// Whether any row shown has a value.
    pub(crate) filled: bool,
}

/// The form of a result.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Columns side by side: the place of each and its width.
    Grid(Vec<(usize, usize)>),
    /// A record a row: the places of the columns.
    Records(Vec<usize>),
}

/// The width beyond which a pipe or a file gets records: what a viewer with side-scrolling still shows well.
const FILE_WIDTH: usize = 200;
/// The least a column of several words is given.
const LEAST: usize = 16;
/// The most lines that a row of a grid may take.
const LINES: usize = 3;

/// The form that fits into `width`; in a file nothing is wrapped, so that a row is a line.
pub(crate) fn layout(needs: &[Need], width: Option<usize>) -> Layout {
    let all: Vec<usize> = (0..needs.len()).collect();
    let filled: Vec<usize> = all.iter().copied().filter(|&place| needs[place].filled).collect();
    let room = width.unwrap_or(FILE_WIDTH);
    for places in [&all, &filled] {
        if frame(places.len()) + places.iter().map(|&place| needs[place].whole).sum::<usize>() <= room {
            return Layout::Grid(places.iter().map(|&place| (place, needs[place].whole)).collect());
        }
    }
    match width.and_then(|width| wrapped(needs, &filled, width)) {
        Some(columns) => Layout::Grid(columns),
        None => Layout::Records(filled),
    }
}

/// What borders and margins of a grid take.
const fn frame(columns: usize) -> usize {
    3 * columns + 1
}

/// The widest columns narrowed until all fit, words whole; `None` where they do not, or rows become too tall.
fn wrapped(needs: &[Need], places: &[usize], width: usize) -> Option<Vec<(usize, usize)>> {
    let room = width.checked_sub(frame(places.len()))?;
    let given = |cap: usize| -> Vec<(usize, usize)> {
        places.iter().map(|&place| (place, needs[place].whole.min(cap.max(needs[place].word).max(LEAST)))).collect()
    };
    let taken = |columns: &[(usize, usize)]| columns.iter().map(|(_, width)| width).sum::<usize>();
    let columns = (LEAST..=room).rev().map(given).find(|columns| taken(columns) <= room)?;
    columns.iter().all(|&(place, width)| needs[place].whole <= width * LINES).then_some(columns)
}

#[cfg(test)]
mod tests {
    use super::{Layout, Need, layout};

    fn need(whole: usize, word: usize) -> Need {
        Need { whole, word, filled: true }
    }

    #[test]
    fn columns_that_fit_are_a_grid() {
        assert_eq!(layout(&[need(10, 10), need(20, 5)], Some(37)), Layout::Grid(vec![(0, 10), (1, 20)]));
    }

    #[test]
    fn empty_columns_go_first() {
        let empty = Need { filled: false, ..need(30, 30) };
        assert_eq!(layout(&[need(10, 10), empty, need(20, 20)], Some(40)), Layout::Grid(vec![(0, 10), (2, 20)]));
        assert_eq!(layout(&[need(10, 10), empty], Some(80)), Layout::Grid(vec![(0, 10), (1, 30)]));
    }

    #[test]
    fn texts_are_wrapped_between_words_and_never_in_them() {
        assert_eq!(layout(&[need(10, 10), need(60, 8)], Some(57)), Layout::Grid(vec![(0, 10), (1, 40)]));
        assert_eq!(layout(&[need(10, 10), need(60, 60)], Some(57)), Layout::Records(vec![0, 1]));
    }

    #[test]
    fn rows_that_would_be_tall_are_records() {
        assert_eq!(layout(&[need(10, 10), need(120, 8)], Some(40)), Layout::Records(vec![0, 1]));
    }

    #[test]
    fn a_file_has_one_line_a_row() {
        assert_eq!(layout(&[need(10, 10), need(60, 8)], None), Layout::Grid(vec![(0, 10), (1, 60)]));
        assert_eq!(layout(&[need(120, 8), need(120, 8)], None), Layout::Records(vec![0, 1]));
    }

    #[test]
    fn a_terminal_without_room_for_anything_gets_records() {
        assert_eq!(layout(&[need(10, 10)], Some(3)), Layout::Records(vec![0]));
        assert_eq!(layout(&[], Some(80)), Layout::Grid(vec![]));
    }
}
