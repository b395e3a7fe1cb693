//! What a mail server says to a filter.
//!
//! Start with [`Command`]; [`Command::encode`] is what tests and benchmarks play a server with.

use bytes::{BufMut as _, Bytes, BytesMut};

use crate::{
    frame::{Frame, FrameError, Reader, lossy, put, put_text},
    negotiate::Offer,
};

/// A command. The letters are those of `mfdef.h`, `SMFIC_*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// `O`: what the server can do.
    Negotiate(Offer),
    /// `D`: macros, as they stand before the command of that letter. Names have no braces.
    Macros {
        /// The letter of the command that they belong to.
        stage: u8,
        /// Name and value.
        values: Vec<(String, String)>,
    },
    /// `C`: somebody connected to the server.
    Connect {
        /// The name of the client's address, as the server found it; an address in brackets if it has none.
        host: String,
        /// Where from.
        from: From,
    },
    /// `H`: what the client greets with.
    Helo(String),
    /// `M`: the envelope's sender, in angle brackets, and the parameters of `MAIL FROM`.
    Mail {
        /// The address.
        address: String,
        /// What follows it.
        parameters: Vec<String>,
    },
    /// `R`: a recipient, likewise.
    Recipient {
        /// The address.
        address: String,
        /// What follows it.
        parameters: Vec<String>,
    },
    /// `T`: the client is about to send the message.
    Data,
    /// `L`: a header field. Lines of a folded value are parted by line feeds.
    Header {
        /// Its name.
        name: Bytes,
        /// What follows the colon.
        value: Bytes,
    },
    /// `N`: there are no more header fields.
    EndOfHeaders,
    /// `B`: a piece of the body.
    Body(Bytes),
    /// `E`: the message is whole. May bring the last piece of the body.
    EndOfMessage(Bytes),
    /// `A`: no more of this message.
    Abort,
    /// `Q`: no more of this connection.
    Quit,
    /// `K`: no more of this client; another follows over the same connection.
    QuitNewConnection,
    /// `U`: an SMTP command that the server does not know.
    Unknown(Bytes),
}

/// Where a client comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// `U`: the server does not know.
    Unknown,
    /// `L`: a socket of the same machine.
    Local {
        /// Its path.
        path: String,
    },
    /// `4`: an IPv4 address.
    Inet {
        /// The port it sends from.
        port: u16,
        /// The address.
        address: String,
    },
    /// `6`: an IPv6 address, which servers write with `IPv6:` before it.
    Inet6 {
        /// The port it sends from.
        port: u16,
        /// The address.
        address: String,
    },
}

impl Command {
    /// Reads a frame.
    ///
    /// # Errors
    /// When nobody knows its letter, or its data do not fit it.
    pub fn decode(frame: Frame) -> Result<Self, FrameError> {
        let letter = frame.letter;
        let mut data = Reader::new(frame);
        Ok(match letter {
            b'O' => Self::Negotiate(Offer::decode(&mut data)?),
            b'D' => macros(&mut data)?,
            b'C' => connect(&mut data)?,
            b'H' => Self::Helo(lossy(&data.text("a name")?)),
            b'M' => {
                let (address, parameters) = path(&mut data)?;
                Self::Mail { address, parameters }
            }
            b'R' => {
                let (address, parameters) = path(&mut data)?;
                Self::Recipient { address, parameters }
            }
            b'T' => Self::Data,
            b'L' => {
                let name = data.text("a name and a value")?;
                Self::Header { name, value: data.text("a name and a value").unwrap_or_default() }
            }
            b'N' => Self::EndOfHeaders,
            b'B' => Self::Body(data.rest()),
            b'E' => Self::EndOfMessage(data.rest()),
            b'A' => Self::Abort,
            b'Q' => Self::Quit,
            b'K' => Self::QuitNewConnection,
            b'U' => Self::Unknown(data.text("a command").unwrap_or_default()),
            other => return Err(FrameError::Unknown(other)),
        })
    }

    /// Writes it as a server does.
    pub fn encode(&self, out: &mut BytesMut) {
        match self {
            Self::Negotiate(offer) => put(out, b'O', |out| offer.encode(out)),
            Self::Macros { stage, values } => put(out, b'D', |out| {
                out.put_u8(*stage);
                for (name, value) in values {
                    let name = if name.chars().count() == 1 { name.clone() } else { format!("{{{name}}}") };
                    put_text(out, name.as_bytes());
                    put_text(out, value.as_bytes());
                }
            }),
            Self::Connect { host, from } => put(out, b'C', |out| {
                put_text(out, host.as_bytes());
                from.encode(out);
            }),
            Self::Helo(name) => put(out, b'H', |out| put_text(out, name.as_bytes())),
            Self::Mail { address, parameters } => put(out, b'M', |out| put_path(out, address, parameters)),
            Self::Recipient { address, parameters } => put(out, b'R', |out| put_path(out, address, parameters)),
            Self::Data => put(out, b'T', |_| ()),
            Self::Header { name, value } => put(out, b'L', |out| {
                put_text(out, name);
                put_text(out, value);
            }),
            Self::EndOfHeaders => put(out, b'N', |_| ()),
            Self::Body(bytes) => put(out, b'B', |out| out.extend_from_slice(bytes)),
            Self::EndOfMessage(bytes) => put(out, b'E', |out| out.extend_from_slice(bytes)),
            Self::Abort => put(out, b'A', |_| ()),
            Self::Quit => put(out, b'Q', |_| ()),
            Self::QuitNewConnection => put(out, b'K', |_| ()),
            Self::Unknown(command) => put(out, b'U', |out| put_text(out, command)),
        }
    }
}

impl From {
    fn encode(&self, out: &mut BytesMut) {
        let (letter, port, place) = match self {
            Self::Unknown => return out.put_u8(b'U'),
            Self::Local { path } => (b'L', 0, path),
            Self::Inet { port, address } => (b'4', *port, address),
            Self::Inet6 { port, address } => (b'6', *port, address),
        };
        out.put_u8(letter);
        out.put_u16(port);
        put_text(out, place.as_bytes());
    }
}

fn put_path(out: &mut BytesMut, address: &str, parameters: &[String]) {
    put_text(out, address.as_bytes());
    for parameter in parameters {
        put_text(out, parameter.as_bytes());
    }
}

fn macros(data: &mut Reader) -> Result<Command, FrameError> {
    let stage = data.byte("the command the macros belong to")?;
    let texts = data.texts();
    let values = texts.chunks(2).map(|pair| {
        let text = |at: usize| pair.get(at).map(|text| lossy(text)).unwrap_or_default();
        (text(0).trim_start_matches('{').trim_end_matches('}').to_owned(), text(1))
    });
    Ok(Command::Macros { stage, values: values.collect() })
}

fn connect(data: &mut Reader) -> Result<Command, FrameError> {
    const WANTED: &str = "a name, a family, a port, an address";
    let host = lossy(&data.text(WANTED)?);
    let from = match data.byte(WANTED)? {
        b'U' => From::Unknown,
        family @ (b'L' | b'4' | b'6') => {
            let port = data.short(WANTED)?;
            let place = lossy(&data.text(WANTED)?);
            match family {
                b'L' => From::Local { path: place },
                b'4' => From::Inet { port, address: place },
                _ => From::Inet6 { port, address: place },
            }
        }
        _ => return Err(data.malformed("a family that is known")),
    };
    Ok(Command::Connect { host, from })
}

fn path(data: &mut Reader) -> Result<(String, Vec<String>), FrameError> {
    let address = lossy(&data.text("an address")?);
    Ok((address, data.texts().iter().map(|text| lossy(text)).collect()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frame;

    fn decoded(bytes: &[u8]) -> Result<Option<Command>, FrameError> {
        frame::next(&mut BytesMut::from(bytes))?.map(Command::decode).transpose()
    }

    #[test]
    fn a_client_comes_from_an_address() {
        let read = decoded(b"\0\0\0\x1eCmail.example.org\x004\x04\x01192.0.2.1").unwrap();
        let from = From::Inet { port: 0x401, address: "192.0.2.1".to_owned() };
        assert_eq!(read, Some(Command::Connect { host: "mail.example.org".to_owned(), from }));
        let unknown = decoded(b"\0\0\0\x0bClocalhostU").unwrap_err();
        assert!(matches!(unknown, FrameError::Malformed { letter: b'C', .. }), "a name without its zero: {unknown}");
    }

    #[test]
    fn macros_lose_their_braces() {
        let read = decoded(b"\0\0\0\x20DMi\x004ABC\0{auth_authen}\0alice\0x\0\0").unwrap();
        let values = [("i", "4ABC"), ("auth_authen", "alice"), ("x", "")];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        assert_eq!(read, Some(Command::Macros { stage: b'M', values }));
    }

    #[test]
    fn what_breaks_off_is_named() {
        for bytes in
            [&b"\0\0\0\x01M"[..], b"\0\0\0\x01C", b"\0\0\0\x01D", b"\0\0\0\x03O\0\0", b"\0\0\0\x03Ca\0", b"\0\0\0\x04Ca\09"]
        {
            assert!(matches!(decoded(bytes), Err(FrameError::Malformed { .. })), "{bytes:?}");
        }
        assert_eq!(decoded(b"\0\0\0\x01z"), Err(FrameError::Unknown(b'z')));
    }

    fn commands() -> impl Strategy<Value = Command> {
        let text = "[ -~]{1,20}";
        let bytes = || prop::collection::vec(1_u8.., 1..40).prop_map(Bytes::from);
        let path = || (text, prop::collection::vec(text, 0..3));
        prop_oneof![
            (any::<u32>(), any::<u32>(), any::<u32>()).prop_map(|(version, actions, steps)| Command::Negotiate(Offer {
                version,
                actions,
                steps
            })),
            (text, any::<u16>(), text)
                .prop_map(|(host, port, address)| Command::Connect { host, from: From::Inet { port, address } }),
            text.prop_map(|host| Command::Connect { host, from: From::Unknown }),
            path().prop_map(|(address, parameters)| Command::Mail { address, parameters }),
            path().prop_map(|(address, parameters)| Command::Recipient { address, parameters }),
            (bytes(), bytes()).prop_map(|(name, value)| Command::Header { name, value }),
            bytes().prop_map(Command::Body),
            bytes().prop_map(Command::EndOfMessage),
            Just(Command::Abort),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(command in commands()) {
            let mut bytes = BytesMut::new();
            command.encode(&mut bytes);
            prop_assert_eq!(decoded(&bytes), Ok(Some(command)));
        }

        #[test]
        fn no_bytes_stop_the_reader(letter: u8, data in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Command::decode(Frame { letter, data: Bytes::from(data) });
        }
    }
}
