//! Web requests to the ECS endpoint: `Invoke-RestMethod` and its relatives.

use super::command::Word;
use super::datum::Datum;
use crate::catalogue::Catalogue;
use crate::frontend::rpc;
use crate::procedure::Value;

/// The call that the words behind a requesting cmdlet make.
pub(super) fn read(words: &[Word<'_>], catalogue: &Catalogue) -> Option<rpc::Request> {
    let mut values = Vec::new();
    for word in words {
        fields(&word.datum, &mut values);
    }
    rpc::read(&values, catalogue)
}

/// A value as words of a request: a table's entries are fields or headers.
fn fields(datum: &Datum<'_>, values: &mut Vec<Value>) {
    match datum {
        Datum::Map(entries) => {
            for (name, value) in entries {
                let sign = if name.contains('-') { ": " } else { "=" };
                let field = Datum::text(format!("{name}{sign}"));
                values.push(field.join(value.clone()).value());
            }
        }
        Datum::List(items) => items.iter().for_each(|item| fields(item, values)),
        other => values.push(other.value()),
    }
}
