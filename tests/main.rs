//! The proof of the main job: real servers, seen from outside only, and the rules of the house.
#![cfg(test)]

mod network;
mod tidy;
