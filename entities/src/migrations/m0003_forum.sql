ALTER TABLE proposal ADD COLUMN text_version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE proposal ADD COLUMN asks_version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE proposal ADD COLUMN behalf_yes BIGINT NOT NULL DEFAULT 0 CHECK (behalf_yes IN (0, 1));
ALTER TABLE proposal ADD COLUMN plan_id BIGINT;
ALTER TABLE proposal ADD COLUMN pin_x BIGINT CHECK (pin_x BETWEEN 0 AND 10000);
ALTER TABLE proposal ADD COLUMN pin_y BIGINT CHECK (pin_y BETWEEN 0 AND 10000);
ALTER TABLE proposal ADD COLUMN hidden_at BIGINT;
ALTER TABLE proposal ADD COLUMN hidden_reason TEXT;
CREATE TABLE draft (
  id {id}, community_id BIGINT NOT NULL REFERENCES community(id),
  person_id BIGINT NOT NULL REFERENCES person(id), title TEXT NOT NULL, form TEXT NOT NULL,
  through_id BIGINT, version BIGINT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL
);
CREATE INDEX draft_person ON draft (person_id, updated_at);
CREATE TABLE proposal_version (
  id {id}, proposal_id BIGINT NOT NULL REFERENCES proposal(id), number BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('first','free','correction','change')),
  title TEXT NOT NULL, situation TEXT NOT NULL, suggestion TEXT NOT NULL, category TEXT NOT NULL,
  courtyard_id BIGINT NOT NULL REFERENCES courtyard(id), entrance_id BIGINT REFERENCES entrance(id),
  spot TEXT, scope_kind TEXT NOT NULL CHECK (scope_kind IN ('entrance','courtyard','community')),
  scope_place BIGINT NOT NULL, note TEXT, cosigns BIGINT NOT NULL,
  by_id BIGINT NOT NULL REFERENCES person(id), through_id BIGINT, at BIGINT NOT NULL,
  raised_at BIGINT, raised_by BIGINT, raised_reason TEXT,
  UNIQUE (proposal_id, number)
);
INSERT INTO proposal_version (proposal_id, number, kind, title, situation, suggestion, category, courtyard_id,
    entrance_id, spot, scope_kind, scope_place, cosigns, by_id, through_id, at)
  SELECT id, 1, 'first', title, situation, suggestion, category, courtyard_id, entrance_id, spot, scope_kind,
    scope_place, 0, author_id, through_id, created_at FROM proposal;
CREATE TABLE version_contest (
  version_id BIGINT NOT NULL REFERENCES proposal_version(id),
  household_id BIGINT NOT NULL REFERENCES household(id), person_id BIGINT NOT NULL REFERENCES person(id),
  through_id BIGINT, at BIGINT NOT NULL, PRIMARY KEY (version_id, household_id)
);
CREATE INDEX version_contest_person ON version_contest (person_id);
CREATE TABLE proposal_merge (
  id {id}, community_id BIGINT NOT NULL REFERENCES community(id),
  from_id BIGINT NOT NULL REFERENCES proposal(id), into_id BIGINT NOT NULL REFERENCES proposal(id),
  state TEXT NOT NULL CHECK (state IN ('asked','done','objected','ended','undone')),
  reason TEXT NOT NULL, asked_by BIGINT NOT NULL REFERENCES person(id), asked_at BIGINT NOT NULL,
  object_until BIGINT NOT NULL, answered_at BIGINT, answer_reason TEXT, done_at BIGINT, undo_until BIGINT,
  from_before TEXT, undone_by BIGINT, undone_at BIGINT, undo_reason TEXT
);
CREATE UNIQUE INDEX proposal_merge_one_live ON proposal_merge (from_id) WHERE state IN ('asked','done');
CREATE INDEX proposal_merge_into ON proposal_merge (into_id, state);
CREATE INDEX proposal_merge_asked ON proposal_merge (object_until) WHERE state = 'asked';
CREATE TABLE merge_no (
  merge_id BIGINT NOT NULL REFERENCES proposal_merge(id),
  household_id BIGINT NOT NULL REFERENCES household(id), person_id BIGINT NOT NULL REFERENCES person(id),
  through_id BIGINT, at BIGINT NOT NULL, PRIMARY KEY (merge_id, household_id)
);
CREATE INDEX merge_no_person ON merge_no (person_id);
ALTER TABLE cosign ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE cosign ADD COLUMN merge_id BIGINT;
CREATE INDEX cosign_merge ON cosign (merge_id);
CREATE TABLE photo (
  id {id}, community_id BIGINT NOT NULL REFERENCES community(id),
  by_id BIGINT NOT NULL REFERENCES person(id), through_id BIGINT, draft_id BIGINT REFERENCES draft(id),
  proposal_id BIGINT REFERENCES proposal(id), post_id BIGINT REFERENCES post(id), place BIGINT NOT NULL,
  alt TEXT NOT NULL, width BIGINT NOT NULL, height BIGINT NOT NULL, bytes BIGINT NOT NULL,
  large_modern TEXT NOT NULL, large_jpeg TEXT NOT NULL, small_modern TEXT NOT NULL, small_jpeg TEXT NOT NULL,
  at BIGINT NOT NULL, hidden_at BIGINT
);
CREATE INDEX photo_proposal ON photo (proposal_id, place);
CREATE INDEX photo_post ON photo (post_id, place);
CREATE INDEX photo_draft ON photo (draft_id);
CREATE INDEX photo_by ON photo (by_id);
CREATE TABLE plan (
  id {id}, community_id BIGINT NOT NULL REFERENCES community(id), courtyard_id BIGINT REFERENCES courtyard(id),
  name TEXT NOT NULL, width BIGINT NOT NULL, height BIGINT NOT NULL, bytes BIGINT NOT NULL,
  large_modern TEXT NOT NULL, large_jpeg TEXT NOT NULL, small_modern TEXT NOT NULL, small_jpeg TEXT NOT NULL,
  by_id BIGINT NOT NULL REFERENCES person(id), at BIGINT NOT NULL, ended_at BIGINT
);
CREATE INDEX plan_community ON plan (community_id, ended_at);
ALTER TABLE post ADD COLUMN quote_id BIGINT;
ALTER TABLE post ADD COLUMN state TEXT NOT NULL DEFAULT 'shown'
  CHECK (state IN ('shown','waiting','folded','removed','declined'));
UPDATE post SET state = 'removed' WHERE hidden_at IS NOT NULL;
ALTER TABLE post ADD COLUMN edited_at BIGINT;
ALTER TABLE post ADD COLUMN thanks BIGINT NOT NULL DEFAULT 0;
ALTER TABLE post ADD COLUMN reasons BIGINT NOT NULL DEFAULT 0;
ALTER TABLE post ADD COLUMN replies BIGINT NOT NULL DEFAULT 0;
UPDATE post SET replies = (SELECT COUNT(*) FROM post r WHERE r.parent_id = post.id);
CREATE INDEX post_parent ON post (parent_id, id);
CREATE INDEX post_top ON post (proposal_id, id) WHERE parent_id IS NULL;
CREATE INDEX post_balance ON post (proposal_id, stance, reasons, id) WHERE parent_id IS NULL;
CREATE INDEX post_author ON post (author_id, at);
CREATE INDEX post_waiting ON post (proposal_id, id) WHERE state IN ('waiting','folded');
CREATE TABLE post_edit (
  id {id}, post_id BIGINT NOT NULL REFERENCES post(id), body TEXT NOT NULL, stance TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('past','waiting','declined')),
  by_id BIGINT NOT NULL REFERENCES person(id), through_id BIGINT, at BIGINT NOT NULL
);
CREATE INDEX post_edit_post ON post_edit (post_id, id);
CREATE UNIQUE INDEX post_edit_one_waiting ON post_edit (post_id) WHERE state = 'waiting';
CREATE TABLE reaction (
  post_id BIGINT NOT NULL REFERENCES post(id), person_id BIGINT NOT NULL REFERENCES person(id),
  kind TEXT NOT NULL CHECK (kind IN ('thanks','reason')), through_id BIGINT, at BIGINT NOT NULL,
  PRIMARY KEY (post_id, person_id, kind)
);
CREATE INDEX reaction_person ON reaction (person_id);
CREATE TABLE mention (
  post_id BIGINT NOT NULL REFERENCES post(id), person_id BIGINT NOT NULL REFERENCES person(id),
  PRIMARY KEY (post_id, person_id)
);
CREATE INDEX mention_person ON mention (person_id);
CREATE TABLE question (
  post_id BIGINT NOT NULL PRIMARY KEY REFERENCES post(id), proposal_id BIGINT NOT NULL REFERENCES proposal(id),
  at BIGINT NOT NULL, due_at BIGINT NOT NULL, due_provisional BIGINT NOT NULL, answer_id BIGINT,
  answered_at BIGINT, late BIGINT NOT NULL
);
CREATE INDEX question_proposal ON question (proposal_id);
CREATE INDEX question_open ON question (due_at) WHERE answered_at IS NULL;
CREATE TABLE report (
  id {id}, community_id BIGINT NOT NULL REFERENCES community(id),
  proposal_id BIGINT NOT NULL REFERENCES proposal(id), post_id BIGINT REFERENCES post(id),
  by_id BIGINT NOT NULL REFERENCES person(id), household_id BIGINT NOT NULL REFERENCES household(id),
  through_id BIGINT,
  kind TEXT NOT NULL CHECK (kind IN ('attack','private','advert','false','off_topic')), words TEXT,
  at BIGINT NOT NULL, due_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open','upheld','dismissed')), decided_by BIGINT, decided_at BIGINT,
  answer TEXT
);
CREATE UNIQUE INDEX report_one_post ON report (post_id, by_id) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX report_one_matter ON report (proposal_id, by_id) WHERE post_id IS NULL;
CREATE INDEX report_by ON report (by_id);
CREATE INDEX report_open ON report (community_id, due_at) WHERE state = 'open';
CREATE TABLE removal (
  id {id}, community_id BIGINT NOT NULL REFERENCES community(id),
  proposal_id BIGINT NOT NULL REFERENCES proposal(id), post_id BIGINT REFERENCES post(id),
  author_id BIGINT NOT NULL REFERENCES person(id),
  kind TEXT NOT NULL CHECK (kind IN ('attack','private','advert','false','off_topic')),
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
CREATE TABLE summary (
  id {id}, proposal_id BIGINT NOT NULL REFERENCES proposal(id), for_points TEXT NOT NULL,
  against_points TEXT NOT NULL, agreed TEXT NOT NULL, open_points TEXT NOT NULL,
  by_id BIGINT NOT NULL REFERENCES person(id), by_role TEXT, at BIGINT NOT NULL
);
CREATE INDEX summary_proposal ON summary (proposal_id, id);
INSERT INTO summary (proposal_id, for_points, against_points, agreed, open_points, by_id, by_role, at)
  SELECT id, '', '', summary, '', summary_by, 'council_member', summary_at FROM proposal
    WHERE summary IS NOT NULL AND summary_by IS NOT NULL AND summary_at IS NOT NULL;
ALTER TABLE proposal DROP COLUMN summary;
ALTER TABLE proposal DROP COLUMN summary_by;
ALTER TABLE proposal DROP COLUMN summary_at;
CREATE TABLE summary_fair (
  summary_id BIGINT NOT NULL REFERENCES summary(id), person_id BIGINT NOT NULL REFERENCES person(id),
  side TEXT NOT NULL CHECK (side IN ('for','against')), fair BIGINT NOT NULL CHECK (fair IN (0, 1)),
  through_id BIGINT, at BIGINT NOT NULL, PRIMARY KEY (summary_id, person_id)
);
CREATE INDEX summary_fair_person ON summary_fair (person_id);
CREATE TABLE statement (
  id {id}, proposal_id BIGINT NOT NULL REFERENCES proposal(id), number BIGINT NOT NULL,
  author_id BIGINT NOT NULL REFERENCES person(id), through_id BIGINT, body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('shown','waiting','removed','declined')), at BIGINT NOT NULL,
  hidden_at BIGINT, hidden_reason TEXT, UNIQUE (proposal_id, number)
);
CREATE INDEX statement_author ON statement (author_id);
CREATE TABLE statement_vote (
  statement_id BIGINT NOT NULL REFERENCES statement(id), person_id BIGINT NOT NULL REFERENCES person(id),
  choice BIGINT NOT NULL CHECK (choice IN (-1, 0, 1)), through_id BIGINT, at BIGINT NOT NULL,
  PRIMARY KEY (statement_id, person_id)
);
CREATE INDEX statement_vote_person ON statement_vote (person_id);
CREATE TABLE opinion_map (
  proposal_id BIGINT NOT NULL PRIMARY KEY REFERENCES proposal(id), basis TEXT NOT NULL, result TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE TABLE place_follow (
  person_id BIGINT NOT NULL REFERENCES person(id),
  kind TEXT NOT NULL CHECK (kind IN ('category','entrance','courtyard','community')), place TEXT NOT NULL,
  token TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL, PRIMARY KEY (person_id, kind, place)
);
CREATE INDEX place_follow_place ON place_follow (kind, place);
ALTER TABLE person ADD COLUMN seen_at BIGINT;
ALTER TABLE person ADD COLUMN visit_at BIGINT;
