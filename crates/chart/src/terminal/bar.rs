//! Horizontal bars with names and values: `barchart`.

use crate::data::{Axis, Data, extent, piled};
use crate::model::{Chart, Pile};
use crate::scale::Scale;
use crate::scale::number::{Extent, linear, logarithmic, percent, short};
use crate::text::{cells, elide_cells, plain};

use super::frame::{Key, fill, legend};
use super::screen::{Ink, Row};
use super::{Terminal, title};

/// Left blocks of one to eight eighths.
const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// Draws the chart: a line a bar, or a line a pile.
pub(crate) fn draw(chart: &Chart, mut data: Data, terminal: Terminal) -> Vec<Row> {
    let pile = chart.pile();
    let mut rows: Vec<Row> = title(chart, terminal).into_iter().collect();
    rows.extend(legend(chart, &data, terminal, Key::Fill));
    let zone = matches!(data.axis, Axis::Time(_)).then_some("times are UTC");
    let titles = [plain(&chart.x_title), plain(&chart.y_title)];
    let heading =
        titles.into_iter().filter(|text| !text.is_empty()).chain(zone.map(str::to_owned)).collect::<Vec<_>>().join(" · ");
    if !heading.is_empty() {
        rows.push(Row::of(elide_cells(&heading, terminal.width), Ink::Dim));
    }
    let beside = if pile == Pile::None { data.series.len().max(1) } else { 1 };
    let room = terminal.height.saturating_sub(rows.len());
    data.keep_first((room.saturating_sub(1) / beside).max(1), "bars");
    let piles = piled(&data, pile);
    let Some(extent) = extent(&data, pile, &piles) else { return rows };
    let scale = scale(chart, extent.with_zero());
    let names: Vec<String> = (0..data.axis.len()).map(|row| plain(&data.axis.label(row))).collect();
    let name_width = names.iter().map(|name| cells(name)).max().unwrap_or(0).min(terminal.width * 2 / 5);
    let value_width =
        data.values().chain(piles.iter().flatten().map(|(_, end)| *end)).map(|value| cells(&short(value))).max().unwrap_or(0);
    let bar_width = terminal.width.saturating_sub(name_width + value_width + 2).max(1);
    for (row, name) in names.iter().enumerate() {
        let values: Vec<(usize, f64)> = data
            .series
            .iter()
            .enumerate()
            .filter_map(|(index, line)| Some((index, line.values.get(row).copied().flatten()?)))
            .collect();
        let mut lead = head(&elide_cells(name, name_width), name_width);
        if pile == Pile::None {
            for at in 0..beside {
                let value = values.iter().find(|(index, _)| *index == at).map(|(_, value)| *value);
                let block = if beside > 1 { fill(at, terminal) } else { '█' };
                let ink = data.series.get(at).map_or(Ink::Plain, Ink::of);
                if let Some(value) = value {
                    bar(&mut lead, &scale, value, bar_width, block, ink);
                    lead.push(&format!(" {}", short(value)), Ink::Plain);
                }
                rows.push(std::mem::replace(&mut lead, head("", name_width)));
            }
        } else {
            let (mut filled, mut total) = (0, 0.0_f64);
            for (index, _) in &values {
                let end = piles.get(*index).and_then(|pile| pile.get(row)).map_or(0.0, |(_, end)| *end);
                total = total.max(end);
                let until = (scale.share(end) * bar_width as f64).round().clamp(0.0, bar_width as f64) as usize;
                let block = fill(*index, terminal).to_string();
                lead.push(&block.repeat(until.saturating_sub(filled)), data.series.get(*index).map_or(Ink::Plain, Ink::of));
                filled = filled.max(until);
            }
            if pile == Pile::Sums && !values.is_empty() {
                lead.push(&format!(" {}", short(total)), Ink::Plain);
            }
            rows.push(lead);
        }
    }
    if rows.len() < terminal.height && !data.notes.is_empty() {
        rows.push(Row::of(elide_cells(&data.notes.join("; "), terminal.width), Ink::Dim));
    }
    rows
}

fn scale(chart: &Chart, extent: Extent) -> Scale {
    let mut scale = if chart.y_log && chart.pile() != Pile::Shares {
        logarithmic(Extent { low: extent.high.min(1.0), ..extent }, 5, chart.y_min, chart.y_max)
    } else {
        linear(extent, 9, chart.y_min, chart.y_max)
    };
    // No ticks are shown, so the longest bar may take all the room.
    if !scale.log && chart.y_max.is_none() && extent.high > scale.low {
        scale.high = extent.high;
    }
    if !scale.log && chart.y_min.is_none() && extent.low < scale.high {
        scale.low = extent.low;
    }
    scale
}

/// A name at the right end of its room, and the axis.
fn head(name: &str, width: usize) -> Row {
    let mut row = Row::default();
    row.pad(width.saturating_sub(cells(name)));
    row.push(name, Ink::Plain);
    row.push(" ", Ink::Plain);
    row
}

/// A bar in eighths of cells; where some values are below zero, in whole cells from the zero line.
fn bar(row: &mut Row, scale: &Scale, value: f64, width: usize, block: char, ink: Ink) {
    let place = |value: f64| scale.share(value).clamp(0.0, 1.0) * width as f64;
    let (base, end) = (place(scale.base()), place(value));
    if base > 0.0 {
        let (from, to) = (base.min(end).round() as usize, base.max(end).round() as usize);
        row.push(&" ".repeat(from), Ink::Plain);
        row.push(&block.to_string().repeat(to - from), ink);
        return;
    }
    let full = end.floor() as usize;
    row.push(&block.to_string().repeat(full), ink);
    let rest = ((end - full as f64) * 8.0).round() as usize;
    let rest = if rest == 0 && full == 0 && value > scale.low { 1 } else { rest };
    if rest > 0 && full < width {
        let mark = if block == '█' || full == 0 { EIGHTHS[rest.min(8) - 1] } else { block };
        row.push(mark.encode_utf8(&mut [0; 4]), ink);
    }
}

/// Names, bars, values and shares, for slices of a whole.
pub(crate) fn shares(parts: &[(String, f64, Ink)], total: f64, terminal: Terminal) -> Vec<Row> {
    let largest = parts.iter().map(|(_, value, _)| *value).fold(0.0, f64::max);
    let text = |value: f64| format!("{:>7}", percent(value / total));
    let names = parts.iter().map(|(name, ..)| cells(name)).max().unwrap_or(0).min(terminal.width * 2 / 5);
    let values = parts.iter().map(|(_, value, _)| cells(&short(*value))).max().unwrap_or(0);
    let room = terminal.width.saturating_sub(names + values + 7 + 3).max(1);
    let scale = Scale { low: 0.0, high: largest, log: false, ticks: Vec::new() };
    let row = |(name, value, ink): &(String, f64, Ink)| {
        let mut row = head(&elide_cells(name, names), names);
        bar(&mut row, &scale, *value, room, '█', *ink);
        row.pad(names + 1 + room + 1 + values.saturating_sub(cells(&short(*value))));
        row.push(&short(*value), Ink::Plain);
        row.push(&text(*value), Ink::Dim);
        row
    };
    parts.iter().map(row).collect()
}
