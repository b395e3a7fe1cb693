-- Up to which version of each table what arrived has been looked at, by continuous rules and for events that came late.
CREATE TABLE arrival (
    table_name TEXT PRIMARY KEY,
    version BIGINT NOT NULL
);

-- Rows that arrived are counted for each table, not for each rule.
ALTER TABLE rule_state DROP COLUMN arrived_to;
