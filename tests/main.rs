//! The proof of the main job: real servers, seen from outside only, and the rules of the house.
#![cfg(test)]

mod authority;
mod blocks;
mod browsers;
mod changes;
mod clients;
mod discovery;
mod disorder;
mod fixtures;
mod follows;
mod forums;
mod hostile;
mod hosts;
mod kill;
mod leaks;
mod lines;
mod mentions;
mod moderation;
mod moves;
mod network;
mod peers;
mod polls;
mod program;
mod proofs;
mod reports;
mod rules;
mod secrecy;
mod secure;
mod signatures;
mod suspensions;
mod synchronization;
mod tertulias;
mod threads;
mod tidy;
mod trusted;
