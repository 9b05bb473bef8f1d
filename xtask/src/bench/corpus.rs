//! The monorepo: how much there is of what.

use std::fs;
use std::path::{Path, PathBuf};

use super::noise::{self, SOURCES};
use super::numbers::Numbers;
use crate::Failure;

/// How many files of a kind there are, and how large they are on average.
struct Share {
    files: usize,
    bytes: usize,
}

const SOURCE: Share = Share { files: 12_000, bytes: 8_000 };
const DATA: Share = Share { files: 40, bytes: 3_000_000 };
const BUNDLED: Share = Share { files: 60, bytes: 1_200_000 };
const PICTURES: Share = Share { files: 500, bytes: 150_000 };
/// What `.gitignore` leaves out.
const INSTALLED: Share = Share { files: 5_400, bytes: 10_000 };
/// What names ECS: a few calls in files of the usual size.
const MATTERING: Share = Share { files: 2_000, bytes: 8_000 };

/// Writes the monorepo into a new folder, and says what is in it.
///
/// # Errors
/// A folder that is there, or a file that cannot be written.
pub(crate) fn write_corpus(folder: &Path, fixtures: &Path) -> Result<String, Failure> {
    if folder.exists() {
        return Err(format!("{} is there; remove it first", folder.display()).into());
    }
    let mut corpus = Corpus { folder, numbers: Numbers::new(7), files: 0, bytes: 0 };
    corpus.write(Path::new(".gitignore"), b"node_modules/\n*.log\n")?;
    corpus.write_noise()?;
    corpus.write_mattering(fixtures)?;
    Ok(format!("{} files, {} MB", corpus.files, corpus.bytes / 1_000_000))
}

struct Corpus<'a> {
    folder: &'a Path,
    numbers: Numbers,
    files: usize,
    bytes: usize,
}

impl Corpus<'_> {
    fn write(&mut self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(self.folder))?;
        fs::write(path, content)?;
        self.files += 1;
        self.bytes += content.len();
        Ok(())
    }

    /// A size around an average: many small ones and a few large ones.
    fn size(&mut self, average: usize) -> usize {
        let tenths = match self.numbers.below(10) {
            0..5 => 2 + self.numbers.below(6),
            5..9 => 6 + self.numbers.below(10),
            _ => 20 + self.numbers.below(30),
        };
        average * tenths / 10
    }

    /// A folder somewhere in the tree.
    fn place(&mut self, top: &str) -> PathBuf {
        let numbers = &mut self.numbers;
        Path::new(top).join(noise::word(numbers)).join(format!("part{}", numbers.below(8)))
    }

    fn write_noise(&mut self) -> Result<(), Failure> {
        for number in 0..SOURCE.files {
            self.write_source("services", number, SOURCE.bytes)?;
        }
        for number in 0..INSTALLED.files {
            self.write_source("web/node_modules", number, INSTALLED.bytes)?;
        }
        for number in 0..DATA.files {
            let size = self.size(DATA.bytes);
            let text = noise::text(&mut self.numbers, SOURCES[6], size);
            self.write(&Path::new("data").join(format!("{number}.json")), text.as_bytes())?;
        }
        for number in 0..BUNDLED.files {
            let size = self.size(BUNDLED.bytes);
            let text = noise::minified(&mut self.numbers, size);
            self.write(&Path::new("web/public").join(format!("{number}.min.js")), text.as_bytes())?;
        }
        for number in 0..PICTURES.files {
            let size = self.size(PICTURES.bytes);
            let content = noise::binary(&mut self.numbers, size);
            self.write(&Path::new("web/pictures").join(format!("{number}.png")), &content)?;
        }
        Ok(())
    }

    fn write_source(&mut self, top: &str, number: usize, bytes: usize) -> Result<(), Failure> {
        let kind = SOURCES[number % SOURCES.len()];
        let size = self.size(bytes);
        let text = noise::text(&mut self.numbers, kind, size);
        let path = self.place(top).join(format!("{number}.{}", kind.0));
        self.write(&path, text.as_bytes())
    }

    /// Copies of the fixtures in folders of their own, until there are enough; where
    /// the language allows, among other code.
    fn write_mattering(&mut self, fixtures: &Path) -> Result<(), Failure> {
        let texts = mattering(fixtures)?;
        for number in 0..MATTERING.files {
            let (path, text) = &texts[number % texts.len()];
            let ending = path.extension().unwrap_or_default().to_string_lossy();
            let (size, mut text) = (self.size(MATTERING.bytes), text.clone());
            noise::fill(&mut self.numbers, &ending, &mut text, size);
            let folder = self.place("infrastructure").join(number.to_string());
            self.write(&folder.join(path.file_name().unwrap_or_default()), text.as_bytes())?;
        }
        Ok(())
    }
}

/// The fixtures of the front ends, in the order of their paths.
fn mattering(fixtures: &Path) -> Result<Vec<(PathBuf, String)>, Failure> {
    let mut paths = Vec::new();
    for folder in fs::read_dir(fixtures.join("frontends"))? {
        for entry in fs::read_dir(folder?.path())? {
            paths.push(entry?.path());
        }
    }
    paths.retain(|path| path.is_file() && path.extension().is_none_or(|ending| ending != "snap"));
    paths.sort();
    let read = |path: PathBuf| {
        let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
        Ok((path, text))
    };
    paths.into_iter().map(read).collect()
}
