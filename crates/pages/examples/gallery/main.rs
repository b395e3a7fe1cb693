//! Every component with ordinary and with hostile data at `/gallery`, and every page over the sample desk, to be looked at:
//! `cargo run -p spoofwatch-pages --example gallery -- [ADDRESS]`, then open what it prints.

use std::{error::Error, io::Write as _};

mod gallery;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let listener = tokio::net::TcpListener::bind(address).await?;
    writeln!(std::io::stdout(), "http://{}/gallery", listener.local_addr()?)?;
    axum::serve(listener, gallery::routes()).await?;
    Ok(())
}
