#!/usr/bin/env python3
"""Trains src/html/model.txt from pages with the article's text beside them, and says how well it carries over.

usage: cargo build --release --bin dechaff --example html_numbers
       pip install lightgbm lxml numpy
       benches/html/train.py PAGES.jsonl... [--seeds N] [--export]

PAGES lines: {"id", "url", "html", "text"[, "type"]}; a page without a type, or of type "article", is an article.
The figures are those of pages whose sites were not trained on: sites are dealt into five parts, and each part is
judged by models of the other four, once a seed. They are told of the blocks that were chosen, and of what the text
rules leave of these. Articles are trained on a few times more with noise put in (noise.py), and not judged so.
--export trains on all pages and writes the model.
"""
import argparse
import collections
import dataclasses
import hashlib
import json
import multiprocessing
import re
import statistics
import subprocess
import tempfile
from urllib.parse import urlparse

import lightgbm
import numpy as np

from noise import noisy_copies

NUMBERS = "target/release/examples/html_numbers"
DECHAFF = "target/release/dechaff"
MODEL = "src/html/model.txt"
WORD = re.compile(r"\w+")
FOLDS = 5
# How many noisy copies there are of each article.
COPIES = 4
# How many times as likely an article is among the pages of the web as among those here; a page that is almost surely
# an article, or none, is judged as that alone: as in src/html/choose.rs.
ARTICLE, CERTAIN = 3, 0.05
# A block less likely than this is judged once, and on an article none below the other is chosen: as there.
UNLIKELY, LEAST = 0.02, 0.28
# Where the first of the trees are sure that a block goes, the others are not asked: as in src/html/model.rs.
FEW, SURE = 100, -4.5

PAGE_TREES = dict(
    objective="binary", num_leaves=5, learning_rate=0.05, min_data_in_leaf=10, feature_fraction=0.2,
    bagging_fraction=0.7, bagging_freq=1, lambda_l2=5, seed=1, num_threads=1, verbose=-1)
PAGE_ROUNDS = 150
BLOCK_TREES = dict(
    objective="binary", num_leaves=6, min_data_in_leaf=60, bagging_fraction=0.8, bagging_freq=1, lambda_l2=10,
    max_bin=63, force_col_wise=True, seed=1, num_threads=1, verbose=-1)
# Thresholds drawn by chance fit the pages at hand less well, and others better.
FIRST = (dict(learning_rate=0.12, feature_fraction=0.6, extra_trees=True), 300)
SECOND = (dict(learning_rate=0.06, feature_fraction=0.3), 160)
# How much pages count for the models of articles, and of other pages: (articles, others, noisy copies of articles).
ARTICLES, OTHERS = (1.0, 0.0, 0.25), (0.15, 1.0, 0.0)


@dataclasses.dataclass
class Page:
    """A page: what is known of it, and which of its blocks are the article."""
    path: str
    id: str
    url: str
    type: str
    gold: list
    blocks: list
    tokens: list
    labels: np.ndarray
    first: np.ndarray
    whole: np.ndarray
    tables: list
    is_between: np.ndarray
    is_copy: bool
    likely: np.ndarray = None
    second: np.ndarray = None

    @property
    def is_article(self):
        return self.type in ("article", "news")

    def part(self, seed):
        """The part that the page's site is dealt to."""
        site = ".".join(urlparse(self.url).netloc.split(".")[-2:])
        return int(hashlib.md5(f"{site}{seed}".encode()).hexdigest(), 16) % FOLDS

    def share(self, shares):
        """How much it counts, of the shares of each type."""
        return shares[2] if self.is_copy else shares[0] if self.is_article else shares[1]

    def weights(self):
        """What it costs to get each block wrong: its share of the article, and a little for being there."""
        words = np.array([len(tokens) for tokens in self.tokens], float)
        return (np.minimum(words / max(len(self.gold), 50), 1) * 20 + 0.05) * (1.5 if self.type == "news" else 1)


def label(tokens, gold):
    """For each block, the share of it that is in the gold text, in its order; short blocks all or not at all."""
    places = collections.defaultdict(list)
    for i in range(len(gold) - 3):
        places[tuple(gold[i:i + 4])].append(i)
    used = np.zeros(len(gold) + 1, bool)
    labels, spans = np.zeros(len(tokens)), [None] * len(tokens)
    for k, words in enumerate(tokens):
        if len(words) < 6:
            continue
        hits = []
        for i in range(len(words) - 3):
            free = [p for p in places.get(tuple(words[i:i + 4]), ()) if not used[p]]
            if free:
                # Of several places, the one that goes on from the last.
                hits.append(min(free, key=lambda p: abs(p - hits[-1] - 1) if hits else p))
        share = len(hits) / (len(words) - 3)
        if share >= 0.5:
            labels[k], spans[k] = share, (min(hits), max(hits) + 4)
            used[hits] = True
    covered = np.zeros(len(gold) + 1, bool)
    for i in range(len(gold) - 3):
        if used[i]:
            covered[i:i + 4] = True
    starts = collections.defaultdict(list)
    for i, word in enumerate(gold):
        starts[word].append(i)
    # Short blocks are looked for between the long ones around them.
    ends = [len(gold)] * (len(tokens) + 1)
    for k in range(len(tokens) - 1, -1, -1):
        ends[k] = spans[k][0] if spans[k] else ends[k + 1]
    at = 0
    for k, words in enumerate(tokens):
        if spans[k]:
            at = max(at, spans[k][1])
        elif 0 < len(words) < 6:
            for p in starts.get(words[0], ()):
                is_near = at - 2 <= p and p + len(words) <= max(ends[k + 1], at) + 2
                if is_near and gold[p:p + len(words)] == words and not covered[p:p + len(words)].any():
                    labels[k] = 1
                    covered[p:p + len(words)] = True
                    at = max(at, p)
                    break
    return labels


def numbers(path, likely=None):
    """What is known of the pages of a file; with what the first judgement said, for the second."""
    arguments = [NUMBERS, "dump"]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file, open(path, encoding="utf-8") as pages:
        if likely is not None:
            file.writelines(json.dumps([round(float(x), 5) for x in page]) + "\n" for page in likely)
            file.flush()
            arguments.append(file.name)
        with subprocess.Popen(arguments, stdin=pages, stdout=subprocess.PIPE) as process:
            yield from map(json.loads, process.stdout)


def rows(known):
    """What is known of the blocks of a page."""
    return np.array(known["rows"], np.float32) if known["rows"] else np.zeros((0, 0), np.float32)


def read(path, is_copy=False):
    """The pages of a file."""
    pages = []
    with open(path, encoding="utf-8") as file:
        for line, known in zip(file, numbers(path)):
            record = json.loads(line)
            gold = WORD.findall(record["text"])
            tokens = [WORD.findall(block) for block in known["blocks"]]
            pages.append(Page(
                path, record["id"], record["url"], record.get("type", "news"), gold, known["blocks"], tokens,
                label(tokens, gold), rows(known), np.array(known["page"], np.float32),
                known["tables"], np.array(known["is_between"], bool), is_copy))
    return pages


def read_copies(paths, folder):
    """Noisy copies of the articles of some files, which are written to a folder."""
    records = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            records += map(json.loads, file)
    records = [record for record in records if record["text"] and record.get("type", "article") == "article"]
    path = f"{folder}/copies.jsonl"
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in noisy_copies(records, COPIES))
    return read(path, is_copy=True)


def read_second(pages, likely):
    """Reads what the first judgement comes to."""
    for path in dict.fromkeys(page.path for page in pages):
        own = [(page, first) for page, first in zip(pages, likely) if page.path == path]
        for (page, first), known in zip(own, numbers(path, [first for _, first in own])):
            page.likely, page.second = first, rows(known)


def fit_page(pages):
    """Trees that tell an article from other pages."""
    pages = [page for page in pages if not page.is_copy]
    data = lightgbm.Dataset(np.array([p.whole for p in pages]), np.array([int(p.is_article) for p in pages]))
    return lightgbm.train(PAGE_TREES, data, PAGE_ROUNDS)


def fit_blocks(pages, key, shares, options):
    """Trees that tell the blocks of an article from others, where `shares` weigh articles, other pages and copies."""
    parameters, rounds = options
    used = []
    chance = np.random.RandomState(7)
    for page in pages:
        if page.share(shares) == 0 or not len(page.blocks):
            continue
        labels = page.labels > 0.5
        # Most blocks are a word or two of a menu, and a copy has most in common with its page: some stand for all.
        is_thin = ~labels & np.array([len(tokens) <= 4 for tokens in page.tokens])
        part = np.where(is_thin, 0.1, 0.5) if page.is_copy else np.where(is_thin, 0.25, 1)
        is_used = chance.rand(len(labels)) < part
        if key == "second":
            is_used &= page.likely >= UNLIKELY
        weights = page.weights() * page.share(shares) / part
        used.append((getattr(page, key)[is_used], labels[is_used], weights[is_used]))
    known, labels, weights = (np.concatenate(column) for column in zip(*used))
    return lightgbm.train(BLOCK_TREES | parameters, lightgbm.Dataset(known, labels, weight=weights), rounds)


def likelihood(trees, known):
    """What trees say of blocks."""
    if not len(known):
        return np.zeros(0)
    few = trees.predict(known, num_iteration=FEW, raw_score=True, num_threads=1)
    return np.where(few < SURE, 1 / (1 + np.exp(-few)), trees.predict(known, num_threads=1))


SHARED = {}


def judge_part(job):
    """Trains on all parts but one, and judges that one."""
    key, shares, options, part, seed = job
    pages = SHARED["pages"]
    train = [page for page in pages if page.part(seed) != part]
    test = [i for i, page in enumerate(pages) if page.part(seed) == part]
    if key == "whole":
        trees = fit_page(train)
        return {i: trees.predict(pages[i].whole[None])[0] for i in test}
    trees = fit_blocks(train, key, shares, options)
    return {i: likelihood(trees, getattr(pages[i], key)) for i in test}


def judge(pages, key, seed, shares=None, options=None):
    """What models that never saw its site say of each page."""
    SHARED["pages"] = pages
    judged = {}
    jobs = [(key, shares, options, part, seed) for part in range(FOLDS)]
    with multiprocessing.get_context("fork").Pool(2) as pool:
        for part in pool.imap_unordered(judge_part, jobs):
            judged.update(part)
    return [judged[i] for i in range(len(pages))]


def judge_both(pages, key, seed, options, article):
    """The judgements as an article and as another page, by how likely the page is an article."""
    both = zip(article, judge(pages, key, seed, ARTICLES, options), judge(pages, key, seed, OTHERS, options))
    return [share * as_article + (1 - share) * as_other for share, as_article, as_other in both]


def settle(page, likely):
    """How likely each block is when those that go together are settled: as in src/html/settle.rs."""
    settled = likely.copy()
    weights = np.array([len(tokens) + 0.1 for tokens in page.tokens])
    for table in set(page.tables) - {None}:
        cells = [at for at, own in enumerate(page.tables) if own == table]
        settled[cells] = np.average(likely[cells], weights=weights[cells])
    for at in np.flatnonzero(page.is_between):
        if min(likely[at - 1], likely[at + 1]) > 0.8:
            settled[at] = min(settled[at] + 0.15, max(settled[at], 0.6))
    return settled


def judge_all(pages, seed):
    """How likely each block of each page is part of the article."""
    odds = [ARTICLE * p / (1 - p) for p in judge(pages, "whole", seed)]
    article = [1.0 if page.is_copy else np.clip((own / (1 + own) - CERTAIN) / (1 - 2 * CERTAIN), 0, 1)
               for page, own in zip(pages, odds)]
    first = judge_both(pages, "first", seed, FIRST, article)
    read_second(pages, first)
    second = judge_both(pages, "second", seed, SECOND, article)
    both = [np.where(a < UNLIKELY, a, (a + b) / 2) for a, b in zip(first, second)]
    return article, first, [settle(page, likely) for page, likely in zip(pages, both)]


def limit(page, article, likely):
    """The limit that makes the expected F-measure greatest: as in src/html/choose.rs."""
    words = np.array([len(tokens) for tokens in page.tokens], float)
    if not words.sum():
        return 0.5
    order = np.argsort(-likely)
    right, taken = np.cumsum((words * likely)[order]), np.cumsum(words[order])
    return max((2 * right / np.maximum(taken + (words * likely).sum(), 1)).max() / 2, LEAST * article)


def chosen(pages, article, likely):
    """The text of the chosen blocks of each page, but for copies."""
    texts = []
    for page, is_article, own in zip(pages, article, likely):
        if not page.is_copy:
            is_chosen = own > limit(page, is_article, own)
            texts.append("\n\n".join(block for block, is_own in zip(page.blocks, is_chosen) if is_own))
    return texts


def cleaned(pages, texts):
    """What the text rules leave of texts."""
    records = "".join(json.dumps({"url": page.url, "text": text}) + "\n" for page, text in zip(pages, texts))
    command = [DECHAFF, "filter", "--format", "jsonl", "--field", "text", "-q"]
    done = subprocess.run(command, input=records.encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line)["text"] for line in done.stdout.splitlines()]


def shingles(words):
    """How often each run of four words occurs."""
    runs = (tuple(words[i:i + 4]) for i in range(max(1, len(words) - 3)))
    return collections.Counter(runs) if words else collections.Counter()


def measures(gold, text):
    """Precision and recall of runs of four words, whether all words are the same, and F1 of words in lower case."""
    words = WORD.findall(text)
    wanted, got = shingles(gold), shingles(words)
    same = sum((wanted & got).values())
    precision = same / sum(got.values()) if got else None
    recall = same / sum(wanted.values()) if wanted else None
    lower = [collections.Counter(word.lower() for word in side) for side in (gold, words)]
    both = sum((lower[0] & lower[1]).values())
    f1 = 2 * both / (len(gold) + len(words)) if gold or words else 1.0
    return precision, recall, gold == words, f1


def evaluate(pages, texts):
    """The measures of each file of pages, by name."""
    figures = {}
    for path in dict.fromkeys(page.path for page in pages):
        own = [(page, measures(page.gold, text)) for page, text in zip(pages, texts) if page.path == path]
        precision, recall = (statistics.mean(m[i] for _, m in own if m[i] is not None) for i in (0, 1))
        figures[path] = {
            "P": precision, "R": recall, "F1": 2 * precision * recall / (precision + recall),
            "exact": statistics.mean(m[2] for _, m in own)}
        words = collections.defaultdict(list)
        for page, (_, _, _, f1) in own:
            words["all"].append(f1)
            words[page.type].append(f1)
        figures[path] |= {f"words {kind}": statistics.mean(words[kind]) for kind in sorted(words)}
    return figures


def report(name, runs):
    """Prints the mean of the figures of several runs."""
    for path in runs[0]:
        means = {key: statistics.mean(run[path][key] for run in runs) for key in runs[0][path]}
        print(f"{name:13} {path} " + "  ".join(f"{key} {mean:.4f}" for key, mean in means.items()), flush=True)


def tree(root):
    """A tree as text: nodes from the root on, the two that follow one beside each other."""
    nodes, fields = [root], []
    for node in nodes:
        if "split_feature" in node:
            fields.append(f"{node['split_feature']} {node['threshold']:.6g} {len(nodes)}")
            nodes += [node["left_child"], node["right_child"]]
        else:
            fields.append(f"= {node['leaf_value']:.4g}")
    return " ".join(fields)


def export(pages, names):
    """Writes the models of all pages; `second` must be what models that did not see a page's site come to."""
    models = [(fit_page(pages), names[0])]
    for key, options, own in (("first", FIRST, names[0]), ("second", SECOND, names[1])):
        models += [(fit_blocks(pages, key, shares, options), own) for shares in (ARTICLES, OTHERS)]
    with open(MODEL, "w", encoding="utf-8") as file:
        file.write("\n\n".join(
            "\n".join([" ".join(own)] + [tree(one["tree_structure"]) for one in model.dump_model()["tree_info"]])
            for model, own in models) + "\n")


def main():
    """Judges the pages with models of other sites, prints the measures, and writes the model if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="+")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--export", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        real = [page for path in arguments.pages for page in read(path)]
        pages = real + read_copies(arguments.pages, folder)
        right = chosen(real, [1.0] * len(real), [page.labels for page in real])
        report("all right", [evaluate(real, right)])
        runs = collections.defaultdict(list)
        for seed in range(arguments.seeds):
            article, first, both = judge_all(pages, seed)
            runs["first"].append(evaluate(real, chosen(pages, article, first)))
            texts = chosen(pages, article, both)
            runs["both"].append(evaluate(real, texts))
            runs["both, cleaned"].append(evaluate(real, cleaned(real, texts)))
    for name, own in runs.items():
        report(name, own)
    if arguments.export:
        export(pages, json.loads(subprocess.check_output([NUMBERS, "names"])))


if __name__ == "__main__":
    main()
