#!/usr/bin/env python3
"""Compares dechaff with other extractors on pages with gold text: quality and speed side by side.

usage: cargo build --release
       pip install trafilatura readability-lxml resiliparse      (those that are wanted)
       benches/html/compare.py PAGES.jsonl

PAGES lines: {"id", "html", "text"}. Quality is the mean F1 of words in lower case, and the share of pages whose words
are exactly the gold's; speed is pages a second on one thread, start and reading included.
"""
import collections, json, re, subprocess, sys, time

W = re.compile(r"\w+")

def extractors():
    try:
        import trafilatura
        yield "trafilatura", lambda html: trafilatura.extract(html) or ""
    except ImportError:
        pass
    try:
        from readability import Document
        import lxml.html
        yield "readability-lxml", lambda html: lxml.html.fromstring(Document(html).summary()).text_content()
    except ImportError:
        pass
    try:
        from resiliparse.extract.html2text import extract_plain_text
        yield "resiliparse", lambda html: extract_plain_text(html, main_content=True)
    except ImportError:
        pass

def f1(gold, got):
    gold, got = ([w.lower() for w in W.findall(t)] for t in (gold, got))
    same = sum((collections.Counter(gold) & collections.Counter(got)).values())
    return 2 * same / (len(gold) + len(got)) if gold or got else 1.0

def row(name, pages, texts, seconds):
    mean = sum(f1(p["text"], t) for p, t in zip(pages, texts)) / len(pages)
    exact = sum(W.findall(p["text"]) == W.findall(t) for p, t in zip(pages, texts)) / len(pages)
    print(f"{name:18} words F1 {mean:.4f}  exact {exact:.3f}  {len(pages) / seconds:7.0f} pages/s", flush=True)

def attempt(extract, html):
    try:
        return extract(html) or ""
    except Exception:
        return ""

def main():
    path = sys.argv[1]
    pages = [json.loads(line) for line in open(path, encoding="utf-8")]
    start = time.perf_counter()
    command = ["target/release/dechaff", "filter", "--format", "jsonl", "--html-field", "html", "--output-field", "text",
               "--drop-field", "html", "--jobs", "1", "-q"]
    out = subprocess.run(command, stdin=open(path), stdout=subprocess.PIPE, check=True).stdout
    seconds = time.perf_counter() - start
    row("dechaff", pages, [json.loads(line)["text"] or "" for line in out.splitlines()], seconds)
    for name, extract in extractors():
        start = time.perf_counter()
        texts = [attempt(extract, p["html"]) for p in pages]
        row(name, pages, texts, time.perf_counter() - start)

if __name__ == "__main__":
    main()
