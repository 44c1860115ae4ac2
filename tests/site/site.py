#!/usr/bin/env python3
"""The documentation site: whole, without a request to anywhere, and refused when a link of it is broken.

usage: site.py SOURCE MANUAL PROGRAM LIBRARY
"""

import html.parser
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCES = ("README.md", "CHANGELOG.md", "docs", "core/include", "datasets/include", "datasets/SOURCES.md", "datasets/sectors", "bench/findings.py", "nightly")
# What is done to a copy of the sources, and what must be said of it.
FAULTS = (
    ("docs/tutorial.md", "\n[gone](nowhere.md)\n", "docs/tutorial.md: 'nowhere.md': no such file"),
    ("docs/model.md", "\n[gone](law.md#no-such-heading)\n", "docs/model.md: 'law.md#no-such-heading': docs/law.md has no heading of that name"),
    ("docs/model.md", "\n[gone](#no-such-heading)\n", "docs/model.md: '#no-such-heading': docs/model.md has no heading of that name"),
    ("docs/orphan.md", "# Orphan\n", "docs/orphan.md: not in navigation.toml"),
    ("docs/book.md", "\n<b>raw</b>\n", "docs/book.md: HTML in Markdown"),
)


class Reader(html.parser.HTMLParser):
    """Links, things that a page loads, and ids of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loads, self.ids, self.policy = [], [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a":
            self.links.append(values["href"])
        self.loads += [values[name] for name in ("src", "srcset", "data", "poster") if name in values]
        if tag == "link":
            self.loads.append(values["href"])
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"].startswith("default-src 'none'")


def build(source, out, manual):
    """Runs the builder; returns its exit code and what it says."""
    done = subprocess.run([sys.executable, "-B", source / "docs/site/build.py", out, manual, source], stderr=subprocess.PIPE, encoding="utf-8", check=False)
    return done.returncode, done.stderr


def files(folder):
    """Every file with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def check_page(folder, name, readers):
    """What is wrong with a page."""
    reader = readers[name]
    here = (folder / name).parent
    if not reader.policy:
        yield "no Content-Security-Policy"
    if len(set(reader.ids)) != len(reader.ids):
        yield f"ids twice: {sorted(i for i in set(reader.ids) if reader.ids.count(i) > 1)[:3]}"
    for link in reader.loads:
        if link != "data:," and (re.match(r"[a-z]+:|//", link) or not (here / link).is_file()):
            yield f"loads {link}"
    for link in reader.links:
        if re.match(r"https?:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (here / path).resolve() if path else folder / name
        other = str(target.relative_to(folder)) if target.is_relative_to(folder) else None
        if other is None or not target.is_file():
            yield f"leads to {link}, which is not there"
        elif anchor and anchor not in readers[other].ids:
            yield f"leads to {link}, which has no such place"


def check_reference(folder, program, library):
    """Options and exported names that the reference lacks."""
    names = subprocess.run([program, "help", "--format", "commands"], check=True, capture_output=True, encoding="utf-8").stdout.split()
    for name in names:
        page = (folder / f"commands/tolmuur-{name}.html").read_text(encoding="utf-8")
        text = subprocess.run([program, name, "--help"], check=True, capture_output=True, encoding="utf-8").stdout
        for option in re.findall(r"^  (?:-., |    )(--[a-z-]+)", text, re.MULTILINE):
            if f"<strong>{option}</strong>" not in page:
                yield f"{option} is not in the page of {name}"
    symbols = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, encoding="utf-8").stdout
    index = (folder / "library/index.html").read_text(encoding="utf-8")
    for symbol in re.findall(r"\btol_\w+", symbols):
        if f"<code>{symbol}</code>" not in index:
            yield f"{symbol} is not in the reference of the library"


def check_faults(source, manual, scratch):
    """Each fault alone is refused by its name, and leaves the site that was there as it was."""
    for number, (file, text, message) in enumerate(FAULTS):
        copy = scratch / f"copy{number}"
        for name in SOURCES:
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if (source / name).is_dir() else shutil.copyfile)(source / name, copy / name)
        with open(copy / file, "a", encoding="utf-8") as page:
            page.write(text)
        out = scratch / "kept"
        out.mkdir(exist_ok=True)
        (out / "mark").touch()
        code, said = build(copy, out, manual)
        if code == 0 or message not in said:
            yield f"{message!r} was not said, but: {said!r}, exit code {code}"
        if sorted(path.name for path in out.iterdir()) != ["mark"]:
            yield f"{file}: a site was written in spite of a fault"


def main():
    source, manual, program, library = (pathlib.Path(argument).resolve() for argument in sys.argv[1:5])
    if not shutil.which("cmark-gfm"):
        print("cmark-gfm is not here: apt-get install cmark-gfm")
        return 1
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name).resolve()
        for out in ("one", "two"):
            code, said = build(source, scratch / out, manual)
            if code:
                print(said)
                return 1
        folder = scratch / "one"
        found = files(folder)
        if found != files(scratch / "two"):
            wrong.append("two builds differ")
        readers = {name: Reader(data.decode("utf-8")) for name, data in found.items() if name.endswith(".html")}
        wrong += [f"{page} {fault}" for page in readers for fault in check_page(folder, page, readers)]
        wrong += [f"{name} names a place outside" for name in ("style.css", "site.js") if re.search(rb"https?:|@import|//[a-z]+\.", found[name])]
        wrong += check_reference(folder, program, library)
        wrong += check_faults(source, manual, scratch)
        size = sum(map(len, found.values()))
    print("\n".join(wrong) if wrong else f"site: {len(readers)} pages, {size} bytes, every link leads somewhere, nothing is loaded from elsewhere")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
