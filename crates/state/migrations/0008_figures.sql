-- Figures of rules and of the queue without reading alerts and runs that are nothing to them.
DROP INDEX run_with_hits;
CREATE INDEX run_with_hits ON run (rule_key, started_at, hits) WHERE hits > 0;
DROP INDEX alert_closed;
CREATE INDEX alert_with_verdict ON alert (rule_key, verdict, updated_at) WHERE verdict IS NOT NULL;
DROP INDEX alert_open;
CREATE INDEX alert_open ON alert (rule_key, rule_name, severity, status, assignee, id) WHERE status <> 'closed';
CREATE INDEX alert_open_by_time ON alert (created_at, id) WHERE status <> 'closed';
