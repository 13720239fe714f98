ALTER TABLE proposal_merge ADD COLUMN into_version BIGINT;
INSERT INTO proposal_merge (community_id, from_id, into_id, state, reason, asked_by, asked_at, object_until,
    answered_at, done_at)
  SELECT a.community_id, a.id, b.id, 'done', COALESCE(s.reason, ''), s.actor_id, s.at, s.at, s.at, s.at
    FROM proposal a
    JOIN step s ON s.id = (SELECT MAX(m.id) FROM step m WHERE m.proposal_id = a.id AND m.kind = 'merge')
    JOIN proposal b ON b.community_id = a.community_id
      AND a.state_data = '{"state":"merged","into":' || CAST(b.number AS TEXT) || '}'
    WHERE a.state = 'merged' AND s.actor_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM proposal_merge pm WHERE pm.from_id = a.id);

CREATE INDEX photo_large_modern ON photo (large_modern);
CREATE INDEX photo_large_jpeg ON photo (large_jpeg);
CREATE INDEX photo_small_modern ON photo (small_modern);
CREATE INDEX photo_small_jpeg ON photo (small_jpeg);
CREATE TABLE stored_file (
  hash TEXT NOT NULL PRIMARY KEY, bytes BIGINT NOT NULL, look_at BIGINT NOT NULL, going_at BIGINT
);
CREATE INDEX stored_file_look ON stored_file (look_at);
CREATE INDEX stored_file_going ON stored_file (going_at) WHERE going_at IS NOT NULL;

DROP INDEX post_balance;
CREATE INDEX post_balance ON post (proposal_id, stance, reasons DESC, id) WHERE parent_id IS NULL;
CREATE INDEX post_at ON post (proposal_id, at);
CREATE INDEX person_nickname ON person (community_id, nickname);
ALTER TABLE statement ADD COLUMN kept TEXT;

DROP TABLE removal;
CREATE TABLE removal (
  id {id}, community_id BIGINT NOT NULL REFERENCES community(id),
  proposal_id BIGINT NOT NULL REFERENCES proposal(id), post_id BIGINT REFERENCES post(id),
  author_id BIGINT NOT NULL REFERENCES person(id),
  kind TEXT CHECK (kind IN ('attack','private','advert','false','off_topic')),
  reason TEXT NOT NULL, kept TEXT, keep_until BIGINT NOT NULL, by_id BIGINT NOT NULL REFERENCES person(id),
  by_role TEXT, at BIGINT NOT NULL, appeal_words TEXT, appealed_at BIGINT, appeal_due_at BIGINT,
  decided_by BIGINT, decided_at BIGINT, decision TEXT CHECK (decision IN ('upheld','restored')),
  decision_reason TEXT
);
CREATE INDEX removal_post ON removal (post_id);
CREATE INDEX removal_proposal ON removal (proposal_id);
CREATE INDEX removal_author ON removal (author_id);
CREATE INDEX removal_appeal ON removal (community_id, appeal_due_at)
  WHERE appealed_at IS NOT NULL AND decided_at IS NULL;
CREATE INDEX removal_kept ON removal (keep_until) WHERE kept IS NOT NULL;

ALTER TABLE proposal_version ADD COLUMN state TEXT NOT NULL DEFAULT 'shown'
  CHECK (state IN ('shown','waiting','declined'));
ALTER TABLE proposal_version ADD COLUMN decided_by BIGINT;
ALTER TABLE proposal_version ADD COLUMN decided_at BIGINT;
ALTER TABLE proposal_version ADD COLUMN decision_reason TEXT;
CREATE INDEX proposal_version_waiting ON proposal_version (at) WHERE state = 'waiting';
CREATE INDEX proposal_version_by ON proposal_version (by_id);

CREATE TABLE mention_name (
  post_id BIGINT NOT NULL REFERENCES post(id), person_id BIGINT NOT NULL REFERENCES person(id),
  name TEXT NOT NULL, PRIMARY KEY (post_id, person_id, name)
);
CREATE INDEX mention_name_person ON mention_name (person_id);
INSERT INTO mention_name (post_id, person_id, name)
  SELECT m.post_id, m.person_id, p.nickname FROM mention m JOIN person p ON p.id = m.person_id
    WHERE p.nickname <> '';

CREATE INDEX photo_loose ON photo (at) WHERE draft_id IS NULL AND proposal_id IS NULL AND post_id IS NULL;
CREATE INDEX statement_kept ON statement (hidden_at) WHERE kept IS NOT NULL;

CREATE INDEX proposal_state_updated ON proposal (community_id, state, updated_at, id);
CREATE INDEX proposal_category ON proposal (community_id, category, updated_at, id);
CREATE INDEX proposal_courtyard ON proposal (courtyard_id, updated_at, id);
CREATE INDEX proposal_published ON proposal (community_id, published_at);
CREATE INDEX work_item_proposal ON work_item (proposal_id);
CREATE INDEX step_kind ON step (kind, at);
CREATE INDEX review_at ON review (at);
