-- +goose Up

-- Times are milliseconds since 1970 UTC, 0 for none. Digests are 32 bytes. What SQL looks at has a column; the rest of a
-- request is JSON in its body. Text sorts by bytes (COLLATE "C"), so that every server sorts alike.

-- Undoes the transaction of a statement that did not find the version it was decided on. It lets a whole change travel in
-- one round trip: without it, the program would have to look at a row count before it could commit.
-- +goose StatementBegin
CREATE FUNCTION twohens_must(changed BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN
    IF changed = 0 THEN
        RAISE EXCEPTION 'changed by somebody else' USING ERRCODE = 'TH001';
    END IF;
    RETURN changed;
END
$$;
-- +goose StatementEnd

-- The room left on each page keeps the new version of an updated row beside the old one.
CREATE TABLE request (
    id      TEXT COLLATE "C" PRIMARY KEY,
    version BIGINT  NOT NULL,
    state   TEXT    NOT NULL,
    account TEXT    COLLATE "C" NOT NULL,
    genuine BOOLEAN NOT NULL,
    holder  BYTEA   NOT NULL UNIQUE,
    link    BYTEA,
    granted BYTEA,
    expires BIGINT  NOT NULL,
    body    TEXT    NOT NULL
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX request_link ON request (link) WHERE link IS NOT NULL;
CREATE UNIQUE INDEX request_granted ON request (granted) WHERE granted IS NOT NULL;
CREATE INDEX request_account ON request (account) WHERE account <> '' AND state IN ('choosing', 'proving', 'resetting');
CREATE INDEX request_expires ON request (expires);

CREATE TABLE tally (
    account TEXT COLLATE "C" PRIMARY KEY,
    version BIGINT NOT NULL,
    since   BIGINT NOT NULL,
    in_day  BIGINT NOT NULL,
    in_row  BIGINT NOT NULL
) WITH (fillfactor = 80);

-- The outbox. An entry is ready at the later of its due time and the end of its lease.
CREATE TABLE entry (
    n         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id        TEXT COLLATE "C" NOT NULL UNIQUE,
    request   TEXT   NOT NULL,
    account   TEXT   NOT NULL,
    locale    TEXT   NOT NULL,
    kind      TEXT   NOT NULL,
    way       TEXT   NOT NULL,
    round     BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    contact   TEXT   NOT NULL,
    created   BIGINT NOT NULL,
    due       BIGINT NOT NULL,
    attempts  BIGINT NOT NULL,
    leases    BIGINT NOT NULL,
    begun     BOOLEAN NOT NULL,
    leased    BIGINT NOT NULL,
    ready     BIGINT NOT NULL,
    verdict   TEXT   NOT NULL DEFAULT '',
    settled   BIGINT NOT NULL DEFAULT 0,
    note      TEXT   NOT NULL DEFAULT ''
) WITH (fillfactor = 50);
CREATE INDEX entry_ready ON entry (ready, n) WHERE verdict = '';

CREATE TABLE session (
    id      BYTEA  PRIMARY KEY,
    account TEXT   COLLATE "C" NOT NULL,
    began   BIGINT NOT NULL,
    seen    BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    browser TEXT   NOT NULL,
    network TEXT   NOT NULL
);
CREATE INDEX session_account ON session (account);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE record (
    n       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      BIGINT NOT NULL,
    request TEXT   NOT NULL,
    account TEXT   COLLATE "C" NOT NULL,
    event   TEXT   NOT NULL,
    way     TEXT   NOT NULL,
    outcome TEXT   NOT NULL,
    network TEXT   NOT NULL
);
CREATE INDEX record_account ON record (account, at) WHERE account <> '';

CREATE TABLE account (
    id       TEXT COLLATE "C" PRIMARY KEY,
    key      TEXT COLLATE "C" NOT NULL UNIQUE,
    address  TEXT   NOT NULL,
    hash     TEXT   NOT NULL,
    locale   TEXT   NOT NULL,
    made     BIGINT NOT NULL,
    changed  BIGINT NOT NULL,
    disabled BIGINT NOT NULL
);

CREATE TABLE api_key (
    id      TEXT COLLATE "C" PRIMARY KEY,
    name    TEXT   NOT NULL,
    digest  BYTEA  NOT NULL UNIQUE,
    scopes  TEXT   NOT NULL,
    quota   TEXT   NOT NULL,
    made    BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    revoked BIGINT NOT NULL
);

-- tat is in microseconds, the precision of package quota.
CREATE TABLE bucket (
    key TEXT COLLATE "C" PRIMARY KEY,
    tat BIGINT NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE spent (
    id    BYTEA  PRIMARY KEY,
    until BIGINT NOT NULL
);
CREATE INDEX spent_until ON spent (until);
