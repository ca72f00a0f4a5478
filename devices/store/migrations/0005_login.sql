-- Who was logged in to the computer when an event was recorded, beside the name given.
-- Older events have none, and keep their hashes.
ALTER TABLE events ADD COLUMN login TEXT NOT NULL DEFAULT '';
