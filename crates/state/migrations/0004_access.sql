-- Who may come in, and by what. Of everything secret only a hash is kept: SHA-256, in hexadecimal, of what is random; argon2id of
-- passwords.

CREATE TABLE account (
    id TEXT PRIMARY KEY,
    -- As it is shown, and as it is looked up: without case.
    name TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE,
    display TEXT NOT NULL,
    -- `viewer`, `analyst`, `admin`.
    role TEXT NOT NULL,
    -- A PHC string; without one nobody signs in by password.
    password TEXT,
    -- Of somebody who signs in elsewhere: who says so, and what they are called there.
    issuer TEXT,
    issuer_subject TEXT,
    disabled BIGINT NOT NULL,
    must_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_sign_in BIGINT,
    UNIQUE (issuer, issuer_subject)
);

CREATE TABLE session (
    hash TEXT PRIMARY KEY,
    -- What a list calls it; opens nothing.
    id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL,
    -- `password`, `link`, `oidc`.
    method TEXT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_by_account ON session (account_id, created_at);
CREATE INDEX session_by_end ON session (expires_at);

-- Links that let somebody in once, to choose a password.
CREATE TABLE welcome (
    hash TEXT PRIMARY KEY,
    -- `first_run`, `invite`, `reset`.
    kind TEXT NOT NULL,
    -- Whose it is; none: the first admin's, who is not there yet.
    account_id TEXT,
    made_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX welcome_by_account ON welcome (account_id);

CREATE TABLE api_token (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    name TEXT NOT NULL,
    account_id TEXT NOT NULL,
    -- Words with spaces between them: `read`, `work`, `admin`, `ingest`.
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_token_by_account ON api_token (account_id, created_at);

-- Sign-ins elsewhere that are under way.
CREATE TABLE sign_in_flow (
    -- Of the cookie of the browser that began.
    hash TEXT PRIMARY KEY,
    -- What was sent along, what has to come back, where to go then: JSON. Worth nothing without the cookie.
    body TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_in_flow_by_end ON sign_in_flow (expires_at);

-- Pages of the record, from the youngest back.
CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_by_actor ON audit (actor, at);
