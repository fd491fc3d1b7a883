-- +goose Up

-- Typed codes of all nodes in slots of a few seconds, for the brake.
CREATE TABLE guesses (
    slot  INTEGER NOT NULL PRIMARY KEY,
    wrong INTEGER NOT NULL,
    -- Not "right", which is a word of SQL.
    good  INTEGER NOT NULL
);
