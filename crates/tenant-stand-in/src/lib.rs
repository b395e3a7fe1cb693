//! A Microsoft 365 tenant that answers as documented, for tests: state, throttling, paging, expiry and partial failure.
