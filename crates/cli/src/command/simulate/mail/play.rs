//! Messages handed to the server, one conversation each, because each comes from another client.

use std::{net::SocketAddr, time::Duration};

use simulate::mail::Message;

use crate::{
    clock,
    failure::Failure,
    smtp::{Connection, Reply, SmtpError, Transaction},
    term,
};

/// The most messages a second.
const FASTEST: u32 = 100;

/// A message that was sent, and what the server said.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) message: Message,
    /// When its conversation began, in microseconds since 1970.
    pub(super) at: i64,
    pub(super) answer: Answer,
}

/// What the server said.
#[derive(Debug)]
pub(super) enum Answer {
    /// It took the message or refused it.
    Decided(Transaction),
    /// The conversation ended early.
    Failed(String),
}

impl Answer {
    /// The reply that decided.
    pub(super) fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Decided(transaction) => Some(&transaction.decided),
            Self::Failed(_) => None,
        }
    }
}

/// How long to wait between messages, for `5`, `5/s` or `30/m`.
pub(super) fn pause(text: &str) -> Result<Duration, String> {
    let (number, per) = match text.split_once('/') {
        Some((number, "s")) => (number, 1),
        Some((number, "m")) => (number, 60),
        Some(_) => return Err("write 5/s or 30/m".to_owned()),
        None => (text, 1),
    };
    match number.parse::<u32>() {
        Ok(number) if number > 0 && number <= FASTEST * per => Ok(Duration::from_secs(u64::from(per)) / number),
        _ => Err(format!("a number from 1/m to {FASTEST}/s is needed")),
    }
}

/// Hands all messages over, so far apart. With `play`, each comes from the address it claims.
pub(super) async fn send(server: SocketAddr, messages: Vec<Message>, play: bool, pause: Duration) -> Result<Vec<Sent>, Failure> {
    look(server, play).await?;
    let progress = term::Progress::start("sending");
    let all = messages.len();
    let mut ticks = tokio::time::interval(pause);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut sent = Vec::with_capacity(all);
    for message in messages {
        ticks.tick().await;
        progress.at(format!("sending: {} of {all}", sent.len() + 1));
        let at = clock::micros(clock::now());
        let answer = match hand_over(server, &message, play).await {
            Ok(transaction) => Answer::Decided(transaction),
            // The server says no before the message: as good an answer as any.
            Err(SmtpError::Refused { reply, .. }) => Answer::Decided(Transaction { decided: reply, refused: Vec::new() }),
            Err(error) => Answer::Failed(error.to_string()),
        };
        sent.push(Sent { message, at, answer });
    }
    progress.finish();
    Ok(sent)
}

/// Looks whether the server is there and allows what is asked for, before anything is sent.
async fn look(server: SocketAddr, play: bool) -> Result<(), Failure> {
    let failed = |error: SmtpError| Failure::input(format!("error: {server}: {error}"));
    let connection = Connection::open(server, "localhost").await.map_err(|error| match error {
        SmtpError::Connect { .. } => Failure::input(format!("error: {error}")),
        other => failed(other),
    })?;
    let offered = connection.offers("XCLIENT");
    connection.quit().await;
    match (play, offered) {
        (true, false) => Err(Failure::input(format!(
            "error: {server} does not offer XCLIENT to this machine, so no other sender's address can be played. In Postfix: \
             smtpd_authorized_xclient_hosts = 127.0.0.1"
        ))),
        (false, true) => {
            term::warn(
                "the server offers XCLIENT: with --xclient, messages come from their senders' addresses and SPF means something",
            );
            Ok(())
        }
        (false, false) => {
            term::warn(
                "all messages come from this machine's address, for which the senders' SPF records do not speak: --xclient plays their own",
            );
            Ok(())
        }
        (true, true) => Ok(()),
    }
}

async fn hand_over(server: SocketAddr, message: &Message, play: bool) -> Result<Transaction, SmtpError> {
    let mut connection = Connection::open(server, if play { "localhost" } else { &message.helo }).await?;
    if play {
        connection.play(message.client, &message.client_name, &message.helo).await?;
    }
    let done = connection.send(&message.mail_from, &message.recipients, &message.data).await?;
    connection.quit().await;
    Ok(done)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::pause;

    #[test]
    fn rates_are_pauses() {
        assert_eq!(pause("5/s"), Ok(Duration::from_millis(200)));
        assert_eq!(pause("4"), Ok(Duration::from_millis(250)));
        assert_eq!(pause("30/m"), Ok(Duration::from_secs(2)));
        for wrong in ["0", "101/s", "6001/m", "1/h", "x", "", "-1"] {
            assert!(pause(wrong).is_err(), "{wrong}");
        }
    }
}
