//! Pictures: a prompt, a seed and a size → real PNG files of exactly that size.
//!
//! Coloured tiles over a slope of two colours, drawn from prompt and seed alone: the same request
//! has the same picture, another seed another one. Media that callers send are only measured.

use super::answer::LATENCY_MS;

/// Longest side and most pixels that are drawn, whatever is asked for.
const MOST_SIDE: u32 = 4096;
const MOST_PIXELS: u64 = 4_194_304;
/// Tiles across the longer side.
const TILES: u32 = 12;

/// What to draw.
#[derive(Debug, Clone)]
pub struct Sketch {
    /// What it should show.
    pub prompt: String,
    /// Pixels across and down.
    pub size: (u32, u32),
    /// Seeds, one for each picture.
    pub seeds: Vec<u64>,
}

/// Pictures.
#[derive(Debug, Clone)]
pub struct Pictures {
    /// PNG files, in the order of the seeds.
    pub files: Vec<Vec<u8>>,
    /// Their seeds.
    pub seeds: Vec<u64>,
    /// How long the model claims to have taken, ms.
    pub latency_ms: u64,
}

/// Draws pictures.
pub fn draw(sketch: &Sketch) -> Pictures {
    let draw = |seed: &u64| png(&sketch.prompt, *seed, bounded(sketch.size));
    Pictures {
        files: sketch.seeds.iter().map(draw).collect(),
        seeds: sketch.seeds.clone(),
        latency_ms: LATENCY_MS,
    }
}

/// What the first bytes of a PNG or JPEG file say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// `png` or `jpeg`.
    pub format: &'static str,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Bits of a pixel.
    pub depth: u32,
}

/// Measures a picture that a caller sent; other formats and broken files give nothing.
pub fn measure(file: &[u8]) -> Option<Measured> {
    let four = |at: usize| Some(u32::from_be_bytes(file.get(at..at + 4)?.try_into().ok()?));
    if file.starts_with(b"\x89PNG\r\n\x1a\n") && file.get(12..16) == Some(b"IHDR") {
        let channels = match file.get(25)? {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };
        return Some(Measured {
            format: "png",
            width: four(16)?,
            height: four(20)?,
            depth: u32::from(*file.get(24)?) * channels,
        });
    }
    jpeg(file)
}

/// Walks the segments of a JPEG file to its frame header.
fn jpeg(file: &[u8]) -> Option<Measured> {
    let two = |at: usize| Some(u16::from_be_bytes(file.get(at..at + 2)?.try_into().ok()?));
    let mut at = if file.starts_with(b"\xff\xd8") {
        2
    } else {
        return None;
    };
    loop {
        let marker = two(at)?;
        let is_frame =
            matches!(marker, 0xffc0..=0xffcf) && ![0xffc4, 0xffc8, 0xffcc].contains(&marker);
        if is_frame {
            return Some(Measured {
                format: "jpeg",
                width: two(at + 7)?.into(),
                height: two(at + 5)?.into(),
                depth: u32::from(*file.get(at + 4)?) * u32::from(*file.get(at + 9)?),
            });
        }
        if marker < 0xff00 {
            return None;
        }
        at += 2 + usize::from(two(at + 2)?.max(2));
    }
}

/// The size, shrunk until it can be drawn.
fn bounded((width, height): (u32, u32)) -> (u32, u32) {
    let (mut width, mut height) = (width.clamp(1, MOST_SIDE), height.clamp(1, MOST_SIDE));
    while u64::from(width) * u64::from(height) > MOST_PIXELS {
        width = (width / 2).max(1);
        height = (height / 2).max(1);
    }
    (width, height)
}

fn png(prompt: &str, seed: u64, (width, height): (u32, u32)) -> Vec<u8> {
    let pixels = pixels(prompt, seed, width, height);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    // Writing to memory does not fail; were it to, the caller would get a broken file, not a crash.
    let written = encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&pixels));
    debug_assert!(written.is_ok(), "{written:?}");
    file
}

fn pixels(prompt: &str, seed: u64, width: u32, height: u32) -> Vec<u8> {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(prompt.as_bytes());
    let mut rng = fastrand::Rng::with_seed(u64::from(hasher.finalize()) << 32 ^ seed);
    let mut colour = || [rng.u8(..), rng.u8(..), rng.u8(..)];
    let (from, to) = (colour(), colour());
    let tile = (width.max(height) / TILES).max(1);
    let across = width.div_ceil(tile);
    let tiles: Vec<Option<[u8; 3]>> = (0..across * height.div_ceil(tile))
        .map(|_| colour())
        .map(|c| (c[0] & 1 == 1).then_some(c))
        .collect();
    let mut out = Vec::with_capacity(width as usize * height as usize * 3);
    for y in 0..height {
        let slope = |i: usize| {
            let share = u64::from(y) * 256 / u64::from(height);
            ((u64::from(from[i]) * (256 - share) + u64::from(to[i]) * share) / 256) as u8
        };
        let row = [slope(0), slope(1), slope(2)];
        for x in 0..width {
            let tile = tiles[(y / tile * across + x / tile) as usize];
            out.extend_from_slice(&tile.unwrap_or(row));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_what_it_draws_and_a_jpeg_header() {
        let drawn = draw(&Sketch {
            prompt: "x".into(),
            size: (48, 20),
            seeds: vec![1],
        });
        let measured = measure(&drawn.files[0]).unwrap();
        assert_eq!(
            (
                measured.format,
                measured.width,
                measured.height,
                measured.depth
            ),
            ("png", 48, 20, 24)
        );
        // SOI, APP0 of two bytes, then a baseline frame of 3 components, 640 by 480.
        let jpeg = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x01\xe0\x02\x80\x03";
        let measured = measure(jpeg).unwrap();
        assert_eq!(
            (measured.width, measured.height, measured.depth),
            (640, 480, 24)
        );
    }

    #[test]
    fn broken_files_have_no_measure() {
        for file in [
            &b""[..],
            b"\xff\xd8",
            b"\xff\xd8\xff\xe0\xff\xff",
            b"GIF89a",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0",
        ] {
            assert_eq!(measure(file), None);
        }
    }

    #[test]
    fn sizes_are_bounded() {
        assert_eq!(bounded((1024, 512)), (1024, 512));
        let (width, height) = bounded((u32::MAX, u32::MAX));
        assert!(u64::from(width) * u64::from(height) <= MOST_PIXELS);
        assert_eq!(bounded((0, 7)), (1, 7));
    }
}
