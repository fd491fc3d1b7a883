-- +goose Up

-- Those who sign in to the console. They are no accounts.
CREATE TABLE staff (
    name     TEXT NOT NULL PRIMARY KEY,
    role     TEXT NOT NULL,
    hash     TEXT NOT NULL,
    made     INTEGER NOT NULL,
    disabled INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE staff_session (
    id      BLOB NOT NULL PRIMARY KEY,
    name    TEXT NOT NULL,
    began   INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    network TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX staff_session_name ON staff_session (name);
CREATE INDEX staff_session_expires ON staff_session (expires);

CREATE TABLE staff_act (
    n       INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    name    TEXT NOT NULL,
    what    TEXT NOT NULL,
    about   TEXT NOT NULL,
    network TEXT NOT NULL
);
