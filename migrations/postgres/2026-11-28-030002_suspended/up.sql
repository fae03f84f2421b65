-- Who is suspended here: for themselves (person), or with their whole server (server).
ALTER TABLE actors ADD COLUMN suspended TEXT;
CREATE INDEX actors_suspended ON actors (id) WHERE suspended IS NOT NULL;
UPDATE actors SET suspended = 'server'
  WHERE peer_id IN (SELECT id FROM peers WHERE regard = 'suspended');
