-- Threads of a private group that began before this one stay home, even if later ones go to trusted servers.
ALTER TABLE groups ADD COLUMN confides_from BIGINT NOT NULL DEFAULT 0;
