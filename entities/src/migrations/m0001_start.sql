CREATE TABLE community (
  id {id}, name TEXT NOT NULL, subdistrict TEXT NOT NULL, district TEXT NOT NULL,
  settings TEXT NOT NULL, next_proposal BIGINT NOT NULL, next_ballot BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE courtyard (
  id {id}, community_id BIGINT NOT NULL REFERENCES community(id), name TEXT NOT NULL,
  UNIQUE (community_id, name)
);
CREATE TABLE entrance (
  id {id}, courtyard_id BIGINT NOT NULL REFERENCES courtyard(id), name TEXT NOT NULL,
  UNIQUE (courtyard_id, name)
);
CREATE TABLE household (
  id {id}, entrance_id BIGINT NOT NULL REFERENCES entrance(id), room TEXT NOT NULL,
  representative_id BIGINT, UNIQUE (entrance_id, room)
);
CREATE TABLE person (
  id {id}, community_id BIGINT NOT NULL REFERENCES community(id),
  household_id BIGINT REFERENCES household(id), sign_in_name TEXT NOT NULL UNIQUE, email TEXT,
  nickname TEXT NOT NULL, password_hash TEXT, language TEXT NOT NULL CHECK (language IN ('zh','en')),
  created_at BIGINT NOT NULL
);
CREATE INDEX person_household ON person (household_id);
CREATE TABLE role_grant (
  id {id}, person_id BIGINT NOT NULL REFERENCES person(id), role TEXT NOT NULL,
  scope_kind TEXT NOT NULL CHECK (scope_kind IN ('entrance','courtyard','community')),
  scope_place BIGINT NOT NULL, granted_at BIGINT NOT NULL, granted_by BIGINT, until BIGINT
);
CREATE INDEX role_grant_person ON role_grant (person_id);
CREATE TABLE session (
  token_hash TEXT PRIMARY KEY, person_id BIGINT NOT NULL REFERENCES person(id),
  created_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, agent TEXT NOT NULL
);
CREATE INDEX session_person ON session (person_id);
CREATE TABLE sign_in_failure (
  name_hash TEXT PRIMARY KEY, failures BIGINT NOT NULL, at BIGINT NOT NULL, locked_until BIGINT NOT NULL
);
CREATE TABLE proposal (
  id {id}, community_id BIGINT NOT NULL REFERENCES community(id), number BIGINT,
  author_id BIGINT NOT NULL REFERENCES person(id), title TEXT NOT NULL, situation TEXT NOT NULL,
  suggestion TEXT NOT NULL, category TEXT NOT NULL,
  courtyard_id BIGINT NOT NULL REFERENCES courtyard(id), entrance_id BIGINT REFERENCES entrance(id),
  spot TEXT, scope_kind TEXT NOT NULL CHECK (scope_kind IN ('entrance','courtyard','community')),
  scope_place BIGINT NOT NULL, willing BIGINT NOT NULL, on_behalf TEXT,
  state TEXT NOT NULL CHECK (state IN ('draft','submitted','returned','not_accepted','merged',
    'withdrawn','cosigning','accepted','deliberating','balloting','decided','in_progress',
    'suspended','completed','reviewed','archived')),
  state_data TEXT NOT NULL, contested BIGINT NOT NULL, reopened BIGINT NOT NULL,
  version BIGINT NOT NULL, since BIGINT NOT NULL, due_at BIGINT, due_provisional BIGINT NOT NULL,
  cosigns BIGINT NOT NULL, posts BIGINT NOT NULL, summary TEXT, summary_by BIGINT, summary_at BIGINT,
  answer TEXT, answer_verdict TEXT, answer_role TEXT, answer_at BIGINT,
  created_at BIGINT NOT NULL, published_at BIGINT, updated_at BIGINT NOT NULL,
  UNIQUE (community_id, number)
);
CREATE INDEX proposal_updated ON proposal (community_id, updated_at, id);
CREATE INDEX proposal_state ON proposal (community_id, state, due_at);
CREATE INDEX proposal_author ON proposal (author_id);
CREATE TABLE cosign (
  proposal_id BIGINT NOT NULL REFERENCES proposal(id), household_id BIGINT NOT NULL REFERENCES household(id),
  person_id BIGINT NOT NULL REFERENCES person(id), at BIGINT NOT NULL,
  PRIMARY KEY (proposal_id, household_id)
);
CREATE INDEX cosign_household ON cosign (household_id);
CREATE TABLE post (
  id {id}, proposal_id BIGINT NOT NULL REFERENCES proposal(id), parent_id BIGINT REFERENCES post(id),
  author_id BIGINT NOT NULL REFERENCES person(id), author_role TEXT,
  stance TEXT NOT NULL CHECK (stance IN ('for','against','question','addition')),
  body TEXT NOT NULL, at BIGINT NOT NULL, hidden_at BIGINT, hidden_reason TEXT
);
CREATE INDEX post_proposal ON post (proposal_id, id);
CREATE TABLE step (
  id {id}, proposal_id BIGINT NOT NULL REFERENCES proposal(id), at BIGINT NOT NULL, kind TEXT NOT NULL,
  actor_id BIGINT, actor_role TEXT, reason TEXT, detail TEXT, late BIGINT NOT NULL, due_at BIGINT
);
CREATE INDEX step_proposal ON step (proposal_id, id);
CREATE TABLE council_session (
  id {id}, proposal_id BIGINT NOT NULL REFERENCES proposal(id), held_on TEXT NOT NULL,
  attendees BIGINT NOT NULL, minutes TEXT NOT NULL, recorded_by BIGINT NOT NULL REFERENCES person(id),
  at BIGINT NOT NULL
);
CREATE INDEX council_session_proposal ON council_session (proposal_id);
CREATE TABLE ballot (
  id {id}, community_id BIGINT NOT NULL REFERENCES community(id), number BIGINT NOT NULL,
  proposal_id BIGINT NOT NULL REFERENCES proposal(id), kind TEXT NOT NULL, question TEXT NOT NULL,
  scope_kind TEXT NOT NULL CHECK (scope_kind IN ('entrance','courtyard','community')),
  scope_place BIGINT NOT NULL, opens_at BIGINT NOT NULL, closes_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open','closed','cancelled')), electors BIGINT NOT NULL,
  electorate_digest TEXT NOT NULL, cancel_reason TEXT, result TEXT, outcome TEXT,
  opened_by BIGINT NOT NULL REFERENCES person(id), version BIGINT NOT NULL,
  UNIQUE (community_id, number)
);
CREATE UNIQUE INDEX ballot_one_open ON ballot (proposal_id) WHERE state = 'open';
CREATE INDEX ballot_state ON ballot (state, closes_at);
CREATE TABLE elector (
  ballot_id BIGINT NOT NULL REFERENCES ballot(id), voter TEXT NOT NULL, household_id BIGINT,
  person_id BIGINT, cast_by TEXT NOT NULL CHECK (cast_by IN ('none','web','paper','assisted')),
  PRIMARY KEY (ballot_id, voter)
);
CREATE TABLE paper (
  tracker TEXT NOT NULL PRIMARY KEY, ballot_id BIGINT NOT NULL REFERENCES ballot(id), choice TEXT NOT NULL
) {no_rowid};
CREATE INDEX paper_ballot ON paper (ballot_id, tracker);
CREATE TABLE work_item (
  id {id}, proposal_id BIGINT NOT NULL REFERENCES proposal(id), route TEXT NOT NULL,
  receiver TEXT NOT NULL, ticket TEXT,
  state TEXT NOT NULL CHECK (state IN ('open','suspended','done','passed_on')),
  opened_at BIGINT NOT NULL, due_at BIGINT NOT NULL, extended_at BIGINT, done_at BIGINT, note TEXT
);
CREATE UNIQUE INDEX work_item_one_live ON work_item (proposal_id) WHERE state IN ('open','suspended');
CREATE TABLE review (
  id {id}, proposal_id BIGINT NOT NULL REFERENCES proposal(id),
  person_id BIGINT NOT NULL REFERENCES person(id), round BIGINT NOT NULL, solved BIGINT NOT NULL,
  satisfaction TEXT NOT NULL CHECK (satisfaction IN ('satisfied','fairly_satisfied','dissatisfied')),
  words TEXT, at BIGINT NOT NULL, UNIQUE (proposal_id, person_id, round)
);
CREATE TABLE follow_up (
  id {id}, proposal_id BIGINT NOT NULL REFERENCES proposal(id),
  review_id BIGINT NOT NULL UNIQUE REFERENCES review(id), due_at BIGINT NOT NULL, done_at BIGINT,
  note TEXT, done_by BIGINT
);
CREATE INDEX follow_up_proposal ON follow_up (proposal_id);
CREATE TABLE follow (
  proposal_id BIGINT NOT NULL REFERENCES proposal(id), person_id BIGINT NOT NULL REFERENCES person(id),
  token TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL, stopped_at BIGINT,
  PRIMARY KEY (proposal_id, person_id)
);
CREATE INDEX follow_person ON follow (person_id);
CREATE TABLE notice (
  id {id}, proposal_id BIGINT NOT NULL REFERENCES proposal(id), step_id BIGINT NOT NULL REFERENCES step(id),
  kind TEXT NOT NULL, actor_id BIGINT, at BIGINT NOT NULL, expanded_at BIGINT
);
CREATE INDEX notice_waiting ON notice (id) WHERE expanded_at IS NULL;
CREATE TABLE mail (
  id {id}, notice_id BIGINT NOT NULL REFERENCES notice(id), person_id BIGINT NOT NULL REFERENCES person(id),
  address TEXT NOT NULL, message_id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('waiting','sent','dead')), attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL, leased_until BIGINT NOT NULL, last_error TEXT, created_at BIGINT NOT NULL,
  sent_at BIGINT, UNIQUE (notice_id, person_id)
);
CREATE INDEX mail_waiting ON mail (next_at) WHERE state = 'waiting';
CREATE INDEX mail_dead ON mail (id) WHERE state = 'dead';
CREATE TABLE audit (
  seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  subject TEXT NOT NULL, before TEXT, after TEXT, reason TEXT, prev TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE TABLE audit_head (id BIGINT PRIMARY KEY CHECK (id = 1), seq BIGINT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE rate_limit (key TEXT PRIMARY KEY, window_start BIGINT NOT NULL, count BIGINT NOT NULL);
CREATE TABLE lease (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until BIGINT NOT NULL);
CREATE TABLE instance (key TEXT PRIMARY KEY, value TEXT NOT NULL);
