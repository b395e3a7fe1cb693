//! A second loopback address for a server that only listens on addresses an interface has, as BIND does: on Linux all of 127/8 is
//! loopback, and one address of it is an interface's.
//!
//! Runs on threads of its own, so that a test that waits for a program without its runtime does not stop it.

use std::{
    io,
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// How long the server behind may take for a datagram.
const PATIENCE: Duration = Duration::from_secs(2);

/// Everything that arrives at one address goes to another and back, until this is dropped.
#[derive(Debug)]
pub(super) struct Relay {
    at: SocketAddr,
    over: Arc<AtomicBool>,
}

impl Relay {
    pub(super) fn start(at: SocketAddr, to: SocketAddr) -> io::Result<Self> {
        let (tcp, udp) = (TcpListener::bind(at)?, UdpSocket::bind(at)?);
        let over = Arc::new(AtomicBool::new(false));
        let (one, other) = (Arc::clone(&over), Arc::clone(&over));
        thread::spawn(move || {
            for stream in tcp.incoming().take_while(|_| !one.load(Ordering::SeqCst)).flatten() {
                let _ = connection(stream, to);
            }
        });
        thread::spawn(move || {
            let mut datagram = vec![0; 65_535];
            while let Ok((length, from)) = udp.recv_from(&mut datagram) {
                if other.load(Ordering::SeqCst) {
                    break;
                }
                if let Ok(answer) = exchange(datagram.get(..length).unwrap_or_default(), to) {
                    let _ = udp.send_to(&answer, from);
                }
            }
        });
        Ok(Self { at, over })
    }
}

impl Drop for Relay {
    /// Both threads wait for something to arrive: something does.
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.at);
        let _ = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.send_to(&[], self.at));
    }
}

fn exchange(question: &[u8], to: SocketAddr) -> io::Result<Vec<u8>> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.connect(to)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.send(question)?;
    let mut answer = vec![0; 65_535];
    let length = socket.recv(&mut answer)?;
    answer.truncate(length);
    Ok(answer)
}

fn connection(front: TcpStream, to: SocketAddr) -> io::Result<()> {
    let back = TcpStream::connect(to)?;
    for (mut from, mut to) in [(front.try_clone()?, back.try_clone()?), (back, front)] {
        thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        });
    }
    Ok(())
}
