-- +goose Up

-- An account has several contacts. An e-mail address signs in, so it belongs to one account; a telephone may be shared. The lowest place
-- is the main one of its kind.
CREATE TABLE contact (
    account TEXT   COLLATE "C" NOT NULL,
    kind    TEXT   NOT NULL,
    key     TEXT   COLLATE "C" NOT NULL,
    address TEXT   NOT NULL,
    place   BIGINT NOT NULL,
    added   BIGINT NOT NULL,
    PRIMARY KEY (account, kind, key)
);
CREATE UNIQUE INDEX contact_email ON contact (key) WHERE kind = 'email';
INSERT INTO contact (account, kind, key, address, place, added) SELECT id, 'email', key, address, 0, made FROM account;

-- The version counts all that a recovery may have been decided on: the account, its contacts, answers and saved codes.
ALTER TABLE account DROP COLUMN key, DROP COLUMN address, ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

CREATE TABLE answer (
    account  TEXT   COLLATE "C" NOT NULL,
    place    BIGINT NOT NULL,
    question TEXT   NOT NULL,
    digest   TEXT   NOT NULL,
    made     BIGINT NOT NULL,
    PRIMARY KEY (account, place)
);

CREATE TABLE saved_code (
    account TEXT   COLLATE "C" NOT NULL,
    place   BIGINT NOT NULL,
    digest  TEXT   NOT NULL,
    made    BIGINT NOT NULL,
    used    BIGINT NOT NULL,
    PRIMARY KEY (account, place)
);

-- At most one of an account is under way.
CREATE TABLE confirmation (
    account TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
    id      TEXT   COLLATE "C" NOT NULL UNIQUE,
    version BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    body    TEXT   NOT NULL
);
CREATE INDEX confirmation_expires ON confirmation (expires);

-- Money is in millionths.
CREATE TABLE spending (
    day     BIGINT NOT NULL,
    country TEXT   COLLATE "C" NOT NULL,
    texts   BIGINT NOT NULL,
    parts   BIGINT NOT NULL,
    micros  BIGINT NOT NULL,
    PRIMARY KEY (day, country)
) WITH (fillfactor = 50);

-- A range is a block of numbers, or the country itself.
CREATE TABLE turnout (
    range   TEXT   COLLATE "C" NOT NULL,
    slot    BIGINT NOT NULL,
    country TEXT   COLLATE "C" NOT NULL,
    sent    BIGINT NOT NULL,
    entered BIGINT NOT NULL,
    PRIMARY KEY (range, slot)
) WITH (fillfactor = 50);
CREATE INDEX turnout_slot ON turnout (slot);

CREATE TABLE pause (
    range   TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
    began   BIGINT NOT NULL,
    until   BIGINT NOT NULL,
    sent    BIGINT NOT NULL,
    entered BIGINT NOT NULL
);

ALTER TABLE request ADD COLUMN stop BYTEA;
CREATE UNIQUE INDEX request_stop ON request (stop) WHERE stop IS NOT NULL;

ALTER TABLE tally ADD COLUMN answers BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tally ADD COLUMN frozen BIGINT NOT NULL DEFAULT 0;

ALTER TABLE session ADD COLUMN proved BIGINT NOT NULL DEFAULT 0;
UPDATE session SET proved = began;

-- Each lane of the outbox is leased by itself. What a gateway says later of a text finds its entry by the gateway's own name for it.
ALTER TABLE entry ADD COLUMN lane TEXT NOT NULL DEFAULT 'mail';
ALTER TABLE entry ADD COLUMN notice TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN gateway TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN ref TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN parts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN receipt TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN receipt_said TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN received BIGINT NOT NULL DEFAULT 0;
UPDATE entry SET lane = 'find' WHERE kind = 'find';
UPDATE entry SET notice = 'password' WHERE kind = 'notify';
DROP INDEX entry_ready;
CREATE INDEX entry_ready ON entry (lane, ready, n) WHERE verdict = '';
CREATE INDEX entry_ref ON entry (gateway, ref) WHERE ref <> '';
