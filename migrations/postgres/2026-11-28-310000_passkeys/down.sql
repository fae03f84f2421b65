DROP TABLE challenges;
DROP TABLE passkeys;
