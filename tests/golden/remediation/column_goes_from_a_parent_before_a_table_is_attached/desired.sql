CREATE TABLE events (day date) PARTITION BY RANGE (day);
CREATE TABLE events_2024 (day date);
ALTER TABLE events ATTACH PARTITION events_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE base (id int);
CREATE TABLE derived (id int);
ALTER TABLE derived INHERIT base;
