-- Tokens are kept as the SHA-256 of what was shown once.
CREATE TABLE fleetdrift.tokens (
    token       text PRIMARY KEY,          -- id; it stands in the token itself
    name        text NOT NULL,
    digest      text NOT NULL,
    scope       text NOT NULL,             -- read, scan or admin
    fleets      text[] NOT NULL,           -- empty: all
    created     timestamptz NOT NULL DEFAULT now(),
    created_by  text NOT NULL,
    expires     timestamptz,
    revoked     timestamptz,
    last_used   timestamptz
);
CREATE UNIQUE INDEX tokens_by_name ON fleetdrift.tokens (name) WHERE revoked IS NULL;

-- Browsers that are logged in. A session ends with the token that it was made from.
CREATE TABLE fleetdrift.sessions (
    digest      text PRIMARY KEY,          -- of the cookie
    token       text REFERENCES fleetdrift.tokens (token) ON DELETE CASCADE,  -- null: that of the configuration
    credential  text NOT NULL,             -- digest of that token
    created     timestamptz NOT NULL DEFAULT now(),
    expires     timestamptz NOT NULL
);
CREATE INDEX sessions_by_end ON fleetdrift.sessions (expires);
CREATE INDEX sessions_by_token ON fleetdrift.sessions (token);

-- Who did what, when and from where.
CREATE TABLE fleetdrift.audit (
    entry       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL DEFAULT now(),
    fleet       text NOT NULL,             -- empty: it concerns all
    who         text NOT NULL,
    via         text NOT NULL,             -- token, configuration, session, proxy, command or nobody
    address     text NOT NULL,
    action      text NOT NULL,
    subject     text NOT NULL,
    detail      text NOT NULL
);
CREATE INDEX audit_by_time ON fleetdrift.audit (at);
CREATE INDEX audit_by_fleet ON fleetdrift.audit (fleet, entry);

-- Ignore rules beside those of the configuration.
CREATE TABLE fleetdrift.ignores (
    ignore      text PRIMARY KEY,
    fleet       text NOT NULL,
    created     timestamptz NOT NULL DEFAULT now(),
    created_by  text NOT NULL,
    document    jsonb NOT NULL             -- the rule
);
CREATE INDEX ignores_by_fleet ON fleetdrift.ignores (fleet, created);
