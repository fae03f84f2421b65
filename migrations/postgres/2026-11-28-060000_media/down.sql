DROP TABLE cached_media;
DROP TABLE media;
