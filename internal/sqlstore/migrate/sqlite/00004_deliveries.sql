-- +goose Up

-- What a person reads out to name a request, for the help desk. Two requests may share one.
ALTER TABLE request ADD COLUMN reference TEXT NOT NULL DEFAULT '';
CREATE INDEX request_reference ON request (reference) WHERE reference <> '';

-- Where a message went, as it is counted: a domain or a country.
ALTER TABLE entry ADD COLUMN place TEXT NOT NULL DEFAULT '';
CREATE INDEX entry_request ON entry (request) WHERE request <> '';

-- What happened to a message, beside what stands in its entry: it was put off, and what was reported of it later.
CREATE TABLE step (
    n        INTEGER PRIMARY KEY,
    entry  TEXT NOT NULL,
    at     INTEGER NOT NULL,
    what   TEXT NOT NULL,
    sender TEXT NOT NULL,
    said   TEXT NOT NULL
);
CREATE INDEX step_entry ON step (entry);

-- How messages to a place fared in ten minutes.
CREATE TABLE traffic (
    slot   INTEGER NOT NULL,
    lane   TEXT NOT NULL,
    place  TEXT NOT NULL,
    sender TEXT NOT NULL,
    taken INTEGER NOT NULL,
    deferred INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    bounced INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    entered INTEGER NOT NULL,
    handing_0 INTEGER NOT NULL,
    handing_1 INTEGER NOT NULL,
    handing_2 INTEGER NOT NULL,
    handing_3 INTEGER NOT NULL,
    handing_4 INTEGER NOT NULL,
    handing_5 INTEGER NOT NULL,
    handing_6 INTEGER NOT NULL,
    handing_7 INTEGER NOT NULL,
    coming_0 INTEGER NOT NULL,
    coming_1 INTEGER NOT NULL,
    coming_2 INTEGER NOT NULL,
    coming_3 INTEGER NOT NULL,
    coming_4 INTEGER NOT NULL,
    coming_5 INTEGER NOT NULL,
    coming_6 INTEGER NOT NULL,
    coming_7 INTEGER NOT NULL,
    PRIMARY KEY (lane, place, slot, sender)
) WITHOUT ROWID;
CREATE INDEX traffic_slot ON traffic (slot);

-- To how many people messages went, without saying to whom: tags of an hour mean nothing in another.
CREATE TABLE recipient (
    hour  INTEGER NOT NULL,
    lane  TEXT NOT NULL,
    place TEXT NOT NULL,
    tag   BLOB NOT NULL,
    PRIMARY KEY (hour, lane, place, tag)
) WITHOUT ROWID;

-- A contact to which nothing can be delivered; 0: none of the kind is known.
ALTER TABLE contact ADD COLUMN ailing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contact ADD COLUMN ailing_said TEXT NOT NULL DEFAULT '';

-- Senders that an operator has switched off.
CREATE TABLE switch (
    sender  TEXT NOT NULL PRIMARY KEY,
    by_whom TEXT NOT NULL,
    at      INTEGER NOT NULL
) WITHOUT ROWID;
