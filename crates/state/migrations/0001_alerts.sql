-- What a running spoofwatch keeps apart from telemetry. One text for SQLite and PostgreSQL: times are microseconds since 1970 in
-- UTC, lists and objects are JSON text, truth is 0 or 1.

-- How far a rule has come. Written together with what its run found.
CREATE TABLE rule_state (
    rule_key TEXT PRIMARY KEY,
    rule_name TEXT NOT NULL,
    version TEXT NOT NULL,
    -- The last moment of its schedule that has been evaluated.
    evaluated_to BIGINT,
    -- Rows that arrived up to here have been seen.
    arrived_to BIGINT,
    -- No run before this moment: the rule's own suppression after an alert.
    quiet_until BIGINT,
    last_run BIGINT,
    last_status TEXT,
    last_message TEXT
);

CREATE TABLE run (
    id TEXT PRIMARY KEY,
    rule_key TEXT NOT NULL,
    rule_name TEXT NOT NULL,
    version TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- The moment the run stands for: `now()` in its query.
    intended_at BIGINT NOT NULL,
    window_from BIGINT NOT NULL,
    window_to BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    duration_us BIGINT NOT NULL,
    status TEXT NOT NULL,
    message TEXT NOT NULL,
    hits BIGINT NOT NULL,
    raised BIGINT NOT NULL,
    known BIGINT NOT NULL,
    excluded BIGINT NOT NULL,
    suppressed BIGINT NOT NULL,
    held BIGINT NOT NULL
);
CREATE INDEX run_by_rule ON run (rule_key, intended_at);

CREATE TABLE incident (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    severity TEXT NOT NULL,
    status TEXT NOT NULL,
    verdict TEXT,
    assignee TEXT,
    comment TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    first_event BIGINT,
    last_event BIGINT,
    alerts BIGINT NOT NULL
);
CREATE INDEX incident_by_status ON incident (status, updated_at);

CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counter (name, value) VALUES ('incident', 0);

CREATE TABLE alert (
    id TEXT PRIMARY KEY,
    rule_key TEXT NOT NULL,
    rule_name TEXT NOT NULL,
    rule_version TEXT NOT NULL,
    run_id TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    reason TEXT NOT NULL,
    severity TEXT NOT NULL,
    risk_score BIGINT NOT NULL,
    confidence TEXT NOT NULL,
    status TEXT NOT NULL,
    verdict TEXT,
    assignee TEXT,
    comment TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    first_event BIGINT,
    last_event BIGINT,
    window_from BIGINT NOT NULL,
    window_to BIGINT NOT NULL,
    -- Events that came after and belong to the same alert.
    suppressed BIGINT NOT NULL,
    incident_id TEXT,
    -- Everything else of `state::Alert`, as JSON.
    detail TEXT NOT NULL
);
CREATE INDEX alert_by_time ON alert (created_at);
CREATE INDEX alert_by_status ON alert (status, created_at);
CREATE INDEX alert_by_rule ON alert (rule_key, created_at);
CREATE INDEX alert_by_incident ON alert (incident_id);

CREATE TABLE alert_entity (
    alert_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (alert_id, kind, value)
);
CREATE INDEX alert_by_entity ON alert_entity (kind, value);

-- What a rule has alerted on: never twice.
CREATE TABLE seen (
    rule_key TEXT NOT NULL,
    event_key TEXT NOT NULL,
    -- Where the identity is that of a computed row and not of an event: it may come again in a window that begins later.
    until BIGINT,
    -- What became of it: an alert's id, or `excluded`, `suppressed`, `held`.
    outcome TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (rule_key, event_key)
);

-- Alerts that take further events instead of new alerts (suppression by fields and time).
CREATE TABLE suppression (
    rule_key TEXT NOT NULL,
    suppression_key TEXT NOT NULL,
    alert_id TEXT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (rule_key, suppression_key)
);

-- Hits that raised no alert and stay visible: excluded ones, and those beyond a rule's limit.
CREATE TABLE kept_hit (
    rule_key TEXT NOT NULL,
    event_key TEXT NOT NULL,
    run_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    exclusion_id TEXT,
    at BIGINT NOT NULL,
    event_at BIGINT,
    hit TEXT NOT NULL,
    PRIMARY KEY (rule_key, event_key)
);
CREATE INDEX kept_hit_by_kind ON kept_hit (kind, at);
CREATE INDEX kept_hit_by_exclusion ON kept_hit (exclusion_id, at);

CREATE TABLE exclusion (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- `proposed`, `approved`, `revoked`.
    status TEXT NOT NULL,
    approved_by TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT,
    suppressed BIGINT NOT NULL,
    last_suppressed BIGINT,
    -- The conditions and the rules they are for, as JSON.
    body TEXT NOT NULL
);

-- Notifications, kept until they are delivered.
CREATE TABLE delivery (
    id TEXT PRIMARY KEY,
    target TEXT NOT NULL,
    subject TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    delivered_at BIGINT,
    last_error TEXT,
    payload TEXT NOT NULL
);
CREATE INDEX delivery_due ON delivery (status, next_at);

-- Who did what.
CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX audit_by_subject ON audit (subject, at);
