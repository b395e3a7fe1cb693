//! Charts as SVG: one file a kind, `page` to write, `frame` for titles, legend and axes.

mod area;
mod bar;
mod card;
mod category;
mod column;
mod frame;
mod legend;
mod line;
mod page;
mod pie;
mod scatter;

use crate::data::{Axis, Data};
use crate::model::{Chart, Kind, Pile, Size};
use crate::text::{clean, pixels};
use page::{AXIS_TITLE, Anchor, NAME, Page, Style};

/// The whole document.
pub(crate) fn draw(chart: &Chart, size: Size) -> String {
    draw_as(chart, size, &chart.title)
}

/// The document without its heading, which only names it.
pub(crate) fn untitled(chart: &Chart, size: Size) -> String {
    draw_as(&Chart { title: String::new(), ..chart.clone() }, size, &chart.title)
}

fn draw_as(chart: &Chart, size: Size, name: &str) -> String {
    let data = Data::of(chart);
    let name = clean(name);
    let label = if name.is_empty() { "Chart".to_owned() } else { name };
    let mut page = Page::new(size.bounded(), &label);
    match chart.kind {
        Kind::Card => card::draw(&mut page, chart),
        _ if data.is_empty() => empty(&mut page, chart),
        Kind::Piechart => pie::draw(&mut page, chart, data),
        Kind::Barchart => bar::draw(&mut page, chart, data),
        Kind::Columnchart => column::draw(&mut page, chart, data),
        Kind::Scatterchart => scatter::draw(&mut page, chart, &data),
        Kind::Areachart | Kind::Stackedareachart if chart.pile() != Pile::None => area::draw(&mut page, chart, &data),
        Kind::Areachart | Kind::Stackedareachart => line::draw(&mut page, chart, &data, line::Fill::Every),
        Kind::Timechart | Kind::Linechart | Kind::Anomalychart => line::draw(&mut page, chart, &data, line::Fill::Single),
    }
    page.finish()
}

/// Title and the words "No data", so that a report does not show a broken picture.
fn empty(page: &mut Page, chart: &Chart) {
    frame::title(page, chart);
    let (x, y) = (page.width / 2.0, page.height / 2.0);
    page.text(x, y, Anchor::Middle, Style { size: 18.0, ..NAME }, "No data");
    let why = "There are no values to draw.";
    if pixels(why, AXIS_TITLE.size) < page.width {
        page.text(x, y + 22.0, Anchor::Middle, AXIS_TITLE, why);
    }
}

/// What a pointer over a mark shows.
fn tooltip(data: &Data, series: &str, at: usize, value: f64) -> String {
    let place = data.axis.label(at);
    let value = crate::scale::number::exact(value);
    let zone = if matches!(data.axis, Axis::Time(_)) { " UTC" } else { "" };
    if series.is_empty() { format!("{place}{zone}: {value}") } else { format!("{series}, {place}{zone}: {value}") }
}
