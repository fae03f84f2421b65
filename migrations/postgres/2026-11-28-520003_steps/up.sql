-- Whoever runs a community does not want to be asked any more what it lacks.
ALTER TABLE charters ADD COLUMN steps_away BOOLEAN NOT NULL DEFAULT FALSE;
