-- Who sees and changes what. The owner gives a login a duty; the database
-- holds it to that, whatever program it uses:
--
--   trust    ICT of the trust: everything
--   site     ICT of some sites: their devices and people, with all that happened to them
--   auditor  reads everything and changes nothing
--
-- Every desk publishes the directory, which names everybody with a key and every
-- lost device; so every desk reads people, keys and where keys lie, and the
-- devices that are lost or stolen, of all sites.

CREATE TABLE desks (
    login name PRIMARY KEY,
    duty  text NOT NULL CHECK (duty IN ('trust', 'site', 'auditor')),
    sites text[] NOT NULL DEFAULT '{}'
);

-- The functions below run as the owner. session_user stays whoever logged in.

CREATE FUNCTION sees_all() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT pg_has_role(session_user, current_user, 'MEMBER')
        OR EXISTS (SELECT 1 FROM desks WHERE login = session_user AND duty IN ('trust', 'auditor'))
$$;

CREATE FUNCTION my_sites() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT coalesce((SELECT sites FROM desks WHERE login = session_user AND duty = 'site'), '{}')
$$;

-- Writers queue here, before they read what they will decide on.
CREATE FUNCTION begin_writing() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
BEGIN
    IF NOT pg_has_role(session_user, current_user, 'MEMBER')
        AND NOT EXISTS (SELECT 1 FROM desks WHERE login = session_user AND duty IN ('trust', 'site')) THEN
        RAISE EXCEPTION 'this login may not change the register' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM 1 FROM writer FOR UPDATE;
    IF (SELECT moved FROM writer) THEN
        RAISE EXCEPTION 'register has moved' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
END $$;

CREATE FUNCTION mark_moved() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
BEGIN
    PERFORM begin_writing();
    IF NOT sees_all() THEN
        RAISE EXCEPTION 'this login may not move the register' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE writer SET moved = true;
END $$;

-- Blobs as a whole are listed only to copy them all.
CREATE FUNCTION blob_digests() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT digest FROM blobs WHERE sees_all() ORDER BY digest
$$;

CREATE FUNCTION last_event() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT coalesce(max(number), 0) FROM events
$$;

-- The log goes on from the hashes of events that a site does not see.
CREATE FUNCTION log_hashes(wanted bigint) RETURNS SETOF bytea LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT hashes FROM events WHERE number = wanted
$$;

-- Blobs are read by who knows their digest, from an event; nobody else lists them.
CREATE FUNCTION read_blob(wanted text) RETURNS SETOF bytea LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT content FROM blobs WHERE digest = wanted
$$;
CREATE FUNCTION put_blob(named text, content bytea) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
BEGIN
    PERFORM begin_writing();
    INSERT INTO blobs VALUES (named, content) ON CONFLICT DO NOTHING;
END $$;
CREATE FUNCTION drop_blob(named text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
BEGIN
    PERFORM begin_writing();
    DELETE FROM blobs WHERE digest = named;
END $$;

-- Matching words is no operation that row-level security lets an index answer,
-- so these look for the rows and hold to the sites themselves.
CREATE FUNCTION find_devices(wanted text, present_only boolean, most bigint) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 2000 SET search_path = stowage, pg_temp AS $$
DECLARE
    query tsquery := wanted::tsquery;
    mine  text[] := my_sites();
BEGIN
    IF NOT sees_all() THEN
        RETURN QUERY SELECT w.rowid FROM device_words w JOIN devices d ON d.row = w.rowid
            WHERE CASE WHEN present_only THEN w.present_terms ELSE w.terms END @@ query
                AND (w.terms @@ query OR w.present_terms @@ query) AND d.site = ANY (mine) LIMIT most;
    ELSIF present_only THEN
        RETURN QUERY SELECT w.rowid FROM device_words w WHERE w.present_terms @@ query LIMIT most;
    ELSE
        RETURN QUERY SELECT w.rowid FROM device_words w WHERE w.terms @@ query LIMIT most;
    END IF;
END $$;
CREATE FUNCTION find_holders(wanted text) RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
BEGIN
    IF sees_all() OR my_sites() <> '{}' THEN
        RETURN QUERY SELECT rowid FROM holder_words WHERE terms @@ wanted::tsquery;
    END IF;
END $$;
-- As SQLite's.
CREATE FUNCTION instr(text, text) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT strpos($1, $2)';

CREATE FUNCTION site_of_device(wanted text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT site FROM devices WHERE id = wanted
$$;
CREATE FUNCTION site_of_holder(wanted text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT site FROM holders WHERE id = wanted
$$;
CREATE FUNCTION site_of_row(wanted bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT site FROM devices WHERE row = wanted
$$;
CREATE FUNCTION site_of_holder_row(wanted bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT site FROM holders WHERE row = wanted
$$;
CREATE FUNCTION site_of_key(wanted text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT h.site FROM holder_keys k JOIN holders h ON h.id = k.holder_id WHERE k.id = wanted
$$;

ALTER TABLE devices ENABLE ROW LEVEL SECURITY;
CREATE POLICY devices_read ON devices FOR SELECT USING ((SELECT sees_all()) OR site = ANY ((SELECT my_sites())::text[]) OR (state IN ('lost', 'stolen') AND (SELECT my_sites()) <> '{}'));
CREATE POLICY devices_insert ON devices FOR INSERT WITH CHECK ((SELECT sees_all()) OR site = ANY ((SELECT my_sites())::text[]));
CREATE POLICY devices_update ON devices FOR UPDATE USING ((SELECT sees_all()) OR site = ANY ((SELECT my_sites())::text[]));
CREATE POLICY devices_delete ON devices FOR DELETE USING ((SELECT sees_all()) OR site = ANY ((SELECT my_sites())::text[]));

ALTER TABLE holders ENABLE ROW LEVEL SECURITY;
CREATE POLICY holders_read ON holders FOR SELECT USING ((SELECT sees_all()) OR (SELECT my_sites()) <> '{}');
CREATE POLICY holders_insert ON holders FOR INSERT WITH CHECK ((SELECT sees_all()) OR site = ANY ((SELECT my_sites())::text[]));
CREATE POLICY holders_update ON holders FOR UPDATE USING ((SELECT sees_all()) OR site = ANY ((SELECT my_sites())::text[]));
CREATE POLICY holders_delete ON holders FOR DELETE USING ((SELECT sees_all()) OR site = ANY ((SELECT my_sites())::text[]));

ALTER TABLE loans ENABLE ROW LEVEL SECURITY;
CREATE POLICY loans_read ON loans FOR SELECT USING ((SELECT sees_all()) OR site_of_device(device_id) = ANY ((SELECT my_sites())::text[]) OR site_of_holder(holder_id) = ANY ((SELECT my_sites())::text[]));
CREATE POLICY loans_insert ON loans FOR INSERT WITH CHECK ((SELECT sees_all()) OR site_of_device(device_id) = ANY ((SELECT my_sites())::text[]));
CREATE POLICY loans_update ON loans FOR UPDATE USING ((SELECT sees_all()) OR site_of_device(device_id) = ANY ((SELECT my_sites())::text[]));
CREATE POLICY loans_delete ON loans FOR DELETE USING ((SELECT sees_all()) OR site_of_device(device_id) = ANY ((SELECT my_sites())::text[]));

ALTER TABLE holder_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY holder_keys_read ON holder_keys FOR SELECT USING ((SELECT sees_all()) OR (SELECT my_sites()) <> '{}');
CREATE POLICY holder_keys_insert ON holder_keys FOR INSERT WITH CHECK ((SELECT sees_all()) OR site_of_holder(holder_id) = ANY ((SELECT my_sites())::text[]));
CREATE POLICY holder_keys_update ON holder_keys FOR UPDATE USING ((SELECT sees_all()) OR site_of_holder(holder_id) = ANY ((SELECT my_sites())::text[]));
CREATE POLICY holder_keys_delete ON holder_keys FOR DELETE USING ((SELECT sees_all()) OR site_of_holder(holder_id) = ANY ((SELECT my_sites())::text[]));

ALTER TABLE key_places ENABLE ROW LEVEL SECURITY;
CREATE POLICY key_places_read ON key_places FOR SELECT USING ((SELECT sees_all()) OR (SELECT my_sites()) <> '{}');
CREATE POLICY key_places_insert ON key_places FOR INSERT WITH CHECK ((SELECT sees_all()) OR site_of_device(device_id) = ANY ((SELECT my_sites())::text[]) OR site_of_key(key_id) = ANY ((SELECT my_sites())::text[]));
CREATE POLICY key_places_update ON key_places FOR UPDATE USING ((SELECT sees_all()) OR site_of_device(device_id) = ANY ((SELECT my_sites())::text[]) OR site_of_key(key_id) = ANY ((SELECT my_sites())::text[]));
CREATE POLICY key_places_delete ON key_places FOR DELETE USING ((SELECT sees_all()) OR site_of_device(device_id) = ANY ((SELECT my_sites())::text[]) OR site_of_key(key_id) = ANY ((SELECT my_sites())::text[]));

ALTER TABLE incidents ENABLE ROW LEVEL SECURITY;
CREATE POLICY incidents_read ON incidents FOR SELECT USING ((SELECT sees_all()) OR site_of_device(device_id) = ANY ((SELECT my_sites())::text[]) OR site_of_holder(holder_id) = ANY ((SELECT my_sites())::text[]));
CREATE POLICY incidents_insert ON incidents FOR INSERT WITH CHECK ((SELECT sees_all()) OR site_of_device(device_id) = ANY ((SELECT my_sites())::text[]) OR (device_id IS NULL AND site_of_holder(holder_id) = ANY ((SELECT my_sites())::text[])));
CREATE POLICY incidents_update ON incidents FOR UPDATE USING ((SELECT sees_all()) OR site_of_device(device_id) = ANY ((SELECT my_sites())::text[]) OR (device_id IS NULL AND site_of_holder(holder_id) = ANY ((SELECT my_sites())::text[])));
CREATE POLICY incidents_delete ON incidents FOR DELETE USING ((SELECT sees_all()) OR site_of_device(device_id) = ANY ((SELECT my_sites())::text[]) OR (device_id IS NULL AND site_of_holder(holder_id) = ANY ((SELECT my_sites())::text[])));

ALTER TABLE device_words ENABLE ROW LEVEL SECURITY;
CREATE POLICY device_words_read ON device_words FOR SELECT USING ((SELECT sees_all()) OR site_of_row(rowid) = ANY ((SELECT my_sites())::text[]));
CREATE POLICY device_words_insert ON device_words FOR INSERT WITH CHECK ((SELECT sees_all()) OR site_of_row(rowid) = ANY ((SELECT my_sites())::text[]));
CREATE POLICY device_words_update ON device_words FOR UPDATE USING ((SELECT sees_all()) OR site_of_row(rowid) = ANY ((SELECT my_sites())::text[]));
CREATE POLICY device_words_delete ON device_words FOR DELETE USING ((SELECT sees_all()) OR site_of_row(rowid) = ANY ((SELECT my_sites())::text[]));

ALTER TABLE holder_words ENABLE ROW LEVEL SECURITY;
CREATE POLICY holder_words_read ON holder_words FOR SELECT USING ((SELECT sees_all()) OR (SELECT my_sites()) <> '{}');
CREATE POLICY holder_words_insert ON holder_words FOR INSERT WITH CHECK ((SELECT sees_all()) OR site_of_holder_row(rowid) = ANY ((SELECT my_sites())::text[]));
CREATE POLICY holder_words_update ON holder_words FOR UPDATE USING ((SELECT sees_all()) OR site_of_holder_row(rowid) = ANY ((SELECT my_sites())::text[]));
CREATE POLICY holder_words_delete ON holder_words FOR DELETE USING ((SELECT sees_all()) OR site_of_holder_row(rowid) = ANY ((SELECT my_sites())::text[]));

-- An event comes before what it adds; then the addition itself is held to the site.
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
CREATE POLICY events_read ON events FOR SELECT USING ((SELECT sees_all())
    OR site_of_device(device_id) = ANY ((SELECT my_sites())::text[]) OR site_of_holder(holder_id) = ANY ((SELECT my_sites())::text[]));
CREATE POLICY events_insert ON events FOR INSERT WITH CHECK ((SELECT sees_all()) OR (
    (device_id IS NOT NULL OR holder_id IS NOT NULL)
    AND (device_id IS NULL OR site_of_device(device_id) IS NULL OR site_of_device(device_id) = ANY ((SELECT my_sites())::text[]))
    AND (holder_id IS NULL OR device_id IS NOT NULL OR site_of_holder(holder_id) IS NULL OR site_of_holder(holder_id) = ANY ((SELECT my_sites())::text[]))));

ALTER TABLE checkpoints ENABLE ROW LEVEL SECURITY;
CREATE POLICY checkpoints_all ON checkpoints USING ((SELECT sees_all()) OR (SELECT my_sites()) <> '{}');

-- Each login sees its own duty, and no other's.
ALTER TABLE desks ENABLE ROW LEVEL SECURITY;
CREATE POLICY desks_own ON desks FOR SELECT USING (login = session_user);

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA stowage FROM PUBLIC;
GRANT USAGE ON SCHEMA stowage TO stowage_trust, stowage_site, stowage_auditor;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA stowage TO stowage_trust, stowage_site, stowage_auditor;
GRANT SELECT ON version, desks, events, checkpoints, devices, holders, loans, holder_keys, key_places, incidents, device_words, holder_words
    TO stowage_trust, stowage_site, stowage_auditor;
GRANT INSERT ON events, checkpoints TO stowage_trust, stowage_site;
GRANT INSERT, UPDATE ON devices, holders, loans, holder_keys, key_places, incidents, device_words, holder_words TO stowage_trust, stowage_site;
GRANT DELETE ON key_places TO stowage_site;
GRANT DELETE ON devices, holders, loans, holder_keys, key_places, incidents, device_words, holder_words TO stowage_trust;
