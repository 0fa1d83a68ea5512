//! Commands below `phext-paper sim`: questions to the simulation.

mod collective;
mod collective_maps;
mod goodput;
mod maps;
mod packet;
mod topology;

use std::path::PathBuf;

use clap::{FromArgMatches, Subcommand};

use crate::sim::{Kind, Shape, ShapeError, Topology};
use paper_engine::cli::{
    Failure, JsonArguments, ModelArguments, Outcome, announce, end, print, print_json, read_model,
};
use paper_engine::study::{Commands, Study};

/// The commands.
pub const COMMANDS: Commands = Commands {
    group: Some("sim"),
    add: Command::augment_subcommands,
    run: |study, matches| Command::from_arg_matches(matches).ok().map(|command| end(run(study, &command))),
};

#[derive(Subcommand)]
enum Command {
    /// Compute the goodput of slices when hosts fail
    #[command(after_help = "Example:
  phext-paper sim goodput --host-availability 0.99 --slice-chips 1024

With switches any cubes that are up form a slice; without them a slice takes an aligned box of cubes.")]
    Goodput {
        /// Share of time that a host is up, such as 0.99
        #[arg(long, allow_hyphen_values = true)]
        host_availability: f64,
        /// Chips of a slice: 4, 8, 16, 32, or a multiple of 64 up to those of the machine
        #[arg(long)]
        slice_chips: usize,
        /// Cubes along each axis of the machine
        #[arg(long, default_value_t = 4)]
        cubes_per_axis: usize,
        /// Probability with which the printed quantile is reached
        #[arg(long, default_value_t = 0.9)]
        quantile: f64,
        #[command(flatten)]
        json: JsonArguments,
    },
    /// Execute a collective link by link: all-reduce, reduce-scatter, all-gather or all-to-all
    #[command(after_help = "Example:
  phext-paper sim collective all-reduce 8x8x8 --bytes 1e9
  phext-paper sim collective all-reduce 8x8x8 --maps learned --bytes 1073741824

The bytes are those of one chip's whole vector. Bandwidth and latency of a link come from paper/model.yaml.
Tori run by rings with a barrier after each step, switch maps by trees in a pipeline; an all-to-all takes all
shortest routes alike.")]
    Collective {
        /// all-reduce, reduce-scatter, all-gather or all-to-all
        kind: String,
        /// Chips along each axis, such as 8x8x8
        shape: String,
        /// Bytes of the vector of each chip
        #[arg(long, allow_hyphen_values = true)]
        bytes: f64,
        /// Wire the slice as a twisted torus
        #[arg(long, conflicts_with = "maps")]
        twisted: bool,
        /// Wire it by switch maps: `learned` for those stored with the paper, or a JSON file as `learn`
        /// writes
        #[arg(long, value_name = "learned|FILE")]
        maps: Option<PathBuf>,
        /// Print the bytes over every link of the maps
        #[arg(long, requires = "maps")]
        links: bool,
        #[command(flatten)]
        model: ModelArguments,
        /// Print JSON, every link of the maps included
        #[arg(long)]
        json: bool,
    },
    /// Simulate packets on a slice, flit by flit: accepted load and latency, or the time of an all-to-all
    #[command(after_help = "Examples:
  phext-paper sim packet 8x8x8 --load 1.0
  phext-paper sim packet 16x16x16 --maps learned --load 1 --seed 1
  phext-paper sim packet 8x8x8 --maps permutations --load 1.5 --seeds 3
  phext-paper sim packet 8x8x16 --twisted --routing dimension-order --channels 2 --load 1 --hop-latency 0.2
  phext-paper sim packet 8x8x8 --maps paper/maps/8x8x8.json --traffic all-to-all --packets 8

The load is in flits that each chip offers in a cycle; a link carries one. The bound is what the same routes
carry as flow when all chips get the same. Packets, buffers and cycles are those of the stored study unless
an option says otherwise; latency and bandwidth of a link come from paper/model.yaml.")]
    Packet(packet::Arguments),
    /// Print the learned maps of a slice: 48 permutations of its cubes
    Maps {
        /// Chips along each axis, such as 8x8x8
        shape: String,
        /// Folder of the paper whose maps are read
        #[arg(long, default_value = ".")]
        root: PathBuf,
        #[command(flatten)]
        json: JsonArguments,
    },
    /// Analyse a slice such as 4x4x8: diameter, mean distance, bisection, ideal all-to-all
    #[command(after_help = "Examples:
  phext-paper sim topology 8x8x16
  phext-paper sim topology 8x8x8 --maps paper/maps/8x8x8.json
  phext-paper sim topology 4x4x8 --twisted --json
  phext-paper sim topology 8x8x8 --lattice 2,3,1 --group 8
  phext-paper sim topology 8x8x16 --lattice 1:0,0:1,1:1 --group 4x4

A lattice has one map for each dimension: the wraps of x, y and z add three elements of an abelian group of as many
cubes as the slice has. Parts of an element stand between colons, one for each factor of the group. Where none is
named, the group is cyclic: the cubes form a ring.")]
    Topology {
        /// Chips along the three axes, each a multiple of 4, such as 4x4x8
        shape: String,
        /// Twist the torus: shapes k x k x 2k and k x 2k x 2k
        #[arg(long, conflicts_with = "mesh")]
        twisted: bool,
        /// Leave out the wrap-around links
        #[arg(long)]
        mesh: bool,
        /// Wire it by the switch maps in a JSON file, as `learn` writes them
        #[arg(long, value_name = "FILE", conflicts_with_all = ["twisted", "mesh"])]
        maps: Option<PathBuf>,
        /// Wire it as a lattice: what the wraps of x, y and z add, such as 2,3,1
        #[arg(long, value_name = "X,Y,Z", conflicts_with_all = ["twisted", "mesh", "maps"])]
        lattice: Option<String>,
        /// The group of cubes of the lattice, up to three cyclic factors such as 8 or 2x4
        #[arg(long, requires = "lattice")]
        group: Option<String>,
        #[command(flatten)]
        json: JsonArguments,
    },
}

/// Answers a question to the simulation.
fn run(study: &'static Study, command: &Command) -> Outcome {
    match command {
        Command::Goodput { host_availability, slice_chips, cubes_per_axis, quantile, json } => {
            goodput::run(*cubes_per_axis, *host_availability, *slice_chips, *quantile, json.json)
        }
        Command::Collective { kind, shape, bytes, maps: Some(maps), links, model, json, .. } => {
            let question = collective::Question { kind, shape, bytes: *bytes };
            collective_maps::run(study, question, maps, *links, &model.root, *json)
        }
        Command::Collective { kind, shape, bytes, twisted, model, json, .. } => {
            let question = collective::Question { kind, shape, bytes: *bytes };
            collective::run(study, question, *twisted, &model.root, *json)
        }
        Command::Packet(arguments) => packet::run(study, arguments),
        Command::Maps { shape, root, json } => maps::run(study, shape, root, json.json),
        Command::Topology { shape, maps: Some(file), json, .. } => topology::run_maps(shape, file, json.json),
        Command::Topology { shape, lattice: Some(lattice), group, json, .. } => {
            topology::run_lattice(shape, lattice, group.as_deref(), json.json)
        }
        Command::Topology { shape, twisted, mesh, json, .. } => {
            let kind = if *mesh { Kind::Mesh } else { torus_kind(*twisted) };
            topology::run(shape, kind, json.json)
        }
    }
}

/// Wires a slice given as text, such as `4x4x8`.
fn wire(shape: &str, kind: Kind) -> Result<Topology, ShapeError> {
    let shape: Shape = shape.parse()?;
    match kind {
        Kind::Twisted => Topology::twisted(shape),
        Kind::Mesh => Topology::mesh(shape),
        _ => Ok(Topology::torus(shape)),
    }
}

/// Returns the twisted torus or the regular one.
fn torus_kind(twisted: bool) -> Kind {
    if twisted { Kind::Twisted } else { Kind::Torus }
}
