CREATE TABLE readings (day date, value int) PARTITION BY RANGE (day);
