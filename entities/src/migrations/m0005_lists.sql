DROP INDEX proposal_state_updated;
CREATE INDEX proposal_state_updated ON proposal (community_id, state, updated_at, id, category, courtyard_id);
DROP INDEX proposal_category;
CREATE INDEX proposal_category ON proposal (community_id, category, updated_at, id, courtyard_id, state);
DROP INDEX work_item_proposal;
CREATE INDEX work_item_proposal ON work_item (proposal_id, state);
