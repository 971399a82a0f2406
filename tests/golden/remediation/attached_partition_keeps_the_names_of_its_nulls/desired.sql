CREATE TABLE visits (day date NOT NULL, page text NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE visits_made PARTITION OF visits FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE visits_attached (day date NOT NULL, page text CONSTRAINT page_is_known NOT NULL) PARTITION BY RANGE (page);
ALTER TABLE visits ATTACH PARTITION visits_attached FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE visits_below PARTITION OF visits_attached DEFAULT;
