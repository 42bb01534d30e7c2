//! Takes the font faces that the papers use out of the locked package `typst-assets` and lays them beside the
//! build, so that the binary carries about 1 MB of fonts instead of the package's 10 MB.

use std::{env, error::Error, fs, path::PathBuf};

/// File name and position of a face among the fonts of the package. The name is checked against the face itself
/// by a test of the crate, so a package that reorders its fonts is noticed.
const FACES: [(&str, usize); 3] = [("regular.otf", 0), ("bold.otf", 1), ("italic.otf", 2)];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo did not set OUT_DIR")?);
    for (name, index) in FACES {
        let face = typst_assets::fonts()
            .nth(index)
            .ok_or("the font package has fewer fonts than expected")?;
        fs::write(out.join(name), face)?;
    }
    Ok(())
}
