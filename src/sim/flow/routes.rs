//! The paths from one source, packed: a path is the ports that it leaves through.

/// Holds paths from one source, by rising target, each with its flow.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Routes {
    paths: Vec<Packed>,
    ports: Vec<u8>,
}

/// Holds a path, whose ports end at `end` and begin where those of the path before end.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Packed {
    target: u32,
    end: u32,
    flow: f64,
}

/// Holds a path to a target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Path<'a> {
    pub(super) target: u32,
    pub(super) ports: &'a [u8],
    pub(super) flow: f64,
}

impl Routes {
    /// Adds a path to a target that is not below that of the path before.
    pub(super) fn push(&mut self, target: u32, ports: &[u8], flow: f64) {
        self.ports.extend_from_slice(ports);
        let end = u32::try_from(self.ports.len()).unwrap_or(u32::MAX);
        self.paths.push(Packed { target, end, flow });
    }

    /// Returns the paths in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Path<'_>> {
        let mut start = 0;
        self.paths.iter().map(move |path| {
            let ports = &self.ports[start..path.end as usize];
            start = path.end as usize;
            Path { target: path.target, ports, flow: path.flow }
        })
    }

    /// Tells whether some target has more than one path.
    pub(super) fn has_choice(&self) -> bool {
        self.paths.windows(2).any(|pair| pair[0].target == pair[1].target)
    }
}
