//! Why a request over HTTP got no answer, in words that hold no address: addresses may hold secrets.

use std::time::Duration;

/// Why, in a sentence without an end: the innermost cause, which says most. `limit` is how long the client waits.
pub(crate) fn why(error: &reqwest::Error, limit: Duration) -> String {
    if error.is_timeout() {
        return if error.is_connect() {
            "no connection in time".to_owned()
        } else {
            format!("no answer within {} s", limit.as_secs())
        };
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    // reqwest's own words name the address.
    let words = if std::ptr::addr_eq(cause, error) { "the request failed".to_owned() } else { plain(cause) };
    if error.is_connect() { format!("no connection: {words}") } else { words }
}

/// Words of the system without the number behind them.
fn plain(cause: &(dyn std::error::Error + 'static)) -> String {
    let words = cause.to_string();
    let number = words.find(" (os error ");
    let words = number.and_then(|end| words.get(..end)).unwrap_or(&words);
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn nobody_listening_and_nobody_answering_are_told_apart_without_the_address() -> Result<(), Box<dyn std::error::Error>>
    {
        let client = reqwest::Client::builder().timeout(LIMIT).build()?;
        let ask = async |port: u16| {
            let error = client.get(format!("http://127.0.0.1:{port}/secret")).send().await.err();
            error.map(|error| why(&error, LIMIT)).unwrap_or_default()
        };
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        assert_eq!(ask(silent.local_addr()?.port()).await, "no answer within 1 s");
        let port = silent.local_addr()?.port();
        drop(silent);
        assert_eq!(ask(port).await, "no connection: connection refused");
        Ok(())
    }

    #[tokio::test]
    async fn a_connection_that_breaks_off_is_told_as_such() -> Result<(), Box<dyn std::error::Error>> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let broken = tokio::spawn(async move { listener.accept().await.map(drop) });
        let error = reqwest::Client::new().get(format!("http://{address}/secret")).send().await.err();
        broken.await??;
        let words = error.map(|error| why(&error, LIMIT)).unwrap_or_default();
        assert!(!words.is_empty() && !words.contains("secret") && !words.contains("127.0.0.1"), "{words}");
        Ok(())
    }
}
