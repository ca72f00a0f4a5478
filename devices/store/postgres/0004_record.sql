-- Nobody but the owner writes to a table. Desks call record_event and put_witness, which
-- hold them to their sites, compute number, time and hashes, and derive the present state
-- from the event as the program does: so what a login says can neither be another history
-- nor another present than the events tell.

-- Which login to the database recorded an event, beside the name that it gave.
ALTER TABLE events ADD COLUMN login plain NOT NULL DEFAULT '';

-- How long a desk may keep the others waiting.
ALTER TABLE writer ADD COLUMN idle interval NOT NULL DEFAULT '30 s'; -- doing nothing in a change
ALTER TABLE writer ADD COLUMN busy interval NOT NULL DEFAULT '2 min'; -- in a change

-- Which events name a blob, so that it is read by those whose device or person they are about.
CREATE TABLE blob_uses (
    digest plain NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (digest, number)
);

CREATE FUNCTION digests_in(kind text, body text) RETURNS SETOF text LANGUAGE sql IMMUTABLE SET search_path = stowage, pg_temp AS $$
    SELECT d FROM (SELECT unnest(CASE kind
        WHEN 'recovery code stored' THEN ARRAY[body::json ->> 'digest']
        WHEN 'document signed' THEN ARRAY[body::json ->> 'text', body::json ->> 'signature']
        WHEN 'incident listed' THEN ARRAY[body::json ->> 'listing']
    END) AS d) AS named WHERE d <> ''
$$;
INSERT INTO blob_uses SELECT d, e.number FROM events e, digests_in(e.kind, e.body) AS d
    WHERE e.kind IN ('recovery code stored', 'document signed', 'incident listed') ON CONFLICT DO NOTHING;

CREATE OR REPLACE FUNCTION next_events() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
DECLARE
    lowest bigint; highest bigint; amount bigint;
BEGIN
    LOCK TABLE writer IN SHARE ROW EXCLUSIVE MODE;
    SELECT min(a.number), max(a.number), count(*) INTO lowest, highest, amount FROM added a;
    IF amount > 0 AND (highest - lowest + 1 <> amount
        OR lowest <> (SELECT coalesce(max(number), 0) + 1 FROM events WHERE number < lowest)
        OR highest <> (SELECT max(number) FROM events)) THEN
        RAISE EXCEPTION 'events % to % are not the next', lowest, highest USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    INSERT INTO blob_uses SELECT d, a.number FROM added a, digests_in(a.kind, a.body) AS d
        WHERE a.kind IN ('recovery code stored', 'document signed', 'incident listed') ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

-- Who may what. session_user stays whoever logged in.

CREATE FUNCTION my_duty() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT CASE WHEN pg_has_role(session_user, current_user, 'MEMBER') THEN 'owner'
        ELSE coalesce((SELECT duty FROM desks WHERE login = session_user), '') END
$$;
CREATE FUNCTION mine(wanted text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT my_duty() IN ('owner', 'trust') OR wanted = ANY (my_sites())
$$;
CREATE FUNCTION mine_device(wanted text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM devices d, desks k WHERE d.id = wanted AND k.login = session_user AND k.duty = 'site' AND d.site = ANY (k.sites))
$$;
CREATE FUNCTION mine_holder(wanted text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM holders h, desks k WHERE h.id = wanted AND k.login = session_user AND k.duty = 'site' AND h.site = ANY (k.sites))
$$;
CREATE FUNCTION mine_words(wanted bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM devices d, desks k WHERE d.row = wanted AND k.login = session_user AND k.duty = 'site' AND d.site = ANY (k.sites))
$$;

-- What a site does not read of the devices and people of others, which it sees for the directory.
CREATE FUNCTION notes_of_device(wanted bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT coalesce((SELECT notes FROM devices WHERE row = wanted AND (sees_all() OR site = ANY (my_sites()))), '')
$$;
CREATE FUNCTION recovery_of_device(wanted bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT coalesce((SELECT recovery FROM devices WHERE row = wanted AND (sees_all() OR site = ANY (my_sites()))), '')
$$;
CREATE FUNCTION notes_of_holder(wanted bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT coalesce((SELECT notes FROM holders WHERE row = wanted AND (sees_all() OR site = ANY (my_sites()))), '')
$$;

-- Blobs are read by those whose event names them; nobody but who sees all lists them.
DROP FUNCTION put_blob(text, bytea), drop_blob(text), read_blob(text), blob_digests(), mark_moved(), look_again(), begin_writing();
CREATE FUNCTION blob_digests() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT digest FROM blobs WHERE sees_all() ORDER BY digest
$$;
CREATE FUNCTION read_blob(wanted text) RETURNS SETOF bytea LANGUAGE sql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
    SELECT content FROM blobs WHERE digest = wanted AND (sees_all() OR EXISTS (SELECT 1 FROM blob_uses u JOIN events e ON e.number = u.number
        WHERE u.digest = wanted AND (mine_device(e.device_id) OR e.device_id IS NULL AND mine_holder(e.holder_id))))
$$;

-- Words of another site's person are found in the name and the address alone: their notes are not for all.
DROP FUNCTION find_holders(text);
CREATE FUNCTION find_holders(wanted text) RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = stowage, pg_temp SET enable_seqscan = off AS $$
DECLARE
    sites text[] := my_sites();
    every boolean := sees_all();
    typed text[] := ARRAY(SELECT m[1] FROM regexp_matches(wanted, '''([^'']*)''', 'g') AS m);
BEGIN
    IF every THEN
        RETURN QUERY SELECT rowid FROM holder_words WHERE terms_of(present, NULL) @@ wanted::tsquery;
    ELSIF sites <> '{}' AND wanted ~ '^''[^''\\]+'':\*( & ''[^''\\]+'':\*)*$' THEN
        RETURN QUERY SELECT f.rowid FROM (SELECT w.rowid FROM holder_words w WHERE terms_of(present, NULL) @@ wanted::tsquery OFFSET 0) f
            JOIN holders h ON h.row = f.rowid WHERE h.site = ANY (sites)
            OR NOT EXISTS (SELECT 1 FROM unnest(typed) AS word WHERE strpos(' ' || translate(h.name_fold || ' ' || h.email_fold, '.@-_''+', '      '), ' ' || word) = 0);
    END IF;
END $$;

DROP POLICY loans_read ON loans;
DROP POLICY incidents_read ON incidents;
DROP POLICY device_words_read ON device_words;
DROP POLICY holder_words_read ON holder_words;
DROP POLICY events_read ON events;
DROP POLICY checkpoints_all ON checkpoints;
DROP POLICY devices_insert ON devices;
DROP POLICY devices_update ON devices;
DROP POLICY devices_delete ON devices;
DROP POLICY holders_insert ON holders;
DROP POLICY holders_update ON holders;
DROP POLICY holders_delete ON holders;
DROP POLICY loans_insert ON loans;
DROP POLICY loans_update ON loans;
DROP POLICY loans_delete ON loans;
DROP POLICY holder_keys_insert ON holder_keys;
DROP POLICY holder_keys_update ON holder_keys;
DROP POLICY holder_keys_delete ON holder_keys;
DROP POLICY key_places_insert ON key_places;
DROP POLICY key_places_update ON key_places;
DROP POLICY key_places_delete ON key_places;
DROP POLICY incidents_insert ON incidents;
DROP POLICY incidents_update ON incidents;
DROP POLICY incidents_delete ON incidents;
DROP POLICY device_words_insert ON device_words;
DROP POLICY device_words_update ON device_words;
DROP POLICY device_words_delete ON device_words;
DROP POLICY holder_words_insert ON holder_words;
DROP POLICY holder_words_update ON holder_words;
DROP POLICY holder_words_delete ON holder_words;
DROP POLICY events_insert ON events;
DROP FUNCTION site_of_device(text), site_of_holder(text), site_of_row(bigint), site_of_holder_row(bigint), site_of_key(text);
CREATE POLICY loans_read ON loans FOR SELECT USING ((SELECT sees_all()) OR mine_device(device_id) OR mine_holder(holder_id));
CREATE POLICY incidents_read ON incidents FOR SELECT USING ((SELECT sees_all()) OR mine_device(device_id) OR mine_holder(holder_id));
CREATE POLICY device_words_read ON device_words FOR SELECT USING ((SELECT sees_all()) OR mine_words(rowid));
CREATE POLICY holder_words_read ON holder_words FOR SELECT USING ((SELECT sees_all()));
CREATE POLICY events_read ON events FOR SELECT USING ((SELECT sees_all()) OR mine_device(device_id) OR mine_holder(holder_id));
CREATE POLICY checkpoints_read ON checkpoints FOR SELECT USING ((SELECT sees_all()) OR (SELECT my_sites()) <> '{}');

-- Writers queue for the table's lock, which tells who holds it; nobody can take it but through these functions.
-- A login can switch its own time limits off, so whoever waits ends the session of a desk that
-- sits on the lock: which needs the owner to be a member of the desk's login, or more.
CREATE FUNCTION end_stuck_writers() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
BEGIN
    PERFORM pg_stat_clear_snapshot();
    PERFORM pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid, writer w
        WHERE l.locktype = 'relation' AND l.relation = 'writer'::regclass AND a.datname = current_database() AND l.database = a.datid
            AND l.mode = 'ShareRowExclusiveLock' AND l.granted AND l.pid <> pg_backend_pid()
            AND NOT pg_has_role(a.usename, current_user, 'MEMBER')
            AND (a.state LIKE 'idle in transaction%' AND a.state_change < clock_timestamp() - w.idle OR a.xact_start < clock_timestamp() - w.busy);
EXCEPTION WHEN insufficient_privilege THEN
    NULL; -- then the server's own limits have to do
END $$;

CREATE FUNCTION begin_writing(OUT last bigint, OUT moment text, OUT login text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
DECLARE
    locked boolean := false;
BEGIN
    IF my_duty() NOT IN ('owner', 'trust', 'site') THEN
        RAISE EXCEPTION 'this login may not change the register' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'a change must read what is committed' USING ERRCODE = 'invalid_transaction_state';
    END IF;
    FOR i IN 1..5 LOOP
        BEGIN
            SET LOCAL lock_timeout = '2s';
            LOCK TABLE writer IN SHARE ROW EXCLUSIVE MODE;
            locked := true;
            EXIT;
        EXCEPTION WHEN lock_not_available THEN
            PERFORM end_stuck_writers();
        END;
    END LOOP;
    IF NOT locked THEN
        RAISE EXCEPTION 'another desk is writing' USING ERRCODE = 'lock_not_available';
    END IF;
    IF (SELECT moved FROM writer) THEN
        RAISE EXCEPTION 'register has moved' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    SELECT coalesce(max(number), 0) INTO last FROM events;
    moment := to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
    login := session_user;
END $$;

-- The canonical form of an event, as the program has it: sorted names, no blanks.

CREATE FUNCTION quoted(t text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = stowage, pg_temp AS $$
    SELECT replace(replace(to_json(t)::text, U&'\2028', '\u2028'), U&'\2029', '\u2029')
$$;
CREATE FUNCTION canonical(j jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = stowage, pg_temp AS $$
BEGIN
    RETURN CASE jsonb_typeof(j)
        WHEN 'object' THEN (SELECT '{' || coalesce(string_agg(quoted(key) || ':' || canonical(value), ',' ORDER BY key COLLATE "C"), '') || '}' FROM jsonb_each(j))
        WHEN 'array' THEN (SELECT '[' || coalesce(string_agg(canonical(value), ',' ORDER BY n), '') || ']' FROM jsonb_array_elements(j) WITH ORDINALITY AS e (value, n))
        WHEN 'string' THEN quoted(j #>> '{}')
        ELSE j::text
    END;
END $$;
CREATE FUNCTION canonical_event(e events) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = stowage, pg_temp AS $$
    SELECT '{"actor":' || quoted(e.actor) || ',"body":' || e.body || coalesce(',"device":' || quoted(e.device_id), '')
        || coalesce(',"holder":' || quoted(e.holder_id), '') || coalesce(',"key":' || quoted(e.key_id), '') || ',"kind":' || quoted(e.kind)
        || coalesce(',"loan":' || quoted(e.loan_id), '') || CASE WHEN e.login <> '' THEN ',"login":' || quoted(e.login) ELSE '' END
        || ',"number":' || e.number || ',"time":' || quoted(e.time) || '}'
$$;

-- The hashes of the subtrees that an event completes (RFC 6962, section 2.1).
CREATE FUNCTION hashes_of(e events) RETURNS bytea LANGUAGE plpgsql STABLE SET search_path = stowage, pg_temp AS $$
DECLARE
    hash bytea := sha256('\x00'::bytea || convert_to(canonical_event(e), 'UTF8'));
    completed bytea := hash;
    level integer := 0;
BEGIN
    WHILE (e.number >> level) & 1 = 0 LOOP
        SELECT sha256('\x01'::bytea || substring(b.hashes FROM level * 32 + 1 FOR 32) || hash) INTO STRICT hash
            FROM events b WHERE b.number = e.number - (1::bigint << level);
        completed := completed || hash;
        level := level + 1;
    END LOOP;
    RETURN completed;
END $$;

-- What an event's body may hold. A shape is an object of names, where ! marks what must be
-- there, a list of one shape, or the name of a kind of value.
CREATE FUNCTION fits(v jsonb, shape jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = stowage, pg_temp AS $$
DECLARE
    t text := v #>> '{}';
    want text := shape #>> '{}';
BEGIN
    IF v IS NULL THEN
        RETURN false;
    ELSIF jsonb_typeof(shape) = 'object' THEN
        RETURN jsonb_typeof(v) = 'object'
            AND NOT EXISTS (SELECT 1 FROM jsonb_object_keys(shape) AS name WHERE name LIKE '%!' AND NOT v ? rtrim(name, '!'))
            AND NOT EXISTS (SELECT 1 FROM jsonb_each(v) AS f WHERE fits(f.value, coalesce(shape -> f.key, shape -> (f.key || '!'), '"nothing"')) IS NOT TRUE);
    ELSIF jsonb_typeof(shape) = 'array' THEN
        IF jsonb_typeof(v) <> 'array' THEN
            RETURN false;
        END IF;
        RETURN jsonb_array_length(v) BETWEEN 1 AND 1000
            AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements(v) AS item WHERE fits(item, shape -> 0) IS NOT TRUE);
    ELSIF want = 'bool' THEN
        RETURN jsonb_typeof(v) = 'boolean';
    ELSIF want = 'count' THEN
        RETURN jsonb_typeof(v) = 'number' AND t ~ '^(0|[1-9][0-9]{0,17})$';
    ELSIF jsonb_typeof(v) <> 'string' THEN
        RETURN false;
    ELSIF want = 'id' THEN
        RETURN t ~ '^[!-~]{1,64}$';
    ELSIF want = 'digest' THEN
        RETURN t ~ '^[0-9a-f]{64}$';
    ELSIF want = 'time' THEN
        RETURN t ~ '^(19[89]|20[0-9]|21[0-9])[0-9]-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$'
            AND to_char(t::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') = t;
    ELSIF want LIKE '%|%' THEN
        RETURN t = ANY (string_to_array(want, '|'));
    ELSIF want IN ('line', 'name') THEN
        RETURN length(t) <= 200 AND (want = 'line' OR btrim(t) <> '') AND shown(t);
    ELSIF want = 'recipient' THEN
        RETURN t ~ '^[!-~]+$' AND length(t) <= 4000;
    ELSIF want = 'note' THEN
        RETURN length(t) <= 4000 AND shown(translate(t, E'\n\t', '  '));
    END IF;
    RETURN false;
END $$;
-- No control characters, none that turn the direction of text, one form of accents.
CREATE FUNCTION shown(t text) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = stowage, pg_temp AS $$
    SELECT t ~ '^[ -~]*$' OR t !~ '[\u0001-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]' AND t IS NFC NORMALIZED
$$;

CREATE FUNCTION shape_of(kind text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE SET search_path = stowage, pg_temp AS $$
DECLARE
    holder jsonb := '{"name!":"name","email":"line","site":"line","notes":"note"}';
    device jsonb := '{"kind!":"memory stick|external drive|laptop|tablet|phone","make":"line","model":"line","serial":"line","capacity":"count",
        "label":"line","site":"line","notes":"note"}';
    encryption jsonb := '{"method!":"line","by!":"line","at!":"time","encrypted!":"bool","note":"note"}';
    seen jsonb := '{"at!":"time","place":"line","stick":"line","sequence":"count","digest":"line","format":"count","used":"count","size":"count",
        "health":"healthy|repaired|broken","note":"note","older":"bool"}';
    incident jsonb := '{"kind!":"lost|stolen|not sure","what":"line","happened_from":"time","happened_to":"time","noticed":"time","aware!":"time",
        "last_seen":"note","circumstances":"note","discovered":"note","police":"line","told":[{"who!":"line","at":"time"}],
        "passphrase":"yes|no|not sure","only_copy":"yes|no|not sure","contents":"note","whose":"note","categories":"note",
        "people":"count","records":"count","special":["line"],"special_none":"bool","trained":"yes|no|not sure","trained_on":"time",
        "consequences":"note","likelihood":"note","measures":"note","done":"note","delay":"note","contact":"line","follow_up":"note",
        "lessons":"note","people_told_on":"time"}';
    decision jsonb := '{"notify!":"yes|no","why!":"note","tell_people":"yes|no|not sure","tell_why":"note","by!":"name","at!":"time",
        "notified":"time","reference":"line"}';
BEGIN
    CASE kind
    WHEN 'holder added', 'holder edited' THEN RETURN jsonb_build_object('details!', holder);
    WHEN 'holder left', 'holder rejoined', 'recovery code used' THEN RETURN '{"note":"note"}';
    WHEN 'device added', 'device edited' THEN RETURN jsonb_build_object('details!', device);
    WHEN 'device imported' THEN RETURN jsonb_build_object('details!', device, 'since!', 'time', 'from', 'time', 'due', 'time',
        'state!', 'in stock|issued|returned|lost|stolen|found|damaged|retired|destroyed', 'encryption', encryption, 'seen', seen);
    WHEN 'device issued' THEN RETURN '{"from!":"time","due":"time","note":"note"}';
    WHEN 'loan extended' THEN RETURN '{"due!":"time","note":"note"}';
    WHEN 'device returned', 'device restocked', 'device lost', 'device stolen', 'device found', 'device damaged', 'device retired', 'device destroyed' THEN
        RETURN '{"happened":"time","note":"note","condition":"note","method":"line","witness":"line"}';
    WHEN 'device verified' THEN RETURN encryption;
    WHEN 'device seen' THEN RETURN seen;
    WHEN 'key issued' THEN RETURN '{"class!":"name","recipient!":"recipient","replaces":"id"}';
    WHEN 'key replaced', 'key revoked', 'key placed', 'key removed' THEN RETURN '{"reason":"note","by":"id"}';
    WHEN 'recovery code stored' THEN RETURN '{"digest!":"digest"}';
    WHEN 'files opened' THEN RETURN '{"what!":"stick|backup|listing|files","reason!":"line"}';
    WHEN 'document signed' THEN RETURN '{"document!":"rules accepted|return signed|leaving signed|handover signed|something signed",
        "name!":"name","signed!":"time","text!":"digest","signature":"digest"}';
    WHEN 'incident opened' THEN RETURN jsonb_build_object('incident!', 'id', 'details!', incident, 'reports', '["line"]'::jsonb);
    WHEN 'incident edited' THEN RETURN jsonb_build_object('incident!', 'id', 'details!', incident);
    WHEN 'incident reported' THEN RETURN jsonb_build_object('incident!', 'id', 'details!', incident, 'reports!', '["line"]'::jsonb);
    WHEN 'incident listed' THEN RETURN '{"incident!":"id","listing!":"digest","listed!":"time"}';
    WHEN 'incident decided' THEN RETURN jsonb_build_object('incident!', 'id', 'decision!', decision);
    WHEN 'incident closed' THEN RETURN '{"incident!":"id","lessons":"note"}';
    WHEN 'incident reopened' THEN RETURN '{"incident!":"id","why!":"note"}';
    WHEN 'incident merged' THEN RETURN '{"incident!":"id","into!":"id"}';
    ELSE RETURN NULL;
    END CASE;
END $$;

-- Refusals: of what a login may not, and of what no event can be.
CREATE FUNCTION must(allowed boolean, what text) RETURNS void LANGUAGE plpgsql SET search_path = stowage, pg_temp AS $$
BEGIN
    IF allowed IS NOT TRUE THEN
        RAISE EXCEPTION 'not of this login''s sites: %', what USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;
CREATE FUNCTION sound(good boolean, what text) RETURNS void LANGUAGE plpgsql SET search_path = stowage, pg_temp AS $$
BEGIN
    IF good IS NOT TRUE THEN
        RAISE EXCEPTION 'no such event can be: %', what USING ERRCODE = 'invalid_parameter_value';
    END IF;
END $$;

-- The derived tables. Hints are what the program makes of a record's own texts, to compare, sort and search by.

CREATE FUNCTION fold_of(t text, hint text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = stowage, pg_temp AS $$
    SELECT nullif(CASE WHEN t ~ '^[ -~]*$' THEN btrim(regexp_replace(lower(t), ' +', ' ', 'g')) ELSE left(hint, 1000) END, '')
$$;
CREATE FUNCTION key_of(hint jsonb, name text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = stowage, pg_temp AS $$
    SELECT left(coalesce(hint ->> name, ''), 1000)
$$;

CREATE FUNCTION put_device(d devices, hint jsonb) RETURNS void LANGUAGE plpgsql SET search_path = stowage, pg_temp AS $$
DECLARE
    number bigint;
BEGIN
    d.label_fold := fold_of(d.label, hint ->> 'label_fold');
    d.serial_fold := fold_of(d.serial, hint ->> 'serial_fold');
    PERFORM sound(d.label_fold IS NOT NULL OR d.serial_fold IS NOT NULL, 'a device without label and serial');
    d.holder_key := coalesce((SELECT name_key FROM holders WHERE id = d.holder_id), '');
    d.state_rank := array_position(ARRAY['in stock', 'issued', 'returned', 'lost', 'stolen', 'found', 'damaged', 'retired', 'destroyed'], d.state::text) - 1;
    d.seen_at := CASE WHEN d.seen = '' THEN '' ELSE d.seen::jsonb ->> 'at' END;
    d.verified_at := CASE WHEN d.encryption <> '' AND (d.encryption::jsonb ->> 'encrypted')::boolean THEN d.encryption::jsonb ->> 'at' ELSE '' END;
    INSERT INTO devices AS old (id, version, kind, make, model, serial, capacity, label, site, notes, state, since, added, holder_id, holder_name, loan_id,
        due, encryption, seen, recovery, label_fold, serial_fold, label_key, serial_key, make_key, model_key, site_key, holder_key, state_rank, seen_at, verified_at)
    VALUES (d.id, d.version, d.kind, d.make, d.model, d.serial, d.capacity, d.label, d.site, d.notes, d.state, d.since, d.added, d.holder_id, d.holder_name, d.loan_id,
        d.due, d.encryption, d.seen, d.recovery, d.label_fold, d.serial_fold, key_of(hint, 'label_key'), key_of(hint, 'serial_key'), key_of(hint, 'make_key'),
        key_of(hint, 'model_key'), key_of(hint, 'site_key'), d.holder_key, d.state_rank, d.seen_at, d.verified_at)
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, kind = excluded.kind, make = excluded.make, model = excluded.model, serial = excluded.serial,
        capacity = excluded.capacity, label = excluded.label, site = excluded.site, notes = excluded.notes, state = excluded.state, since = excluded.since,
        added = excluded.added, holder_id = excluded.holder_id, holder_name = excluded.holder_name, loan_id = excluded.loan_id, due = excluded.due,
        encryption = excluded.encryption, seen = excluded.seen, recovery = excluded.recovery, label_fold = excluded.label_fold, serial_fold = excluded.serial_fold,
        label_key = excluded.label_key, serial_key = excluded.serial_key, make_key = excluded.make_key, model_key = excluded.model_key, site_key = excluded.site_key,
        holder_key = excluded.holder_key, state_rank = excluded.state_rank, seen_at = excluded.seen_at, verified_at = excluded.verified_at
    RETURNING old.row INTO number;
    INSERT INTO device_words AS old (rowid, present, past) VALUES (number, left(coalesce(hint ->> 'present', ''), 65536), left(hint ->> 'past', 65536))
    ON CONFLICT (rowid) DO UPDATE SET present = excluded.present, past = coalesce(excluded.past, old.past);
END $$;

CREATE FUNCTION put_holder(h holders, hint jsonb) RETURNS void LANGUAGE plpgsql SET search_path = stowage, pg_temp AS $$
DECLARE
    number bigint;
BEGIN
    INSERT INTO holders AS old (id, version, name, email, site, notes, added, left_at, name_fold, email_fold, name_key)
    VALUES (h.id, h.version, h.name, h.email, h.site, h.notes, h.added, h.left_at, coalesce(fold_of(h.name, hint ->> 'name_fold'), ''),
        coalesce(fold_of(h.email, hint ->> 'email_fold'), ''), key_of(hint, 'name_key'))
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, name = excluded.name, email = excluded.email, site = excluded.site, notes = excluded.notes,
        left_at = excluded.left_at, name_fold = excluded.name_fold, email_fold = excluded.email_fold, name_key = excluded.name_key
    RETURNING old.row INTO number;
    INSERT INTO holder_words (rowid, present) VALUES (number, left(coalesce(hint ->> 'present', ''), 65536))
    ON CONFLICT (rowid) DO UPDATE SET present = excluded.present;
END $$;

CREATE FUNCTION end_loan(e events, d devices, condition text) RETURNS void LANGUAGE sql SET search_path = stowage, pg_temp AS $$
    UPDATE loans SET version = e.number, ended = d.since, outcome = d.state, condition = end_loan.condition WHERE id = d.loan_id AND ended = ''
$$;

-- A blob that nothing present needs any more goes.
CREATE FUNCTION let_go(wanted text) RETURNS void LANGUAGE sql SET search_path = stowage, pg_temp AS $$
    DELETE FROM blobs WHERE digest = wanted
        AND NOT EXISTS (SELECT 1 FROM blob_uses u JOIN events e ON e.number = u.number WHERE u.digest = wanted AND e.kind = 'document signed')
        AND NOT EXISTS (SELECT 1 FROM blob_uses u JOIN events e ON e.number = u.number JOIN devices d ON d.id = e.device_id
            WHERE u.digest = wanted AND d.recovery <> '' AND d.recovery::jsonb ->> 'digest' = wanted)
        AND NOT EXISTS (SELECT 1 FROM incidents i WHERE i.record::jsonb ->> 'listing' = wanted)
$$;

CREATE FUNCTION device_with_details(d devices, details jsonb) RETURNS devices LANGUAGE plpgsql IMMUTABLE SET search_path = stowage, pg_temp AS $$
BEGIN
    d.kind := details ->> 'kind';
    d.make := coalesce(details ->> 'make', '');
    d.model := coalesce(details ->> 'model', '');
    d.serial := coalesce(details ->> 'serial', '');
    d.capacity := coalesce((details ->> 'capacity')::bigint, 0);
    d.label := coalesce(details ->> 'label', '');
    d.site := coalesce(details ->> 'site', '');
    d.notes := coalesce(details ->> 'notes', '');
    RETURN d;
END $$;

CREATE FUNCTION apply_holder(e events, hints jsonb) RETURNS void LANGUAGE plpgsql SET search_path = stowage, pg_temp AS $$
DECLARE
    h holders;
    details jsonb := e.body::jsonb -> 'details';
    hint jsonb := hints -> 'holder';
BEGIN
    PERFORM sound(e.holder_id IS NOT NULL AND e.device_id IS NULL AND e.key_id IS NULL AND e.loan_id IS NULL, 'about more than a person');
    SELECT * INTO h FROM holders WHERE id = e.holder_id;
    IF e.kind = 'holder added' THEN
        PERFORM sound(h.id IS NULL, 'somebody who is there');
        h.id := e.holder_id; h.added := e.time; h.left_at := '';
    ELSE
        PERFORM sound(h.id IS NOT NULL, 'about nobody');
        PERFORM must(mine(h.site), 'the person');
    END IF;
    h.version := e.number;
    IF details IS NOT NULL THEN
        PERFORM must(mine(coalesce(details ->> 'site', '')), 'the person''s site');
        h.name := details ->> 'name'; h.email := coalesce(details ->> 'email', '');
        h.site := coalesce(details ->> 'site', ''); h.notes := coalesce(details ->> 'notes', '');
    ELSE
        h.left_at := CASE e.kind WHEN 'holder left' THEN e.time ELSE '' END;
    END IF;
    PERFORM put_holder(h, hint);
    IF e.kind = 'holder edited' THEN
        UPDATE device_words w SET present = left(btrim(w.present || ' ' || btrim(regexp_replace(n.name_fold, '[^a-z0-9\u0080-\uFFFF]+', ' ', 'g'))), 65536)
            FROM devices d, holders n WHERE w.rowid = d.row AND d.holder_id = h.id AND d.holder_name <> h.name AND n.id = h.id;
        UPDATE devices d SET holder_name = h.name, holder_key = (SELECT name_key FROM holders WHERE id = h.id) WHERE d.holder_id = h.id AND d.holder_name <> h.name;
    END IF;
END $$;

CREATE FUNCTION lend(e events, d devices, begun text, due text, ended text) RETURNS void LANGUAGE plpgsql SET search_path = stowage, pg_temp AS $$
BEGIN
    PERFORM sound(e.loan_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM loans WHERE id = e.loan_id), 'a loan that is there');
    INSERT INTO loans (id, version, device_id, holder_id, begun, due, extensions, ended, outcome, condition)
        VALUES (e.loan_id, e.number, d.id, d.holder_id, lend.begun, lend.due, 0, lend.ended, CASE WHEN lend.ended = '' THEN '' ELSE d.state END, '');
END $$;

CREATE FUNCTION apply_new_device(e events, hints jsonb) RETURNS void LANGUAGE plpgsql SET search_path = stowage, pg_temp AS $$
DECLARE
    d devices;
    b jsonb := e.body;
    h holders;
    ended text := '';
BEGIN
    PERFORM sound(e.key_id IS NULL AND e.device_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM devices WHERE id = e.device_id), 'a device that is there');
    d.id := e.device_id; d.version := e.number; d.state := 'in stock'; d.since := e.time; d.added := e.time;
    d.holder_name := ''; d.due := ''; d.encryption := ''; d.seen := ''; d.recovery := '';
    d := device_with_details(d, b -> 'details');
    PERFORM must(mine(d.site), 'the device''s site');
    PERFORM sound((e.holder_id IS NULL) = (e.loan_id IS NULL) AND (e.kind = 'device imported' OR e.loan_id IS NULL), 'a loan without a holder');
    IF e.kind = 'device imported' THEN
        d.state := b ->> 'state'; d.since := b ->> 'since';
        d.encryption := coalesce(canonical(b -> 'encryption'), '');
        d.seen := coalesce(canonical(b -> 'seen'), '');
    END IF;
    IF e.loan_id IS NOT NULL THEN
        SELECT * INTO h FROM holders WHERE id = e.holder_id;
        PERFORM must(mine(h.site), 'the person');
        PERFORM sound(b ? 'from' AND d.state NOT IN ('in stock', 'returned'), 'a loan without its beginning');
        d.holder_id := h.id; d.holder_name := h.name; d.loan_id := e.loan_id; d.due := coalesce(b ->> 'due', '');
        IF d.state IN ('retired', 'destroyed') THEN
            ended := d.since; d.due := '';
        END IF;
        PERFORM lend(e, d, b ->> 'from', coalesce(b ->> 'due', ''), ended);
    ELSE
        PERFORM sound(d.state <> 'issued', 'issued to nobody');
    END IF;
    PERFORM put_device(d, hints -> 'device');
END $$;

-- The state that an action leads to, NULL where it may not be.
CREATE FUNCTION state_after(state text, kind text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = stowage, pg_temp AS $$
    SELECT n.after FROM (VALUES
        ('device issued', 'issued', '{in stock,returned,found}'),
        ('loan extended', 'issued', '{issued}'),
        ('device returned', 'returned', '{issued,found,damaged}'),
        ('device restocked', 'in stock', '{returned,found,damaged,retired}'),
        ('device lost', 'lost', '{in stock,issued,returned,stolen,found,damaged,retired}'),
        ('device stolen', 'stolen', '{in stock,issued,returned,lost,found,damaged,retired}'),
        ('device found', 'found', '{lost,stolen,retired,destroyed}'),
        ('device damaged', 'damaged', '{in stock,issued,returned,found}'),
        ('device retired', 'retired', '{in stock,issued,returned,lost,stolen,found,damaged}'),
        ('device destroyed', 'destroyed', '{in stock,issued,returned,found,damaged,retired}')
    ) AS n (kind, after, before) WHERE n.kind = state_after.kind AND state_after.state = ANY (n.before::text[])
$$;

CREATE FUNCTION seen_after(s jsonb, before jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE SET search_path = stowage, pg_temp AS $$
DECLARE
    place jsonb := s -> 'place';
    note jsonb := s -> 'note';
BEGIN
    IF coalesce(s ->> 'stick', '') = '' THEN
        s := jsonb_strip_nulls((before - 'place' - 'note') || jsonb_build_object('at', s -> 'at', 'place', place, 'note', note));
    ELSIF (s -> 'older')::boolean THEN
        s := jsonb_strip_nulls((s - 'sequence' - 'digest') || jsonb_build_object('sequence', before -> 'sequence', 'digest', before -> 'digest'));
    END IF;
    IF s ->> 'at' < before ->> 'at' COLLATE "C" THEN
        s := jsonb_strip_nulls((s - 'place') || jsonb_build_object('at', before -> 'at', 'place', before -> 'place'));
    END IF;
    RETURN s;
END $$;

CREATE FUNCTION apply_device(e events, hints jsonb) RETURNS void LANGUAGE plpgsql SET search_path = stowage, pg_temp AS $$
DECLARE
    d devices;
    b jsonb := e.body;
    h holders;
    before text;
BEGIN
    SELECT * INTO d FROM devices WHERE id = e.device_id;
    PERFORM sound(d.id IS NOT NULL AND e.key_id IS NULL, 'about no device');
    PERFORM must(mine(d.site), 'the device');
    d.version := e.number;
    IF e.kind = 'device issued' THEN
        SELECT * INTO h FROM holders WHERE id = e.holder_id;
        PERFORM must(mine(h.site), 'the person');
        PERFORM sound(h.left_at = '', 'issued to somebody who has left');
    ELSE
        PERFORM must(e.holder_id IS NULL OR e.holder_id = d.holder_id OR mine((SELECT site FROM holders WHERE id = e.holder_id)), 'the person');
        PERFORM sound(e.holder_id IS NULL OR EXISTS (SELECT 1 FROM holders WHERE id = e.holder_id), 'with nobody');
        PERFORM sound(e.loan_id IS NULL OR e.loan_id = d.loan_id, 'another loan');
    END IF;
    CASE e.kind
    WHEN 'device edited' THEN
        d := device_with_details(d, b -> 'details');
        PERFORM must(mine(d.site), 'the device''s site');
    WHEN 'device verified' THEN
        d.encryption := canonical(b);
    WHEN 'device seen' THEN
        d.seen := canonical(seen_after(b, CASE WHEN d.seen = '' THEN '{}' ELSE d.seen::jsonb END));
    WHEN 'recovery code stored' THEN
        IF d.recovery <> '' THEN
            before := nullif(d.recovery::jsonb ->> 'digest', b ->> 'digest');
        END IF;
        d.recovery := canonical(jsonb_build_object('digest', b -> 'digest', 'stored', e.time::text));
    WHEN 'recovery code used' THEN
        PERFORM sound(d.recovery <> '', 'a recovery code that is not there');
        IF NOT d.recovery::jsonb ? 'used' THEN
            d.recovery := canonical(d.recovery::jsonb || jsonb_build_object('used', e.time::text));
        END IF;
    ELSE
        PERFORM sound(state_after(d.state, e.kind) IS NOT NULL, e.kind || ' while ' || d.state);
        d.state := state_after(d.state, e.kind);
        IF e.kind = 'device issued' THEN
            d.since := b ->> 'from';
            PERFORM end_loan(e, d, '');
            d.holder_id := h.id; d.holder_name := h.name; d.loan_id := e.loan_id; d.due := coalesce(b ->> 'due', '');
            PERFORM lend(e, d, d.since, d.due, '');
        ELSIF e.kind = 'loan extended' THEN
            PERFORM sound(e.loan_id = d.loan_id, 'another loan');
            d.due := b ->> 'due';
            UPDATE loans l SET version = e.number, due = d.due, extensions = l.extensions + 1 WHERE id = d.loan_id;
        ELSE
            d.since := coalesce(b ->> 'happened', e.time);
            IF e.kind IN ('device returned', 'device restocked') THEN
                PERFORM end_loan(e, d, coalesce(b ->> 'condition', ''));
                d.holder_id := NULL; d.holder_name := ''; d.loan_id := NULL; d.due := '';
            ELSIF e.kind IN ('device retired', 'device destroyed') THEN
                PERFORM end_loan(e, d, coalesce(b ->> 'condition', ''));
                d.due := '';
            END IF;
        END IF;
    END CASE;
    PERFORM put_device(d, hints -> 'device');
    IF before IS NOT NULL THEN
        PERFORM let_go(before);
    END IF;
END $$;

CREATE FUNCTION apply_key(e events) RETURNS void LANGUAGE plpgsql SET search_path = stowage, pg_temp AS $$
DECLARE
    k holder_keys;
    h holders;
    b jsonb := e.body;
    here boolean := mine((SELECT site FROM devices WHERE id = e.device_id));
BEGIN
    SELECT * INTO k FROM holder_keys WHERE id = e.key_id;
    SELECT * INTO h FROM holders WHERE id = e.holder_id;
    PERFORM sound(h.id IS NOT NULL AND e.key_id IS NOT NULL AND e.loan_id IS NULL AND (e.device_id IS NOT NULL) = (e.kind IN ('key placed', 'key removed')), 'of no key');
    IF e.kind = 'key removed' THEN -- one that lies on its own device a site may take away, whosever it is
        PERFORM must(here OR mine(h.site), 'the key and the device');
    ELSE
        PERFORM must(mine(h.site), 'the person');
    END IF;
    IF e.kind = 'key issued' THEN
        PERFORM sound(k.id IS NULL, 'a key that is there');
        PERFORM sound(h.left_at = '', 'a key for somebody who has left');
        INSERT INTO holder_keys (id, version, holder_id, class, recipient, status, reason, issued, ended)
            VALUES (e.key_id, e.number, e.holder_id, b ->> 'class', b ->> 'recipient', 'issued', '', e.time, '');
        RETURN;
    END IF;
    PERFORM sound(k.holder_id = e.holder_id, 'somebody else''s key');
    CASE e.kind
    WHEN 'key replaced', 'key revoked' THEN
        PERFORM sound(k.status = 'issued' OR k.status = 'replaced' AND e.kind = 'key revoked', 'a key that has ended');
        UPDATE holder_keys SET status = substr(e.kind, 5), reason = coalesce(b ->> 'reason', ''), ended = e.time WHERE id = k.id;
    WHEN 'key placed' THEN
        PERFORM must(here, 'the device');
        INSERT INTO key_places VALUES (k.id, e.device_id) ON CONFLICT DO NOTHING;
    WHEN 'key removed' THEN
        DELETE FROM key_places WHERE key_id = k.id AND device_id = e.device_id;
        PERFORM sound(FOUND, 'a key that is not on it');
    END CASE;
    UPDATE holder_keys SET version = e.number WHERE id = k.id;
END $$;

CREATE FUNCTION apply_document(e events, hints jsonb) RETURNS void LANGUAGE plpgsql SET search_path = stowage, pg_temp AS $$
DECLARE
    d devices;
BEGIN
    SELECT * INTO d FROM devices WHERE id = e.device_id;
    PERFORM sound(coalesce(e.device_id, e.holder_id) IS NOT NULL AND e.key_id IS NULL AND (d.id IS NOT NULL OR e.device_id IS NULL), 'about nothing');
    PERFORM sound(e.holder_id IS NULL OR EXISTS (SELECT 1 FROM holders WHERE id = e.holder_id), 'of nobody');
    PERFORM sound(e.loan_id IS NULL OR e.loan_id = d.loan_id, 'another loan');
    PERFORM must(e.device_id IS NULL OR mine(d.site), 'the device');
    PERFORM must(e.holder_id IS NULL OR e.holder_id = d.holder_id OR mine((SELECT site FROM holders WHERE id = e.holder_id)), 'the person');
    IF d.id IS NOT NULL AND hints -> 'device' ->> 'past' IS NOT NULL THEN
        UPDATE device_words SET past = left(hints -> 'device' ->> 'past', 65536) WHERE rowid = d.row;
    END IF;
END $$;

-- That files were opened changes nothing; whose they are need not be known.
CREATE FUNCTION apply_opening(e events) RETURNS void LANGUAGE plpgsql SET search_path = stowage, pg_temp AS $$
DECLARE
    d devices;
BEGIN
    SELECT * INTO d FROM devices WHERE id = e.device_id;
    PERFORM sound(e.key_id IS NULL AND e.loan_id IS NULL AND (d.id IS NOT NULL OR e.device_id IS NULL), 'about more');
    PERFORM sound(e.holder_id IS NULL OR EXISTS (SELECT 1 FROM holders WHERE id = e.holder_id), 'of nobody');
    PERFORM must(e.device_id IS NULL OR mine(d.site), 'the device');
    PERFORM must(e.holder_id IS NULL OR e.holder_id = d.holder_id OR mine((SELECT site FROM holders WHERE id = e.holder_id)), 'the person');
END $$;

-- Whether a login may change an incident: it is about a device of its own, or else a person.
CREATE FUNCTION mine_incident(device text, holder text) RETURNS boolean LANGUAGE sql STABLE SET search_path = stowage, pg_temp AS $$
    SELECT CASE WHEN device IS NOT NULL THEN mine((SELECT site FROM devices WHERE id = device))
        WHEN holder IS NOT NULL THEN mine((SELECT site FROM holders WHERE id = holder))
        ELSE my_duty() IN ('owner', 'trust') END
$$;

CREATE FUNCTION put_incident(r jsonb) RETURNS void LANGUAGE sql SET search_path = stowage, pg_temp AS $$
    INSERT INTO incidents (id, version, state, aware, device_id, holder_id, record)
        VALUES (r ->> 'id', (r ->> 'version')::bigint, r ->> 'state', r ->> 'aware', r ->> 'device', r ->> 'holder', canonical(r))
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state, aware = excluded.aware, record = excluded.record
$$;

CREATE FUNCTION apply_incident(e events) RETURNS void LANGUAGE plpgsql SET search_path = stowage, pg_temp AS $$
DECLARE
    b jsonb := e.body;
    r jsonb;
    into_r jsonb;
    detail_names text[] := ARRAY(SELECT rtrim(name, '!') FROM jsonb_object_keys(shape_of('incident edited') -> 'details!') AS name);
    before text;
BEGIN
    SELECT record::jsonb INTO r FROM incidents WHERE id = b ->> 'incident';
    PERFORM sound(e.key_id IS NULL AND e.loan_id IS NULL, 'about more than an incident');
    PERFORM sound(e.device_id IS NULL OR EXISTS (SELECT 1 FROM devices WHERE id = e.device_id), 'about no device');
    PERFORM sound(e.holder_id IS NULL OR EXISTS (SELECT 1 FROM holders WHERE id = e.holder_id), 'about nobody');
    PERFORM must(mine_incident(e.device_id, e.holder_id), 'the device or person');
    IF e.kind = 'incident opened' THEN
        PERFORM sound(r IS NULL, 'an incident that is there');
        PERFORM must(e.holder_id IS NULL OR mine((SELECT site FROM holders WHERE id = e.holder_id))
            OR e.holder_id = (SELECT holder_id FROM devices WHERE id = e.device_id), 'the person');
        PERFORM put_incident(jsonb_strip_nulls((b -> 'details') || jsonb_build_object('id', b -> 'incident', 'version', e.number, 'state', 'open',
            'opened', e.time::text, 'by', e.actor::text, 'device', e.device_id::text, 'holder', e.holder_id::text, 'reports', b -> 'reports')));
        RETURN;
    END IF;
    PERFORM sound(r IS NOT NULL AND r ->> 'device' IS NOT DISTINCT FROM e.device_id AND r ->> 'holder' IS NOT DISTINCT FROM e.holder_id, 'another incident');
    PERFORM sound(r ->> 'state' = CASE e.kind WHEN 'incident reopened' THEN 'closed' ELSE 'open' END, 'the incident is ' || (r ->> 'state'));
    IF b ? 'details' THEN
        r := (r - detail_names) || (b -> 'details');
    END IF;
    CASE e.kind
    WHEN 'incident edited' THEN
        NULL;
    WHEN 'incident reported' THEN
        PERFORM sound(jsonb_array_length(b -> 'reports') = 1, 'several reports at once');
        IF NOT coalesce(r -> 'reports', '[]') @> (b -> 'reports') THEN
            r := r || jsonb_build_object('reports', coalesce(r -> 'reports', '[]') || (b -> 'reports'));
        END IF;
    WHEN 'incident listed' THEN
        before := nullif(r ->> 'listing', b ->> 'listing');
        r := r || jsonb_build_object('listing', b -> 'listing', 'listed', b -> 'listed');
    WHEN 'incident decided' THEN
        r := r || jsonb_build_object('decision', b -> 'decision');
    WHEN 'incident closed' THEN
        PERFORM sound(r -> 'decision' ->> 'notify' IN ('yes', 'no'), 'nobody has decided');
        r := r || jsonb_build_object('state', 'closed', 'closed', e.time::text);
        IF coalesce(b ->> 'lessons', '') <> '' THEN
            r := r || jsonb_build_object('lessons', b -> 'lessons');
        END IF;
    WHEN 'incident reopened' THEN
        r := (r - 'closed') || jsonb_build_object('state', 'open', 'reopened', coalesce((r ->> 'reopened')::bigint, 0) + 1);
    WHEN 'incident merged' THEN
        SELECT record::jsonb INTO into_r FROM incidents WHERE id = b ->> 'into' AND id <> b ->> 'incident' AND state = 'open';
        PERFORM sound(into_r IS NOT NULL, 'merged into nothing');
        PERFORM must(mine_incident(into_r ->> 'device', into_r ->> 'holder'), 'the other incident');
        r := r || jsonb_build_object('state', 'merged', 'closed', e.time::text, 'into', b -> 'into');
        into_r := into_r || jsonb_build_object('version', e.number, 'merged', coalesce(into_r -> 'merged', '[]') || (r -> 'id'));
        IF r ? 'reports' THEN
            into_r := into_r || jsonb_build_object('reports', coalesce(into_r -> 'reports', '[]') || (r -> 'reports'));
        END IF;
        IF r ->> 'aware' < into_r ->> 'aware' COLLATE "C" THEN
            into_r := into_r || jsonb_build_object('aware', r -> 'aware');
        END IF;
        PERFORM put_incident(into_r);
    END CASE;
    PERFORM put_incident(r || jsonb_build_object('version', e.number));
    IF before IS NOT NULL THEN
        PERFORM let_go(before);
    END IF;
END $$;

-- The one way in. The blobs are those that the body names by their digests. Number, time, login and hashes are not the caller's to say.
CREATE FUNCTION record_event(kind text, actor text, device text, holder text, key text, loan text, body text, blobs bytea[], hints jsonb)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
#variable_conflict use_column
DECLARE
    e events;
    b jsonb;
    id text;
BEGIN
    SELECT w.last + 1, w.moment, w.login INTO e.number, e.time, e.login FROM begin_writing() AS w;
    PERFORM sound(octet_length(record_event.body) <= 65536 AND octet_length(record_event.hints::text) <= 1048576, 'too large');
    b := record_event.body;
    PERFORM sound(fits(b, shape_of(record_event.kind)), coalesce(record_event.kind, 'of no kind'));
    PERFORM sound(fits(to_jsonb(record_event.actor), '"name"'), 'by nobody');
    FOREACH id IN ARRAY ARRAY[record_event.device, record_event.holder, record_event.key, record_event.loan] LOOP
        PERFORM sound(id IS NULL OR id ~ '^[!-~]{1,64}$', 'not an id');
    END LOOP;
    e.kind := record_event.kind; e.actor := record_event.actor; e.body := canonical(b);
    e.device_id := record_event.device; e.holder_id := record_event.holder; e.key_id := record_event.key; e.loan_id := record_event.loan;
    e.hashes := hashes_of(e);
    PERFORM sound(octet_length(e.body) <= 65536, 'too large');
    PERFORM sound(NOT EXISTS (SELECT 1 FROM digests_in(e.kind, e.body) AS d
        WHERE NOT EXISTS (SELECT 1 FROM unnest(record_event.blobs) AS content WHERE encode(sha256(content), 'hex') = d)), 'without what it names');
    INSERT INTO blobs SELECT DISTINCT d, content FROM digests_in(e.kind, e.body) AS d, unnest(record_event.blobs) AS content
        WHERE encode(sha256(content), 'hex') = d ON CONFLICT DO NOTHING;
    INSERT INTO events (number, time, actor, kind, device_id, holder_id, key_id, loan_id, body, hashes, login)
        VALUES (e.number, e.time, e.actor, e.kind, e.device_id, e.holder_id, e.key_id, e.loan_id, e.body, e.hashes, e.login);
    CASE
    WHEN e.kind LIKE 'holder %' THEN PERFORM apply_holder(e, coalesce(record_event.hints, '{}'));
    WHEN e.kind IN ('device added', 'device imported') THEN PERFORM apply_new_device(e, coalesce(record_event.hints, '{}'));
    WHEN e.kind LIKE 'key %' THEN PERFORM apply_key(e);
    WHEN e.kind LIKE 'incident %' THEN PERFORM apply_incident(e);
    WHEN e.kind = 'document signed' THEN PERFORM apply_document(e, coalesce(record_event.hints, '{}'));
    WHEN e.kind = 'files opened' THEN PERFORM apply_opening(e);
    ELSE PERFORM apply_device(e, coalesce(record_event.hints, '{}'));
    END CASE;
    RETURN e.number;
END $$;

-- A checkpoint that came back. Whether the school signed it is for whoever reads it to check.
CREATE FUNCTION put_witness(note bytea, size bigint, root bytea, place text, device text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = stowage, pg_temp AS $$
DECLARE
    now text := (begin_writing()).moment;
BEGIN
    PERFORM sound(length(put_witness.note) BETWEEN 1 AND 4096 AND put_witness.size >= 0 AND length(put_witness.root) = 32
        AND fits(to_jsonb(put_witness.place), '"line"') AND fits(to_jsonb(put_witness.device), '"line"'), 'no checkpoint');
    INSERT INTO checkpoints (note, size, root, seen, place, device)
        VALUES (put_witness.note, put_witness.size, put_witness.root, now, put_witness.place, put_witness.device) ON CONFLICT DO NOTHING;
END $$;

REVOKE ALL ON ALL TABLES IN SCHEMA stowage FROM PUBLIC, stowage_trust, stowage_site, stowage_auditor;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA stowage FROM PUBLIC, stowage_trust, stowage_site, stowage_auditor;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA stowage FROM PUBLIC, stowage_trust, stowage_site, stowage_auditor;
GRANT EXECUTE ON FUNCTION sees_all(), my_sites(), my_duty(), mine_device(text), mine_holder(text), mine_words(bigint), notes_of_device(bigint),
    recovery_of_device(bigint), notes_of_holder(bigint), read_blob(text), blob_digests(), last_event(), log_hashes(bigint), find_devices(text, boolean, bigint),
    find_holders(text), instr(text, text), terms_of(text, text) TO stowage_trust, stowage_site, stowage_auditor;
GRANT EXECUTE ON FUNCTION begin_writing(), put_witness(bytea, bigint, bytea, text, text),
    record_event(text, text, text, text, text, text, text, bytea[], jsonb) TO stowage_trust, stowage_site;
GRANT SELECT ON version, desks, checkpoints, loans, holder_keys, key_places, incidents, device_words TO stowage_trust, stowage_site, stowage_auditor;
GRANT SELECT ON events, devices, holders, holder_words TO stowage_trust, stowage_auditor;
GRANT SELECT (number, time, actor, kind, device_id, holder_id, key_id, loan_id, body, login) ON events TO stowage_site;
GRANT SELECT (row, id, version, name, email, site, added, left_at, name_fold, email_fold, name_key) ON holders TO stowage_site;
GRANT SELECT (row, id, version, kind, make, model, serial, capacity, label, site, state, since, added, holder_id, holder_name, loan_id, due, encryption,
    seen, label_fold, serial_fold, label_key, serial_key, make_key, model_key, site_key, holder_key, state_rank, seen_at, verified_at) ON devices TO stowage_site;
