//! Normal forms of bases of three whole vectors.

/// Returns the Hermite normal form of a basis of rows.
pub(super) fn hermite(mut rows: [[i64; 3]; 3]) -> [[i64; 3]; 3] {
    for pivot in 0..3 {
        for below in pivot + 1..3 {
            while rows[below][pivot] != 0 {
                let times = rows[pivot][pivot].div_euclid(rows[below][pivot]);
                rows[pivot] = std::array::from_fn(|axis| rows[pivot][axis] - times * rows[below][axis]);
                rows.swap(pivot, below);
            }
        }
        if rows[pivot][pivot] < 0 {
            rows[pivot] = rows[pivot].map(|value| -value);
        }
    }
    for pivot in 1..3 {
        for above in 0..pivot {
            let times = rows[above][pivot].div_euclid(rows[pivot][pivot]);
            rows[above] = std::array::from_fn(|axis| rows[above][axis] - times * rows[pivot][axis]);
        }
    }
    rows
}

/// Returns the Smith normal form of a basis of rows, and the columns that lead to it.
pub(super) fn smith(mut rows: [[i64; 3]; 3]) -> ([i64; 3], [[i64; 3]; 3]) {
    let mut columns = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
    for pivot in 0..3 {
        loop {
            // the smallest entry that is not zero becomes the pivot
            let entries = (pivot..3).flat_map(|row| (pivot..3).map(move |column| (row, column)));
            let smallest = entries.filter(|&(row, column)| rows[row][column] != 0);
            let Some((row, column)) = smallest.min_by_key(|&(row, column)| rows[row][column].abs()) else {
                break;
            };
            rows.swap(pivot, row);
            rows.iter_mut().chain(&mut columns).for_each(|row| row.swap(pivot, column));
            let value = rows[pivot][pivot];
            for other in pivot + 1..3 {
                let times = rows[other][pivot].div_euclid(value);
                rows[other] = std::array::from_fn(|axis| rows[other][axis] - times * rows[pivot][axis]);
                let times = rows[pivot][other].div_euclid(value);
                rows.iter_mut().chain(&mut columns).for_each(|row| row[other] -= times * row[pivot]);
            }
            let clear = (pivot + 1..3).all(|other| rows[other][pivot] == 0 && rows[pivot][other] == 0);
            // every later factor must be a multiple: a row with one that is not joins the row of the pivot
            let odd = (pivot + 1..3).find(|&row| (pivot + 1..3).any(|column| rows[row][column] % value != 0));
            match odd {
                Some(odd) if clear => {
                    rows[pivot] = std::array::from_fn(|axis| rows[pivot][axis] + rows[odd][axis]);
                }
                None if clear => break,
                _ => {}
            }
        }
    }
    ([0, 1, 2].map(|pivot| rows[pivot][pivot].abs()), columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_forms_keep_the_index_and_divide_each_other() {
        let rows = [[4, 2, -6], [1, 8, 3], [0, 5, 2]];
        // 4 (16 - 15) - 2 (2 - 0) - 6 (5 - 0) = -30
        let form = hermite(rows);
        assert_eq!(form[0][0] * form[1][1] * form[2][2], 30);
        assert!((0..form[1][1]).contains(&form[0][1]) && (0..form[2][2]).contains(&form[1][2]), "{form:?}");
        let (factors, columns) = smith(rows);
        assert_eq!(factors.iter().product::<i64>(), 30);
        assert!(factors[1] % factors[0] == 0 && factors[2] % factors[1] == 0);
        // Every row of the basis is zero in the group.
        for row in rows {
            for part in 0..3 {
                let sum: i64 = (0..3).map(|axis| row[axis] * columns[axis][part]).sum();
                assert_eq!(sum.rem_euclid(factors[part]), 0);
            }
        }
    }
}
