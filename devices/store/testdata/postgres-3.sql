-- A register as version 3 of the tables had it, written by ICT of a trust: dumped with pg_dump --schema stowage --inserts --no-owner.
--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: stowage; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA stowage;


--
-- Name: plain; Type: DOMAIN; Schema: stowage; Owner: -
--

CREATE DOMAIN stowage.plain AS text COLLATE pg_catalog."C";


--
-- Name: begin_writing(); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.begin_writing() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'stowage', 'pg_temp'
    AS $$
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


--
-- Name: blob_digests(); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.blob_digests() RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'stowage', 'pg_temp'
    AS $$
    SELECT digest FROM blobs WHERE sees_all() ORDER BY digest
$$;


--
-- Name: drop_blob(text); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.drop_blob(named text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'stowage', 'pg_temp'
    AS $$
BEGIN
    PERFORM begin_writing();
    DELETE FROM blobs WHERE digest = named;
END $$;


--
-- Name: events_stay(); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.events_stay() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed or deleted' USING ERRCODE = 'integrity_constraint_violation';
END $$;


--
-- Name: find_devices(text, boolean, bigint); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.find_devices(wanted text, present_only boolean, most bigint) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30000
    SET search_path TO 'stowage', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
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


--
-- Name: find_holders(text); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.find_holders(wanted text) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'stowage', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
BEGIN
    IF sees_all() OR my_sites() <> '{}' THEN
        RETURN QUERY SELECT rowid FROM holder_words WHERE terms_of(present, NULL) @@ wanted::tsquery;
    END IF;
END $$;


--
-- Name: instr(text, text); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.instr(text, text) RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $_$SELECT strpos($1, $2)$_$;


--
-- Name: last_event(); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.last_event() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'stowage', 'pg_temp'
    AS $$
    SELECT coalesce(max(number), 0) FROM events
$$;


--
-- Name: log_hashes(bigint); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.log_hashes(wanted bigint) RETURNS SETOF bytea
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'stowage', 'pg_temp'
    AS $$
    SELECT hashes FROM events WHERE number = wanted
$$;


--
-- Name: look_again(); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.look_again() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'stowage', 'pg_temp'
    AS $$
BEGIN
    IF sees_all() THEN
        ANALYZE events, devices, holders, loans, holder_keys, key_places, incidents, device_words, holder_words;
    END IF;
END $$;


--
-- Name: mark_moved(); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.mark_moved() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'stowage', 'pg_temp'
    AS $$
BEGIN
    PERFORM begin_writing();
    IF NOT sees_all() THEN
        RAISE EXCEPTION 'this login may not move the register' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE writer SET moved = true;
END $$;


--
-- Name: my_sites(); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.my_sites() RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'stowage', 'pg_temp'
    AS $$
    SELECT coalesce((SELECT sites FROM desks WHERE login = session_user AND duty = 'site'), '{}')
$$;


--
-- Name: next_events(); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.next_events() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'stowage', 'pg_temp'
    AS $$
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


--
-- Name: put_blob(text, bytea); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.put_blob(named text, content bytea) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'stowage', 'pg_temp'
    AS $$
BEGIN
    PERFORM begin_writing();
    INSERT INTO blobs VALUES (named, content) ON CONFLICT DO NOTHING;
END $$;


--
-- Name: read_blob(text); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.read_blob(wanted text) RETURNS SETOF bytea
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'stowage', 'pg_temp'
    AS $$
    SELECT content FROM blobs WHERE digest = wanted
$$;


--
-- Name: sees_all(); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.sees_all() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'stowage', 'pg_temp'
    AS $$
    SELECT pg_has_role(session_user, current_user, 'MEMBER')
        OR EXISTS (SELECT 1 FROM desks WHERE login = session_user AND duty IN ('trust', 'auditor'))
$$;


--
-- Name: site_of_device(text); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.site_of_device(wanted text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'stowage', 'pg_temp'
    AS $$
    SELECT site FROM devices WHERE id = wanted
$$;


--
-- Name: site_of_holder(text); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.site_of_holder(wanted text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'stowage', 'pg_temp'
    AS $$
    SELECT site FROM holders WHERE id = wanted
$$;


--
-- Name: site_of_holder_row(bigint); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.site_of_holder_row(wanted bigint) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'stowage', 'pg_temp'
    AS $$
    SELECT site FROM holders WHERE row = wanted
$$;


--
-- Name: site_of_key(text); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.site_of_key(wanted text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'stowage', 'pg_temp'
    AS $$
    SELECT h.site FROM holder_keys k JOIN holders h ON h.id = k.holder_id WHERE k.id = wanted
$$;


--
-- Name: site_of_row(bigint); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.site_of_row(wanted bigint) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'stowage', 'pg_temp'
    AS $$
    SELECT site FROM devices WHERE row = wanted
$$;


--
-- Name: terms_of(text, text); Type: FUNCTION; Schema: stowage; Owner: -
--

CREATE FUNCTION stowage.terms_of(present text, past text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT array_to_tsvector(string_to_array(present, ' ') || string_to_array(coalesce(past, ''), ' '))
$$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: blobs; Type: TABLE; Schema: stowage; Owner: -
--

CREATE TABLE stowage.blobs (
    digest stowage.plain NOT NULL,
    content bytea NOT NULL
);


--
-- Name: checkpoints; Type: TABLE; Schema: stowage; Owner: -
--

CREATE TABLE stowage.checkpoints (
    "row" bigint NOT NULL,
    note bytea NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    seen stowage.plain NOT NULL,
    place stowage.plain NOT NULL,
    device stowage.plain NOT NULL,
    CONSTRAINT checkpoints_root_check CHECK ((length(root) = 32)),
    CONSTRAINT checkpoints_size_check CHECK ((size >= 0))
);


--
-- Name: checkpoints_row_seq; Type: SEQUENCE; Schema: stowage; Owner: -
--

ALTER TABLE stowage.checkpoints ALTER COLUMN "row" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME stowage.checkpoints_row_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: desks; Type: TABLE; Schema: stowage; Owner: -
--

CREATE TABLE stowage.desks (
    login name NOT NULL,
    duty text NOT NULL,
    sites text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT desks_duty_check CHECK ((duty = ANY (ARRAY['trust'::text, 'site'::text, 'auditor'::text])))
);


--
-- Name: device_words; Type: TABLE; Schema: stowage; Owner: -
--

CREATE TABLE stowage.device_words (
    rowid bigint NOT NULL,
    present stowage.plain NOT NULL,
    past stowage.plain
);


--
-- Name: devices; Type: TABLE; Schema: stowage; Owner: -
--

CREATE TABLE stowage.devices (
    "row" bigint NOT NULL,
    id stowage.plain NOT NULL,
    version bigint NOT NULL,
    kind stowage.plain NOT NULL,
    make stowage.plain NOT NULL,
    model stowage.plain NOT NULL,
    serial stowage.plain NOT NULL,
    capacity bigint NOT NULL,
    label stowage.plain NOT NULL,
    site stowage.plain NOT NULL,
    notes stowage.plain NOT NULL,
    state stowage.plain NOT NULL,
    since stowage.plain NOT NULL,
    added stowage.plain NOT NULL,
    holder_id stowage.plain,
    holder_name stowage.plain NOT NULL,
    loan_id stowage.plain,
    due stowage.plain NOT NULL,
    encryption stowage.plain NOT NULL,
    seen stowage.plain NOT NULL,
    recovery stowage.plain NOT NULL,
    label_fold stowage.plain,
    serial_fold stowage.plain,
    label_key stowage.plain NOT NULL,
    serial_key stowage.plain NOT NULL,
    make_key stowage.plain NOT NULL,
    model_key stowage.plain NOT NULL,
    site_key stowage.plain NOT NULL,
    holder_key stowage.plain NOT NULL,
    state_rank bigint NOT NULL,
    seen_at stowage.plain NOT NULL,
    verified_at stowage.plain NOT NULL,
    CONSTRAINT devices_capacity_check CHECK ((capacity >= 0))
);


--
-- Name: devices_row_seq; Type: SEQUENCE; Schema: stowage; Owner: -
--

ALTER TABLE stowage.devices ALTER COLUMN "row" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME stowage.devices_row_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: events; Type: TABLE; Schema: stowage; Owner: -
--

CREATE TABLE stowage.events (
    number bigint NOT NULL,
    "time" stowage.plain NOT NULL,
    actor stowage.plain NOT NULL,
    kind stowage.plain NOT NULL,
    device_id stowage.plain,
    holder_id stowage.plain,
    key_id stowage.plain,
    loan_id stowage.plain,
    body stowage.plain NOT NULL,
    hashes bytea NOT NULL,
    CONSTRAINT events_number_check CHECK ((number > 0))
);


--
-- Name: holder_keys; Type: TABLE; Schema: stowage; Owner: -
--

CREATE TABLE stowage.holder_keys (
    "row" bigint NOT NULL,
    id stowage.plain NOT NULL,
    version bigint NOT NULL,
    holder_id stowage.plain NOT NULL,
    class stowage.plain NOT NULL,
    recipient stowage.plain NOT NULL,
    status stowage.plain NOT NULL,
    reason stowage.plain NOT NULL,
    issued stowage.plain NOT NULL,
    ended stowage.plain NOT NULL
);


--
-- Name: holder_keys_row_seq; Type: SEQUENCE; Schema: stowage; Owner: -
--

ALTER TABLE stowage.holder_keys ALTER COLUMN "row" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME stowage.holder_keys_row_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: holder_words; Type: TABLE; Schema: stowage; Owner: -
--

CREATE TABLE stowage.holder_words (
    rowid bigint NOT NULL,
    present stowage.plain NOT NULL
);


--
-- Name: holders; Type: TABLE; Schema: stowage; Owner: -
--

CREATE TABLE stowage.holders (
    "row" bigint NOT NULL,
    id stowage.plain NOT NULL,
    version bigint NOT NULL,
    name stowage.plain NOT NULL,
    email stowage.plain NOT NULL,
    site stowage.plain NOT NULL,
    notes stowage.plain NOT NULL,
    added stowage.plain NOT NULL,
    left_at stowage.plain NOT NULL,
    name_fold stowage.plain NOT NULL,
    email_fold stowage.plain NOT NULL,
    name_key stowage.plain NOT NULL
);


--
-- Name: holders_row_seq; Type: SEQUENCE; Schema: stowage; Owner: -
--

ALTER TABLE stowage.holders ALTER COLUMN "row" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME stowage.holders_row_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: incidents; Type: TABLE; Schema: stowage; Owner: -
--

CREATE TABLE stowage.incidents (
    "row" bigint NOT NULL,
    id stowage.plain NOT NULL,
    version bigint NOT NULL,
    state stowage.plain NOT NULL,
    aware stowage.plain NOT NULL,
    device_id stowage.plain,
    holder_id stowage.plain,
    record stowage.plain NOT NULL
);


--
-- Name: incidents_row_seq; Type: SEQUENCE; Schema: stowage; Owner: -
--

ALTER TABLE stowage.incidents ALTER COLUMN "row" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME stowage.incidents_row_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: key_places; Type: TABLE; Schema: stowage; Owner: -
--

CREATE TABLE stowage.key_places (
    key_id stowage.plain NOT NULL,
    device_id stowage.plain NOT NULL
);


--
-- Name: loans; Type: TABLE; Schema: stowage; Owner: -
--

CREATE TABLE stowage.loans (
    "row" bigint NOT NULL,
    id stowage.plain NOT NULL,
    version bigint NOT NULL,
    device_id stowage.plain NOT NULL,
    holder_id stowage.plain NOT NULL,
    begun stowage.plain NOT NULL,
    due stowage.plain NOT NULL,
    extensions bigint NOT NULL,
    ended stowage.plain NOT NULL,
    outcome stowage.plain NOT NULL,
    condition stowage.plain NOT NULL
);


--
-- Name: loans_row_seq; Type: SEQUENCE; Schema: stowage; Owner: -
--

ALTER TABLE stowage.loans ALTER COLUMN "row" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME stowage.loans_row_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: version; Type: TABLE; Schema: stowage; Owner: -
--

CREATE TABLE stowage.version (
    number integer NOT NULL
);


--
-- Name: writer; Type: TABLE; Schema: stowage; Owner: -
--

CREATE TABLE stowage.writer (
    only_row boolean DEFAULT true NOT NULL,
    moved boolean DEFAULT false NOT NULL,
    CONSTRAINT writer_only_row_check CHECK (only_row)
);


--
-- Data for Name: blobs; Type: TABLE DATA; Schema: stowage; Owner: -
--

INSERT INTO stowage.blobs VALUES ('09589ff693a0d01e428d430acfea3932fb70de19486c2212ca124aae99d6bc67', '\x6369706865727465787420666f722034393266636566372d633131392d346465392d613934642d656434653239646163613531');
INSERT INTO stowage.blobs VALUES ('64faa38533a396185280696ddb406876b236a2440c3718dd60e24f92a5ff39de', '\x6369706865727465787420666f722033326462613164622d353136342d346664342d613934622d646239303362333836663031');
INSERT INTO stowage.blobs VALUES ('e3954c7ee3e5dc30246a860e2331fbd42d8d2d1ad89156215d3b92efc2b9ed1a', '\x5468652072756c6573');
INSERT INTO stowage.blobs VALUES ('609f85ade1100b90393edcc5f190e9bae241a4f55c439e5836bc216422c9ef3b', '\x89504e470d0a1a0a0000000d4948445200000003000000020800000000b81f39c60000001249444154789c62626060006140000000ffff002000059445412b0000000049454e44ae426082');
INSERT INTO stowage.blobs VALUES ('f606fa77da3196aa345e80abe268c41dfd6473869efbe163d2ed0f5f97c0c683', '\x6c697374696e672063697068657274657874');


--
-- Data for Name: checkpoints; Type: TABLE DATA; Schema: stowage; Owner: -
--

INSERT INTO stowage.checkpoints OVERRIDING SYSTEM VALUE VALUES (1, '\x61206e6f7465', 21, '\xc038d3e04e5f8e94d0d29bbb503d8a13f939f963f0ce04b199411d5f61a57f44', '2026-09-07T08:52:00Z', 'desk', '');


--
-- Data for Name: desks; Type: TABLE DATA; Schema: stowage; Owner: -
--

INSERT INTO stowage.desks VALUES ('trust', 'trust', '{}');
INSERT INTO stowage.desks VALUES ('north', 'site', '{North}');
INSERT INTO stowage.desks VALUES ('auditor', 'auditor', '{}');


--
-- Data for Name: device_words; Type: TABLE DATA; Schema: stowage; Owner: -
--

INSERT INTO stowage.device_words VALUES (1, 'n 1 sn1 memory stick north ann lee issued', 'ann lee north example reception 1 stowage format m jones');
INSERT INTO stowage.device_words VALUES (2, 's 1 laptop south zoe smith stolen secretword', 'zoe roy south example reception 1 stowage format m jones from the car');


--
-- Data for Name: devices; Type: TABLE DATA; Schema: stowage; Owner: -
--

INSERT INTO stowage.devices OVERRIDING SYSTEM VALUE VALUES (1, '492fcef7-c119-4de9-a94d-ed4e29daca51', 10, 'memory stick', '', '', 'SN1', 32000000000, 'N-1', 'North', '', 'issued', '2026-09-07T08:35:00Z', '2026-09-07T08:33:00Z', '4f63dba4-1804-44aa-bd35-a6dd4b38e1d8', 'Ann Lee', '4e7469ed-778a-4ae0-a30f-74d6f8f4efdb', '2026-10-07T08:35:00Z', '{"method":"Stowage format 1","by":"m.jones","at":"2026-09-07T08:40:00Z","encrypted":true}', '{"at":"2026-09-07T08:39:00Z","place":"Reception \u003c1\u003e","stick":"stick-492fcef7-c119-4de9-a94d-ed4e29daca51","sequence":3,"digest":"d","health":"healthy"}', '{"digest":"09589ff693a0d01e428d430acfea3932fb70de19486c2212ca124aae99d6bc67","stored":"2026-09-07T08:38:00Z"}', 'n-1', 'sn1', 'n-011', 'sn011', '', '', 'north', 'ann lee', 1, '2026-09-07T08:39:00Z', '2026-09-07T08:40:00Z');
INSERT INTO stowage.devices OVERRIDING SYSTEM VALUE VALUES (2, '32dba1db-5164-4fd4-a94b-db903b386f01', 18, 'laptop', '', '', '', 0, 'S-1', 'South', 'secretword', 'stolen', '2026-09-07T08:48:00Z', '2026-09-07T08:34:00Z', '548ee2cf-1980-48c9-ab61-f24a3c40d96d', 'Zoë Smith', '75e2651f-df91-4d6f-83e2-351c8592d37c', '2026-10-07T08:41:00Z', '{"method":"Stowage format 1","by":"m.jones","at":"2026-09-07T08:46:00Z","encrypted":true}', '{"at":"2026-09-07T08:45:00Z","place":"Reception \u003c1\u003e","stick":"stick-32dba1db-5164-4fd4-a94b-db903b386f01","sequence":3,"digest":"d","health":"healthy"}', '{"digest":"64faa38533a396185280696ddb406876b236a2440c3718dd60e24f92a5ff39de","stored":"2026-09-07T08:44:00Z"}', 's-1', NULL, 's-011', '', '', '', 'south', 'zoe smith', 4, '2026-09-07T08:45:00Z', '2026-09-07T08:46:00Z');


--
-- Data for Name: events; Type: TABLE DATA; Schema: stowage; Owner: -
--

INSERT INTO stowage.events VALUES (1, '2026-09-07T08:31:00Z', 'm.jones', 'holder added', NULL, '4f63dba4-1804-44aa-bd35-a6dd4b38e1d8', NULL, NULL, '{"details":{"email":"ann@north.example","name":"Ann Lee","notes":"mornings","site":"North"}}', '\xed8c9cc1ab5ef8e5b36ad1f98147c8d5d5eecd0d0a67ecb8b3819b06bc9b4fb8');
INSERT INTO stowage.events VALUES (2, '2026-09-07T08:32:00Z', 'm.jones', 'holder added', NULL, '548ee2cf-1980-48c9-ab61-f24a3c40d96d', NULL, NULL, '{"details":{"email":"zoe@south.example","name":"Zoë Roy","notes":"allergic to <nuts> & \"bees\"","site":"South"}}', '\x0acc54d82333577ba37bdec089d42b891eae3006cc4f93736de2f11ed48ea7a648c91c1fc973f3f098b1bdf8c1ce8cace38c2ed521473d167495271ad67f74f5');
INSERT INTO stowage.events VALUES (3, '2026-09-07T08:33:00Z', 'm.jones', 'device added', '492fcef7-c119-4de9-a94d-ed4e29daca51', NULL, NULL, NULL, '{"details":{"capacity":32000000000,"kind":"memory stick","label":"N-1","serial":"SN1","site":"North"}}', '\x816af34cb5cbc96e7912e6988e5e81e74d045d1fa68c0cc5e55e362b813d5f59');
INSERT INTO stowage.events VALUES (4, '2026-09-07T08:34:00Z', 'm.jones', 'device added', '32dba1db-5164-4fd4-a94b-db903b386f01', NULL, NULL, NULL, '{"details":{"kind":"laptop","label":"S-1","notes":"secretword","site":"South"}}', '\xe22d53de3ef4ecf0cb83d40f36d60f41e12f063f8ffa2c13d81a6b6fae7a2f4c30cb982ef2783812bcf8b56e52f5f8fbe6364f3c550f2a04be03d4c44be88dcc4d5737d06b6f3b42e5218e460f59c38d5fc2550a1050235fc08c10716397d2ea');
INSERT INTO stowage.events VALUES (5, '2026-09-07T08:35:00Z', 'm.jones', 'device issued', '492fcef7-c119-4de9-a94d-ed4e29daca51', '4f63dba4-1804-44aa-bd35-a6dd4b38e1d8', NULL, '4e7469ed-778a-4ae0-a30f-74d6f8f4efdb', '{"due":"2026-10-07T08:35:00Z","from":"2026-09-07T08:35:00Z"}', '\xa56fcc1ff8cbc91aaf7d2c3b0cff85143d1cbf5b76d217a05aeac7e649dbb6f9');
INSERT INTO stowage.events VALUES (6, '2026-09-07T08:36:00Z', 'm.jones', 'key issued', NULL, '4f63dba4-1804-44aa-bd35-a6dd4b38e1d8', '7a636b7f-04f2-40b6-9e50-a351e59d57d9', NULL, '{"class":"hybrid","recipient":"age14f63dba4-1804-44aa-bd35-a6dd4b38e1d8"}', '\x058d55e7949b61330672911aa1b90b4dcc96aa371113e1d479afce6d739bbf383ad4ea0032bf204a7988e7530d5d9500e4356e7941248e06934946df0d1f77fe');
INSERT INTO stowage.events VALUES (7, '2026-09-07T08:37:00Z', 'm.jones', 'key placed', '492fcef7-c119-4de9-a94d-ed4e29daca51', '4f63dba4-1804-44aa-bd35-a6dd4b38e1d8', '7a636b7f-04f2-40b6-9e50-a351e59d57d9', NULL, '{}', '\xaa88a22705b09638c49364eead085d6f33b47c5a9b876823247d493ff0ac0349');
INSERT INTO stowage.events VALUES (8, '2026-09-07T08:38:00Z', 'm.jones', 'recovery code stored', '492fcef7-c119-4de9-a94d-ed4e29daca51', '4f63dba4-1804-44aa-bd35-a6dd4b38e1d8', NULL, NULL, '{"digest":"09589ff693a0d01e428d430acfea3932fb70de19486c2212ca124aae99d6bc67"}', '\xba31a580b2cf004be0bbe74f7b44091e7ad6504b95dc42159f4b6a6c7ab0cb2a6f45c61bae5d28f8e68e4c8e44d6e9d1981e1fddbad6caf50d2dd0b2ae0d6311d083a10d73a92e733096c1f654607518cf766684afe4470c3e6ee37eb6300fb7613b3449e2cb975c01ab249e12078e471d59d7bdeaf0f37930e54168b4a6cdc5');
INSERT INTO stowage.events VALUES (9, '2026-09-07T08:39:00Z', 'm.jones', 'device seen', '492fcef7-c119-4de9-a94d-ed4e29daca51', '4f63dba4-1804-44aa-bd35-a6dd4b38e1d8', NULL, NULL, '{"at":"2026-09-07T08:39:00Z","digest":"d","health":"healthy","place":"Reception <1>","sequence":3,"stick":"stick-492fcef7-c119-4de9-a94d-ed4e29daca51"}', '\xb38fa8355477f47815b893216a7a4297a74233bf975a97e49dbd88ad1b78ef4f');
INSERT INTO stowage.events VALUES (10, '2026-09-07T08:40:00Z', 'm.jones', 'device verified', '492fcef7-c119-4de9-a94d-ed4e29daca51', '4f63dba4-1804-44aa-bd35-a6dd4b38e1d8', NULL, NULL, '{"at":"2026-09-07T08:40:00Z","by":"m.jones","encrypted":true,"method":"Stowage format 1"}', '\x4d54b27cea1493c8475dadf9d6ea876f6a425c4ddd3e48253095fc0326b961bd43bbc1953cb6b332dcc4cb97e4d00c662d8997e352e975c480ec5268e5c8b6f0');
INSERT INTO stowage.events VALUES (11, '2026-09-07T08:41:00Z', 'm.jones', 'device issued', '32dba1db-5164-4fd4-a94b-db903b386f01', '548ee2cf-1980-48c9-ab61-f24a3c40d96d', NULL, '75e2651f-df91-4d6f-83e2-351c8592d37c', '{"due":"2026-10-07T08:41:00Z","from":"2026-09-07T08:41:00Z"}', '\xd997d38e6616b805dddc9cb1592eefa4108e1401bc5b2434539f531f21033c03');
INSERT INTO stowage.events VALUES (12, '2026-09-07T08:42:00Z', 'm.jones', 'key issued', NULL, '548ee2cf-1980-48c9-ab61-f24a3c40d96d', '49088941-8bbe-46e5-8634-a2bfaf78344d', NULL, '{"class":"hybrid","recipient":"age1548ee2cf-1980-48c9-ab61-f24a3c40d96d"}', '\x71802b5d436c6e745187830d425190a13a2dc95ee839c00ecfba8d57ac046965c3b87aec61d7a996a6da6f0d711f9287245c1f80d81361392adc46467585acbce7da4ceb175ec3af8fd9c77009c38cdbcc4cb75dcf2dcb35a1567d09fb4ae333');
INSERT INTO stowage.events VALUES (13, '2026-09-07T08:43:00Z', 'm.jones', 'key placed', '32dba1db-5164-4fd4-a94b-db903b386f01', '548ee2cf-1980-48c9-ab61-f24a3c40d96d', '49088941-8bbe-46e5-8634-a2bfaf78344d', NULL, '{}', '\x02db8a4eb7a6073ae364d76808d959b19d485286b631d5c5ddf94e68aff00873');
INSERT INTO stowage.events VALUES (14, '2026-09-07T08:44:00Z', 'm.jones', 'recovery code stored', '32dba1db-5164-4fd4-a94b-db903b386f01', '548ee2cf-1980-48c9-ab61-f24a3c40d96d', NULL, NULL, '{"digest":"64faa38533a396185280696ddb406876b236a2440c3718dd60e24f92a5ff39de"}', '\x8def0fb8024f78e09cf7e137d5a268bf471b55850ef28414a2b0b3d29af11ab635898a488224b92645292e83aadfd5a0643540c2a1ab2518cda992b581059107');
INSERT INTO stowage.events VALUES (15, '2026-09-07T08:45:00Z', 'm.jones', 'device seen', '32dba1db-5164-4fd4-a94b-db903b386f01', '548ee2cf-1980-48c9-ab61-f24a3c40d96d', NULL, NULL, '{"at":"2026-09-07T08:45:00Z","digest":"d","health":"healthy","place":"Reception <1>","sequence":3,"stick":"stick-32dba1db-5164-4fd4-a94b-db903b386f01"}', '\xd9b735e66973e8140f7ab7c432ec198dba777afd7c470301e178123f572883f7');
INSERT INTO stowage.events VALUES (16, '2026-09-07T08:46:00Z', 'm.jones', 'device verified', '32dba1db-5164-4fd4-a94b-db903b386f01', '548ee2cf-1980-48c9-ab61-f24a3c40d96d', NULL, NULL, '{"at":"2026-09-07T08:46:00Z","by":"m.jones","encrypted":true,"method":"Stowage format 1"}', '\xf3d9b3a223b60f4c85601eebb65aef524388c05141ef24860954e97f5d7d1fc01e5e531bfa070f23b44c171f883503aaa48499460f55c758d5ea2d308048da2c74a4db8113306dfbbb40133a1df9fd6def69c61e7d8e9e376b2bce5e1f3eb3a6788ca6e8f47f8c4bef4e0750e6a92728feb51a00776dbb8f450ef78c2631470d827e9d9389cd0416247ef3632f205de17e4841e1709b21afbee3cd458d600f53');
INSERT INTO stowage.events VALUES (17, '2026-09-07T08:47:00Z', 'm.jones', 'document signed', '32dba1db-5164-4fd4-a94b-db903b386f01', '548ee2cf-1980-48c9-ab61-f24a3c40d96d', NULL, '75e2651f-df91-4d6f-83e2-351c8592d37c', '{"document":"rules accepted","name":"Zoë Roy","signature":"609f85ade1100b90393edcc5f190e9bae241a4f55c439e5836bc216422c9ef3b","signed":"2026-09-07T08:47:00Z","text":"e3954c7ee3e5dc30246a860e2331fbd42d8d2d1ad89156215d3b92efc2b9ed1a"}', '\x430a11bae00ba9b597151d174033b24eab4b4904c8e99529184074b8a3d0bb50');
INSERT INTO stowage.events VALUES (18, '2026-09-07T08:48:00Z', 'm.jones', 'device stolen', '32dba1db-5164-4fd4-a94b-db903b386f01', '548ee2cf-1980-48c9-ab61-f24a3c40d96d', NULL, '75e2651f-df91-4d6f-83e2-351c8592d37c', '{"note":"from the car"}', '\x746d937c4601a1c1dac83d8b5aa6d7926513d4f30d0326c84b885b2200b470a14c0f7cfb51831b466eeee51ba972f47c4e6847270549e3294e1a00ae15dadf4d');
INSERT INTO stowage.events VALUES (19, '2026-09-07T08:49:00Z', 'm.jones', 'incident opened', '32dba1db-5164-4fd4-a94b-db903b386f01', '548ee2cf-1980-48c9-ab61-f24a3c40d96d', NULL, NULL, '{"details":{"aware":"2026-09-07T08:49:00Z","circumstances":"from the car","kind":"stolen"},"incident":"d437f952-a85b-4418-a226-3474f7aa9277","reports":["report-1"]}', '\xdb4a8d48f4f68ebc27e560f3b840bb9decc10e0eb434f601375a74dd86588ab3');
INSERT INTO stowage.events VALUES (20, '2026-09-07T08:50:00Z', 'm.jones', 'incident listed', '32dba1db-5164-4fd4-a94b-db903b386f01', '548ee2cf-1980-48c9-ab61-f24a3c40d96d', NULL, NULL, '{"incident":"d437f952-a85b-4418-a226-3474f7aa9277","listed":"2026-09-07T08:50:00Z","listing":"f606fa77da3196aa345e80abe268c41dfd6473869efbe163d2ed0f5f97c0c683"}', '\x4093adec5caa18a2edf849b7e7252cfb81ee6a26fe8b6f41e109a184c45b80a78a609abfdb56d054c0aef121d5ce6ba6e05af2f72f4fd85b656be2299381841519e9587d0271632cf59ebae0bd6eb3c47659357babfeac34e5945e11ab76ffbf');
INSERT INTO stowage.events VALUES (21, '2026-09-07T08:51:00Z', 'm.jones', 'incident decided', '32dba1db-5164-4fd4-a94b-db903b386f01', '548ee2cf-1980-48c9-ab61-f24a3c40d96d', NULL, NULL, '{"decision":{"at":"2026-09-07T08:51:00Z","by":"Head","notify":"no","why":"encrypted"},"incident":"d437f952-a85b-4418-a226-3474f7aa9277"}', '\x9788761042473f01bddea106e3f93719cfdd3ba31febfef502c4f5a3f66c2841');
INSERT INTO stowage.events VALUES (22, '2026-09-07T08:53:00Z', 'm.jones', 'holder edited', NULL, '548ee2cf-1980-48c9-ab61-f24a3c40d96d', NULL, NULL, '{"details":{"email":"zoe@south.example","name":"Zoë Smith","notes":"allergic to <nuts> & \"bees\"","site":"South"}}', '\x0bbd56266f41d2c67c51356ea4e30eec16c2645af9965fd352f409d3fb5db1cf19054cbddfe28c6b785239c7f87544f798006ac758cebdb3d4a6ca82a9dad79e');


--
-- Data for Name: holder_keys; Type: TABLE DATA; Schema: stowage; Owner: -
--

INSERT INTO stowage.holder_keys OVERRIDING SYSTEM VALUE VALUES (1, '7a636b7f-04f2-40b6-9e50-a351e59d57d9', 7, '4f63dba4-1804-44aa-bd35-a6dd4b38e1d8', 'hybrid', 'age14f63dba4-1804-44aa-bd35-a6dd4b38e1d8', 'issued', '', '2026-09-07T08:36:00Z', '');
INSERT INTO stowage.holder_keys OVERRIDING SYSTEM VALUE VALUES (3, '49088941-8bbe-46e5-8634-a2bfaf78344d', 13, '548ee2cf-1980-48c9-ab61-f24a3c40d96d', 'hybrid', 'age1548ee2cf-1980-48c9-ab61-f24a3c40d96d', 'issued', '', '2026-09-07T08:42:00Z', '');


--
-- Data for Name: holder_words; Type: TABLE DATA; Schema: stowage; Owner: -
--

INSERT INTO stowage.holder_words VALUES (1, 'ann lee north example mornings');
INSERT INTO stowage.holder_words VALUES (2, 'zoe smith south example allergic to nuts bees');


--
-- Data for Name: holders; Type: TABLE DATA; Schema: stowage; Owner: -
--

INSERT INTO stowage.holders OVERRIDING SYSTEM VALUE VALUES (1, '4f63dba4-1804-44aa-bd35-a6dd4b38e1d8', 1, 'Ann Lee', 'ann@north.example', 'North', 'mornings', '2026-09-07T08:31:00Z', '', 'ann lee', 'ann@north.example', 'ann lee');
INSERT INTO stowage.holders OVERRIDING SYSTEM VALUE VALUES (2, '548ee2cf-1980-48c9-ab61-f24a3c40d96d', 22, 'Zoë Smith', 'zoe@south.example', 'South', 'allergic to <nuts> & "bees"', '2026-09-07T08:32:00Z', '', 'zoe smith', 'zoe@south.example', 'zoe smith');


--
-- Data for Name: incidents; Type: TABLE DATA; Schema: stowage; Owner: -
--

INSERT INTO stowage.incidents OVERRIDING SYSTEM VALUE VALUES (1, 'd437f952-a85b-4418-a226-3474f7aa9277', 21, 'open', '2026-09-07T08:49:00Z', '32dba1db-5164-4fd4-a94b-db903b386f01', '548ee2cf-1980-48c9-ab61-f24a3c40d96d', '{"id":"d437f952-a85b-4418-a226-3474f7aa9277","version":21,"kind":"stolen","aware":"2026-09-07T08:49:00Z","circumstances":"from the car","state":"open","opened":"2026-09-07T08:49:00Z","by":"m.jones","device":"32dba1db-5164-4fd4-a94b-db903b386f01","holder":"548ee2cf-1980-48c9-ab61-f24a3c40d96d","reports":["report-1"],"listing":"f606fa77da3196aa345e80abe268c41dfd6473869efbe163d2ed0f5f97c0c683","listed":"2026-09-07T08:50:00Z","decision":{"notify":"no","why":"encrypted","by":"Head","at":"2026-09-07T08:51:00Z"}}');


--
-- Data for Name: key_places; Type: TABLE DATA; Schema: stowage; Owner: -
--

INSERT INTO stowage.key_places VALUES ('7a636b7f-04f2-40b6-9e50-a351e59d57d9', '492fcef7-c119-4de9-a94d-ed4e29daca51');
INSERT INTO stowage.key_places VALUES ('49088941-8bbe-46e5-8634-a2bfaf78344d', '32dba1db-5164-4fd4-a94b-db903b386f01');


--
-- Data for Name: loans; Type: TABLE DATA; Schema: stowage; Owner: -
--

INSERT INTO stowage.loans OVERRIDING SYSTEM VALUE VALUES (1, '4e7469ed-778a-4ae0-a30f-74d6f8f4efdb', 5, '492fcef7-c119-4de9-a94d-ed4e29daca51', '4f63dba4-1804-44aa-bd35-a6dd4b38e1d8', '2026-09-07T08:35:00Z', '2026-10-07T08:35:00Z', 0, '', '', '');
INSERT INTO stowage.loans OVERRIDING SYSTEM VALUE VALUES (2, '75e2651f-df91-4d6f-83e2-351c8592d37c', 11, '32dba1db-5164-4fd4-a94b-db903b386f01', '548ee2cf-1980-48c9-ab61-f24a3c40d96d', '2026-09-07T08:41:00Z', '2026-10-07T08:41:00Z', 0, '', '', '');


--
-- Data for Name: version; Type: TABLE DATA; Schema: stowage; Owner: -
--

INSERT INTO stowage.version VALUES (3);


--
-- Data for Name: writer; Type: TABLE DATA; Schema: stowage; Owner: -
--

INSERT INTO stowage.writer VALUES (true, false);


--
-- Name: checkpoints_row_seq; Type: SEQUENCE SET; Schema: stowage; Owner: -
--

SELECT pg_catalog.setval('stowage.checkpoints_row_seq', 1, true);


--
-- Name: devices_row_seq; Type: SEQUENCE SET; Schema: stowage; Owner: -
--

SELECT pg_catalog.setval('stowage.devices_row_seq', 12, true);


--
-- Name: holder_keys_row_seq; Type: SEQUENCE SET; Schema: stowage; Owner: -
--

SELECT pg_catalog.setval('stowage.holder_keys_row_seq', 4, true);


--
-- Name: holders_row_seq; Type: SEQUENCE SET; Schema: stowage; Owner: -
--

SELECT pg_catalog.setval('stowage.holders_row_seq', 3, true);


--
-- Name: incidents_row_seq; Type: SEQUENCE SET; Schema: stowage; Owner: -
--

SELECT pg_catalog.setval('stowage.incidents_row_seq', 3, true);


--
-- Name: loans_row_seq; Type: SEQUENCE SET; Schema: stowage; Owner: -
--

SELECT pg_catalog.setval('stowage.loans_row_seq', 2, true);


--
-- Name: blobs blobs_pkey; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.blobs
    ADD CONSTRAINT blobs_pkey PRIMARY KEY (digest);


--
-- Name: checkpoints checkpoints_note_key; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.checkpoints
    ADD CONSTRAINT checkpoints_note_key UNIQUE (note);


--
-- Name: checkpoints checkpoints_pkey; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.checkpoints
    ADD CONSTRAINT checkpoints_pkey PRIMARY KEY ("row");


--
-- Name: desks desks_pkey; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.desks
    ADD CONSTRAINT desks_pkey PRIMARY KEY (login);


--
-- Name: device_words device_words_pkey; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.device_words
    ADD CONSTRAINT device_words_pkey PRIMARY KEY (rowid);

ALTER TABLE stowage.device_words CLUSTER ON device_words_pkey;


--
-- Name: devices devices_id_key; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.devices
    ADD CONSTRAINT devices_id_key UNIQUE (id);


--
-- Name: devices devices_label_fold_key; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.devices
    ADD CONSTRAINT devices_label_fold_key UNIQUE (label_fold);


--
-- Name: devices devices_pkey; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.devices
    ADD CONSTRAINT devices_pkey PRIMARY KEY ("row");


--
-- Name: devices devices_serial_fold_key; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.devices
    ADD CONSTRAINT devices_serial_fold_key UNIQUE (serial_fold);


--
-- Name: events events_pkey; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (number);


--
-- Name: holder_keys holder_keys_id_key; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.holder_keys
    ADD CONSTRAINT holder_keys_id_key UNIQUE (id);


--
-- Name: holder_keys holder_keys_pkey; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.holder_keys
    ADD CONSTRAINT holder_keys_pkey PRIMARY KEY ("row");


--
-- Name: holder_keys holder_keys_recipient_key; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.holder_keys
    ADD CONSTRAINT holder_keys_recipient_key UNIQUE (recipient);


--
-- Name: holder_words holder_words_pkey; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.holder_words
    ADD CONSTRAINT holder_words_pkey PRIMARY KEY (rowid);

ALTER TABLE stowage.holder_words CLUSTER ON holder_words_pkey;


--
-- Name: holders holders_id_key; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.holders
    ADD CONSTRAINT holders_id_key UNIQUE (id);


--
-- Name: holders holders_pkey; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.holders
    ADD CONSTRAINT holders_pkey PRIMARY KEY ("row");


--
-- Name: incidents incidents_id_key; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.incidents
    ADD CONSTRAINT incidents_id_key UNIQUE (id);


--
-- Name: incidents incidents_pkey; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.incidents
    ADD CONSTRAINT incidents_pkey PRIMARY KEY ("row");


--
-- Name: key_places key_places_pkey; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.key_places
    ADD CONSTRAINT key_places_pkey PRIMARY KEY (key_id, device_id);


--
-- Name: loans loans_id_key; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.loans
    ADD CONSTRAINT loans_id_key UNIQUE (id);


--
-- Name: loans loans_pkey; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.loans
    ADD CONSTRAINT loans_pkey PRIMARY KEY ("row");


--
-- Name: writer writer_pkey; Type: CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.writer
    ADD CONSTRAINT writer_pkey PRIMARY KEY (only_row);


--
-- Name: checkpoints_size; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX checkpoints_size ON stowage.checkpoints USING btree (size);


--
-- Name: device_words_all; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX device_words_all ON stowage.device_words USING gin (stowage.terms_of((present)::text, (past)::text));


--
-- Name: device_words_present; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX device_words_present ON stowage.device_words USING gin (stowage.terms_of((present)::text, NULL::text));


--
-- Name: devices_by_added; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX devices_by_added ON stowage.devices USING btree (added, "row");


--
-- Name: devices_by_capacity; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX devices_by_capacity ON stowage.devices USING btree (capacity, "row");


--
-- Name: devices_by_due; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX devices_by_due ON stowage.devices USING btree (due, "row");


--
-- Name: devices_by_holder_key; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX devices_by_holder_key ON stowage.devices USING btree (holder_key, "row");


--
-- Name: devices_by_kind; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX devices_by_kind ON stowage.devices USING btree (kind, "row");


--
-- Name: devices_by_label_key; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX devices_by_label_key ON stowage.devices USING btree (label_key, "row");


--
-- Name: devices_by_make_key; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX devices_by_make_key ON stowage.devices USING btree (make_key, "row");


--
-- Name: devices_by_model_key; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX devices_by_model_key ON stowage.devices USING btree (model_key, "row");


--
-- Name: devices_by_seen_at; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX devices_by_seen_at ON stowage.devices USING btree (seen_at, "row");


--
-- Name: devices_by_serial_key; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX devices_by_serial_key ON stowage.devices USING btree (serial_key, "row");


--
-- Name: devices_by_since; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX devices_by_since ON stowage.devices USING btree (since, "row");


--
-- Name: devices_by_site_key; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX devices_by_site_key ON stowage.devices USING btree (site_key, "row");


--
-- Name: devices_by_state_rank; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX devices_by_state_rank ON stowage.devices USING btree (state_rank, "row");


--
-- Name: devices_by_verified_at; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX devices_by_verified_at ON stowage.devices USING btree (verified_at, "row");


--
-- Name: devices_filters; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX devices_filters ON stowage.devices USING btree (state_rank, kind, site, due, seen_at, verified_at, holder_id) INCLUDE ("row", state, label_key, site_key, holder_key, capacity, added, since);


--
-- Name: devices_holder_id; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX devices_holder_id ON stowage.devices USING btree (holder_id);


--
-- Name: devices_loan_id; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX devices_loan_id ON stowage.devices USING btree (loan_id);


--
-- Name: devices_site; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX devices_site ON stowage.devices USING btree (site, "row");


--
-- Name: events_device; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX events_device ON stowage.events USING btree (device_id, number) WHERE (device_id IS NOT NULL);


--
-- Name: events_holder; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX events_holder ON stowage.events USING btree (holder_id, number) WHERE (holder_id IS NOT NULL);


--
-- Name: events_key; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX events_key ON stowage.events USING btree (key_id, number) WHERE (key_id IS NOT NULL);


--
-- Name: events_kind; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX events_kind ON stowage.events USING btree (kind, number);


--
-- Name: events_time; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX events_time ON stowage.events USING btree ("time");


--
-- Name: holder_keys_holder; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX holder_keys_holder ON stowage.holder_keys USING btree (holder_id);


--
-- Name: holder_words_present; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX holder_words_present ON stowage.holder_words USING gin (stowage.terms_of((present)::text, NULL::text));


--
-- Name: holders_email; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX holders_email ON stowage.holders USING btree (email_fold);


--
-- Name: holders_name; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX holders_name ON stowage.holders USING btree (name_fold);


--
-- Name: holders_order; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX holders_order ON stowage.holders USING btree (name_key, "row");


--
-- Name: incidents_device; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX incidents_device ON stowage.incidents USING btree (device_id);


--
-- Name: incidents_holder; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX incidents_holder ON stowage.incidents USING btree (holder_id);


--
-- Name: key_places_device; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX key_places_device ON stowage.key_places USING btree (device_id);


--
-- Name: loans_device; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX loans_device ON stowage.loans USING btree (device_id);


--
-- Name: loans_holder; Type: INDEX; Schema: stowage; Owner: -
--

CREATE INDEX loans_holder ON stowage.loans USING btree (holder_id);


--
-- Name: events events_next; Type: TRIGGER; Schema: stowage; Owner: -
--

CREATE TRIGGER events_next AFTER INSERT ON stowage.events REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION stowage.next_events();


--
-- Name: events events_stay; Type: TRIGGER; Schema: stowage; Owner: -
--

CREATE TRIGGER events_stay BEFORE DELETE OR UPDATE OR TRUNCATE ON stowage.events FOR EACH STATEMENT EXECUTE FUNCTION stowage.events_stay();


--
-- Name: devices devices_holder_id_fkey; Type: FK CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.devices
    ADD CONSTRAINT devices_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES stowage.holders(id) DEFERRABLE INITIALLY DEFERRED;


--
-- Name: devices devices_loan_id_fkey; Type: FK CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.devices
    ADD CONSTRAINT devices_loan_id_fkey FOREIGN KEY (loan_id) REFERENCES stowage.loans(id) DEFERRABLE INITIALLY DEFERRED;


--
-- Name: holder_keys holder_keys_holder_id_fkey; Type: FK CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.holder_keys
    ADD CONSTRAINT holder_keys_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES stowage.holders(id) DEFERRABLE INITIALLY DEFERRED;


--
-- Name: incidents incidents_device_id_fkey; Type: FK CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.incidents
    ADD CONSTRAINT incidents_device_id_fkey FOREIGN KEY (device_id) REFERENCES stowage.devices(id) DEFERRABLE INITIALLY DEFERRED;


--
-- Name: incidents incidents_holder_id_fkey; Type: FK CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.incidents
    ADD CONSTRAINT incidents_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES stowage.holders(id) DEFERRABLE INITIALLY DEFERRED;


--
-- Name: key_places key_places_device_id_fkey; Type: FK CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.key_places
    ADD CONSTRAINT key_places_device_id_fkey FOREIGN KEY (device_id) REFERENCES stowage.devices(id) DEFERRABLE INITIALLY DEFERRED;


--
-- Name: key_places key_places_key_id_fkey; Type: FK CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.key_places
    ADD CONSTRAINT key_places_key_id_fkey FOREIGN KEY (key_id) REFERENCES stowage.holder_keys(id) DEFERRABLE INITIALLY DEFERRED;


--
-- Name: loans loans_device_id_fkey; Type: FK CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.loans
    ADD CONSTRAINT loans_device_id_fkey FOREIGN KEY (device_id) REFERENCES stowage.devices(id) DEFERRABLE INITIALLY DEFERRED;


--
-- Name: loans loans_holder_id_fkey; Type: FK CONSTRAINT; Schema: stowage; Owner: -
--

ALTER TABLE ONLY stowage.loans
    ADD CONSTRAINT loans_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES stowage.holders(id) DEFERRABLE INITIALLY DEFERRED;


--
-- Name: checkpoints; Type: ROW SECURITY; Schema: stowage; Owner: -
--

ALTER TABLE stowage.checkpoints ENABLE ROW LEVEL SECURITY;

--
-- Name: checkpoints checkpoints_all; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY checkpoints_all ON stowage.checkpoints USING ((( SELECT stowage.sees_all() AS sees_all) OR (( SELECT stowage.my_sites() AS my_sites) <> '{}'::text[])));


--
-- Name: desks; Type: ROW SECURITY; Schema: stowage; Owner: -
--

ALTER TABLE stowage.desks ENABLE ROW LEVEL SECURITY;

--
-- Name: desks desks_own; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY desks_own ON stowage.desks FOR SELECT USING ((login = SESSION_USER));


--
-- Name: device_words; Type: ROW SECURITY; Schema: stowage; Owner: -
--

ALTER TABLE stowage.device_words ENABLE ROW LEVEL SECURITY;

--
-- Name: device_words device_words_delete; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY device_words_delete ON stowage.device_words FOR DELETE USING ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_row(rowid) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: device_words device_words_insert; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY device_words_insert ON stowage.device_words FOR INSERT WITH CHECK ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_row(rowid) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: device_words device_words_read; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY device_words_read ON stowage.device_words FOR SELECT USING ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_row(rowid) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: device_words device_words_update; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY device_words_update ON stowage.device_words FOR UPDATE USING ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_row(rowid) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: devices; Type: ROW SECURITY; Schema: stowage; Owner: -
--

ALTER TABLE stowage.devices ENABLE ROW LEVEL SECURITY;

--
-- Name: devices devices_delete; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY devices_delete ON stowage.devices FOR DELETE USING ((( SELECT stowage.sees_all() AS sees_all) OR ((site)::text = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: devices devices_insert; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY devices_insert ON stowage.devices FOR INSERT WITH CHECK ((( SELECT stowage.sees_all() AS sees_all) OR ((site)::text = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: devices devices_read; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY devices_read ON stowage.devices FOR SELECT USING ((( SELECT stowage.sees_all() AS sees_all) OR ((site)::text = ANY (( SELECT stowage.my_sites() AS my_sites)::text[])) OR (((state)::text = ANY (ARRAY['lost'::text, 'stolen'::text])) AND (( SELECT stowage.my_sites() AS my_sites) <> '{}'::text[]))));


--
-- Name: devices devices_update; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY devices_update ON stowage.devices FOR UPDATE USING ((( SELECT stowage.sees_all() AS sees_all) OR ((site)::text = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: events; Type: ROW SECURITY; Schema: stowage; Owner: -
--

ALTER TABLE stowage.events ENABLE ROW LEVEL SECURITY;

--
-- Name: events events_insert; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY events_insert ON stowage.events FOR INSERT WITH CHECK ((( SELECT stowage.sees_all() AS sees_all) OR (((device_id IS NOT NULL) OR (holder_id IS NOT NULL)) AND ((device_id IS NULL) OR (stowage.site_of_device((device_id)::text) IS NULL) OR (stowage.site_of_device((device_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))) AND ((holder_id IS NULL) OR (device_id IS NOT NULL) OR (stowage.site_of_holder((holder_id)::text) IS NULL) OR (stowage.site_of_holder((holder_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))))));


--
-- Name: events events_read; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY events_read ON stowage.events FOR SELECT USING ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_device((device_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[])) OR (stowage.site_of_holder((holder_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: holder_keys; Type: ROW SECURITY; Schema: stowage; Owner: -
--

ALTER TABLE stowage.holder_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: holder_keys holder_keys_delete; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY holder_keys_delete ON stowage.holder_keys FOR DELETE USING ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_holder((holder_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: holder_keys holder_keys_insert; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY holder_keys_insert ON stowage.holder_keys FOR INSERT WITH CHECK ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_holder((holder_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: holder_keys holder_keys_read; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY holder_keys_read ON stowage.holder_keys FOR SELECT USING ((( SELECT stowage.sees_all() AS sees_all) OR (( SELECT stowage.my_sites() AS my_sites) <> '{}'::text[])));


--
-- Name: holder_keys holder_keys_update; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY holder_keys_update ON stowage.holder_keys FOR UPDATE USING ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_holder((holder_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: holder_words; Type: ROW SECURITY; Schema: stowage; Owner: -
--

ALTER TABLE stowage.holder_words ENABLE ROW LEVEL SECURITY;

--
-- Name: holder_words holder_words_delete; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY holder_words_delete ON stowage.holder_words FOR DELETE USING ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_holder_row(rowid) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: holder_words holder_words_insert; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY holder_words_insert ON stowage.holder_words FOR INSERT WITH CHECK ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_holder_row(rowid) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: holder_words holder_words_read; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY holder_words_read ON stowage.holder_words FOR SELECT USING ((( SELECT stowage.sees_all() AS sees_all) OR (( SELECT stowage.my_sites() AS my_sites) <> '{}'::text[])));


--
-- Name: holder_words holder_words_update; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY holder_words_update ON stowage.holder_words FOR UPDATE USING ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_holder_row(rowid) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: holders; Type: ROW SECURITY; Schema: stowage; Owner: -
--

ALTER TABLE stowage.holders ENABLE ROW LEVEL SECURITY;

--
-- Name: holders holders_delete; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY holders_delete ON stowage.holders FOR DELETE USING ((( SELECT stowage.sees_all() AS sees_all) OR ((site)::text = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: holders holders_insert; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY holders_insert ON stowage.holders FOR INSERT WITH CHECK ((( SELECT stowage.sees_all() AS sees_all) OR ((site)::text = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: holders holders_read; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY holders_read ON stowage.holders FOR SELECT USING ((( SELECT stowage.sees_all() AS sees_all) OR (( SELECT stowage.my_sites() AS my_sites) <> '{}'::text[])));


--
-- Name: holders holders_update; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY holders_update ON stowage.holders FOR UPDATE USING ((( SELECT stowage.sees_all() AS sees_all) OR ((site)::text = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: incidents; Type: ROW SECURITY; Schema: stowage; Owner: -
--

ALTER TABLE stowage.incidents ENABLE ROW LEVEL SECURITY;

--
-- Name: incidents incidents_delete; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY incidents_delete ON stowage.incidents FOR DELETE USING ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_device((device_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[])) OR ((device_id IS NULL) AND (stowage.site_of_holder((holder_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[])))));


--
-- Name: incidents incidents_insert; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY incidents_insert ON stowage.incidents FOR INSERT WITH CHECK ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_device((device_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[])) OR ((device_id IS NULL) AND (stowage.site_of_holder((holder_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[])))));


--
-- Name: incidents incidents_read; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY incidents_read ON stowage.incidents FOR SELECT USING ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_device((device_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[])) OR (stowage.site_of_holder((holder_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: incidents incidents_update; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY incidents_update ON stowage.incidents FOR UPDATE USING ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_device((device_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[])) OR ((device_id IS NULL) AND (stowage.site_of_holder((holder_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[])))));


--
-- Name: key_places; Type: ROW SECURITY; Schema: stowage; Owner: -
--

ALTER TABLE stowage.key_places ENABLE ROW LEVEL SECURITY;

--
-- Name: key_places key_places_delete; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY key_places_delete ON stowage.key_places FOR DELETE USING ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_device((device_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[])) OR (stowage.site_of_key((key_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: key_places key_places_insert; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY key_places_insert ON stowage.key_places FOR INSERT WITH CHECK ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_device((device_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[])) OR (stowage.site_of_key((key_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: key_places key_places_read; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY key_places_read ON stowage.key_places FOR SELECT USING ((( SELECT stowage.sees_all() AS sees_all) OR (( SELECT stowage.my_sites() AS my_sites) <> '{}'::text[])));


--
-- Name: key_places key_places_update; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY key_places_update ON stowage.key_places FOR UPDATE USING ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_device((device_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[])) OR (stowage.site_of_key((key_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: loans; Type: ROW SECURITY; Schema: stowage; Owner: -
--

ALTER TABLE stowage.loans ENABLE ROW LEVEL SECURITY;

--
-- Name: loans loans_delete; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY loans_delete ON stowage.loans FOR DELETE USING ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_device((device_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: loans loans_insert; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY loans_insert ON stowage.loans FOR INSERT WITH CHECK ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_device((device_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: loans loans_read; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY loans_read ON stowage.loans FOR SELECT USING ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_device((device_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[])) OR (stowage.site_of_holder((holder_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: loans loans_update; Type: POLICY; Schema: stowage; Owner: -
--

CREATE POLICY loans_update ON stowage.loans FOR UPDATE USING ((( SELECT stowage.sees_all() AS sees_all) OR (stowage.site_of_device((device_id)::text) = ANY (( SELECT stowage.my_sites() AS my_sites)::text[]))));


--
-- Name: SCHEMA stowage; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA stowage TO stowage_trust;
GRANT USAGE ON SCHEMA stowage TO stowage_site;
GRANT USAGE ON SCHEMA stowage TO stowage_auditor;


--
-- Name: FUNCTION begin_writing(); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.begin_writing() FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.begin_writing() TO stowage_trust;
GRANT ALL ON FUNCTION stowage.begin_writing() TO stowage_site;
GRANT ALL ON FUNCTION stowage.begin_writing() TO stowage_auditor;


--
-- Name: FUNCTION blob_digests(); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.blob_digests() FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.blob_digests() TO stowage_trust;
GRANT ALL ON FUNCTION stowage.blob_digests() TO stowage_site;
GRANT ALL ON FUNCTION stowage.blob_digests() TO stowage_auditor;


--
-- Name: FUNCTION drop_blob(named text); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.drop_blob(named text) FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.drop_blob(named text) TO stowage_trust;
GRANT ALL ON FUNCTION stowage.drop_blob(named text) TO stowage_site;
GRANT ALL ON FUNCTION stowage.drop_blob(named text) TO stowage_auditor;


--
-- Name: FUNCTION events_stay(); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.events_stay() FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.events_stay() TO stowage_trust;
GRANT ALL ON FUNCTION stowage.events_stay() TO stowage_site;
GRANT ALL ON FUNCTION stowage.events_stay() TO stowage_auditor;


--
-- Name: FUNCTION find_devices(wanted text, present_only boolean, most bigint); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.find_devices(wanted text, present_only boolean, most bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.find_devices(wanted text, present_only boolean, most bigint) TO stowage_trust;
GRANT ALL ON FUNCTION stowage.find_devices(wanted text, present_only boolean, most bigint) TO stowage_site;
GRANT ALL ON FUNCTION stowage.find_devices(wanted text, present_only boolean, most bigint) TO stowage_auditor;


--
-- Name: FUNCTION find_holders(wanted text); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.find_holders(wanted text) FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.find_holders(wanted text) TO stowage_trust;
GRANT ALL ON FUNCTION stowage.find_holders(wanted text) TO stowage_site;
GRANT ALL ON FUNCTION stowage.find_holders(wanted text) TO stowage_auditor;


--
-- Name: FUNCTION instr(text, text); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.instr(text, text) FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.instr(text, text) TO stowage_trust;
GRANT ALL ON FUNCTION stowage.instr(text, text) TO stowage_site;
GRANT ALL ON FUNCTION stowage.instr(text, text) TO stowage_auditor;


--
-- Name: FUNCTION last_event(); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.last_event() FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.last_event() TO stowage_trust;
GRANT ALL ON FUNCTION stowage.last_event() TO stowage_site;
GRANT ALL ON FUNCTION stowage.last_event() TO stowage_auditor;


--
-- Name: FUNCTION log_hashes(wanted bigint); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.log_hashes(wanted bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.log_hashes(wanted bigint) TO stowage_trust;
GRANT ALL ON FUNCTION stowage.log_hashes(wanted bigint) TO stowage_site;
GRANT ALL ON FUNCTION stowage.log_hashes(wanted bigint) TO stowage_auditor;


--
-- Name: FUNCTION look_again(); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.look_again() FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.look_again() TO stowage_trust;
GRANT ALL ON FUNCTION stowage.look_again() TO stowage_site;
GRANT ALL ON FUNCTION stowage.look_again() TO stowage_auditor;


--
-- Name: FUNCTION mark_moved(); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.mark_moved() FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.mark_moved() TO stowage_trust;
GRANT ALL ON FUNCTION stowage.mark_moved() TO stowage_site;
GRANT ALL ON FUNCTION stowage.mark_moved() TO stowage_auditor;


--
-- Name: FUNCTION my_sites(); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.my_sites() FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.my_sites() TO stowage_trust;
GRANT ALL ON FUNCTION stowage.my_sites() TO stowage_site;
GRANT ALL ON FUNCTION stowage.my_sites() TO stowage_auditor;


--
-- Name: FUNCTION next_events(); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.next_events() FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.next_events() TO stowage_trust;
GRANT ALL ON FUNCTION stowage.next_events() TO stowage_site;
GRANT ALL ON FUNCTION stowage.next_events() TO stowage_auditor;


--
-- Name: FUNCTION put_blob(named text, content bytea); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.put_blob(named text, content bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.put_blob(named text, content bytea) TO stowage_trust;
GRANT ALL ON FUNCTION stowage.put_blob(named text, content bytea) TO stowage_site;
GRANT ALL ON FUNCTION stowage.put_blob(named text, content bytea) TO stowage_auditor;


--
-- Name: FUNCTION read_blob(wanted text); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.read_blob(wanted text) FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.read_blob(wanted text) TO stowage_trust;
GRANT ALL ON FUNCTION stowage.read_blob(wanted text) TO stowage_site;
GRANT ALL ON FUNCTION stowage.read_blob(wanted text) TO stowage_auditor;


--
-- Name: FUNCTION sees_all(); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.sees_all() FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.sees_all() TO stowage_trust;
GRANT ALL ON FUNCTION stowage.sees_all() TO stowage_site;
GRANT ALL ON FUNCTION stowage.sees_all() TO stowage_auditor;


--
-- Name: FUNCTION site_of_device(wanted text); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.site_of_device(wanted text) FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.site_of_device(wanted text) TO stowage_trust;
GRANT ALL ON FUNCTION stowage.site_of_device(wanted text) TO stowage_site;
GRANT ALL ON FUNCTION stowage.site_of_device(wanted text) TO stowage_auditor;


--
-- Name: FUNCTION site_of_holder(wanted text); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.site_of_holder(wanted text) FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.site_of_holder(wanted text) TO stowage_trust;
GRANT ALL ON FUNCTION stowage.site_of_holder(wanted text) TO stowage_site;
GRANT ALL ON FUNCTION stowage.site_of_holder(wanted text) TO stowage_auditor;


--
-- Name: FUNCTION site_of_holder_row(wanted bigint); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.site_of_holder_row(wanted bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.site_of_holder_row(wanted bigint) TO stowage_trust;
GRANT ALL ON FUNCTION stowage.site_of_holder_row(wanted bigint) TO stowage_site;
GRANT ALL ON FUNCTION stowage.site_of_holder_row(wanted bigint) TO stowage_auditor;


--
-- Name: FUNCTION site_of_key(wanted text); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.site_of_key(wanted text) FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.site_of_key(wanted text) TO stowage_trust;
GRANT ALL ON FUNCTION stowage.site_of_key(wanted text) TO stowage_site;
GRANT ALL ON FUNCTION stowage.site_of_key(wanted text) TO stowage_auditor;


--
-- Name: FUNCTION site_of_row(wanted bigint); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.site_of_row(wanted bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.site_of_row(wanted bigint) TO stowage_trust;
GRANT ALL ON FUNCTION stowage.site_of_row(wanted bigint) TO stowage_site;
GRANT ALL ON FUNCTION stowage.site_of_row(wanted bigint) TO stowage_auditor;


--
-- Name: FUNCTION terms_of(present text, past text); Type: ACL; Schema: stowage; Owner: -
--

REVOKE ALL ON FUNCTION stowage.terms_of(present text, past text) FROM PUBLIC;
GRANT ALL ON FUNCTION stowage.terms_of(present text, past text) TO stowage_trust;
GRANT ALL ON FUNCTION stowage.terms_of(present text, past text) TO stowage_site;
GRANT ALL ON FUNCTION stowage.terms_of(present text, past text) TO stowage_auditor;


--
-- Name: TABLE checkpoints; Type: ACL; Schema: stowage; Owner: -
--

GRANT SELECT,INSERT ON TABLE stowage.checkpoints TO stowage_trust;
GRANT SELECT,INSERT ON TABLE stowage.checkpoints TO stowage_site;
GRANT SELECT ON TABLE stowage.checkpoints TO stowage_auditor;


--
-- Name: TABLE desks; Type: ACL; Schema: stowage; Owner: -
--

GRANT SELECT ON TABLE stowage.desks TO stowage_trust;
GRANT SELECT ON TABLE stowage.desks TO stowage_site;
GRANT SELECT ON TABLE stowage.desks TO stowage_auditor;


--
-- Name: TABLE device_words; Type: ACL; Schema: stowage; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE stowage.device_words TO stowage_trust;
GRANT SELECT,INSERT,UPDATE ON TABLE stowage.device_words TO stowage_site;
GRANT SELECT ON TABLE stowage.device_words TO stowage_auditor;


--
-- Name: TABLE devices; Type: ACL; Schema: stowage; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE stowage.devices TO stowage_trust;
GRANT SELECT,INSERT,UPDATE ON TABLE stowage.devices TO stowage_site;
GRANT SELECT ON TABLE stowage.devices TO stowage_auditor;


--
-- Name: TABLE events; Type: ACL; Schema: stowage; Owner: -
--

GRANT SELECT,INSERT ON TABLE stowage.events TO stowage_trust;
GRANT SELECT,INSERT ON TABLE stowage.events TO stowage_site;
GRANT SELECT ON TABLE stowage.events TO stowage_auditor;


--
-- Name: TABLE holder_keys; Type: ACL; Schema: stowage; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE stowage.holder_keys TO stowage_trust;
GRANT SELECT,INSERT,UPDATE ON TABLE stowage.holder_keys TO stowage_site;
GRANT SELECT ON TABLE stowage.holder_keys TO stowage_auditor;


--
-- Name: TABLE holder_words; Type: ACL; Schema: stowage; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE stowage.holder_words TO stowage_trust;
GRANT SELECT,INSERT,UPDATE ON TABLE stowage.holder_words TO stowage_site;
GRANT SELECT ON TABLE stowage.holder_words TO stowage_auditor;


--
-- Name: TABLE holders; Type: ACL; Schema: stowage; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE stowage.holders TO stowage_trust;
GRANT SELECT,INSERT,UPDATE ON TABLE stowage.holders TO stowage_site;
GRANT SELECT ON TABLE stowage.holders TO stowage_auditor;


--
-- Name: TABLE incidents; Type: ACL; Schema: stowage; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE stowage.incidents TO stowage_trust;
GRANT SELECT,INSERT,UPDATE ON TABLE stowage.incidents TO stowage_site;
GRANT SELECT ON TABLE stowage.incidents TO stowage_auditor;


--
-- Name: TABLE key_places; Type: ACL; Schema: stowage; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE stowage.key_places TO stowage_trust;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE stowage.key_places TO stowage_site;
GRANT SELECT ON TABLE stowage.key_places TO stowage_auditor;


--
-- Name: TABLE loans; Type: ACL; Schema: stowage; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE stowage.loans TO stowage_trust;
GRANT SELECT,INSERT,UPDATE ON TABLE stowage.loans TO stowage_site;
GRANT SELECT ON TABLE stowage.loans TO stowage_auditor;


--
-- Name: TABLE version; Type: ACL; Schema: stowage; Owner: -
--

GRANT SELECT ON TABLE stowage.version TO stowage_trust;
GRANT SELECT ON TABLE stowage.version TO stowage_site;
GRANT SELECT ON TABLE stowage.version TO stowage_auditor;


--
-- PostgreSQL database dump complete
--


