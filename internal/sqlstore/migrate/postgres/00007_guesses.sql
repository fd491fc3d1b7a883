-- +goose Up

-- Typed codes of all nodes in slots of a few seconds, for the brake.
CREATE TABLE guesses (
    slot  BIGINT NOT NULL PRIMARY KEY,
    wrong BIGINT NOT NULL,
    -- Not "right", which is a word of SQL.
    good  BIGINT NOT NULL
);
