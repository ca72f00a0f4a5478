-- What 100,000 devices and 1,000,000 events need to be found and written as fast as in SQLite.

-- Many events are written by one statement, and the numbers of all are looked at
-- together: for each by itself that took longer than writing it.
DROP TRIGGER events_next ON events;
DROP FUNCTION next_event();
CREATE FUNCTION next_events() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
DECLARE
    lowest bigint; highest bigint; amount bigint;
BEGIN
    PERFORM 1 FROM writer FOR UPDATE;
    SELECT min(a.number), max(a.number), count(*) INTO lowest, highest, amount FROM added a;
    IF amount > 0 AND (highest - lowest + 1 <> amount
        OR lowest <> (SELECT coalesce(max(number), 0) + 1 FROM events WHERE number < lowest)
        OR highest <> (SELECT max(number) FROM events)) THEN
        RAISE EXCEPTION 'events % to % are not the next', lowest, highest USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER events_next AFTER INSERT ON events REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION next_events();

-- The words are in the indexes alone, and what is left of their rows is a third: whoever
-- looks for a common word reads a row for every device.
DROP FUNCTION find_devices(text, boolean, bigint);
DROP FUNCTION find_holders(text);
ALTER TABLE device_words DROP COLUMN present_terms, DROP COLUMN terms;
ALTER TABLE holder_words DROP COLUMN terms;
CREATE FUNCTION terms_of(present text, past text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(string_to_array(present, ' ') || string_to_array(coalesce(past, ''), ' '))
$$;
CREATE INDEX device_words_present ON device_words USING gin (terms_of(present, NULL));
CREATE INDEX device_words_all ON device_words USING gin (terms_of(present, past));
CREATE INDEX holder_words_present ON holder_words USING gin (terms_of(present, NULL));
CLUSTER device_words USING device_words_pkey;
CLUSTER holder_words USING holder_words_pkey;

-- Matching words is no operation that row-level security lets an index answer,
-- so these look for the rows and hold to the sites themselves. Reading all rows would
-- mean to make the words of each again, which the planner takes for cheap.
CREATE FUNCTION find_devices(wanted text, present_only boolean, most bigint) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30000 SET search_path = stowage, pg_temp SET enable_seqscan = off AS $$
DECLARE
    query tsquery := wanted::tsquery;
    mine  text[] := my_sites();
    every boolean := sees_all();
BEGIN
    IF every AND present_only THEN
        RETURN QUERY SELECT w.rowid FROM device_words w WHERE terms_of(present, NULL) @@ query LIMIT most;
    ELSIF every THEN
        RETURN QUERY SELECT w.rowid FROM device_words w WHERE terms_of(present, past) @@ query LIMIT most;
    ELSIF present_only THEN -- OFFSET 0: first the words, then the site
        RETURN QUERY SELECT f.rowid FROM (SELECT w.rowid FROM device_words w WHERE terms_of(present, NULL) @@ query OFFSET 0) f
            JOIN devices d ON d.row = f.rowid WHERE d.site = ANY (mine) LIMIT most;
    ELSE
        RETURN QUERY SELECT f.rowid FROM (SELECT w.rowid FROM device_words w WHERE terms_of(present, past) @@ query OFFSET 0) f
            JOIN devices d ON d.row = f.rowid WHERE d.site = ANY (mine) LIMIT most;
    END IF;
END $$;
CREATE FUNCTION find_holders(wanted text) RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF sees_all() OR my_sites() <> '{}' THEN
        RETURN QUERY SELECT rowid FROM holder_words WHERE terms_of(present, NULL) @@ wanted::tsquery;
    END IF;
END $$;

-- Filters are answered from one index, together with the columns whose order goes with
-- what is filtered by: who holds nothing comes before all others, however many they are.
-- state is what the policy of devices asks for.
DROP INDEX devices_filters, devices_site;
CREATE INDEX devices_site ON devices (site, row);
CREATE INDEX devices_filters ON devices (state_rank, kind, site, due, seen_at, verified_at, holder_id)
    INCLUDE (row, state, label_key, site_key, holder_key, capacity, added, since);

-- Records that are equal in what they are ordered by come as they were added, which
-- SQLite's indexes know by themselves.
DROP INDEX holders_order;
CREATE INDEX holders_order ON holders (name_key, row);
DROP INDEX devices_by_label_key, devices_by_serial_key, devices_by_kind, devices_by_make_key, devices_by_model_key,
    devices_by_capacity, devices_by_site_key, devices_by_state_rank, devices_by_holder_key, devices_by_due,
    devices_by_seen_at, devices_by_verified_at, devices_by_added, devices_by_since;
CREATE INDEX devices_by_label_key ON devices (label_key, row);
CREATE INDEX devices_by_serial_key ON devices (serial_key, row);
CREATE INDEX devices_by_kind ON devices (kind, row);
CREATE INDEX devices_by_make_key ON devices (make_key, row);
CREATE INDEX devices_by_model_key ON devices (model_key, row);
CREATE INDEX devices_by_capacity ON devices (capacity, row);
CREATE INDEX devices_by_site_key ON devices (site_key, row);
CREATE INDEX devices_by_state_rank ON devices (state_rank, row);
CREATE INDEX devices_by_holder_key ON devices (holder_key, row);
CREATE INDEX devices_by_due ON devices (due, row);
CREATE INDEX devices_by_seen_at ON devices (seen_at, row);
CREATE INDEX devices_by_verified_at ON devices (verified_at, row);
CREATE INDEX devices_by_added ON devices (added, row);
CREATE INDEX devices_by_since ON devices (since, row);

-- After a rebuild the tables are others than the server knows: it would guess how to
-- read them until it looks again by itself.
CREATE FUNCTION look_again() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
BEGIN
    IF sees_all() THEN
        ANALYZE events, devices, holders, loans, holder_keys, key_places, incidents, device_words, holder_words;
    END IF;
END $$;
ANALYZE;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA stowage FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA stowage TO stowage_trust, stowage_site, stowage_auditor;
