//! The cells of a plot: characters, or Braille dots eight to a cell (Unicode block U+2800).

use super::screen::{Ink, Row};

/// Cells that are drawn in.
#[derive(Debug)]
pub(crate) struct Grid {
    /// Cells across.
    pub width: usize,
    /// Cells down.
    pub height: usize,
    cells: Vec<Cell>,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    mark: Option<char>,
    dots: u8,
    ink: Ink,
}

/// The bits of the dots of a cell, row by row.
const DOTS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

impl Grid {
    /// An empty grid.
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self { width, height, cells: vec![Cell { mark: None, dots: 0, ink: Ink::Plain }; width * height] }
    }

    fn cell(&mut self, x: usize, y: usize) -> Option<&mut Cell> {
        if x >= self.width {
            return None;
        }
        self.cells.get_mut(y * self.width + x)
    }

    /// Puts a character into a cell; nothing happens outside of the grid.
    pub(crate) fn mark(&mut self, x: usize, y: usize, mark: char, ink: Ink) {
        if let Some(cell) = self.cell(x, y) {
            (cell.mark, cell.ink) = (Some(mark), ink);
        }
    }

    /// Sets a dot, two to a cell across and four down; nothing happens outside of the grid.
    pub(crate) fn dot(&mut self, x: i64, y: i64, ink: Ink) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if let Some(cell) = self.cell(x / 2, y / 4) {
            cell.dots |= DOTS[y % 4][x % 2];
            cell.ink = ink;
        }
    }

    /// One line of it.
    pub(crate) fn row(&self, y: usize) -> Row {
        let mut row = Row::default();
        for cell in self.cells.iter().skip(y * self.width).take(self.width) {
            let braille = || char::from_u32(0x2800 + u32::from(cell.dots)).filter(|_| cell.dots > 0);
            let shown = cell.mark.or_else(braille).unwrap_or(' ');
            row.push(shown.encode_utf8(&mut [0; 4]), cell.ink);
        }
        row
    }
}

/// The points of a straight line from one point to another, both included.
pub(crate) fn between(from: (i64, i64), to: (i64, i64)) -> impl Iterator<Item = (i64, i64)> {
    let (across, down) = (to.0 - from.0, to.1 - from.1);
    let steps = across.abs().max(down.abs());
    (0..=steps).map(move |step| {
        let part = |length: i64| (length as f64 * step as f64 / steps.max(1) as f64).round() as i64;
        (from.0 + part(across), from.1 + part(down))
    })
}
