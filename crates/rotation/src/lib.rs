//! The rotation of DKIM keys of own mail servers: at no moment does a message lack the published key that verifies it.
