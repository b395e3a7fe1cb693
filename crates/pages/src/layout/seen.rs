//! What a change has done, told on the page one is sent to after it.

use axum::response::{IntoResponse, Redirect, Response};

/// The longest words that an address carries.
const LONGEST: usize = 200;

/// The parameter that carries the words; `toast.js` takes it out of the address when they are shown.
pub(crate) const SAID: &str = "said";

/// Sends to `address` (a path, with parameters if need be) after a change (303), where `words` are shown and read out once.
///
/// The words are data to whoever shows them: an address made by a stranger can make the console say something, so that it is shown as a
/// passing note, never as a state.
#[must_use]
pub fn seen(address: &str, words: &str) -> Response {
    let (path, fragment) = address.split_once('#').map_or((address, None), |(path, fragment)| (path, Some(fragment)));
    let words: String = words.chars().take(LONGEST).collect();
    let words: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
    let mark = if path.contains('?') { '&' } else { '?' };
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    Redirect::to(&format!("{path}{mark}{SAID}={words}{fragment}")).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::{StatusCode, header};

    use super::*;

    #[test]
    fn words_are_carried_in_the_address() {
        let answer = seen("/alerts?q=severity:high#list", "Closed 3 alerts & told <nobody>");
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()[header::LOCATION], "/alerts?q=severity:high&said=Closed+3+alerts+%26+told+%3Cnobody%3E#list");
    }
}
