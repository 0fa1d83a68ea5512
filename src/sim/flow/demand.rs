//! What each chip sends to each other one.

use super::FlowError;

/// Holds a traffic: the amounts that chips send to others for one unit of the rate.
///
/// Nothing is sent by a chip to itself: what stays on a chip takes no link.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand(Kind);

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    /// The targets of each chip with their amounts, by rising target.
    Sparse(Vec<Vec<(u32, f64)>>),
    /// Each chip sends `share[target]` to every other chip of its own group.
    Grouped { group: Vec<u32>, share: Vec<f64>, members: Vec<Vec<u32>> },
}

impl Demand {
    /// Lists the targets of each chip with their amounts; amounts for one target are added.
    ///
    /// # Errors
    /// Refuses a target that does not exist and an amount that is negative or not finite.
    pub fn sparse(rows: Vec<Vec<(usize, f64)>>) -> Result<Self, FlowError> {
        let chips = rows.len();
        let mut sorted = Vec::with_capacity(chips);
        for (source, mut row) in rows.into_iter().enumerate() {
            row.sort_by_key(|&(target, _)| target);
            let mut merged: Vec<(u32, f64)> = Vec::with_capacity(row.len());
            for (target, amount) in row {
                check_amount(amount)?;
                if target >= chips {
                    return Err(FlowError::NoSuchChip { chip: target, chips });
                }
                if target == source || amount == 0.0 {
                    continue;
                }
                let target = narrow(target);
                match merged.last_mut() {
                    Some(last) if last.0 == target => last.1 += amount,
                    _ => merged.push((target, amount)),
                }
            }
            sorted.push(merged);
        }
        Ok(Self(Kind::Sparse(sorted)))
    }

    /// Lets each chip send to every other chip of its group what that chip receives from each.
    ///
    /// `group[chip]` names the group of a chip and `share[chip]` what it receives from each other member.
    ///
    /// # Errors
    /// Refuses lists of different lengths and a share that is negative or not finite.
    pub fn grouped(group: &[usize], share: Vec<f64>) -> Result<Self, FlowError> {
        if group.len() != share.len() {
            return Err(FlowError::OtherSize { demand: share.len(), network: group.len() });
        }
        share.iter().try_for_each(|&amount| check_amount(amount))?;
        let mut names: Vec<usize> = group.to_vec();
        names.sort_unstable();
        names.dedup();
        let mut members = vec![Vec::new(); names.len()];
        let mut index = Vec::with_capacity(group.len());
        for (chip, name) in group.iter().enumerate() {
            let found = names.partition_point(|other| other < name);
            members[found].push(narrow(chip));
            index.push(narrow(found));
        }
        Ok(Self(Kind::Grouped { group: index, share, members }))
    }

    /// Lets every chip send 1 in all, the same to each other one: the uniform all-to-all.
    ///
    /// # Errors
    /// Refuses nothing; the error is that of [`Demand::grouped`].
    pub fn uniform(chips: usize) -> Result<Self, FlowError> {
        Self::grouped(&vec![0; chips], vec![1.0 / chips.saturating_sub(1).max(1) as f64; chips])
    }

    /// Returns the number of chips.
    #[must_use]
    pub const fn chips(&self) -> usize {
        match &self.0 {
            Kind::Sparse(rows) => rows.len(),
            Kind::Grouped { share, .. } => share.len(),
        }
    }

    /// Returns the targets of a chip with their amounts, all above zero, by rising target.
    #[must_use]
    pub fn targets(&self, source: usize) -> Vec<(usize, f64)> {
        let mut found = Vec::new();
        self.fill(source, &mut found);
        found.into_iter().map(|(target, amount)| (target as usize, amount)).collect()
    }

    /// Writes the targets of a chip with their amounts over a list.
    pub(super) fn fill(&self, source: usize, found: &mut Vec<(u32, f64)>) {
        found.clear();
        match &self.0 {
            Kind::Sparse(rows) => found.extend(rows.get(source).into_iter().flatten()),
            Kind::Grouped { group, share, members } => {
                let Some(&group) = group.get(source) else { return };
                let others = members[group as usize].iter().filter(|&&chip| chip as usize != source);
                let amounts = others.map(|&chip| (chip, share[chip as usize]));
                found.extend(amounts.filter(|&(_, amount)| amount > 0.0));
            }
        }
    }

    /// Tells whether a permutation of the chips leaves the demand as it is.
    pub(super) fn is_kept_by(&self, image: &[u32]) -> bool {
        let of = |chip: u32| image[chip as usize] as usize;
        match &self.0 {
            Kind::Sparse(rows) => rows.iter().enumerate().all(|(source, row)| {
                let other = &rows[image[source] as usize];
                let found = |&(target, amount): &(u32, f64)| {
                    let target = narrow(of(target));
                    other
                        .binary_search_by_key(&target, |&(chip, _)| chip)
                        .is_ok_and(|at| other[at].1 == amount)
                };
                row.len() == other.len() && row.iter().all(found)
            }),
            Kind::Grouped { group, share, members } => {
                share.iter().zip(image).all(|(amount, &other)| *amount == share[other as usize])
                    && members.iter().all(|members| {
                        members.first().is_none_or(|&first| {
                            members.iter().all(|&chip| group[of(chip)] == group[of(first)])
                        })
                    })
            }
        }
    }
}

fn check_amount(amount: f64) -> Result<(), FlowError> {
    if amount.is_finite() && amount >= 0.0 { Ok(()) } else { Err(FlowError::Amount(amount)) }
}

/// Stores a chip number; networks here have at most 2^20 chips.
fn narrow(chip: usize) -> u32 {
    u32::try_from(chip).unwrap_or(u32::MAX)
}
