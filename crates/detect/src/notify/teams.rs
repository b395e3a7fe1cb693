//! A Teams workflow that takes an adaptive card
//! (<https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook>).

use serde_json::{Value, json};
use state::Alert;

use crate::shape::capital;

/// The body.
pub(super) fn body(alert: &Alert, link: Option<&str>) -> Value {
    let facts: Vec<Value> = alert
        .detail
        .entities
        .iter()
        .take(8)
        .map(|entity| json!({"title": entity.kind, "value": plain(&entity.value)}))
        .chain([json!({"title": "Rule", "value": plain(&format!("{} {}", alert.rule_name, alert.rule_version))})])
        .collect();
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            {
                "type": "TextBlock", "size": "Large", "weight": "Bolder", "wrap": true,
                "color": if matches!(alert.severity.as_str(), "high" | "critical") { "Attention" } else { "Default" },
                "text": plain(&format!("{}: {}", capital(&alert.severity), alert.title)),
            },
            {"type": "TextBlock", "wrap": true, "text": plain(&alert.reason)},
            {"type": "FactSet", "facts": facts},
        ],
    });
    if let Some(link) = link {
        card["actions"] = json!([{"type": "Action.OpenUrl", "title": "Open the alert", "url": link}]);
    }
    json!({
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": card}],
    })
}

/// Text without Markdown: cards draw links and emphasis in texts, and what a sender wrote must not be drawn.
fn plain(text: &str) -> String {
    text.chars()
        .take(2_000)
        .flat_map(|letter| {
            let escaped = matches!(letter, '[' | ']' | '*' | '_' | '(' | ')' | '`' | '#' | '\\');
            escaped.then_some('\\').into_iter().chain([letter])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sender_wrote_is_no_markdown() {
        let mut alert = crate::shape::example::alert();
        alert.reason = "[click](https://evil.example)".to_owned();
        let body = body(&alert, Some("https://watch.example/alerts/00ff"));
        let card = &body["attachments"][0]["content"];
        assert_eq!(card["body"][1]["text"], r"\[click\]\(https://evil.example\)");
        assert_eq!(card["actions"][0]["url"], "https://watch.example/alerts/00ff");
        assert_eq!(card["body"][0]["color"], "Attention");
    }
}
