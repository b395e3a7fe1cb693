//! Writes every sample chart as SVG and PNG, to be looked at: `cargo run -p spoofwatch-chart --example samples -- FOLDER`.
#![expect(clippy::disallowed_methods, reason = "an example that writes pictures to a folder")]

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;

use spoofwatch_chart::{Size, png, svg, terminal};

#[path = "../tests/pictures/samples.rs"]
mod samples;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("usage: samples FOLDER [NAME]")?);
    let only = arguments.next();
    std::fs::create_dir_all(&folder)?;
    for (name, chart) in samples::all() {
        if only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            continue;
        }
        std::fs::write(folder.join(format!("{name}.svg")), svg(&chart, Size::default()))?;
        std::fs::write(folder.join(format!("{name}.png")), png(&chart, Size::default())?)?;
        writeln!(std::io::stdout(), "{}\n", terminal(&chart, 80, 20, true))?;
    }
    Ok(())
}
