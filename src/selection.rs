//! Which rules of the packs are used.

use std::str::FromStr;

use crate::pack::Pack;
use crate::rule::{Kind, RuleInfo};
use crate::suggest::{did_you_mean, nearest};

/// A choice among rules by rule id, kind or pack id. The default is every rule of a core kind.
///
/// It may be made in steps, such as that of a configuration and [then](Selection::then) that of a command line: each
/// changes what those before it chose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    steps: Vec<Step>,
}

/// What is chosen at once; what it ignores, it ignores whatever else it names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Step {
    /// Instead of what was chosen before.
    select: Option<Vec<String>>,
    extend_select: Vec<String>,
    ignore: Vec<String>,
}

/// A name in a selection that is no rule's, kind's or pack's.
#[derive(Debug, thiserror::Error)]
#[error("no rule, kind or pack is called `{name}`; {help}")]
pub struct UnknownSelector {
    name: String,
    help: String,
}

impl Step {
    fn names(&self) -> impl Iterator<Item = &String> {
        self.select.iter().flatten().chain(&self.extend_select).chain(&self.ignore)
    }
}

impl UnknownSelector {
    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What may have been meant, or what to do.
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl Selection {
    /// Only what `names` name, instead of the core kinds. `all` names every rule.
    pub fn only(names: impl IntoIterator<Item = String>) -> Self {
        Self { steps: vec![Step { select: Some(names.into_iter().collect()), ..Step::default() }] }
    }

    /// Also what `names` name.
    pub fn extend(mut self, names: impl IntoIterator<Item = String>) -> Self {
        self.last().extend_select.extend(names);
        self
    }

    /// Not what `names` name, whatever else names it.
    pub fn ignore(mut self, names: impl IntoIterator<Item = String>) -> Self {
        self.last().ignore.extend(names);
        self
    }

    /// What `later` makes of this choice: it may ignore what this one chose, and choose what this one ignored.
    pub fn then(mut self, later: Selection) -> Self {
        self.steps.extend(later.steps);
        self
    }

    fn last(&mut self) -> &mut Step {
        if self.steps.is_empty() {
            self.steps.push(Step::default());
        }
        self.steps.last_mut().expect("there is at least one step")
    }

    /// True when the rule is chosen.
    pub fn includes(&self, rule: &RuleInfo) -> bool {
        let named = |names: &[String]| names.iter().any(|name| names_rule(name, rule));
        self.steps.iter().fold(rule.kind.is_core(), |before, step| {
            let base = step.select.as_deref().map_or(before, named);
            (base || named(&step.extend_select)) && !named(&step.ignore)
        })
    }

    /// Makes sure that every name is one of a rule or a pack of `packs`, or of a kind.
    pub(crate) fn check(&self, packs: &[Pack]) -> Result<(), UnknownSelector> {
        let rules = packs.iter().flat_map(|pack| pack.rules().map(|rule| rule.id.as_str()));
        let kinds = Kind::ALL.iter().map(|kind| kind.name());
        let known: Vec<&str> = packs.iter().map(Pack::id).chain(rules).chain(kinds).chain(["all"]).collect();
        for name in self.steps.iter().flat_map(Step::names) {
            if !known.contains(&name.as_str()) {
                let help = nearest(name, known.iter().copied())
                    .map_or_else(|| "`dechaff rules list` shows the names".to_owned(), did_you_mean);
                return Err(UnknownSelector { name: name.clone(), help });
            }
        }
        Ok(())
    }
}

fn names_rule(name: &str, rule: &RuleInfo) -> bool {
    name == "all"
        || name == rule.id
        || name == rule.pack
        || Kind::from_str(name).is_ok_and(|kind| kind == rule.kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(id: &str, kind: Kind, pack: &str) -> RuleInfo {
        RuleInfo { id: id.into(), kind, pack: pack.into(), about: String::new() }
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn core_kinds_are_the_default() {
        assert!(Selection::default().includes(&rule("ad-label", Kind::Ad, "ads")));
        assert!(!Selection::default().includes(&rule("photo", Kind::Caption, "captions")));
    }

    #[test]
    fn rules_are_named_by_id_kind_or_pack() {
        let ad = rule("ad-label", Kind::Ad, "marks");
        for name in ["ad-label", "ad", "marks", "all"] {
            assert!(Selection::only(names(&[name])).includes(&ad), "{name}");
        }
        assert!(!Selection::only(names(&["social"])).includes(&ad));
    }

    #[test]
    fn optional_kinds_come_on_top_and_ignore_wins() {
        let photo = rule("photo", Kind::Caption, "captions");
        let selection = Selection::default().extend(names(&["caption"]));
        assert!(selection.includes(&photo));
        assert!(!selection.ignore(names(&["photo"])).includes(&photo));
    }

    #[test]
    fn a_later_choice_changes_an_earlier_one() {
        let (ad, photo) = (rule("ad-label", Kind::Ad, "ads"), rule("photo", Kind::Caption, "captions"));
        let earlier = Selection::default().extend(names(&["caption"])).ignore(names(&["ad"]));
        assert!(!earlier.includes(&ad) && earlier.includes(&photo));
        let back = earlier.clone().then(Selection::default().extend(names(&["ad-label"])));
        assert!(back.includes(&ad) && back.includes(&photo));
        let afresh = earlier.then(Selection::only(names(&["ads"])));
        assert!(afresh.includes(&ad) && !afresh.includes(&photo));
    }

    #[test]
    fn a_misspelt_name_is_an_error_with_the_name_that_was_meant() {
        let error = Selection::only(names(&["name-ecko"])).check(&Pack::builtin()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no rule, kind or pack is called `name-ecko`; did you mean `name-echo`?"
        );
    }
}
