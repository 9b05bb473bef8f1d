//! YAML and JSON templates as a tree with positions.
