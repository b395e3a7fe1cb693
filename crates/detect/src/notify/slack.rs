//! Slack's incoming webhooks (<https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>).

use serde_json::{Value, json};
use state::Alert;

use crate::shape::capital;

/// Slack refuses longer texts of a section: 3,000 characters.
const LONGEST: usize = 2_900;

/// The body.
pub(super) fn body(alert: &Alert, link: Option<&str>) -> Value {
    let title = format!("{}: {}", capital(&alert.severity), alert.title);
    let mut words = format!("*{}*\n{}", safe(&title), safe(&alert.reason));
    for entity in alert.detail.entities.iter().take(8) {
        words.push_str(&format!("\n• {}: `{}`", safe(&entity.kind), safe(&entity.value).replace('`', "'")));
    }
    if let Some(link) = link {
        words.push_str(&format!("\n<{}|Open the alert>", safe(link).replace('|', "%7C")));
    }
    let words: String = words.chars().take(LONGEST).collect();
    json!({
        "text": safe(&title),
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": words}},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": safe(&format!("Rule {} {}", alert.rule_name, alert.rule_version))}]},
        ],
    })
}

/// Text that cannot be a command, a link or a mention: Slack asks for these three to be written as entities.
fn safe(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sender_wrote_cannot_mention_or_link() {
        let mut alert = crate::shape::example::alert();
        alert.reason = "Subject `<!channel> <https://evil.example|click>`".to_owned();
        let body = body(&alert, Some("https://watch.example/alerts/00ff"));
        let text = body["blocks"][0]["text"]["text"].as_str().unwrap_or_default();
        assert!(text.contains("&lt;!channel&gt;"), "{text}");
        assert_eq!(text.matches('<').count(), 1, "only our own link: {text}");
        assert_eq!(body["text"], "High: contoso.example fails DMARC");
    }

    #[test]
    fn it_is_never_too_long() {
        let mut alert = crate::shape::example::alert();
        alert.reason = "<".repeat(10_000);
        let body = body(&alert, None);
        assert!(body["blocks"][0]["text"]["text"].as_str().map_or(0, |text| text.chars().count()) <= 3_000);
    }
}
