//! One JSON object a line. All strings in it are names from this program, so that nothing needs escaping.

use crate::cases::Case;
use crate::rounds::Row;
use crate::spread::Spread;

/// The lines of one case.
pub fn print(case: &Case, rows: &[Row]) {
    for row in rows {
        println!("{}", object(case, row));
    }
}

fn object(case: &Case, row: &Row) -> String {
    let Spread { median, min, max } = row.figure;
    let (bench, name, unit) = (case.bench.name(), case.name, case.unit().name());
    let mut object = format!(
        r#"{{"bench":"{bench}","case":"{name}","engine":"{}","median":{median:.3},"min":{min:.3},"max":{max:.3},"unit":"{unit}""#,
        row.engine
    );
    if let Some(Spread { median, min, max }) = row.to_kameo {
        object += &format!(r#","ratio_to_kameo":{median:.3},"ratio_min":{min:.3},"ratio_max":{max:.3}"#);
    }
    object + "}"
}
