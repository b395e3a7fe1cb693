//! The answer of a query in the form that was asked for, and its chart.

use std::path::{Path, PathBuf};

use engine::Results;

use crate::{
    chart_of,
    command::Format,
    failure::Failure,
    output,
    term::{self, Screen},
};

/// How an answer is shown.
#[derive(Debug)]
pub(crate) struct Showing {
    pub(crate) format: Format,
    /// The file that rows go to, if they go to one.
    pub(crate) output: Option<PathBuf>,
    /// The picture to draw.
    pub(crate) chart: Option<PathBuf>,
    /// Rows a table shows at most.
    pub(crate) rows: usize,
}

/// Draws the chart of a result to a file.
pub(crate) fn chart_file(results: &Results, title: &str, path: &Path) -> Result<(), Failure> {
    match chart_of::chart(results, title) {
        Some(chart) => output::chart(&chart, path),
        None => Err(Failure::input(
            "error: --chart: this result has no numbers to draw; end the query with `| render timechart` or the like",
        )),
    }
}

/// Shows an answer.
pub(crate) fn results(results: &Results, title: &str, showing: &Showing) -> Result<(), Failure> {
    if let Some(path) = &showing.chart {
        chart_file(results, title, path)?;
    }
    match showing.format {
        Format::Table => {
            let screen = if showing.output.is_some() { Screen::FILE } else { Screen::stdout() };
            let text = for_reading(results, title, showing.rows, screen);
            match &showing.output {
                Some(path) => output::to_file(path, |out| Ok(out.write_all(text.as_bytes())?)),
                None => output::print(&text),
            }
        }
        Format::Parquet if !results.more.is_empty() => {
            Err(Failure::input("error: --format parquet holds one table, and this query gives several"))
        }
        Format::Parquet => match &showing.output {
            Some(path) => output::parquet(results, path),
            None => Err(Failure::input("error: --format parquet needs --output FILE")),
        },
        format => match &showing.output {
            Some(path) => output::to_file(path, |out| output::rows(results, format, out)),
            None => output::rows(results, format, &mut std::io::BufWriter::new(std::io::stdout().lock())),
        },
    }
}

/// The chart that `render` asks for, then the tables.
fn for_reading(results: &Results, title: &str, rows: usize, screen: Screen) -> String {
    let mut text = String::new();
    let chart = results.visualization.as_ref().and_then(|_| chart_of::chart(results, title));
    if let Some(chart) = chart {
        text.push_str(&chart::terminal(&chart, screen.chart_width(), 22, screen.colour));
        text.push_str("\n\n");
    }
    text.push_str(&term::table(results, rows, screen));
    for (position, table) in results.more.iter().enumerate() {
        let name = table.name.clone().unwrap_or_else(|| format!("table {}", position + 2));
        text.push_str(&format!("\n{name}\n"));
        text.push_str(&term::table(table, rows, screen));
    }
    text
}
