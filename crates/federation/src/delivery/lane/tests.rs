//! Queues and answers, without a network.
