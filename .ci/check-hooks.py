"""Runs the hooks as a user of pre-commit would: a dirty file is refused, a clean one passes, and the fixing hook fixes.

Usage: check-hooks.py DECHAFF
The hooks are those of .pre-commit-hooks.yaml, with the built command in place of one that pre-commit would build.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

DECHAFF = pathlib.Path(sys.argv[1]).resolve()
HOOKS = pathlib.Path(__file__).resolve().parent.parent / ".pre-commit-hooks.yaml"

CLEAN = """The council met on Monday to talk about the bridge.

The vote is expected in May, and it may be close.
"""
DIRTY = CLEAN.replace("\n\n", "\n\nADVERTISEMENT\n\n", 1)


def run(folder, *command, expect=0):
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, text=True, capture_output=True)
    output = done.stdout + done.stderr
    assert done.returncode == expect, f"{command} ended with {done.returncode}:\n{output}"
    return output


def repository(folder):
    folder.mkdir()
    run(folder, "git", "init", "--quiet", "--initial-branch=main")
    return folder


def commit(folder, message, expect=0):
    run(folder, "git", "add", "--all")
    return run(folder, "git", "commit", "-m", message, expect=expect)


with tempfile.TemporaryDirectory() as name:
    root = pathlib.Path(name)
    ENVIRONMENT = {
        **os.environ,
        "PATH": os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": name,
        "PRE_COMMIT_HOME": str(root / "cache"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com",
        "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.com",
    }

    hooks = repository(root / "hooks")
    text = HOOKS.read_text()
    assert text.count("entry: dechaff ") == text.count("language: rust") == 2
    text = text.replace("entry: dechaff ", f"entry: {DECHAFF} ").replace("language: rust", "language: system")
    (hooks / HOOKS.name).write_text(text)
    commit(hooks, "Hooks")
    rev = run(hooks, "git", "rev-parse", "HEAD").strip()

    corpus = repository(root / "corpus")

    def use(hook):
        (corpus / ".pre-commit-config.yaml").write_text(
            f"repos:\n  - repo: {hooks}\n    rev: {rev}\n    hooks:\n      - id: {hook}\n"
        )

    use("dechaff")
    run(corpus, "pre-commit", "install")

    (corpus / "clean.txt").write_text(CLEAN)
    (corpus / "code.py").write_text('"""\nADVERTISEMENT\n"""\n')
    commit(corpus, "A clean article")

    # What the configuration excludes is left alone, although pre-commit names it.
    (corpus / "dechaff.toml").write_text('exclude = ["raw/"]\n')
    (corpus / "raw").mkdir()
    (corpus / "raw" / "page.txt").write_text(DIRTY)
    commit(corpus, "An article as it came")

    (corpus / "dirty article.txt").write_text(DIRTY)
    output = commit(corpus, "A dirty article", expect=1)
    assert "dirty article.txt:3:1: ad ad-label  ADVERTISEMENT" in output, output
    assert "code.py" not in output, output

    # The fixing hook mends the file and stops this commit, as hooks that change files do; the next one passes.
    use("dechaff-fix")
    output = commit(corpus, "A dirty article", expect=1)
    assert "1 finding removed from 1 file" in output, output
    assert (corpus / "dirty article.txt").read_text() == CLEAN
    commit(corpus, "An article that was dirty")

    # Without pre-commit, as a plain hook of git.
    run(corpus, "pre-commit", "uninstall")
    hook = corpus / ".git" / "hooks" / "pre-commit"
    hook.write_text(
        "#!/bin/sh\ngit diff --cached --name-only --diff-filter=d -z -- '*.txt' '*.md' '*.jsonl' |\n"
        f"  xargs -0 -r {DECHAFF} check --force-exclude --\n"
    )
    hook.chmod(0o755)
    (corpus / "clean.txt").write_text(DIRTY)
    output = commit(corpus, "An article becomes dirty", expect=1)
    assert "clean.txt:3:1: ad ad-label" in output, output
    (corpus / "clean.txt").write_text(CLEAN + "\nA line was added, and it is clean as well.\n")
    commit(corpus, "An article gets longer")

print("the hooks refuse what is dirty, pass what is clean, and fix")
