//! What can go wrong when a chart becomes a picture file.

/// Why a PNG could not be made. Nothing in a chart's data leads here: it means that the drawing itself is at fault.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// The SVG that was made of the chart is not well-formed for the renderer.
    #[error("the chart's SVG cannot be rendered: {0}; please report this with the query that was drawn")]
    Svg(#[from] resvg::usvg::Error),
    /// There is no memory for a picture of this size.
    #[error("cannot make a picture of {width} by {height} pixels; ask for a smaller one")]
    Size {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// The picture cannot be written as PNG.
    #[error("the chart cannot be written as PNG: {message}")]
    Encode {
        /// What the encoder said.
        message: String,
    },
}
