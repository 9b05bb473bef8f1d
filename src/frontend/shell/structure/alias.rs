//! Aliases that the script only defines: each is a procedure of its name, as a
//! function is that nothing calls.

use super::Lowering;
use crate::frontend::shell::code;
use crate::frontend::shell::word::Word;

impl<'t> Lowering<'_, 't, '_> {
    /// The aliases that a command defines: `alias stop='aliyun ecs StopInstance …'`.
    pub(super) fn defined_aliases(&mut self, words: &[Word<'t>]) {
        let Some((head, rest)) = words.split_first() else { return };
        if head.text() != Some("alias") {
            return;
        }
        for word in rest {
            let Some(written) = self.script.text.get(word.range.clone()) else { continue };
            let Some((name, value)) = written.split_once('=') else { continue };
            let bare = ['\'', '"'].iter().find_map(|quote| {
                value.strip_prefix(*quote).and_then(|rest| rest.strip_suffix(*quote))
            });
            let from = word.range.start + name.len() + 1 + usize::from(bare.is_some());
            let code = bare.unwrap_or(value);
            // Where it is used, it is found there.
            if !self.script.runs_file(name) && !code.is_empty() {
                let source = self.source.embed_range(from..from + code.len());
                let path = (name, true);
                code::written(path, &source, self.context, self.depth, &mut self.out);
            }
        }
    }
}
