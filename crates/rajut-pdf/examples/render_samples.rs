//! Writes every sample paper into a folder, as PDF and as text: `cargo run -p rajut-pdf --example render_samples -- DIR`.

use std::{error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("name a folder")?);
    fs::create_dir_all(&folder)?;
    for sample in rajut_pdf::samples::all() {
        let set = rajut_pdf::render(&sample.paper).map_err(|error| format!("{}: {error}", sample.name))?;
        fs::write(folder.join(&sample.name).with_extension("pdf"), &set.pdf)?;
        fs::write(folder.join(&sample.name).with_extension("txt"), &set.text)?;
    }
    Ok(())
}
