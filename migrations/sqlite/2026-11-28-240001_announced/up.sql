-- From when on an announcement is shown.
ALTER TABLE announcements ADD COLUMN starts BIGINT NOT NULL DEFAULT 0;

-- How full the disk of the data folder was on each of the last days, in bytes.
CREATE TABLE disk_days (
  day BIGINT NOT NULL PRIMARY KEY,
  used BIGINT NOT NULL
);
