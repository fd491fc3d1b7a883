-- +goose Up

-- What a person reads out to name a request, for the help desk. Two requests may share one.
ALTER TABLE request ADD COLUMN reference TEXT   COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX request_reference ON request (reference) WHERE reference <> '';

-- Where a message went, as it is counted: a domain or a country.
ALTER TABLE entry ADD COLUMN place TEXT NOT NULL DEFAULT '';
CREATE INDEX entry_request ON entry (request) WHERE request <> '';

-- What happened to a message, beside what stands in its entry: it was put off, and what was reported of it later.
CREATE TABLE step (
    n        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry  TEXT   COLLATE "C" NOT NULL,
    at     BIGINT NOT NULL,
    what   TEXT NOT NULL,
    sender TEXT NOT NULL,
    said   TEXT NOT NULL
);
CREATE INDEX step_entry ON step (entry);

-- How messages to a place fared in ten minutes.
CREATE TABLE traffic (
    slot   BIGINT NOT NULL,
    lane   TEXT   COLLATE "C" NOT NULL,
    place  TEXT   COLLATE "C" NOT NULL,
    sender TEXT   COLLATE "C" NOT NULL,
    taken BIGINT NOT NULL,
    deferred BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    bounced BIGINT NOT NULL,
    delivered BIGINT NOT NULL,
    lost BIGINT NOT NULL,
    entered BIGINT NOT NULL,
    handing_0 BIGINT NOT NULL,
    handing_1 BIGINT NOT NULL,
    handing_2 BIGINT NOT NULL,
    handing_3 BIGINT NOT NULL,
    handing_4 BIGINT NOT NULL,
    handing_5 BIGINT NOT NULL,
    handing_6 BIGINT NOT NULL,
    handing_7 BIGINT NOT NULL,
    coming_0 BIGINT NOT NULL,
    coming_1 BIGINT NOT NULL,
    coming_2 BIGINT NOT NULL,
    coming_3 BIGINT NOT NULL,
    coming_4 BIGINT NOT NULL,
    coming_5 BIGINT NOT NULL,
    coming_6 BIGINT NOT NULL,
    coming_7 BIGINT NOT NULL,
    PRIMARY KEY (lane, place, slot, sender)
) WITH (fillfactor = 50);
CREATE INDEX traffic_slot ON traffic (slot);

-- To how many people messages went, without saying to whom: tags of an hour mean nothing in another.
CREATE TABLE recipient (
    hour  BIGINT NOT NULL,
    lane  TEXT   COLLATE "C" NOT NULL,
    place TEXT   COLLATE "C" NOT NULL,
    tag   BYTEA NOT NULL,
    PRIMARY KEY (hour, lane, place, tag)
);

-- A contact to which nothing can be delivered; 0: none of the kind is known.
ALTER TABLE contact ADD COLUMN ailing BIGINT NOT NULL DEFAULT 0;
ALTER TABLE contact ADD COLUMN ailing_said TEXT NOT NULL DEFAULT '';

-- Senders that an operator has switched off.
CREATE TABLE switch (
    sender  TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
    by_whom TEXT NOT NULL,
    at      BIGINT NOT NULL
);
