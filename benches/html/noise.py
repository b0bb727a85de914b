"""Puts more noise into pages with gold text, for the training of the page model.

Few pages at hand have teasers of other articles before the text, comments that read like it, or a link between two of
its paragraphs, and none has them in the language or under the class names of the next site. So each copy of a page has
some put in, made of the titles and texts of other pages, in elements of many forms. Some copies lose their class names,
some what their head says, and some are in a language that nobody knows. The gold text stays what it was.
"""
import collections
import copy
import html
import random
import re

import lxml.html

WORD = re.compile(r"\w+")
SENTENCE_END = re.compile(r"(?<=[.!?])\s")
# Headings that say what stands under them, in several languages, and some that do not; some lists have none.
HEADINGS = [
    "Related articles", "You may also like", "More stories", "Latest news", "Recommended for you", "Up next", "Mehr zum Thema",
    "Auch interessant", "Aktuell", "Lire aussi", "Dans la même rubrique", "Te puede interesar", "Lo último", "Leia também",
    "Veja mais", "Leggi anche", "Lees ook", "Читайте также", "Czytaj także", "In other news", "From the magazine", "Noticias",
    "Highlights", "Spotlight", "Features", "Opinion", "Just in", "Archive", "Blog", "", "", ""]
LEADS = [
    "Read more: ", "Read also: ", "Also read: ", "RELATED: ", "See also: ", "MORE: ", "Don't miss: ", "Lesen Sie auch: ",
    "Lire aussi : ", "Lea también: ", "Leia também: ", "Leggi anche: ", "Lees ook: ", "Читайте также: ", "Czytaj też: ",
    "→ ", "» ", "", "", ""]
TAILS = ["...", "…", " [...]", " […]", "...", "", ""]
MORE = ["Read more", "Continue reading", "More", "Weiterlesen", "Lire la suite", "Leer más", "Leia mais", "»", "", "", ""]
SECTIONS = ["Politics", "Sport", "Kultur", "Economía", "Tech"]
MONTHS = ["January", "March", "May", "août", "Oktober", "marzo"]
COMMENTS = ["Comments", "Responses", "Join the discussion", "Kommentare", "Commentaires", "Comentarios", ""]
PITCHES = [
    "Sign up for our newsletter and get the day's top stories delivered to your inbox.",
    "Subscribe now to keep reading. Cancel at any time.",
    "Get unlimited access to all of our journalism from one dollar a week.",
    "Support independent journalism. Every contribution, however big or small, makes a difference.",
    "Abonnieren Sie unseren Newsletter und verpassen Sie keine Nachricht mehr.",
    "Inscrivez-vous à notre newsletter pour recevoir l'essentiel de l'actualité.",
    "Suscríbete a nuestro boletín y recibe cada mañana las noticias más importantes.",
    "Receba as principais notícias no seu e-mail. Cadastre-se gratuitamente.",
    "Follow us on Facebook, Twitter and Instagram for more stories like this one.",
    "Have a tip? Write to our newsroom and tell us what you know.",
    "Download our free app for iPhone and Android to get breaking news alerts.",
    "This article is for subscribers only. Log in or create a free account to read on.",
    "Comments are moderated. We do not publish insults, and we may close a discussion at any time.",
    "Kommentare sind nach vierzehn Tagen geschlossen. Bitte bleiben Sie sachlich.",
    "Os comentários são da responsabilidade de quem os escreve e serão lidos antes de publicados.",
    "Schrijf je in voor onze nieuwsbrief en ontvang elke vrijdag het beste van de week.",
    "Запишіться на нашу розсилку, щоб отримувати головні новини дня.",
    "Tilaa uutiskirje ja lue viikon tärkeimmät jutut.",
    "This site uses cookies to show you what you may like. By reading on you agree to that.",
    "If you buy something through a link on this page we may earn a small commission.",
    "Write to the author at the address of the newsroom, or call us from Monday to Friday."]
# Names of classes that say what is in an element, that say nothing, and that mislead.
CLASSES = [
    "", "", "", "item", "box", "entry", "post", "card", "teaser", "col", "row", "list", "widget", "block", "media", "c1",
    "x9a", "wrap", "inner", "article", "news-item", "story", "grid", "feed", "panel", "content"]
# Letters of languages that nobody knows: of another script, and of the same.
SCRIPTS = [
    str.maketrans(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "абцдефгхийклмнопярстуввкызАБЦДЕФГХИЙКЛМНОПЯРСТУВВКЫЗ"),
    str.maketrans(
        "aeiouAEIOUbcdfghklmnprstvBCDFGHKLMNPRSTV", "eioöaEIOÖAdkgvhłmnrsptlczDKGVHŁMNRSPTLCZ")]


def tag(name, content, cls=""):
    """An element as markup."""
    return f'<{name} class="{cls}">{content}</{name}>' if cls else f"<{name}>{content}</{name}>"


def link(title, content=None):
    """A link to the article of that title, around its title or other markup."""
    href = "/" + "-".join(WORD.findall(title.lower())[:6])
    return f'<a href="{href}">{html.escape(title) if content is None else content}</a>'


def date(rng):
    """When something may have been written."""
    day, year = rng.randint(1, 28), rng.randint(2010, 2025)
    return rng.choice([
        f"{rng.choice(MONTHS)} {day}, {year}", f"{day}.{rng.randint(1, 12)}.{year}", f"{rng.randint(2, 23)} hours ago"])


def excerpt(rng, paragraphs):
    """The start of a paragraph as markup, mostly cut short as teasers are."""
    text = rng.choice(paragraphs[:4])
    words = text.split()
    length = rng.randint(12, 50)
    if length < len(words) and rng.random() < 0.65:
        text = " ".join(words[:length]).rstrip(".,;:") + rng.choice(TAILS)
    elif rng.random() < 0.5:
        text = SENTENCE_END.split(text)[0]
    return html.escape(text)


def headed(rng, content):
    """Markup under a heading, or under none."""
    heading = rng.choice(HEADINGS)
    if not heading or rng.random() < 0.25:
        return content
    heading = heading.upper() if rng.random() < 0.2 else heading
    return tag("div", tag(rng.choice(["h2", "h3", "h4", "p", "strong", "div"]), heading) + content, rng.choice(CLASSES))


def teasers(rng, stuff):
    """A list of other articles with a part of their text."""
    form = rng.choice(["item", "card", "article", "flat", "linked", "titles", "whole"])
    box, card, head, text = (rng.choice(CLASSES) for _ in range(4))
    heading, paragraph = rng.choice(["h2", "h3", "h4", "h5", "div", "p", "strong"]), rng.choice(["p", "p", "div", "span"])
    is_dated, has_section, more = rng.random() < 0.4, rng.random() < 0.3, rng.choice(MORE)
    cards = []
    for title, paragraphs in rng.sample(stuff, rng.randint(2, 9)):
        start = excerpt(rng, paragraphs)
        titled = tag(heading, link(title), head)
        if form == "item":
            cards.append(tag("li", link(title) + (tag(paragraph, start) if rng.random() < 0.9 else ""), card))
        elif form == "titles":
            cards.append(tag("div", titled, card))
        elif form == "linked":
            inner = tag(heading, html.escape(title), head) + tag("p", start, text)
            cards.append(tag("div", link(title, inner), card))
        elif form == "flat":
            cards.append(titled + tag("p", start, text))
        elif form == "whole":
            whole = "".join(tag("p", html.escape(own), text) for own in paragraphs[:rng.randint(1, 3)])
            cards.append(tag("article", titled + whole, card))
        else:
            section = tag("span", rng.choice(SECTIONS), rng.choice(CLASSES)) if has_section else ""
            day = tag("div", date(rng)) if is_dated else ""
            end = link(title, more) if more else ""
            name = "article" if form == "article" else "div"
            cards.append(tag(name, section + titled + day + tag(paragraph, start, text) + end, card))
    around = "ul" if form == "item" else rng.choice(["div", "section", "aside"])
    return headed(rng, tag(around, "".join(cards), box))


def links(rng, stuff):
    """A list of titles of other articles."""
    items = "".join(tag("li", link(title)) for title, _ in rng.sample(stuff, rng.randint(2, 6)))
    return tag("div", headed(rng, tag("ul", items, rng.choice(CLASSES))), rng.choice(CLASSES))


def inline(rng, stuff):
    """A line that leads to another article, or a few of these."""
    name, cls, is_bold = rng.choice(["p", "p", "div", "h3", "blockquote"]), rng.choice(CLASSES[:8]), rng.random() < 0.4
    is_upper, is_led_in_link = rng.random() < 0.3, rng.random() < 0.5

    def line(title, lead):
        title = title.upper() if is_upper else title
        content = link(title, html.escape(lead + title)) if is_led_in_link else html.escape(lead) + link(title)
        content += rng.choice([" [INSIGHT]", " [VIDEO]", " |", " »", " >>"]) if rng.random() < 0.15 else ""
        return tag(name, tag("strong", content) if is_bold else content, cls)

    first = line(rng.choice(stuff)[0], rng.choice(LEADS))
    if rng.random() < 0.8:
        return first
    return tag("div", headed(rng, first + "".join(line(title, "") for title, _ in rng.sample(stuff, rng.randint(1, 3)))))


def pitch(rng, _stuff):
    """A line that asks readers for something."""
    text = tag("p", rng.choice(PITCHES))
    if rng.random() < 0.4:
        return text
    heading = rng.choice(["Newsletter", "Stay informed", "Join us", "Bleiben Sie informiert", "Restez informés"])
    text = tag(rng.choice(["h3", "h4", "p"]), heading) + text if rng.random() < 0.4 else text
    button = '<a href="/subscribe">' + rng.choice(["Sign up", "Subscribe", "Jetzt anmelden", "S'abonner"]) + "</a>"
    return tag("div", text + (button if rng.random() < 0.4 else ""), rng.choice(CLASSES))


def comments(rng, stuff):
    """What readers said, in sentences of other articles."""
    outer, name = rng.choice([("ol", "li"), ("ul", "li"), ("div", "div")])
    cls, is_answered = rng.choice(CLASSES), rng.random() < 0.5
    items = []
    for title, paragraphs in rng.sample(stuff, rng.randint(2, 8)):
        who = "".join(word.capitalize() for word in rng.sample(WORD.findall(title), 2))
        said = html.escape(" ".join(SENTENCE_END.split(rng.choice(paragraphs))[:rng.randint(1, 3)]))
        answer = '<a href="#">' + rng.choice(["Reply", "Antworten", "Répondre"]) + "</a>" if is_answered else ""
        items.append(tag(name, tag("div", who) + tag("div", date(rng)) + tag("p", said) + answer, cls))
    heading = rng.choice(COMMENTS)
    heading = tag(rng.choice(["h2", "h3", "div"]), heading) if heading else ""
    return tag("div", heading + tag(outer, "".join(items)), rng.choice(["", "comments", "c1", "thread", "list"]))


# What may come where: before the article, behind it or at its end, between its paragraphs.
BEFORE, BEHIND = [teasers, teasers, links, pitch], [teasers, teasers, teasers, links, pitch, comments]
BETWEEN = [inline, inline, links, pitch, teasers]


def place(tree, gold):
    """The innermost element with most of the article, and its children that hold some of it."""
    runs = set(zip(*(gold[i:] for i in range(5))))
    held = collections.Counter()
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "title", "noscript"):
            continue
        words = WORD.findall(" ".join([element.text or "", *(child.tail or "" for child in element)]))
        found = sum(run in runs for run in zip(*(words[i:] for i in range(5))))
        if len(words) < 6 or found * 2 < len(words) - 4:
            continue
        while element is not None:
            held[element] += len(words)
            element = element.getparent()
    most = max(held.values(), default=0)
    around = [element for element in tree.iter() if held[element] >= 0.8 * most > 0]
    return (around[-1], [child for child in around[-1] if held[child]]) if around else (None, [])


def put_behind(element, new):
    """Puts an element behind another, before the text that comes behind that."""
    new.tail, element.tail = element.tail, None
    element.addnext(new)


def put_in(rng, tree, article, children, stuff):
    """Puts one piece of noise before, behind or into the element with the article, or at the end of the page."""
    where = rng.choice(["before", "behind", "behind", "end", "between", "between", "page"])
    makers = {"before": BEFORE, "between": BETWEEN}.get(where, BEHIND)
    new = lxml.html.fragment_fromstring(rng.choice(makers)(rng, stuff), create_parent="div")
    if len(new) == 1 and rng.random() < 0.7:
        new = new[0]
    # Some stand further out.
    around = article
    for _ in range(rng.choice([0, 0, 1, 2])):
        if around.getparent().tag not in ("body", "html"):
            around = around.getparent()
    if around.tag == "body":
        around = children[0] if where == "before" else children[-1]
    if where == "before":
        around.addprevious(new)
    elif where == "behind":
        put_behind(around, new)
    elif where == "end":
        put_behind(children[-1], new)
    elif where == "between" and len(children) > 2:
        put_behind(children[rng.randint(0, len(children) - 2)], new)
    else:
        tree.body.append(new)


def translate(tree, letters):
    """Turns all that a page says into a language that nobody knows."""
    for element in tree.iter():
        is_element = isinstance(element.tag, str)
        if element.tag == "script" and element.get("type") == "application/ld+json":
            element.text = None
        elif is_element and element.text and element.tag not in ("script", "style"):
            element.text = element.text.translate(letters)
        if element.tail:
            element.tail = element.tail.translate(letters)
        if element.tag == "meta" and (element.get("property") or element.get("name") or "").endswith(("title", "description")):
            element.set("content", (element.get("content") or "").translate(letters))


def noisy(record, tree, stuff, rng):
    """A copy of a page with more noise in it; none where its article is not found."""
    tree = copy.deepcopy(tree)
    article, children = place(tree, WORD.findall(record["text"]))
    if article is None or not children or article.tag in ("html", "body") and len(children) < 2:
        return None
    for _ in range(rng.choice([1, 1, 2, 3])):
        put_in(rng, tree, article, children, stuff)
    text = record["text"]
    if rng.random() < 0.3:
        letters = rng.choice(SCRIPTS)
        translate(tree, letters)
        text = text.translate(letters)
    if rng.random() < 0.25:
        for element in tree.iter("*"):
            for name in ("class", "id", "itemprop", "role"):
                element.attrib.pop(name, None)
    if rng.random() < 0.2:
        for element in tree.xpath("//meta | //script[@type='application/ld+json']"):
            element.drop_tree()
    return record | {"html": lxml.html.tostring(tree, encoding="unicode", doctype="<!doctype html>"), "text": text}


def noisy_copies(records, copies):
    """Copies of pages with more noise in them, by chance but the same every time."""
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
    pages = [(record, lxml.html.document_fromstring(record["html"].encode(), parser=parser)) for record in records]
    stuff = []
    for record, tree in pages:
        titles = tree.xpath("//meta[@property='og:title']/@content | //title/text()")
        titles = [" ".join(title.split()) for title in titles if 4 <= len(title.split()) <= 25]
        paragraphs = [line.strip() for line in record["text"].split("\n") if len(line.split()) >= 15]
        if titles and paragraphs:
            stuff.append((titles[0], paragraphs))
    for number in range(copies):
        for record, tree in pages:
            page = noisy(record, tree, stuff, random.Random(f"{record['id']} {number}"))
            if page:
                yield page
