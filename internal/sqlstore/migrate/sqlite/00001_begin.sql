-- +goose Up

-- Times are milliseconds since 1970 UTC, 0 for none. Digests are 32 bytes. What SQL looks at has a column; the rest of a
-- request is JSON in its body.

CREATE TABLE request (
    n       INTEGER PRIMARY KEY,
    id      TEXT    NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    state   TEXT    NOT NULL,
    account TEXT    NOT NULL,
    genuine INTEGER NOT NULL,
    holder  BLOB    NOT NULL UNIQUE,
    link    BLOB,
    granted BLOB,
    expires INTEGER NOT NULL,
    body    TEXT    NOT NULL
);
CREATE UNIQUE INDEX request_link ON request (link) WHERE link IS NOT NULL;
CREATE UNIQUE INDEX request_granted ON request (granted) WHERE granted IS NOT NULL;
CREATE INDEX request_account ON request (account) WHERE account <> '' AND state IN ('choosing', 'proving', 'resetting');
CREATE INDEX request_expires ON request (expires);

CREATE TABLE tally (
    account TEXT    NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    since   INTEGER NOT NULL,
    in_day  INTEGER NOT NULL,
    in_row  INTEGER NOT NULL
) WITHOUT ROWID;

-- The outbox. An entry is ready at the later of its due time and the end of its lease.
CREATE TABLE entry (
    n         INTEGER PRIMARY KEY,
    id        TEXT    NOT NULL UNIQUE,
    request   TEXT    NOT NULL,
    account   TEXT    NOT NULL,
    locale    TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    way       TEXT    NOT NULL,
    round     INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    contact   TEXT    NOT NULL,
    created   INTEGER NOT NULL,
    due       INTEGER NOT NULL,
    attempts  INTEGER NOT NULL,
    leases    INTEGER NOT NULL,
    begun     INTEGER NOT NULL,
    leased    INTEGER NOT NULL,
    ready     INTEGER NOT NULL,
    verdict   TEXT    NOT NULL DEFAULT '',
    settled   INTEGER NOT NULL DEFAULT 0,
    note      TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX entry_ready ON entry (ready, n) WHERE verdict = '';

CREATE TABLE session (
    id      BLOB    NOT NULL PRIMARY KEY,
    account TEXT    NOT NULL,
    began   INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    browser TEXT    NOT NULL,
    network TEXT    NOT NULL
);
CREATE INDEX session_account ON session (account);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE record (
    n       INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    request TEXT    NOT NULL,
    account TEXT    NOT NULL,
    event   TEXT    NOT NULL,
    way     TEXT    NOT NULL,
    outcome TEXT    NOT NULL,
    network TEXT    NOT NULL
);
CREATE INDEX record_account ON record (account, at) WHERE account <> '';

CREATE TABLE account (
    id       TEXT    NOT NULL PRIMARY KEY,
    key      TEXT    NOT NULL UNIQUE,
    address  TEXT    NOT NULL,
    hash     TEXT    NOT NULL,
    locale   TEXT    NOT NULL,
    made     INTEGER NOT NULL,
    changed  INTEGER NOT NULL,
    disabled INTEGER NOT NULL
);

CREATE TABLE api_key (
    id      TEXT    NOT NULL PRIMARY KEY,
    name    TEXT    NOT NULL,
    digest  BLOB    NOT NULL UNIQUE,
    scopes  TEXT    NOT NULL,
    quota   TEXT    NOT NULL,
    made    INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    revoked INTEGER NOT NULL
);

-- tat is in microseconds, the precision of package quota.
CREATE TABLE bucket (
    key TEXT    NOT NULL PRIMARY KEY,
    tat INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE spent (
    id    BLOB    NOT NULL PRIMARY KEY,
    until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX spent_until ON spent (until);
