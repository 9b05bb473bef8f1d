#!/usr/bin/env bash
# Builds the Debian package of a target that is already built: debian.sh TARGET FOLDER
set -euo pipefail

target=$1
folder=$2
program=target/$target/release/ecs-lock-lint
pages=target/debian-pages

rm -rf "$pages"
"$program" man --directory "$pages"
"$program" completions bash > "$pages/ecs-lock-lint.bash"
"$program" completions zsh > "$pages/_ecs-lock-lint"
"$program" completions fish > "$pages/ecs-lock-lint.fish"
cargo deb --no-build --target "$target" --output "$folder"
