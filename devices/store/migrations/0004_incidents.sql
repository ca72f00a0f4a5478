-- Incidents follow from events, as devices do. The record itself is JSON; the
-- columns are what is asked by.
CREATE TABLE incidents (
    row       INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    version   INTEGER NOT NULL,
    state     TEXT NOT NULL,
    aware     TEXT NOT NULL,
    device_id TEXT REFERENCES devices (id) DEFERRABLE INITIALLY DEFERRED,
    holder_id TEXT REFERENCES holders (id) DEFERRABLE INITIALLY DEFERRED,
    record    TEXT NOT NULL -- JSON
) STRICT;
CREATE INDEX incidents_device ON incidents (device_id);
CREATE INDEX incidents_holder ON incidents (holder_id);
