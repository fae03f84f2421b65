//! Deliveries to a server that answers what it is told to.
