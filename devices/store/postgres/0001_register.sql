-- The register on PostgreSQL, in a schema of its own, "stowage". Events are the truth;
-- blobs hold what events name by digest; all other tables are derived from events
-- and can be rebuilt. This runs as the owner, who sees everything.
--
-- Times are RFC 3339 in UTC to the second, so that they sort as text; '' is no
-- time. Columns ending in _key are sort keys, in _fold what is compared; both
-- are computed by the program.

-- Texts compare byte by byte, as in SQLite, whatever the database's language.
CREATE DOMAIN plain AS text COLLATE "C";

CREATE TABLE events (
    number    bigint PRIMARY KEY CHECK (number > 0),
    time      plain NOT NULL,
    actor     plain NOT NULL,
    kind      plain NOT NULL,
    device_id plain,
    holder_id plain,
    key_id    plain,
    loan_id   plain,
    body      plain NOT NULL,
    hashes    bytea NOT NULL -- of the subtrees that the event completes, its leaf first
);
CREATE INDEX events_time ON events (time);
CREATE INDEX events_kind ON events (kind, number);
CREATE INDEX events_device ON events (device_id, number) WHERE device_id IS NOT NULL;
CREATE INDEX events_holder ON events (holder_id, number) WHERE holder_id IS NOT NULL;
CREATE INDEX events_key ON events (key_id, number) WHERE key_id IS NOT NULL;

CREATE TABLE blobs (
    digest  plain PRIMARY KEY,
    content bytea NOT NULL
);

CREATE TABLE holders (
    row        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         plain NOT NULL UNIQUE,
    version    bigint NOT NULL,
    name       plain NOT NULL,
    email      plain NOT NULL,
    site       plain NOT NULL,
    notes      plain NOT NULL,
    added      plain NOT NULL,
    left_at    plain NOT NULL,
    name_fold  plain NOT NULL,
    email_fold plain NOT NULL,
    name_key   plain NOT NULL
);
CREATE INDEX holders_name ON holders (name_fold);
CREATE INDEX holders_email ON holders (email_fold);
CREATE INDEX holders_order ON holders (name_key);

CREATE TABLE devices (
    row         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id          plain NOT NULL UNIQUE,
    version     bigint NOT NULL,
    kind        plain NOT NULL,
    make        plain NOT NULL,
    model       plain NOT NULL,
    serial      plain NOT NULL,
    capacity    bigint NOT NULL CHECK (capacity >= 0),
    label       plain NOT NULL,
    site        plain NOT NULL,
    notes       plain NOT NULL,
    state       plain NOT NULL,
    since       plain NOT NULL,
    added       plain NOT NULL,
    holder_id   plain REFERENCES holders (id) DEFERRABLE INITIALLY DEFERRED,
    holder_name plain NOT NULL,
    loan_id     plain,
    due         plain NOT NULL,
    encryption  plain NOT NULL, -- JSON, or ''
    seen        plain NOT NULL, -- JSON, or ''
    recovery    plain NOT NULL, -- JSON, or ''
    label_fold  plain UNIQUE,
    serial_fold plain UNIQUE,
    label_key   plain NOT NULL,
    serial_key  plain NOT NULL,
    make_key    plain NOT NULL,
    model_key   plain NOT NULL,
    site_key    plain NOT NULL,
    holder_key  plain NOT NULL,
    state_rank  bigint NOT NULL,
    seen_at     plain NOT NULL,
    verified_at plain NOT NULL -- when last found encrypted, if nothing else was found since
);
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
    row        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         plain NOT NULL UNIQUE,
    version    bigint NOT NULL,
    device_id  plain NOT NULL REFERENCES devices (id) DEFERRABLE INITIALLY DEFERRED,
    holder_id  plain NOT NULL REFERENCES holders (id) DEFERRABLE INITIALLY DEFERRED,
    begun      plain NOT NULL,
    due        plain NOT NULL,
    extensions bigint NOT NULL,
    ended      plain NOT NULL,
    outcome    plain NOT NULL,
    condition  plain NOT NULL
);
ALTER TABLE devices ADD FOREIGN KEY (loan_id) REFERENCES loans (id) DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX loans_device ON loans (device_id);
CREATE INDEX loans_holder ON loans (holder_id);

CREATE TABLE holder_keys (
    row       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id        plain NOT NULL UNIQUE,
    version   bigint NOT NULL,
    holder_id plain NOT NULL REFERENCES holders (id) DEFERRABLE INITIALLY DEFERRED,
    class     plain NOT NULL,
    recipient plain NOT NULL UNIQUE,
    status    plain NOT NULL,
    reason    plain NOT NULL,
    issued    plain NOT NULL,
    ended     plain NOT NULL
);
CREATE INDEX holder_keys_holder ON holder_keys (holder_id);

-- Which key lies on which device.
CREATE TABLE key_places (
    key_id    plain NOT NULL REFERENCES holder_keys (id) DEFERRABLE INITIALLY DEFERRED,
    device_id plain NOT NULL REFERENCES devices (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (key_id, device_id)
);
CREATE INDEX key_places_device ON key_places (device_id);

-- What is searched: words without case and accents, made by the program. The
-- rowid is that of the device or holder. present holds the record's own words,
-- past those of its events.
CREATE TABLE device_words (
    rowid         bigint PRIMARY KEY,
    present       plain NOT NULL,
    past          plain,
    present_terms tsvector GENERATED ALWAYS AS (array_to_tsvector(string_to_array(present, ' '))) STORED,
    terms         tsvector GENERATED ALWAYS AS (array_to_tsvector(string_to_array(present, ' ') || string_to_array(coalesce(past, ''), ' '))) STORED
);
CREATE INDEX device_words_present_terms ON device_words USING gin (present_terms);
CREATE INDEX device_words_terms ON device_words USING gin (terms);
CREATE TABLE holder_words (
    rowid   bigint PRIMARY KEY,
    present plain NOT NULL,
    terms   tsvector GENERATED ALWAYS AS (array_to_tsvector(string_to_array(present, ' '))) STORED
);
CREATE INDEX holder_words_terms ON holder_words USING gin (terms);

-- Signed checkpoints of the log that came back from outside, which do not follow
-- from events: they are what the events are held against.
CREATE TABLE checkpoints (
    row    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    note   bytea NOT NULL UNIQUE,
    size   bigint NOT NULL CHECK (size >= 0),
    root   bytea NOT NULL CHECK (length(root) = 32),
    seen   plain NOT NULL,
    place  plain NOT NULL,
    device plain NOT NULL -- the label of the stick that brought it, or ''
);
CREATE INDEX checkpoints_size ON checkpoints (size);

-- The record itself is JSON; the columns are what is asked by.
CREATE TABLE incidents (
    row       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id        plain NOT NULL UNIQUE,
    version   bigint NOT NULL,
    state     plain NOT NULL,
    aware     plain NOT NULL,
    device_id plain REFERENCES devices (id) DEFERRABLE INITIALLY DEFERRED,
    holder_id plain REFERENCES holders (id) DEFERRABLE INITIALLY DEFERRED,
    record    plain NOT NULL -- JSON
);
CREATE INDEX incidents_device ON incidents (device_id);
CREATE INDEX incidents_holder ON incidents (holder_id);

-- Its one row is the lock that makes writers queue.
CREATE TABLE writer (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    moved    boolean NOT NULL DEFAULT false -- the register is kept elsewhere now
);
INSERT INTO writer DEFAULT VALUES;

-- Events have the next number, and stay as they are, whoever writes.
CREATE FUNCTION next_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
BEGIN
    PERFORM 1 FROM writer FOR UPDATE;
    IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM events) THEN
        RAISE EXCEPTION 'event % is not the next', NEW.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER events_next BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION next_event();
CREATE FUNCTION events_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed or deleted' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION events_stay();
