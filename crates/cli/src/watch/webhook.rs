//! Notifications over HTTP.

use std::time::Duration;

use detect::notify::{Sent, Target};
use reqwest::{StatusCode, header::RETRY_AFTER};
use serde_json::Value;

use crate::{failure::Failure, unanswered};

/// How long a receiver has for its answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Sends to webhooks. An address is a secret: what goes wrong is told without it.
#[derive(Debug)]
pub(crate) struct Webhooks {
    client: reqwest::Client,
}

impl Webhooks {
    /// A sender.
    pub(crate) fn new() -> Result<Self, Failure> {
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            // A redirect would carry alerts to an address nobody has configured.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("spoofwatch/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self { client: client.map_err(Failure::internal)? })
    }

    /// Sends one body.
    pub(crate) async fn send(&self, target: &Target, id: &str, body: &Value) -> Sent {
        let request = self.client.post(&target.url).header("content-type", "application/json").header("idempotency-key", id);
        match request.body(body.to_string()).send().await {
            Ok(response) if response.status().is_success() => {
                Sent::Delivered { answer: format!("the receiver answered {}", response.status()) }
            }
            Ok(response) => {
                let reason = format!("the receiver answered {}", response.status());
                let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
                match response.status() {
                    StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
                        Sent::Later { reason, wait: seconds.map(|seconds| seconds.saturating_mul(1_000_000)) }
                    }
                    status if status.is_server_error() => Sent::Later { reason, wait: None },
                    _ => Sent::Refused { reason },
                }
            }
            Err(error) if error.is_builder() => Sent::Refused { reason: "its address is no URL".to_owned() },
            Err(error) => Sent::Later { reason: unanswered::why(&error, PATIENCE), wait: None },
        }
    }
}
