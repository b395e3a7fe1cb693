//! Refusals of Exchange Online's administration interface, in the bodies it sends.
//!
//! Authority: there is no reference page; the bodies are those that clients of InvokeCommand published. The words that tell what is
//! wrong stand in `error.details[].message` after the type of the exception, and in `error.innererror.internalexception.message`;
//! `error.message` says nothing.

use serde_json::{Value, json};

use crate::http::Reply;

/// Why a cmdlet was not run, or failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) kind: Kind,
    /// What is wrong, in words.
    pub(crate) text: String,
}

/// The exceptions that cmdlets end with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The input breaks a rule of the cmdlet.
    Validation,
    /// No such object.
    NotFound,
    /// There is one of that name.
    Exists,
    /// A parameter that the cmdlet does not have.
    UnknownParameter,
    /// A value that is not of the parameter's type.
    WrongType,
    /// A parameter that must be there is not.
    MissingParameter,
    /// A page was asked for too late, or with another body.
    Paging,
    /// The request is no call of a cmdlet.
    Malformed,
}

impl Refusal {
    /// A refusal with its words.
    pub(crate) fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }

    /// A rule of the cmdlet is broken.
    pub(crate) fn validation(text: impl Into<String>) -> Self {
        Self::new(Kind::Validation, text)
    }

    /// No object of that name.
    pub(crate) fn not_found(identity: &str) -> Self {
        Self::new(
            Kind::NotFound,
            format!(
                "The operation couldn't be performed because object '{identity}' couldn't be found on 'STANDIN01A001DC001.STANDIN01A001.PROD.OUTLOOK.COM'."
            ),
        )
    }

    /// The answer that says so.
    pub(crate) fn reply(&self) -> Reply {
        let kind = self.kind;
        let full = kind.exception();
        let short = full.rsplit('.').next().unwrap_or(full);
        let mut error = json!({ "code": kind.code(), "message": kind.message() });
        if kind.has_details() {
            let message = format!("{}|{full}|{}", kind.prefix(), self.text);
            put(&mut error, "details", json!([{ "code": "Client", "target": "", "message": message }]));
        }
        put(
            &mut error,
            "innererror",
            json!({
                "message": kind.message(),
                "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
                "stacktrace": "",
                "internalexception": { "message": self.text, "type": full, "stacktrace": "" },
            }),
        );
        let body = json!({ "error": error, "adminapi.warnings@odata.type": "#Collection(String)", "@adminapi.warnings": [] });
        Reply::json(kind.status(), &body).with("x-exceptiontype", short)
    }
}

fn put(error: &mut Value, name: &str, value: Value) {
    if let Some(members) = error.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

impl Kind {
    const fn status(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::Exists => 409,
            Self::Validation
            | Self::UnknownParameter
            | Self::WrongType
            | Self::MissingParameter
            | Self::Paging
            | Self::Malformed => 400,
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "NotFound",
            Self::Exists => "Conflict",
            Self::Validation
            | Self::UnknownParameter
            | Self::WrongType
            | Self::MissingParameter
            | Self::Paging
            | Self::Malformed => "BadRequest",
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::NotFound | Self::Exists | Self::Validation => "Error executing cmdlet",
            Self::UnknownParameter | Self::WrongType | Self::MissingParameter | Self::Paging | Self::Malformed => {
                "Invalid Operation"
            }
        }
    }

    const fn exception(self) -> &'static str {
        match self {
            Self::Validation => "Microsoft.Exchange.Management.Tasks.ValidationException",
            Self::NotFound => "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
            Self::Exists => "Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException",
            Self::UnknownParameter => "Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException",
            Self::WrongType => "Microsoft.Exchange.AdminApi.CommandInvocation.ParameterTransformationException",
            Self::MissingParameter => "Microsoft.Exchange.AdminApi.CommandInvocation.MissingMandatoryParameterException",
            Self::Paging => "System.Exception",
            Self::Malformed => "Microsoft.OData.ODataException",
        }
    }

    /// What some messages have before the type.
    const fn prefix(self) -> &'static str {
        match self {
            Self::NotFound => "Ex6F9304",
            Self::Exists => "Ex7B55B5",
            Self::Validation
            | Self::UnknownParameter
            | Self::WrongType
            | Self::MissingParameter
            | Self::Paging
            | Self::Malformed => "",
        }
    }

    /// A value of a wrong type was seen without `details`.
    const fn has_details(self) -> bool {
        match self {
            Self::Validation | Self::NotFound | Self::Exists | Self::UnknownParameter | Self::MissingParameter => true,
            Self::WrongType | Self::Paging | Self::Malformed => false,
        }
    }
}

/// What whoever lacks the role for a cmdlet gets: 403 and a body of NUL bytes, which is no JSON.
pub(crate) fn forbidden() -> Reply {
    Reply { status: 403, headers: vec![("content-type", "application/json".to_owned())], body: vec![0; FORBIDDEN_BODY] }
}

/// As long as the one that was published.
const FORBIDDEN_BODY: usize = 4096;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Refusal;

    #[test]
    fn the_words_stand_where_clients_look_for_them() {
        let reply = Refusal::validation("No CNAME.").reply();
        assert_eq!(reply.status, 400);
        assert!(reply.headers.contains(&("x-exceptiontype", "ValidationException".to_owned())));
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        let message = "|Microsoft.Exchange.Management.Tasks.ValidationException|No CNAME.";
        assert_eq!(body.pointer("/error/details/0/message"), Some(&json!(message)));
        assert_eq!(body.pointer("/error/innererror/internalexception/message"), Some(&json!("No CNAME.")));
        assert_eq!(Refusal::not_found("x").reply().status, 404);
    }
}
