-- Changes that close a hole: offered, approved, made, proved.
CREATE TABLE fix (
    id TEXT PRIMARY KEY,
    -- What it does, such as `dkim-enable`.
    kind TEXT NOT NULL,
    -- What it does that to: a domain, a rule of the tenant.
    subject TEXT NOT NULL,
    title TEXT NOT NULL,
    -- The alert it answers, and the check whose finding it answers.
    alert_id TEXT,
    finding TEXT,
    -- `proposed`, `approved`, `refused`, `applying`, `applied`, `verified`, `failed`, `undoing`, `undone`.
    status TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    approved_by TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- Nothing is tried again before this moment.
    next_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    -- What the last try met.
    message TEXT NOT NULL,
    -- The exact change, its undo, how it is proved, and how far it has come, as JSON.
    body TEXT NOT NULL
);
CREATE INDEX fix_by_status ON fix (status, next_at);
CREATE INDEX fix_by_alert ON fix (alert_id);
CREATE INDEX fix_by_subject ON fix (subject, kind);

-- How far something has come that is resumed: a feed of telemetry, a rotation of keys. JSON.
CREATE TABLE checkpoint (
    name TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
