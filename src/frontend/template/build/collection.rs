//! What a collection needs to know once all its parts are there: its index,
//! merge keys applied, its size, and where it ends.

use std::collections::HashMap;

use super::{Builder, Kind, Style};
use crate::problem::ProblemKind;

/// The key of YAML 1.1 that takes in another mapping.
const MERGE: &str = "<<";

type Entries = Vec<(u32, u32)>;
type Index = HashMap<Box<str>, u32>;

impl Builder<'_> {
    /// Closes a collection; `end` is where a flow collection's bracket ends.
    pub(super) fn finish(&mut self, index: u32, end: Option<usize>) {
        let last = self.parts(index).last().map(|part| self.node(part).range.end);
        if let Kind::Mapping(entries, _) = &mut self.tree.nodes[index as usize].kind {
            let written = std::mem::take(entries);
            let (entries, by_key) = self.index(written);
            self.tree.nodes[index as usize].kind = Kind::Mapping(entries, by_key);
        }
        let (mut size, mut height) = (1_u32, 0_u16);
        for part in self.parts(index) {
            let part = self.node(part);
            size = size.saturating_add(part.size);
            height = height.max(part.height + 1);
        }
        let node = &mut self.tree.nodes[index as usize];
        node.range.end = end.or(last).unwrap_or(node.range.end).max(node.range.start);
        (node.size, node.height) = (size, height);
    }

    /// The entries that count: of equal keys the last, then what is merged in.
    fn index(&mut self, written: Entries) -> (Entries, Index) {
        let mut places = HashMap::new();
        let mut kept: Vec<Option<(u32, u32)>> = Vec::with_capacity(written.len());
        let mut merged = Vec::new();
        for (key, value) in written {
            if self.is_merge(key) {
                merged.push(value);
                continue;
            }
            if let Some(name) = self.key(key)
                && let Some(earlier) = places.insert(Box::<str>::from(name), kept.len())
            {
                kept[earlier] = None;
                let range = self.node(key).range.clone();
                let message =
                    format!("the key `{}` occurs twice; the last one counts", self.name(key));
                self.problem(ProblemKind::Syntax, &range, message);
            }
            kept.push(Some((key, value)));
        }
        let mut entries: Entries = kept.into_iter().flatten().collect();
        let mut index: Index = HashMap::with_capacity(entries.len());
        for (key, value) in &entries {
            if let Some(name) = self.key(*key) {
                index.insert(name.into(), *value);
            }
        }
        for value in merged {
            self.merge(value, &mut entries, &mut index);
        }
        (entries, index)
    }

    /// Takes in a mapping, or each of a sequence of them; keys that are there
    /// already stay.
    fn merge(&self, value: u32, entries: &mut Entries, index: &mut Index) {
        let value = self.behind(value);
        let sources = match &self.node(value).kind {
            Kind::Sequence(items) => items.as_slice(),
            _ => &[value],
        };
        for source in sources {
            let Kind::Mapping(taken, _) = &self.node(self.behind(*source)).kind else { continue };
            for (key, value) in taken {
                if let Some(name) = self.key(*key)
                    && !index.contains_key(name)
                {
                    index.insert(name.into(), *value);
                    entries.push((*key, *value));
                }
            }
        }
    }

    fn is_merge(&self, key: u32) -> bool {
        matches!(&self.node(key).kind, Kind::Scalar(text, Style::Plain) if text == MERGE)
    }

    fn key(&self, key: u32) -> Option<&str> {
        let Kind::Scalar(text, _) = &self.node(self.behind(key)).kind else { return None };
        Some(text)
    }

    /// A key as a message shows it.
    fn name(&self, key: u32) -> String {
        self.key(key).unwrap_or_default().chars().take(40).collect()
    }

    fn parts(&self, index: u32) -> impl Iterator<Item = u32> {
        let (items, entries) = match &self.node(index).kind {
            Kind::Sequence(items) => (items.as_slice(), [].as_slice()),
            Kind::Mapping(entries, _) => ([].as_slice(), entries.as_slice()),
            _ => ([].as_slice(), [].as_slice()),
        };
        items.iter().copied().chain(entries.iter().flat_map(|(key, value)| [*key, *value]))
    }
}
