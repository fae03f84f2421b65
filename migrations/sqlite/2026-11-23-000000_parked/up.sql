-- What was given up is counted each time somebody looks at the metrics.
CREATE INDEX received_parked ON received (id) WHERE state = 'parked';
CREATE INDEX deliveries_parked ON deliveries (parked) WHERE parked IS NOT NULL;
