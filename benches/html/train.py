#!/usr/bin/env python3
"""Trains src/html/model.txt from pages with the article's text beside them, and says how well it carries over.

usage: cargo build --release --bin dechaff --example html_numbers
       pip install lightgbm numpy
       benches/html/train.py PAGES.jsonl... [--seeds N] [--export]

PAGES lines: {"id", "url", "html", "text"[, "type"]}; a page without a type, or of type "article", is an article.
The figures are those of pages whose sites were not trained on: sites are dealt into five parts, and each part is
judged by models of the other four, once a seed. They are told of the blocks that were chosen, and of what the text
rules leave of these. --export trains on all pages and writes the model.
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

NUMBERS = "target/release/examples/html_numbers"
DECHAFF = "target/release/dechaff"
MODEL = "src/html/model.txt"
WORD = re.compile(r"\w+")
FOLDS = 5
# A page that is almost surely an article, or none, is judged as that alone: as in src/html/choose.rs.
CERTAIN = 0.05

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
# How much pages of the type count for the models of articles, and of other pages: (articles, others).
ARTICLES, OTHERS = (1.0, 0.0), (0.15, 1.0)


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
    second: np.ndarray = None

    @property
    def is_article(self):
        return self.type in ("article", "news")

    def part(self, seed):
        """The part that the page's site is dealt to."""
        site = ".".join(urlparse(self.url).netloc.split(".")[-2:])
        return int(hashlib.md5(f"{site}{seed}".encode()).hexdigest(), 16) % FOLDS

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


def read(paths):
    """The pages of some files."""
    pages = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for line, known in zip(file, numbers(path)):
                record = json.loads(line)
                gold = WORD.findall(record["text"])
                tokens = [WORD.findall(block) for block in known["blocks"]]
                pages.append(Page(
                    path, record["id"], record["url"], record.get("type", "news"), gold, known["blocks"], tokens,
                    label(tokens, gold), rows(known), np.array(known["page"], np.float32)))
    return pages


def read_second(pages, likely):
    """Reads what the first judgement comes to."""
    for path in dict.fromkeys(page.path for page in pages):
        own = [(page, first) for page, first in zip(pages, likely) if page.path == path]
        for (page, _), known in zip(own, numbers(path, [first for _, first in own])):
            page.second = rows(known)


def fit_page(pages):
    """Trees that tell an article from other pages."""
    data = lightgbm.Dataset(np.array([p.whole for p in pages]), np.array([int(p.is_article) for p in pages]))
    return lightgbm.train(PAGE_TREES, data, PAGE_ROUNDS)


def fit_blocks(pages, key, share, options):
    """Trees that tell the blocks of an article from others, where `share` weighs articles and other pages."""
    parameters, rounds = options
    weigh = [(page, share[0] if page.is_article else share[1]) for page in pages]
    weigh = [(page, weight) for page, weight in weigh if weight > 0 and len(page.blocks)]
    known = np.vstack([getattr(page, key) for page, _ in weigh])
    labels = np.concatenate([page.labels > 0.5 for page, _ in weigh]).astype(int)
    weights = np.concatenate([page.weights() * weight for page, weight in weigh])
    words = np.concatenate([[len(tokens) for tokens in page.tokens] for page, _ in weigh])
    # Most blocks are a word or two of a menu: one in four of these stands for all.
    is_thin = (labels == 0) & (words <= 4)
    is_used = ~is_thin | (np.random.RandomState(7).rand(len(labels)) < 0.25)
    weights = np.where(is_thin, weights * 4, weights)
    data = lightgbm.Dataset(known[is_used], labels[is_used], weight=weights[is_used])
    return lightgbm.train(BLOCK_TREES | parameters, data, rounds)


SHARED = {}


def judge_part(job):
    """Trains on all parts but one, and judges that one."""
    key, share, options, part, seed = job
    pages = SHARED["pages"]
    train = [page for page in pages if page.part(seed) != part]
    test = [i for i, page in enumerate(pages) if page.part(seed) == part]
    if key == "whole":
        trees = fit_page(train)
        return {i: trees.predict(pages[i].whole[None])[0] for i in test}
    trees = fit_blocks(train, key, share, options)
    return {i: trees.predict(getattr(pages[i], key), num_threads=1) if len(pages[i].blocks) else np.zeros(0)
            for i in test}


def judge(pages, key, seed, share=None, options=None):
    """What models that never saw its site say of each page."""
    SHARED["pages"] = pages
    judged = {}
    jobs = [(key, share, options, part, seed) for part in range(FOLDS)]
    with multiprocessing.get_context("fork").Pool(2) as pool:
        for part in pool.imap_unordered(judge_part, jobs):
            judged.update(part)
    return [judged[i] for i in range(len(pages))]


def judge_both(pages, key, seed, options, article):
    """The judgements as an article and as another page, by how likely the page is an article."""
    both = zip(article, judge(pages, key, seed, ARTICLES, options), judge(pages, key, seed, OTHERS, options))
    return [share * as_article + (1 - share) * as_other for share, as_article, as_other in both]


def judge_all(pages, seed):
    """How likely each block of each page is part of the article."""
    article = [np.clip((p - CERTAIN) / (1 - 2 * CERTAIN), 0, 1) for p in judge(pages, "whole", seed)]
    first = judge_both(pages, "first", seed, FIRST, article)
    read_second(pages, first)
    second = judge_both(pages, "second", seed, SECOND, article)
    return first, [(a + b) / 2 for a, b in zip(first, second)]


def limit(page, likely):
    """The limit that makes the expected F-measure greatest: as in src/html/choose.rs."""
    words = np.array([len(tokens) for tokens in page.tokens], float)
    if not words.sum():
        return 0.5
    order = np.argsort(-likely)
    right, taken = np.cumsum((words * likely)[order]), np.cumsum(words[order])
    return (2 * right / np.maximum(taken + (words * likely).sum(), 1)).max() / 2


def chosen(pages, likely):
    """The text of the chosen blocks of each page."""
    return ["\n\n".join(block for block, p in zip(page.blocks, own) if p > limit(page, own))
            for page, own in zip(pages, likely)]


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
        models += [(fit_blocks(pages, key, share, options), own) for share in (ARTICLES, OTHERS)]
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
    pages = read(arguments.pages)
    report("all right", [evaluate(pages, chosen(pages, [page.labels for page in pages]))])
    runs = collections.defaultdict(list)
    for seed in range(arguments.seeds):
        first, both = judge_all(pages, seed)
        runs["first"].append(evaluate(pages, chosen(pages, first)))
        runs["both"].append(evaluate(pages, chosen(pages, both)))
        runs["both, cleaned"].append(evaluate(pages, cleaned(pages, chosen(pages, both))))
    for name, own in runs.items():
        report(name, own)
    if arguments.export:
        export(pages, json.loads(subprocess.check_output([NUMBERS, "names"])))


if __name__ == "__main__":
    main()
