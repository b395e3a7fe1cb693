//! The SVG document being written: shapes and text, escaped and rounded. Nothing else in the crate writes markup.
//!
//! Must not know charts. Start with [`Page`].

use std::fmt::Write as _;

use crate::model::Size;
use crate::palette;
use crate::text::{clean, escape, pixels};

/// Fonts found on the usual systems, all close in width to what [`crate::text::pixels`] assumes.
const FONTS: &str = "'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans',sans-serif";

/// A rectangle, from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Rect {
    pub(crate) fn right(self) -> f64 {
        self.x + self.width
    }

    pub(crate) fn bottom(self) -> f64 {
        self.y + self.height
    }
}

/// Which part of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How text looks. The class lets the PNG give embedded fonts their weight, and pages their own style.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    pub class: &'static str,
    pub size: f64,
    pub bold: bool,
    pub fill: &'static str,
}

const fn style(class: &'static str, size: f64, bold: bool, fill: &'static str) -> Style {
    Style { class, size, bold, fill }
}

/// The heading.
pub(crate) const TITLE: Style = style("chart-title", 20.0, true, palette::INK);
/// Names of axes.
pub(crate) const AXIS_TITLE: Style = style("chart-soft", 12.0, false, palette::SOFT);
/// Labels of ticks.
pub(crate) const TICK: Style = style("chart-soft", 12.0, false, palette::SOFT);
/// Days and years below labels.
pub(crate) const CONTEXT: Style = style("chart-soft-bold", 12.0, true, palette::SOFT);
/// Names of series, categories and slices.
pub(crate) const NAME: Style = style("chart-ink", 12.5, false, palette::INK);
/// Values at marks.
pub(crate) const VALUE: Style = style("chart-ink", 11.5, false, palette::INK);
/// What the reader should know.
pub(crate) const NOTE: Style = style("chart-soft", 11.0, false, palette::SOFT);

/// A document that grows.
#[derive(Debug)]
pub(crate) struct Page {
    out: String,
    /// Its size in pixels.
    pub width: f64,
    /// Its size in pixels.
    pub height: f64,
}

impl Page {
    /// A white page. `label` is what a screen reader says.
    pub(crate) fn new(size: Size, label: &str) -> Self {
        let Size { width, height } = size;
        let label = escape(label);
        let out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             role=\"img\" aria-label=\"{label}\" font-family=\"{FONTS}\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n",
            palette::PAPER
        );
        Self { out, width: f64::from(width), height: f64::from(height) }
    }

    /// The finished document.
    pub(crate) fn finish(mut self) -> String {
        self.out.push_str("</svg>\n");
        self.out
    }

    fn add(&mut self, markup: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.out.write_fmt(markup);
        self.out.push('\n');
    }

    /// Text with its base line at `y`. Nothing for empty text.
    pub(crate) fn text(&mut self, x: f64, y: f64, anchor: Anchor, style: Style, text: &str) {
        self.turned_text(x, y, anchor, style, text, 0.0);
    }

    /// A value at a mark, on white, so that no grid line runs through it.
    pub(crate) fn value(&mut self, x: f64, y: f64, anchor: Anchor, text: &str) {
        let width = pixels(text, VALUE.size) * 0.95;
        let left = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        };
        self.rect(Rect { x: left, y: y - 9.5, width, height: 11.0 }, palette::PAPER, "");
        self.text(x, y, anchor, VALUE, text);
    }

    /// Text turned by `degrees` clockwise around its place.
    pub(crate) fn turned_text(&mut self, x: f64, y: f64, anchor: Anchor, style: Style, text: &str, degrees: f64) {
        if text.is_empty() {
            return;
        }
        let Style { class, size, bold, fill } = style;
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = if bold { " font-weight=\"600\"" } else { "" };
        let (x, y, text) = (number(x), number(y), escape(text));
        let turn = if degrees == 0.0 { String::new() } else { format!(" transform=\"rotate({} {x} {y})\"", number(degrees)) };
        self.add(format_args!(
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" font-size=\"{}\" fill=\"{fill}\"{anchor}{weight}{turn}>{text}</text>",
            number(size)
        ));
    }

    /// A straight line.
    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: f64) {
        let (x1, y1, x2, y2) = (number(from.0), number(from.1), number(to.0), number(to.1));
        let width = number(width);
        self.add(format_args!(
            "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{colour}\" stroke-width=\"{width}\"/>"
        ));
    }

    /// A line through many points, as path data.
    pub(crate) fn stroke(&mut self, data: &str, colour: &str, width: f64, dashes: Option<&str>) {
        if data.is_empty() {
            return;
        }
        let dashes = dashes.map(|dashes| format!(" stroke-dasharray=\"{dashes}\"")).unwrap_or_default();
        let width = number(width);
        self.add(format_args!(
            "<path d=\"{data}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" stroke-linejoin=\"round\" \
             stroke-linecap=\"round\"{dashes}/>"
        ));
    }

    /// A filled shape, as path data, with a tooltip unless that is empty.
    pub(crate) fn fill(&mut self, data: &str, colour: &str, opacity: f64, tooltip: &str) {
        if data.is_empty() {
            return;
        }
        let opacity = if opacity < 1.0 { format!(" fill-opacity=\"{}\"", number(opacity)) } else { String::new() };
        self.add(format_args!("<path d=\"{data}\" fill=\"{colour}\"{opacity}{}", closed("path", tooltip)));
    }

    /// A filled rectangle with a tooltip unless that is empty.
    pub(crate) fn rect(&mut self, rect: Rect, colour: &str, tooltip: &str) {
        let (x, y, width, height) = (number(rect.x), number(rect.y), number(rect.width), number(rect.height));
        self.add(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{colour}\"{}",
            closed("rect", tooltip)
        ));
    }

    /// A dot with a white rim, and a tooltip unless that is empty.
    pub(crate) fn dot(&mut self, at: (f64, f64), radius: f64, colour: &str, tooltip: &str) {
        let (x, y, radius) = (number(at.0), number(at.1), number(radius));
        self.add(format_args!(
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{colour}\" stroke=\"{}\" stroke-width=\"1\"{}",
            palette::PAPER,
            closed("circle", tooltip)
        ));
    }

    /// A dot through which others show.
    pub(crate) fn mist(&mut self, at: (f64, f64), radius: f64, colour: &str) {
        let (x, y, radius) = (number(at.0), number(at.1), number(radius));
        self.add(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{colour}\" fill-opacity=\"0.65\"/>"));
    }

    /// What follows is cut at the edges of `rect`, until [`Page::end_clip`]. An inner document does it without an `id`.
    pub(crate) fn begin_clip(&mut self, rect: Rect) {
        let (x, y, width, height) = (number(rect.x), number(rect.y), number(rect.width), number(rect.height));
        self.add(format_args!(
            "<svg x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" viewBox=\"{x} {y} {width} {height}\" overflow=\"hidden\">"
        ));
    }

    /// Ends [`Page::begin_clip`].
    pub(crate) fn end_clip(&mut self) {
        self.out.push_str("</svg>\n");
    }
}

fn closed(tag: &str, tooltip: &str) -> String {
    if tooltip.is_empty() { "/>".to_owned() } else { format!("><title>{}</title></{tag}>", escape(&clean(tooltip))) }
}

/// A coordinate to a hundredth of a pixel, without zeros at its end.
pub(crate) fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Path data of a line through `points`.
pub(crate) fn path(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut data = String::new();
    for (x, y) in points {
        data.push(if data.is_empty() { 'M' } else { 'L' });
        data.push_str(&number(x));
        data.push(' ');
        data.push_str(&number(y));
    }
    data
}
