-- The register. Events are the truth; blobs hold what events name by digest; all
-- other tables are derived from events and can be rebuilt.
--
-- Times are RFC 3339 in UTC to the second, so that they sort as text; '' is no
-- time. Columns ending in _key are sort keys, in _fold what is compared; both
-- are computed by the program.

CREATE TABLE events (
    number    INTEGER PRIMARY KEY CHECK (number > 0),
    time      TEXT NOT NULL,
    actor     TEXT NOT NULL,
    kind      TEXT NOT NULL,
    device_id TEXT,
    holder_id TEXT,
    key_id    TEXT,
    loan_id   TEXT,
    body      TEXT NOT NULL
) STRICT;
CREATE INDEX events_time ON events (time);
CREATE INDEX events_kind ON events (kind, number);
CREATE INDEX events_device ON events (device_id, number) WHERE device_id IS NOT NULL;
CREATE INDEX events_holder ON events (holder_id, number) WHERE holder_id IS NOT NULL;
CREATE INDEX events_key ON events (key_id, number) WHERE key_id IS NOT NULL;
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;

CREATE TABLE blobs (
    digest  TEXT PRIMARY KEY,
    content BLOB NOT NULL
) STRICT;

CREATE TABLE holders (
    row        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    version    INTEGER NOT NULL,
    name       TEXT NOT NULL,
    email      TEXT NOT NULL,
    site       TEXT NOT NULL,
    notes      TEXT NOT NULL,
    added      TEXT NOT NULL,
    left_at    TEXT NOT NULL,
    name_fold  TEXT NOT NULL,
    email_fold TEXT NOT NULL,
    name_key   TEXT NOT NULL
) STRICT;
CREATE INDEX holders_name ON holders (name_fold);
CREATE INDEX holders_email ON holders (email_fold);
CREATE INDEX holders_order ON holders (name_key);

CREATE TABLE devices (
    row         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    version     INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    make        TEXT NOT NULL,
    model       TEXT NOT NULL,
    serial      TEXT NOT NULL,
    capacity    INTEGER NOT NULL CHECK (capacity >= 0),
    label       TEXT NOT NULL,
    site        TEXT NOT NULL,
    notes       TEXT NOT NULL,
    state       TEXT NOT NULL,
    since       TEXT NOT NULL,
    added       TEXT NOT NULL,
    holder_id   TEXT REFERENCES holders (id) DEFERRABLE INITIALLY DEFERRED,
    holder_name TEXT NOT NULL,
    loan_id     TEXT REFERENCES loans (id) DEFERRABLE INITIALLY DEFERRED,
    due         TEXT NOT NULL,
    encryption  TEXT NOT NULL, -- JSON, or ''
    seen        TEXT NOT NULL, -- JSON, or ''
    recovery    TEXT NOT NULL, -- JSON, or ''
    label_fold  TEXT UNIQUE,
    serial_fold TEXT UNIQUE,
    label_key   TEXT NOT NULL,
    serial_key  TEXT NOT NULL,
    make_key    TEXT NOT NULL,
    model_key   TEXT NOT NULL,
    site_key    TEXT NOT NULL,
    holder_key  TEXT NOT NULL,
    state_rank  INTEGER NOT NULL,
    seen_at     TEXT NOT NULL,
    verified_at TEXT NOT NULL -- when last found encrypted, if nothing else was found since
) STRICT;
CREATE INDEX devices_loan_id ON devices (loan_id); -- or every new loan would look through all devices
CREATE INDEX devices_holder_id ON devices (holder_id);
CREATE INDEX devices_site ON devices (site);
-- One for every order in which devices can be asked for.
CREATE INDEX devices_by_label_key ON devices (label_key);
CREATE INDEX devices_by_serial_key ON devices (serial_key);
CREATE INDEX devices_by_kind ON devices (kind);
CREATE INDEX devices_by_make_key ON devices (make_key);
CREATE INDEX devices_by_model_key ON devices (model_key);
CREATE INDEX devices_by_capacity ON devices (capacity);
CREATE INDEX devices_by_site_key ON devices (site_key);
CREATE INDEX devices_by_state_rank ON devices (state_rank);
CREATE INDEX devices_by_holder_key ON devices (holder_key);
CREATE INDEX devices_by_due ON devices (due);
CREATE INDEX devices_by_seen_at ON devices (seen_at);
CREATE INDEX devices_by_verified_at ON devices (verified_at);
CREATE INDEX devices_by_added ON devices (added);
CREATE INDEX devices_by_since ON devices (since);
-- All that is filtered by, so that filters need not read the devices themselves.
CREATE INDEX devices_filters ON devices (state_rank, kind, site, due, seen_at, verified_at, holder_id);

CREATE TABLE loans (
    row        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    version    INTEGER NOT NULL,
    device_id  TEXT NOT NULL REFERENCES devices (id) DEFERRABLE INITIALLY DEFERRED,
    holder_id  TEXT NOT NULL REFERENCES holders (id) DEFERRABLE INITIALLY DEFERRED,
    begun      TEXT NOT NULL,
    due        TEXT NOT NULL,
    extensions INTEGER NOT NULL,
    ended      TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    condition  TEXT NOT NULL
) STRICT;
CREATE INDEX loans_device ON loans (device_id);
CREATE INDEX loans_holder ON loans (holder_id);

CREATE TABLE holder_keys (
    row       INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    version   INTEGER NOT NULL,
    holder_id TEXT NOT NULL REFERENCES holders (id) DEFERRABLE INITIALLY DEFERRED,
    class     TEXT NOT NULL,
    recipient TEXT NOT NULL UNIQUE,
    status    TEXT NOT NULL,
    reason    TEXT NOT NULL,
    issued    TEXT NOT NULL,
    ended     TEXT NOT NULL
) STRICT;
CREATE INDEX holder_keys_holder ON holder_keys (holder_id);

-- Which key lies on which device.
CREATE TABLE key_places (
    key_id    TEXT NOT NULL REFERENCES holder_keys (id) DEFERRABLE INITIALLY DEFERRED,
    device_id TEXT NOT NULL REFERENCES devices (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (key_id, device_id)
) STRICT;
CREATE INDEX key_places_device ON key_places (device_id);

-- What is searched: words without case and accents, made by the program. The
-- rowid is that of the device or holder. present holds the record's own words,
-- past those of its events.
CREATE VIRTUAL TABLE device_words USING fts5 (present, past, tokenize = 'ascii', prefix = '1 2 3', detail = column);
CREATE VIRTUAL TABLE holder_words USING fts5 (present, tokenize = 'ascii', prefix = '1 2 3', detail = column);
