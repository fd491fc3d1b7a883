-- +goose Up

-- Those who sign in to the console. They are no accounts.
CREATE TABLE staff (
    name     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    role     TEXT NOT NULL,
    hash     TEXT NOT NULL,
    made     BIGINT NOT NULL,
    disabled BIGINT NOT NULL
);

CREATE TABLE staff_session (
    id      BYTEA NOT NULL PRIMARY KEY,
    name    TEXT COLLATE "C" NOT NULL,
    began   BIGINT NOT NULL,
    seen    BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    network TEXT NOT NULL
);
CREATE INDEX staff_session_name ON staff_session (name);
CREATE INDEX staff_session_expires ON staff_session (expires);

CREATE TABLE staff_act (
    n       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      BIGINT NOT NULL,
    name    TEXT NOT NULL,
    what    TEXT NOT NULL,
    about   TEXT NOT NULL,
    network TEXT NOT NULL
);
