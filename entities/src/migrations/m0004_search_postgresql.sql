CREATE TABLE search_matter (id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL) WITH (parallel_workers = 0);
CREATE INDEX search_matter_words ON search_matter USING GIN (words) WITH (fastupdate = off);
CREATE TABLE search_post (id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL) WITH (parallel_workers = 0);
CREATE INDEX search_post_words ON search_post USING GIN (words) WITH (fastupdate = off);
