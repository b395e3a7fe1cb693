//! Promises about how pictures look, checked on the sample charts: no text covers another or leaves the picture.
//!
//! The samples are in `samples.rs`; `examples/gallery.rs` writes them as files to be looked at.

mod samples;

use std::error::Error;
use std::sync::Arc;

use resvg::usvg::{self, Node};
use spoofwatch_chart::{Chart, Size, svg};

/// A text with its four corners, as it is drawn with the embedded font.
struct Placed {
    text: String,
    corners: [(f32, f32); 4],
}

fn options() -> usvg::Options<'static> {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(epaint_default_fonts::UBUNTU_LIGHT.to_vec());
    fonts.load_font_data(epaint_default_fonts::HACK_REGULAR.to_vec());
    fonts.load_font_data(epaint_default_fonts::NOTO_EMOJI_REGULAR.to_vec());
    fonts.set_sans_serif_family("Ubuntu");
    usvg::Options { font_family: "Ubuntu".to_owned(), fontdb: Arc::new(fonts), ..usvg::Options::default() }
}

fn collect(group: &usvg::Group, placed: &mut Vec<Placed>) {
    for node in group.children() {
        match node {
            Node::Group(group) => collect(group, placed),
            Node::Text(text) => {
                let inner = text.bounding_box();
                let mut points = [
                    usvg::tiny_skia_path::Point::from_xy(inner.left(), inner.top()),
                    usvg::tiny_skia_path::Point::from_xy(inner.right(), inner.top()),
                    usvg::tiny_skia_path::Point::from_xy(inner.right(), inner.bottom()),
                    usvg::tiny_skia_path::Point::from_xy(inner.left(), inner.bottom()),
                ];
                text.abs_transform().map_points(&mut points);
                let words = text.chunks().iter().map(|chunk| chunk.text()).collect();
                placed.push(Placed { text: words, corners: points.map(|point| (point.x, point.y)) });
            }
            Node::Path(_) | Node::Image(_) => {}
        }
    }
}

/// Whether two convex shapes meet by more than a pixel: no side of either separates them (separating axis theorem).
fn meet(one: &Placed, other: &Placed) -> bool {
    let sides = |placed: &Placed| {
        let [a, b, .., d] = placed.corners;
        [(b.0 - a.0, b.1 - a.1), (d.0 - a.0, d.1 - a.1)]
    };
    sides(one).into_iter().chain(sides(other)).all(|(x, y)| {
        let length = x.hypot(y).max(f32::MIN_POSITIVE);
        let span = |placed: &Placed| {
            let places = placed.corners.map(|corner| (corner.0 * x + corner.1 * y) / length);
            (places.into_iter().fold(f32::MAX, f32::min), places.into_iter().fold(f32::MIN, f32::max))
        };
        let (first, second) = (span(one), span(other));
        first.1.min(second.1) - first.0.max(second.0) > 1.0
    })
}

/// What is wrong with a picture, a line each.
fn faults(name: &str, chart: &Chart, size: Size) -> Result<Vec<String>, Box<dyn Error>> {
    let mut faults = Vec::new();
    let tree = usvg::Tree::from_str(&svg(chart, size), &options())?;
    let mut placed = Vec::new();
    collect(tree.root(), &mut placed);
    for (at, one) in placed.iter().enumerate() {
        for (x, y) in one.corners {
            let inside = x > -1.0 && y > -6.0 && x < size.width as f32 + 1.0 && y < size.height as f32 + 3.0;
            if !inside {
                faults.push(format!("{name} {size:?}: {:?} leaves the picture at {x}, {y}", one.text));
            }
        }
        for other in placed.iter().take(at) {
            if meet(one, other) {
                faults.push(format!("{name} {size:?}: {:?} and {:?} overlap", one.text, other.text));
            }
        }
    }
    Ok(faults)
}

#[test]
fn no_text_covers_another_or_leaves_the_picture() -> Result<(), Box<dyn Error>> {
    let mut all = Vec::new();
    for (name, chart) in samples::all() {
        for (width, height) in [(960, 480), (400, 260), (240, 160), (500, 900)] {
            all.extend(faults(name, &chart, Size { width, height })?);
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
    Ok(())
}
