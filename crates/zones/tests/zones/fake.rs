//! A name server that does what a test says, however wrong.

use std::{net::SocketAddr, sync::Arc};

use hickory_proto::op::{Message, OpCode};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, UdpSocket},
};

/// What it does with a question.
pub(crate) enum Reply {
    /// Keeps the connection and says nothing.
    Silence,
    /// Ends the connection; of a datagram, nothing.
    Close,
    /// Sends these bytes.
    Bytes(Vec<u8>),
    /// Says over TCP that more bytes follow than do.
    Short(Vec<u8>),
    /// Sends this.
    Message(Box<Message>),
}

/// The beginning of an answer to a question.
pub(crate) fn answer(question: &Message) -> Message {
    let mut answer = Message::response(question.id, question.op_code);
    answer.metadata.authoritative = true;
    answer.add_queries(question.queries.clone());
    answer
}

/// Starts one on loopback; it is asked over both protocols.
pub(crate) async fn serve(reply: impl Fn(&Message, bool) -> Reply + Send + Sync + 'static) -> SocketAddr {
    serve_at("127.0.0.1:0".parse().unwrap(), reply).await
}

/// Starts one at an address.
pub(crate) async fn serve_at(address: SocketAddr, reply: impl Fn(&Message, bool) -> Reply + Send + Sync + 'static) -> SocketAddr {
    let (tcp, udp) = loop {
        let tcp = TcpListener::bind(address).await.unwrap();
        let at = tcp.local_addr().unwrap();
        match UdpSocket::bind(at).await {
            Ok(udp) => break (tcp, udp),
            Err(_) if address.port() == 0 => {}
            Err(error) => panic!("{error}"),
        }
    };
    let address = tcp.local_addr().unwrap();
    let reply = Arc::new(reply);
    let again = Arc::clone(&reply);
    tokio::spawn(async move {
        let mut buffer = vec![0; 65_535];
        while let Ok((length, from)) = udp.recv_from(&mut buffer).await {
            let said = again(&read(&buffer[..length]), false);
            if let Some(bytes) = bytes(said) {
                let _ = udp.send_to(&bytes, from).await;
            }
        }
    });
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = tcp.accept().await {
            let Ok(length) = stream.read_u16().await else { continue };
            let mut question = vec![0; usize::from(length)];
            if stream.read_exact(&mut question).await.is_err() {
                continue;
            }
            let said = reply(&read(&question), true);
            let more = if matches!(said, Reply::Short(_)) { 10 } else { 0 };
            match said {
                Reply::Silence => kept.push(stream),
                Reply::Close => {}
                other => {
                    let bytes = bytes(other).unwrap_or_default();
                    let _ = stream.write_u16(u16::try_from(bytes.len() + more).unwrap()).await;
                    let _ = stream.write_all(&bytes).await;
                }
            }
        }
    });
    address
}

/// A question; one that is signed is read without its signature.
fn read(bytes: &[u8]) -> Message {
    Message::from_vec(bytes).unwrap_or_else(|_| Message::response(0, OpCode::Query))
}

fn bytes(reply: Reply) -> Option<Vec<u8>> {
    match reply {
        Reply::Silence | Reply::Close => None,
        Reply::Bytes(bytes) | Reply::Short(bytes) => Some(bytes),
        Reply::Message(message) => Some(message.to_vec().unwrap()),
    }
}
