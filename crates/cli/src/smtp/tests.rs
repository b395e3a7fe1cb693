//! Conversations with a server of a few lines, in the same process.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    task::JoinHandle,
};

use super::{Connection, SmtpError, stuffed, word};

/// A server that answers each line whose beginning it knows, everything else with 250, and gives what it heard.
pub(crate) async fn server(answers: &'static [(&'static str, &'static str)]) -> (SocketAddr, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (read, mut write) = stream.into_split();
        let answer = |heard: &str| {
            let found = answers.iter().find(|(begin, _)| heard.starts_with(begin)).map(|(_, answer)| *answer);
            found.unwrap_or(if heard == "DATA" { "354 go on" } else { "250 ok" }).to_owned()
        };
        let mut heard = Vec::new();
        write.write_all(format!("{}\r\n", answer("connect")).replace("250 ok", "220 test").as_bytes()).await.unwrap();
        let mut lines = BufReader::new(read).lines();
        let mut in_data = false;
        while let Ok(Some(line)) = lines.next_line().await {
            heard.push(line.clone());
            if in_data && line != "." {
                continue;
            }
            let said = if in_data { answer("message") } else { answer(&line) };
            in_data = !in_data && said.starts_with("354");
            if write.write_all(format!("{said}\r\n").as_bytes()).await.is_err() || line == "QUIT" {
                break;
            }
        }
        heard
    });
    (address, heard)
}

#[tokio::test]
async fn a_message_is_handed_over_line_by_line() {
    let (address, heard) = server(&[("EHLO", "250-test\r\n250-PIPELINING\r\n250 8BITMIME")]).await;
    let mut connection = Connection::open(address, "client.example").await.unwrap();
    assert!(connection.offers("pipelining") && !connection.offers("XCLIENT"));
    let to = ["ana@example.test".to_owned()];
    let done = connection.send("", &to, b"Subject: x\r\n\r\n.dot\r\nend").await.unwrap();
    assert_eq!(done.decided.to_string(), "250 ok");
    connection.quit().await;
    let heard = heard.await.unwrap();
    let wanted = ["EHLO client.example", "MAIL FROM:<>", "RCPT TO:<ana@example.test>", "DATA"];
    assert_eq!(heard[..4], wanted);
    assert_eq!(heard[4..], ["Subject: x", "", "..dot", "end", ".", "QUIT"]);
}

#[tokio::test]
async fn another_client_is_played_where_the_server_allows_it() {
    let (address, heard) = server(&[("EHLO", "250-test\r\n250 XCLIENT NAME ADDR"), ("XCLIENT", "220 test")]).await;
    let mut connection = Connection::open(address, "localhost").await.unwrap();
    connection.play("203.0.113.9".parse().unwrap(), "vps.example", "WIN-1").await.unwrap();
    connection.quit().await;
    let heard = heard.await.unwrap();
    assert_eq!(heard, ["EHLO localhost", "XCLIENT NAME=vps.example ADDR=203.0.113.9", "EHLO WIN-1", "QUIT"]);
    let (address, _heard) = server(&[]).await;
    let mut connection = Connection::open(address, "localhost").await.unwrap();
    let refused = connection.play("203.0.113.9".parse().unwrap(), "vps.example", "x").await;
    assert!(matches!(refused, Err(SmtpError::NoXclient)));
}

#[tokio::test]
async fn what_the_server_refuses_is_an_answer() {
    let (address, _heard) = server(&[("message", "550-5.7.1 rejected\r\n550 by policy")]).await;
    let mut connection = Connection::open(address, "x").await.unwrap();
    let to = ["ana@example.test".to_owned()];
    let done = connection.send("a@example.com", &to, b"\r\n").await.unwrap();
    assert_eq!(done.decided.to_string(), "550 5.7.1 rejected by policy");
    let (address, _heard) = server(&[("RCPT TO:<no", "550 5.1.1 nobody")]).await;
    let mut connection = Connection::open(address, "x").await.unwrap();
    let to = ["no@example.test".to_owned(), "ana@example.test".to_owned()];
    let done = connection.send("a@example.com", &to, b"\r\n").await.unwrap();
    assert!(done.decided.is_positive());
    assert_eq!(done.refused.len(), 1);
    let done = connection.send("a@example.com", &to[..1], b"\r\n").await.unwrap();
    assert_eq!(done.decided.code, 550);
}

#[tokio::test]
async fn a_server_that_talks_nonsense_is_named() {
    for said in ["SSH-2.0-test", "99 low", "220+what"] {
        let answers: &'static [(&str, &str)] = Box::leak(Box::new([("connect", said)]));
        let (address, _heard) = server(answers).await;
        assert!(matches!(Connection::open(address, "x").await, Err(SmtpError::Nonsense { .. })), "{said}");
    }
    let (address, _heard) = server(&[("connect", "554 no service")]).await;
    assert!(matches!(Connection::open(address, "x").await, Err(SmtpError::Refused { .. })));
}

#[test]
fn nothing_breaks_out_of_a_command_or_a_message() {
    assert!(word("a@example.com").is_ok() && word("").is_ok());
    for wrong in ["a b", "a\r\nRSET", "a>", "<a"] {
        assert!(word(wrong).is_err(), "{wrong:?}");
    }
    assert_eq!(stuffed(b".\r\na\r\n..b\r\n"), b"..\r\na\r\n...b\r\n.\r\n");
    assert_eq!(stuffed(b""), b".\r\n");
}
