//! Which cells were met, how often, as a small table.

use std::fmt;

use super::table::{COLUMNS, Cell, Column, Row, TABLE, cell};

/// How often each cell was met.
#[derive(Debug, Default)]
pub struct Coverage([[usize; 7]; TABLE.len()]);

impl Coverage {
    pub fn count(&mut self, hits: &[(Row, Column)]) {
        for (row, column) in hits {
            self.0[*row as usize][*column as usize] += 1;
        }
    }

    /// Counts what another one counted too.
    pub fn add(&mut self, other: &Self) {
        let cells = self.0.as_flattened_mut().iter_mut();
        cells.zip(other.0.as_flattened()).for_each(|(cell, hits)| *cell += hits);
    }

    /// The cells that were never met, apart from those that need not be.
    pub fn missing(&self, needed: impl Fn(Cell) -> bool) -> Vec<String> {
        let mut missing = Vec::new();
        for (row, name, cells) in TABLE {
            for (place, column) in Column::NAMES.iter().enumerate() {
                if self.0[row as usize][place] == 0 && needed(cells[place]) {
                    missing.push(format!("{name} x {column}"));
                }
            }
        }
        missing
    }
}

/// Every cell that exists.
pub fn every(cell: Cell) -> bool {
    cell != Cell::Never
}

/// Those that a server can be brought to: all but "-" and "discarded".
pub fn through_a_server(cell: Cell) -> bool {
    every(cell) && cell != Cell::Dash && cell != Cell::Discarded
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:29}", "")?;
        Column::NAMES.iter().try_for_each(|column| write!(f, "{column:>10}"))?;
        for (row, name, _) in TABLE {
            write!(f, "\n{name:29}")?;
            for (column, hits) in COLUMNS.iter().zip(self.0[row as usize]) {
                match cell(row, *column) {
                    Cell::Never => write!(f, "{:>10}", "")?,
                    _ => write!(f, "{hits:>10}")?,
                }
            }
        }
        Ok(())
    }
}
