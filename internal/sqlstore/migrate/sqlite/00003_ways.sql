-- +goose Up

-- An account has several contacts. An e-mail address signs in, so it belongs to one account; a telephone may be shared. The lowest place
-- is the main one of its kind.
CREATE TABLE contact (
    account TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    address TEXT    NOT NULL,
    place   INTEGER NOT NULL,
    added   INTEGER NOT NULL,
    PRIMARY KEY (account, kind, key)
) WITHOUT ROWID;
CREATE UNIQUE INDEX contact_email ON contact (key) WHERE kind = 'email';
INSERT INTO contact (account, kind, key, address, place, added) SELECT id, 'email', key, address, 0, made FROM account;

-- The version counts all that a recovery may have been decided on: the account, its contacts, answers and saved codes.
CREATE TABLE account_3 (
    id       TEXT    NOT NULL PRIMARY KEY,
    version  INTEGER NOT NULL,
    hash     TEXT    NOT NULL,
    locale   TEXT    NOT NULL,
    made     INTEGER NOT NULL,
    changed  INTEGER NOT NULL,
    disabled INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO account_3 (id, version, hash, locale, made, changed, disabled) SELECT id, 1, hash, locale, made, changed, disabled FROM account;
DROP TABLE account;
ALTER TABLE account_3 RENAME TO account;

CREATE TABLE answer (
    account  TEXT    NOT NULL,
    place    INTEGER NOT NULL,
    question TEXT    NOT NULL,
    digest   TEXT    NOT NULL,
    made     INTEGER NOT NULL,
    PRIMARY KEY (account, place)
) WITHOUT ROWID;

CREATE TABLE saved_code (
    account TEXT    NOT NULL,
    place   INTEGER NOT NULL,
    digest  TEXT    NOT NULL,
    made    INTEGER NOT NULL,
    used    INTEGER NOT NULL,
    PRIMARY KEY (account, place)
) WITHOUT ROWID;

-- At most one of an account is under way.
CREATE TABLE confirmation (
    account TEXT    NOT NULL PRIMARY KEY,
    id      TEXT    NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    body    TEXT    NOT NULL
);
CREATE INDEX confirmation_expires ON confirmation (expires);

-- Money is in millionths.
CREATE TABLE spending (
    day     INTEGER NOT NULL,
    country TEXT    NOT NULL,
    texts   INTEGER NOT NULL,
    parts   INTEGER NOT NULL,
    micros  INTEGER NOT NULL,
    PRIMARY KEY (day, country)
) WITHOUT ROWID;

-- A range is a block of numbers, or the country itself.
CREATE TABLE turnout (
    range   TEXT    NOT NULL,
    slot    INTEGER NOT NULL,
    country TEXT    NOT NULL,
    sent    INTEGER NOT NULL,
    entered INTEGER NOT NULL,
    PRIMARY KEY (range, slot)
) WITHOUT ROWID;
CREATE INDEX turnout_slot ON turnout (slot);

CREATE TABLE pause (
    range   TEXT    NOT NULL PRIMARY KEY,
    began   INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    sent    INTEGER NOT NULL,
    entered INTEGER NOT NULL
) WITHOUT ROWID;

ALTER TABLE request ADD COLUMN stop BLOB;
CREATE UNIQUE INDEX request_stop ON request (stop) WHERE stop IS NOT NULL;

ALTER TABLE tally ADD COLUMN answers INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tally ADD COLUMN frozen INTEGER NOT NULL DEFAULT 0;

ALTER TABLE session ADD COLUMN proved INTEGER NOT NULL DEFAULT 0;
UPDATE session SET proved = began;

-- Each lane of the outbox is leased by itself. What a gateway says later of a text finds its entry by the gateway's own name for it.
ALTER TABLE entry ADD COLUMN lane TEXT NOT NULL DEFAULT 'mail';
ALTER TABLE entry ADD COLUMN notice TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN gateway TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN ref TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN parts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN receipt TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN receipt_said TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN received INTEGER NOT NULL DEFAULT 0;
UPDATE entry SET lane = 'find' WHERE kind = 'find';
UPDATE entry SET notice = 'password' WHERE kind = 'notify';
DROP INDEX entry_ready;
CREATE INDEX entry_ready ON entry (lane, ready, n) WHERE verdict = '';
CREATE INDEX entry_ref ON entry (gateway, ref) WHERE ref <> '';
