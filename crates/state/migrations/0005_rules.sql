-- Texts of rules over time: who saved which, and why. Numbered from 1 for each rule; the highest number is the latest.
CREATE TABLE rule_text (
    rule_key TEXT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- Empty where the file was found changed.
    actor TEXT NOT NULL,
    comment TEXT NOT NULL,
    -- The version that the rule itself names.
    version TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (rule_key, number)
);

-- What somebody decided about a rule, whatever its file says.
CREATE TABLE rule_setting (
    rule_key TEXT PRIMARY KEY,
    -- Whether it runs.
    enabled BIGINT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- The list of rules: the last runs of each, runs that found something, alerts by day, open ones, verdicts.
CREATE INDEX run_by_start ON run (rule_key, started_at, duration_us);
CREATE INDEX run_with_hits ON run (started_at, rule_key, hits) WHERE hits > 0;
CREATE INDEX alert_open ON alert (rule_key) WHERE status <> 'closed';
CREATE INDEX alert_closed ON alert (updated_at, rule_key, verdict) WHERE status = 'closed';
-- What is around an alert: who did what to it, who was told of it.
CREATE INDEX delivery_by_subject ON delivery (subject, created_at);
