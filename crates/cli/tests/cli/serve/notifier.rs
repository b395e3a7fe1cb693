//! A receiver of webhooks that is down, then up: it hears of each alert once and in their order.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    sync::{Arc, Mutex},
};

use super::{Serve, alerts, held, payments, until, until_alerts, watched};
use crate::common::Outcome;

/// Answers every request with 200 and keeps the idempotency keys.
fn receive(listener: TcpListener, heard: Arc<Mutex<Vec<String>>>) {
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream);
            let (mut length, mut key, mut line) = (0_usize, String::new(), String::new());
            while reader.read_line(&mut line).is_ok_and(|bytes| bytes > 2) {
                let (name, value) = line.trim().split_once(':').unwrap_or_default();
                match name.to_ascii_lowercase().as_str() {
                    "content-length" => length = value.trim().parse().unwrap_or_default(),
                    "idempotency-key" => value.trim().clone_into(&mut key),
                    _ => {}
                }
                line.clear();
            }
            let mut body = vec![0; length];
            if reader.read_exact(&mut body).is_ok() {
                held(&heard).push(key);
            }
            let _ = reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
}

#[test]
fn a_receiver_that_was_down_hears_of_each_alert_once_and_in_order() -> Outcome {
    let place = watched()?;
    // A port that nobody listens at until later.
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let target = format!("generic=http://{address}/hook");
    let serve = Serve::start(&place, &["--notify", &target])?;
    for id in 0..4 {
        serve.post(&place, "EmailEvents", payments([id])?.as_bytes())?;
        until_alerts(&place, id + 1)?;
    }
    assert!(!serve.said().contains(&address.to_string()), "the address is a secret");
    let heard = Arc::<Mutex<Vec<String>>>::default();
    receive(TcpListener::bind(address)?, Arc::clone(&heard));
    until("all is delivered", || Ok(held(&heard).len() >= 4))?;
    // One more, at once.
    serve.post(&place, "EmailEvents", payments([4])?.as_bytes())?;
    until("the last is delivered", || Ok(held(&heard).len() >= 5))?;
    assert_eq!(alerts(&place)?.len(), 5);
    let out = place.run(&["alerts", "export", "--shape", "ocsf"])?.good()?;
    let ids: Vec<serde_json::Value> = out.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let ids: Vec<String> =
        ids.iter().map(|alert| format!("generic-1/{}", alert["finding_info"]["uid"].as_str().unwrap_or_default())).collect();
    assert_eq!(*held(&heard), ids);
    Ok(())
}
