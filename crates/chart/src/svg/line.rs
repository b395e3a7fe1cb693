//! Lines over time, numbers or categories: `timechart`, `linechart`, `anomalychart`, and areas that do not add up.

use crate::data::{Data, Line};
use crate::model::{Chart, Pile};
use crate::palette;
use crate::sample::thin;
use crate::scale::number::short;
use crate::text::pixels;

use super::frame::{Frame, Wish, frame};
use super::legend::{Key, colour, dashes};
use super::page::{Anchor, Page, Rect, VALUE, path};
use super::tooltip;

/// Which lines are filled down to the zero line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fill {
    /// A single line, slightly.
    Single,
    /// Every one: an area chart.
    Every,
}

/// Columns of pixels that all series together may fill: bounds the size of the document.
const COLUMNS: usize = 40_000;

/// A run of values without a gap: places in the data, with pixels.
type Run = Vec<(usize, (f64, f64))>;

/// Draws the chart.
pub(crate) fn draw(page: &mut Page, chart: &Chart, data: &Data, fill: Fill) {
    let Some(extent) = crate::data::extent(data, Pile::None, &[]) else { return };
    let single = data.series.len() == 1;
    let zero = fill == Fill::Every;
    let key = if zero { Key::Area } else { Key::Line };
    let frame = frame(page, chart, data, Wish { extent, zero, margin: 0.0, key });
    let columns = (COLUMNS / data.series.len().max(1)).clamp(20, frame.plot.width.max(20.0) as usize);
    let opacity = match fill {
        Fill::Every => {
            if single {
                0.45
            } else {
                0.3
            }
        }
        Fill::Single => {
            if single && frame.y.low <= 0.0 {
                0.12
            } else {
                0.0
            }
        }
    };
    if frame.cut {
        // Dots at the ends may reach over the sides, but not over the ends asked for.
        let Rect { x, width, .. } = frame.plot;
        page.begin_clip(Rect { x: x - 6.0, width: width + 12.0, ..frame.plot });
    }
    let runs: Vec<Vec<Run>> = data.series.iter().map(|line| runs(line, data, &frame, columns)).collect();
    for (line, runs) in data.series.iter().zip(&runs) {
        shape(page, line, runs, &frame, opacity);
    }
    for (line, runs) in data.series.iter().zip(&runs) {
        dots(page, data, line, runs, &frame);
    }
    if frame.cut {
        page.end_clip();
    }
    for line in &data.series {
        anomalies(page, data, line, &frame);
    }
    if let ([line], true) = (data.series.as_slice(), data.axis.len() != 2) {
        peak(page, data, line, &frame);
    }
}

/// The line in pixels, thinned, cut at gaps.
fn runs(line: &Line, data: &Data, frame: &Frame, columns: usize) -> Vec<Run> {
    let points: Vec<(f64, Option<f64>)> =
        line.values.iter().enumerate().map(|(at, value)| (frame.x.share(data.axis.at(at)), *value)).collect();
    let mut runs = vec![Run::new()];
    for at in thin(&points, columns) {
        match (points.get(at), runs.last_mut()) {
            (Some((place, Some(value))), Some(run)) => {
                run.push((at, (frame.plot.x + place * frame.plot.width, frame.py(*value))));
            }
            (Some((_, None)), Some(run)) if !run.is_empty() => runs.push(Run::new()),
            _ => {}
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

fn shape(page: &mut Page, line: &Line, runs: &[Run], frame: &Frame, opacity: f64) {
    let colour = colour(line);
    let base = frame.py(frame.y.base());
    if opacity > 0.0 {
        for run in runs.iter().filter(|run| run.len() > 1) {
            let ends = [run.last(), run.first()].into_iter().flatten().map(|(_, (x, _))| (*x, base));
            let outline = path(run.iter().map(|(_, point)| *point).chain(ends));
            page.fill(&format!("{outline}Z"), &colour, opacity, "");
        }
    }
    let data: String = runs.iter().filter(|run| run.len() > 1).map(|run| path(run.iter().map(|(_, point)| *point))).collect();
    // Many points to a pixel are a band; a thick line would make it wider than its values.
    let dense = runs.iter().map(Vec::len).sum::<usize>() as f64 > frame.plot.width * 1.5;
    let width = if line.tone == crate::data::Tone::Muted || dense { 1.0 } else { 2.0 };
    page.stroke(&data, &colour, width, dashes(line));
}

/// Dots where the points are few, and in any case where a value stands alone between gaps.
fn dots(page: &mut Page, data: &Data, line: &Line, runs: &[Run], frame: &Frame) {
    let count: usize = runs.iter().map(Vec::len).sum();
    let few = data.series.len() <= 12 && count <= 60 && frame.plot.width / count.max(1) as f64 >= 12.0;
    let colour = colour(line);
    for run in runs.iter().filter(|run| few || run.len() == 1) {
        for (at, point) in run {
            let value = line.values.get(*at).copied().flatten().unwrap_or(0.0);
            page.dot(*point, 3.4, &colour, &tooltip(data, &line.name, *at, value));
        }
    }
}

/// Red dots, at most as many as there are pixels.
fn anomalies(page: &mut Page, data: &Data, line: &Line, frame: &Frame) {
    let mut last = f64::MIN;
    for at in &line.anomalies {
        let Some(value) = line.values.get(*at).copied().flatten() else { continue };
        let (x, y) = (frame.px(data.axis.at(*at)), frame.py(value));
        let outside = y < frame.plot.y - 0.5 || y > frame.plot.bottom() + 0.5;
        if outside || x - last < 1.0 {
            continue;
        }
        last = x;
        page.dot((x, y), 5.0, palette::ALERT, &format!("Anomaly: {}", tooltip(data, &line.name, *at, value)));
    }
}

/// The value of the highest point, if there is just one: it is what a reader looks for first.
fn peak(page: &mut Page, data: &Data, line: &Line, frame: &Frame) {
    let values = || line.values.iter().enumerate().filter_map(|(at, value)| value.map(|value| (at, value)));
    let Some((at, value)) = values().reduce(|best, next| if next.1 > best.1 { next } else { best }) else { return };
    let y = frame.py(value);
    if values().filter(|(_, other)| *other >= value).count() != 1 || y < frame.plot.y - 0.5 || y > frame.plot.bottom() {
        return;
    }
    let text = short(value);
    let half = pixels(&text, VALUE.size) / 2.0;
    let (left, right) = (frame.plot.x + half + 2.0, frame.plot.right() - half);
    let x = frame.px(data.axis.at(at)).min(right).max(left);
    page.value(x, y - 8.0, Anchor::Middle, &text);
}
