-- ledger.db: what is kept. `entry` and `disclosure` are only ever added to; all the rest is derived from them or
-- is the office's own bookkeeping. Columns with types for the public exist in public.db only.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (
  position    INTEGER PRIMARY KEY,
  id          TEXT NOT NULL,                -- the record's own, from its envelope
  digest      TEXT NOT NULL,                -- sha256 of the envelope
  kind        TEXT NOT NULL,
  device      TEXT NOT NULL,                -- who delivered it, from the registry
  code        TEXT,                         -- the public name of the record, kept by all its versions
  state       TEXT NOT NULL CHECK (state IN ('accepted', 'branch', 'quarantined', 'held')),
  seq         INTEGER,                      -- its place in the device's chain, where the signature holds
  problems    TEXT,                         -- JSON: pointer, key and parameters of each
  mark        TEXT,                         -- gap or fork in the device's chain: for the clerk to look at
  envelope    TEXT NOT NULL,
  signature   TEXT NOT NULL,
  received_at TEXT NOT NULL,                -- by the server's clock
  chain       TEXT NOT NULL                 -- sha256 over the chain before and this row but envelope, signature
) STRICT;
-- A record stands once, and once more where a clerk's decision took it in after it was kept aside.
CREATE UNIQUE INDEX entry_record ON entry (id, digest, state);
CREATE INDEX entry_device ON entry (device, seq);
CREATE INDEX entry_code ON entry (code) WHERE code IS NOT NULL;
CREATE INDEX entry_attention ON entry (state) WHERE state <> 'accepted';

CREATE TABLE disclosure (
  entry INTEGER NOT NULL REFERENCES entry (position),
  n     INTEGER NOT NULL,
  text  TEXT NOT NULL,                      -- ["salt","name",value], to the letter
  PRIMARY KEY (entry, n)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
  BEGIN SELECT RAISE (ABORT, 'an entry is never changed'); END;
CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
  BEGIN SELECT RAISE (ABORT, 'an entry is never deleted'); END;
CREATE TRIGGER disclosure_is_never_changed BEFORE UPDATE ON disclosure
  BEGIN SELECT RAISE (ABORT, 'a disclosure is never changed'); END;
-- What may be deleted of it, and where that is noted, stands in ledger/erasure.py.

-- Derived: the doctor makes these two again from the entries and compares.
CREATE TABLE head (                         -- the current version of each record: the last accepted one of its code
  kind  TEXT NOT NULL,
  entry INTEGER NOT NULL REFERENCES entry (position),
  id    TEXT NOT NULL,
  PRIMARY KEY (kind, entry)
) STRICT, WITHOUT ROWID;

CREATE TABLE mended (                       -- a record that could not be accepted, and the one that came in its place
  id   TEXT PRIMARY KEY,
  code TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE form (                         -- every wording of every form that was ever in force
  version  TEXT PRIMARY KEY,
  kind     TEXT NOT NULL,
  text     TEXT NOT NULL,
  since    INTEGER NOT NULL                 -- the position at which it came
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
  id           TEXT PRIMARY KEY,
  pair         TEXT NOT NULL,               -- one enrolment makes two devices: records and proof
  chain        TEXT NOT NULL CHECK (chain IN ('records', 'proof')),
  key          TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('pending', 'active', 'revoked')),
  role         TEXT NOT NULL,
  code         TEXT,                        -- the deputy's record, where the person is a deputy
  name         TEXT NOT NULL,
  enrolled_at  TEXT NOT NULL,
  confirmed_at TEXT,
  revoked_at   TEXT,
  reason       TEXT,
  organ        TEXT,                        -- the organ's record, where the person handles for one
  came_from    TEXT,                        -- the device that handed over to it, where the office did not invite it
  UNIQUE (pair, chain)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_key ON device (key);

CREATE TABLE invite (
  code_hash  TEXT PRIMARY KEY,              -- the code itself is only ever on the card
  role       TEXT NOT NULL,
  code       TEXT,
  name       TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  used_by    TEXT,                          -- the pair it made
  organ      TEXT,
  came_from  TEXT                           -- the device that made it, where the office did not
) STRICT, WITHOUT ROWID;

-- The table of photos, `blob`, stands in ledger/blobs.py: older ledgers get it when they are opened.

CREATE TABLE import_key (                   -- where an imported record came from, and what was last taken from there
  source  TEXT NOT NULL,                    -- 'records' for content/records: there the name is one to refer by
  kind    TEXT NOT NULL,
  name    TEXT NOT NULL,
  content TEXT NOT NULL,                    -- digest of the answers
  id      TEXT NOT NULL,
  digest  TEXT NOT NULL,
  code    TEXT,                             -- of the last that was accepted
  PRIMARY KEY (source, kind, name)
) STRICT, WITHOUT ROWID;
