//! The SVG drawn as pixels, with fonts that come with the program.

use std::sync::{Arc, LazyLock};

use resvg::{tiny_skia, usvg};

use crate::error::ChartError;
use crate::model::{Chart, Size};
use crate::{palette, svg};

/// Pixels of the picture for one of the SVG: sharp in print and on dense screens.
const SCALE: f32 = 2.0;

/// Ubuntu for letters, Hack for signs it lacks, Noto for emoji.
static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = usvg::fontdb::Database::new();
    for font in [epaint_default_fonts::UBUNTU_LIGHT, epaint_default_fonts::HACK_REGULAR, epaint_default_fonts::NOTO_EMOJI_REGULAR]
    {
        fonts.load_font_data(font.to_vec());
    }
    fonts.set_sans_serif_family("Ubuntu");
    fonts.set_serif_family("Ubuntu");
    Arc::new(fonts)
});

/// How the renderer reads our SVG.
pub(crate) fn options() -> usvg::Options<'static> {
    usvg::Options {
        font_family: "Ubuntu".to_owned(),
        fontdb: Arc::clone(&FONTS),
        style_sheet: Some(weights()),
        ..usvg::Options::default()
    }
}

/// The embedded letters come in one, light weight: an outline makes them regular or bold.
fn weights() -> String {
    let outline = |class: &str, colour: &str, width: f64| {
        format!(".{class}{{stroke:{colour};stroke-width:{width};stroke-linejoin:round}}\n")
    };
    [
        outline("chart-title", palette::INK, 1.1),
        outline("chart-card", palette::INK, 2.2),
        outline("chart-ink", palette::INK, 0.25),
        outline("chart-on-mark", palette::INK, 0.25),
        outline("chart-paper", palette::PAPER, 0.3),
        outline("chart-soft", palette::SOFT, 0.25),
        outline("chart-soft-bold", palette::SOFT, 0.6),
    ]
    .concat()
}

/// The picture of a chart as a PNG file.
pub(crate) fn draw(chart: &Chart, size: Size) -> Result<Vec<u8>, ChartError> {
    let tree = usvg::Tree::from_str(&svg::draw(chart, size), &options())?;
    let Size { width, height } = size.bounded();
    let (width, height) = (width * SCALE as u32, height * SCALE as u32);
    let mut picture = tiny_skia::Pixmap::new(width, height).ok_or(ChartError::Size { width, height })?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(SCALE, SCALE), &mut picture.as_mut());
    picture.encode_png().map_err(|error| ChartError::Encode { message: error.to_string() })
}
