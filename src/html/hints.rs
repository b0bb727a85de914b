//! What the names of elements, classes and ids say of the text in them.

/// Something that a page's names say of a place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Hint {
    // Elements.
    Article,
    Main,
    Aside,
    Nav,
    Header,
    Footer,
    Form,
    Figure,
    Table,
    List,
    Quote,
    Section,
    Details,
    Link,
    Button,
    Heading,
    Preformatted,
    Definition,
    // Words of classes and ids.
    Ad,
    Share,
    Related,
    Teaser,
    Comment,
    Menu,
    Head,
    Foot,
    Side,
    Signup,
    Byline,
    Date,
    Caption,
    Media,
    Bio,
    Tags,
    Overlay,
    Body,
    Content,
    Title,
    Summary,
    Pull,
    Unseen,
    Input,
    Product,
    Cards,
    Forum,
    Tools,
    Embed,
    Note,
    Legal,
    Contents,
    Code,
    Question,
    Paragraph,
    Sponsor,
    Meta,
    Live,
}

/// Their names, for reports.
pub(super) const NAMES: [&str; HINTS] = [
    "article",
    "main",
    "aside",
    "nav",
    "header",
    "footer",
    "form",
    "figure",
    "table",
    "list",
    "quote",
    "section",
    "details",
    "link",
    "button",
    "heading",
    "preformatted",
    "definition",
    "ad",
    "share",
    "related",
    "teaser",
    "comment",
    "menu",
    "head",
    "foot",
    "side",
    "signup",
    "byline",
    "date",
    "caption",
    "media",
    "bio",
    "tags",
    "overlay",
    "body",
    "content",
    "title",
    "summary",
    "pull",
    "unseen",
    "input",
    "product",
    "cards",
    "forum",
    "tools",
    "embed",
    "note",
    "legal",
    "contents",
    "code",
    "question",
    "paragraph",
    "sponsor",
    "meta",
    "live",
];

/// The number of hints.
pub(super) const HINTS: usize = Hint::Live as usize + 1;

/// A set of hints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hints(u64);

impl Hints {
    pub const NONE: Self = Self(0);

    pub fn with(self, hint: Hint) -> Self {
        Self(self.0 | 1 << hint as u8)
    }

    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn has(self, hint: Hint) -> bool {
        self.0 & 1 << hint as u8 != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The numbers of those in it.
    pub fn numbers(self) -> impl Iterator<Item = usize> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let number = rest.trailing_zeros() as usize;
            rest &= rest.wrapping_sub(1);
            (number < 64).then_some(number)
        })
    }
}

/// What an element's name says.
pub(super) fn of_element(name: &str) -> Hints {
    let hint = match name {
        "article" => Hint::Article,
        "main" => Hint::Main,
        "aside" => Hint::Aside,
        "nav" => Hint::Nav,
        "header" => Hint::Header,
        "footer" => Hint::Footer,
        "form" | "fieldset" => Hint::Form,
        "figure" | "figcaption" => Hint::Figure,
        "table" => Hint::Table,
        "ul" | "ol" => Hint::List,
        "blockquote" => Hint::Quote,
        "section" => Hint::Section,
        "details" | "summary" => Hint::Details,
        "a" => Hint::Link,
        "button" => Hint::Button,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Hint::Heading,
        "pre" => Hint::Preformatted,
        "dl" => Hint::Definition,
        _ => return Hints::NONE,
    };
    let hints = Hints::NONE.with(hint);
    if name == "figcaption" { hints.with(Hint::Caption) } else { hints }
}

/// What the value of a `class`, `id`, `role` or `itemprop` attribute says.
pub(super) fn of_names(value: &str) -> Hints {
    let mut hints = Hints::NONE;
    let mut word = [0_u8; 16];
    let mut len = 0;
    let mut was_lower = false;
    for &byte in value.as_bytes() {
        let is_letter = byte.is_ascii_alphabetic();
        if len > 0 && (!is_letter || was_lower && byte.is_ascii_uppercase()) {
            hints = hints.and(of_word(&word[..len.min(16)]));
            len = 0;
        }
        if is_letter {
            if len < 16 {
                word[len] = byte.to_ascii_lowercase();
            }
            len += 1;
        }
        was_lower = byte.is_ascii_lowercase();
    }
    if len > 0 {
        hints = hints.and(of_word(&word[..len.min(16)]));
    }
    hints
}

fn of_word(word: &[u8]) -> Hints {
    // A plural says what its singular says.
    let singular = match word {
        [rest @ .., b's'] if rest.len() > 3 => rest,
        _ => word,
    };
    let hint = match singular {
        b"ad" | b"ads" | b"advert" | b"adv" | b"advertisement" | b"advertising" | b"adslot" | b"dfp"
        | b"gpt" | b"banner" | b"outbrain" | b"taboola" | b"adunit" | b"adsbygoogle" | b"adwrap"
        | b"adbox" | b"ob" => Hint::Ad,
        b"sponsor" | b"sponsored" | b"promo" | b"promotion" | b"affiliate" | b"cta" | b"upsell"
        | b"offer" | b"donate" | b"donation" | b"promoted" | b"partner" | b"callout" => Hint::Sponsor,
        b"share" | b"sharing" | b"social" | b"addthis" | b"sharedaddy" | b"facebook" | b"twitter"
        | b"whatsapp" | b"sharebar" | b"follow" | b"addtoany" | b"pinterest" | b"linkedin" | b"like"
        | b"sociable" => Hint::Share,
        b"related" | b"recommended" | b"recommendation" | b"recirc" | b"recirculation" | b"more"
        | b"also" | b"readmore" | b"trending" | b"popular" | b"latest" | b"mostread" | b"similar"
        | b"suggested" | b"yarpp" | b"next" | b"prev" | b"previous" | b"jp" | b"crp" | b"further"
        | b"relate" | b"recent" | b"most" | b"top" | b"explore" | b"discover" | b"inline" => Hint::Related,
        b"teaser" | b"tease" | b"card" | b"tile" | b"thumb" | b"thumbnail" | b"preview" | b"blurb" => {
            Hint::Teaser
        }
        b"comment" | b"disqus" | b"respond" | b"commentlist" | b"livefyre" | b"reply" | b"replie"
        | b"talkback" | b"viafoura" | b"coral" | b"kommentar" | b"commentar" => Hint::Comment,
        b"nav" | b"navigation" | b"menu" | b"breadcrumb" | b"crumb" | b"pagination" | b"pager"
        | b"navbar" | b"submenu" | b"dropdown" | b"pagenav" | b"tab" | b"topnav" | b"subnav" | b"skip"
        | b"drawer" | b"hamburger" | b"mega" => Hint::Menu,
        b"header" | b"masthead" | b"topbar" | b"hd" | b"heade" | b"logo" | b"brand" => Hint::Head,
        b"footer" | b"foot" | b"ft" | b"bottom" | b"colophon" => Hint::Foot,
        b"sidebar" | b"side" | b"aside" | b"rail" | b"widget" | b"complementary" | b"secondary"
        | b"supplementary" | b"sticky" => Hint::Side,
        b"newsletter" | b"signup" | b"subscribe" | b"subscription" | b"subscriber" | b"optin"
        | b"paywall" | b"mailchimp" | b"email" | b"mailing" | b"piano" | b"membership" | b"convertkit"
        | b"register" => Hint::Signup,
        b"byline" | b"author" | b"writer" | b"dateline" | b"contributor" | b"autor" | b"auteur" | b"by" => {
            Hint::Byline
        }
        b"date" | b"time" | b"timestamp" | b"published" | b"publish" | b"posted" | b"updated"
        | b"modified" | b"datum" | b"fecha" => Hint::Date,
        b"caption" | b"credit" | b"figcaption" | b"legend" | b"attribution" | b"wp-caption"
        | b"copyright" => Hint::Caption,
        b"image" | b"photo" | b"picture" | b"gallery" | b"slideshow" | b"media" | b"video" | b"player"
        | b"img" | b"audio" | b"podcast" | b"figure" | b"lightbox" | b"playlist" | b"slide" => Hint::Media,
        b"bio" | b"about" | b"profile" | b"avatar" | b"biography" | b"authorbox" | b"vcard" => Hint::Bio,
        b"tag" | b"category" | b"categorie" | b"topic" | b"keyword" | b"label" | b"hashtag" | b"term"
        | b"cat" | b"kicker" | b"eyebrow" | b"badge" | b"chip" | b"pill" => Hint::Tags,
        b"cookie" | b"consent" | b"gdpr" | b"modal" | b"popup" | b"overlay" | b"dialog" | b"alert"
        | b"toast" | b"notification" | b"rollover" | b"hovercard" | b"flyout" | b"popover" | b"tooltip"
        | b"notice" | b"onetrust" | b"privacy" | b"lightboxe" => Hint::Overlay,
        b"articlebody" | b"body" | b"bodytext" | b"articletext" | b"storybody" | b"richtext" | b"prose"
        | b"markdown" | b"wysiwyg" | b"rte" | b"rich" | b"postbody" | b"entrycontent" | b"paywalled"
        | b"bodycopy" => Hint::Body,
        b"content" | b"story" | b"entry" | b"post" | b"text" | b"article" | b"main" | b"blog" | b"hentry"
        | b"page" | b"copy" | b"editor" | b"editorial" | b"new" | b"artikel" | b"single" => Hint::Content,
        b"title" | b"headline" | b"heading" | b"hed" | b"head" | b"headlin" | b"titre" | b"titel" => {
            Hint::Title
        }
        b"subtitle" | b"dek" | b"standfirst" | b"summary" | b"lead" | b"lede" | b"intro" | b"excerpt"
        | b"description" | b"abstract" | b"subhead" | b"deck" | b"tldr" | b"highlight" | b"takeaway"
        | b"keypoint" | b"chapo" | b"subheadline" | b"desc" | b"introduction" | b"kurztext" => Hint::Summary,
        b"pullquote" | b"pull" | b"quote" | b"blockquote" | b"testimonial" | b"testimony" => Hint::Pull,
        b"hidden" | b"sr" | b"screenreader" | b"visuallyhidden" | b"offscreen" | b"print" | b"noprint"
        | b"hide" | b"visually" | b"invisible" | b"collapse" | b"collapsed" | b"screen" => Hint::Unseen,
        b"form" | b"search" | b"login" | b"button" | b"btn" | b"input" | b"field" | b"searchform"
        | b"filter" | b"select" | b"signin" | b"account" | b"checkout" => Hint::Input,
        b"product" | b"price" | b"cart" | b"buy" | b"shop" | b"rating" | b"review" | b"star" | b"sku"
        | b"shipping" | b"deal" | b"pricing" | b"spec" | b"variant" => Hint::Product,
        b"list" | b"grid" | b"feed" | b"item" | b"carousel" | b"slider" | b"swiper" | b"slick"
        | b"listing" | b"collection" | b"block" | b"row" | b"river" => Hint::Cards,
        b"message" | b"thread" | b"forum" | b"bbp" | b"answer" | b"discussion" | b"phpbb" | b"viewtopic"
        | b"userpost" | b"postcontent" | b"bbwrapper" | b"upvote" | b"vote" | b"karma" => Hint::Forum,
        b"tool" | b"toolbar" | b"action" | b"utility" | b"control" | b"option" | b"setting" | b"link"
        | b"icon" | b"bookmark" | b"save" | b"counter" | b"count" | b"stat" | b"user" | b"signature" => {
            Hint::Tools
        }
        b"embed" | b"tweet" | b"instagram" | b"embedded" | b"oembed" | b"youtube" | b"tiktok" | b"iframe"
        | b"gist" => Hint::Embed,
        b"note" | b"ref" | b"reference" | b"footnote" | b"citation" | b"correction" | b"disclaimer"
        | b"source" | b"disclosure" | b"infobox" | b"navbox" | b"reflist" | b"hatnote" | b"edit"
        | b"editsection" => Hint::Note,
        b"legal" | b"rights" | b"term-of-use" | b"license" | b"licence" | b"policy" | b"policie"
        | b"imprint" => Hint::Legal,
        b"toc" | b"content-table" | b"tableofcontent" | b"outline" | b"index" | b"jump" | b"anchor"
        | b"jumplink" => Hint::Contents,
        b"code" | b"highlighted" | b"syntax" | b"snippet" | b"prism" | b"codehilite" | b"line"
        | b"lineno" | b"gutter" => Hint::Code,
        b"faq" | b"accordion" | b"question" | b"qa" | b"step" | b"recipe" | b"ingredient"
        | b"instruction" | b"toggle" => Hint::Question,
        b"paragraph" | b"p" | b"par" | b"para" | b"graf" | b"textblock" | b"textblocks" => Hint::Paragraph,
        b"meta" | b"info" | b"metadata" | b"detail" | b"read" | b"reading" | b"minute" | b"location"
        | b"postmeta" => Hint::Meta,
        b"live" | b"breaking" | b"ticker" | b"weather" | b"stock" | b"event" | b"calendar" | b"poll"
        | b"quiz" | b"game" => Hint::Live,
        _ => return Hints::NONE,
    };
    let hints = Hints::NONE.with(hint);
    match singular {
        b"facebook" | b"twitter" => hints,
        b"header" => hints,
        b"bodytext" | b"articlebody" | b"storybody" | b"postbody" | b"entrycontent" => {
            hints.with(Hint::Content)
        }
        _ => hints,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_parted_by_marks_and_by_capitals() {
        let hints = of_names("c-relatedLinks__item js-share");
        for hint in [Hint::Related, Hint::Share, Hint::Cards, Hint::Tools] {
            assert!(hints.has(hint), "{hint:?}");
        }
        assert!(of_names("shareholder advice").is_empty());
    }

    #[test]
    fn a_set_gives_its_numbers_in_order() {
        let hints = Hints::NONE.with(Hint::Live).with(Hint::Article);
        assert_eq!(hints.numbers().collect::<Vec<_>>(), [0, Hint::Live as usize]);
    }
}
