ALTER TABLE community ADD COLUMN slug TEXT;
UPDATE community SET slug = 'c' || id;
UPDATE community SET settings = replace(replace(settings, '"first_check":true', '"moderation":"before"'),
  '"first_check":false', '"moderation":"after"');
CREATE UNIQUE INDEX community_slug ON community (slug);
ALTER TABLE courtyard ADD COLUMN ended_at BIGINT;
ALTER TABLE entrance ADD COLUMN ended_at BIGINT;
ALTER TABLE household ADD COLUMN ended_at BIGINT;
ALTER TABLE household ADD COLUMN former_room TEXT;
ALTER TABLE household ADD COLUMN import_id BIGINT;
CREATE TABLE place_change (
  id {id}, community_id BIGINT NOT NULL REFERENCES community(id),
  kind TEXT NOT NULL CHECK (kind IN ('add','rename','split','merge','end')),
  place_kind TEXT NOT NULL CHECK (place_kind IN ('courtyard','entrance')), place_id BIGINT NOT NULL,
  other_id BIGINT, before TEXT, after TEXT, households BIGINT NOT NULL, reason TEXT,
  by_id BIGINT NOT NULL REFERENCES person(id), at BIGINT NOT NULL
);
CREATE INDEX place_change_community ON place_change (community_id, id);
CREATE TABLE unit (
  id {id}, entrance_id BIGINT NOT NULL REFERENCES entrance(id), room TEXT NOT NULL,
  area BIGINT NOT NULL CHECK (area > 0), representative_id BIGINT, import_id BIGINT,
  UNIQUE (entrance_id, room)
);
CREATE TABLE owner (
  id {id}, community_id BIGINT NOT NULL REFERENCES community(id), name TEXT NOT NULL,
  name_index TEXT NOT NULL, phone TEXT, phone_index TEXT, person_id BIGINT REFERENCES person(id),
  import_id BIGINT, created_at BIGINT NOT NULL
);
CREATE INDEX owner_name ON owner (community_id, name_index);
CREATE TABLE unit_owner (
  unit_id BIGINT NOT NULL REFERENCES unit(id), owner_id BIGINT NOT NULL REFERENCES owner(id),
  PRIMARY KEY (unit_id, owner_id)
);
CREATE INDEX unit_owner_owner ON unit_owner (owner_id);
ALTER TABLE person ADD COLUMN real_name TEXT;
ALTER TABLE person ADD COLUMN phone TEXT;
ALTER TABLE person ADD COLUMN shown_as TEXT NOT NULL DEFAULT 'nickname' CHECK (shown_as IN ('nickname','entrance'));
ALTER TABLE person ADD COLUMN consent_version BIGINT;
ALTER TABLE person ADD COLUMN adult_at BIGINT;
ALTER TABLE person ADD COLUMN came_by TEXT NOT NULL DEFAULT 'operator' CHECK (came_by IN ('operator','slip','household','vouch','counter'));
ALTER TABLE person ADD COLUMN helper_id BIGINT;
ALTER TABLE person ADD COLUMN former_household_id BIGINT;
ALTER TABLE person ADD COLUMN closed_at BIGINT;
CREATE INDEX person_helper ON person (helper_id);
CREATE INDEX person_email ON person (email);
CREATE TABLE consent (
  id {id}, person_id BIGINT NOT NULL REFERENCES person(id), version BIGINT NOT NULL,
  given_at BIGINT NOT NULL, withdrawn_at BIGINT, through_id BIGINT
);
CREATE INDEX consent_person ON consent (person_id);
CREATE TABLE kept_record (
  person_id BIGINT NOT NULL PRIMARY KEY REFERENCES person(id), household_id BIGINT, real_name TEXT,
  until BIGINT NOT NULL
);
ALTER TABLE role_grant ADD COLUMN ended_by BIGINT;
ALTER TABLE session ADD COLUMN factor_at BIGINT;
ALTER TABLE session ADD COLUMN acting_for BIGINT;
CREATE TABLE slip (
  id {id}, community_id BIGINT NOT NULL REFERENCES community(id),
  household_id BIGINT NOT NULL REFERENCES household(id),
  purpose TEXT NOT NULL CHECK (purpose IN ('join','reset')), person_id BIGINT REFERENCES person(id),
  code TEXT, code_index TEXT NOT NULL UNIQUE, batch BIGINT NOT NULL, created_at BIGINT NOT NULL,
  created_by BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT, used_by BIGINT, ended_at BIGINT
);
CREATE INDEX slip_household ON slip (household_id);
CREATE INDEX slip_batch ON slip (community_id, batch);
CREATE TABLE join_request (
  id {id}, community_id BIGINT NOT NULL REFERENCES community(id),
  person_id BIGINT NOT NULL REFERENCES person(id), entrance_id BIGINT NOT NULL REFERENCES entrance(id),
  household_id BIGINT REFERENCES household(id), room TEXT NOT NULL, words TEXT,
  state TEXT NOT NULL CHECK (state IN ('waiting','admitted','declined','withdrawn','contested')),
  way TEXT CHECK (way IN ('household','vouch','counter')), created_at BIGINT NOT NULL,
  decided_by BIGINT, decided_at BIGINT, reason TEXT, contested_by BIGINT, contested_at BIGINT,
  contest_reason TEXT
);
CREATE UNIQUE INDEX join_request_waiting ON join_request (person_id) WHERE state = 'waiting';
CREATE INDEX join_request_entrance ON join_request (entrance_id, state);
CREATE INDEX join_request_household ON join_request (household_id, state);
CREATE INDEX join_request_community ON join_request (community_id, id);
CREATE TABLE totp (
  person_id BIGINT NOT NULL PRIMARY KEY REFERENCES person(id), secret TEXT NOT NULL,
  created_at BIGINT NOT NULL, confirmed_at BIGINT, last_step BIGINT NOT NULL
);
CREATE TABLE recovery_code (
  person_id BIGINT NOT NULL REFERENCES person(id), code_hash TEXT NOT NULL, used_at BIGINT,
  PRIMARY KEY (person_id, code_hash)
);
CREATE TABLE passkey (
  id {id}, person_id BIGINT NOT NULL REFERENCES person(id), credential TEXT NOT NULL UNIQUE,
  data TEXT NOT NULL, label TEXT NOT NULL, created_at BIGINT NOT NULL, used_at BIGINT
);
CREATE INDEX passkey_person ON passkey (person_id);
CREATE TABLE ceremony (
  token_hash TEXT NOT NULL PRIMARY KEY, person_id BIGINT NOT NULL REFERENCES person(id),
  kind TEXT NOT NULL CHECK (kind IN ('register','authenticate')), state TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE TABLE reset (
  token_hash TEXT NOT NULL PRIMARY KEY, person_id BIGINT NOT NULL REFERENCES person(id),
  created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT
);
CREATE INDEX reset_person ON reset (person_id);
CREATE TABLE roll_import (
  id {id}, community_id BIGINT NOT NULL REFERENCES community(id),
  kind TEXT NOT NULL CHECK (kind IN ('households','owners')), file_name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('checking','checked','running','done','failed','dropped','undone')),
  total BIGINT NOT NULL, added BIGINT NOT NULL, changed BIGINT NOT NULL, left_out BIGINT NOT NULL,
  report TEXT, created_by BIGINT NOT NULL REFERENCES person(id), created_at BIGINT NOT NULL,
  run_at BIGINT, done_at BIGINT, undone_at BIGINT, undone_by BIGINT, kept BIGINT
);
CREATE INDEX roll_import_community ON roll_import (community_id, id);
CREATE TABLE roll_import_part (
  import_id BIGINT NOT NULL REFERENCES roll_import(id), part BIGINT NOT NULL, data TEXT NOT NULL,
  PRIMARY KEY (import_id, part)
);
CREATE TABLE roll_import_change (
  id {id}, import_id BIGINT NOT NULL REFERENCES roll_import(id),
  what TEXT NOT NULL CHECK (what IN ('courtyard','entrance','household','unit','owner','unit_owner')),
  row_id BIGINT NOT NULL, before TEXT
);
CREATE INDEX roll_import_change_import ON roll_import_change (import_id);
ALTER TABLE post ADD COLUMN through_id BIGINT;
ALTER TABLE proposal ADD COLUMN through_id BIGINT;
ALTER TABLE cosign ADD COLUMN through_id BIGINT;
ALTER TABLE step ADD COLUMN through_id BIGINT;
ALTER TABLE elector ADD COLUMN caster_id BIGINT;
CREATE UNIQUE INDEX elector_caster ON elector (ballot_id, caster_id) WHERE caster_id IS NOT NULL;
