CREATE TABLE events (day date, extra text, CHECK (extra <> '')) PARTITION BY RANGE (day);
CREATE TABLE events_2024 (day date);
CREATE TABLE base (id int, extra text);
CREATE TABLE derived (id int);
