-- Hits and alerts of rules by day, counted when a run is kept: a list of rules tells of a month without reading every run of it.
-- Kept as long as runs are.
CREATE TABLE rule_day (
    -- Days since 1970, UTC.
    day BIGINT NOT NULL,
    rule_key TEXT NOT NULL,
    -- Rows that runs gave which began on that day.
    hits BIGINT NOT NULL,
    -- Alerts that were raised on that day.
    alerts BIGINT NOT NULL,
    PRIMARY KEY (day, rule_key)
);
INSERT INTO rule_day (day, rule_key, hits, alerts)
SELECT day, rule_key, CAST(SUM(hits) AS BIGINT), CAST(SUM(alerts) AS BIGINT) FROM (
    SELECT started_at / 86400000000 AS day, rule_key, hits, 0 AS alerts FROM run WHERE hits > 0
    UNION ALL
    SELECT created_at / 86400000000, rule_key, 0, 1 FROM alert
) AS counted
GROUP BY day, rule_key;
DROP INDEX run_with_hits;
