//! Linear programmes that more than one test solves.

use good_lp::{Expression, ProblemVariables, Solution, SolverModel, default_solver, variable};
use phext_paper::sim::Network;

/// Solves for the smallest load that any routing, not only equal splitting, can reach for all-to-all.
///
/// Averaged over all translations an optimal flow becomes translation invariant, so one source decides: it
/// sends 1 to every other chip, and the flow over all links of a port must not exceed the load.
pub fn least_load(network: &Network) -> f64 {
    let (chips, ports) = (network.chips(), network.ports());
    let mut variables = ProblemVariables::new();
    let load = variables.add(variable().min(0.0));
    let flow = variables.add_vector(variable().min(0.0), chips * ports);
    let mut balance = vec![Expression::from(0.0); chips];
    let mut classes = vec![Expression::from(0.0); ports];
    for chip in 0..chips {
        for port in 0..ports {
            let carried = flow[chip * ports + port];
            let next = network.neighbor(chip, port).expect("no open port");
            balance[chip] -= carried;
            balance[next] += carried;
            classes[port] += carried;
        }
    }
    let mut model = variables.minimise(load).using(default_solver);
    for balance in balance.into_iter().skip(1) {
        model = model.with(balance.eq(1.0));
    }
    for class in classes {
        model = model.with((class - load).leq(0.0));
    }
    model.solve().expect("solvable").value(load)
}
