-- Whether the team of a community is told of what nobody answered, and whether it has to have a second step of signing in.
ALTER TABLE charters ADD COLUMN nudges BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE charters ADD COLUMN second_step BOOLEAN NOT NULL DEFAULT FALSE;
