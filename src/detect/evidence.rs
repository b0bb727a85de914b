//! `match.evidence`: a line that no single sign gives away, but several together do.

use super::{Match, Scene, conditions};
use crate::rule::{Evidence, Signal};

/// The segment, when its signals add up to what the rule asks for.
pub(super) fn matches<'a>(scene: Scene<'a>, segment: usize, rule: &'a Evidence) -> Option<Match> {
    let found = Match {
        span: scene.segments.span(segment),
        segments: (segment, segment),
        evidence: String::new(),
        doubles: Vec::new(),
        is_piece: false,
        languages: None,
    };
    let holds = |signal: &&'a Signal| conditions::match_fits(&signal.when, scene, &found);
    let signals: Vec<&Signal> = rule.signals.iter().filter(holds).collect();
    let sum: i32 = signals.iter().map(|signal| signal.weight).sum();
    if sum < rule.at_least {
        return None;
    }
    let listed: Vec<String> =
        signals.iter().map(|signal| format!("{:+} {}", signal.weight, signal.about)).collect();
    let evidence = format!("{}, in sum {sum} of the {} that are asked for", listed.join(", "), rule.at_least);
    Some(Match { evidence, ..found })
}
