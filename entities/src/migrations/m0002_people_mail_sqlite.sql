CREATE TABLE mail_next (
  id {id}, notice_id BIGINT REFERENCES notice(id), person_id BIGINT NOT NULL REFERENCES person(id),
  address TEXT NOT NULL, message_id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('waiting','sent','dead')), attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL, leased_until BIGINT NOT NULL, last_error TEXT, created_at BIGINT NOT NULL,
  sent_at BIGINT, kind TEXT NOT NULL DEFAULT 'notice', data TEXT, UNIQUE (notice_id, person_id)
);
INSERT INTO mail_next (id, notice_id, person_id, address, message_id, state, attempts, next_at,
  leased_until, last_error, created_at, sent_at) SELECT id, notice_id, person_id, address, message_id,
  state, attempts, next_at, leased_until, last_error, created_at, sent_at FROM mail;
DROP TABLE mail;
ALTER TABLE mail_next RENAME TO mail;
CREATE INDEX mail_waiting ON mail (next_at) WHERE state = 'waiting';
CREATE INDEX mail_dead ON mail (id) WHERE state = 'dead';
