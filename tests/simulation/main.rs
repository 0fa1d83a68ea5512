//! The simulation against closed forms, bounds, conservation, published values and other people's programs.

mod baseline;
mod chip_map;
mod collective;
mod collective_trees;
mod cost;
mod fault;
mod flow;
mod learned;
mod learned_packets;
mod packet;
mod packet_paths;
mod packet_traffic;
mod packet_windows;
mod packet_wirings;
mod programmes;
mod search;
mod sparse;
mod topology;
mod training;
