-- +goose Up

-- The recovery that the password comes from; empty: none that is known.
ALTER TABLE account ADD COLUMN recovered TEXT NOT NULL DEFAULT '';

-- "This was not me" shuts each way by itself; frozen is that of the ways by heart.
ALTER TABLE tally ADD COLUMN frozen_email BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tally ADD COLUMN frozen_phone BIGINT NOT NULL DEFAULT 0;

-- A notice to a contact that came lately.
ALTER TABLE entry ADD COLUMN young BOOLEAN NOT NULL DEFAULT FALSE;
