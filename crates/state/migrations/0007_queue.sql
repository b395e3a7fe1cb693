-- What the queue shows of an alert: its detail without evidence, query and guide, JSON. A table of its own, because whoever reads a
-- column behind a long one reads the long one too.
CREATE TABLE alert_brief (
    alert_id TEXT PRIMARY KEY,
    body TEXT NOT NULL
);

-- What alerts are looked for by: `technique` (tactics too) and `tag`, in small letters.
CREATE TABLE alert_mark (
    alert_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (alert_id, kind, value)
);
CREATE INDEX alert_by_mark ON alert_mark (kind, value);

-- 1 once alerts of before have both.
INSERT INTO counter (name, value) VALUES ('alert_briefs', 0);
