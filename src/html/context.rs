//! What the first judgement says of the blocks around a block.

use std::collections::HashMap;

use super::page::Page;
use super::topic::Topics;

/// The names of the numbers, in order.
pub(super) const NAMES: &[&str] = &[
    "own",
    "own_words",
    "prev",
    "next",
    "prev2",
    "next2",
    "before3",
    "after3",
    "strong_before",
    "strong_after",
    "mass_before",
    "mass_after",
    "up1",
    "up1_share",
    "up2",
    "up2_share",
    "up3",
    "up3_share",
    "up4",
    "up4_share",
    "look",
    "look_share",
    "look_count",
    "main_in",
    "main_hops",
    "main_share",
    "page_mass",
    "page_share",
    "page_best",
    "rank",
    "shared_words",
    "kin",
    "kin_share",
    "main_part",
    "main_rest",
    "peers",
    "peers_share",
];

/// The number of them.
pub(super) const CONTEXT: usize = NAMES.len();

/// A block this likely is strong evidence for those around it.
const STRONG: f32 = 0.5;
/// A block this likely tells what the article is about.
const SURE: f32 = 0.8;

/// The numbers of each block, from how likely each is, how many words it has and what it is about.
pub(super) fn context(page: &Page, likely: &[f32], words: &[f32], topics: &Topics) -> Vec<[f32; CONTEXT]> {
    let count = likely.len();
    let elements = &page.elements;
    let mut mass = vec![0.0_f32; elements.len()];
    let mut size = vec![0.0_f32; elements.len()];
    let mut held = vec![0_u32; elements.len()];
    let mut looks: HashMap<u32, (f32, f32, f32)> = HashMap::new();
    for (at, block) in page.blocks.iter().enumerate() {
        mass[block.element] += likely[at] * words[at];
        size[block.element] += words[at];
        held[block.element] += 1;
        let look = looks.entry(elements[block.element].look).or_default();
        look.0 += likely[at] * words[at];
        look.1 += words[at];
        look.2 += 1.0;
    }
    for element in (1..elements.len()).rev() {
        let parent = elements[element].parent;
        mass[parent] += mass[element];
        size[parent] += size[element];
        held[parent] += held[element];
    }
    let total = mass.first().copied().unwrap_or_default().max(1e-3);
    let all = size.first().copied().unwrap_or_default().max(1e-3);
    // The innermost element with most of the article. Elements come before those in them.
    let main = (0..elements.len()).rev().find(|&element| mass[element] >= 0.75 * total).unwrap_or(0);
    let mut hops = vec![30.0_f32; elements.len()];
    let mut is_in = vec![false; elements.len()];
    for element in 0..elements.len() {
        let parent = elements[element].parent;
        is_in[element] = element == main || element != 0 && is_in[parent];
    }
    let mut up = main;
    let mut distance = 0.0;
    loop {
        hops[up] = distance;
        distance += 1.0;
        if up == 0 {
            break;
        }
        up = elements[up].parent;
    }
    for element in 1..elements.len() {
        if hops[element] >= 30.0 {
            hops[element] = hops[elements[element].parent];
        }
    }
    let best = likely.iter().copied().fold(0.0, f32::max);
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&a, &b| likely[b].total_cmp(&likely[a]));
    let mut rank = vec![0.0_f32; count];
    let mut above = 0.0;
    for at in order {
        rank[at] = above / total;
        above += words[at];
    }

    let is_sure: Vec<bool> = (0..count).map(|at| likely[at] > SURE && words[at] >= 8.0).collect();
    let topical = topics.shared(&is_sure);
    let mut kin: HashMap<(usize, u32), (f32, f32)> = HashMap::new();
    let kin_of = |at: usize| {
        let parent = elements[page.blocks[at].element].parent;
        (elements[parent].parent, elements[parent].kin)
    };
    for at in 0..count {
        let kin = kin.entry(kin_of(at)).or_default();
        kin.0 += likely[at] * words[at];
        kin.1 += words[at];
    }

    // The same for elements of one kind side by side, and where the main element starts and ends.
    let mut peers: HashMap<(usize, u32), (f32, f32)> = HashMap::new();
    let peers_of = |at: usize| {
        let element = &elements[page.blocks[at].element];
        (element.parent, element.kin)
    };
    let (mut first_in, mut last_in) = (count, 0);
    let mut mass_to = Vec::with_capacity(count + 1);
    let mut sum = 0.0;
    for at in 0..count {
        let peers = peers.entry(peers_of(at)).or_default();
        peers.0 += likely[at] * words[at];
        peers.1 += words[at];
        if is_in[page.blocks[at].element] {
            first_in = first_in.min(at);
            last_in = at;
        }
        mass_to.push(sum);
        sum += likely[at] * words[at];
    }
    mass_to.push(sum);
    let length = (last_in as f32 - first_in as f32).max(1.0);
    let mass_in = (mass_to[(last_in + 1).min(count)] - mass_to[first_in.min(count)]).max(1e-3);

    let mut rows = Vec::with_capacity(count);
    let mut before = 0.0;
    let mut last_strong: Option<usize> = None;
    let mut next_strong = vec![30.0_f32; count];
    let is_strong = |at: usize| likely[at] > STRONG && words[at] >= 8.0;
    for at in (0..count.saturating_sub(1)).rev() {
        next_strong[at] = if is_strong(at + 1) { 1.0 } else { (next_strong[at + 1] + 1.0).min(30.0) };
    }
    for at in 0..count {
        let block = &page.blocks[at];
        let other = |other: Option<usize>| other.and_then(|other| likely.get(other)).copied().unwrap_or(-0.1);
        let mean = |range: std::ops::Range<usize>| {
            let (mut sum, mut weight) = (0.0, 1e-3);
            for other in range {
                sum += likely[other] * words[other];
                weight += words[other];
            }
            sum / weight
        };
        let mut row = [0.0_f32; CONTEXT];
        let mut next = 0;
        let mut put = |value: f32| {
            row[next] = value;
            next += 1;
        };
        put(likely[at]);
        put((1.0 + words[at]).ln());
        put(other(at.checked_sub(1)));
        put(other(Some(at + 1)));
        put(other(at.checked_sub(2)));
        put(other(Some(at + 2)));
        put(mean(at.saturating_sub(3)..at));
        put(mean((at + 1).min(count)..(at + 4).min(count)));
        put(last_strong.map_or(30.0, |last| ((at - last) as f32).min(30.0)));
        put(next_strong[at]);
        put(before / total);
        let own = likely[at] * words[at];
        put((total - before - own) / total);
        let mut element = block.element;
        for _ in 0..4 {
            let rest = (size[element] - words[at]).max(0.0);
            put(if rest > 0.5 { (mass[element] - own) / rest } else { -0.1 });
            put(mass[element] / total);
            let here = held[element];
            element = elements[element].parent;
            while element != 0 && held[element] <= here {
                element = elements[element].parent;
            }
        }
        let look = looks.get(&elements[block.element].look).copied().unwrap_or_default();
        put(if look.1 - words[at] > 0.5 { (look.0 - own) / (look.1 - words[at]) } else { -0.1 });
        put(look.0 / total);
        put(look.2.min(50.0));
        put(f32::from(u8::from(is_in[block.element])));
        put(hops[block.element]);
        put(mass[main] / size[main].max(1.0));
        put((1.0 + total).ln());
        put(total / all);
        put(best);
        put(rank[at].min(5.0));
        put(topical[at]);
        let kin = kin[&kin_of(at)];
        put(if kin.1 - words[at] > 0.5 { (kin.0 - own) / (kin.1 - words[at]) } else { -0.1 });
        put(kin.0 / total);
        put(((at as f32 - first_in as f32) / length).clamp(-1.0, 2.0));
        put(((mass_to[(last_in + 1).min(count)] - mass_to[at + 1]) / mass_in).clamp(-1.0, 2.0));
        let peers = peers[&peers_of(at)];
        put(if peers.1 - words[at] > 0.5 { (peers.0 - own) / (peers.1 - words[at]) } else { -0.1 });
        put(peers.0 / total);
        debug_assert_eq!(next, CONTEXT);
        rows.push(row);
        before += own;
        if is_strong(at) {
            last_strong = Some(at);
        }
    }
    rows
}
