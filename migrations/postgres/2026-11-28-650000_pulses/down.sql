DROP TABLE pulses;
