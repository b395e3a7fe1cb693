//! Faults on demand: what a service far away does to requests now and then.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::{http, shifted};
use crate::exchange::error::forbidden;
use crate::http::Reply;
use crate::route::Route;

/// Something that goes wrong with the next requests of a kind.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Which requests; none: all.
    pub(crate) route: Option<Route>,
    /// Requests that pass unharmed first.
    pub(crate) after: usize,
    /// How many it harms.
    pub(crate) times: usize,
    pub(crate) harm: Harm,
}

/// What is done to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Harm {
    /// 429, and when to come again.
    Throttle(Again),
    /// 503, and when to come again.
    Unavailable(Again),
    /// 504 without a body.
    GatewayTimeout,
    /// 401: the token is not taken any more. The next token is.
    Unauthorized,
    /// 403 as Exchange Online gives it to whoever has no role for a cmdlet: a body that is no JSON.
    Forbidden,
    /// 307: the request is sent elsewhere, where its token must not go.
    Redirect(String),
    /// The answer comes late.
    Slow(Duration),
    /// The connection ends; the request was not looked at.
    DropBefore,
    /// The connection ends; the request was carried out.
    DropAfter,
    /// The answer has so many bytes more than it should.
    Oversize(usize),
    /// The answer is cut in the middle of its JSON.
    Malformed,
    /// Another status with a body.
    Status(u16, String),
}

/// When to come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// Nothing is said.
    Unsaid,
    /// In so many seconds.
    Seconds(u64),
    /// At a moment so many seconds from now, as a date.
    Date(u64),
    /// In words that are neither a number nor a date.
    Nonsense,
}

impl Fault {
    /// A fault of the next request, whatever it is about.
    pub const fn next(harm: Harm) -> Self {
        Self { route: None, after: 0, times: 1, harm }
    }

    /// Only of requests about something.
    #[must_use]
    pub fn of(mut self, route: Route) -> Self {
        self.route = Some(route);
        self
    }

    /// Only of calls of a cmdlet.
    #[must_use]
    pub fn of_cmdlet(self, name: &str) -> Self {
        self.of(Route::Cmdlet(name.to_owned()))
    }

    /// Of so many requests.
    #[must_use]
    pub const fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// After so many that pass unharmed.
    #[must_use]
    pub const fn after(mut self, requests: usize) -> Self {
        self.after = requests;
        self
    }
}

/// A fault that is still to come.
pub(crate) type Planned = Fault;

/// The harm that a request comes to, if any; faults that are over are forgotten.
pub(crate) fn take(planned: &mut Vec<Planned>, route: &Route) -> Option<Harm> {
    let is_of = |fault: &Planned| match (&fault.route, route) {
        (None, _) => true,
        (Some(Route::Cmdlet(wanted)), Route::Cmdlet(name)) => wanted.eq_ignore_ascii_case(name),
        (Some(wanted), route) => wanted == route,
    };
    let found = planned.iter_mut().find(|fault| is_of(fault) && fault.times > 0)?;
    if found.after > 0 {
        found.after -= 1;
        return None;
    }
    found.times -= 1;
    let harm = found.harm.clone();
    planned.retain(|fault| fault.times > 0);
    Some(harm)
}

impl Harm {
    /// True when the request is carried out all the same.
    pub(crate) const fn lets_pass(&self) -> bool {
        matches!(self, Self::Slow(_) | Self::DropAfter | Self::Oversize(_) | Self::Malformed)
    }

    /// The answer in place of the right one; `route` says in whose words.
    pub(crate) fn reply(&self, right: Option<Reply>, route: &Route, now: DateTime<Utc>) -> Reply {
        let right = right.unwrap_or_else(|| Reply::empty(500));
        match self {
            Self::Throttle(again) => again.on(throttled(route), now),
            Self::Unavailable(again) => {
                again.on(Reply::json(503, &words("ServiceUnavailable", "The service is temporarily unavailable.")), now)
            }
            Self::GatewayTimeout => Reply::empty(504),
            Self::Unauthorized => unauthorized(route),
            Self::Forbidden => forbidden(),
            Self::Redirect(place) => Reply::empty(307).with("location", place.clone()),
            Self::Status(status, body) => Reply { status: *status, headers: Vec::new(), body: body.clone().into_bytes() },
            Self::Oversize(bytes) => {
                let mut reply = right;
                reply.body.extend(std::iter::repeat_n(b' ', *bytes));
                reply
            }
            Self::Malformed => {
                let mut reply = right;
                reply.body.truncate(reply.body.len() / 2);
                reply
            }
            Self::Slow(_) | Self::DropBefore | Self::DropAfter => right,
        }
    }
}

impl Again {
    fn on(self, reply: Reply, now: DateTime<Utc>) -> Reply {
        match self {
            Self::Unsaid => reply,
            Self::Nonsense => reply.with("retry-after", "soon"),
            Self::Seconds(seconds) => reply.with("retry-after", seconds.to_string()),
            Self::Date(seconds) => reply.with(
                "retry-after",
                http(shifted(now, TimeDelta::try_seconds(i64::try_from(seconds).unwrap_or(i64::MAX)).unwrap_or(TimeDelta::MAX))),
            ),
        }
    }
}

fn words(code: &str, message: &str) -> serde_json::Value {
    serde_json::json!({ "error": { "code": code, "message": message } })
}

fn throttled(route: &Route) -> Reply {
    let body = match route {
        Route::Cmdlet(_) => {
            words("TooManyRequests", "The maximum number of concurrent requests for this application was exceeded.")
        }
        Route::Subscriptions | Route::Content | Route::Blob => {
            words("AF429", "Too many requests. Method=GET, PublisherId=00000000-0000-0000-0000-000000000000")
        }
        Route::Token => serde_json::json!({
            "error": "temporarily_unavailable",
            "error_description": "AADSTS50196: The server terminated an operation because it encountered a client request loop.",
            "error_codes": [50196],
        }),
        Route::Domains | Route::Hunting | Route::Submission | Route::Discovery | Route::Unknown => {
            words("TooManyRequests", "Too many requests.")
        }
    };
    Reply::json(429, &body)
}

fn unauthorized(route: &Route) -> Reply {
    match route {
        Route::Cmdlet(_) | Route::Token | Route::Discovery | Route::Unknown => {
            Reply::empty(401).with("www-authenticate", "Bearer error=\"invalid_token\"")
        }
        Route::Domains | Route::Hunting | Route::Submission => {
            Reply::json(401, &words("InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."))
        }
        Route::Subscriptions | Route::Content | Route::Blob => {
            Reply::json(401, &serde_json::json!({ "Message": "Authorization has been denied for this request." }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Harm, take};
    use crate::route::Route;

    #[test]
    fn a_fault_harms_as_many_requests_as_it_says() {
        let mut planned =
            vec![Fault::next(Harm::Malformed).of_cmdlet("get-arcconfig").after(1).times(2), Fault::next(Harm::DropAfter)];
        let arc = Route::Cmdlet("Get-ArcConfig".to_owned());
        assert_eq!(take(&mut planned, &Route::Token), Some(Harm::DropAfter));
        let harms: Vec<bool> = (0..4).map(|_| take(&mut planned, &arc).is_some()).collect();
        assert_eq!(harms, [false, true, true, false]);
        assert!(planned.is_empty());
    }
}
