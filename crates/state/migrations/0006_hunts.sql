-- Queries that somebody keeps.
CREATE TABLE saved_hunt (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    -- What it is kept for: `hunt`, or `alerts` for filters of the queue.
    kind TEXT NOT NULL,
    query TEXT NOT NULL,
    language TEXT NOT NULL,
    owner TEXT NOT NULL,
    -- 1 where others see it.
    shared BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX saved_hunt_by_owner ON saved_hunt (kind, owner);

-- Queries that somebody ran.
CREATE TABLE past_hunt (
    id TEXT PRIMARY KEY,
    who TEXT NOT NULL,
    at BIGINT NOT NULL,
    query TEXT NOT NULL,
    language TEXT NOT NULL,
    -- Null where it failed.
    row_count BIGINT,
    took_us BIGINT NOT NULL,
    -- Why it failed; empty where it did not.
    fault TEXT NOT NULL
);
CREATE INDEX past_hunt_by_who ON past_hunt (who, at);
