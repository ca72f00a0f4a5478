CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;

-- Signed checkpoints of the log that came back from outside, which do not follow
-- from events: they are what the events are held against.
CREATE TABLE checkpoints (
    row    INTEGER PRIMARY KEY,
    note   BLOB NOT NULL UNIQUE,
    size   INTEGER NOT NULL CHECK (size >= 0),
    root   BLOB NOT NULL CHECK (length(root) = 32),
    seen   TEXT NOT NULL,
    place  TEXT NOT NULL,
    device TEXT NOT NULL -- the label of the stick that brought it, or ''
) STRICT;
CREATE INDEX checkpoints_size ON checkpoints (size);
